import { sumRange, upward } from '../tree.ts';
import type { Override } from '../inputs.ts';
import type { Pool } from '../pool.ts';
import type { GroupRange } from '../tree.ts';

/** The packs a group can hold once every bound below it is counted: bounds tightened from the sites up. */
export interface Packs {
  readonly low: number;
  readonly high: number;
  /** The most that sites counted by the floors stage can hold: what a minimum may ask for. */
  readonly reach: number;
}
const NONE: Packs = { low: 0, high: 0, reach: 0 };
export type PackBounds = ReadonlyMap<GroupRange, Packs>;

export interface Clash {
  readonly node: string;
  readonly rules: readonly string[];
  /** What would be allowed instead, where that can be said. */
  readonly advice?: string;
  /** The overrides that clash, where a person's awards do. */
  readonly overrides?: readonly Override[];
  /** Further clashes found beside this one: a person who overrides many awards is told all of them. */
  readonly others?: readonly Clash[];
}

/** A rule that bears on packs, in the words it is reported with. */
interface PackRule {
  readonly group: GroupRange;
  readonly kind: 'min' | 'max' | 'fixed' | 'ceilings' | 'supply';
  readonly text: string;
}

type Holds = (group: GroupRange, kind: PackRule['kind']) => boolean;

/** What the sites of a group that count toward minimums can use, whatever the groups' own maximums say. */
const usable = (pool: Pool, group: GroupRange): number => sumRange(pool.minimumPacks ?? pool.floorPacks, group.from, group.to);

/** A minimum that is not strict asks for no more than the sites can use. */
const minimumOf = (pool: Pool, group: GroupRange): number =>
  group.strict ? group.minPacks : Math.min(group.minPacks, usable(pool, group));

const tighten = (pool: Pool, group: GroupRange, below: (child: GroupRange) => Packs, holds: Holds): Packs => {
  const leaf = group.children.length === 0;
  const { from, to } = group;
  const sum = (side: keyof Packs) => group.children.reduce((total, child) => total + below(child)[side], 0);
  const most = (values: Float64Array) => (holds(group, 'ceilings') ? sumRange(values, from, to) : Number.MAX_SAFE_INTEGER);
  const lowBelow = !leaf ? sum('low') : holds(group, 'fixed') ? sumRange(pool.fixedPacks, from, to) : 0;
  const supply = group === pool.tree && holds(group, 'supply') ? pool.supply.packs : Number.MAX_SAFE_INTEGER;
  const maximum = Math.min(supply, holds(group, 'max') ? group.maxPacks : Number.MAX_SAFE_INTEGER);
  return {
    low: Math.max(lowBelow, holds(group, 'min') ? minimumOf(pool, group) : 0),
    high: Math.min(leaf ? most(pool.ceilingPacks) : sum('high'), maximum),
    reach: Math.min(leaf ? most(pool.floorPacks) : sum('reach'), maximum),
  };
};

const rulesOf = (pool: Pool, group: GroupRange): PackRule[] => {
  const rule = (kind: PackRule['kind'], text: string): PackRule => ({ group, kind, text });
  const here: PackRule[] = [];
  const inPacks = (way: 'up' | 'down', isSo = false) => (isSo ? `, rounded ${way} because packs are not opened` : '');
  const minimum = minimumOf(pool, group);
  const isRaised = group.rounded?.min === true && minimum === group.minPacks;
  if (group.minPacks > 0) here.push(rule('min', `${group.id}: at least ${minimum} packs${inPacks('up', isRaised)}`));
  if (group.maxPacks < Number.MAX_SAFE_INTEGER)
    here.push(rule('max', `${group.id}: at most ${group.maxPacks} packs${inPacks('down', group.rounded?.max)}`));
  if (group.children.length === 0) {
    here.push(rule('fixed', `${group.id}: ${sumRange(pool.fixedPacks, group.from, group.to)} packs already ordered`));
    here.push(rule('ceilings', `${group.id}: its sites can use ${usable(pool, group)} packs`));
  }
  if (group === pool.tree) here.push(rule('supply', `supply: ${pool.supply.packs} packs`));
  return [...here, ...group.children.flatMap((child) => rulesOf(pool, child))];
};

/** Drops rules one by one for as long as the group still clashes: what is left is a smallest set, each of it needed. */
const minimalClash = (pool: Pool, group: GroupRange): Clash => {
  let kept = rulesOf(pool, group);
  const clashes = (rules: readonly PackRule[]): boolean => {
    const set = new Set(rules.map((rule) => `${rule.group.id} ${rule.kind}`));
    const measure = (at: GroupRange): Packs => tighten(pool, at, measure, (where, kind) => set.has(`${where.id} ${kind}`));
    const { low, reach } = measure(group);
    return low > reach;
  };
  for (const rule of [...kept]) {
    const without = kept.filter((item) => item !== rule);
    if (clashes(without)) kept = without;
  }
  return { node: group.id, rules: kept.map((rule) => rule.text) };
};

/** Bounds of every group in whole packs, or the lowest group where they clash with the rules that clash there. */
export const packBounds = (pool: Pool): { readonly bounds: PackBounds } | { readonly clash: Clash } => {
  const bounds = new Map<GroupRange, Packs>();
  for (const group of upward(pool.tree)) {
    const packs = tighten(pool, group, (child) => bounds.get(child) ?? NONE, () => true);
    if (packs.low > packs.reach) return { clash: minimalClash(pool, group) };
    bounds.set(group, packs);
  }
  return { bounds };
};

/** What each group is to get at least, in micro-doses: its own minimum alone, which the floors stage pours. */
export const floorMicro = (pool: Pool): Map<GroupRange, number> =>
  new Map(upward(pool.tree).map((group) => [group, minimumOf(pool, group) * pool.packMicro]));

/** Raises the low bound of one group (a reserve met in whole packs) and of all groups above it. */
export const raiseLow = (pool: Pool, bounds: PackBounds, groupId: string, packs: number): PackBounds => {
  const raised = new Map(bounds);
  for (const group of upward(pool.tree)) {
    const own = bounds.get(group) ?? NONE;
    const below = group.children.reduce((total, child) => total + (raised.get(child)?.low ?? 0), 0);
    const low = Math.max(own.low, below, group.id === groupId ? packs : 0);
    raised.set(group, { ...own, low });
  }
  return raised;
};
