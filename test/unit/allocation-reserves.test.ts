import { describe, expect, it } from '@jest/globals';
import { policySchema } from '../../functions/allocations/domain/policy/policy.ts';
import { checkPolicyForm } from '../../functions/allocations/store-policy.ts';
import {
  SHIPPED_POLICIES,
  connecticutFebruary,
  connecticutMarch,
  orderOnDemand,
} from '../../functions/allocations/domain/policy/connecticut.ts';
import { allocated, packsOf, smallInputs, smallPolicy } from '../support/allocation.ts';
import type { PolicyDocument } from '../../functions/allocations/domain/policy/policy.ts';

type Stages = PolicyDocument['stages'];

const OPEN: Stages[number] = { id: 'open', kind: 'open', weight: 'population' };
const reserve = (kind: 'over-and-above' | 'minimum-guarantee', share = '20%'): Stages[number] => ({
  id: 'reserve',
  kind: 'reserve',
  reserve: kind,
  share,
  group: { node: 'favoured' },
  weight: 'population',
});
const TREE = { id: 'state', children: [{ id: 'favoured' }, { id: 'other' }] };
const STAGES: Record<'over-and-above' | 'minimum-guarantee', Stages> = {
  'over-and-above': [OPEN, reserve('over-and-above')],
  'minimum-guarantee': [reserve('minimum-guarantee'), OPEN],
};

const KINDS = ['over-and-above', 'minimum-guarantee'] as const;

const favouredDoses = (stages: Stages, favouredPercent: number, requestDoses = 1_000): number => {
  const run = allocated(
    smallInputs({
      packs: 100,
      packDoses: 10,
      sites: [
        { id: 'f1', group: 'favoured', weight: favouredPercent / 2, requestDoses },
        { id: 'f2', group: 'favoured', weight: favouredPercent / 2, requestDoses },
        { id: 'o1', group: 'other', weight: 100 - favouredPercent, requestDoses: 1_000 },
      ],
    }),
    smallPolicy({ tree: TREE, stages }),
  );
  const group = run.summary.pools[0]?.groups.find((item) => item.node === 'favoured');
  return group?.doses ?? -1;
};

describe('a fault of a policy names the place where it is mended', () => {
  const POLICY = { schema: 1, id: 'p', version: 1, title: 'P', tree: TREE, stages: [OPEN] };
  const crossing = { ...reserve('minimum-guarantee'), group: { tag: 'clinics' } };
  it.each<[string, object, (string | number)[]]>([
    ['a group twice', { tree: { id: 'state', children: [{ id: 'other' }, { id: 'x', children: [{ id: 'other' }] }] } }, ['tree', 'children', 1, 'children', 0, 'id']],
    ['a stage twice', { stages: [OPEN, OPEN] }, ['stages', 1, 'id']],
    ['a weight that is the request', { stages: [{ ...OPEN, weight: 'requests' }] }, ['stages', 0, 'weight']],
    ['a group that is not in the tree', { stages: [OPEN, { ...reserve('over-and-above'), group: { node: 'nowhere' } }] }, ['stages', 1, 'group']],
    ['a minimum without floors', { tree: { id: 'state', min: { doses: 10 } } }, ['stages', 0]],
    ['floors that come late', { stages: [OPEN, { id: 'floors', kind: 'floors', weight: 'population' }] }, ['stages', 1]],
    ['a reserve on the wrong side of its pool', { stages: [OPEN, reserve('minimum-guarantee')] }, ['stages', 1]],
    ['reserves over the whole', { stages: [OPEN, reserve('over-and-above', '60%'), { ...reserve('over-and-above', '60%'), id: 'second' }] }, ['stages']],
    ['a tier that ends before it begins', { stages: [{ ...OPEN, kind: 'tier', from: '2021-03-08', to: '2021-03-01' }] }, ['stages', 0, 'to']],
    ['a group that crosses the tree', { stages: [crossing, OPEN] }, ['stages', 0, 'group']],
    ['throughput not declared', { caps: [{ kind: 'storage' }, { kind: 'throughput', weeks: 2 }] }, ['caps', 1]],
    ['minimums not declared', { minimums: [{ kind: 'smallest-clinic' }] }, ['minimums']],
    ['a site in two hubs', { hubs: [{ hub: 'a', members: ['b'] }, { hub: 'c', members: ['d', 'b'] }] }, ['hubs', 1, 'members', 1]],
    ['hubs beside minimums', { hubs: [{ hub: 'a', members: ['b'] }], minimums: [{ kind: 'smallest-clinic' }], declares: [{ rule: 'all-or-nothing', reason: 'clinics are whole' }] }, ['hubs']],
  ])('%s', (_, changed, path) => {
    expect(policySchema.safeParse(POLICY).success).toBe(true);
    expect(policySchema.safeParse({ ...POLICY, ...changed }).error?.issues.map((issue) => issue.path)).toEqual([path]);
  });
});

