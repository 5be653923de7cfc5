import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** Messages that zod words itself; all others were written for the field by whoever made its schema, and stand. */
const isZods = ({ message }: Issue): boolean => /^(?:Invalid|Too (?:small|big)|Unrecognized key)/.test(message);

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
  date: 'a date',
};
const formats: Readonly<Record<string, string>> = {
  email: 'an e-mail address',
  datetime: 'an instant in UTC to the millisecond, written like 2021-03-12T17:00:00.000Z',
  date: 'a day, written YYYY-MM-DD',
  url: 'an address',
  uuid: 'a UUID',
};
const units: Readonly<Record<string, readonly [one: string, many: string]>> = { string: ['character', 'characters'], array: ['entry', 'entries'] };

const quoted = (values: readonly unknown[]): string => values.map(String).join(', ');

const sizeOf = (origin: string, bound: 'at least' | 'at most', limit: number | bigint): string => {
  const unit = units[origin];
  if (unit === undefined) return `must be ${bound} ${limit}`;
  return `must have ${bound} ${limit} ${Number(limit) === 1 ? unit[0] : unit[1]}`;
};

/** What was sent at a path; undefined where nothing was. */
export const valueAt = (sent: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined),
    sent,
  );

/** What is wrong, in words of whoever filled in the field; what was sent is never repeated, names of unknown fields included. `isMissing`: nothing was sent there. */
export const plainMessage = (issue: Issue, isMissing: boolean): string => {
  if (!isZods(issue)) return issue.message;
  if (isMissing)
    return issue.code === 'invalid_value' && issue.values.length > 1 ? `is missing; must be one of ${quoted(issue.values)}` : 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${kinds[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return issue.values.length === 1 ? `must be ${quoted(issue.values)}` : `must be one of ${quoted(issue.values)}`;
    case 'too_small':
      return Number(issue.minimum) === 1 && issue.origin === 'string' ? 'must not be empty' : sizeOf(issue.origin, 'at least', issue.minimum);
    case 'too_big':
      return sizeOf(issue.origin, 'at most', issue.maximum);
    case 'invalid_format':
      return formats[issue.format] === undefined ? 'is not written as it must be' : `must be ${formats[issue.format]}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return `has ${issue.keys.length === 1 ? 'a field that is' : `${issue.keys.length} fields that are`} not known here`;
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? `must be one of ${quoted(issue.options)}`
        : 'is none of the forms that are taken here';
    default:
      return 'is not valid';
  }
};
