import type { z } from 'zod';
import type { Fault } from '../../../../shared/hl7/index.ts';
import { issueWords } from '../issue-words.ts';
import { jsonRemarks } from '../json-paths.ts';

/** http://hl7.org/fhir/issue-type, those that are used. */
export type IssueCode =
  | 'structure' | 'required' | 'value' | 'code-invalid' | 'extension' | 'not-supported' | 'not-found' | 'duplicate' | 'conflict' | 'transient'
  | 'business-rule' | 'informational' | 'forbidden' | 'login' | 'too-long' | 'exception' | 'invalid' | 'processing';

/** One thing that is wrong with a resource, or worth saying of it: where and in plain words, never a value of the patient. */
export interface Issue {
  readonly severity: 'error' | 'warning' | 'information';
  readonly code: IssueCode;
  readonly text: string;
  /** Where, as a FHIRPath that FHIR clients can follow; absent when the request as a whole is meant. */
  readonly expression?: string;
  /** Rule of the immunization guide (docs: HL7 rules). */
  readonly rule?: string;
  /** The request is at fault as a request (400), not what it says (422). */
  readonly isMalformed?: true;
}

export const isError = ({ severity }: Issue): boolean => severity === 'error';

const severities = { E: 'error', W: 'warning', I: 'information' } as const;

/** HL7's E says that something was lost, FHIR's error that a resource cannot be taken: a value that was left out is a warning there. */
const severityOf = ({ severity, text }: Pick<Fault, 'severity' | 'text'>): Issue['severity'] =>
  severity === 'E' && / - (?:value|repetition) ignored/.test(text) ? 'warning' : severities[severity];
const codes: Readonly<Record<Fault['code'], IssueCode>> = {
  0: 'informational', 100: 'required', 101: 'required', 102: 'value', 103: 'code-invalid', 200: 'not-supported', 201: 'not-supported',
  202: 'not-supported', 203: 'not-supported', 204: 'not-found', 205: 'duplicate', 206: 'conflict', 207: 'transient', 999: 'processing',
};

/** Faults of the message that a resource stands for, each where it is in the resource. Echoes of a fault are left out. */
export const issuesOf = (faults: readonly Fault[], expressionOf: (fault: Fault) => string): Issue[] =>
  faults.flatMap((fault) => jsonRemarks([fault], '').map(({ message, rule }): Issue => ({
    severity: severityOf(fault), code: codes[fault.code], text: inFhirWords(fault, message), expression: expressionOf(fault), rule,
  })));

/** Where HL7 and FHIR have different words for the same thing, those of FHIR. */
const inFhirWords = ({ location, code }: Fault, message: string): string => {
  if (location?.segment !== 'PID' || location.field !== 8) return message;
  return code === '101' ? 'gender is missing - taken as unknown' : 'gender is none of male, female, other, unknown - taken as unknown';
};

/** Faults of form; zod never repeats what was sent. */
export const structureIssues = (error: z.ZodError, at: string): Issue[] =>
  error.issues.map((issue) => ({
    severity: 'error', code: issue.code === 'too_big' ? 'too-long' : 'structure', isMalformed: true, text: issueWords(issue),
    expression: issue.path.reduce<string>((all, part) => (typeof part === 'number' ? `${all}[${part}]` : `${all}.${String(part)}`), at),
  }));

const ruleSystem = 'https://doseline.org/fhir/CodeSystem/rule';

/** The OperationOutcome of these issues; FHIR asks for one at least. */
export const outcomeOf = (issues: readonly Issue[]): object => ({
  resourceType: 'OperationOutcome',
  issue: (issues.length === 0 ? [allGood] : issues).map(({ severity, code, text, expression, rule }) => ({
    severity, code,
    details: { ...(rule === undefined ? {} : { coding: [{ system: ruleSystem, code: rule }] }), text },
    ...(expression === undefined ? {} : { expression: [expression] }),
  })),
});

const allGood: Issue = { severity: 'information', code: 'informational', text: 'Taken without a remark' };
