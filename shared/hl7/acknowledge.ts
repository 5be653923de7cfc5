import { HL70357, HL70533 } from '../codes/hl7-tables.ts';
import { writeHl7Time } from './dates.ts';
import type { AnswerCode, Fault, Location } from './fault.ts';
import type { Message } from './read.ts';
import { copyField, writeSegment } from './write.ts';
import type { FieldContent } from './write.ts';

/** ERR-8 holds at most this many characters (HL7-38). */
const USER_TEXT_LENGTH = 250;

/** What of a request's header comes back is bounded: a longer name is left out, a control id is cut (such a message is rejected). */
const longestEcho = 500;
const longestControlId = 199;

const echo = (request: Message, field: number): FieldContent =>
  (request.header?.text(field).length ?? 0) > longestEcho ? '' : copyField(request, request.header, field);

/** How the registry names itself in MSH-3, MSH-4 and MSH-22. */
export type Registry = { readonly application: string; readonly facility: string; readonly organization?: string };

export type AcknowledgementInput = {
  /** The message that is answered, read as far as it can be. */
  readonly request: Message;
  readonly answer: AnswerCode;
  readonly faults: readonly Fault[];
  /** Instant of the answer, ISO UTC. */
  readonly now: string;
  /** IANA zone in which MSH-7 is written. */
  readonly timeZone: string;
  /** MSH-10 of the answer: new and unique. */
  readonly controlId: string;
  readonly registry: Registry;
  /** One remark of what was done, the last line (HL7-45). */
  readonly done?: Fault;
};

/**
 * The answer to one message: ACK profile Z23 (HL7-35 to HL7-45), segments ended by CR. A refused query is answered with
 * `ACK^Q11^ACK`. Nothing of the request but MSH-3, 4, 10, 11 and 22 comes back.
 */
export const buildAcknowledgement = (input: AcknowledgementInput): string => {
  const lines = [headerOf(input), acknowledgementOf(input), ...input.faults.map(writeFault)];
  if (input.done) lines.push(writeFault(input.done));
  return lines.map((line) => `${line}\r`).join('');
};

const headerOf = (input: AcknowledgementInput): string => {
  const event = input.request.header?.value(9) === 'QBP' ? 'Q11' : 'V04';
  return writeAnswerHeader(input, ['ACK', event, 'ACK'], 'Z23');
};

/** MSH of any answer: ours in 3, 4 and 22, the sender's in 5, 6 and 23, never itself to be answered (HL7-36). */
export const writeAnswerHeader = (
  { request, now, timeZone, controlId, registry }: Pick<AcknowledgementInput, 'request' | 'now' | 'timeZone' | 'controlId' | 'registry'>,
  type: readonly [string, string, string],
  profile: string,
): string => {
  const { header } = request;
  const asked = header?.value(11) ?? '';
  return writeSegment('MSH', {
    3: registry.application,
    4: registry.facility,
    5: echo(request, 3),
    6: echo(request, 4),
    7: writeHl7Time(now, timeZone),
    9: type,
    10: controlId,
    11: /^[PTD]$/.test(asked) ? asked : 'P',
    12: '2.5.1',
    15: 'NE',
    16: 'NE',
    21: [profile, 'CDCPHINVS'],
    22: registry.organization ?? registry.facility,
    23: echo(request, 22),
  });
};

const acknowledgementOf = (input: AcknowledgementInput): string => writeAcknowledgement(input.request, input.answer);

/** MSA: the code, and the request's control id unchanged (HL7-37). */
export const writeAcknowledgement = (request: Message, answer: AnswerCode): string =>
  writeSegment('MSA', {
    1: answer,
    2: (request.header?.text(10).length ?? 0) > longestEcho ? (request.header?.value(10).slice(0, longestControlId) ?? '') : echo(request, 10),
  });

const writeLocation = (location: Location | undefined): string[] => {
  if (!location) return [];
  const { segment, occurrence, field, repetition, component, subcomponent } = location;
  const numbers = [occurrence, field, repetition ?? (component === undefined ? undefined : 1), component, subcomponent];
  const sent = numbers.slice(0, numbers.findLastIndex((number) => number !== undefined) + 1);
  return [segment, ...sent.map((number) => number === undefined ? '' : String(number))];
};

/** A place as ERR-2 writes it, `PID^1^7`; '' for the message as a whole. */
export const locationText = (location: Location | undefined): string => writeLocation(location).join('^');

/** ERR-8 as it goes out. */
export const userText = ({ text }: Fault): string => text.slice(0, USER_TEXT_LENGTH);

/** ERR of one fault (HL7-38 to HL7-40). */
export const writeFault = (fault: Fault): string =>
  writeSegment('ERR', {
    2: writeLocation(fault.location),
    3: [fault.code, HL70357[fault.code], 'HL70357'],
    4: fault.severity,
    ...(fault.applicationCode && { 5: [fault.applicationCode, HL70533[fault.applicationCode], 'HL70533'] }),
    8: userText(fault),
  });
