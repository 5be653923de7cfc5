/** The five characters that structure one message; each MSH brings its own (HL7-04, HL7-85). */
export type Separators = {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly escape: string;
  readonly subcomponent: string;
};

/** How MSH-1 and MSH-2 relate to the standard `|^~\&`: `other` is read as sent, `extra` has more characters, `unusable` falls back. */
export type SeparatorState = 'standard' | 'other' | 'extra' | 'unusable';

export const STANDARD_SEPARATORS: Separators = {
  field: '|', component: '^', repetition: '~', escape: '\\', subcomponent: '&',
};

const UNFIT = /[\p{L}\p{N}\s\uFFFD]/u;

/** Separators of a header segment (MSH, FHS, BHS) and what is odd about them. Never throws (HL7-04, HL7-05). */
export const readSeparators = (header: string | undefined): { separators: Separators; state: SeparatorState } => {
  if (header === undefined || header.startsWith('|^~\\&|', 3)) return { separators: STANDARD_SEPARATORS, state: 'standard' };
  const sent = header.charAt(3);
  if (sent === '' || UNFIT.test(sent)) return { separators: STANDARD_SEPARATORS, state: 'unusable' };
  const end = header.indexOf(sent, 4);
  const encoding = end < 0 ? header.slice(4) : header.slice(4, end);
  const field = sent;
  const [component = '', repetition = '', escape = '', subcomponent = ''] = encoding;
  const five = new Set([field, component, repetition, escape, subcomponent]);
  if (five.size < 5 || five.has('') || encoding.includes('&amp;') || UNFIT.test(encoding.slice(0, 4))) {
    return { separators: { ...STANDARD_SEPARATORS, field }, state: 'unusable' };
  }
  const separators = { field, component, repetition, escape, subcomponent };
  if (encoding.length > 4) return { separators, state: 'extra' };
  return { separators, state: field === '|' && encoding === '^~\\&' ? 'standard' : 'other' };
};
