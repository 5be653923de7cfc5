import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decideLink, isSamePatient, type KeyHolder, type Who } from '../../functions/doses/domain/identity.ts';
import { folded, matchKeysOf } from '../../functions/doses/domain/match-keys.ts';
import { homeOf, mergePatient } from '../../functions/doses/domain/patient-record.ts';
import { doseKeysFor, recordIdFor } from '../../functions/doses/domain/record-ids.ts';
import type { ReportedPatient } from '../../functions/doses/domain/vxu-types.ts';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import type { PatientFacts } from '../../shared/published/dose.ts';

const who = (more: Partial<Who> & { family?: string; given?: string } = {}): Who => ({
  names: [{ family: more.family ?? 'Okafor', given: more.given ?? 'Ada' }], birthDate: '1956-03-12', sex: 'F', ...more,
});
const patient = (more: Partial<PatientFacts> = {}): PatientFacts => ({
  ids: [{ id: 'P1', authority: 'ELM', type: 'MR' }], names: [{ family: 'Okafor', given: 'Ada' }], birthDate: '1956-03-12', sex: 'F', ...more,
});
const told = (more: Partial<ReportedPatient> = {}): ReportedPatient => ({ ...patient(), relatives: [], erased: [], ...more }) as ReportedPatient;
const holder = (kind: 'id' | 'name', personId = 'per_1'): KeyHolder => ({ key: { kind, hash: kind }, personId });

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
  it.each<[string, Who, KeyHolder[], Who[], object]>([
    ['is a new person when nobody holds its keys', who(), [], [], { kind: 'new' }],
    ['is linked by exact name, birth date and sex', who(), [holder('name')], [who()], { kind: 'link', personId: 'per_1' }],
    ['is linked by an id that birth date and first name bear out', who({ family: 'Ruiz' }), [holder('id')], [who()], { kind: 'link' }],
    ['is kept apart when the id says one and the birth date another', who({ birthDate: '1990-01-01' }), [holder('id')], [who()], { kind: 'apart', why: 'id-contradicts' }],
    ['is kept apart when its id is a sibling\'s', who({ given: 'Bea' }), [holder('id')], [who()], { kind: 'apart', why: 'id-contradicts' }],
    ['is kept apart when its keys lead to two persons', who(), [holder('id'), holder('name', 'per_2')], [who()], { kind: 'apart', why: 'several-persons', candidates: ['per_1', 'per_2'] }],
    ['is kept apart when it may be a twin', who({ multipleBirth: true }), [holder('name')], [who()], { kind: 'apart', why: 'may-be-twins' }],
    ['is linked when both are the same child of a birth', who({ multipleBirth: true, birthOrder: 2 }), [holder('name')], [who({ multipleBirth: true, birthOrder: 2 })], { kind: 'link' }],
  ])('%s', (_, next, holders, records, expected) => {
    expect(decideLink(next, holders, () => records)).toMatchObject(expected);
  });
});

describe('the keys of a patient', () => {
  it('hold nothing of the patient and change with the secret', () => {
    const keys = matchKeysOf(patient(), 'one');
    expect(keys.map(({ kind }) => kind)).toEqual(['id', 'name']);
    expect(JSON.stringify(keys)).not.toMatch(/okafor|ada|1956|P1/i);
    expect(matchKeysOf(patient(), 'two').map(({ hash }) => hash)).not.toEqual(keys.map(({ hash }) => hash));
  });
  it('are the same for a name written with accents, hyphens or in capitals', () => {
    const [plain, fancy] = ['Smith Jones', 'SMITH-JÖNES'].map((family) => matchKeysOf(patient({ names: [{ family, given: 'Zoé' }] }), 'k')[1]?.hash);
    expect(fancy).toBe(plain);
    expect(folded("O'Neil-Brown")).toBe('ONEILBROWN');
  });
  it.each(['Baby Boy', 'UNKNOWN', 'Test'])('of a patient called %s do not include the name', (given) => {
    expect(matchKeysOf(patient({ names: [{ family: 'Okafor', given }] }), 'k').map(({ kind }) => kind)).toEqual(['id']);
  });
});

describe('what a record says after its sender spoke again', () => {
  it.each<[string, Partial<PatientFacts>, Partial<ReportedPatient>, Partial<PatientFacts>]>([
    ['keeps what was not said (HL7-74)', { races: ['2106-3'] }, {}, { races: ['2106-3'] }],
    ['replaces a list that was sent (HL7-76)', { races: ['2106-3'] }, { races: ['2054-5', '2028-9'] }, { races: ['2054-5', '2028-9'] }],
    ['merges identifiers by authority and type (HL7-76)', {}, { ids: [{ id: 'M9', authority: 'STATE', type: 'MA' }] }, { ids: [{ id: 'P1', authority: 'ELM', type: 'MR' }, { id: 'M9', authority: 'STATE', type: 'MA' }] }],
    ['erases what it was asked to (HL7-75)', { phones: [{ number: '8605550100' }] }, { erased: ['phones'] }, { phones: undefined }],
    ['keeps the later word on protection (HL7-96)', { protection: { code: 'Y', on: '2021-03-01' } }, { protection: { code: 'N', on: '2021-02-01' } }, { protection: { code: 'Y', on: '2021-03-01' } }],
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
  it('of doses never meet by the way their parts are cut', () => {
    const text = fc.string({ minLength: 1, maxLength: 6 });
    fc.assert(fc.property(text, text, text, text, (id, authority, id2, authority2) => {
      const key = (one: string, other: string) => doseKeysFor('rec_1', { id: { id: one, authority: other }, givenOn: '2021-01-01', cvx: '212', completion: 'CP' }, 'k').usual.sk;
      return (key(id, authority) === key(id2, authority2)) === (id === id2 && authority === authority2);
    }));
  });
});
