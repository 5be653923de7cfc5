import { createHash, createHmac } from 'node:crypto';

const digestChars = 26;
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** Lower-case Crockford base 32 of bytes: no letters that are read as digits, safe in a path, a key and a file name. */
export const base32 = (bytes: Uint8Array): string => {
  let bits = 0;
  let value = 0;
  let text = '';
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      text += alphabet[(value >> (bits - 5)) & 31] ?? '';
      bits -= 5;
    }
  }
  return bits > 0 ? text + (alphabet[(value << (5 - bits)) & 31] ?? '') : text;
};

/** Parts are length-prefixed, so that ('ab','c') and ('a','bc') never meet. */
const joined = (parts: readonly string[]): string => parts.map((part) => `${part.length}:${part}`).join('|');

/**
 * The id of what a caller creates: the same caller, the same kind and the same key always give the same id (130 bits).
 * The store puts it with `attribute_not_exists`, which makes a retry meet itself.
 * @param prefix three letters of the kind: `sit`, `org`, `ord`
 */
export const createdId = (prefix: string, ...parts: readonly string[]): string =>
  `${prefix}_${base32(createHash('sha256').update(joined(parts)).digest()).slice(0, digestChars)}`;

/** Digest of a request, to tell a repeat of the same request from another request under the same key. */
export const requestDigest = (body: unknown): string =>
  base32(createHash('sha256').update(canonicalJson(body)).digest()).slice(0, digestChars);

/** Keyed digest: for anything derived from a patient's data. Without the key the value cannot be guessed back. */
export const keyedDigest = (key: string | Uint8Array, ...parts: readonly string[]): string =>
  base32(createHmac('sha256', key).update(joined(parts)).digest()).slice(0, digestChars);

/** JSON with sorted keys and no undefined: equal values give equal text. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : part,
  ) ?? 'null';
