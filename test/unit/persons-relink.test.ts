import { describe, expect, it } from '@jest/globals';
import { planLink, planUndo, planUnlink, setApart, type Planned, type RelinkItem, type Undone } from '../../functions/doses/domain/persons/relink.ts';
import type { PersonItem } from '../../shared/published/person.ts';

const person = (id: string, recordIds: string[], more: Partial<PersonItem> = {}): PersonItem => ({
  pk: `PERSON#${id}`, sk: 'PERSON', type: 'person', schema: 1, version: 3, personId: id, recordIds, recipId: `rcp_${id}`, createdAt: '2021-01-04T12:00:00.000Z', ...more,
});
const relinkOf = ({ from, to, carried }: Extract<Planned, { kind: 'planned' }>, kind: RelinkItem['kind'], recordIds: string[]): RelinkItem => ({
  pk: 'RELINK#r1', sk: 'RELINK', type: 'relink', schema: 1, version: 1, relinkId: 'r1', kind, from: from.personId, to: to.personId, recordIds, carried, state: 'standing',
  at: '2021-03-08T15:00:00.000Z', actor: 'epi', requestDigest: 'd',
});
const planned = <T extends Planned | Undone>(plan: T): Extract<T, { kind: 'planned' }> => {
  if (plan.kind !== 'planned') throw new Error(plan.why);
  return plan as Extract<T, { kind: 'planned' }>;
};
/** What merging and undoing leave on a person for ever: its version, what was decided of it, and under which recip_ids it was known. */
const lasting = ({ version: _, relinkIds: __, formerRecipIds: ___, ...rest }: PersonItem) => rest;
const never = () => false;
const merge = (from: PersonItem, to: PersonItem) => planned(planLink(from, to, from.recordIds, 'r1'));

describe('Merging a person into another', () => {
  it('moves every record, leads on to the other, and raises both versions', () => {
    const { from, to } = merge(person('b', ['b1', 'b2']), person('a', ['a1']));
    expect(from).toMatchObject({ recordIds: [], mergedInto: 'a', version: 4 });
    expect(to).toMatchObject({ recordIds: ['a1', 'b1', 'b2'], version: 4, recipId: 'rcp_a', formerRecipIds: ['rcp_b'] });
  });

  it('takes over who the person is not, and that it opted out', () => {
    const { to, carried } = merge(person('b', ['b1'], { apartFrom: ['c', 'd'], optOut: { on: '2021-03-01' } }), person('a', ['a1'], { apartFrom: ['c'] }));
    expect(to).toMatchObject({ apartFrom: ['c', 'd'], optOut: { on: '2021-03-01' } });
    expect(carried).toEqual({ apartFrom: ['d'], optOut: true });
  });

  const many = (n: number) => Array.from({ length: n }, (_, at) => `x${at}`);
  it.each([
    ['a person and itself', person('a', ['a1']), person('a', ['a1']), 'same-person'],
    ['persons that were decided to be two', person('b', ['b1']), person('a', ['a1'], { apartFrom: ['b'] }), 'kept-apart'],
    ['persons that were decided to be two, told by the other', person('b', ['b1'], { apartFrom: ['a'] }), person('a', ['a1']), 'kept-apart'],
    ['a person that was merged', person('b', [], { mergedInto: 'c' }), person('a', ['a1']), 'was-merged'],
    ['into a person that was merged', person('b', ['b1']), person('a', [], { mergedInto: 'c' }), 'was-merged'],
    ['more records than a person may hold', person('b', many(26)), person('a', many(25).map((id) => `a${id}`)), 'too-many-records'],
    ['a person of which too much was decided', person('b', ['b1']), person('a', ['a1'], { relinkIds: many(50) }), 'too-many-decisions'],
  ] as const)('is refused for %s', (_name, from, to, why) => {
    expect(planLink(from, to, from.recordIds, 'r1')).toEqual({ kind: 'refused', why });
  });

  it('is refused for a record that is not the person’s', () => {
    expect(planLink(person('b', ['b1']), person('a', ['a1']), ['z'], 'r1')).toEqual({ kind: 'refused', why: 'not-there' });
  });
});

describe('Linking one of several records', () => {
  it('leaves the others, and carries nothing that was decided of the person', () => {
    const { from, to, carried } = planned(planLink(person('b', ['b1', 'b2'], { optOut: { on: '2021-03-01' }, apartFrom: ['c'] }), person('a', ['a1']), ['b1'], 'r1'));
    expect(from).toMatchObject({ recordIds: ['b2'], optOut: { on: '2021-03-01' } });
    expect(from.mergedInto).toBeUndefined();
    expect(to.recordIds).toEqual(['a1', 'b1']);
    expect([to.optOut, carried]).toEqual([undefined, { apartFrom: [], optOut: false }]);
  });
});

