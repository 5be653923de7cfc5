import type { z } from 'zod';
import { meantForms } from '../../../shared/contracts/meant-form.ts';

/** What is wrong in a document, and where: `stages[2].share`. */
export interface DocumentFault {
  readonly path: string;
  readonly message: string;
}

export const wholeDocument = '(the document)';

const written = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}${text === '' ? '' : '.'}${String(part)}`),
    '',
  );

/** Every fault with its path. Of the ways a union could be meant, the one that takes such a value, with the fewest faults, is told. */
export const documentFaults = (issues: readonly z.core.$ZodIssue[], above: readonly PropertyKey[] = []): DocumentFault[] =>
  issues.flatMap((issue): DocumentFault[] => {
    const path = [...above, ...issue.path];
    if (issue.code === 'invalid_union') {
      const meant = meantForms(issue);
      const [closest] = [...(meant.length > 0 ? meant : issue.errors)].sort((a, b) => a.length - b.length);
      if (closest !== undefined && closest.length > 0) return documentFaults(closest, path);
    }
    return [{ path: written(path) || wholeDocument, message: issue.message }];
  });
