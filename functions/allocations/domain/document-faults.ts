import type { z } from 'zod';
import { meantForms } from '../../../shared/contracts/meant-form.ts';
import { plainMessage, valueAt } from '../../../shared/contracts/plain-message.ts';

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

/** A document is no patient's: a field that is not known is told by its name. */
const messageOf = (issue: z.core.$ZodIssue, isMissing: boolean): string =>
  issue.code === 'unrecognized_keys' ? `has ${issue.keys.length === 1 ? 'a field that is' : 'fields that are'} not known here: ${issue.keys.join(', ')}` : plainMessage(issue, isMissing);

/** Every fault of a document with its path. Of the ways a union could be meant, the one that takes such a value, with the fewest faults, is told. */
export const documentFaults = (issues: readonly z.core.$ZodIssue[], document: unknown, above: readonly PropertyKey[] = []): DocumentFault[] =>
  issues.flatMap((issue): DocumentFault[] => {
    const path = [...above, ...issue.path];
    if (issue.code === 'invalid_union') {
      const meant = meantForms(issue);
      const [closest] = [...(meant.length > 0 ? meant : issue.errors)].sort((a, b) => a.length - b.length);
      if (closest !== undefined && closest.length > 0) return documentFaults(closest, document, path);
    }
    return [{ path: written(path) || wholeDocument, message: messageOf(issue, valueAt(document, path) === undefined) }];
  });
