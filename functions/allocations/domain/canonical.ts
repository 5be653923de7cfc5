import { createHash } from 'node:crypto';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

const write = (value: Json): string => {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new RangeError('canonical JSON holds whole numbers only');
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(write).join(',')}]`;
  const all = Object.entries(value as Record<string, Json | undefined>);
  const entries = all.filter((entry): entry is [string, Json] => entry[1] !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${write(item)}`).join(',')}}`;
};

/** JSON with sorted keys, no spaces and whole numbers only: equal documents give equal bytes. Rows keep their order. */
export const canonicalJson = (value: unknown): string => write(value as Json);

/** The SHA-256 (hex) of the canonical JSON: what a run stores beside its inputs and its policy. */
export const canonicalDigest = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex');
