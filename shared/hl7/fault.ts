import type { HL70357, HL70533 } from '../codes/hl7-tables.ts';

/** A place in a message as ERR-2 names it: everything counts from 1; absent parts mean "the whole of it" (HL7-08, HL7-39). */
export type Location = {
  readonly segment: string;
  readonly occurrence: number;
  readonly field?: number;
  readonly repetition?: number;
  readonly component?: number;
  readonly subcomponent?: number;
};

/** E: something sent was lost. W: stored, the sender should fix it. I: a remark (HL7-41). */
export type Severity = 'E' | 'W' | 'I';

/** MSA-1 in original mode (HL7-35, HL7-42). */
export type AnswerCode = 'AA' | 'AE' | 'AR';

/** ERR-3, HL7 table 0357. */
export type ErrorCode = `${keyof typeof HL70357}`;

/** ERR-5, HL7 table 0533. */
export type ApplicationCode = `${keyof typeof HL70533}`;

/** One thing that is wrong with a message. `text` names field and fault and never holds a value of the patient (HL7-44). */
export type Fault = {
  /** `DOSE` rules are the registry's own, of what a dose is besides its message. */
  readonly rule: `${'HL7' | 'IZ' | 'SOAP' | 'DOSE'}-${number}`;
  /** Absent when the message as a whole is at fault. */
  readonly location?: Location;
  readonly code: ErrorCode;
  readonly applicationCode?: ApplicationCode;
  readonly severity: Severity;
  readonly text: string;
};

/** MSA-1 by the faults found: AR only when the header check refused the message, AE for any E or W, else AA (HL7-42). */
export const answerFor = (faults: readonly Fault[], refused = false): AnswerCode => {
  if (refused) return 'AR';
  return faults.some((fault) => fault.severity !== 'I') ? 'AE' : 'AA';
};