describe('bounds of a policy that cannot be kept', () => {
  const share = (text: string) => ({ share: text });
  const POLICY = { schema: 1, id: 'p', version: 1, title: 'P', stages: [{ id: 'floors', kind: 'floors', weight: 'population' }, OPEN] };
  it.each<[string, object, [path: string, message: string][]]>([
    ['a minimum over the maximum of its group', { id: 'state', children: [{ id: 'a', min: share('60%'), max: share('1/2') }, { id: 'b' }] },
      [['tree.children[0].min', 'group a: its minimum, 60 %, is over its maximum, 50 %']]],
    ['the same in doses', { id: 'state', min: { doses: 900 }, max: { doses: 800 } }, [['tree.min', 'group state: its minimum, 900 doses, is over its maximum, 800']]],
    ['minimums over the whole', { id: 'state', children: [{ id: 'a', min: share('60%') }, { id: 'b', min: share('50%') }] },
      [['tree.children', 'group state: the minimums of its groups (a 60 %, b 50 %) come to 110 %, over the whole supply']]],
    ['minimums over the maximum above them', { id: 'state', children: [{ id: 'a', max: share('50%'), children: [{ id: 'b', min: share('1/3') }, { id: 'c', min: share('1/3') }] }] },
      [['tree.children[0].children', 'group a: the minimums of its groups (b 33.33 %, c 33.33 %) come to 66.66 %, over its maximum, 50 %']]],
    ['minimums below groups that have none', { id: 'state', children: [{ id: 'a', children: [{ id: 'b', min: share('80%') }] }, { id: 'c', min: share('30%') }] },
      [['tree.children', 'group state: the minimums of its groups (a 80 %, c 30 %) come to 110 %, over the whole supply']]],
    ['none: thirds are a whole, and bounds of two kinds cannot be compared', { id: 'state', children: [{ id: 'a', min: share('1/3') }, { id: 'b', min: share('1/3') }, { id: 'c', min: share('1/3'), max: { doses: 1 } }] }, []],
  ])('are told when it is checked: %s', (_name, tree, faults) => {
    const checked = checkPolicyForm({ policy: { ...POLICY, tree } });
    expect(checked.kind === 'faults' ? checked.faults.map(({ path, message }) => [path, message]) : []).toEqual(faults);
    expect(policySchema.safeParse({ ...POLICY, tree }).success).toBe(true); // one that was stored before can still be read
  });
});

describe('faults of the shape and of the rules', () => {
  const told = (document: unknown): string[] => policySchema.safeParse(document).error?.issues.map(({ path }) => path.join('.')) ?? [];
  const POLICY = { schema: 1, id: 'p', version: 1, title: 'P', tree: { id: 'state', children: [{ id: 'a' }, { id: 'a' }] }, stages: [OPEN] };
  const requested = { ...OPEN, id: 'second', weight: 'requests' };

  it('of one document are told together, each at its own place', () => {
    const stages = [{ ...OPEN, weight: 3 }, requested, requested];
    expect(told({ ...POLICY, version: 0, stages, caps: [{ kind: 'throughput', weeks: 2 }], extra: 1 }).sort()).toEqual(
      ['', 'caps.0', 'stages.0.weight', 'stages.1.weight', 'stages.2.id', 'stages.2.weight', 'tree.children.1.id', 'version'],
    );
  });

  it.each<[string, object, string[]]>([
    ['an order of stages, one of which cannot be read', { stages: [{ ...OPEN, wieght: 'population' }, { ...reserve('over-and-above'), group: { tag: 'x' } }], declares: [{ rule: 'crossing-group', reason: 'they lie in every county' }] }, ['stages.0']],
    ['a floor that a faulty stage may be', { tree: { id: 'state', min: { doses: 10 } }, stages: [{ id: 'floors', kind: 'floors' }, OPEN] }, ['stages.0.weight']],
    ['groups of a tree that cannot be read', { tree: { id: 'STATE' }, stages: [{ ...OPEN, group: { node: 'state' } }] }, ['tree.id']],
    ['what declarations that cannot be read may declare', { caps: [{ kind: 'throughput', weeks: 2 }], declares: [{ rule: 'shared-throughput', reason: 'short' }] }, ['declares.0.reason']],
    ['second doses that a faulty stage may serve', { secondDoses: 'hold-back-all', stages: [{ id: 'second', kind: 'second-doses', withinWeeks: 40 }] }, ['stages.0.withinWeeks']],
  ])('say nothing of %s', (_, changed, paths) => {
    expect(told({ ...POLICY, tree: TREE, ...changed })).toEqual(paths);
  });

  it.each([[3], [null], [[]], [{}], [{ stages: [null, 3, OPEN], tree: [], hubs: 4 }]])('of something that is no policy at all (%j) are told, never thrown', (document) => {
    expect(told(document).length).toBeGreaterThan(0);
  });
});

