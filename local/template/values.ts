import type { Json } from './assembly.ts';

/** A scalar of the template as text; '' for what is absent. Throws on an object or a list, which no caller expects. */
export const text = (value: Json | undefined): string => {
  if (value === undefined || value === null) return '';
  if (typeof value === 'object') throw new Error('a text was expected in the template, not an object');
  return String(value);
};

/** The same, undefined for what is absent. */
export const optionalText = (value: Json | undefined): string | undefined =>
  value === undefined || value === null ? undefined : text(value);
