import { describe, expect, it } from '@jest/globals';
import { allocate } from '../../functions/allocations/domain/allocate.ts';
import { compareRuns } from '../../functions/allocations/domain/explain/compare.ts';
import { addsUp } from '../../functions/allocations/domain/explain/explain.ts';
import { connecticutFebruary, connecticutMarch } from '../../functions/allocations/domain/policy/connecticut.ts';
import { PRODUCT, allocated, packsOf, smallInputs, smallPolicy } from '../support/allocation.ts';

const POOL = { product: PRODUCT, doseNumber: 1, packDoses: 100 };
const REASON = 'mass clinic moved to the fairground';
const override = (siteId: string, packs: number) => ({ siteId, ...POOL, packs, reason: REASON });

describe('an override', () => {
  const policy = smallPolicy({ tree: { id: 'state', children: [{ id: 'east', max: { share: '60%' } }, { id: 'west' }] } });
  const inputs = smallInputs({
    packs: 10,
    sites: [
      { id: 'a', group: 'east', requestDoses: 500, weight: 1 },
      { id: 'b', group: 'east', weight: 1 },
      { id: 'c', group: 'west', weight: 2, fixedPacks: 1 },
    ],
  });
  const base = allocated(inputs, policy);

  it('changes one award, moves no other, earns no debt, and stands in the explanation with its reason', () => {
    const run = allocated({ ...inputs, overrides: [override('c', 4)] }, policy);
    expect(packsOf(run)).toEqual({ ...packsOf(base), c: 4 });
    expect(run.debts).toEqual(base.debts);
    expect(run.leftover).toMatchObject([{ packs: 1 }]);
    expect(run.summary.pools[0]).toMatchObject({ awardedPacks: 9 });
    const award = run.awards.find((item) => item.siteId === 'c');
    expect(award?.explanation).toContainEqual({ kind: 'override', micro: -100_000_000, reason: REASON });
    expect(run.awards.every(addsUp)).toBe(true);
  });

  it.each([
    ['more than a site can use', [override('a', 6)], 'a', 'at most 5 packs of 100: what it asked for (500 doses)', 'the nearest allowed is 2 packs of 100; for more, lower the award of another site in the same request'],
    ['less than is already ordered', [override('c', 0)], 'c', 'at least 1 pack of 100: already ordered or promised', 'the nearest allowed is 1 pack of 100'],
    ['more than a group may have', [override('a', 5)], 'east', 'east: at most 6 packs of 100', 'the nearest allowed, one changed at a time: a 2 packs of 100; for more, lower the award of another site in the same request'],
    ['more than the supply', [override('c', 10)], 'all sites together', 'all sites together: at most 10 packs of 100', 'the nearest allowed, one changed at a time: c 5 packs of 100; for more, lower the award of another site in the same request'],
    ['a site that asked for nothing', [override('nobody', 1)], 'nobody', 'it has no request for this product and dose number, and none stands in for it', 'the nearest allowed is none: record a request of the site first, and draft again'],
  ])('of %s is refused by name, with what would be allowed', (_name, overrides, node, rule, advice) => {
    const run = allocate({ ...inputs, overrides }, policy);
    expect(run).toMatchObject({ kind: 'infeasible', node, advice });
    expect(run.kind === 'infeasible' && run.rules).toContain(rule);
  });

  it('is refused with the site’s name, the product, what was asked, every bound and its number; what is said to be nearest is allowed', () => {
    const named = { ...inputs, sites: inputs.sites.map((site) => ({ ...site, name: `Clinic ${site.siteId.toUpperCase()}` })) };
    const run = allocate({ ...named, overrides: [override('a', 6)] }, policy);
    expect(run).toMatchObject({
      node: 'Clinic A (a)',
      rules: [
        'override of Clinic A (a): 6 packs of 100 asked for, of Pfizer-BioNTech 12+ (purple), dose 1, packs of 100',
        'at most 5 packs of 100: what it asked for (500 doses)',
        'at most 3 packs of 100: the most of east (6 packs of 100), less 3 packs of other sites',
        'at most 2 packs of 100: all there is (10 packs of 100), less 8 packs of other sites',
      ],
    });
    const crowded = allocate({ ...named, overrides: [override('a', 6)] }, smallPolicy({ tree: { id: 'state', children: [{ id: 'east' }, { id: 'west' }] } }));
    expect(crowded.kind === 'infeasible' ? crowded.rules.join('\n') : '').not.toMatch(/the most of/); // no group of this policy has a maximum
    for (const [site, packs] of [['a', 2], ['c', 1], ['c', 5]] as const) expect(allocate({ ...named, overrides: [override(site, packs)] }, policy).kind).toBe('allocated');
  });
});

describe('overrides that clash', () => {
  const inputs = smallInputs({ packs: 10, sites: [{ id: 'a', requestDoses: 500 }, { id: 'b', fixedPacks: 1 }, { id: 'c' }] });

  it('are all named at once, in every pool, and so is a pool that is not there', () => {
    const second = { ...POOL, doseNumber: 2 };
    const overrides = [override('a', 6), override('b', 0), { ...override('c', 3), doseNumber: 2 }];
    const run = allocate({ ...inputs, supply: [...inputs.supply, { ...second, packs: 4 }], overrides }, smallPolicy({}));
    if (run.kind !== 'infeasible') throw new Error('three clashes');
    const { others = [], ...first } = run;
    expect([first, ...others].map(({ pool, node }) => [pool.doseNumber, node])).toEqual([[2, 'c'], [1, 'a'], [1, 'b']]);
    expect(() => allocate({ ...inputs, overrides: [{ ...override('a', 1), doseNumber: 3 }] }, smallPolicy({}))).toThrow(/no supply/);
  });
});

describe('two runs side by side', () => {
  it('differ where a policy moves packs, and nowhere when they are the same', () => {
    const sites = [
      { id: 'p', group: 'priority-zips', weight: 30 },
      { id: 'e', group: 'elsewhere', weight: 70 },
    ];
    const [february, march] = [connecticutFebruary, connecticutMarch].map((policy) => allocated(smallInputs({ packs: 10, sites }), policy));
    if (!february || !march) throw new Error('both runs are needed');
    expect(compareRuns(february, february)).toEqual([]);
    expect(compareRuns(february, march)).toEqual([
      { siteId: 'e', ...POOL, packsBefore: 6, packsAfter: 7, dosesGained: 100 },
      { siteId: 'p', ...POOL, packsBefore: 4, packsAfter: 3, dosesGained: -100 },
    ]);
  });
});
