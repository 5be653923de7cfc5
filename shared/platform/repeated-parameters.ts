import type { z } from 'zod';
import type { Fault } from '../contracts/problem.ts';
import { unknownFields } from './unknown-fields.ts';

/** No parameter of ours has an empty name: a query that does not mind it minds nothing. */
const nobodysName = '';

/**
 * Parameters of a query that were given more than once, where each has one meaning: the gateway hands on the last alone, and the others would be
 * passed over without a word. A query that takes more than it names (FHIR's searches) reads lists itself.
 * @param lists every value of each parameter
 */
export const repeatedParameters = (schema: z.core.$ZodType, lists: Readonly<Record<string, readonly string[]>>): Fault[] => {
  const isKnown = (name: string): boolean => unknownFields(schema, { [name]: '' }, 'query').length === 0;
  if (isKnown(nobodysName)) return [];
  return Object.entries(lists).flatMap(([name, values]) =>
    values.length > 1 && isKnown(name)
      ? [{ path: `query.${name}`, message: `is given ${values.length === 2 ? 'twice' : `${values.length} times`}; give it once` }]
      : [],
  );
};
