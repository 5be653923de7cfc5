import { sumRange } from '../tree.ts';
import type { Course } from './course.ts';
import type { Step } from './plan.ts';

/**
 * Rounds hubs up to whole packs out of what no stage places, where all their sites have what they may have: a site alone is not held
 * back by what others lack of a pack. What is over stays with the hub. Those that lack least come first, the last of them as far as it goes:
 * parts of packs that several hubs have begun make up whole ones. Nothing beyond a group's maximum.
 */
export const roundUpHubs = ({ pool, has, ceiling, groups }: Course, steps: readonly Step[], amount: number): Float64Array => {
  const gain = new Float64Array(has.length);
  const isFull = (at: number): boolean => (has[at] ?? 0) >= (ceiling[at] ?? 0) || !steps.some(({ weight }) => (weight[at] ?? 0) > 0);
  const begun = groups.filter(({ byVial }) => byVial).flatMap(({ from, to }) => {
    const over = sumRange(has, from, to) % pool.packMicro;
    return over > 0 && Array.from({ length: to - from }, (_, at) => from + at).every(isFull) ? [{ from, micro: pool.packMicro - over }] : [];
  });
  const bounded = groups.filter(({ maxPacks }) => maxPacks <= pool.supply.packs); // all there is fills no other
  const roomAt = (at: number): number => {
    const over = bounded.filter(({ from, to }) => from <= at && at < to);
    return Math.min(...over.map(({ from, to, maxPacks }) => maxPacks * pool.packMicro - sumRange(has, from, to) - sumRange(gain, from, to)));
  };
  let left = amount;
  for (const { from, micro } of begun.sort((a, b) => a.micro - b.micro)) {
    const given = Math.min(micro, left, roomAt(from));
    gain[from] = given;
    left -= given;
  }
  return gain;
};
