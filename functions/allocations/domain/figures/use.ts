import { addDays } from '../../../../shared/kernel/dates.ts';
import type { FigureRow } from '../../../../shared/published/site-figures.ts';
import type { DoseReport } from '../lag.ts';

const DAYS_A_WEEK = 7;

/** Doses given as the lag rules read them: a report lies in the week of its delay. */
export const reportsOf = (rows: readonly FigureRow[], wanted: { cvx?: string; doseNumber?: number } = {}): DoseReport[] =>
  rows.flatMap((row) => {
    if (row.kind !== 'given' || (wanted.cvx ?? row.cvx) !== row.cvx || (wanted.doseNumber ?? row.doseNumber) !== row.doseNumber) return [];
    return [{ givenOn: row.week, reportedOn: addDays(row.week, DAYS_A_WEEK * row.delayWeeks), doses: row.doses }];
  });

/** Doses of one vaccine at a site: what lies there, what came from other sites, what was received on which day, what was given. */
export interface StockFacts {
  readonly cvx: string;
  readonly onHandDoses: number;
  readonly transferredInDoses: number;
  readonly received: readonly { readonly day: string; readonly doses: number }[];
  readonly rows: readonly FigureRow[];
}

/**
 * Doses that were at hand in a week at the least: what lies there now, what was given since the week began, less what was received after it
 * ended and all that ever came from other sites. Waste and transfers away since are left out: the figure errs in the site's favour.
 */
export const availableIn = (week: string, { cvx, onHandDoses, transferredInDoses, received, rows }: StockFacts): number => {
  const over = addDays(week, DAYS_A_WEEK);
  const given = rows.filter((row) => row.kind === 'given' && row.cvx === cvx && row.week >= week).reduce((sum, { doses }) => sum + doses, 0);
  const later = received.filter(({ day }) => day >= over).reduce((sum, { doses }) => sum + doses, 0);
  return Math.max(0, onHandDoses + given - later - transferredInDoses);
};
