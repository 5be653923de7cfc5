import { floorDiv } from '../quantity.ts';

/** One claimant of a split: what it should have (target + debt, micro-doses), its bounds in packs, and its place in a tie. */
export interface Claims {
  readonly due: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly debt: Float64Array;
}

/**
 * Splits `packs` whole packs by least sum of (packs given * pack - due)^2 within the bounds, exactly.
 * The next pack of a claimant with x packs lowers that sum by more the greater `due - x * pack`; so all packs above one common
 * level go out, and the level is found by halving over whole micro-doses. Those exactly on the level tie: larger debt first,
 * then the order in which claimants are given, which the caller has drawn by ticket.
 */
export const splitPacks = (claims: Claims, packs: number, packMicro: number): Float64Array => {
  const { due, low, high } = claims;
  const size = due.length;
  const whole = new Float64Array(size);
  const rest = new Float64Array(size);
  for (let at = 0; at < size; at += 1) {
    whole[at] = floorDiv(due[at] ?? 0, packMicro);
    rest[at] = (due[at] ?? 0) - (whole[at] ?? 0) * packMicro;
  }
  const given = (at: number, lift: number, extra: number): number => {
    const x = (whole[at] ?? 0) + lift + ((rest[at] ?? 0) + extra >= packMicro ? 1 : 0);
    return Math.min(Math.max(x, low[at] ?? 0), high[at] ?? 0);
  };
  const count = (lift: number, extra: number): number => {
    let sum = 0;
    for (let at = 0; at < size; at += 1) sum += given(at, lift, extra);
    return sum;
  };
  const lift = lastLift((value) => count(value, 0) <= packs);
  const extra = lastWithin((value) => count(lift, value) <= packs, 0, packMicro - 1);
  const split = new Float64Array(size);
  for (let at = 0; at < size; at += 1) split[at] = given(at, lift, extra);
  const tied: number[] = [];
  let left = packs - count(lift, extra);
  for (let at = 0; left > 0 && at < size; at += 1) if (given(at, lift, extra + 1) > (split[at] ?? 0)) tied.push(at);
  tied.sort((a, b) => (claims.debt[b] ?? 0) - (claims.debt[a] ?? 0) || a - b);
  for (const at of tied.slice(0, left)) {
    split[at] = (split[at] ?? 0) + 1;
    left -= 1;
  }
  if (left !== 0) throw new RangeError('packs outside the bounds were to be split');
  return split;
};

/** A pool holds fewer packs than this, so no lift is larger. */
const MOST_PACKS = 2 ** 34;

/** The last whole number in [low, high] at which a test holds that holds up to some point only; `low` when it never does. */
const lastWithin = (holds: (value: number) => boolean, from: number, to: number): number => {
  if (holds(to)) return to;
  let low = from;
  let high = to;
  while (high - low > 1) {
    const middle = low + floorDiv(high - low, 2);
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
};

/** The same over all lifts, starting around no lift at all, where the answer nearly always lies. */
const lastLift = (holds: (value: number) => boolean): number => {
  let reach = 1;
  while (reach < MOST_PACKS && (!holds(-reach) || holds(reach))) reach *= 2;
  return lastWithin(holds, -reach, reach);
};
