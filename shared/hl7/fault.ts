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

/** HL7 table 0357, ERR-3. */
export const ERROR_CODES = {
  '0': 'Message accepted',
  '100': 'Segment sequence error',
  '101': 'Required field missing',
  '102': 'Data type error',
  '103': 'Table value not found',
  '200': 'Unsupported message type',
  '201': 'Unsupported event code',
  '202': 'Unsupported processing id',
  '203': 'Unsupported version id',
  '204': 'Unknown key identifier',
  '205': 'Duplicate key identifier',
  '206': 'Application record locked',
  '207': 'Application internal error',
  '999': 'Application error',
} as const;
export type ErrorCode = keyof typeof ERROR_CODES;

/** HL7 table 0533, ERR-5. */
export const APPLICATION_CODES = {
  '1': 'Illogical date error',
  '2': 'Invalid date',
  '3': 'Illogical value error',
  '4': 'Invalid value',
  '5': 'Table value not found',
  '6': 'Required observation missing',
  '7': 'Required data missing',
  '8': 'Data was ignored',
} as const;
export type ApplicationCode = keyof typeof APPLICATION_CODES;

/** One thing that is wrong with a message. `text` names field and fault and never holds a value of the patient (HL7-44). */
export type Fault = {
  readonly rule: `${'HL7' | 'IZ' | 'SOAP'}-${number}`;
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
