import { addDays } from '../../../../shared/kernel/dates.ts';
import { inForce } from '../policy/in-force.ts';
import { weightNames } from '../policy/policy-rules.ts';
import { MICRO, parseShare } from '../quantity.ts';
import { upward } from '../tree.ts';
import { weightOf } from '../policy/weights.ts';
import type { Group, Policy, Stage, Weight } from '../policy/policy.ts';
import type { Pool } from '../pool.ts';

/** One stage made ready for one pool: who, in what proportion, and how much each site may take in it. */
export interface Step {
  readonly stage: Stage;
  readonly weight: Float64Array;
  /** The most micro-doses a site may gain in this step; absent: its ceiling only. */
  readonly gainLimit?: Float64Array;
  readonly counting: 'total' | 'on-top';
  /** Only for second doses: those due before this day are served, in whole packs. */
  readonly dueBefore?: string;
}

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

const stepOf = (pool: Pool, stage: Stage): Step => {
  switch (stage.kind) {
    case 'floors':
      return { stage, weight: weigh(pool, stage.weight, undefined), counting: 'total' };
    case 'second-doses': {
      const dueBefore = addDays(pool.week, stage.withinWeeks * DAYS_A_WEEK);
      return { stage, weight: new Float64Array(pool.sites.length), counting: 'total', dueBefore };
    }
    case 'tier': {
      const step: Step = { stage, weight: weigh(pool, stage.weight, stage.group), counting: stage.counting };
      const { limit } = stage;
      if (limit === undefined) return step;
      return { ...step, gainLimit: Float64Array.from(pool.sites, (site) => (site.weights[limit] ?? 0) * MICRO) };
    }
    case 'reserve': {
      const counting = stage.reserve === 'over-and-above' ? 'on-top' : 'total';
      return { stage, weight: weigh(pool, stage.weight, stage.group), counting };
    }
    case 'open':
      return { stage, weight: weigh(pool, stage.weight, stage.group), counting: stage.counting };
  }
};

/** The steps of a policy for one pool and week, in order: stages out of date or for other dose numbers fall away. */
export const planSteps = (pool: Pool, policy: Policy): Step[] =>
  policy.stages.filter((stage) => inForce(stage, pool.week, pool.supply.doseNumber)).map((stage) => stepOf(pool, stage));

/**
 * Why no stage shares anything out to a site: the weights it lacks, of the stages that are for it; none where no stage is. Undefined where
 * some stage gives it a weight.
 */
export const missingWeights = (pool: Pool, steps: readonly Step[], at: number): string[] | undefined => {
  if (steps.some(({ weight, dueBefore }) => dueBefore !== undefined || (weight[at] ?? 0) > 0)) return undefined;
  const own = steps.filter(({ stage }) => inGroup(pool, 'group' in stage ? stage.group : undefined)(at));
  return [...new Set(own.flatMap(({ stage }) => ('weight' in stage ? weightNames(stage.weight) : [])))];
};

/** The share a stage names, or undefined. */
export const stageShare = (stage: Stage) => ('share' in stage && stage.share !== undefined ? parseShare(stage.share) : undefined);
