import type { CodeTable } from './code-texts.ts';

/** What a field is called in plain words, its parts by component, and the table its first component is from. */
export interface FieldFact {
  readonly name: string;
  readonly parts?: Readonly<Record<number, string>>;
  readonly codes?: CodeTable;
  /** A date or time: said in words of its precision. */
  readonly isDate?: true;
}
export interface SegmentFact {
  readonly name: string;
  readonly fields: Readonly<Record<number, FieldFact>>;
}

const named = (name: string): FieldFact => ({ name });
const date = (name: string): FieldFact => ({ name, isDate: true });
const coded = (name: string, codes?: CodeTable): FieldFact => ({
  name,
  parts: { 1: '', 2: 'text', 3: 'system', 4: 'also', 5: 'text', 6: 'system' },
  ...(codes && { codes }),
});
const designator = (name: string): FieldFact => ({ name, parts: { 1: '', 2: 'id', 3: 'id type' } });
const person = (name: string): FieldFact => ({ name, parts: { 1: 'family', 2: 'given', 3: 'middle', 4: 'suffix', 5: 'prefix', 7: 'type' } });
const professional = (name: string): FieldFact => ({ name, parts: { 1: 'id', 2: 'family', 3: 'given', 9: 'id given by' } });
const address = (name: string): FieldFact => ({
  name,
  parts: { 1: 'street', 2: 'more', 3: 'city', 4: 'state', 5: 'zip', 6: 'country', 7: 'type', 9: 'county' },
});
const phone = (name: string): FieldFact => ({
  name,
  parts: { 1: 'number (old way)', 2: 'use', 3: 'equipment', 4: 'e-mail', 6: 'area', 7: 'number' },
});
const identifier = (name: string): FieldFact => ({ name, parts: { 1: '', 4: 'given by', 5: 'type' } });
const numbered = (name: string): FieldFact => ({ name, parts: { 1: '', 2: 'given by', 3: 'given by (OID)', 4: 'id type' } });

const HEADER: SegmentFact['fields'] = {
  1: named('field separator'), 2: named('encoding characters'), 3: designator('sending application'), 4: designator('sending facility'),
  5: designator('receiving application'), 6: designator('receiving facility'), 7: date('time of the message'),
};

