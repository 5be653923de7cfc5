import { HL7_LIMITS, momentOf, readHl7Date, whyNoDate } from '../../../../shared/hl7/index.ts';
import type { Message, Segment } from '../../../../shared/hl7/index.ts';
import { LENGTHS, lengthWords } from '../field-lengths.ts';
import type { FieldRule, Note, Notes } from './notes.ts';
import { isSent, read, withoutEmpty } from './notes.ts';
import type { Designator, ImmunizationReport, Sender, VxuContext } from './types.ts';

/** What the header check found: go on as VXU or QBP, or stop with AE (`rejected`) or AR (`refused`). */
export type Header = Pick<ImmunizationReport, 'sender' | 'controlId' | 'processingId' | 'sentAt'> & {
  readonly outcome: 'vxu' | 'qbp' | 'rejected' | 'refused';
};

const EVENTS: Readonly<Record<string, { event: string; structure: string; outcome: 'vxu' | 'qbp' }>> = {
  VXU: { event: 'V04', structure: 'VXU_V04', outcome: 'vxu' },
  QBP: { event: 'Q11', structure: 'QBP_Q11', outcome: 'qbp' },
};

/** HL7-17: without these a message cannot be answered or dated; AE, and nothing is stored. */
const REQUIRED: readonly FieldRule[] = ([[10, 'message control id'], [11, 'processing id'], [12, 'version']] as const).map(([field, name]) => ({
  rule: 'HL7-17', field, found: 'missing', code: '101', severity: 'E', text: `MSH-${field} ${name} is missing - message rejected`,
}));

/** HL7-19: what most senders get wrong in MSH costs them nothing. */
const REMARKS: readonly FieldRule[] = [
  { rule: 'HL7-19', field: 15, found: ['ER'], severity: 'I', text: 'MSH-15 should be ER' },
  { rule: 'HL7-19', field: 16, found: ['AL'], severity: 'I', text: 'MSH-16 should be AL' },
];

const PROFILES = { vxu: ['Z22'], qbp: ['Z34', 'Z44'] } as const;

/** The header check, before anything else is looked at (HL7-04, HL7-12 to HL7-19, HL7-99). */
export const checkHeader = (message: Message, context: VxuContext, notes: Notes): Header => {
  const header = message.header;
  if (!header) {
    notes.add('HL7-18', undefined, { code: '100', severity: 'E', text: 'There is no readable MSH - message rejected' });
    return { ...nobody(context), outcome: 'rejected' };
  }
  const sender = readSender(header, context);
  const processing = header.value(11);
  const known: Omit<Header, 'outcome'> = {
    sender,
    controlId: header.value(10),
    processingId: processing === 'P' || processing === 'T' || processing === 'D' ? processing : undefined,
    sentAt: context.receivedAt,
  };
  if (message.exceeded) {
    const most = message.exceeded === 'messageBytes' ? `${HL7_LIMITS.messageBytes / 1_000_000} MB` : `${HL7_LIMITS.segments} segments`;
    notes.add('HL7-12', undefined, {
      code: '999',
      severity: 'E',
      text: `A message holds at most ${most}; send its doses in several messages, each with PID - message rejected`,
    });
    return { ...known, outcome: 'rejected' };
  }
  if (known.controlId.length > LENGTHS.controlId) {
    const text = `MSH-10 message control id ${lengthWords(known.controlId.length, LENGTHS.controlId)} - message rejected`;
    notes.add('HL7-17', header.at(10), { code: '102', applicationCode: '4', severity: 'E', text });
    return { ...known, outcome: 'rejected' };
  }
  const before = notes.faults.length;
  const type = checkType(header, notes);
  checkProcessing(header, context, notes);
  const refused = notes.faults.length > before && notes.faults.slice(before).some(({ severity }) => severity === 'E');
  notes.check(header, REQUIRED);
  if (refused || type === undefined) return { ...known, outcome: 'refused' };
  if (notes.faults.slice(before).some(({ severity }) => severity === 'E')) return { ...known, outcome: 'rejected' };
  remark(message, header, type, notes);
  if (sender.responsibleFrom !== 'MSH-22' && sender.responsibleFrom !== 'MSH-4') {
    notes.add('HL7-99', header.at(22), {
      code: '101',
      severity: 'W',
      text: 'Neither MSH-22 nor MSH-4 names an organization - the authenticated sender answers for the content',
    });
  }
  return { ...known, sentAt: readSentAt(header, context, notes), outcome: type };
};

const nobody = (context: VxuContext): Omit<Header, 'outcome'> => ({
  sender: fallback(context), controlId: '', processingId: undefined, sentAt: context.receivedAt,
});

const fallback = ({ authenticatedSender }: VxuContext): Sender => authenticatedSender
  ? { responsible: authenticatedSender, responsibleFrom: 'authenticated' }
  : { responsible: '', responsibleFrom: 'nobody' };

