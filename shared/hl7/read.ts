import { unescape } from './escape.ts';
import type { Location } from './fault.ts';
import { HL7_LIMITS } from './limits.ts';
import type { Hl7Limits } from './limits.ts';
import { readSeparators } from './separators.ts';
import type { Separators, SeparatorState } from './separators.ts';

const HEADERS = new Set(['MSH', 'FHS', 'BHS']);
const REPLACEMENT = '\uFFFD';

/** The n-th piece (from 1) of a text cut at a one-character separator; '' when there is none. */
const piece = (text: string, separator: string, n: number): string => {
  let start = 0;
  for (let passed = 1; passed < n; passed += 1) {
    const found = text.indexOf(separator, start);
    if (found < 0) return '';
    start = found + 1;
  }
  const end = text.indexOf(separator, start);
  return end < 0 ? text.slice(start) : text.slice(start, end);
};

/**
 * One segment, cut up only where it is looked at. Numbers are those HL7 uses: fields, repetitions, components and sub-components
 * count from 1, and MSH-1 is the field separator itself (HL7-05, HL7-08). A position that was not sent reads as '' (HL7-07).
 */
export class Segment {
  readonly name: string;
  /** Place among the segments of the message, from 0. */
  readonly index: number;
  /** The segment as sent, without its end. */
  readonly raw: string;
  readonly #separators: Separators;
  readonly #siblings: readonly Segment[];
  #fields: string[] | undefined;
  /** 0 until somebody asks; then it is counted for all segments at once. */
  #occurrence = 0;

  constructor(raw: string, index: number, separators: Separators, siblings: readonly Segment[]) {
    this.raw = raw;
    this.index = index;
    this.#separators = separators;
    this.#siblings = siblings;
    const end = raw.indexOf(separators.field);
    this.name = end < 0 ? raw.trim() : raw.slice(0, end);
  }

