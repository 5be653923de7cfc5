import { HL7_LIMITS } from '../../../shared/hl7/index.ts';
import type { ApplicationCode, ErrorCode, Fault, Location, Segment, Severity } from '../../../shared/hl7/index.ts';
import { isTooLong, overlongIn } from './field-lengths.ts';

/** HL7's null: "erase what you have". On a required field it counts as empty (HL7-75). */
const NULL = '""';

/** A value for storing: trimmed, unescaped, '' when empty, null or longer than what is kept of it (`Notes.checkLengths` says so). */
export const read = (segment: Segment, field: number, component = 1, repetition = 1, subcomponent?: number): string => {
  const value = segment.value(field, component, repetition, subcomponent);
  return value === NULL || isTooLong(value, segment, field, component, subcomponent) ? '' : value;
};

/** Whether the sender asks to erase a field. */
export const isErased = (segment: Segment, field: number): boolean => segment.text(field).trim() === NULL;

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
  /** `missing`: nothing there. `sent`: something there that has no place. A list: a value that is not one of these (empty is). */
  readonly found: 'missing' | 'sent' | readonly string[];
  readonly code: ErrorCode;
  readonly applicationCode?: ApplicationCode;
  readonly severity: Severity;
  readonly text: string;
};

const applies = (segment: Segment, { field, component, found }: FieldRule): boolean => {
  const value = segment.value(field, component ?? 1);
  if (found === 'missing') return component === undefined ? !segment.has(field) : value === '';
  if (found === 'sent') return component === undefined ? segment.has(field) : value !== '';
  return !found.includes(value);
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
      if (!applies(segment, line)) continue;
      const { code, applicationCode, severity, text } = line;
      this.add(line.rule, segment.at(line.field, line.component), { code, ...(applicationCode && { applicationCode }), severity, text });
    }
  }

  /** Values that are too long to be kept: each is left out and the rest stands (HL7-21). What is needed is told by its reader. */
  checkLengths(segment: Segment): void {
    for (const { field, component, repetition, needed, words } of overlongIn(segment, HL7_LIMITS.repetitionsPerField)) {
      if (needed) continue;
      this.add('HL7-21', segment.at(field, component, repetition), {
        code: '102', applicationCode: '4', severity: 'W', text: `${segment.name}-${field} ${words} - value ignored`,
      });
    }
  }

  /**
   * A required field that is empty or worthless, and what it costs. A patient's fault is one line, which says that the message is rejected (HL7-27);
   * a dose's is told field first, then the segment, then the group, as the guide's examples do (HL7-22, HL7-34).
   */
  lose(rule: Fault['rule'], segment: Segment, field: number, note: Omit<Note, 'severity'>, loss: Loss): void {
    const repeats = note.code === '101';
    if (loss.inOneLine) {
      this.add(rule, repeats ? segment.at(field) : segment.at(field, 1), { ...note, severity: 'E', text: `${note.text} - ${loss.text}` });
      return;
    }
    this.add(rule, repeats ? segment.at(field) : segment.at(field, 1), { ...note, severity: 'E', text: `${note.text} - ${repeats ? 'segment' : 'field'} ignored` });
    if (!repeats) {
      this.add('HL7-22', segment.at(field), { code: '101', severity: 'E', text: `${segment.name}-${String(field)} is required - segment ignored` });
    }
    this.add(loss.rule, segment.at(), { code: '100', severity: 'E', text: `${segment.name} is required - ${loss.text}` });
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

export type Loss = { readonly rule: Fault['rule']; readonly text: string; readonly inOneLine: boolean };
export const DOSE_LOST: Loss = { rule: 'HL7-26', text: 'dose rejected', inOneLine: false };
export const MESSAGE_LOST: Loss = { rule: 'HL7-27', text: 'message rejected', inOneLine: true };
