import { addDays, mondayOf } from '../../../../shared/kernel/dates.ts';
import { inForce } from './in-force.ts';
import { parseShare } from '../quantity.ts';
import type { Group, Policy, PolicyNode, Stage } from './policy.ts';

/**
 * Whether each reserve comes out as the kind it is called. What makes the kind is the order of stages, and how they count, among those
 * that are in force together: so each dose number, and each week in which a tier begins or ends, is judged by itself.
 */
type Reserve = Extract<Stage, { kind: 'reserve' }>;
type PoolStage = Extract<Stage, { kind: 'open' | 'tier' }>;

const DOSE_NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const A_DAY = '2021-01-04';

const within = (node: PolicyNode): string[] => [node.id, ...(node.children ?? []).flatMap(within)];
const nodeOf = (root: PolicyNode, id: string): PolicyNode | undefined =>
  root.id === id ? root : root.children?.map((child) => nodeOf(child, id)).find((node) => node !== undefined);

/** Whether sites may be in both groups: two nodes when one lies in the other; who carries a tag is not known to a document. */
const mayShare = (root: PolicyNode, a: Group | undefined, b: Group | undefined): boolean => {
  if (!a || !b || 'tag' in a || 'tag' in b) return true;
  const [first, second] = [nodeOf(root, a.node), nodeOf(root, b.node)];
  return first === undefined || second === undefined || within(first).includes(b.node) || within(second).includes(a.node);
};

/** Mondays on which other stages may be in force than on the one before. */
const turningWeeks = (policy: Policy): string[] => {
  const days = policy.stages.flatMap((stage) => (stage.kind === 'tier' ? [stage.from, stage.to] : [])).filter((day) => day !== undefined);
  const weeks = days.flatMap((day) => [-7, 0, 7].map((by) => addDays(mondayOf(day), by)));
  return weeks.length === 0 ? [A_DAY] : [...new Set(weeks)].sort();
};

const counts = (stage: PoolStage): string => `stage ${stage.id} counts ${stage.counting}`;

const faultOf = (root: PolicyNode, stages: readonly Stage[], reserve: Reserve): string | undefined => {
  const at = stages.indexOf(reserve);
  const pools = (from: readonly Stage[]) =>
    from.filter((stage): stage is PoolStage => (stage.kind === 'open' || stage.kind === 'tier') && mayShare(root, stage.group, reserve.group));
  const [before, after] = [pools(stages.slice(0, at)), pools(stages.slice(at + 1))];
  if (reserve.reserve === 'over-and-above') {
    if (before.length === 0)
      return `an over-and-above reserve comes after the pool it is on top of, and none is in force${after[0] ? ` before it: write it after stage ${after[0].id}` : ''}`;
    const later = after.find(({ counting }) => counting === 'total');
    return (
      later &&
      `an over-and-above reserve stays on top only of pools before it; ${counts(later)}, so it would take the reserve back: write it before the reserve, or "counting: on-top"`
    );
  }
  if (after.length === 0)
    return `a minimum guarantee comes before the pool whose doses count toward it, and none is in force${before[0] ? ` after it: write it before stage ${before[0].id}` : ''}`;
  const later = after.find(({ counting }) => counting === 'on-top');
  return (
    later &&
    `doses of every pool count toward a minimum guarantee; ${counts(later)}, so its doses would come beside it: write "counting: total", or the pool before the guarantee`
  );
};

/** Over-and-above reserves in force together that set aside more than there is. */
const overdrawn = (stages: readonly Stage[]): string | undefined => {
  const shares = stages.flatMap((stage) => (stage.kind === 'reserve' && stage.reserve === 'over-and-above' ? [parseShare(stage.share)] : []));
  const sum = shares.reduce(
    (total, share) => (share ? { num: total.num * BigInt(share.den) + BigInt(share.num) * total.den, den: total.den * BigInt(share.den) } : total),
    { num: 0n, den: 1n },
  );
  return sum.num > sum.den ? 'over-and-above reserves in force together set aside more than the whole supply' : undefined;
};

const inDoses = (doses: readonly number[]): string =>
  doses.length === DOSE_NUMBERS.length ? '' : ` for ${doses.length === 1 ? 'dose' : 'doses'} ${doses.join(', ')}`;

/** A fault of a reserve; of all together where no stage is named. `stage`: its place in the policy. */
export interface ReserveFault {
  readonly stage: number | undefined;
  readonly message: string;
}

/** Every fault of a policy's reserves, once, with the dose numbers and the first week in which it shows. */
export const reserveFaults = (policy: Policy): ReserveFault[] => {
  const weeks = turningWeeks(policy);
  const found = new Map<string, { readonly week: string; readonly doses: number[]; readonly stage: number | undefined }>();
  for (const week of weeks) {
    for (const doseNumber of DOSE_NUMBERS) {
      const stages = policy.stages.filter((stage) => inForce(stage, week, doseNumber));
      const faults = stages.flatMap((stage) => {
        const fault = stage.kind === 'reserve' ? faultOf(policy.tree, stages, stage) : undefined;
        return fault === undefined ? [] : [{ stage: policy.stages.indexOf(stage), fault: `stage ${stage.id}: ${fault}` }];
      });
      const over = overdrawn(stages);
      for (const { stage, fault } of [...faults, ...(over === undefined ? [] : [{ stage: undefined, fault: over }])]) {
        const before = found.get(fault) ?? { week, doses: [], stage };
        if (!before.doses.includes(doseNumber)) before.doses.push(doseNumber);
        found.set(fault, before);
      }
    }
  }
  return [...found].map(([fault, { week, doses, stage }]) => {
    const when = [inDoses(doses), weeks.length > 1 ? ` in the week of ${week}` : ''].join('');
    return { stage, message: when === '' ? fault : `${fault} (${when.trim()})` };
  });
};
