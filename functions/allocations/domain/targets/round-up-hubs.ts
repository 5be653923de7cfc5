import { sumRange } from '../tree.ts';
import type { Course } from './course.ts';
import type { Step } from './plan.ts';

/**
 * Rounds hubs up to whole packs out of what no stage places, where all their sites have what they may have: a site alone is not held
 * back by what others lack of a pack. What is over stays with the hub. The smallest first; nothing beyond a group's maximum.
 */
export const roundUpHubs = ({ pool, has, ceiling, groups }: Course, steps: readonly Step[], amount: number): Float64Array => {
  const gain = new Float64Array(has.length);
  const isFull = (at: number): boolean => (has[at] ?? 0) >= (ceiling[at] ?? 0) || !steps.some(({ weight }) => (weight[at] ?? 0) > 0);
  const missing = groups.filter(({ byVial }) => byVial).flatMap(({ from, to }) => {
    const over = sumRange(has, from, to) % pool.packMicro;
    return over > 0 && Array.from({ length: to - from }, (_, at) => from + at).every(isFull) ? [{ from, micro: pool.packMicro - over }] : [];
  });
  let left = amount;
  for (const { from, micro } of missing.sort((a, b) => a.micro - b.micro || a.from - b.from)) {
    const hasRoom = groups.every(
      (group) =>
        from < group.from ||
        from >= group.to ||
        group.maxPacks > pool.supply.packs ||
        sumRange(has, group.from, group.to) + sumRange(gain, group.from, group.to) + micro <= group.maxPacks * pool.packMicro,
    );
    if (micro > left || !hasRoom) continue;
    gain[from] = micro;
    left -= micro;
  }
  return gain;
};
