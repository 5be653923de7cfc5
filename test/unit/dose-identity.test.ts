import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decideLink, isSamePatient, type Resembling, type Who } from '../../functions/doses/domain/identity.ts';
import { blockCap, maxOfAPerson, withRecord, type BlockItem } from '../../functions/doses/domain/match/block.ts';
import { folded, keyPartsOf, matchKeysOf } from '../../functions/doses/domain/match-keys.ts';
import { everyId } from '../../functions/doses/domain/match/weights.ts';
import { homeOf, mergePatient } from '../../functions/doses/domain/patient-record.ts';
import { controlIdOf } from '../../functions/doses/answer-message.ts';
import { orderGroupOf, unkeptAnswerId } from '../../functions/doses/domain/message-id.ts';
import { readMessage } from '../../shared/hl7/index.ts';
import { doseKeysFor, recordIdFor } from '../../functions/doses/domain/record-ids.ts';
import type { ReportedPatient } from '../../functions/doses/domain/vxu/types.ts';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import type { PatientFacts } from '../../shared/published/person.ts';

const who = (more: Partial<Who> & { family?: string; given?: string } = {}): Who => ({
  names: [{ family: more.family ?? 'Okafor', given: more.given ?? 'Ada' }], birthDate: '1956-03-12', ...more,
});
const patient = (more: Partial<PatientFacts> = {}): PatientFacts => ({
  ids: [{ id: 'P1', authority: 'ELM', type: 'MR' }], names: [{ family: 'Okafor', given: 'Ada' }], birthDate: '1956-03-12', sex: 'F', ...more,
});
const told = (more: Partial<ReportedPatient> = {}): ReportedPatient => ({ ...patient(), relatives: [], erased: [], ...more }) as ReportedPatient;
const like = (answer: 'match' | 'possible' | 'none', score: number, personId = 'per_1', guards: string[] = []): Resembling =>
  ({ personId, recordId: `rec_${personId}`, comparison: { answer, score, lines: [], guards } });

describe('a record that its sender speaks of again', () => {
  it.each<[string, Who, boolean]>([
    ['is the same patient with a new last name', who({ family: 'Ruiz' }), true],
    ['is the same patient with a birth date put right', who({ birthDate: '1956-03-21' }), true],
    ['is the same patient in other case and accents', who({ family: 'OKÁFOR', given: 'ada' }), true],
    ['is another patient when birth date and first name differ', who({ given: 'Bea', birthDate: '1990-01-01' }), false],
    ['is another patient when both names differ', who({ family: 'Ruiz', given: 'Bea' }), false],
    ['is another patient when a twin has another first name', who({ given: 'Bea', multipleBirth: true }), false],
  ])('%s', (_, next, same) => {
    expect(isSamePatient(who(), next)).toBe(same);
  });
});

describe('a record that is new', () => {
  it.each<[string, Resembling[], object]>([
    ['is a new person when it resembles nobody', [], { kind: 'new' }],
    ['is a new person when it resembles nobody enough', [like('none', 19)], { kind: 'new' }],
    ['is linked to the one person that it matches', [like('match', 40)], { kind: 'link', personId: 'per_1' }],
    ['is linked to the one that it matches, whoever else it resembles', [like('possible', 60, 'per_2'), like('match', 40)], { kind: 'link', personId: 'per_1' }],
    ['is kept apart when it matches several (MAT-01)', [like('match', 40), like('match', 50, 'per_2')], { kind: 'apart', why: 'several-persons', candidates: [{ personId: 'per_2' }, { personId: 'per_1' }] }],
    ['is kept apart when it only resembles', [like('possible', 32)], { kind: 'apart', why: 'possible-match' }],
    ['is kept apart when an identifier is another first name\'s', [like('possible', 32, 'per_1', ['first-name-contradicts-id'])], { kind: 'apart', why: 'id-contradicts' }],
    ['is kept apart when it may be a twin', [like('possible', 32, 'per_1', ['birth-order-contradicts'])], { kind: 'apart', why: 'may-be-twins' }],
  ])('%s', (_, resembling, expected) => {
    expect(decideLink(resembling)).toMatchObject(expected);
    expect(decideLink(resembling.toReversed())).toEqual(decideLink(resembling));
  });
});

