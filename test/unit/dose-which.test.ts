import { describe, expect, it } from '@jest/globals';
import { whichDose, type Standing } from '../../functions/doses/domain/which-dose.ts';
import { vxuFromJson } from '../../functions/doses/domain/vxu/from-json.ts';
import { readVxu } from '../../functions/doses/domain/vxu/read.ts';
import { toldDose, toldPatient } from '../../functions/doses/domain/told.ts';
import { vaccineCodes } from '../../shared/codes/vaccines.ts';
import type { DoseItem } from '../../shared/published/dose.ts';
import { doseIdOf, doseKey, shardOf } from '../../shared/published/dose-keys.ts';

const head = (givenOn: string, cvx: string, state = 'accepted', sk = 'usual'): DoseItem => ({ givenOn, cvx, state, sk }) as DoseItem;
const none: Standing = { same: undefined, under: [], isTaken: false, lookAlikes: [] };
const told = (action: 'A' | 'U' | 'D', givenOn = '2021-03-08', cvx = '212') => ({ action, givenOn, cvx });
const first = head('2021-03-08', '212');
const later = head('2021-03-29', '212', 'accepted', 'other');
const child = head('2021-01-04', '08');
const nextDay = head('2021-03-09', '212', 'accepted', 'next');
const under = (...doses: DoseItem[]): Partial<Standing> => ({ under: doses, isTaken: true });

describe('which stored dose an order group means', () => {
  it.each<[string, ReturnType<typeof told> & { lot?: string; mvx?: string }, Partial<Standing>, object]>([
    ['the dose of its id, day and vaccine, whatever else the id stands for', told('D'), { same: first, under: [later] }, { kind: 'change', head: first }],
    ['an add of an unknown id adds', told('A'), {}, { kind: 'add', under: 'usual' }],
    ['an add of a known id with another vaccine on its day corrects it (HL7-69)', told('A', '2021-03-08', '213'), under(first), { kind: 'change', head: first }],
    ['an add of a known id on a near day corrects the day (HL7-69)', told('A', '2021-03-09'), under(first), { kind: 'change', head: first }],
    ['an add of a known id of another vaccine on a near day is another dose (HL7-68)', told('A', '2021-03-09', '08'), under(first), { kind: 'add', under: 'other', remark: 'reused-id' }],
    ['an add of a known id on another day is another dose (HL7-68)', told('A', '2021-03-29'), under(first), { kind: 'add', under: 'other', remark: 'reused-id' }],
    ['an add that may correct either of two is a third', told('A', '2021-03-10'), under(first, nextDay), { kind: 'add', under: 'other' }],
    ['an add under an id whose doses other groups of the message speak of is another dose', told('A', '2021-03-09'), { isTaken: true }, { kind: 'add', under: 'other' }],
    ['an update of an unknown id adds and says so (HL7-69)', told('U'), {}, { kind: 'add', under: 'usual', remark: 'unknown-key' }],
    ['an update of the only dose of an id may change its day', told('U', '2021-06-09'), under(first), { kind: 'change', head: first }],
    ['an update of an id with several doses changes the one of that vaccine (HL7-68)', told('U', '2021-03-07'), under(child, first), { kind: 'change', head: first }],
    ['or the one of that day', told('U', '2021-01-04', '20'), under(first, child), { kind: 'change', head: child }],
    ['or the one of that vaccine on the near day', told('U', '2021-03-07'), under(later, first), { kind: 'change', head: first }],
    ['and nothing when it may be either', told('U', '2021-03-10'), under(first, nextDay), { kind: 'several' }],
    ['or none', told('U', '2021-05-10', '140'), under(first, child), { kind: 'several' }],
    ['an update sees what was deleted only where nothing else is left', told('U', '2021-05-10'), under(head('2021-03-08', '212', 'deleted'), later), { kind: 'change', head: later }],
    ['and then brings it back', told('U', '2021-03-10'), under(head('2021-03-08', '212', 'deleted')), { kind: 'change' }],
    ['a delete of an unknown id removes nothing (HL7-70)', told('D'), {}, { kind: 'unknown' }],
    ['a delete of an unknown id finds the one dose that looks like it', told('D'), { lookAlikes: [first, later] }, { kind: 'change', head: first, remark: 'deleted-alike' }],
    ['and not where its lot is another', { ...told('D'), lot: 'OTHER' }, { lookAlikes: [{ ...first, lot: 'FLU1' }] }, { kind: 'unknown', remark: 'contradicts' }],
    ['or its maker', { ...told('D'), lot: 'FLU1', mvx: 'PMC' }, { lookAlikes: [{ ...first, lot: 'FLU1', mvx: 'SKB' }] }, { kind: 'unknown', remark: 'contradicts' }],
    ['but where only one of them tells the lot, or writes it another way', { ...told('D'), lot: 'flu-1', mvx: 'SKB' }, { lookAlikes: [{ ...first, lot: 'FLU1' }] }, { kind: 'change', remark: 'deleted-alike' }],
    ['a delete never picks one of two that look alike', told('D'), { lookAlikes: [first, head('2021-03-08', '212')] }, { kind: 'unknown' }],
    ['a delete does not find what was deleted', told('D'), { lookAlikes: [head('2021-03-08', '212', 'deleted')] }, { kind: 'unknown' }],
    ['a delete of the only dose of an id removes it and says what differs (HL7-70)', told('D', '2021-03-29'), under(first), { kind: 'change', head: first, remark: 'deleted-differs' }],
    ['a delete of an id with several doses, none of that day and vaccine, removes nothing (HL7-70)', told('D', '2021-03-07'), under(first, child), { kind: 'several' }],
  ])('%s', (_, dose, standing, expected) => {
    expect(whichDose(dose, { ...none, ...standing })).toMatchObject(expected);
  });
});