describe('Undoing', () => {
  const [b, a] = [person('b', ['b1', 'b2'], { provisional: true, apartFrom: ['d'], optOut: { on: '2021-03-01' } }), person('a', ['a1'], { apartFrom: ['c'] })];

  it('a merge brings both persons back as they were', () => {
    const merged = merge(b, a);
    const undone = planned(planUndo(relinkOf(merged, 'merge', b.recordIds), merged.from, merged.to, never));
    expect(lasting(undone.from)).toEqual(lasting(b));
    expect(lasting(undone.to)).toEqual(lasting(a));
    expect([undone.from.version, undone.to.version]).toEqual([5, 5]);
    expect(undone.from.formerRecipIds).toEqual(['rcp_a', 'rcp_b']);
  });

  it('a merge leaves records that came later with the person, and names them', () => {
    const merged = merge(b, a);
    const since = { ...merged.to, recordIds: [...merged.to.recordIds, 'later'] };
    const undone = planned(planUndo(relinkOf(merged, 'merge', b.recordIds), merged.from, since, (id) => id === 'later'));
    expect([undone.back, undone.stayed, undone.to.recordIds]).toEqual([['b1', 'b2'], ['later'], ['a1', 'later']]);
  });

  it('a merge puts back only what is still there', () => {
    const merged = merge(b, a);
    const since = { ...merged.to, recordIds: ['a1', 'b2'] };
    expect(planned(planUndo(relinkOf(merged, 'merge', b.recordIds), merged.from, since, never)).back).toEqual(['b2']);
  });

  it('a merge keeps an opt-out that was decided anew since', () => {
    const merged = merge(b, a);
    const undone = planned(planUndo(relinkOf(merged, 'merge', b.recordIds), merged.from, { ...merged.to, optOut: { on: '2021-03-05' } }, never));
    expect(undone.to.optOut).toEqual({ on: '2021-03-05' });
  });

  it('an unlink brings the record back and ends that they are kept apart', () => {
    const whole = person('a', ['a1', 'a2'], { apartFrom: ['c'] });
    const own = person('n', [], { version: 0 });
    const apart = planned(planUnlink(whole, own, 'a2', 'r1'));
    expect([apart.from.recordIds, apart.to.recordIds, apart.to.version]).toEqual([['a1'], ['a2'], 1]);
    expect([apart.from.apartFrom, apart.to.apartFrom]).toEqual([['c', 'n'], ['a']]);
    const undone = planned(planUndo(relinkOf(apart, 'unlink', ['a2']), apart.from, apart.to, never));
    expect(lasting(undone.from)).toEqual(lasting(whole));
    expect(undone.to).toMatchObject({ recordIds: [], mergedInto: 'a' });
    expect(undone.to.apartFrom).toBeUndefined();
  });

  it.each([
    ['the person was merged on', (to: PersonItem) => ({ ...to, mergedInto: 'z' }), 'was-merged'],
    ['none of the records is there any more', (to: PersonItem) => ({ ...to, recordIds: ['a1'] }), 'not-there'],
  ])('is refused when %s', (_name, change, why) => {
    const merged = merge(b, a);
    expect(planUndo(relinkOf(merged, 'merge', b.recordIds), merged.from, change(merged.to), never)).toEqual({ kind: 'refused', why });
  });
});

describe('Taking a record out', () => {
  it.each([
    ['the only one of its person', person('a', ['a1']), 'a1', 'only-record'],
    ['one of somebody else', person('a', ['a1', 'a2']), 'z', 'not-there'],
    ['one of a person that was merged', person('a', ['a1', 'a2'], { mergedInto: 'b' }), 'a1', 'was-merged'],
  ] as const)('is refused for %s', (_name, from, record, why) => {
    expect(planUnlink(from, person('n', []), record, 'r1')).toEqual({ kind: 'refused', why });
  });
});

it('Keeping two persons apart, and no longer, leaves them as they were', () => {
  const { a, b } = setApart(person('a', ['a1']), person('b', ['b1'], { apartFrom: ['c'] }), true);
  expect([a.apartFrom, b.apartFrom]).toEqual([['b'], ['c', 'a']]);
  const ended = setApart(a, b, false);
  expect([lasting(ended.a), lasting(ended.b)]).toEqual([lasting(person('a', ['a1'])), lasting(person('b', ['b1'], { apartFrom: ['c'] }))]);
});
