import { raiseLow } from './bounds.ts';
import { splitPacks } from './packs.ts';
import { ceilDiv, floorDiv, parseShare } from '../quantity.ts';
import { byTicket } from './tie-order.ts';
import { sumRange, upward } from '../tree.ts';
import type { PackBounds } from './bounds.ts';
import type { Policy } from '../policy/policy.ts';
import type { Pool } from '../pool.ts';
import type { Targets } from '../targets/targets.ts';
import type { GroupRange } from '../tree.ts';

/**
 * Whole packs per site. From the root down, each group splits its packs among its children (at a leaf: its sites) by least
 * sum of (packs - target - debt)^2 within bounds tightened from below. Targets keep every bound and total whole packs, and
 * nested bounds have whole-number corners, so the split below any group always exists. A hub takes the packs of all its sites.
 */
export const awardPacks = (pool: Pool, bounds: PackBounds, targets: Targets, debt: Float64Array): Float64Array => {
  const due = targets.micro.map((micro, at) => micro + (debt[at] ?? 0));
  const awards = new Float64Array(due.length);
  const descend = (group: GroupRange, packs: number): void => {
    const { from, to } = group;
    if (group.byVial) {
      awards[from] = packs;
      return;
    }
    if (group.children.length === 0) {
      const claims = {
        due: due.subarray(from, to),
        debt: debt.subarray(from, to),
        low: pool.fixedPacks.subarray(from, to),
        high: pool.ceilingPacks.subarray(from, to),
      };
      awards.set(splitPacks(claims, packs, pool.packMicro), from);
      return;
    }
    const children = byTicket(group.children, pool.week, (child) => child.id);
    const claims = {
      due: Float64Array.from(children, (child) => sumRange(due, child.from, child.to)),
      debt: Float64Array.from(children, (child) => sumRange(debt, child.from, child.to)),
      low: Float64Array.from(children, (child) => bounds.get(child)?.low ?? 0),
      high: Float64Array.from(children, (child) => bounds.get(child)?.high ?? 0),
    };
    const split = splitPacks(claims, packs, pool.packMicro);
    children.forEach((child, at) => { descend(child, split[at] ?? 0); });
  };
  descend(pool.tree, floorDiv(targets.totalMicro, pool.packMicro));
  return awards;
};

/** Bounds with every minimum guarantee of a tree group that its target reached kept in whole packs too. */
export const keepGuarantees = (pool: Pool, policy: Policy, targets: Targets, bounds: PackBounds): PackBounds =>
  targets.parts.reduce((kept, part) => {
    const stage = policy.stages.find((item) => item.id === part.stage);
    if (stage?.kind !== 'reserve' || stage.reserve !== 'minimum-guarantee' || !('node' in stage.group)) return kept;
    const { node } = stage.group;
    const group = upward(pool.tree).find((item) => item.id === node);
    const share = parseShare(stage.share);
    if (!group || !share) return kept;
    const reached = floorDiv(sumRange(targets.micro, group.from, group.to), pool.packMicro);
    return raiseLow(pool, kept, node, Math.min(reached, ceilDiv(pool.supply.packs * share.num, share.den)));
  }, bounds);
