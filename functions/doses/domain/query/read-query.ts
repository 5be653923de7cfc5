import { sexOf } from '../../../../shared/codes/people.ts';
import { holdsSeveral, readHl7Date, whyNoDate, type Message, type Segment } from '../../../../shared/hl7/index.ts';
import { checkHeader } from '../vxu/header.ts';
import { Notes, read, withoutEmpty } from '../vxu/notes.ts';
import { readPhones } from '../vxu/phones.ts';
import { repetitionsOf } from '../vxu/repetitions.ts';
import type { PatientId, VxuContext } from '../vxu/types.ts';
import type { QueryProfile, QueryReading, Wanted } from './query-types.ts';

/** People that one answer names at most, whatever RCP-2 asks for: a list is for picking one's own patient, not for browsing. */
export const mostCandidates = 5;
/** QPD comes back in the answer, whole (HL7-92). */
const longestQuery = 10_000;
/** Identifiers of one query that are looked up. */
const mostIds = 20;

const isQueryProfile = (code: string): code is QueryProfile => code === 'Z34' || code === 'Z44';

/** Reads one QBP^Q11 by profiles Z34 and Z44 (HL7-87 to HL7-91). Pure; never throws. */
export const readQuery = (message: Message, context: VxuContext): QueryReading => {
  const notes = new Notes();
  const header = checkHeader(message, context, notes);
  const qpd = message.first('QPD');
  const profile = profileOf(qpd, message);
  const stopped = (outcome: 'rejected' | 'refused' | 'faulty'): QueryReading => ({
    outcome,
    profile: profile ?? 'Z34',
    processingId: header.processingId,
    wanted: { ids: [] },
    most: 0,
    faults: told(notes),
    answer: outcome === 'refused' ? 'AR' : 'AE',
  });
  if (header.outcome === 'rejected' || header.outcome === 'refused') return stopped(header.outcome);
  if (holdsSeveral(message)) {
    notes.add(
      'HL7-86',
      { segment: 'MSH', occurrence: 2 },
      { code: '100', severity: 'E', text: 'More than one MSH in one message - message rejected' },
    );
    return stopped('rejected');
  }
  if (qpd === undefined) {
    notes.add('HL7-87', { segment: 'QPD', occurrence: 1 }, { code: '100', severity: 'E', text: 'QPD is required - message rejected' });
    return stopped('rejected');
  }
  if (qpd.raw.length > longestQuery) {
    notes.add('HL7-12', qpd.at(), { code: '999', severity: 'E', text: `QPD holds at most ${longestQuery} characters - message rejected` });
    return stopped('rejected');
  }
  checkQuery(qpd, profile, notes);
  const wanted = readWanted(qpd, header.sender.responsible, notes);
  checkMinimum(qpd, wanted, notes);
  const most = readMost(message.first('RCP'), notes);
  if (profile === undefined || notes.faults.some(({ severity }) => severity === 'E')) return stopped('faulty');
  return { outcome: 'search', profile, processingId: header.processingId, wanted, most, faults: told(notes), answer: 'AA' };
};

/** A query brings no content that anybody would have to answer for (HL7-99). */
const told = ({ faults }: Notes) => faults.filter(({ rule }) => rule !== 'HL7-99');

/** QPD-1 decides; MSH-21 where QPD-1 names neither (HL7-87). An empty QPD-1 is a fault of its own (HL7-91). */
const profileOf = (qpd: Segment | undefined, message: Message): QueryProfile | undefined =>
  [qpd?.value(1) ?? '', message.header?.value(21) ?? ''].find(isQueryProfile);

const checkQuery = (qpd: Segment, profile: QueryProfile | undefined, notes: Notes): void => {
  const name = qpd.value(1);
  if (name === '') notes.add('HL7-91', qpd.at(1), { code: '101', severity: 'E', text: 'QPD-1 query name is missing - query not answered' });
  else if (profile === undefined)
    notes.add('HL7-87', qpd.at(1, 1), { code: '103', applicationCode: '5', severity: 'E', text: 'QPD-1 is none of Z34, Z44 - query not answered' });
  else if (profile !== name)
    notes.add('HL7-87', qpd.at(1, 1), { code: '103', applicationCode: '5', severity: 'W', text: 'QPD-1 is none of Z34, Z44 - MSH-21 was followed' });
  if (!qpd.has(2)) notes.add('HL7-91', qpd.at(2), { code: '101', severity: 'E', text: 'QPD-2 query tag is missing - query not answered' });
};