describe('the keys of a patient', () => {
  const full = patient({
    names: [{ family: 'Okafor-Ruiz', given: 'Ada' }], phones: [{ number: '8605550177' }], addresses: [{ street: '12 Oak Lane', zip: '06106' }],
    ids: [{ id: 'P1', authority: 'ELM', type: 'MR' }, { id: '532-11-4477', authority: 'SSA', type: 'SS' }],
  });
  it('hold nothing of the patient and change with the secret', () => {
    const keys = matchKeysOf(full, 'one');
    expect(keys.map(({ kind }) => kind).sort()).toEqual(['birth', 'birth', 'birth', 'home', 'id', 'id', 'name-year', 'phone']);
    expect(JSON.stringify(keys)).not.toMatch(/okafor|ada|1956|P1|5550177|oak|532/i);
    const others = new Set(matchKeysOf(full, 'two').map(({ hash }) => hash));
    expect(keys.some(({ hash }) => others.has(hash))).toBe(false);
  });
  it.each<[string, Partial<PatientFacts>, number]>([
    ['accents, hyphens and capitals', { names: [{ family: 'OKÁFOR RUIZ', given: 'adà' }] }, 8],
    ['half of the last name', { names: [{ family: 'Ruiz', given: 'Ada' }] }, 6],
    ['another last name', { names: [{ family: 'Lind', given: 'Ada' }] }, 5],
    ['first and last name in each other\'s place', { names: [{ family: 'Ada', given: 'Okafor' }] }, 5],
    ['month and day in each other\'s place', { birthDate: '1956-12-03' }, 5],
    ['another year', { birthDate: '1965-03-12' }, 3],
  ])('with %s share some', (_, more, expected) => {
    const known = new Set(matchKeysOf(full, 'k').map(({ hash }) => hash));
    expect(matchKeysOf({ ...full, ...more }, 'k').filter(({ hash }) => known.has(hash))).toHaveLength(expected);
  });
  it.each(['Baby Boy', 'UNKNOWN', 'Test'])('of a patient called %s do not include the first name', (given) => {
    expect(keyPartsOf(patient({ names: [{ family: 'Okafor', given }] }), everyId).map(([kind]) => kind)).toEqual(['id', 'birth']);
  });
  it('of an identifier that the jurisdiction forbids are not made', () => {
    expect(keyPartsOf(full, { idKinds: ['record'] }).filter(([kind]) => kind === 'id')).toEqual([['id', 'record', 'ELM MR', 'P1']]);
  });
  it('are bounded, however much is told', () => {
    const many = (n: number): string[] => Array.from({ length: n }, (_, at) => String(at));
    const crowded = patient({
      names: many(30).map((n) => ({ family: `Name${'abcdefghijklmnopqrstuvwxyzabcd'[Number(n)]}`, given: 'Ada' })),
      ids: many(30).map((n) => ({ id: `P${n}`, authority: 'ELM', type: 'MR' })), phones: many(30).map((n) => ({ number: `86055501${n.padStart(2, '7')}` })),
    });
    expect(matchKeysOf(crowded, 'k')).toHaveLength(12);
  });
  it('fold as names are compared', () => {
    expect(folded("O'Neil-Brown")).toBe('ONEILBROWN');
  });
});

describe('a block', () => {
  const filled = (n: number): BlockItem => Array.from({ length: n }, (_, at) => `rec_${at}`).reduce<BlockItem | undefined>((block, id) => withRecord('h', block, id) ?? block, undefined) as BlockItem;
  it('takes a record once, and counts its versions', () => {
    expect(filled(2)).toMatchObject({ version: 2, recordIds: ['rec_0', 'rec_1'] });
    expect(withRecord('h', filled(2), 'rec_1')).toBeUndefined();
  });
  it('is not filled by the many records of one person', () => {
    const siblings = Array.from({ length: 40 }, (_, at) => `rec_${at}`);
    expect(withRecord('h', filled(maxOfAPerson - 1), 'rec_x', siblings)).toMatchObject({ recordIds: { length: maxOfAPerson } });
    expect(withRecord('h', filled(maxOfAPerson), 'rec_x', siblings)).toBeUndefined();
    expect(withRecord('h', filled(maxOfAPerson), 'rec_x', ['rec_x'])).toBeDefined();
  });
  it('over its cap says so, leads to nobody and is not written again', () => {
    expect(filled(blockCap)).toMatchObject({ recordIds: { length: blockCap } });
    const over = filled(blockCap + 1);
    expect(over).toMatchObject({ full: true, recordIds: [], version: blockCap + 1 });
    expect(withRecord('h', over, 'rec_x')).toBeUndefined();
  });
});

