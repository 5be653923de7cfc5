import { describe, expect, it } from '@jest/globals';
import { allocate } from '../../functions/allocations/domain/allocate.ts';
import { findFaults, runInputsSchema } from '../../functions/allocations/domain/inputs.ts';
import { whyInBrief } from '../../functions/allocations/domain/words/brief.ts';
import { awardInWords } from '../../functions/allocations/domain/words/words.ts';
import { PRODUCT, WEEK, allocated, packsOf, smallInputs, smallPolicy } from '../support/allocation.ts';
import type { RunInputsDocument } from '../../functions/allocations/domain/inputs.ts';
import type { PolicyDocument } from '../../functions/allocations/domain/policy/policy.ts';

type Stages = PolicyDocument['stages'];
const OPEN: Stages[number] = { id: 'open', kind: 'open', weight: 'population' };
const reserve = (kind: 'over-and-above' | 'minimum-guarantee', share: string): Stages[number] => ({
  id: 'reserve', kind: 'reserve', reserve: kind, share, group: { node: 'east' }, weight: 'population',
});

describe('tiers', () => {
  const sites = [
    { id: 'elders', weights: { population: 10, 'age-75': 300 } },
    { id: 'mixed', weights: { population: 90, 'age-75': 100 } },
  ];
  const tier = { id: 'age-75', kind: 'tier', weight: 'age-75', limit: 'age-75', from: '2021-01-18', to: '2021-03-01' } as const;

  it('in force serve their people before the open pool, on top of which it shares', () => {
    const run = allocated(smallInputs({ packs: 10, sites }), smallPolicy({ stages: [tier, { ...OPEN, counting: 'on-top' }] }));
    expect(run.awards.find((award) => award.siteId === 'elders')?.targetMicro).toBe(360_000_000);
    expect(packsOf(run)).toEqual({ elders: 4, mixed: 6 });
  });

  it('are in force in every week that has one of their days', () => {
    const early = { ...tier, from: '2021-01-20', to: '2021-02-24' };
    const elders = (week: string) => packsOf(allocated(smallInputs({ packs: 10, week, sites }), smallPolicy({ stages: [early, OPEN] }))).elders;
    expect(['2021-01-11', '2021-01-18', '2021-02-22', '2021-03-01'].map(elders)).toEqual([1, 3, 3, 1]);
  });

  it.each([['2021-01-11'], ['2021-03-01']])('do nothing in the week of %s, before or after their dates', (week) => {
    const run = allocated(smallInputs({ packs: 10, week, sites }), smallPolicy({ stages: [tier, OPEN] }));
    expect(packsOf(run)).toEqual({ elders: 1, mixed: 9 });
  });

  it('may be weighed together by whole factors', () => {
    const weighted = smallPolicy({ stages: [{ ...OPEN, weight: { population: 1, 'age-75': 2 } }] });
    const { awards } = allocated(smallInputs({ packs: 9, sites }), weighted);
    expect(awards.map((award) => award.targetMicro).sort((a, b) => a - b)).toEqual([290_000_000, 610_000_000]);
  });
});

describe('weights', () => {
  const stages: Stages = [{ id: 'open', kind: 'open', weight: 'populaton' }];

  it('that no site has are a fault of the run, told with the stage that names them', () => {
    expect(() => allocate(smallInputs({ packs: 5, sites: [{ id: 'a' }] }), smallPolicy({ stages }))).toThrow('stage open: no site has the weight populaton');
    const ended: Stages = [{ id: 'old', kind: 'tier', weight: 'age-85', to: '2021-01-04' }, OPEN];
    expect(packsOf(allocated(smallInputs({ packs: 5, sites: [{ id: 'a' }] }), smallPolicy({ stages: ended })))).toEqual({ a: 5 });
  });

  it('that one site lacks are named as the reason that it gets nothing, and so is a group that no stage is for', () => {
    const tree = { id: 'state', children: [{ id: 'east' }, { id: 'west' }] };
    const policy = smallPolicy({ tree, stages: [{ id: 'open', kind: 'open', weight: 'population', group: { node: 'east' } }] });
    const sites = [{ id: 'a', group: 'east' }, { id: 'blank', group: 'east', weights: {} }, { id: 'other', group: 'west' }];
    const run = allocated(smallInputs({ packs: 5, sites }), policy);
    const told = (id: string) => run.awards.filter(({ siteId }) => siteId === id).map((award) => [award.explanation.at(-1), whyInBrief(award, policy), awardInWords(award, policy).at(-1)]);
    expect(told('blank')).toEqual([[{ kind: 'no-weight', micro: 0, weights: ['population'] }, 'nothing to share by: it has no population on record', 'Nothing is shared out to it: the policy shares by population, and it has none on record.']]);
    expect(told('other')).toEqual([[{ kind: 'no-weight', micro: 0, weights: [] }, 'no stage in force is for its group', 'No stage of the policy that is in force this week is for its group.']]);
    expect(run.awards.find(({ siteId }) => siteId === 'a')?.explanation.some(({ kind }) => kind === 'no-weight')).toBe(false);
  });
});

