import { z } from 'zod';
import type { Fault } from '../contracts/problem.ts';
import { needsToken, type Route } from '../contracts/route.ts';
import { parseJson } from './json.ts';
import { unknownFields } from './unknown-fields.ts';

/** What a write takes that takes none. */
export const nothing = z.object({});

/**
 * Whether a write takes no query, or no body: what is sent all the same is refused, for passed over it would be believed to be heeded. Reads are left
 * alone, and what other formats bring.
 */
export const takesNothing = (route: Route, part: 'query' | 'body'): boolean =>
  route[part] === undefined && route.method !== 'GET' && needsToken(route.action) && (route.accepts ?? 'application/json') === 'application/json';

/** Faults of a body where none is taken. An empty object is what some clients send for none. */
export const faultsOfNone = (text: string): Fault[] => {
  if (text.trim() === '') return [];
  const parsed = parseJson(text);
  return parsed.kind === 'json' && nothing.safeParse(parsed.value).success
    ? unknownFields(nothing, parsed.value, 'body')
    : [{ path: 'body', message: 'is not taken here: send none' }];
};
