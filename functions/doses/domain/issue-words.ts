import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** What each type is called to people who fill in a cell or an element. */
const types: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object with named parts',
  date: 'a day',
};
const typed = (expected: string): string => types[expected] ?? expected;

const counted = (origin: string, count: number | bigint): string => {
  const word = origin === 'string' ? 'character' : origin === 'array' ? 'entry' : '';
  return word === '' ? String(count) : `${count} ${count === 1 ? word : word === 'entry' ? 'entries' : `${word}s`}`;
};

/**
 * What a check of form found, as a sentence that goes on from the name of the place: `must have at most 40 characters`. Never repeats what was
 * sent. A message of our own in a schema stands as it is.
 */
export const issueWords = (issue: Issue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${typed(issue.expected)}`;
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    case 'too_big':
      return issue.origin === 'number' ? `must be at most ${issue.maximum}` : `must have at most ${counted(issue.origin, issue.maximum)}`;
    case 'too_small':
      if (issue.origin !== 'number')
        return Number(issue.minimum) === 1 ? 'must not be empty' : `must have at least ${counted(issue.origin, issue.minimum)}`;
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
    case 'invalid_union':
      return 'has none of the forms that are possible here';
    case 'unrecognized_keys':
      return 'has parts that are not known here';
    default:
      return /^(?:Invalid|Too|Unrecognized)/.test(issue.message) ? 'is not written as it should be' : issue.message;
  }
};
