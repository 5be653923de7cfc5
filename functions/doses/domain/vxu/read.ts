import { answerFor, holdsSeveral, readMessage } from '../../../../shared/hl7/index.ts';
import type { Message } from '../../../../shared/hl7/index.ts';
import { addDays, localDay } from '../../../../shared/kernel/dates.ts';
import { checkHeader } from './header.ts';
import type { Header } from './header.ts';
import { Notes } from './notes.ts';
import { readOrder } from './order.ts';
import { readPatient } from './patient.ts';
import { structureOf } from './structure.ts';
import type { ImmunizationReport, ReportedDose, VxuContext } from './types.ts';

/** Clocks differ: a day after the local day of receipt is not yet the future (HL7-80). */
const GRACE_DAYS = 1;

/** Segments whose fields the registry keeps; bytes it cannot read in others are nobody's loss. */
const KEPT = new Set(['MSH', 'PID', 'PD1', 'NK1', 'ORC', 'RXA', 'RXR', 'OBX', 'NTE']);

/**
 * Reads one VXU into what it reports and what is wrong with it, by the rules of the national guide (HL7-01 to HL7-81). Never
 * throws: whatever comes in gets an answer. The caller stores `patient` and `orders` exactly when `accepted`, and answers with
 * `answer` and `faults`. A query is refused (AR, 207).
 */
export const readVxu = (input: Uint8Array | string | Message, context: VxuContext): ImmunizationReport => {
  const message = typeof input === 'string' || input instanceof Uint8Array ? readMessage(input) : input;
  const notes = new Notes();
  const header = checkHeader(message, context, notes);
  switch (header.outcome) {
    case 'rejected': return nothing(header, notes, false);
    case 'refused': return nothing(header, notes, true);
    case 'qbp':
      notes.add('HL7-16', message.header?.at(9), { code: '207', severity: 'E', text: 'Queries are not answered here - message rejected' });
      return nothing(header, notes, true);
    case 'vxu': return readBody(message, header, context, notes);
  }
};

const nothing = ({ outcome: _, ...header }: Header, notes: Notes, refused: boolean, ordersSent = 0): ImmunizationReport => ({
  ...header, orders: [], ordersSent, faults: notes.faults, answer: answerFor(notes.faults, refused), accepted: false,
});

const readBody = (message: Message, header: Header, context: VxuContext, notes: Notes): ImmunizationReport => {
  if (holdsSeveral(message)) {
    notes.add(
      'HL7-86',
      { segment: 'MSH', occurrence: 2 },
      { code: '100', severity: 'E', text: 'More than one MSH in one message - message rejected' },
    );
    return nothing(header, notes, false);
  }
  noteDamage(message, notes);
  for (const segment of message.segments) notes.checkLengths(segment);
  const structure = structureOf(message, notes);
  const senderId = header.sender.responsible;
  const latestDay = addDays(localDay(context.receivedAt, context.timeZone), GRACE_DAYS);
  const patient = readPatient(structure, senderId, latestDay, notes);
  const orders = structure.orders.flatMap((group) =>
    readOrder(group, { codes: context.codes, senderId, patient, latestDay }, notes) ?? []);
  noteRepeatedIds(message, orders, notes);
  const ordersSent = structure.orders.length + structure.foreignOrders;
  const allLost = ordersSent > 0 && orders.length === 0;
  if (allLost && patient) {
    notes.add('HL7-30', undefined, { code: '100', severity: 'E', text: 'None of the vaccination events could be taken - message rejected' });
  }
  if (!patient || allLost) return nothing(header, notes, false, ordersSent);
  const { outcome: _, ...known } = header;
  return { ...known, patient, orders, ordersSent, faults: notes.faults, answer: answerFor(notes.faults), accepted: true };
};

/** HL7-03: bytes that are no UTF-8 are named; a value with such bytes is left out, but for the name and id of a patient who has no other. */
const noteDamage = (message: Message, notes: Notes): void => {
  for (const segment of message.segments) {
    if (!segment.raw.includes('\uFFFD') || !KEPT.has(segment.name)) continue;
    for (let field = 1; field <= segment.lastField; field += 1) {
      if (!segment.damaged(field)) continue;
      notes.add('HL7-03', segment.at(field), {
        code: '102',
        applicationCode: '4',
        severity: 'W',
        text: `${segment.name}-${field} holds bytes that are not UTF-8 - ${isNeeded(segment.name, field) ? 'used only where nothing better is known' : 'value ignored'}`,
      });
    }
  }
};

const isNeeded = (name: string, field: number): boolean => name === 'PID' && (field === 3 || field === 5);

/** HL7-68: one ORC-3 on several groups stands for several doses, unless day and vaccine are the same: that dose is told twice. */
const noteRepeatedIds = (message: Message, orders: readonly ReportedDose[], notes: Notes): void => {
  const seen = new Map<string, ReportedDose[]>();
  const administrations = message.all('RXA');
  for (const order of orders) {
    const { id, position, givenOn, cvx } = order;
    if (!id) continue;
    const key = JSON.stringify([id.authority, id.id]);
    const before = seen.get(key) ?? [];
    const told = before.filter((one) => one.givenOn === givenOn && one.cvx === cvx);
    const isToldTwice = told.length > 0;
    // Added and deleted: neither is a repeat of the other, and what was done is said of each (HL7-45).
    const isOther = isToldTwice && told.every(({ action }) => (action === 'D') !== (order.action === 'D'));
    if (before.length > 0 && !isOther) {
      const text = isToldTwice
        ? 'This dose was told before in this message, with the same ORC-3, day and vaccine - taken as one'
        : 'ORC-3 of this dose was used before in this message - taken as another dose';
      notes.add('HL7-68', administrations[position - 1]?.at(), { code: '205', severity: 'W', text });
    }
    seen.set(key, [...before, order]);
  }
};
