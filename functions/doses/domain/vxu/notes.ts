import { HL7_LIMITS } from '../../../../shared/hl7/index.ts';
import type { ApplicationCode, ErrorCode, Fault, Location, Segment, Severity } from '../../../../shared/hl7/index.ts';
import { isTooLong, overlongIn } from '../field-lengths.ts';

/** HL7's null: "erase what you have". On a required field it counts as empty (HL7-75). */
const NULL = '""';

/** What stands where bytes were that are no UTF-8. */
const UNREADABLE = '\uFFFD';

/**
 * A value for storing: trimmed, unescaped, '' when empty, null, damaged (HL7-03, HL7-21) or longer than what is kept of it. That something
 * was sent and is not kept, `noteDamage` and `Notes.checkLengths` say.
 */
export const read = (segment: Segment, field: number, component = 1, repetition = 1, subcomponent?: number): string => {
  const value = readDamaged(segment, field, component, repetition, subcomponent);
  return value.includes(UNREADABLE) ? '' : value;
};

/** The same with what could be read of a damaged value: for what a patient cannot do without. */
export const readDamaged = (segment: Segment, field: number, component = 1, repetition = 1, subcomponent?: number): string => {
  const value = segment.value(field, component, repetition, subcomponent);
  return value === NULL || isTooLong(value, segment, field, component, subcomponent) ? '' : value;
};

/** Whether the sender asks to erase a field. */
export const isErased = (segment: Segment, field: number): boolean => segment.text(field).trim() === NULL;

/** Whether anything was sent; HL7's null is nothing (HL7-75). */
export const isSent = (segment: Segment, field: number, component?: number): boolean => {
  if (component === undefined) return segment.has(field) && !isErased(segment, field);
  const value = segment.value(field, component);
  return value !== '' && value !== NULL;
};

/** HL7-78: of a date whose time cannot be the day is taken. */
export const noteCutTime = (segment: Segment, field: number, name: string, notes: Notes): void => {
  notes.add('HL7-78', segment.at(field, 1), {
    code: '102',
    applicationCode: '2',
    severity: 'W',
    text: `${segment.name}-${field} ${name} has a time or a time zone that does not exist - the day was taken`,
  });
};

/** An object without its empty texts: what was not sent is absent, never ''. */
export const withoutEmpty = <T extends object>(values: { [K in keyof T]: T[K] | '' | undefined }): T => {
  const kept: Partial<T> = {};
  for (const key in values) {
    const value = values[key];
    if (value !== '' && value !== undefined) kept[key] = value as T[typeof key];
  }
  return kept as T;
};

/** One line of a rule table: what is looked for in a field and what it costs. */
export type FieldRule = {
  readonly rule: Fault['rule'];
  readonly field: number;
  readonly component?: number;
  readonly applicationCode?: ApplicationCode;
  readonly severity: Severity;
  readonly text: string;
} & (
  /** `missing`: nothing there. `sent`: something there that has no place. */
  | { readonly found: 'missing' | 'sent'; readonly code: ErrorCode }
  /** A list: a value that is not one of these; 101 when there is none, 103 when it is another. */
  | { readonly found: readonly string[] }
);

/** What a line of a table finds: ERR-3, or undefined when all is well. HL7's null counts as empty (HL7-75). */
const codeFound = (segment: Segment, line: FieldRule): ErrorCode | undefined => {
  const { field, component } = line;
  const isThere = isSent(segment, field, component);
  if ('code' in line) return isThere === (line.found === 'sent') ? line.code : undefined;
  if (line.found.includes(segment.value(field, component ?? 1))) return undefined;
  return isThere ? '103' : '101';
};

export type Note = Omit<Fault, 'location' | 'rule'>;

/** The faults of one message, in the order they were found (HL7-34), bounded by a named limit. */
export class Notes {
  readonly faults: Fault[] = [];
  #overflow = false;

  add(rule: Fault['rule'], location: Location | undefined, note: Note): void {
    // Errors have room of their own: what was lost is told before what could be better.
    const most = note.severity === 'E' ? HL7_LIMITS.errorsPerMessage : HL7_LIMITS.faultsPerMessage;
    if (this.faults.length >= most) {
      if (!this.#overflow) this.faults.push(more);
      this.#overflow = true;
      return;
    }
    this.faults.push({ rule, ...(location && { location }), ...note });
  }

  /** Holds a segment against the lines of a table. */
  check(segment: Segment, rules: readonly FieldRule[]): void {
    for (const line of rules) {
      const code = codeFound(segment, line);
      if (code === undefined) continue;
      const { applicationCode, severity, text } = line;
      this.add(line.rule, segment.at(line.field, line.component), { code, ...(applicationCode && { applicationCode }), severity, text });
    }
  }

  /** Values that are too long to be kept: each is left out and the rest stands (HL7-21). What is needed is told by its reader. */
  checkLengths(segment: Segment): void {
    for (const { field, component, repetition, needed, words } of overlongIn(segment, HL7_LIMITS.repetitionsPerField)) {
      if (needed) continue;
      this.add('HL7-21', segment.at(field, component, repetition), {
        code: '102', applicationCode: '4', severity: 'E', text: `${segment.name}-${field} ${words} - value ignored`,
      });
    }
  }

  /** A required field of a patient that is empty or worthless: one line, which says that the message is rejected (HL7-27, ADR 0017). */
  loseMessage(rule: Fault['rule'], segment: Segment, field: number, note: Omit<Note, 'severity'>): void {
    this.add(rule, note.code === '101' ? segment.at(field) : segment.at(field, 1), {
      ...note,
      severity: 'E',
      text: `${note.text} - message rejected`,
    });
  }

  /**
   * A required field of a dose that is empty or worthless: field first, then the segment, as the guide's examples do (HL7-22, HL7-34). The group
   * it costs is told once, by `loseGroup`, when all of it was looked at.
   */
  loseSegment(rule: Fault['rule'], segment: Segment, field: number, note: Omit<Note, 'severity'>): void {
    const repeats = note.code === '101';
    this.add(rule, repeats ? segment.at(field) : segment.at(field, 1), {
      ...note,
      severity: 'E',
      text: `${note.text} - ${repeats ? 'segment' : 'field'} ignored`,
    });
    if (!repeats) {
      this.add('HL7-22', segment.at(field), {
        code: '101',
        severity: 'E',
        text: `${segment.name}-${String(field)} is required, what was sent cannot be used - segment ignored`,
      });
    }
  }

  loseGroup(segment: Segment): void {
    this.add('HL7-26', segment.at(), { code: '100', severity: 'E', text: `${segment.name} is required - dose rejected` });
  }
}

/** What an answer lists of all faults: errors first when there are too many, in their order, with a word that there are more (HL7-12). */
export const listedFaults = (faults: readonly Fault[]): readonly Fault[] => {
  const most = HL7_LIMITS.errorsPerMessage;
  if (faults.length <= most) return faults;
  const errors = faults.filter(({ severity }) => severity === 'E').slice(0, most);
  const others = faults.filter(({ severity }) => severity !== 'E').slice(0, most - errors.length);
  const listed = new Set([...errors, ...others]);
  return [...faults.filter((fault) => listed.has(fault)), more];
};
const more: Fault = { rule: 'HL7-12', code: '999', severity: 'W', text: 'There are more faults than this answer lists' };
