import { STANDARD_SEPARATORS } from './separators.ts';
import type { Separators } from './separators.ts';

const UTF8 = new TextDecoder();
/** Sequences that mean something we do not translate (highlighting, layout, character sets): they stay as sent, as a whole. */
const UNTRANSLATED = /^(?:[HNP]|\.[a-z]{2}[+-]?\d*|[CM](?:[0-9A-F]{2}){2,3}|Z\w*)$/;
const HEX = /^X(?:[0-9A-Fa-f]{2})+$/;

const fromHex = (digits: string): string => {
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return UTF8.decode(bytes);
};

const meaning = (sequence: string, separators: Separators): string | undefined => {
  switch (sequence) {
    case 'F': return separators.field;
    case 'S': return separators.component;
    case 'T': return separators.subcomponent;
    case 'R': return separators.repetition;
    case 'E': return separators.escape;
    case '.br': return '\n';
    default: return HEX.test(sequence) ? fromHex(sequence.slice(1)) : undefined;
  }
};

/**
 * Text of one component or sub-component as meant (HL7-06): each escape is resolved once, an unknown sequence or a lone escape
 * character stays as sent. Linear in the length of the text.
 */
export const unescape = (text: string, separators: Separators): string => {
  const mark = separators.escape;
  let start = text.indexOf(mark);
  if (start < 0) return text;
  let result = text.slice(0, start);
  while (start >= 0) {
    const end = text.indexOf(mark, start + 1);
    if (end < 0) return result + text.slice(start);
    const sequence = text.slice(start + 1, end);
    const meant = meaning(sequence, separators);
    const kept = meant ?? (UNTRANSLATED.test(sequence) ? text.slice(start, end + 1) : undefined);
    // A lone mark: keep it and what follows, and look again from the next mark, which may open a true sequence.
    const next = kept === undefined ? end : text.indexOf(mark, end + 1);
    result += kept ?? text.slice(start, end);
    if (kept !== undefined) result += next < 0 ? text.slice(end + 1) : text.slice(end + 1, next);
    start = next;
  }
  return result;
};

/** Texts that need no second look in standard separators: most. */
const PLAIN = /^[\p{L}\p{N} .,:;()/'"-]*$/u;

/** The reverse of `unescape`: separators, line breaks and control characters become escape sequences. */
export const escape = (text: string, separators: Separators): string => {
  if (separators === STANDARD_SEPARATORS && PLAIN.test(text)) return text;
  let result = '';
  for (const character of text) result += escaped(character, separators);
  return result;
};

const escaped = (character: string, separators: Separators): string => {
  const mark = separators.escape;
  switch (character) {
    case separators.escape: return `${mark}E${mark}`;
    case separators.field: return `${mark}F${mark}`;
    case separators.component: return `${mark}S${mark}`;
    case separators.subcomponent: return `${mark}T${mark}`;
    case separators.repetition: return `${mark}R${mark}`;
    case '\n': return `${mark}.br${mark}`;
    default:
      return character < ' ' ? `${mark}X${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}${mark}` : character;
  }
};
