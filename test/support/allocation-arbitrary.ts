import fc from 'fast-check';
import { smallInputs, smallPolicy } from './allocation.ts';
import type { RunInputs } from '../../functions/allocations/domain/inputs.ts';
import type { Policy, PolicyDocument } from '../../functions/allocations/domain/policy.ts';
import type { SmallSite } from './allocation.ts';

export interface Instance {
  readonly inputs: RunInputs;
  readonly policy: Policy;
}

type Stages = PolicyDocument['stages'];

const OPEN: Stages[number] = { id: 'open', kind: 'open', weight: 'population' };
const CROSSING = [{ rule: 'crossing-group' as const, reason: 'priority sites lie in every county' }];
const percent = (least: number, most: number) => fc.integer({ min: least, max: most }).map((share) => `${share}%`);

/** Stages of each kind of policy the engine offers. */
export const POLICY_KINDS = {
  open: fc.constant<Stages>([OPEN]),
  tiers: percent(10, 60).map((share): Stages => [
    { id: 'first', kind: 'tier', weight: 'tier', share },
    { id: 'second', kind: 'tier', weight: { tier: 3, population: 1 }, group: { node: 'east' }, share: '20%', limit: 'cap' },
    OPEN,
  ]),
  'over-and-above': percent(5, 60).map((share): Stages => [
    OPEN,
    { id: 'reserve', kind: 'reserve', reserve: 'over-and-above', share, group: { node: 'west' }, weight: 'population' },
  ]),
  'minimum-guarantee': percent(5, 60).map((share): Stages => [
    { id: 'reserve', kind: 'reserve', reserve: 'minimum-guarantee', share, group: { node: 'west' }, weight: 'population' },
    OPEN,
  ]),
  crossing: percent(5, 60).map((share): Stages => [
    { id: 'reserve', kind: 'reserve', reserve: 'minimum-guarantee', share, group: { tag: 'priority' }, weight: 'population' },
    OPEN,
    { id: 'more', kind: 'reserve', reserve: 'over-and-above', share: '7%', group: { tag: 'priority' }, weight: 'tier' },
  ]),
} as const;
export type PolicyKind = keyof typeof POLICY_KINDS;

const LEAVES = ['east-1', 'east-2', 'west-1', 'west-2'] as const;

const treeOf = (withMinimums: boolean) =>
  fc
    .record({
      east: fc.option(percent(20, 100), { nil: undefined }),
      leaf: fc.option(percent(10, 100), { nil: undefined }),
      least: withMinimums ? fc.option(percent(5, 40), { nil: undefined }) : fc.constant(undefined),
      leastLeaf: withMinimums ? fc.option(percent(5, 40), { nil: undefined }) : fc.constant(undefined),
    })
    .map(({ east, leaf, least, leastLeaf }): PolicyDocument['tree'] => ({
      id: 'state',
      children: [
        {
          id: 'east',
          ...(east && { max: { share: east } }),
          children: [{ id: 'east-1', ...(leaf && { max: { share: leaf } }) }, { id: 'east-2' }],
        },
        {
          id: 'west',
          ...(least && { min: { share: least } }),
          children: [{ id: 'west-1', ...(leastLeaf && { min: { share: leastLeaf } }) }, { id: 'west-2' }],
        },
      ],
    }));

const upTo = (max: number) => fc.integer({ min: 0, max });

const siteArbitrary = (at: number): fc.Arbitrary<SmallSite> =>
  fc.record({
    id: fc.constant(`site-${at}`),
    group: fc.constantFrom(...LEAVES),
    tags: fc.constantFrom<string[][]>([], ['priority']),
    weights: fc.record({ population: upTo(20), tier: upTo(5), cap: upTo(300) }),
    requestDoses: upTo(900),
  });

/** Debts that sum to zero, none over a pack of 100. */
const debtsOf = (sites: readonly SmallSite[]): fc.Arbitrary<Record<string, number>> =>
  fc.tuple(...sites.map(() => fc.integer({ min: -50_000_000, max: 50_000_000 }))).map((moves) => {
    const debts = Object.fromEntries(sites.map((site) => [site.id, 0]));
    moves.forEach((micro, at) => {
      const [from, to] = [sites[at]?.id ?? '', sites[(at + 1) % sites.length]?.id ?? ''];
      debts[from] = (debts[from] ?? 0) - micro;
      debts[to] = (debts[to] ?? 0) + micro;
    });
    return debts;
  });

/** A small random instance of a kind of policy, with nested groups, bounds, ceilings and old debts. */
export const instanceOf = (kind: PolicyKind, options: { debts?: boolean; most?: number } = {}): fc.Arbitrary<Instance> =>
  fc
    .tuple(fc.integer({ min: 1, max: options.most ?? 7 }), fc.boolean())
    .chain(([count, withMinimums]) =>
      fc.tuple(
        fc.tuple(...Array.from({ length: count }, (_, at) => siteArbitrary(at))),
        treeOf(withMinimums),
        POLICY_KINDS[kind],
        fc.integer({ min: 0, max: 30 }),
        fc.constant(withMinimums),
      ),
    )
    .chain(([sites, tree, stages, packs, withMinimums]) =>
      (options.debts === false ? fc.constant({}) : debtsOf(sites)).map((debts) => ({
        inputs: smallInputs({ packs, sites, debts }),
        policy: smallPolicy({
          tree,
          stages: withMinimums ? [{ id: 'floors', kind: 'floors', weight: 'population' }, ...stages] : stages,
          declares: kind === 'crossing' ? CROSSING : [],
        }),
      })),
    );

export const KINDS = Object.keys(POLICY_KINDS) as PolicyKind[];
