import fc from 'fast-check';
import { smallInputs, smallPolicy } from './allocation.ts';
import type { RunInputs } from '../../functions/allocations/domain/inputs.ts';
import type { Policy, PolicyDocument } from '../../functions/allocations/domain/policy/policy.ts';
import type { SmallSite } from './allocation.ts';

export interface Instance {
  readonly inputs: RunInputs;
  readonly policy: Policy;
}

type Stages = PolicyDocument['stages'];

const OPEN: Stages[number] = { id: 'open', kind: 'open', weight: 'population' };
const reserveOf = (id: string, reserve: 'over-and-above' | 'minimum-guarantee', share: string, node: string, unused?: 'held'): Stages[number] => ({
  id, kind: 'reserve', reserve, share, group: { node }, weight: 'population', ...(unused && { unused }),
});
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
  'two-reserves': fc.tuple(percent(5, 40), percent(5, 40)).map(([west, east]): Stages => [
    reserveOf('west', 'minimum-guarantee', west, 'west-1'),
    reserveOf('east', 'minimum-guarantee', east, 'east'),
    OPEN,
    reserveOf('more', 'over-and-above', '12%', 'west'),
  ]),
  held: percent(5, 60).map((share): Stages => [OPEN, reserveOf('reserve', 'over-and-above', share, 'west-1', 'held')]),
  // The week begins on 2021-02-07: of these the first has ended, the second begins and the third ends inside it, the last is to come.
  'dated-tiers': percent(10, 50).map((share): Stages => [
    { id: 'ended', kind: 'tier', weight: 'tier', share, to: '2021-02-07' },
    { id: 'begins', kind: 'tier', weight: 'tier', share, from: '2021-02-10' },
    { id: 'ends', kind: 'tier', weight: 'population', group: { node: 'west' }, share: '15%', to: '2021-02-09' },
    { id: 'to-come', kind: 'tier', weight: 'tier', share, from: '2021-02-14' },
    OPEN,
  ]),
  'second-doses': fc.constant<Stages>([{ id: 'second', kind: 'second-doses', withinWeeks: 2 }, OPEN]),
  caps: percent(10, 60).map((share): Stages => [reserveOf('reserve', 'minimum-guarantee', share, 'west'), OPEN]),
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

const CAPS: PolicyDocument['caps'] = [{ kind: 'storage' }, { kind: 'share-of-supply', share: '35%' }];

/** Second doses of a site: due this week and next, on days of the week's beginning and end, and in a month. */
const dueArbitrary: fc.Arbitrary<NonNullable<SmallSite['due']>> = fc.array(
  fc.record({ day: fc.constantFrom('2021-02-05', '2021-02-08', '2021-02-13', '2021-02-17', '2021-02-20', '2021-02-21', '2021-03-09'), doses: upTo(350) }),
  { maxLength: 4 },
);

const siteOf = (kind: PolicyKind, at: number): fc.Arbitrary<SmallSite> => {
  const site = siteArbitrary(at);
  if (kind === 'caps') return fc.tuple(site, upTo(1_200)).map(([own, storageDoses]) => ({ ...own, line: { storageDoses } }));
  return kind === 'second-doses' ? fc.tuple(site, dueArbitrary).map(([own, due]) => ({ ...own, due })) : site;
};

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
    .tuple(fc.integer({ min: 1, max: options.most ?? 7 }), kind === 'second-doses' ? fc.constant(false) : fc.boolean())
    .chain(([count, withMinimums]) =>
      fc.tuple(
        fc.tuple(...Array.from({ length: count }, (_, at) => siteOf(kind, at))),
        treeOf(withMinimums),
        POLICY_KINDS[kind],
        fc.integer({ min: 0, max: 30 }),
        fc.constant(withMinimums),
      ),
    )
    .chain(([sites, tree, stages, packs, withMinimums]) =>
      (options.debts === false ? fc.constant({}) : debtsOf(sites)).map((debts) => ({
        inputs: smallInputs({ packs, sites, debts, doseNumber: kind === 'second-doses' ? 2 : 1 }),
        policy: smallPolicy({
          tree,
          stages: withMinimums ? [{ id: 'floors', kind: 'floors', weight: 'population' }, ...stages] : stages,
          declares: kind === 'crossing' ? CROSSING : [],
          ...(kind === 'caps' && { caps: CAPS }),
        }),
      })),
    );

export const KINDS = Object.keys(POLICY_KINDS) as PolicyKind[];
