import { unitsOf, mayHold, shortfall } from './model.ts';
import { sumRange, upward } from '../tree.ts';
import type { JointModel, JointPacks } from './model.ts';
import type { GroupRange } from '../tree.ts';

/**
 * A sum of squares that no split of the same total can fall below. Sites may hold any amount between two they can really hold, at
 * the price on the straight line between, and sizes only have to add up to the total: a convex problem over nested groups, solved
 * by taking the cheapest units first from the lowest groups up. The straight line from a to b units has the slope
 * (a + b) * unit - 2 * due, a whole number, so the bound is exact arithmetic throughout.
 */

/** Units beyond which the bound is not worked out and nought stands in for it. */
const MOST_UNITS = 4_000_000;

/** The cost of a group by what it holds: `base` at `low` units, then one slope for each unit more, cheapest first. */
interface Curve {
  readonly low: number;
  readonly base: bigint;
  readonly slopes: Float64Array;
}

const costAt = (model: JointModel, units: number, due: number): bigint =>
  BigInt(units) * (BigInt(units) * BigInt(model.unitMicro) - 2n * BigInt(due));

/** Amounts a site can be made to hold by some mix of sizes, within its ceiling and its smallest clinic. */
const holdings = (model: JointModel, site: number): number[] => {
  const fixed = model.fixed.reduce((sum, packs, at) => sum + (packs[site] ?? 0) * (model.sizes[at]?.units ?? 0), 0);
  const most = Math.max(fixed, model.most[site] ?? 0);
  const reached = new Uint8Array(most - fixed + 1);
  reached[0] = 1;
  for (let more = 1; more <= most - fixed; more += 1) {
    if (model.sizes.some((size) => more >= size.units && reached[more - size.units] === 1)) reached[more] = 1;
  }
  return Array.from(reached.keys())
    .filter((more) => reached[more] === 1 && mayHold(model, site, fixed + more, fixed))
    .map((more) => fixed + more);
};

const siteCurve = (model: JointModel, site: number): Curve => {
  const amounts = holdings(model, site);
  const low = amounts[0] ?? 0;
  const due = model.due[site] ?? 0;
  const slopes = new Float64Array((amounts.at(-1) ?? low) - low);
  amounts.slice(1).forEach((to, at) => {
    const from = amounts[at] ?? low;
    slopes.fill((from + to) * model.unitMicro - 2 * due, from - low, to - low);
  });
  return { low, base: costAt(model, low, due), slopes };
};

const merge = (curves: readonly Curve[]): Curve => {
  const slopes = new Float64Array(curves.reduce((sum, curve) => sum + curve.slopes.length, 0));
  let at = 0;
  for (const curve of curves) {
    slopes.set(curve.slopes, at);
    at += curve.slopes.length;
  }
  return {
    low: curves.reduce((sum, curve) => sum + curve.low, 0),
    base: curves.reduce((sum, curve) => sum + curve.base, 0n),
    slopes: slopes.sort(),
  };
};

const raise = ({ low, base, slopes }: Curve, to: number): Curve => ({
  low: to,
  base: slopes.subarray(0, to - low).reduce<bigint>((sum, slope) => sum + BigInt(slope), base),
  slopes: slopes.subarray(to - low),
});

const groupCurve = (model: JointModel, group: GroupRange, minimums: boolean): Curve => {
  const { from, to, children } = group;
  const below =
    children.length > 0
      ? children.map((child) => groupCurve(model, child, minimums))
      : Array.from({ length: to - from }, (_, at) => siteCurve(model, from + at));
  const merged = merge(below);
  const { low: least, high } = model.bounds.get(group) ?? { low: 0, high: 0 };
  const most = { ...merged, slopes: merged.slopes.subarray(0, Math.max(0, high - merged.low)) };
  const lowest = Math.min(most.low + most.slopes.length, minimums ? Math.max(least, most.low) : most.low);
  const curve = raise(most, lowest);
  if (group === model.tree) return curve;
  const due = sumRange(model.due, from, to);
  return {
    low: curve.low,
    base: curve.base + costAt(model, curve.low, due),
    slopes: curve.slopes.map((slope, at) => slope + (2 * (curve.low + at) + 1) * model.unitMicro - 2 * due),
  };
};

/** The lowest sum of squares (square micro-doses) that any split placing as much, and meeting as many minimums, could have. */
export const lowestSquares = (model: JointModel, packs: JointPacks): bigint => {
  const units = unitsOf(model, packs);
  const placed = sumRange(units, 0, units.length);
  if (sumRange(model.most, 0, model.most.length) > MOST_UNITS) return 0n;
  const curve = groupCurve(model, model.tree, shortfall(model, units) === 0);
  const { base } = raise(curve, placed);
  const groups = upward(model.tree).filter((group) => group !== model.tree);
  const square = (due: number) => BigInt(due) * BigInt(due);
  const constant =
    groups.reduce((sum, group) => sum + square(sumRange(model.due, group.from, group.to)), 0n) +
    model.due.reduce((sum, due) => sum + square(due), 0n);
  const bound = base * BigInt(model.unitMicro) + constant;
  return bound > 0n ? bound : 0n;
};