describe('a superseding run', () => {
  it('never takes back packs that are ordered or promised, whatever the caps say now', () => {
    const sites = [{ id: 'ordered', fixedPacks: 3, weight: 1, requestDoses: 100 }, { id: 'free', weight: 99 }];
    const run = allocated(smallInputs({ packs: 4, sites }), smallPolicy({}));
    expect(packsOf(run)).toEqual({ ordered: 3, free: 1 });
    expect(run.awards.find((award) => award.siteId === 'ordered')?.explanation[0]).toEqual({ kind: 'fixed', micro: 300_000_000 });
  });

  it.each([
    ['an over-and-above reserve', [OPEN, reserve('over-and-above', '20%')], 44],
    ['a tier that shares on top', [{ id: 'tier', kind: 'tier', weight: 'population', share: '40%', group: { node: 'east' } }, OPEN], 40],
    ['a guarantee', [reserve('minimum-guarantee', '40%'), OPEN], 40],
  ] as [string, Stages, number][])('pays nothing twice to a site that answered first, under %s', (_name, stages, packs) => {
    const policy = smallPolicy({ tree: { id: 'state', children: [{ id: 'east' }, { id: 'west' }] }, stages });
    const rows = (fixedPacks?: number) => [{ id: 'a', group: 'east', weight: 30, ...(fixedPacks !== undefined && { fixedPacks }) }, { id: 'b', group: 'west', weight: 70 }];
    const first = allocated(smallInputs({ packs: 100, sites: rows() }), policy);
    const again = allocated(smallInputs({ packs: 100, sites: rows(packs) }), policy);
    expect([packsOf(first).a, packsOf(again).a]).toEqual([packs, packs]);
    expect(again.debts).toEqual(first.debts);
    expect(again.awards.find(({ siteId }) => siteId === 'a')?.explanation[0]).toEqual({ kind: 'fixed', micro: 0, promisedDoses: packs * 100 });
  });

  it('leaves a site that was promised more what it has, and shares the rest among all others by their weights', () => {
    const policy = smallPolicy({ tree: { id: 'state', children: [{ id: 'east' }, { id: 'west' }] }, stages: [OPEN, reserve('over-and-above', '20%')] });
    const rows = [{ id: 'a1', group: 'east', weight: 15, fixedPacks: 30 }, { id: 'a2', group: 'east', weight: 15 }, { id: 'b', group: 'west', weight: 70 }];
    const run = allocated(smallInputs({ packs: 100, sites: rows }), policy);
    // Of the reserve of 20, a1 had 10; the 8 it has too many are missing in the open pool, to a2 and b alike.
    const targets = Object.fromEntries(run.awards.map((award) => [award.siteId, award.targetMicro / 100_000_000]));
    expect(targets).toEqual({ a1: 30, a2: expect.closeTo(10 + (60 * 15) / 85, 6), b: expect.closeTo((60 * 70) / 85, 6) });
    expect(packsOf(run)).toEqual({ a1: 30, a2: 21, b: 49 });
  });

  it('cut below what is ordered is infeasible and names the two rules', () => {
    const sites = [{ id: 'ordered', fixedPacks: 3, weight: 1, requestDoses: 100 }, { id: 'free', weight: 99 }];
    expect(allocate(smallInputs({ packs: 2, sites }), smallPolicy({}))).toMatchObject({
      kind: 'infeasible',
      node: 'state',
      rules: ['state: 3 packs already ordered', 'supply: 2 packs'],
    });
  });
});