/** QPD-10, HL70136. */
const multipleBirths: Readonly<Record<string, boolean | undefined>> = { Y: true, N: false };

const readWanted = (qpd: Segment, senderId: string, notes: Notes): Wanted => {
  const family = read(qpd, 4, 1, 1, 1);
  const given = read(qpd, 4, 2);
  const birthOrder = read(qpd, 11);
  const sex = sexOf(read(qpd, 7).toUpperCase());
  return withoutEmpty<Wanted>({
    ids: readIds(qpd, senderId, notes),
    name: family !== '' && given !== '' ? withoutEmpty<NonNullable<Wanted['name']>>({ family, given, middle: read(qpd, 4, 3) }) : undefined,
    mothersMaidenName: read(qpd, 5, 1, 1, 1),
    birthDate: readBirthDate(qpd, notes),
    sex: sex === 'U' ? undefined : sex,
    address: qpd.has(8) ? withoutEmpty<NonNullable<Wanted['address']>>({ street: read(qpd, 8, 1, 1, 1), zip: read(qpd, 8, 5) }) : undefined,
    phone: readPhones(qpd, 9, notes).find(({ number }) => number !== undefined)?.number,
    multipleBirth: multipleBirths[read(qpd, 10).toUpperCase()],
    birthOrder: /^[1-9]$/.test(birthOrder) ? Number(birthOrder) : undefined,
  });
};

/** QPD-3: authority and type are filled as in PID-3 (HL7-33). */
const readIds = (qpd: Segment, senderId: string, notes: Notes): PatientId[] =>
  repetitionsOf(qpd, 3, notes).slice(0, mostIds).flatMap((repetition) => {
    const id = read(qpd, 3, 1, repetition);
    const authority = read(qpd, 3, 4, repetition, 1) || read(qpd, 3, 4, repetition, 2) || senderId;
    return id === '' ? [] : [{ id, authority, type: read(qpd, 3, 5, repetition) || 'MR' }];
  });

const readBirthDate = (qpd: Segment, notes: Notes): string | undefined => {
  const text = read(qpd, 6);
  if (text === '') return undefined;
  const sent = readHl7Date(text);
  if (sent !== undefined && sent.precision !== 'year' && sent.precision !== 'month') return sent.date;
  notes.add('HL7-80', qpd.at(6, 1), {
    code: '102',
    applicationCode: '2',
    severity: 'W',
    text: `QPD-6 birth date ${whyNoDate(text) ?? 'is no date'}, expected YYYYMMDD - value ignored`,
  });
  return undefined;
};

/** HL7-89: an identifier, or name and birth date. */
const checkMinimum = (qpd: Segment, { ids, name, birthDate }: Wanted, notes: Notes): void => {
  if (ids.length > 0 || (name !== undefined && birthDate !== undefined)) return;
  notes.add('HL7-89', name === undefined ? qpd.at(4) : qpd.at(6), {
    code: '101',
    applicationCode: '7',
    severity: 'E',
    text: 'A query needs an identifier (QPD-3), or last name, first name and birth date (QPD-4, QPD-6) - query not answered',
  });
};

/** HL7-88: RCP-2 that is missing or misbuilt costs nothing; a mode other than immediate is answered at once all the same. */
const readMost = (rcp: Segment | undefined, notes: Notes): number => {
  if (rcp !== undefined && !['', 'I'].includes(rcp.value(1))) {
    notes.add('HL7-88', rcp.at(1, 1), { code: '103', applicationCode: '5', severity: 'W', text: 'RCP-1 should be I - answered at once' });
  }
  const quantity = rcp?.value(2) ?? '';
  const isNumber = /^\d{1,6}$/.test(quantity) && Number(quantity) > 0;
  // Units are one component with sub-components: what stands in a third one was meant for it (`5^RD^HL70126`).
  if (isNumber && rcp?.value(2, 2, 1, 1).toUpperCase() === 'RD' && rcp.value(2, 3) === '') return Math.min(Number(quantity), mostCandidates);
  const fault = isNumber
    ? `the unit of RCP-2 is not in its place, expected ${quantity}^RD&records&HL70126`
    : 'RCP-2 does not say how many people are wanted';
  notes.add('HL7-88', rcp?.at(2) ?? { segment: 'RCP', occurrence: 1 }, {
    code: rcp === undefined ? '100' : '101', severity: 'W', text: `${fault} - at most ${mostCandidates} are named`,
  });
  return mostCandidates;
};
