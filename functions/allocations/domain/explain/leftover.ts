import { dueUnserved } from './due-unserved.ts';
import { fullGroups, lacksWeight, stageLimits } from './limits.ts';
import { total } from '../tree.ts';
import type { Leftover } from '../allocation.ts';
import type { Outcome } from './explain.ts';

type Reason = Leftover['reason'];


/** What kept each site that had room from having more. Empty where every site is full; told in the order in which a person would look. */
const causes = (outcome: Outcome): { reasons: Reason[]; nodes: string[] } => {
  const { pool, targets, sharedMicro, reasons } = outcome;
  const full = fullGroups(pool, targets);
  const limits = stageLimits(pool, targets);
  const servesDue = pool.supply.doseNumber > 1 && targets.steps.some(({ dueBefore }) => dueBefore !== undefined);
  const nodes = new Set<string>();
  const found = new Set<Reason>();
  pool.sites.forEach((_site, at) => {
    if (reasons.has(at) || (sharedMicro[at] ?? 0) >= (pool.ceilingMicro[at] ?? 0)) return;
    const group = full[at];
    if (group?.byVial) return; // all that a hub may take for its sites is their ceiling, no bound of a group
    if (group) nodes.add(group.id);
    found.add(
      group
        ? 'group-maximum'
        : limits[at]
          ? 'stage-limit'
          : lacksWeight(pool, targets, at)
            ? 'no-weight'
            : servesDue && !dueUnserved(outcome, at)
              ? 'due-served'
              : 'no-stage-places-the-rest',
    );
  });
  const order: Reason[] = ['group-maximum', 'stage-limit', 'no-weight', 'due-served', 'no-stage-places-the-rest'];
  return { reasons: order.filter((reason) => found.has(reason)), nodes: [...nodes].sort() };
};

/** The packs a pool keeps, and why. `joint`: stages may have placed more than any mix of packs and clinics can carry. */
export const leftoverOf = (outcome: Outcome, joint = false): Leftover => {
  const { pool, supply, targets, packs, sharedMicro, finalMicro } = outcome;
  const { product, doseNumber, packDoses } = supply;
  const left = supply.packs - total(packs);
  const base = { product, doseNumber, packDoses, packs: left };
  if (left === 0) return { ...base, reason: 'none' };
  const cut: Reason[] = total(finalMicro) < total(sharedMicro) ? ['set-by-a-person'] : [];
  if (!joint && cut.length > 0 && total(sharedMicro) === pool.supplyMicro) return { ...base, reason: 'set-by-a-person' };
  const held: Reason[] = targets.heldMicro > 0 ? ['reserve-held'] : [];
  const staged = targets.parts.reduce((sum, part) => (part.kind === 'whole-packs' ? sum : sum + part.usedMicro), 0);
  if (joint && held.length === 0 && total(sharedMicro) < staged - (staged % pool.packMicro)) return { ...base, reason: 'no-combination-fits' };
  const { reasons, nodes } = causes(outcome);
  const [reason = 'every-ceiling-reached', ...besides] = [...held, ...cut, ...reasons];
  return { ...base, reason, ...(besides.length > 0 && { besides }), ...(nodes.length > 0 && { nodes }) };
};
