import { sumRange, upward } from '../tree.ts';
import type { PackBounds } from '../awards/bounds.ts';
import type { SupplyLine } from '../inputs.ts';
import type { GroupRange } from '../tree.ts';

/** One size of pack, and how many of the pool's common units of doses it holds. */
export interface PackSize {
  readonly supply: SupplyLine;
  readonly units: number;
}

/**
 * Packs that cannot be shared out one after another: several sizes of one product, or sites that take a whole clinic or nothing.
 * Amounts are counted in units, the largest number of doses that divides every size. Arrays run in the pool's site order.
 */
export interface JointModel {
  readonly tree: GroupRange;
  /** Every group's bounds, in units. A maximum always holds; a minimum that no whole packs can meet is missed by the least. */
  readonly bounds: PackBounds;
  /** Largest first. */
  readonly sizes: readonly PackSize[];
  readonly unitMicro: number;
  /** Target and old debt, in micro-doses. */
  readonly due: Float64Array;
  readonly most: Float64Array;
  /** The least a site takes beyond what is fixed: all of it, or nothing more. */
  readonly least: Float64Array;
  /** Packs of each size already ordered. */
  readonly fixed: readonly Float64Array[];
  /** The most to place. */
  readonly units: number;
}

/** Packs of each size by site. */
export type JointPacks = readonly Float64Array[];

/** What each site holds, in units. */
export const unitsOf = (model: JointModel, packs: JointPacks): Float64Array =>
  model.due.map((_, site) => model.sizes.reduce((sum, size, at) => sum + size.units * (packs[at]?.[site] ?? 0), 0));

/** Whether a site may hold so many units: what is fixed, or at least its smallest clinic. */
export const mayHold = (model: JointModel, site: number, units: number, fixedUnits: number): boolean =>
  units === fixedUnits || units >= (model.least[site] ?? 0);

/** Units by which groups miss their minimums. */
export const shortfall = (model: JointModel, units: Float64Array): number =>
  upward(model.tree).reduce((sum, group) => {
    const low = model.bounds.get(group)?.low ?? 0;
    return sum + Math.max(0, low - sumRange(units, group.from, group.to));
  }, 0);

/**
 * What a split is judged by, exactly, in square micro-doses: the sum of (doses - due)^2 over every group below the root and every
 * site, so that a town's share counts as well as its sites' shares.
 */
export const squares = (model: JointModel, units: Float64Array): bigint => {
  const square = (from: number, to: number): bigint => {
    const gap = BigInt(sumRange(units, from, to)) * BigInt(model.unitMicro) - BigInt(sumRange(model.due, from, to));
    return gap * gap;
  };
  const groups = upward(model.tree).filter((group) => group !== model.tree);
  const overGroups = groups.reduce((sum, group) => sum + square(group.from, group.to), 0n);
  return units.reduce((sum, _, site) => sum + square(site, site + 1), overGroups);
};
