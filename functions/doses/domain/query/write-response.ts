import {
  copyField,
  writeAcknowledgement,
  writeAnswerHeader,
  writeFault,
  writeSegment,
  type FieldContent,
  type Fault,
  type Message,
  type Registry,
} from '../../../../shared/hl7/index.ts';
import type { QueryReading } from './query-types.ts';
import { writeHistory, type ShownDose } from './write-history.ts';
import { writeCandidate, writePerson, type ShownPerson } from './write-person.ts';

/** What was found, ready to be told. */
export type QueryResult =
  | { readonly kind: 'history'; readonly person: ShownPerson; readonly doses: readonly ShownDose[] }
  | { readonly kind: 'list'; readonly persons: readonly ShownPerson[] }
  | { readonly kind: 'too-many' | 'nobody' | 'faulty' };

export interface ResponseInput {
  readonly request: Message;
  readonly reading: QueryReading;
  readonly result: QueryResult;
  readonly now: string;
  readonly timeZone: string;
  /** Local day of the answer. */
  readonly today: string;
  readonly controlId: string;
  readonly registry: Registry;
}

/** QAK-2, HL70208. */
const answerStates = { history: 'OK', list: 'OK', 'too-many': 'TM', nobody: 'NF', faulty: 'AE' } as const;

/** The profile of the answer (HL7-90). */
export const responseProfile = ({ profile }: Pick<QueryReading, 'profile'>, kind: QueryResult['kind']): 'Z31' | 'Z32' | 'Z33' | 'Z42' => {
  if (kind === 'list') return 'Z31';
  if (kind !== 'history') return 'Z33';
  return profile === 'Z44' ? 'Z42' : 'Z32';
};

/** RSP profiles have room for one ERR (HL7-38): the gravest fault, the first of its kind. */
export const gravestFault = (faults: readonly Fault[]): Fault | undefined =>
  (['E', 'W', 'I'] as const).map((severity) => faults.find((fault) => fault.severity === severity)).find((fault) => fault !== undefined);

/**
 * The answer to a query: RSP^K11 of profile Z31, Z32, Z33 or Z42, each segment ended by CR (HL7-92 to HL7-95). MSA-1 is AA for whatever was looked
 * for, also when nobody or too many were found; only a query that cannot be looked for is AE. A warning rides along in the one ERR.
 */
export const buildResponse = ({ request, reading, result, now, timeZone, today, controlId, registry }: ResponseInput): string => {
  const profile = responseProfile(reading, result.kind);
  const fault = gravestFault(reading.faults.filter(({ severity, rule }) => severity !== 'I' || rule === 'HL7-15'));
  const lines = [
    writeAnswerHeader({ request, now, timeZone, controlId, registry }, ['RSP', 'K11', 'RSP_K11'], profile),
    writeAcknowledgement(request, result.kind === 'faulty' ? 'AE' : 'AA'),
    ...(fault === undefined ? [] : [writeFault(fault)]),
    ...echo(request, answerStates[result.kind]),
    ...(result.kind === 'list' ? result.persons.map((person, at) => writeCandidate(person, at + 1, registry.facility)) : []),
    ...(result.kind === 'history'
      ? [...writePerson(result.person, reading.profile, registry.facility), ...writeHistory(reading.profile, result.doses, today, registry.facility)]
      : []),
  ];
  return lines.map((line) => `${line}\r`).join('');
};

/** QAK and the query itself, unchanged (HL7-92). */
const echo = (request: Message, state: string): string[] => {
  const qpd = request.first('QPD');
  const fields: Record<number, FieldContent> = {};
  for (let field = 1; field <= (qpd?.lastField ?? 0); field += 1) fields[field] = copyField(request, qpd, field);
  return [writeSegment('QAK', { 1: fields[2] ?? '', 2: state, 3: fields[1] ?? '' }), writeSegment('QPD', fields)];
};
