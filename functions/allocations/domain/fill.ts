/**
 * Water-filling: q = clamp(level * weight, low, high), the level chosen so that the q add up to the amount. It is the one
 * minimum of sum(q^2 / weight) between the bounds. The level is found exactly, as a ratio of whole numbers, by pegging
 * (Bitran and Hax): try the level of all free sites; those pushed past one side for certain are fixed there; repeat.
 * Figures are whole micro-doses; a site's q is its exact value rounded down or up, and the q add up exactly.
 */
export interface Vessels {
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly weight: Float64Array;
}

/** A level as whole part and remainder over the free weight: level = whole + rest / total. */
interface Level {
  readonly whole: number;
  readonly rest: number;
  readonly total: number;
  /** Whether rest * weight stays exact in a number for every free weight. */
  readonly small: boolean;
}

const levelOf = (amount: number, total: number, heaviest: number): Level => {
  const rest = amount % total;
  return { whole: (amount - rest) / total, rest, total, small: (heaviest + 1) * total <= Number.MAX_SAFE_INTEGER };
};

/** Sign of level * weight - bound, exactly. */
const sideOf = (level: Level, weight: number, bound: number): number => {
  const gap = bound - level.whole * weight;
  if (gap < 0) return 1;
  if (gap > weight) return -1;
  if (level.small) return level.rest * weight - gap * level.total;
  const difference = BigInt(level.rest) * BigInt(weight) - BigInt(gap) * BigInt(level.total);
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
};

/** Gives each free site level * weight, carrying the fraction along so that the whole adds up to the amount exactly. */
const pourFree = (free: Int32Array, count: number, level: Level, weight: Float64Array, out: Float64Array): void => {
  let carry = 0;
  for (let at = 0; at < count; at += 1) {
    const site = free[at] ?? 0;
    const load = weight[site] ?? 0;
    if (level.small) {
      const parts = carry + level.rest * load;
      carry = parts % level.total;
      out[site] = level.whole * load + (parts - carry) / level.total;
    } else {
      const parts = BigInt(carry) + BigInt(level.rest) * BigInt(load);
      carry = Number(parts % BigInt(level.total));
      out[site] = level.whole * load + Number(parts / BigInt(level.total));
    }
  }
};

/**
 * Fills the vessels of [from, to) with `amount` micro-doses into `out`. Sites without weight stay at their low bound.
 * The amount must lie between the sums of the low and the reachable high bounds; `out` may be `low` or `high` itself.
 */
export const fill = (vessels: Vessels, from: number, to: number, amount: number, out: Float64Array): void => {
  const { weight } = vessels;
  const low = vessels.low.slice(from, to);
  const high = vessels.high.slice(from, to);
  const free = new Int32Array(to - from);
  let count = 0;
  let left = amount;
  for (let site = from; site < to; site += 1) {
    const floor = low[site - from] ?? 0;
    if ((weight[site] ?? 0) > 0 && floor < (high[site - from] ?? 0)) {
      free[count] = site;
      count += 1;
    } else {
      out[site] = floor;
      left -= floor;
    }
  }
  while (count > 0) {
    let total = 0;
    let heaviest = 0;
    for (let at = 0; at < count; at += 1) {
      const load = weight[free[at] ?? 0] ?? 0;
      total += load;
      if (load > heaviest) heaviest = load;
    }
    const level = levelOf(left, total, heaviest);
    const side = peggedSide(level, left);
    if (side === 0) {
      pourFree(free, count, level, weight, out);
      return;
    }
    count = peg(level, side);
  }
  if (left !== 0) throw new RangeError('an amount outside the bounds was to be filled');

  /** 1: the level is too high, so sites under their low bound stay there; -1: too low, the same above; 0: it is the level. */
  function peggedSide(level: Level, amountLeft: number): -1 | 0 | 1 {
    let bounds = 0;
    let middle = 0;
    let outside = false;
    for (let at = 0; at < count; at += 1) {
      const site = free[at] ?? 0;
      const load = weight[site] ?? 0;
      const floor = low[site - from] ?? 0;
      const ceiling = high[site - from] ?? 0;
      if (sideOf(level, load, floor) < 0) {
        bounds += floor;
        outside = true;
      } else if (sideOf(level, load, ceiling) > 0) {
        bounds += ceiling;
        outside = true;
      } else middle += load;
    }
    if (!outside) return 0;
    const excess = BigInt(bounds) * BigInt(level.total) + BigInt(amountLeft) * (BigInt(middle) - BigInt(level.total));
    return excess >= 0n ? 1 : -1;
  }

  function peg(level: Level, side: 1 | -1): number {
    let kept = 0;
    for (let at = 0; at < count; at += 1) {
      const site = free[at] ?? 0;
      const bound = (side > 0 ? low : high)[site - from] ?? 0;
      const past = sideOf(level, weight[site] ?? 0, bound);
      if (side > 0 ? past < 0 : past > 0) {
        out[site] = bound;
        left -= bound;
      } else {
        free[kept] = site;
        kept += 1;
      }
    }
    return kept;
  }
};
