import { splitPacks } from '../awards/packs.ts';
import { ceilDiv, floorDiv } from '../quantity.ts';
import { sumRange, upward } from '../tree.ts';
import { unitsOf } from './model.ts';
import type { JointModel, JointPacks, PackSize } from './model.ts';
import type { GroupRange } from '../tree.ts';

/**
 * A good split of any size: pack sizes one after another, the largest first, each by least squares down the tree against what is
 * still due. Sites left with less than their smallest clinic are closed, the half furthest off first, and all is shared again.
 * How far it may be from the best is told by `lowestSquares`.
 */
interface Room {
  readonly low: number;
  readonly high: number;
}

/** Bounds of every group in packs of one size, over what it holds already. Minimums fall to the last size. */
const roomsOf = (
  model: JointModel,
  size: PackSize,
  high: Float64Array,
  units: Float64Array,
  last: boolean,
): Map<GroupRange, Room> => {
  const rooms = new Map<GroupRange, Room>();
  for (const group of upward(model.tree)) {
    const { from, to, children } = group;
    const bounds = model.bounds.get(group) ?? { low: 0, high: 0 };
    const held = sumRange(units, from, to);
    const below = (side: keyof Room) => children.reduce((sum, child) => sum + (rooms.get(child)?.[side] ?? 0), 0);
    const most = children.length === 0 ? sumRange(high, from, to) : below('high');
    const top = Math.max(0, Math.min(most, floorDiv(bounds.high - held, size.units)));
    const least = last ? Math.max(below('low'), ceilDiv(bounds.low - held, size.units)) : 0;
    rooms.set(group, { low: Math.min(top, least), high: top });
  }
  return rooms;
};

/** Shares out packs of one size on top of what sites hold. A group that cannot keep all its children's minimums keeps none. */
const shareSize = (model: JointModel, size: PackSize, high: Float64Array, units: Float64Array, last: boolean): Float64Array => {
  const rooms = roomsOf(model, size, high, units, last);
  const packMicro = size.units * model.unitMicro;
  const due = model.due.map((micro, at) => micro - (units[at] ?? 0) * model.unitMicro);
  const out = new Float64Array(due.length);
  const descend = (group: GroupRange, packs: number): void => {
    const { from, to, children } = group;
    if (children.length === 0) {
      const own = due.subarray(from, to);
      const claims = { due: own, debt: own, low: new Float64Array(to - from), high: high.subarray(from, to) };
      out.set(splitPacks(claims, packs, packMicro), from);
      return;
    }
    const lows = Float64Array.from(children, (child) => rooms.get(child)?.low ?? 0);
    const dues = Float64Array.from(children, (child) => sumRange(due, child.from, child.to));
    const claims = {
      due: dues,
      debt: dues,
      low: sumRange(lows, 0, lows.length) > packs ? lows.fill(0) : lows,
      high: Float64Array.from(children, (child) => rooms.get(child)?.high ?? 0),
    };
    const split = splitPacks(claims, packs, packMicro);
    children.forEach((child, at) => {
      descend(child, split[at] ?? 0);
    });
  };
  const room = floorDiv(model.units - sumRange(units, 0, units.length), size.units);
  descend(model.tree, Math.max(0, Math.min(size.supply.packs, room, rooms.get(model.tree)?.high ?? 0)));
  return out;
};

/** One round over all sizes, with some sites closed to anything beyond what is fixed. */
const shareAll = (model: JointModel, closed: Uint8Array): JointPacks => {
  const packs = model.fixed.map((fixed) => fixed.slice());
  model.sizes.forEach((size, at) => {
    const units = unitsOf(model, packs);
    const left = size.supply.packs - sumRange(packs[at] ?? new Float64Array(), 0, model.due.length);
    const room = (site: number) => floorDiv((model.most[site] ?? 0) - (units[site] ?? 0), size.units);
    const high = model.due.map((_, site) => (closed[site] ? 0 : Math.max(0, Math.min(left, room(site)))));
    const more = shareSize(
      model,
      { ...size, supply: { ...size.supply, packs: left } },
      high,
      units,
      at === model.sizes.length - 1,
    );
    more.forEach((given, site) => {
      const own = packs[at];
      if (own) own[site] = (own[site] ?? 0) + given;
    });
  });
  return packs;
};

/** Sites that hold more than is fixed and less than their smallest clinic, the one furthest from it first. */
const tooSmall = (model: JointModel, packs: JointPacks): number[] => {
  const units = unitsOf(model, packs);
  const fixed = unitsOf(model, model.fixed);
  const sites = Array.from(units.keys()).filter((site) => {
    const held = units[site] ?? 0;
    return held > (fixed[site] ?? 0) && held < (model.least[site] ?? 0);
  });
  const share = (a: number, b: number) => BigInt(model.due[a] ?? 0) * BigInt(model.least[b] ?? 0);
  return sites.sort((a, b) => {
    const gap = share(a, b) - share(b, a);
    return gap < 0n ? -1 : gap > 0n ? 1 : a - b;
  });
};

/** A split within every maximum and every all-or-nothing rule. Each round closes a site: no more rounds than sites. */
export const splitInTurns = (model: JointModel): JointPacks => {
  const closed = new Uint8Array(model.due.length);
  for (;;) {
    const packs = shareAll(model, closed);
    const small = tooSmall(model, packs);
    if (small.length === 0) return packs;
    for (const site of small.slice(0, ceilDiv(small.length, 2))) closed[site] = 1;
  }
};
