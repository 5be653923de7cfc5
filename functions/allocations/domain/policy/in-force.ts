import { addDays } from '../../../../shared/kernel/dates.ts';
import type { Stage } from './policy.ts';

const DAYS_A_WEEK = 7;

/**
 * Whether a stage takes part in a pool's week. Supply is shared out a week at a time, so a tier is in force in every week that has one
 * of its days; `to` is the first day on which it no longer is. Second doses are of no pool of first doses.
 */
export const inForce = (stage: Stage, week: string, doseNumber: number): boolean => {
  if (stage.doseNumbers?.includes(doseNumber) === false) return false;
  if (stage.kind === 'second-doses') return doseNumber > 1;
  if (stage.kind !== 'tier') return true;
  return (!stage.from || stage.from < addDays(week, DAYS_A_WEEK)) && (!stage.to || week < stage.to);
};
