import { fill } from './fill.ts';
import { inGroup, planSteps, stageShare } from './plan.ts';
import { ceilDiv, shareOf } from './quantity.ts';
import { sumRange, upward } from './tree.ts';
import type { Step } from './plan.ts';
import type { Policy } from './policy.ts';
import type { Pool } from './pool.ts';
import type { GroupRange } from './tree.ts';

/** What one stage added to each site. `returned`: a reserve's unused doses going back to its pool. */
export interface Part {
  readonly stage: string;
  readonly kind: 'fixed' | 'floors' | 'second-doses' | 'tier' | 'reserve' | 'open' | 'returned' | 'whole-packs';
  readonly availableMicro: number;
  readonly usedMicro: number;
  readonly gain: Float64Array;
}

export interface Targets {
  readonly micro: Float64Array;
  readonly totalMicro: number;
  readonly parts: readonly Part[];
  readonly heldMicro: number;
}

/** The pool while its stages run: what each site has so far, and its ceiling, in micro-doses. */
interface Course {
  readonly pool: Pool;
  readonly has: Float64Array;
  readonly ceiling: Float64Array;
  readonly groups: readonly GroupRange[];
  readonly floors: ReadonlyMap<GroupRange, number>;
}

const total = (values: Float64Array): number => sumRange(values, 0, values.length);

/**
 * Pours up to `amount` through one step. Each group with a maximum, from the lowest up, is filled to that maximum on its own and
 * the result becomes its sites' ceilings: past its own level a group takes no more, which is what its bound means in the whole.
 * Minimums work the same from the other side (floors step only). Returns what each site gained.
 */
const pour = (course: Course, step: Step, amount: number): Float64Array => {
  const { pool, has } = course;
  const base = step.counting === 'on-top' ? has.slice() : new Float64Array(has.length);
  const low = has.map((micro, at) => micro - (base[at] ?? 0));
  const high = low.map((micro, at) => {
    if ((step.weight[at] ?? 0) === 0) return micro;
    const room = Math.max(0, (course.ceiling[at] ?? 0) - (has[at] ?? 0));
    return micro + (step.gainLimit ? Math.min(room, step.gainLimit[at] ?? 0) : room);
  });
  const start = total(low);
  const vessels = { low, high, weight: step.weight };
  const isFloors = step.stage.kind === 'floors';
  for (const group of course.groups) {
    const { from, to } = group;
    const maximum = group.maxPacks * pool.packMicro - sumRange(base, from, to);
    if (group.maxPacks <= pool.supply.packs && sumRange(high, from, to) > maximum) fill(vessels, from, to, maximum, high);
    const minimum = isFloors ? Math.min(course.floors.get(group) ?? 0, sumRange(high, from, to)) : 0;
    if (sumRange(low, from, to) < minimum) fill(vessels, from, to, minimum, low);
  }
  const lowest = total(low);
  const reach = isFloors ? lowest : Math.min(start + amount, total(high));
  if (reach > lowest) fill(vessels, 0, low.length, reach, low);
  return low.map((micro, at) => micro + (base[at] ?? 0) - (has[at] ?? 0));
};

/** Doses that later over-and-above reserves set aside: earlier stages may not touch them. */
const setAsideAfter = (pool: Pool, steps: readonly Step[], at: number): number =>
  steps.slice(at + 1).reduce((sum, { stage }) => {
    const share = stageShare(stage);
    return stage.kind === 'reserve' && stage.reserve === 'over-and-above' && share ? sum + shareOf(pool.supplyMicro, share) : sum;
  }, 0);

