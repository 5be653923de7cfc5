import { MICRO, parseShare } from './quantity.ts';
import { upward } from './tree.ts';
import { weightOf } from './weights.ts';
import type { Group, Policy, Stage, Weight } from './policy.ts';
import type { Pool } from './pool.ts';

/** One stage made ready for one pool: who, in what proportion, and how much each site may take in it. */
export interface Step {
  readonly stage: Stage;
  readonly weight: Float64Array;
  /** The most micro-doses a site may gain in this step; absent: its ceiling only. */
  readonly gainLimit?: Float64Array;
  readonly counting: 'total' | 'on-top';
}

const DAY_MS = 86_400_000;
const DAYS_A_WEEK = 7;

/** Whether each site of the pool belongs to a group; everybody when no group is given. */
export const inGroup = (pool: Pool, group: Group | undefined): ((site: number) => boolean) => {
  if (!group) return () => true;
  if ('tag' in group) return (site) => pool.sites[site]?.tags.includes(group.tag) ?? false;
  const range = upward(pool.tree).find((item) => item.id === group.node);
  return (site) => range !== undefined && site >= range.from && site < range.to;
};

const weigh = (pool: Pool, weight: Weight, group: Group | undefined): Float64Array => {
  const belongs = inGroup(pool, group);
  return Float64Array.from(pool.sites, (site, at) => (belongs(at) && !site.suspended ? weightOf(site.weights, weight) : 0));
};

/** The last day that falls `weeks` weeks after the first day of a week, exclusive. */
const dayAfterWeeks = (week: string, weeks: number): string =>
  new Date(Date.parse(`${week}T00:00:00Z`) + weeks * DAYS_A_WEEK * DAY_MS).toISOString().slice(0, 10);

/** Second doses: one step for each due day, earliest first, so that in shortage the earliest due are whole before the next. */
const secondDoseSteps = (pool: Pool, stage: Extract<Stage, { kind: 'second-doses' }>): Step[] => {
  const end = dayAfterWeeks(pool.week, stage.withinWeeks);
  const days = new Set(pool.lines.flatMap((line) => line.due.map((item) => item.day)).filter((day) => day < end));
  return [...days].sort().map((day) => {
    const due = Float64Array.from(pool.lines, (line) =>
      line.due.reduce((sum, item) => (item.day === day ? sum + item.doses : sum), 0),
    );
    return { stage, weight: due, gainLimit: due.map((doses) => doses * MICRO), counting: 'on-top' };
  });
};

const inForce = (stage: Stage, pool: Pool): boolean =>
  (stage.doseNumbers?.includes(pool.supply.doseNumber) ?? true) &&
  (stage.kind !== 'tier' || ((!stage.from || stage.from <= pool.week) && (!stage.to || pool.week < stage.to)));

const stepsOf = (pool: Pool, stage: Stage): Step[] => {
  switch (stage.kind) {
    case 'floors':
      return [{ stage, weight: weigh(pool, stage.weight, undefined), counting: 'total' }];
    case 'second-doses':
      return pool.supply.doseNumber > 1 ? secondDoseSteps(pool, stage) : [];
    case 'tier': {
      const step: Step = { stage, weight: weigh(pool, stage.weight, stage.group), counting: stage.counting };
      const { limit } = stage;
      if (limit === undefined) return [step];
      return [{ ...step, gainLimit: Float64Array.from(pool.sites, (site) => (site.weights[limit] ?? 0) * MICRO) }];
    }
    case 'reserve': {
      const counting = stage.reserve === 'over-and-above' ? 'on-top' : 'total';
      return [{ stage, weight: weigh(pool, stage.weight, stage.group), counting }];
    }
    case 'open':
      return [{ stage, weight: weigh(pool, stage.weight, stage.group), counting: stage.counting }];
  }
};

/** The steps of a policy for one pool and week, in order: stages out of date or for other dose numbers fall away. */
export const planSteps = (pool: Pool, policy: Policy): Step[] =>
  policy.stages.filter((stage) => inForce(stage, pool)).flatMap((stage) => stepsOf(pool, stage));

/** The share a stage names, or undefined. */
export const stageShare = (stage: Stage) => ('share' in stage && stage.share !== undefined ? parseShare(stage.share) : undefined);
