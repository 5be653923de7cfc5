import { familyNeeds, keptForDue, serveFamily } from '../hubs/due.ts';
import { memberPlaces } from '../hubs/takers.ts';
import { MICRO, ceilDiv, floorDiv } from '../quantity.ts';
import { sumRange, total, upward } from '../tree.ts';
import { fill } from './fill.ts';
import { stageShare } from './plan.ts';
import { serveDue } from './serve-due.ts';
import type { DueRow } from '../hubs/due.ts';
import type { Policy } from '../policy/policy.ts';
import type { Pool } from '../pool.ts';
import type { GroupRange } from '../tree.ts';
import type { Course } from './course.ts';
import type { Step } from './plan.ts';

export interface PouredDue {
  readonly gain: Float64Array;
  /** What packs opened for the due doses of a hub hold beside them, and its sites may have: as the stage that shares doses out gives it. */
  readonly beside?: { readonly stage: Step['stage']; readonly gain: Float64Array };
}

/** The stage by whose weights sites share what a pack of their hub holds beside due doses: the next that shares out all there is, else the last. */
const sharingStep = (steps: readonly Step[], at: number): Step | undefined => {
  const shares = ({ stage, gainLimit }: Step): boolean =>
    (stage.kind === 'open' || stage.kind === 'tier') && stageShare(stage) === undefined && gainLimit === undefined;
  return steps.slice(at + 1).find(shares) ?? steps.slice(0, at).findLast(shares);
};

const plus = (...rows: readonly Float64Array[]): Float64Array =>
  Float64Array.from(rows[0] ?? [], (_, at) => rows.reduce((sum, row) => sum + (row[at] ?? 0), 0));

interface Opening {
  /** Doses due before it are what packs are opened for; in a pack that is open, those due before `last` come next. */
  readonly end: string;
  readonly last: string;
  readonly sharing: Step | undefined;
}

/**
 * What a hub's sites have of packs opened for their due doses: doses due first, then what sites may have beside them, by the weights of the
 * stage that shares doses out; the rest is the hub's. One figure for each of its sites.
 */
const openPacks = ({ pool, has: hasAll, ceiling }: Course, family: GroupRange, micro: number, { end, last, sharing }: Opening) => {
  const { from, to } = family;
  const has = hasAll.slice(from, to);
  const now = serveFamily(pool, family, end, has, micro);
  const later = serveFamily(pool, family, last, plus(has, now), micro - total(now));
  const due = plus(now, later);
  const rest = micro - total(due);
  const low = plus(has, due);
  const out = low.slice();
  if (sharing !== undefined) {
    const weight = sharing.weight.slice(from, to);
    const high = low.map((least, place) => ((weight[place] ?? 0) > 0 ? Math.max(least, ceiling[from + place] ?? 0) : least));
    fill({ low, high, weight }, 0, has.length, Math.min(total(low) + rest, total(high)), out);
  }
  const beside = out.map((most, place) => most - (low[place] ?? 0));
  due[0] = (due[0] ?? 0) + rest - total(beside);
  return { due, beside };
};

/** Whole packs of a hub that later splits keep, laid on what its sites have of them: due doses first, then the hub's, then the others'. */
const keptBySite = (kept: Float64Array, has: Float64Array): Float64Array => {
  const laid = kept.slice();
  let over = Math.max(0, (laid[0] ?? 0) - (has[0] ?? 0));
  laid[0] = (laid[0] ?? 0) - over;
  for (let at = 1; at < laid.length; at += 1) {
    const more = Math.min(over, Math.max(0, (has[at] ?? 0) - (laid[at] ?? 0)));
    laid[at] = (laid[at] ?? 0) + more;
    over -= more;
  }
  return laid;
};

/** Serves second doses due of one step, and notes what of each site's doses does. A hub's sites are served as one. */
export const pourDue = (course: Course, policy: Policy, steps: readonly Step[], step: number, amount: number, dueMicro: Float64Array): PouredDue => {
  const end = steps[step]?.dueBefore ?? '';
  const last = steps.map(({ dueBefore = '' }) => dueBefore).sort().at(-1) ?? '';
  const sharing = sharingStep(steps, step);
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
    const rows = familyNeeds(pool, family, end, has.slice(from, to));
    due.fill([], from, to).fill(rows, from, from + 1);
    joined.fill(0, from, to).fill(sumRange(has, from, to), from, from + 1);
    most.fill(0, from, to).fill(maxPacks * pool.packMicro, from, from + 1);
  }
  const gain = serveDue({ pool, has: joined, due, most, room, granule, brought: start.brought }, end, amount);
  const isShared = new Set(families.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at)));
  for (const [site, line] of pool.lines.entries()) {
    const unit = granule[site] ?? 0;
    if (unit < pool.dueStep || line.due.length === 0 || isShared.has(site)) continue; // by the vial: asked only who goes to a hub
    const inDue = line.due.reduce((sum, { day, doses }) => (day < end ? sum + doses * MICRO : sum), 0);
    const served = floorDiv((has[site] ?? 0) + (gain[site] ?? 0), unit);
    dueMicro[site] = Math.max(dueMicro[site] ?? 0, Math.min(ceilDiv(inDue, unit), served) * unit);
  }
  const beside = new Float64Array(has.length);
  for (const family of families) {
    const { from, to } = family;
    const given = gain[from] ?? 0;
    const opened = openPacks(course, family, given, { end, last, sharing });
    gain.set(opened.due, from);
    beside.set(opened.beside, from);
    const kept = keptForDue(pool, family, end, (joined[from] ?? 0) + given);
    if (total(kept) >= sumRange(dueMicro, from, to)) dueMicro.set(keptBySite(kept, plus(has.slice(from, to), opened.due, opened.beside)), from);
  }
  return { gain, ...(sharing !== undefined && { beside: { stage: sharing.stage, gain: beside } }) };
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