describe('what a record says after its sender spoke again', () => {
  it.each<[string, Partial<PatientFacts>, Partial<ReportedPatient>, Partial<PatientFacts>]>([
    ['keeps what was not said (HL7-74)', { races: ['2106-3'] }, {}, { races: ['2106-3'] }],
    ['replaces a list that was sent (HL7-76)', { races: ['2106-3'] }, { races: ['2054-5', '2028-9'] }, { races: ['2054-5', '2028-9'] }],
    ['merges identifiers by authority and type (HL7-76)', {}, { ids: [{ id: 'M9', authority: 'STATE', type: 'MA' }] }, { ids: [{ id: 'P1', authority: 'ELM', type: 'MR' }, { id: 'M9', authority: 'STATE', type: 'MA' }] }],
    ['erases what it was asked to (HL7-75)', { phones: [{ number: '8605550100' }] }, { erased: ['phones'] }, { phones: undefined }],
    ['keeps the later word on protection (HL7-96)', { protection: { code: 'Y', on: '2021-03-01' } }, { protection: { code: 'N', on: '2021-02-01' } }, { protection: { code: 'Y', on: '2021-03-01' } }],
    ['keeps a name over one with bytes that could not be read (HL7-03)', {}, { names: [{ family: 'Al\uFFFDarez', given: 'Ana' }] }, { names: patient().names }],
    ['takes a newer word on protection', { protection: { code: 'Y', on: '2021-01-01' } }, { protection: { code: 'N', on: '2021-02-01' } }, { protection: { code: 'N', on: '2021-02-01' } }],
  ])('%s', (_, known, said, expected) => {
    const merged = mergePatient(patient(known), told(said));
    for (const [field, value] of Object.entries(expected)) expect(merged[field as keyof PatientFacts]).toEqual(value);
  });

  it('is the same when the same is said twice', () => {
    const next = told({ races: ['2028-9'], ids: [{ id: 'M9', authority: 'STATE', type: 'MA' }] });
    const once = mergePatient(patient(), next);
    expect(mergePatient(once, next)).toEqual(once);
  });

  it.each([
    [{ city: 'Hartford', state: 'CT', zip: '06106' }, { residence: 'inside', town: 'Hartford', county: '09003', state: 'CT', zip: '06106' }],
    [{ city: 'Boston', state: 'MA', zip: '02101-1234' }, { residence: 'outside', state: 'MA', zip: '02101-1234' }],
    [{ zip: 'none' }, { residence: 'unknown' }],
  ])('places the address %j', (address, expected) => {
    expect(homeOf({ addresses: [address] }, jurisdictionFor('CTA'))).toEqual(expected);
  });
});

describe('ids', () => {
  const by = { organizationId: 'org_a', responsible: 'ELM' };
  it('of a record follow from the sender and its own number and from nothing else', () => {
    const first = recordIdFor(told(), by, 'k');
    expect(recordIdFor(told({ birthDate: '1999-01-01', names: [{ family: 'X', given: 'Y' }] }), { ...by, responsible: ' elm ' }, 'k')).toBe(first);
    for (const other of [recordIdFor(told(), { ...by, responsible: 'OAK' }, 'k'), recordIdFor(told(), { ...by, organizationId: 'org_b' }, 'k'), recordIdFor(told(), by, 'other key')])
      expect(other).not.toBe(first);
  });
  it('of a patient in a file keep its messages in order by the number of its record, wherever among the numbers that stands', () => {
    const group = (ids: string): string => { const text = `MSH|^~\\&\rPID|1||${ids}\r`; return orderGroupOf(readMessage(text), text, 'ehr_1', 'k'); };
    const first = group('7^^^ELM^MR~123456789^^^SSA^SS');
    for (const same of ['123456789^^^SSA^SS~7^^^ELM^MR', '7', '9^^^ELM^MA~7^^^ELM^PI']) expect(group(same)).toBe(first);
    for (const other of ['8^^^ELM^MR~7^^^SSA^SS', '', '^^^ELM^MR']) expect(group(other)).not.toBe(first);
  });
  it('of an answer that is not kept are its own each time (HL7-36)', () => {
    const ids = ['2021-03-08T15:00:00.000Z', '2021-03-08T15:00:00.001Z'].map((at) => controlIdOf(unkeptAnswerId('msg_abcdefghijklmnopqrstuvwxyz', at, 'k')));
    expect(new Set([...ids, controlIdOf('msg_abcdefghijklmnopqrstuvwxyz')]).size).toBe(3);
  });
  it('of doses never meet by the way their parts are cut', () => {
    const text = fc.string({ minLength: 1, maxLength: 6 });
    fc.assert(fc.property(text, text, text, text, (id, authority, id2, authority2) => {
      const key = (one: string, other: string) => doseKeysFor('rec_1', { id: { id: one, authority: other }, givenOn: '2021-01-01', cvx: '212', completion: 'CP' }, '', 'k').usual.sk;
      return (key(id, authority) === key(id2, authority2)) === (id === id2 && authority === authority2);
    }));
  });
});
