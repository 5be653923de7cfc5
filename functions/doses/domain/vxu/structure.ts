import { HL7_LIMITS } from '../../../../shared/hl7/index.ts';
import type { Message, Segment } from '../../../../shared/hl7/index.ts';
import type { Notes } from './notes.ts';

export type ObservationGroup = { readonly obx: Segment; note: string };

/** One ORDER group as sent: an ORC starts it, the rest belongs to the RXA before (HL7-46). */
export type OrderGroup = {
  orc: Segment | undefined;
  rxa: Segment | undefined;
  rxr: Segment | undefined;
  readonly observations: ObservationGroup[];
};

export type Structure = {
  readonly pid: Segment | undefined;
  readonly pd1: Segment | undefined;
  readonly relatives: readonly Segment[];
  readonly orders: readonly OrderGroup[];
  /** Order groups after another patient's PID: whose they are cannot be told from this message. */
  readonly foreignOrders: number;
};

/** Order of the segments a VXU consists of; those not named here are ignored without a word (HL7-09). */
const RANK: Readonly<Record<string, number>> = { PID: 1, PD1: 2, NK1: 3, ORC: 4, RXA: 4 };
const ONCE = new Set(['PID', 'PD1']);

/**
 * Sorts the segments of a VXU into patient and order groups; a segment out of order is lost (HL7-29), and with a second PID everything
 * after it: a dose must never be written to the person told before.
 */
export const structureOf = (message: Message, notes: Notes): Structure => {
  const patient = new Map<string, Segment>();
  const relatives: Segment[] = [];
  const orders: OrderGroup[] = [];
  const begin = (orc: Segment | undefined): OrderGroup => {
    const group: OrderGroup = { orc, rxa: undefined, rxr: undefined, observations: [] };
    orders.push(group);
    return group;
  };
  let reached = 0;
  const body = message.segments.slice((message.header?.index ?? -1) + 1);
  const [told, second] = body.filter(({ name }) => name === 'PID');
  const end = told !== undefined && second !== undefined && !isSamePatient(told, second) ? body.indexOf(second) : body.length;
  const foreign = body.slice(end);
  const isTurned = isTurnedRound(body.slice(0, end));
  for (const segment of body.slice(0, end)) {
    const group = orders.at(-1);
    const rank = RANK[segment.name];
    if (rank !== undefined) {
      if (rank < reached || (ONCE.has(segment.name) && patient.has(segment.name))) {
        misplaced(segment, notes);
        continue;
      }
      reached = rank;
    }
    switch (segment.name) {
      case 'PID': case 'PD1': patient.set(segment.name, segment); break;
      case 'NK1': relatives.push(segment); break;
      case 'ORC': if (isTurned && group !== undefined) takeBehind(segment, group, notes); else begin(segment); break;
      case 'RXA': (group?.orc && !group.rxa ? group : begin(undefined)).rxa = segment; break;
      case 'RXR': case 'OBX': case 'NTE': attach(segment, group, notes); break;
    }
  }
  const foreignOrders = foreign.filter(({ name }) => name === 'RXA').length;
  if (foreign[0] !== undefined) {
    const text = `A second PID: what follows is of another patient - ${foreignOrders === 0 ? 'ignored' : `ignored, its vaccination events too (${foreignOrders})`}; each patient needs a message`;
    notes.add('HL7-29', foreign[0].at(), { code: '100', severity: 'E', text });
  }
  return { pid: patient.get('PID'), pd1: patient.get('PD1'), relatives, orders: withinLimit(orders, notes), foreignOrders };
};

/** Every RXA has its ORC behind it instead of before it: no other reading leaves none of them over. */
const isTurnedRound = (body: readonly Segment[]): boolean => {
  const names = body.map(({ name }) => name).filter((name) => name === 'ORC' || name === 'RXA');
  return names.length > 1 && names.length % 2 === 0 && names.every((name, index) => name === (index % 2 === 0 ? 'RXA' : 'ORC'));
};

const takeBehind = (orc: Segment, group: OrderGroup, notes: Notes): void => {
  group.orc = orc;
  notes.add('HL7-29', orc.at(), { code: '100', severity: 'W', text: 'RXA stands before its ORC - taken together; ORC goes first' });
};

/** The same PID once more: who, since when, by which numbers. */
const isSamePatient = (one: Segment, other: Segment): boolean => [3, 5, 7].every((field) => one.text(field) === other.text(field));

const attach = (segment: Segment, group: OrderGroup | undefined, notes: Notes): void => {
  if (segment.name === 'NTE') {
    const last = group?.observations.at(-1);
    if (last) last.note = [last.note, segment.value(3)].filter((text) => text !== '').join('\n');
  } else if (!group?.rxa || (segment.name === 'RXR' && (group.rxr !== undefined || group.observations.length > 0))) {
    misplaced(segment, notes);
  } else if (segment.name === 'RXR') {
    group.rxr = segment;
  } else {
    group.observations.push({ obx: segment, note: '' });
  }
};

const misplaced = (segment: Segment, notes: Notes): void => {
  notes.add('HL7-29', segment.at(), {
    code: '100',
    severity: 'E',
    text: `${segment.name} is out of order or there once too often - segment ignored`,
  });
};

const withinLimit = (orders: readonly OrderGroup[], notes: Notes): readonly OrderGroup[] => {
  const limit = HL7_LIMITS.ordersPerMessage;
  if (orders.length <= limit) return orders;
  notes.add('HL7-12', undefined, { code: '999', severity: 'E', text: `More than ${limit} vaccination events in one message - the rest was ignored` });
  return orders.slice(0, limit);
};