describe('bounds that clash', () => {
  const sites = ['a', 'b', 'c'].map((group) => ({ id: group, group }));
  const tree = (a: object, b: object, rest: object = {}): PolicyDocument['tree'] => ({
    id: 'state',
    children: [{ id: 'east', ...rest, children: [{ id: 'a', ...a }, { id: 'b', ...b }] }, { id: 'c', min: { share: '10%' } }],
  });
  const least = (share: string) => ({ min: { share } });
  const stages: Stages = [{ id: 'floors', kind: 'floors', weight: 'population' }, OPEN];

  it.each([
    [
      'two minimums over the group\'s own maximum',
      tree(least('30%'), least('30%'), { max: { share: '50%' } }),
      'east',
      ['east: at most 5 packs', 'a: at least 3 packs', 'b: at least 3 packs'],
    ],
    [
      'a minimum over the one maximum above it, other rules left out',
      tree(least('60%'), least('10%'), { max: { share: '50%' } }),
      'east',
      ['east: at most 5 packs', 'a: at least 6 packs'],
    ],
    [
      'minimums over the supply',
      tree(least('50%'), least('45%')),
      'state',
      ['supply: 10 packs', 'a: at least 5 packs', 'b: at least 5 packs, rounded up because packs are not opened', 'c: at least 1 packs'],
    ],
    [
      'a strict minimum that its sites cannot use',
      tree({ min: { doses: 9_900 }, strict: true }, {}),
      'a',
      ['a: at least 99 packs', 'a: its sites can use 10 packs'],
    ],
  ])('name the lowest group and only the rules needed: %s', (_name, root, node, rules) => {
    const run = allocate(smallInputs({ packs: 10, sites }), smallPolicy({ tree: root, stages }));
    expect(run).toMatchObject({ kind: 'infeasible', node });
    expect(run.kind === 'infeasible' && run.rules.toSorted()).toEqual(rules.toSorted());
  });

  it('say which of them whole packs moved: two minimums of a tenth of one pack, and maximums under one', () => {
    const two = (bound: object) => ({ id: 'state', children: [{ id: 'a', ...bound }, { id: 'b', ...bound }] });
    const run = (bound: object) => allocate(smallInputs({ packs: 1, sites: sites.slice(0, 2) }), smallPolicy({ tree: two(bound), stages }));
    expect(run({ min: { share: '10%' } })).toMatchObject({
      rules: ['supply: 1 packs', 'a: at least 1 packs, rounded up because packs are not opened', 'b: at least 1 packs, rounded up because packs are not opened'],
    });
    const none = run({ max: { share: '60%' } });
    expect(none.kind === 'allocated' && none.awards.flatMap(({ explanation }) => explanation.filter(({ kind }) => kind === 'group-limit'))).toEqual([
      { kind: 'group-limit', micro: 0, node: 'a', limitDoses: 0 }, { kind: 'group-limit', micro: 0, node: 'b', limitDoses: 0 },
    ]);
  });

  it('are no clash when a minimum is more than its sites can use and it is not strict', () => {
    const modest = sites.map((site) => ({ ...site, requestDoses: 200 }));
    const run = allocated(smallInputs({ packs: 10, sites: modest }), smallPolicy({ tree: tree(least('90%'), {}), stages }));
    expect(packsOf(run)).toEqual({ a: 2, b: 2, c: 2 });
  });
});