/** HL7-13. Returns what the message is, or undefined when it is refused. */
const checkType = (header: Segment, notes: Notes): 'vxu' | 'qbp' | undefined => {
  const expected = Object.hasOwn(EVENTS, header.value(9)) ? EVENTS[header.value(9)] : undefined;
  if (!expected || header.repetitions(9) > 1) {
    notes.add('HL7-13', header.at(9, 1), {
      code: '200',
      severity: 'E',
      text: 'MSH-9 is not a message type this registry takes (VXU or QBP) - message rejected',
    });
    return undefined;
  }
  const event = header.value(9, 2);
  if (event !== '' && event !== expected.event) {
    notes.add('HL7-13', header.at(9, 2), { code: '201', severity: 'E', text: `MSH-9.2 should be ${expected.event} - message rejected` });
    return undefined;
  }
  if (event === '' || header.value(9, 3) !== expected.structure) {
    notes.add('HL7-13', header.at(9), {
      code: '101',
      severity: 'W',
      text: `MSH-9 should be ${header.value(9)}^${expected.event}^${expected.structure}`,
    });
  }
  return expected.outcome;
};

/** HL7-14 and HL7-15: a wrong value is refused; an empty one is HL7-17. */
const checkProcessing = (header: Segment, { versions = ['2.5.1'] }: VxuContext, notes: Notes): void => {
  const refuse = (rule: 'HL7-14' | 'HL7-15', field: number, note: Omit<Note, 'severity'>) => {
    notes.add(rule, header.at(field, 1), { ...note, severity: 'E' });
  };
  const version = header.value(12);
  if (isSent(header, 12) && !versions.includes(version)) {
    refuse('HL7-14', 12, { code: '203', text: `MSH-12 is not a version this registry takes (${versions.join(', ')}) - message rejected` });
  }
  if (isSent(header, 11) && !['P', 'T', 'D'].includes(header.value(11))) {
    refuse('HL7-15', 11, { code: '202', text: 'MSH-11 is none of P, T, D - message rejected' });
  }
};

const remark = (message: Message, header: Segment, type: 'vxu' | 'qbp', notes: Notes): void => {
  if (message.separatorState !== 'standard') {
    const how = message.separatorState === 'unusable' ? 'cannot be used, read with the standard ones' : 'differ from the standard ones';
    notes.add('HL7-04', header.at(2), { code: '102', severity: 'W', text: `The separators in MSH-1 and MSH-2 ${how}` });
  }
  notes.check(header, REMARKS);
  notes.check(header, [{ rule: 'HL7-19', field: 21, found: PROFILES[type], severity: 'I', text: 'MSH-21 does not name the profile' }]);
};

/** HL7-17 and HL7-79. */
const readSentAt = (header: Segment, context: VxuContext, notes: Notes): string => {
  const sent = readHl7Date(header.value(7));
  const instant = sent && momentOf(sent, context.timeZone);
  if (sent?.precision === 'day') {
    notes.add('HL7-79', header.at(7), { code: '102', severity: 'I', text: 'MSH-7 has no time of the day - the time of receipt was taken' });
    return context.receivedAt;
  }
  if (!instant) {
    const missing = !isSent(header, 7);
    const why = missing ? 'is missing' : `${whyNoDate(header.value(7)) ?? 'is no time'}, expected YYYYMMDDHHMMSS+ZZZZ`;
    notes.add('HL7-17', header.at(7), { code: missing ? '101' : '102', severity: 'W', text: `MSH-7 ${why} - the time of receipt was taken` });
    return context.receivedAt;
  }
  if (sent.offsetMinutes === undefined || sent.precision !== 'second') {
    notes.add('HL7-79', header.at(7), { code: '102', severity: 'I', text: 'MSH-7 lacks seconds or zone' });
  }
  return instant;
};

/** A hierarchic designator in field 3 or 4. */
const readDesignator = (segment: Segment, field: number): Designator | undefined => {
  const designator = withoutEmpty<Designator>({
    name: read(segment, field, 1), universalId: read(segment, field, 2), universalIdType: read(segment, field, 3),
  });
  return designator.name ?? designator.universalId ? designator : undefined;
};

/** HL7-99: MSH-22 answers for the content, else MSH-4, else whoever was authenticated. */
const readSender = (header: Segment, context: VxuContext): Sender => {
  const application = readDesignator(header, 3);
  const facility = readDesignator(header, 4);
  const organization = read(header, 22, 10) || read(header, 22);
  const named = facility?.name ?? facility?.universalId;
  const rest = { ...(application && { application }), ...(facility && { facility }) };
  if (organization !== '') return { responsible: organization, responsibleFrom: 'MSH-22', ...rest };
  if (named !== undefined) return { responsible: named, responsibleFrom: 'MSH-4', ...rest };
  return { ...fallback(context), ...rest };
};