describe('the id of a dose', () => {
  const key = { pk: `RECORD#rec_${'a'.repeat(26)}`, sk: `DOSE#${'b'.repeat(26)}` };
  it('leads back to its key', () => { expect(doseKey(doseIdOf(key))).toEqual(key); });
  it.each(['', 'dos_a_b', `dos_${'a'.repeat(26)}_${'b'.repeat(26)}#V#000001`, `dos_${'A'.repeat(26)}_${'b'.repeat(26)}`])('is not %j', (text) => { expect(doseKey(text)).toBeUndefined(); });
  it('spreads sites over the shards of a day', () => {
    const shards = new Set(Array.from({ length: 40 }, (_, n) => shardOf(`sit_${n}`)));
    expect([...shards].sort()).toEqual([0, 1, 2, 3]);
  });
});

describe('a dose told in JSON', () => {
  const envelope = { organizationId: 'org_a', siteId: 'sit_a', controlId: 'c', time: '20210308100000-0500', doseId: { id: 'd', authority: 'sit_a' } };
  const context = { codes: vaccineCodes, receivedAt: '2021-03-08T15:00:00.000Z', timeZone: 'America/New_York' };
  it('reads back from its VXU as it was told, separators in its texts included', () => {
    const patient = toldPatient.parse({ ids: [{ id: 'N|1' }], name: { family: 'O^Hara & Sons', given: 'Ann~e' }, birthDate: '2001-02-03', sex: 'X', address: { city: 'New Haven', state: 'CT' }, multipleBirth: true, birthOrder: 2, protected: false });
    const dose = toldDose.parse({ givenOn: '2021-03-07', vaccine: { ndc: '59676-0580-15' }, lot: 'A\\B', expiry: '2021-06', funding: 'VXC50', refusal: undefined, completion: 'PA' });
    const report = readVxu(vxuFromJson(patient, dose, envelope), context);
    expect(report.patient).toMatchObject({ ids: [{ id: 'N|1', authority: 'org_a', type: 'MR' }], names: [{ family: 'O^Hara & Sons', given: 'Ann~e' }], birthDate: '2001-02-03', sex: 'X', multipleBirth: true, birthOrder: 2, protection: { code: 'N' } });
    expect(report.orders).toMatchObject([{ givenOn: '2021-03-07', cvx: '212', useNdc: '59676-0580-05', lot: 'A\\B', expiry: { date: '2021-06', lastDay: '2021-06-30' }, funding: 'VXC50', completion: 'PA', kind: 'new', id: { id: 'd', authority: 'sit_a' } }]);
  });
});
