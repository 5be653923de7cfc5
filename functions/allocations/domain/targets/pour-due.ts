import { familyNeeds, keptForDue, serveFamily } from '../hubs/due.ts';
import { memberPlaces } from '../hubs/takers.ts';
import { MICRO, ceilDiv, floorDiv } from '../quantity.ts';
import { sumRange, upward } from '../tree.ts';
import { serveDue } from './serve-due.ts';
import type { DueRow } from '../hubs/due.ts';
import type { Policy } from '../policy/policy.ts';
import type { Pool } from '../pool.ts';
import type { Course } from './course.ts';

/** Serves second doses due, and notes what of each site's doses does. A hub's sites are served as one. */
export const pourDue = (course: Course, policy: Policy, end: string, amount: number, dueMicro: Float64Array): Float64Array => {
  const { pool, has, groups, start } = course;
  const room = new Map(
    groups
      .filter((group) => group.maxPacks <= pool.supply.packs)
      .map((group) => [group, group.maxPacks * pool.packMicro - sumRange(has, group.from, group.to)]),
  );
  const granule = granules(pool, policy);
  const families = groups.filter(({ byVial }) => byVial);
  const [joined, most] = [has.slice(), pool.dueMicro.slice()];
  const due: (readonly DueRow[])[] = pool.lines.map((line) => line.due.map(({ day, doses }) => ({ day, micro: doses * MICRO })));
  for (const family of families) {
    const { from, to, maxPacks } = family;
    const rows = familyNeeds(pool, family, end, has);
    due.fill([], from, to).fill(rows, from, from + 1);
    joined.fill(0, from, to).fill(sumRange(has, from, to), from, from + 1);
    most.fill(0, from, to).fill(maxPacks * pool.packMicro, from, from + 1);
  }
  const gain = serveDue({ pool, has: joined, due, most, room, granule, brought: start.brought }, end, amount);
  const isShared = new Set(families.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at)));
  for (const [site, line] of pool.lines.entries()) {
    const step = granule[site] ?? 0;
    if (step < pool.dueStep || line.due.length === 0 || isShared.has(site)) continue; // by the vial: asked only who goes to a hub
    const total = line.due.reduce((sum, { day, doses }) => (day < end ? sum + doses * MICRO : sum), 0);
    const served = floorDiv((has[site] ?? 0) + (gain[site] ?? 0), step);
    dueMicro[site] = Math.max(dueMicro[site] ?? 0, Math.min(ceilDiv(total, step), served) * step);
  }
  for (const family of families) {
    const { from, to } = family;
    const given = gain[from] ?? 0;
    const kept = keptForDue(pool, family, end, (joined[from] ?? 0) + given);
    if (sumRange(kept, from, to) >= sumRange(dueMicro, from, to)) dueMicro.set(kept.subarray(from, to), from);
    const served = serveFamily(pool, family, end, has, given);
    served[from] = (served[from] ?? 0) + given - sumRange(served, from, to);
    gain.set(served.subarray(from, to), from);
  }
  return gain;
};

/** What each site's second doses come in: packs; vials for a site due less than one, while it is asked who expects under a pack and goes to its hub. */
const granules = (pool: Pool, policy: Policy): Float64Array => {
  const granule = new Float64Array(pool.sites.length).fill(pool.dueStep);
  if (upward(pool.tree).some(({ byVial }) => byVial)) return granule;
  const vialMicro = (pool.supply.vialDoses ?? pool.supply.packDoses) * MICRO;
  for (const site of memberPlaces(pool, policy)) {
    const due = pool.lines[site]?.due.reduce((sum, { doses }) => sum + doses * MICRO, 0) ?? 0;
    if (ceilDiv(due, vialMicro) * vialMicro < pool.dueStep) granule[site] = Math.min(vialMicro, pool.dueStep);
  }
  return granule;
};