/** The segments an immunization registry meets, by the fields senders fill (guide release 1.5; the words are ours). */
export const SEGMENTS: Readonly<Record<string, SegmentFact>> = {
  MSH: {
    name: 'message header',
    fields: {
      ...HEADER,
      9: { name: 'message type', parts: { 1: '', 2: 'event', 3: 'structure' }, codes: 'type' },
      10: named('message control id'),
      11: { name: 'processing id', codes: 'processing' },
      12: named('HL7 version'),
      15: { name: 'accept acknowledgement', codes: 'when' },
      16: { name: 'application acknowledgement', codes: 'when' },
      17: named('country'),
      18: named('character set'),
      21: { name: 'message profile', parts: { 1: '', 2: 'given by' }, codes: 'profile' },
      22: { name: 'responsible sending organization', parts: { 1: 'name', 6: 'id given by', 7: 'id type', 10: 'id' } },
      23: { name: 'responsible receiving organization', parts: { 1: 'name', 6: 'id given by', 7: 'id type', 10: 'id' } },
    },
  },
  FHS: { name: 'file header', fields: { ...HEADER, 9: named('file name'), 10: named('comment'), 11: named('file control id') } },
  BHS: { name: 'batch header', fields: { ...HEADER, 9: named('batch name'), 10: named('comment'), 11: named('batch control id') } },
  BTS: { name: 'batch trailer', fields: { 1: named('messages counted by the sender'), 2: named('comment') } },
  FTS: { name: 'file trailer', fields: { 1: named('batches counted by the sender'), 2: named('comment') } },
  PID: {
    name: 'patient',
    fields: {
      1: named('set id'),
      2: identifier('old patient id'),
      3: identifier('patient identifiers'),
      4: identifier('alternate patient id'),
      5: person('name'),
      6: person("mother's maiden name"),
      7: date('birth date'),
      8: { name: 'sex', codes: 'sex' },
      9: person('alias'),
      10: coded('race', 'race'),
      11: address('address'),
      12: named('county'),
      13: phone('phone or e-mail'),
      14: phone('business phone'),
      15: coded('language'),
      19: named('social security number'),
      20: named("driver's licence"),
      21: identifier("mother's id"),
      22: coded('ethnicity', 'ethnicity'),
      23: named('birth place'),
      24: { name: 'multiple birth', codes: 'yesNo' },
      25: named('birth order'),
      29: date('date of death'),
      30: { name: 'dead', codes: 'yesNo' },
      33: date('last update'),
      34: designator('updated by'),
    },
  },
  PD1: {
    name: 'patient, more',
    fields: {
      3: named('primary facility'),
      4: professional('primary care provider'),
      11: coded('publicity: may be reminded how', 'publicity'),
      12: { name: 'protection: may others see it', codes: 'protection' },
      13: date('protection since'),
      16: { name: 'status in the registry', codes: 'registryStatus' },
      17: date('status since'),
      18: date('publicity since'),
    },
  },
  NK1: {
    name: 'next of kin',
    fields: { 1: named('set id'), 2: person('name'), 3: coded('relationship', 'relationship'), 4: address('address'), 5: phone('phone') },
  },
  PV1: { name: 'visit', fields: { 1: named('set id'), 2: named('patient class'), 20: named('financial class') } },
  ORC: {
    name: 'order (one vaccination event)',
    fields: {
      1: { name: 'order control', codes: 'control' },
      2: numbered('placer order number'),
      3: numbered("filler number: the sender's id of this dose"),
      10: professional('entered by'),
      12: professional('ordered by'),
      17: coded('entered at'),
    },
  },
  RXA: {
    name: 'vaccine administration',
    fields: {
      1: named('give sub-id'),
      2: named('administration sub-id'),
      3: date('given or refused on'),
      4: date('ended'),
      5: coded('vaccine', 'vaccine'),
      6: named('amount'),
      7: coded('unit'),
      9: coded('source of the information', 'source'),
      10: professional('given by'),
      11: { name: 'given at', parts: { 1: '', 4: 'facility', 9: 'street', 11: 'city', 12: 'state', 13: 'zip' } },
      15: named('lot'),
      16: date('expires'),
      17: coded('manufacturer', 'manufacturer'),
      18: coded('refusal reason', 'refusal'),
      20: { name: 'completion', codes: 'completion' },
      21: { name: 'action', codes: 'action' },
      22: date('entered on'),
    },
  },
  RXR: { name: 'route and site', fields: { 1: coded('route', 'route'), 2: coded('site', 'site') } },
  OBX: {
    name: 'observation',
    fields: {
      1: named('set id'),
      2: named('value type'),
      3: coded('what was observed', 'observation'),
      4: named('group'),
      5: coded('value', 'observed'),
      6: coded('unit'),
      11: { name: 'result status', codes: 'result' },
      14: date('observed on'),
      17: coded('method', 'method'),
    },
  },
  NTE: { name: 'note', fields: { 1: named('set id'), 3: named('comment') } },
  MSA: {
    name: 'acknowledgement',
    fields: { 1: { name: 'answer', codes: 'answer' }, 2: named('control id of the message answered'), 3: named('text') },
  },
  ERR: {
    name: 'fault',
    fields: {
      1: named('place (old way)'),
      2: { name: 'place', parts: { 1: 'segment', 2: 'occurrence', 3: 'field', 4: 'repetition', 5: 'component', 6: 'sub-component' } },
      3: coded('HL7 error code', 'error'),
      4: { name: 'severity', codes: 'severity' },
      5: coded('application error code', 'applicationError'),
      7: named('diagnosis'),
      8: named('in words'),
    },
  },
  QPD: {
    name: 'query',
    fields: {
      1: coded('query name', 'query'),
      2: named('query tag'),
      3: identifier('patient identifiers'),
      4: person('name'),
      5: person("mother's maiden name"),
      6: date('birth date'),
      7: { name: 'sex', codes: 'sex' },
      8: address('address'),
      9: phone('phone'),
      10: { name: 'multiple birth', codes: 'yesNo' },
      11: named('birth order'),
    },
  },
  RCP: { name: 'how to answer', fields: { 1: named('priority'), 2: { name: 'most people wanted', parts: { 1: '', 2: 'unit' } } } },
  QAK: {
    name: 'query acknowledgement',
    fields: { 1: named('query tag'), 2: { name: 'outcome', codes: 'queryStatus' }, 3: coded('query name', 'query') },
  },
};
