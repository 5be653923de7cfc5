import { poolKey } from '../inputs.ts';
import { askedInWords, givenByHub, groupLabel, lowerAnother, nearestOf, refusedOverride, siteLabel, unknownToPool } from '../words/override.ts';
import { hasMost, sumRange, upward } from '../tree.ts';
import { ceilingInWords, packsInWords, plural } from '../words/words.ts';
import type { Clash, PackBounds } from './bounds.ts';
import type { Override } from '../inputs.ts';
import type { PackBound, Told } from '../words/override.ts';
import type { Pool } from '../pool.ts';
import type { GroupRange } from '../tree.ts';

export interface Overridden {
  readonly packs: Float64Array;
  /** The override of each site that has one, by its place in the pool. */
  readonly reasons: ReadonlyMap<number, string>;
}

/** What bounds one award while all others stay as they are: its site's own bounds, then those the policy gives each group over it, and the supply. */
const boundsOf = (pool: Pool, bounds: PackBounds, packs: Float64Array, at: number, told: Told): PackBound[] => {
  const ceiling = pool.ceilings[at];
  const fixed = pool.fixedPacks[at] ?? 0;
  const isHub = upward(pool.tree).some(({ from, byVial }) => byVial === true && from === at);
  const together = `what it and the sites that share its packs by the vial can take (${plural((pool.ceilingPacks[at] ?? 0) * pool.supply.packDoses, 'dose')})`;
  const why = isHub
    ? together
    : ceiling === undefined
      ? ''
      : `${ceilingInWords(ceiling.rule, told.policy, ceiling.openDays)} (${plural(ceiling.doses, 'dose')})`;
  const own: PackBound[] = [
    ...(fixed > 0 ? [{ side: 'least' as const, packs: fixed, why: 'already ordered or promised' }] : []),
    { side: 'most', packs: pool.ceilingPacks[at] ?? 0, why },
  ];
  const ofGroups = upward(pool.tree).filter(({ from, to, byVial }) => byVial !== true && from <= at && at < to).flatMap((group): PackBound[] => {
    const others = sumRange(packs, group.from, group.to) - (packs[at] ?? 0);
    const { low } = bounds.get(group) ?? { low: 0 };
    const beside = others > 0 ? `, less ${plural(others, 'pack')} of other sites` : '';
    const most = (of: number, name: string): PackBound =>
      ({ side: 'most', packs: Math.max(0, of - others), why: `${name} (${packsInWords(of, pool.supply.packDoses)})${beside}`, isShared: others > 0 });
    return [
      ...(low > others ? [{ side: 'least' as const, packs: low - others, why: `the least of ${groupLabel(group.id, told)}` }] : []),
      ...(hasMost(group) ? [most(group.maxPacks, `the most of ${groupLabel(group.id, told)}`)] : []),
      ...(group === pool.tree ? [most(pool.supply.packs, 'all there is')] : []),
    ];
  });
  return [...own, ...ofGroups];
};

/**
 * Awards as people changed them, checked again against what is fixed, every ceiling, every group's bounds and the supply.
 * An override replaces one site's award and moves no other; the packs it frees stay in supply. It earns and costs no debt.
 */
export const applyOverrides = (
  pool: Pool,
  bounds: PackBounds,
  shared: Float64Array,
  overrides: readonly Override[],
  told: Told,
): Overridden | { readonly clash: Clash } => {
  const own = overrides.filter((override) => poolKey(override) === poolKey(pool.supply));
  if (own.length === 0) return { packs: shared, reasons: new Map() };
  const places = new Map(pool.sites.map((site, at) => [site.siteId, at]));
  const packs = shared.slice();
  const reasons = new Map<number, string>();
  const refused: Override[] = [];
  const family = upward(pool.tree).filter(({ byVial }) => byVial === true);
  /** The hub of a site that gets its doses by the vial. */
  const hubOf = (at: number): string | undefined => {
    const of = family.find(({ from, to }) => from < at && at < to);
    return of && pool.sites[of.from]?.siteId;
  };
  for (const override of own) {
    const at = places.get(override.siteId) ?? -1;
    if (at < 0 || hubOf(at) !== undefined || override.packs < (pool.fixedPacks[at] ?? 0) || override.packs > (pool.ceilingPacks[at] ?? 0))
      refused.push(override);
    else {
      packs[at] = override.packs;
      reasons.set(at, override.reason);
    }
  }
  const clashOf = (override: Override): Clash => {
    const at = places.get(override.siteId);
    const hub = at === undefined ? undefined : hubOf(at);
    if (hub !== undefined) return givenByHub(override, hub, told);
    return at === undefined ? unknownToPool(override, told) : refusedOverride(override, boundsOf(pool, bounds, packs, at, told), told);
  };
  const clashes = refused.map(clashOf);
  if (reasons.size > 0) {
    const taken = own.filter((override) => !refused.includes(override));
    const over = (group: GroupRange) =>
      taken.filter(({ siteId }) => {
        const at = places.get(siteId) ?? -1;
        return group.from <= at && at < group.to;
      });
    const nearest = (override: Override) => nearestOf(override.packs, boundsOf(pool, bounds, packs, places.get(override.siteId) ?? 0, told));
    clashes.push(...groupClashes(pool, bounds, packs, over, nearest, told));
  }
  return together(clashes) ?? { packs, reasons };
};

/** Every group whose bounds the overridden packs break, the lowest first, with what each override in it may be while the others stay. */
const groupClashes = (
  pool: Pool,
  bounds: PackBounds,
  packs: Float64Array,
  overridesIn: (group: GroupRange) => Override[],
  nearest: (override: Override) => number | undefined,
  told: Told,
): Clash[] =>
  upward(pool.tree).flatMap((group) => {
    const held = sumRange(packs, group.from, group.to);
    const { low, high } = bounds.get(group) ?? { low: 0, high: 0 };
    const name = group === pool.tree ? 'all sites together' : groupLabel(group.id, told);
    const { packDoses } = pool.supply;
    const rule =
      held < low
        ? `${name}: at least ${packsInWords(low, packDoses)}`
        : held > high
          ? `${name}: at most ${packsInWords(high, packDoses)}`
          : undefined;
    if (rule === undefined) return [];
    const allowed = overridesIn(group).map((override) => {
      const near = nearest(override);
      return `${siteLabel(override.siteId, told)} ${near === undefined ? 'none, while the others stay' : packsInWords(near, packDoses)}`;
    });
    return [
      {
        node: name,
        overrides: overridesIn(group),
        rules: [
          ...overridesIn(group).map((override) => askedInWords(override, told)),
          `overrides give ${name} ${packsInWords(held, packDoses)}`,
          rule,
        ],
        advice: `the nearest allowed, one changed at a time: ${allowed.join('; ')}${held > high ? lowerAnother : ''}`,
      },
    ];
  });

/** Clashes as one that names the rest; undefined when there are none. */
export const together = (clashes: readonly Clash[]): { readonly clash: Clash } | undefined => {
  const [first, ...others] = clashes;
  return first && { clash: others.length === 0 ? first : { ...first, others } };
};