describe('ceilings', () => {
  const pool = { product: PRODUCT, doseNumber: 1 };
  const run = (more: object, line: object, caps: NonNullable<PolicyDocument['caps']>) =>
    allocated(
      smallInputs({ packs: 10, sites: [{ id: 'a', more, line }, { id: 'b' }] }),
      smallPolicy({ caps, declares: [{ rule: 'shared-throughput', reason: 'one team gives all products' }] }),
    ).awards.find((award) => award.siteId === 'a');

  it.each([
    ['request', {}, { requestDoses: 250 }, [], 2],
    ['suspended', { suspended: true }, {}, [], 0],
    ['throughput', { throughputDoses: 150 }, {}, [{ kind: 'throughput', weeks: 2 }], 3],
    ['storage', {}, { storageDoses: 120 }, [{ kind: 'storage' }], 1],
    ['beyond-use', {}, { beyondUseDoses: 99 }, [{ kind: 'beyond-use' }], 0],
    ['days-of-stock', { throughputDoses: 210 }, { onHandDoses: 100 }, [{ kind: 'days-of-stock', days: 14 }], 3],
    ['days-of-stock', { throughputDoses: 210 }, { onHandDoses: 20, inTransitDoses: 180 }, [{ kind: 'days-of-stock', days: 14 }], 2],
    ['days-of-stock', { throughputDoses: 210, receiving: { days: [WEEK], closed: [{ from: '2021-02-09', to: '2021-02-13' }] } }, {}, [{ kind: 'days-of-stock', days: 14 }], 2],
    ['no-receiving-day', { receiving: { days: [], closed: [] } }, {}, [], 0],
    ['storage', { rooms: [{ kinds: ['r'], doses: 350 }] }, { storedIn: ['r'] }, [{ kind: 'storage' }], 3],
    ['storage', { rooms: [{ kinds: ['r'], doses: 350 }, { kinds: ['f', 'r'], doses: 290 }] }, { storedIn: ['f', 'r'] }, [{ kind: 'storage' }], 2],
    ['share-of-supply', {}, {}, [{ kind: 'share-of-supply', share: '1/5' }], 2],
  ] as const)('of %s bind and are named', (rule, more, line, caps, packs) => {
    const award = run(more, { ...pool, ...line }, [...caps]);
    expect(award?.packs).toBe(packs);
    expect(award?.explanation.at(-1)).toMatchObject({ kind: 'cap', rule });
  });

  it('of storage are shared by the products of a site, promised packs of later pools among them, and say so', () => {
    const other = '59267-1000-03'; // after the first in the order of pools
    const document: RunInputsDocument = {
      schema: 1, week: WEEK,
      supply: [{ ...pool, packDoses: 100, packs: 9 }, { product: other, doseNumber: 1, packDoses: 100, packs: 9 }],
      sites: [{
        siteId: 'a', group: 'state', weights: { population: 1 }, rooms: [{ kinds: ['r'], doses: 650 }],
        lines: [{ ...pool, requestDoses: 300, storedIn: ['r'] }, { product: other, doseNumber: 1, requestDoses: 900, storedIn: ['r'], fixed: [{ packDoses: 100, packs: 2 }] }],
      }],
    };
    const policy = smallPolicy({ caps: [{ kind: 'storage' }] });
    const [first, second] = allocated(runInputsSchema.parse(document), policy).awards;
    expect([first?.packs, second?.packs]).toEqual([3, 3]);
    expect(second?.explanation.at(-1)).toEqual({ kind: 'cap', micro: 0, rule: 'shared-storage', limitDoses: 350 });
    expect(second && awardInWords(second, policy).at(-1)).toBe('It can have no more than 350 doses: what its storage can still hold beside what other products of this week take of it.');
  });

  it('of receiving days are told in words: closed for the week, or for part of the days of stock', () => {
    const policy = smallPolicy({ caps: [{ kind: 'days-of-stock', days: 14 }] });
    const words = (receiving: object) => {
      const inputs = smallInputs({ packs: 10, sites: [{ id: 'a', more: { throughputDoses: 210, receiving: receiving as never } }] });
      const [award] = allocated(inputs, policy).awards;
      return award && awardInWords(award, policy).at(-1);
    };
    expect(words({ days: [], closed: [] })).toBe('It can have no more than 0 doses: it can take a delivery on no day of the week: it receives on none, or is closed.');
    expect(words({ days: [WEEK], closed: [{ from: '2021-02-09', to: '2021-02-13' }] })).toBe(
      'It can have no more than 270 doses: the days of stock it may hold, less what is on hand or on its way; of 14 days after a delivery it is open on 9.',
    );
  });

  it('of a hub that can receive on no day: it takes nothing for others', () => {
    const policy = smallPolicy({ hubs: [{ hub: 'a', members: ['b'] }] });
    const shares = (more: object) => {
      const inputs = smallInputs({ packs: 1, sites: [{ id: 'a', weight: 3, more }, { id: 'b', requestDoses: 90 }] });
      return allocated({ ...inputs, supply: inputs.supply.map((line) => ({ ...line, vialDoses: 10 })) }, policy).hubShares?.length;
    };
    expect([shares({}), shares({ receiving: { days: [], closed: [] } })]).toEqual([2, undefined]);
  });

  it('of throughput are shared by the products of a site, and two pack sizes by one request', () => {
    const second = '80777-0273-99';
    const document: RunInputsDocument = {
      schema: 1,
      week: WEEK,
      supply: [
        { ...pool, packDoses: 1_170, packs: 1 },
        { ...pool, packDoses: 450, packs: 9 },
        { product: second, doseNumber: 1, packDoses: 100, packs: 9 },
      ],
      sites: [
        {
          siteId: 'a',
          group: 'state',
          weights: { population: 1 },
          throughputDoses: 2_000,
          lines: [{ ...pool, requestDoses: 1_700 }, { product: second, doseNumber: 1, requestDoses: 900 }],
        },
      ],
    };
    const policy = smallPolicy({
      caps: [{ kind: 'throughput', weeks: 1 }],
      declares: [
        { rule: 'shared-throughput', reason: 'one team gives all products' },
        { rule: 'mixed-packs', reason: 'trays and cartons are both on offer' },
      ],
    });
    const { awards } = allocated(runInputsSchema.parse(document), policy);
    expect(awards.map((award) => [award.packDoses, award.packs])).toEqual([[1_170, 1], [450, 1], [100, 3]]);
  });

  it('of a pool with two pack sizes must be declared', () => {
    const inputs = smallInputs({ packs: 1, sites: [{ id: 'a' }] });
    const twice = { ...inputs, supply: [...inputs.supply, { product: PRODUCT, doseNumber: 1, packDoses: 450, packs: 1 }] };
    expect(() => allocate(twice, smallPolicy({}))).toThrow(/mixed-packs/);
    const hubs = smallPolicy({ hubs: [{ hub: 'a', members: ['b'] }] });
    const sites = [...twice.sites, ...twice.sites.map((site) => ({ ...site, siteId: 'b' }))];
    expect(findFaults({ ...twice, sites }, hubs)).toEqual([expect.stringMatching(/has two pack sizes \(100, 450 doses\): hubs share packs of one size only/)]); // once, not once more for hubs
  });
});
