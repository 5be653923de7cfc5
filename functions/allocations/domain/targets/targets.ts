import { ceilDiv, shareOf } from '../quantity.ts';
import { sumRange, total, upward } from '../tree.ts';
import { fill } from './fill.ts';
import { inGroup, planSteps, stageShare } from './plan.ts';
import { pourDue, type PouredDue } from './pour-due.ts';
import { roundUpHubs } from './round-up-hubs.ts';
import type { Policy } from '../policy/policy.ts';
import type { Pool } from '../pool.ts';
import type { Course, Start } from './course.ts';
import type { Step } from './plan.ts';

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
  /** Of each site's target what serves second doses, in whole packs: no later split goes below it. */
  readonly dueMicro: Float64Array;
  readonly promised: Start['promised'];
  readonly steps: readonly Step[];
}


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
    const minimum = isFloors ? Math.min(course.start.floors.get(group) ?? 0, sumRange(high, from, to)) : 0;
    if (sumRange(low, from, to) < minimum) fill(vessels, from, to, minimum, low);
  }
  const lowest = total(low);
  const reach = isFloors ? lowest : Math.min(start + amount, total(high));
  if (reach > lowest) fill(vessels, 0, low.length, reach, low);
  return low.map((micro, at) => micro + (base[at] ?? 0) - (has[at] ?? 0));
};

/** Doses of a stage's share, less what those who stand aside had of it. */
const shareLeft = ({ pool, start }: Course, { stage }: Step): number | undefined => {
  const share = stageShare(stage);
  return share && Math.max(0, shareOf(pool.supplyMicro, share) - (start.promised.get(stage.id) ?? 0));
};

/** Doses that later over-and-above reserves set aside: earlier stages may not touch them. */
const setAsideAfter = (course: Course, steps: readonly Step[], at: number): number =>
  steps.slice(at + 1).reduce((sum, step) => {
    const { stage } = step;
    return stage.kind === 'reserve' && stage.reserve === 'over-and-above' ? sum + (shareLeft(course, step) ?? 0) : sum;
  }, 0);

/** The most a step may place of what is still there. A minimum guarantee is met in whole packs, so it rounds up to them. */
const stepAmount = (course: Course, step: Step, remaining: number): number => {
  const { pool } = course;
  const guarantee = step.stage.kind === 'reserve' && step.stage.reserve === 'minimum-guarantee' ? step.stage : undefined;
  const share = stageShare(step.stage);
  if (!guarantee || !share) return Math.min(remaining, shareLeft(course, step) ?? remaining);
  const belongs = inGroup(pool, guarantee.group);
  const already = course.has.reduce((sum, micro, at) => (belongs(at) ? sum + micro : sum), 0);
  const guaranteed = ceilDiv(pool.supply.packs * share.num, share.den) * pool.packMicro;
  return Math.min(remaining, Math.max(0, guaranteed - already));
};

const add = (has: Float64Array, gain: Float64Array): void => gain.forEach((micro, at) => { has[at] = (has[at] ?? 0) + micro; });

/**
 * Takes an amount back, last stage first and in proportion, as a visible part; of each site what is above `kept`. Returns what it could
 * not take.
 */
const takeBack = (has: Float64Array, parts: Part[], amount: number, kept: Float64Array): number => {
  let over = amount;
  for (const part of [...parts].reverse()) {
    if (over === 0) return 0;
    const free = part.gain.map((micro, at) => Math.max(0, Math.min(micro, (has[at] ?? 0) - (kept[at] ?? 0))));
    const most = total(free);
    const taken = Math.min(over, most);
    if (taken <= 0) continue;
    const left = new Float64Array(free.length);
    fill({ low: new Float64Array(free.length), high: free, weight: free }, 0, free.length, most - taken, left);
    const gain = left.map((micro, at) => micro - (free[at] ?? 0));
    add(has, gain);
    parts.push({ stage: part.stage, kind: 'whole-packs', availableMicro: 0, usedMicro: -taken, gain });
    over -= taken;
  }
  return over;
};

/** Targets cut to what packs can carry, where that is less: second doses last. */
export const cutTargets = (targets: Targets, toMicro: number): Targets => {
  if (toMicro >= targets.totalMicro) return targets;
  const parts = targets.parts.filter((part) => part.kind !== 'whole-packs');
  const micro = new Float64Array(targets.micro.length);
  for (const part of parts) add(micro, part.gain);
  const left = takeBack(micro, parts, total(micro) - toMicro, targets.dueMicro);
  takeBack(micro, parts, left, new Float64Array(micro.length));
  return { ...targets, micro, parts, totalMicro: toMicro };
};

/** Runs the stages of a policy over one pool. */
export const findTargets = (pool: Pool, policy: Policy, start: Start): Targets => {
  const fixed = pool.fixedMicro;
  const has = new Float64Array(fixed.length);
  const course: Course = { pool, has, ceiling: pool.ceilingMicro, groups: upward(pool.tree), start };
  const parts: Part[] = [];
  const dueMicro = new Float64Array(has.length);
  const place = (kind: Part['kind'], stage: string, availableMicro: number, gain: Float64Array): number => {
    const usedMicro = total(gain);
    add(course.has, gain);
    const same = parts.findIndex((part) => part.stage === stage && part.kind === kind && kind !== 'returned');
    const before = parts[same];
    if (before) {
      add(before.gain, gain);
      parts[same] = { ...before, availableMicro: before.availableMicro + availableMicro, usedMicro: before.usedMicro + usedMicro };
    } else if (usedMicro > 0 || kind === 'reserve') parts.push({ stage, kind, availableMicro, usedMicro, gain });
    return usedMicro;
  };
  place('fixed', 'fixed', pool.supplyMicro, fixed);
  const steps = planSteps(pool, policy);
  let heldMicro = 0;
  steps.forEach((step, at) => {
    const remaining = () => Math.max(0, pool.supplyMicro - total(course.has) - heldMicro - setAsideAfter(course, steps, at));
    const amount = stepAmount(course, step, remaining());
    const { stage } = step;
    const { gain, beside }: PouredDue =
      step.dueBefore === undefined ? { gain: pour(course, step, amount) } : pourDue(course, policy, steps, at, amount, dueMicro);
    const unused = amount - place(stage.kind, stage.id, amount, gain);
    if (beside) place(beside.stage.kind, beside.stage.id, total(beside.gain), beside.gain);
    if (stage.kind !== 'reserve' || unused === 0) return;
    if (stage.unused === 'held') heldMicro += unused;
    else if (!steps.slice(at + 1).some(isPool)) {
      const back = steps.slice(0, at).findLast(isPool);
      if (back) place('returned', back.stage.id, unused, pour(course, back, Math.min(unused, remaining())));
    }
  });
  const unplaced = Math.max(0, pool.supplyMicro - total(has) - heldMicro);
  place('whole-packs', 'whole-packs', unplaced, roundUpHubs(course, steps, unplaced));
  takeBack(course.has, parts, total(course.has) % pool.packMicro, dueMicro); // targets end on whole packs
  return { micro: course.has, totalMicro: total(course.has), parts, heldMicro, dueMicro, promised: start.promised, steps };
};

const isPool = (step: Step): boolean => step.stage.kind === 'open' || step.stage.kind === 'tier';
