import { missingWeights } from '../targets/plan.ts';
import { MICRO, ceilDiv, parseShare } from '../quantity.ts';
import { sumRange, upward } from '../tree.ts';
import type { Policy } from '../policy/policy.ts';
import type { Pool } from '../pool.ts';
import type { Targets } from '../targets/targets.ts';
import type { GroupRange } from '../tree.ts';

/** What held a site's share, besides its own ceiling. All are read off the targets, never worked out again. */

/** For each site the lowest group over it that is filled to its maximum, if one is. */
export const fullGroups = (pool: Pool, targets: Targets): (GroupRange | undefined)[] => {
  const full = new Array<GroupRange | undefined>(pool.sites.length).fill(undefined);
  for (const group of upward(pool.tree)) {
    if (sumRange(targets.micro, group.from, group.to) !== group.maxPacks * pool.packMicro) continue;
    for (let at = group.from; at < group.to; at += 1) full[at] ??= group;
  }
  return full;
};

export interface StageLimit {
  readonly stage: string;
  readonly limitDoses: number;
}

/** For each site the last tier that gave it all it may give one site, if one did. */
export const stageLimits = (pool: Pool, targets: Targets): (StageLimit | undefined)[] => {
  const limits = new Array<StageLimit | undefined>(pool.sites.length).fill(undefined);
  for (const { stage, gainLimit, weight } of targets.steps) {
    if (!gainLimit) continue;
    const gain = targets.parts.find((part) => part.stage === stage.id && part.kind === 'tier')?.gain;
    gainLimit.forEach((limit, at) => {
      if ((weight[at] ?? 0) > 0 && (gain?.[at] ?? 0) === limit) limits[at] = { stage: stage.id, limitDoses: limit / MICRO };
    });
  }
  return limits;
};

/** Groups that have their minimum and nothing above it: what they need comes before everybody else's share. */
export const groupsAtLeast = (pool: Pool, targets: Targets): GroupRange[] =>
  targets.parts.some(({ kind }) => kind === 'floors')
    ? upward(pool.tree).filter(({ from, to, minPacks }) => minPacks > 0 && sumRange(targets.micro, from, to) === minPacks * pool.packMicro)
    : [];

export interface KeptGuarantee {
  readonly stage: string;
  readonly doses: number;
}

/** A minimum guarantee to a group of the tree that whole packs alone would not have kept, with what it is in whole packs. */
export const keptGuarantee = (
  pool: Pool,
  policy: Policy,
  targets: Targets,
  brought: Float64Array,
  sharedMicro: Float64Array,
): KeptGuarantee | undefined => {
  for (const { stage, kind } of targets.parts) {
    const reserve = policy.stages.find((item) => item.id === stage);
    if (kind !== 'reserve' || reserve?.kind !== 'reserve' || reserve.reserve !== 'minimum-guarantee' || !('node' in reserve.group)) continue;
    const { node } = reserve.group;
    const group = upward(pool.tree).find(({ id }) => id === node);
    const share = parseShare(reserve.share);
    if (!group || !share) continue;
    const keptMicro = ceilDiv(pool.supply.packs * share.num, share.den) * pool.packMicro;
    const due = sumRange(targets.micro, group.from, group.to) + sumRange(brought, group.from, group.to);
    if (sumRange(sharedMicro, group.from, group.to) === keptMicro && due < keptMicro) return { stage, doses: keptMicro / MICRO };
  }
  return undefined;
};

/** Why a site with room got no target at all: earlier stages took everything, or it has no second dose due in time; undefined: neither. */
export const emptyHanded = ({ pool, targets }: { pool: Pool; targets: Targets }, at: number): 'nothing-left' | 'nothing-due' | undefined => {
  const isShared = targets.steps.some(({ weight }) => (weight[at] ?? 0) > 0);
  const end = targets.steps.map(({ dueBefore }) => dueBefore ?? '').sort().at(-1) ?? '';
  const isDue = pool.lines[at]?.due.some(({ day, doses }) => day < end && doses > 0) ?? false;
  if (!isShared && !isDue) return end === '' ? undefined : 'nothing-due';
  return pool.supplyMicro - targets.totalMicro - targets.heldMicro < pool.packMicro ? 'nothing-left' : undefined;
};

export const lacksWeight = (pool: Pool, targets: Targets, at: number): boolean => (missingWeights(pool, targets.steps, at)?.length ?? 0) > 0;