describe('the two kinds of reserve', () => {
  it.each([
    ['over-and-above', 10, 280],
    ['minimum-guarantee', 10, 200],
    ['over-and-above', 30, 440],
    ['minimum-guarantee', 30, 300],
  ] as const)('of 1,000 doses a 20 %% %s reserve gives a group with %i %% of the open pool %i doses', (kind, percent, doses) => {
    expect(favouredDoses(STAGES[kind], percent)).toBe(doses);
  });

  it('fails that table when the two kinds are swapped, so the table can tell them apart', () => {
    expect(favouredDoses(STAGES['minimum-guarantee'], 10)).not.toBe(280);
    expect(favouredDoses(STAGES['over-and-above'], 30)).not.toBe(300);
  });

  it.each([
    ['over-and-above', [reserve('over-and-above'), OPEN], /comes after the pool/],
    ['minimum-guarantee', [OPEN, reserve('minimum-guarantee')], /comes before the pool/],
  ] as const)('refuses an %s reserve written in the order of the other kind', (_kind, stages, message) => {
    expect(() => smallPolicy({ tree: TREE, stages: [...stages] })).toThrow(message);
  });

  const tier = (more: object = {}): Stages[number] => ({ id: 'tier', kind: 'tier', weight: 'population', ...more });
  const [above, least] = [reserve('over-and-above'), reserve('minimum-guarantee')];
  it.each([
    ['a guarantee before a tier that counts on top (its default)', [least, tier()], /counting: total/],
    ['a guarantee before an open pool that counts on top', [least, { ...OPEN, counting: 'on-top' }], /counting: total/],
    ['an over-and-above reserve before a pool that counts in total', [tier({ share: '10%' }), above, OPEN], /take the reserve back/],
    ['an over-and-above reserve after a tier that has ended', [tier({ to: '2021-02-01' }), above, { ...OPEN, counting: 'on-top' }], /none is in force before it: write it after stage open.*in the week of 2021-02-01/],
    ['a guarantee after the open pool', [OPEN, least], /none is in force after it: write it before stage open/],
    ['an over-and-above reserve after a pool of other doses', [{ ...OPEN, id: 'second', doseNumbers: [2] }, above, { ...OPEN, doseNumbers: [1] }], /write it after stage open \(for dose 1\)/],
    ['an over-and-above reserve on top of a pool for another group', [{ ...OPEN, group: { node: 'other' } }, above], /none is in force/],
    ['two over-and-above reserves over the whole supply', [OPEN, reserve('over-and-above', '60%'), { ...reserve('over-and-above', '60%'), id: 'more', group: { node: 'other' } }], /more than the whole supply/],
  ] as [string, Stages, RegExp][])('refuses %s, and says what to write', (_name, stages, message) => {
    expect(() => smallPolicy({ tree: TREE, stages })).toThrow(message);
  });

  it.each([
    ['a guarantee before a tier and a pool that count in total', [least, tier({ share: '30%', counting: 'total' }), OPEN]],
    ['a tier before a guarantee, whose doses count toward it', [tier({ share: '30%' }), least, OPEN]],
    ['an over-and-above reserve before a pool that counts on top', [OPEN, above, { ...OPEN, id: 'rest', counting: 'on-top' }]],
    ['a reserve and a pool of first doses alone', [{ ...OPEN, doseNumbers: [1] }, { ...above, doseNumbers: [1] }]],
    ['a later total pool for others only', [OPEN, above, { ...OPEN, id: 'rest', group: { node: 'other' } }]],
  ] as [string, Stages][])('takes %s', (_name, stages) => {
    expect(smallPolicy({ tree: TREE, stages }).stages).toHaveLength(stages.length);
  });

  it('says of an over-and-above reserve what it was meant to have, and what was not there any more', () => {
    const tree = { id: 'state', children: [{ id: 'favoured' }, { id: 'other', min: { share: '90%' } }] };
    const sites = [{ id: 'f', group: 'favoured', weight: 30 }, { id: 'o', group: 'other', weight: 70 }];
    const stages: Stages = [{ id: 'floors', kind: 'floors', weight: 'population' }, OPEN, above];
    const [summary] = allocated(smallInputs({ packs: 100, sites }), smallPolicy({ tree, stages })).summary.pools[0]?.reserves ?? [];
    expect(summary).toMatchObject({ shareMicro: 2_000_000_000, usedMicro: 1_000_000_000, bound: true, shortDoses: 1_000 });
  });

  it.each(KINDS)('returns the doses of an %s reserve that its group cannot use to the others', (kind) => {
    expect(favouredDoses(STAGES[kind], 10, 50)).toBe(100);
    const stages = STAGES[kind];
    const run = allocated(
      smallInputs({
        packs: 100,
        packDoses: 10,
        sites: [
          { id: 'f1', group: 'favoured', weight: 10, requestDoses: 100 },
          { id: 'o1', group: 'other', weight: 90 },
        ],
      }),
      smallPolicy({ tree: TREE, stages }),
    );
    expect(packsOf(run)).toEqual({ f1: 10, o1: 90 });
    expect(run.leftover).toMatchObject([{ packs: 0, reason: 'none' }]);
  });

  it('keeps an unused reserve in supply when the policy holds it', () => {
    const held = { ...reserve('over-and-above'), unused: 'held' } as Stages[number];
    const run = allocated(
      smallInputs({
        packs: 100,
        packDoses: 10,
        sites: [
          { id: 'f1', group: 'favoured', weight: 10, requestDoses: 100 },
          { id: 'o1', group: 'other', weight: 90 },
        ],
      }),
      smallPolicy({ tree: TREE, stages: [OPEN, held] }),
    );
    expect(packsOf(run)).toEqual({ f1: 10, o1: 72 });
    expect(run.leftover).toMatchObject([{ packs: 18, reason: 'reserve-held' }]);
  });

  it('says of a minimum guarantee whether it bound', () => {
    const boundAt = (percent: number) =>
      allocated(
        smallInputs({
          packs: 100,
          packDoses: 10,
          sites: [{ id: 'f', group: 'favoured', weight: percent }, { id: 'o', group: 'other', weight: 100 - percent }],
        }),
        smallPolicy({ tree: TREE, stages: STAGES['minimum-guarantee'] }),
      ).summary.pools[0]?.reserves[0]?.bound;
    expect([boundAt(10), boundAt(30)]).toEqual([true, false]);
  });

  it('meets a minimum guarantee of a tree group in whole packs, rounding up, week after week', () => {
    const policy = smallPolicy({ tree: TREE, stages: [reserve('minimum-guarantee', '25%'), OPEN] });
    const sites = [{ id: 'f', group: 'favoured', weight: 1 }, { id: 'o', group: 'other', weight: 99 }];
    let debts: Record<string, number> = {};
    for (let week = 0; week < 6; week += 1) {
      const run = allocated(smallInputs({ packs: 10, sites, debts }), policy);
      expect(packsOf(run)).toEqual({ f: 3, o: 7 });
      debts = Object.fromEntries(run.debts.map((row) => [row.siteId, row.micro]));
    }
    expect(debts).toEqual({});
  });

  it('reports by how much whole packs miss a guarantee of a group that crosses the tree', () => {
    const policy = smallPolicy({
      stages: [{ ...reserve('minimum-guarantee', '50%'), group: { tag: 'priority' } } as Stages[number], OPEN],
      declares: [{ rule: 'crossing-group', reason: 'priority sites lie in every county' }],
    });
    const tagged = ['a', 'b', 'c', 'd'].map((id) => ({ id, tags: ['priority'], weight: 1 }));
    const run = allocated(smallInputs({ packs: 2, sites: [...tagged, { id: 'big', weight: 4 }] }), policy);
    const summary = run.summary.pools[0]?.reserves[0];
    expect(summary?.groupTargetMicro).toBe(100_000_000);
    expect(summary?.shortDoses).toBe(Math.max(0, 100 - (summary?.groupDoses ?? 0)));
  });
});