/** The most a step may place of what is still there. A minimum guarantee is met in whole packs, so it rounds up to them. */
const stepAmount = (course: Course, step: Step, remaining: number): number => {
  const { pool } = course;
  const share = stageShare(step.stage);
  if (!share) return remaining;
  const guarantee = step.stage.kind === 'reserve' && step.stage.reserve === 'minimum-guarantee' ? step.stage : undefined;
  if (!guarantee) return Math.min(remaining, shareOf(pool.supplyMicro, share));
  const belongs = inGroup(pool, guarantee.group);
  const already = course.has.reduce((sum, micro, at) => (belongs(at) ? sum + micro : sum), 0);
  const guaranteed = ceilDiv(pool.supply.packs * share.num, share.den) * pool.packMicro;
  return Math.min(remaining, Math.max(0, guaranteed - already));
};

const add = (has: Float64Array, gain: Float64Array): void => gain.forEach((micro, at) => { has[at] = (has[at] ?? 0) + micro; });

/** Takes an amount back, last stage first and in proportion, as a visible part. */
const takeBack = (has: Float64Array, parts: Part[], amount: number): void => {
  let over = amount;
  for (const part of [...parts].reverse()) {
    if (over === 0) return;
    const taken = Math.min(over, part.usedMicro);
    if (taken <= 0) continue;
    const sites = part.gain.length;
    const kept = new Float64Array(sites);
    fill({ low: new Float64Array(sites), high: part.gain, weight: part.gain }, 0, sites, part.usedMicro - taken, kept);
    const gain = kept.map((micro, at) => micro - (part.gain[at] ?? 0));
    add(has, gain);
    parts.push({ stage: part.stage, kind: 'whole-packs', availableMicro: 0, usedMicro: -taken, gain });
    over -= taken;
  }
};

/** Targets cut to what packs can carry, where that is less. */
export const cutTargets = (targets: Targets, toMicro: number): Targets => {
  if (toMicro >= targets.totalMicro) return targets;
  const parts = targets.parts.filter((part) => part.kind !== 'whole-packs');
  const micro = new Float64Array(targets.micro.length);
  for (const part of parts) add(micro, part.gain);
  takeBack(micro, parts, total(micro) - toMicro);
  return { ...targets, micro, parts, totalMicro: toMicro };
};

/** Runs the stages of a policy over one pool. `floors` gives each group's minimum in micro-doses. */
export const findTargets = (pool: Pool, policy: Policy, floors: ReadonlyMap<GroupRange, number>): Targets => {
  const fixed = pool.fixedMicro;
  const has = new Float64Array(fixed.length);
  const course: Course = { pool, has, ceiling: pool.ceilingMicro, groups: upward(pool.tree), floors };
  const parts: Part[] = [];
  const place = (kind: Part['kind'], stage: string, availableMicro: number, gain: Float64Array): number => {
    const usedMicro = total(gain);
    add(course.has, gain);
    if (usedMicro > 0 || kind === 'reserve') parts.push({ stage, kind, availableMicro, usedMicro, gain });
    return usedMicro;
  };
  place('fixed', 'fixed', pool.supplyMicro, fixed);
  const steps = planSteps(pool, policy);
  let heldMicro = 0;
  steps.forEach((step, at) => {
    const remaining = () => Math.max(0, pool.supplyMicro - total(course.has) - heldMicro - setAsideAfter(pool, steps, at));
    const amount = stepAmount(course, step, remaining());
    const { stage } = step;
    const unused = amount - place(stage.kind, stage.id, amount, pour(course, step, amount));
    if (stage.kind !== 'reserve' || unused === 0) return;
    if (stage.unused === 'held') heldMicro += unused;
    else if (!steps.slice(at + 1).some(isPool)) {
      const back = steps.slice(0, at).findLast(isPool);
      if (back) place('returned', back.stage.id, unused, pour(course, back, Math.min(unused, remaining())));
    }
  });
  takeBack(course.has, parts, total(course.has) % pool.packMicro); // targets end on whole packs
  return { micro: course.has, totalMicro: total(course.has), parts, heldMicro };
};

const isPool = (step: Step): boolean => step.stage.kind === 'open' || step.stage.kind === 'tier';
