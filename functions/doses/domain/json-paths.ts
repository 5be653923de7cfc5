import type { Fault } from '../../../shared/hl7/index.ts';

/** Where a field of the derived VXU comes from in the JSON of one dose. */
const fields: Readonly<Record<string, string>> = {
  'PID-3': 'patient.ids', 'PID-5': 'patient.name', 'PID-6': 'patient.mothersMaidenName', 'PID-7': 'patient.birthDate', 'PID-8': 'patient.sex',
  'PID-10': 'patient.races', 'PID-11': 'patient.address', 'PID-13': 'patient.phone', 'PID-22': 'patient.ethnicity',
  'PID-24': 'patient.multipleBirth', 'PID-25': 'patient.birthOrder', 'PD1-12': 'patient.protected',
  'ORC-3': 'id', 'RXA-3': 'givenOn', 'RXA-5': 'vaccine', 'RXA-6': 'amount', 'RXA-7': 'unit', 'RXA-9': 'source', 'RXA-10': 'administeredBy',
  'RXA-15': 'lot', 'RXA-16': 'expiry', 'RXA-17': 'mvx', 'RXA-18': 'refusal', 'RXA-20': 'completion', 'RXR-1': 'route', 'RXR-2': 'bodySite',
};
const segments: Readonly<Record<string, string>> = { PID: 'patient', PD1: 'patient' };
const lists = new Set(['PID-3', 'PID-10']);

/** A segment that is not there has no place of its own in the message; what it would have said has one in the dose. */
const absent: readonly (readonly [begins: string, path: string])[] = [['OBX 64994-7', 'eligibility'], ['OBX 30963-3', 'funding'], ['RXR ', 'route']];

/** The path of a fault within one dose of the JSON interface; `` is the dose as a whole. */
export const pathOf = ({ location, text }: Pick<Fault, 'location' | 'text'>): string => {
  if (location === undefined) return '';
  const { segment, field, repetition } = location;
  const place = `${segment}-${field ?? ''}`;
  if (segment === 'OBX') return text.includes('eligibility') ? 'eligibility' : 'funding';
  const path = fields[place] ?? absent.find(([begins]) => text.startsWith(begins))?.[1] ?? segments[segment] ?? '';
  return lists.has(place) && repetition !== undefined ? `${path}[${repetition - 1}]` : path;
};

export interface JsonRemark {
  readonly path: string;
  readonly message: string;
  readonly severity: Fault['severity'];
  readonly rule: string;
}

/** Repeats what the first fault of a place says: the segment, the group and the message that a field cost (HL7-22, HL7-26, HL7-30). */
const isEcho = ({ rule, text }: Fault): boolean => rule === 'HL7-30' || /^(?:[A-Z\d]{3}(?:-\d+)?) is required\b/.test(text);

/** HL7's names in front, and what became of an HL7 part behind. */
const sentenceOf = (text: string): string =>
  text
    .replace(/^(?:MSH|PID|PD1|NK1|ORC|RXA|RXR|OBX)(?:-[\d.]+| \d+-\d)? /, '')
    .replace(/ - (?:field|segment|message) (?:ignored|rejected)$/, '')
    .replace(/YYYYMMDD/g, 'YYYY-MM-DD')
    .replace(/YYYYMM(?!DD)/g, 'YYYY-MM');

/** Faults as a JSON caller needs them: a path instead of segment and field, and no HL7 names in front of the sentence. */
export const jsonRemarks = (faults: readonly Fault[], root: string): JsonRemark[] =>
  faults.filter((fault) => !isEcho(fault)).map((fault) => {
    const { text, severity, rule } = fault;
    const path = pathOf(fault);
    return { path: path === '' ? root : `${root}.${path}`, message: sentenceOf(text), severity, rule };
  });