describe('the shipped policies', () => {
  const sites = [
    { id: 'p', group: 'priority-zips', weight: 10, requestDoses: 100_000 },
    { id: 'e', group: 'elsewhere', weight: 90, requestDoses: 100_000 },
  ];

  it.each([...SHIPPED_POLICIES])('%s is a valid document that reads back as itself', (_id, policy) => {
    expect(policySchema.parse(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
  });

  it('give priority zips 10 % on top of the open pool in February and a quarter in March', () => {
    const packs = (policy: typeof connecticutFebruary) => packsOf(allocated(smallInputs({ packs: 100, sites }), policy));
    expect(packs(connecticutFebruary)).toEqual({ p: 19, e: 81 });
    expect(packs(connecticutMarch)).toEqual({ p: 25, e: 75 });
  });

  it('fill every request on demand while supply lasts, and share fairly when it does not', () => {
    const asking = [{ id: 'a', weight: 1, requestDoses: 500 }, { id: 'b', weight: 3, requestDoses: 300 }];
    const run = (packs: number) => allocated(smallInputs({ packs, sites: asking }), orderOnDemand);
    expect(packsOf(run(20))).toEqual({ a: 5, b: 3 });
    expect(run(20).leftover).toMatchObject([{ packs: 12, reason: 'every-ceiling-reached' }]);
    expect(packsOf(run(4))).toEqual({ a: 1, b: 3 });
  });
});
