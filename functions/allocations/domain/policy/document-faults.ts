import type { z } from 'zod';
import { meantForms } from '../../../../shared/contracts/meant-form.ts';
import { meantName } from '../../../../shared/kernel/slips.ts';
import { plainMessage, valueAt } from '../../../../shared/contracts/plain-message.ts';

/** What is wrong in a document, and where: `stages[2].share`. */
export interface DocumentFault {
  readonly path: string;
  readonly message: string;
}

export const wholeDocument = '(the document)';

/** A path of keys as a reader finds it: `stages[2].share`. */
export const written = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}${text === '' ? '' : '.'}${String(part)}`),
    '',
  );

/** A document is no patient's: a field that is not known is told by its name, with the missing one that it may be meant for. */
const messageOf = (issue: z.core.$ZodIssue, isMissing: boolean, missing: readonly string[]): string => {
  if (issue.code !== 'unrecognized_keys') return plainMessage(issue, isMissing);
  const keys = issue.keys.map((key) => {
    const meant = meantName(key, missing);
    return meant === undefined ? key : `${key} (is ${meant} meant?)`;
  });
  return `has ${keys.length === 1 ? 'a field that is' : 'fields that are'} not known here: ${keys.join(', ')}`;
};

/** Fields that are missing in the object at a path. */
const missingIn = (issues: readonly z.core.$ZodIssue[], at: string, document: unknown, above: readonly PropertyKey[]): string[] =>
  issues.flatMap(({ path }) =>
    written(path.slice(0, -1)) === at && path.length > 0 && valueAt(document, [...above, ...path]) === undefined ? [String(path.at(-1))] : [],
  );

/** Every fault of a document with its path. Of the ways a union could be meant, the one that takes such a value, with the fewest faults, is told. */
export const documentFaults = (issues: readonly z.core.$ZodIssue[], document: unknown, above: readonly PropertyKey[] = []): DocumentFault[] =>
  issues.flatMap((issue): DocumentFault[] => {
    const path = [...above, ...issue.path];
    if (issue.code === 'invalid_union') {
      const meant = meantForms(issue);
      const [closest] = [...(meant.length > 0 ? meant : issue.errors)].sort((a, b) => a.length - b.length);
      if (closest !== undefined && closest.length > 0) return documentFaults(closest, document, path);
    }
    return [
      {
        path: written(path) || wholeDocument,
        message: messageOf(issue, valueAt(document, path) === undefined, missingIn(issues, written(issue.path), document, above)),
      },
    ];
  });
