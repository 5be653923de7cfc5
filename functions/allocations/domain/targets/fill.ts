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

/** The sites of a range not fixed yet, and what is left for them. Bounds are copies: `out` may be one of the vessels' own. */
interface Free {
  readonly site: Int32Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly weight: Float64Array;
  count: number;
  left: number;
}

const openFree = ({ low, high, weight }: Vessels, from: number, to: number, amount: number, out: Float64Array): Free => {
  const size = to - from;
  const row = () => new Float64Array(size);
  const free = { site: new Int32Array(size), low: row(), high: row(), weight: row() };
  let count = 0;
  let left = amount;
  for (let site = from; site < to; site += 1) {
    const floor = low[site] ?? 0;
    const ceiling = high[site] ?? 0;
    const load = weight[site] ?? 0;
    if (load > 0 && floor < ceiling) {
      free.site[count] = site;
      free.low[count] = floor;
      free.high[count] = ceiling;
      free.weight[count] = load;
      count += 1;
    } else {
      out[site] = floor;
      left -= floor;
    }
  }
  return { ...free, count, left };
};

/** The level that shares what is left over all free sites by weight. */
const freeLevel = (free: Free): Level => {
  let total = 0;
  let heaviest = 0;
  for (let at = 0; at < free.count; at += 1) {
    const load = free.weight[at] ?? 0;
    total += load;
    if (load > heaviest) heaviest = load;
  }
  return levelOf(free.left, total, heaviest);
};

/** 'low': the level is too high, so sites it leaves under their low bound stay there; 'high': the same above; 'none': it fits. */
const sideToPeg = (free: Free, level: Level): 'low' | 'high' | 'none' => {
  let bounds = 0;
  let middle = 0;
  let outside = false;
  for (let at = 0; at < free.count; at += 1) {
    const load = free.weight[at] ?? 0;
    if (sideOf(level, load, free.low[at] ?? 0) < 0) {
      bounds += free.low[at] ?? 0;
      outside = true;
    } else if (sideOf(level, load, free.high[at] ?? 0) > 0) {
      bounds += free.high[at] ?? 0;
      outside = true;
    } else middle += load;
  }
  if (!outside) return 'none';
  const excess = BigInt(bounds) * BigInt(level.total) + BigInt(free.left) * (BigInt(middle) - BigInt(level.total));
  return excess >= 0n ? 'low' : 'high';
};

/** Fixes the sites that the level pushes past one side at their bound there, and closes the gaps they leave. */
const peg = (free: Free, level: Level, side: 'low' | 'high', out: Float64Array): void => {
  let kept = 0;
  for (let at = 0; at < free.count; at += 1) {
    const bound = free[side][at] ?? 0;
    const past = sideOf(level, free.weight[at] ?? 0, bound);
    if (side === 'low' ? past < 0 : past > 0) {
      out[free.site[at] ?? 0] = bound;
      free.left -= bound;
    } else {
      free.site[kept] = free.site[at] ?? 0;
      free.low[kept] = free.low[at] ?? 0;
      free.high[kept] = free.high[at] ?? 0;
      free.weight[kept] = free.weight[at] ?? 0;
      kept += 1;
    }
  }
  free.count = kept;
};

/** Gives each free site level * weight, carrying the fraction along so that the whole adds up to the amount exactly. */
const pourFree = (free: Free, level: Level, out: Float64Array): void => {
  let carry = 0;
  for (let at = 0; at < free.count; at += 1) {
    const load = free.weight[at] ?? 0;
    let more: number;
    if (level.small) {
      const parts = carry + level.rest * load;
      carry = parts % level.total;
      more = (parts - carry) / level.total;
    } else {
      const parts = BigInt(carry) + BigInt(level.rest) * BigInt(load);
      carry = Number(parts % BigInt(level.total));
      more = Number(parts / BigInt(level.total));
    }
    out[free.site[at] ?? 0] = level.whole * load + more;
  }
};

/**
 * Fills the vessels of [from, to) with `amount` micro-doses into `out`, which may be `low` or `high` itself.
 * Sites without weight stay at their low bound. Throws RangeError when the amount does not lie between the bounds.
 */
export const fill = (vessels: Vessels, from: number, to: number, amount: number, out: Float64Array): void => {
  const free = openFree(vessels, from, to, amount, out);
  while (free.count > 0) {
    const level = freeLevel(free);
    const side = sideToPeg(free, level);
    if (side === 'none') {
      pourFree(free, level, out);
      return;
    }
    peg(free, level, side, out);
  }
  if (free.left !== 0) throw new RangeError('an amount outside the bounds was to be filled');
};