  /** Which segment of this name it is, from 1. */
  get occurrence(): number {
    if (this.#occurrence === 0) {
      const counts = new Map<string, number>();
      for (const segment of this.#siblings) {
        segment.#occurrence = (counts.get(segment.name) ?? 0) + 1;
        counts.set(segment.name, segment.#occurrence);
      }
    }
    return this.#occurrence;
  }

  /** Number of the last field that was sent, empty or not. */
  get lastField(): number {
    return this.#split().length - 1 + (HEADERS.has(this.name) ? 1 : 0);
  }

  /** A whole field as sent: not cut, not unescaped, not trimmed. */
  text(field: number): string {
    if (!HEADERS.has(this.name)) return field < 1 ? '' : this.#split()[field] ?? '';
    if (field === 1) return this.#separators.field;
    return field < 1 ? '' : this.#split()[field - 1] ?? '';
  }

  /** How often a field was sent; 0 when it is empty. */
  repetitions(field: number): number {
    const text = this.text(field);
    if (text === '') return 0;
    if (this.#verbatim(field)) return 1;
    let count = 1;
    for (let at = text.indexOf(this.#separators.repetition); at >= 0; count += 1) {
      at = text.indexOf(this.#separators.repetition, at + 1);
    }
    return count;
  }

  /**
   * One component, unescaped once and trimmed (HL7-06, HL7-11). Without `subcomponent` the component as a whole, sub-component
   * separators included: `value(9, 1)` of `VXU&HI^V04` is `VXU&HI`.
   */
  value(field: number, component = 1, repetition = 1, subcomponent?: number): string {
    return this.exact(field, component, repetition, subcomponent).trim();
  }

  /** As `value`, but with the blanks that were sent at both ends. */
  exact(field: number, component = 1, repetition = 1, subcomponent?: number): string {
    const whole = this.text(field);
    if (whole === '') return '';
    if (this.#verbatim(field)) return component === 1 && repetition === 1 ? whole : '';
    const separators = this.#separators;
    let text = piece(whole, separators.repetition, repetition);
    if (text !== '') text = piece(text, separators.component, component);
    if (text !== '' && subcomponent !== undefined) text = piece(text, separators.subcomponent, subcomponent);
    return unescape(text, separators);
  }

  /** Whether a field, or one repetition of it, says anything at all besides separators and blanks. */
  has(field: number, repetition?: number): boolean {
    const { component, subcomponent, repetition: tilde } = this.#separators;
    const text = repetition === undefined ? this.text(field) : piece(this.text(field), tilde, repetition);
    for (const character of text) {
      if (character !== component && character !== subcomponent && character !== tilde && character.trim() !== '') return true;
    }
    return false;
  }

  /** Whether bytes of a field could not be read as UTF-8 (HL7-03). */
  damaged(field: number): boolean {
    return this.text(field).includes(REPLACEMENT);
  }

  /** This place as ERR-2 names it (HL7-39). */
  at(field?: number, component?: number, repetition = 1): Location {
    const segment = { segment: this.name, occurrence: this.occurrence };
    if (field === undefined) return segment;
    if (component === undefined) return repetition === 1 ? { ...segment, field } : { ...segment, field, repetition };
    return { ...segment, field, repetition, component };
  }

  #verbatim(field: number): boolean {
    return field <= 2 && HEADERS.has(this.name);
  }

  #split(): string[] {
    return this.#fields ??= this.raw.split(this.#separators.field);
  }
}

/** One HL7 v2 message. Reading never fails: what is missing or too much shows in the properties. */
export type Message = {
  readonly segments: readonly Segment[];
  /** The first MSH; absent when there is none (HL7-18). */
  readonly header: Segment | undefined;
  readonly separators: Separators;
  readonly separatorState: SeparatorState;
  /** A limit that the message breaks (HL7-12); only the header was kept then. */
  readonly exceeded: 'messageBytes' | 'segments' | undefined;
  first(name: string): Segment | undefined;
  all(name: string): Segment[];
};

const UTF8 = new TextDecoder('utf-8');
/** BOM, MLLP start and white space before a message; MLLP end after it (HL7-02). */
const BEFORE = /^[\u001C\s]+/;
const AFTER = /[\u001C\r\n]+$/;

/** Text of a message without framing. Bytes that are no UTF-8 become U+FFFD and damage only their field (HL7-03). */
export const readText = (input: Uint8Array | string): string => {
  const decoded = typeof input === 'string' ? input : UTF8.decode(input);
  const text = decoded.startsWith('MSH') ? decoded : decoded.replace(BEFORE, '');
  return text.includes('\u001C') ? text.replace(AFTER, '') : text;
};

/**
 * Reads one message (HL7-01 to HL7-12). Segments may end in CR, LF, CRLF or several of them. Cutting is lazy: a field costs
 * something only when it is looked at.
 */
export const readMessage = (input: Uint8Array | string, limits: Hl7Limits = HL7_LIMITS): Message => {
  const tooLong = input.length > limits.messageBytes;
  const text = readText(tooLong ? input.slice(0, limits.messageBytes) : input);
  const lines = (text.includes('\n') ? text.split(/[\r\n]+/) : text.split('\r')).filter((line) => line.charCodeAt(0) > 32 || line.trim() !== '');
  if (tooLong) return assemble(lines.slice(0, 1), 'messageBytes');
  if (lines.length > limits.segments) return assemble(lines.slice(0, 1), 'segments');
  return assemble(lines, undefined);
};

const assemble = (lines: readonly string[], exceeded: Message['exceeded']): Message => {
  const headerLine = lines.find((line) => line.startsWith('MSH'));
  const { separators, state } = readSeparators(headerLine);
  const segments: Segment[] = [];
  for (const line of lines) segments.push(new Segment(line, segments.length, separators, segments));
  const first = (name: string): Segment | undefined => segments.find((segment) => segment.name === name);
  return {
    segments,
    header: first('MSH'),
    separators,
    separatorState: state,
    exceeded,
    first,
    all: (name) => segments.filter((segment) => segment.name === name),
  };
};

/** One FHS or BHS line, read with its own separators (HL7-82). */
export const readEnvelope = (line: string): Segment => {
  const segments: Segment[] = [];
  const segment = new Segment(line, 0, readSeparators(line).separators, segments);
  segments.push(segment);
  return segment;
};
