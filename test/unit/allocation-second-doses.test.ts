import { describe, expect, it } from '@jest/globals';
import { whatWouldChange } from '../../functions/allocations/domain/explain/what-if.ts';
import { leftInBrief, leftInPublic, whyInBrief } from '../../functions/allocations/domain/words/brief.ts';
import { effectInWords } from '../../functions/allocations/domain/words/change.ts';
import { awardInWords, isUnderPack } from '../../functions/allocations/domain/words/words.ts';
import { PRODUCT, allocated, packsOf, smallInputs, smallPolicy } from '../support/allocation.ts';
import type { PolicyDocument } from '../../functions/allocations/domain/policy/policy.ts';

type Stages = PolicyDocument['stages'];
const pool = { product: PRODUCT, doseNumber: 2, packDoses: 100 };
const OPEN: Stages[number] = { id: 'open', kind: 'open', weight: 'population' };
const SECOND: Stages[number] = { id: 'second', kind: 'second-doses', withinWeeks: 2 };

describe('second doses', () => {
  const due = (day: string, doses: number) => [{ day, doses }];
  const sites = [
    { id: 'this-week', due: due('2021-02-08', 200), weight: 1 },
    { id: 'next-week', due: due('2021-02-15', 200), weight: 1 },
    { id: 'in-a-month', due: due('2021-03-08', 200), weight: 98 },
  ];

  it.each([
    [5, { 'this-week': 2, 'next-week': 2, 'in-a-month': 0 }],
    [3, { 'this-week': 2, 'next-week': 1, 'in-a-month': 0 }],
    [1, { 'this-week': 1, 'next-week': 0, 'in-a-month': 0 }],
  ])('with %i packs serve the earliest due first and hold back what is due later', (packs, expected) => {
    const run = allocated(smallInputs({ packs, doseNumber: 2, sites }), smallPolicy({ stages: [SECOND] }));
    expect(packsOf(run)).toEqual(expected);
  });

  it('come before anything an open pool places, and are released to it only when the policy has one', () => {
    const run = allocated(smallInputs({ packs: 6, doseNumber: 2, sites }), smallPolicy({ stages: [SECOND, OPEN] }));
    expect(packsOf(run)).toEqual({ 'this-week': 2, 'next-week': 2, 'in-a-month': 2 });
  });

  it('do not touch first-dose supply', () => {
    const run = allocated(smallInputs({ packs: 4, doseNumber: 1, sites }), smallPolicy({ stages: [SECOND] }));
    expect(run.leftover).toMatchObject([{ packs: 4, reason: 'no-stage-places-the-rest' }]);
  });

  it('that are all served leave the rest, and it is told so; the public reads no more than that the policy places no more', () => {
    const run = allocated(smallInputs({ packs: 6, doseNumber: 2, sites }), smallPolicy({ stages: [SECOND] }));
    expect(run.leftover).toMatchObject([{ packs: 2, reason: 'due-served' }]);
    expect([leftInBrief(run.leftover[0]), leftInPublic('due-served')]).toEqual(['second doses due in time are served, and no other stage places the rest', 'the policy places no more of it this week']);
  });

  interface Due { id: string; requestDoses?: number; due: { day: string; doses: number }[] }
  const shared = (packs: number, rows: Due[], packDoses = 100) =>
    allocated(smallInputs({ packs, packDoses, doseNumber: 2, sites: rows }), smallPolicy({ stages: [SECOND] }));
  const at = (id: string, day: string, doses: number, requestDoses = 900): Due => ({ id, requestDoses, due: due(day, doses) });

  it.each([
    ['are rounded up to whole packs while supply lasts', 50, [at('a', '2021-02-09', 640), at('b', '2021-02-12', 710), at('c', '2021-02-12', 40)], { a: 7, b: 8, c: 1 }],
    ['due the earliest are whole before any due later', 5, [at('late', '2021-02-12', 600), at('early', '2021-02-09', 440)], { late: 0, early: 5 }],
    ['due on one day miss the fewest people: full packs before those for a few', 4, [at('a', '2021-02-09', 240), at('b', '2021-02-09', 160)], { a: 2, b: 2 }],
    ['due on one day share full packs by what is due', 6, [at('a', '2021-02-09', 800), at('b', '2021-02-09', 400)], { a: 4, b: 2 }],
    ['are not cut by a request below a pack, nor by one below them', 9, [at('a', '2021-02-09', 60, 60), at('b', '2021-02-09', 250, 100)], { a: 1, b: 3 }],
    ['due on the last day of the weeks are served, those of the next day not', 9, [at('last', '2021-02-20', 100), at('next', '2021-02-21', 100)], { last: 1, next: 0 }],
    ['that a pack has left over serve those due later at the site', 2, [{ id: 'a', due: [...due('2021-02-09', 60), ...due('2021-02-12', 100)] }, at('b', '2021-02-10', 50)], { a: 1, b: 1 }],
  ])('%s', (_name, packs, rows, expected) => {
    const run = shared(packs, rows);
    expect(packsOf(run)).toEqual(expected);
    expect(run.debts).toEqual([]);
    for (const award of run.awards) expect(award.targetMicro).toBe(award.packs * 100_000_000);
  });

  it('take a whole tray for a few, and the advice to ask for a shared pack is not given', () => {
    const run = shared(50, [at('a', '2021-02-09', 500, 500), at('b', '2021-02-12', 600, 600)], 1_170);
    expect(packsOf(run)).toEqual({ a: 1, b: 1 });
    expect(run.awards.flatMap((award) => awardInWords(award, smallPolicy({ stages: [SECOND] }))).join(' ')).not.toMatch(/under one pack/);
  });

  it.each([['storage', { storageDoses: 250 }], ['days-of-stock', { onHandDoses: 650 }]] as const)('stay within the cap by %s', (kind, line) => {
    const cap = kind === 'storage' ? { kind } : { kind, days: 7 };
    const inputs = smallInputs({ packs: 9, doseNumber: 2, sites: [{ id: 'a', requestDoses: 100, due: due('2021-02-09', 600), line, more: { throughputDoses: 900 } }] });
    expect(packsOf(allocated(inputs, smallPolicy({ stages: [SECOND], caps: [cap] })))).toEqual({ a: 2 });
  });

  it('stay within the maximum of a group, and a pool after them gives no more than was asked for', () => {
    const tree = { id: 'state', children: [{ id: 'east', max: { share: '40%' } }, { id: 'west' }] };
    const rows = [{ ...at('a', '2021-02-09', 600), group: 'east' }, { ...at('b', '2021-02-12', 300, 100), group: 'west' }];
    const run = allocated(smallInputs({ packs: 10, doseNumber: 2, sites: rows }), smallPolicy({ tree, stages: [SECOND, OPEN] }));
    expect(packsOf(run)).toEqual({ a: 4, b: 3 });
  });

  it('under a full group are told whose come first in it, and what the group without its maximum would give to whom', () => {
    const policy = smallPolicy({ tree: { id: 'state', children: [{ id: 'east', title: 'The east', max: { share: '50%' } }, { id: 'west' }] }, stages: [SECOND] });
    const rows = [{ ...at('many', '2021-02-09', 300), group: 'east' }, { ...at('few', '2021-02-09', 30), group: 'east' }];
    const told = (packs: number) => {
      const inputs = smallInputs({ packs, doseNumber: 2, sites: rows });
      const award = allocated(inputs, policy).awards.find(({ siteId }) => siteId === 'few');
      const without = whatWouldChange(inputs, policy, { siteId: 'few', ...pool })?.map((effect) => effectInWords(effect, 100, policy)).find((words) => words.startsWith('Had its group'));
      return { words: award ? awardInWords(award, policy) : [], without };
    };
    expect(told(3).words).toEqual([expect.anything(), 'Its group, The east, has reached its most: 100 doses.', expect.stringMatching(/^30 second doses of its, due from 2021-02-09 on, get no pack: packs go to the doses due earliest/)]);
    expect(told(3).without).toBe('Had its group, The east, no maximum: no difference for it; other sites of the group, which come first, would have 2 packs more.');
    expect(told(5).without).toBe('Had its group, The east, no maximum: 1 pack of 100 instead of 0.');
  });

  it.each([[undefined, { few: 1, many: 0 }], [[1], { few: 0, many: 1 }]])("go to the most people due where a group's minimum is of dose numbers %j", (doseNumbers, expected) => {
    const tree = { id: 'state', children: [{ id: 'g', min: { doses: 100 } }, { id: 'o' }] };
    const floors: Stages[number] = { id: 'floors', kind: 'floors', weight: 'population', ...(doseNumbers && { doseNumbers }) };
    const rows = [{ ...at('few', '2021-02-09', 12), group: 'g' }, { ...at('many', '2021-02-09', 30), group: 'o' }];
    const policy = smallPolicy({ tree, stages: [floors, SECOND, OPEN] });
    expect(packsOf(allocated(smallInputs({ packs: 1, doseNumber: 2, sites: rows }), policy))).toEqual(expected);
    expect(packsOf(allocated(smallInputs({ packs: 1, sites: rows }), policy))).toEqual({ few: 1, many: 0 });
  });

  it.each([
    ['due', /; it asked for none\.$/, 'its second doses due by the end of the week, in whole packs', /instead of none, for which 200 second doses due stand/],
    ['withdrawn', /; it withdrew its request\.$/, 'what is already promised to it', /instead of withdrawing its request \(200 are promised\)/],
    ['answer', /; it declined an offer of this week, or took less of it\.$/, 'no more than it took is offered again', /instead of taking 200 of its offers/],
    ['promised', /; it was promised more than it asked for\.$/, 'what is already promised to it', /instead of less than the 200 it was promised/],
  ] as const)("never tell a site that it asked for what nobody asked for (%s): not in its award, what bound it, in brief, nor in what would have changed it", (requestIs, head, stands, instead) => {
    const inputs = smallInputs({ packs: 9, doseNumber: 2, sites: [{ ...at('a', '2021-02-09', 150, 200), line: { requestIs } }, at('b', '2021-02-09', 500)] });
    const policy = smallPolicy({ stages: [SECOND, OPEN] });
    const award = allocated(inputs, policy).awards.find(({ siteId }) => siteId === 'a');
    if (!award) throw new Error('a has an award');
    const words = awardInWords(award, policy);
    expect(words[0]).toMatch(head);
    expect(words[1]).toBe(`200 doses stand for its request: ${stands}.`);
    const changes = (whatWouldChange(inputs, policy, award) ?? []).map((effect) => effectInWords(effect, award.packDoses, policy));
    expect(changes[0]).toMatch(instead);
    const all = [...words.slice(1), whyInBrief(award, policy), ...changes.slice(1)].join('\n');
    expect(all).toMatch(/It can have no more than 200 doses/);
    expect(all).not.toMatch(/what it asked for/);
    const scarce = smallInputs({ packs: 1, doseNumber: 2, sites: [{ ...at('a', '2021-02-09', 150, 200), line: { requestIs } }] });
    const asked = whatWouldChange(scarce, policy, { ...award, siteId: 'a' })?.filter(({ change }) => change.kind === 'request');
    expect(asked).toHaveLength(1); // less than what it never asked for is no question
    const unasked = allocated(smallInputs({ packs: 9, doseNumber: 2, sites: [at('none', '2021-02-09', 150, 0)] }), policy).awards[0];
    expect(unasked && [awardInWords(unasked, policy)[0], whyInBrief(unasked, policy)]).toEqual([expect.stringMatching(/; it asked for none\.$/), 'packs for its second doses due']);
    expect(isUnderPack({ ...award, packs: 0, doses: 0, requestDoses: 60, explanation: award.explanation.filter(({ kind }) => kind === 'request-is') })).toBe(false);
  });

  it('are asked for once by two stages, and what a minimum gave serves them', () => {
    const twice: Stages = [{ id: 'now', kind: 'second-doses', withinWeeks: 1 }, SECOND];
    const inputs = smallInputs({ packs: 9, doseNumber: 2, sites: [at('a', '2021-02-09', 300), at('b', '2021-02-15', 200)] });
    expect(packsOf(allocated(inputs, smallPolicy({ stages: twice })))).toEqual({ a: 3, b: 2 });
    const floors: Stages = [{ id: 'floors', kind: 'floors', weight: 'population' }, SECOND];
    expect(packsOf(allocated(inputs, smallPolicy({ tree: { id: 'state', min: { doses: 400 } }, stages: floors })))).toEqual({ a: 3, b: 2 });
  });
});
