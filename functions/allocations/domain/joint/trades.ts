import { mayHold, unitsOf } from './model.ts';
import type { JointModel, JointPacks, PackSize } from './model.ts';
import type { GroupRange } from '../tree.ts';

/**
 * Makes a split better by trades between two sites: packs of one size against none, or against packs of another size. Every trade lowers
 * the sum of squares, keeps what is placed and the packs of each size, and breaks no ceiling, clinic or bound of a group. It stops when
 * no pair it looks at has one left; whether any split is better still, the certified bound tells.
 */
interface Trade {
  /** By size: packs handed over; what comes back is negative. */
  readonly packs: readonly number[];
  /** Units that change hands: more than none. */
  readonly units: number;
}

/** Packs of a size that one trade may move. Trays of 1,170 and 450 meet within 90 doses at two against five. */
const MOST_PACKS = 5;
/** Rounds over all groups. Some fifteen are needed at 5,000 sites; the objective falls with every trade, so it ends by itself. */
const MOST_ROUNDS = 60;

const tradesOf = (sizes: readonly PackSize[]): Trade[] => {
  const of = (at: number, count: number, other: number, back: number): Trade => ({
    packs: sizes.map((_, place) => (place === at ? count : place === other ? -back : 0)),
    units: count * (sizes[at]?.units ?? 0) - back * (sizes[other]?.units ?? 0),
  });
  const counts = Array.from({ length: MOST_PACKS }, (_, at) => at + 1);
  const single = sizes.map((_, at) => of(at, 1, -1, 0));
  const mixed = sizes.flatMap((_, at) =>
    sizes.flatMap((_size, other) => (other === at ? [] : counts.flatMap((count) => counts.map((back) => of(at, count, other, back))))),
  );
  return [...single, ...mixed].filter(({ units }) => units > 0).sort((a, b) => b.units - a.units);
};

/** A group below the root, or a site: how far it is from its due. */
interface Standing {
  held: number;
  gapMicro: number;
  readonly low: number;
  readonly high: number;
}

class Split {
  readonly model: JointModel;
  readonly packs: Float64Array[];
  readonly #units: Float64Array;
  readonly #fixed: Float64Array;
  /** For each site the groups over it, from below the root down, the site itself last. */
  readonly #paths: Standing[][];

  constructor(model: JointModel, packs: JointPacks) {
    this.model = model;
    this.packs = packs.map((given) => given.slice());
    this.#units = unitsOf(model, packs);
    this.#fixed = unitsOf(model, model.fixed);
    this.#paths = Array.from(this.#units, () => []);
    this.#lay(model.tree);
    this.#paths.forEach((path, site) => path.push(this.#standing(site, site + 1, 0, model.most[site] ?? 0)));
  }

  #standing(from: number, to: number, low: number, high: number): Standing {
    let [held, gapMicro] = [0, 0];
    for (let at = from; at < to; at += 1) {
      held += this.#units[at] ?? 0;
      gapMicro += (this.#units[at] ?? 0) * this.model.unitMicro - (this.model.due[at] ?? 0);
    }
    return { held, gapMicro, low, high };
  }

  #lay(group: GroupRange): void {
    const { low = 0, high = 0 } = this.model.bounds.get(group) ?? {};
    const standing = group === this.model.tree ? undefined : this.#standing(group.from, group.to, low, high);
    for (let at = group.from; standing && at < group.to; at += 1) this.#paths[at]?.push(standing);
    group.children.forEach((child) => {
      this.#lay(child);
    });
  }

  /** How much a site and the groups between it and `depth` levels of its path are over their due, together. */
  pressure(site: number, depth: number): number {
    return (this.#paths[site] ?? []).slice(depth).reduce((sum, { gapMicro }) => sum + gapMicro, 0);
  }

  canMove(site: number, { packs, units }: Trade, sign: 1 | -1): boolean {
    const after = (this.#paths[site]?.at(-1)?.held ?? 0) + sign * units;
    if (after > (this.model.most[site] ?? 0) || !mayHold(this.model, site, after, this.#fixed[site] ?? 0)) return false;
    return packs.every((count, at) => (this.packs[at]?.[site] ?? 0) + sign * count >= (this.model.fixed[at]?.[site] ?? 0));
  }

  /** Makes the trade when it lowers the sum of squares and every group stays within its bounds. */
  trade(giver: number, taker: number, { packs, units }: Trade): boolean {
    const [from = [], to = []] = [this.#paths[giver], this.#paths[taker]];
    let shared = 0;
    while (from[shared] === to[shared]) shared += 1;
    const [less, more] = [from.slice(shared), to.slice(shared)];
    const moved = units * this.model.unitMicro;
    // The change of the sum of squares, divided by what moves: whole numbers below 2^53.
    const slope =
      less.reduce((sum, { gapMicro }) => sum + moved - 2 * gapMicro, 0) + more.reduce((sum, { gapMicro }) => sum + moved + 2 * gapMicro, 0);
    if (slope >= 0 || less.some(({ held, low }) => held - units < low) || more.some(({ held, high }) => held + units > high)) return false;
    for (const [path, sign] of [[less, -1], [more, 1]] as const)
      for (const standing of path) {
        standing.held += sign * units;
        standing.gapMicro += sign * moved;
      }
    packs.forEach((count, at) => {
      const row = this.packs[at];
      if (!row) return;
      row[giver] = (row[giver] ?? 0) - count;
      row[taker] = (row[taker] ?? 0) + count;
    });
    return true;
  }
}

/** Pairs those furthest over their due with those furthest under it, trade by trade. */
const tradeWithin = (split: Split, group: GroupRange, depth: number, trades: readonly Trade[]): boolean => {
  const sites = Array.from({ length: group.to - group.from }, (_, at) => group.from + at);
  const pressure = new Map(sites.map((site) => [site, split.pressure(site, depth)]));
  const down = sites.sort((a, b) => (pressure.get(b) ?? 0) - (pressure.get(a) ?? 0) || a - b);
  const up = down.toReversed();
  let changed = false;
  for (const trade of trades) {
    const givers = down.filter((site) => split.canMove(site, trade, -1));
    const takers = up.filter((site) => split.canMove(site, trade, 1));
    const pairs = Math.min(givers.length, takers.length);
    for (let at = 0; at < pairs; at += 1) {
      const [giver = 0, taker = 0] = [givers[at], takers[at]];
      if (giver === taker || !split.canMove(giver, trade, -1) || !split.canMove(taker, trade, 1)) continue;
      if (!split.trade(giver, taker, trade)) break;
      changed = true;
    }
  }
  return changed;
};

/** A split at least as good, placing the same packs. */
export const improveByTrades = (model: JointModel, packs: JointPacks): JointPacks => {
  const split = new Split(model, packs);
  const trades = tradesOf(model.sizes);
  const round = (group: GroupRange, depth: number): boolean =>
    [...group.children.map((child) => round(child, depth + 1)), tradeWithin(split, group, depth, trades)].includes(true);
  for (let at = 0; at < MOST_ROUNDS && round(model.tree, 0); at += 1);
  return split.packs;
};
