import { nextPrimaryDose } from '../../../../shared/codes/series-rules.ts';
import { addDays, mondayOf } from '../../../../shared/kernel/dates.ts';
import type { FigureRow } from '../../../../shared/published/site-figures.ts';
import type { WeekEstimate } from '../lag.ts';

const DAYS_A_WEEK = 7;

/** Next doses of a vaccine and number that fall due in a week. `people` is what records say; `late` firsts given but not reported yet. */
export interface DueWeek {
  readonly week: string;
  readonly people: number;
  readonly late: number;
  /** Of these, doses awarded earlier for them and not given yet. */
  readonly covered: number;
  /** people + late - covered: what is still owed. */
  readonly owed: number;
}

export interface DueFacts {
  readonly cvx: string;
  readonly doseNumber: number;
  /** The run's week; how long an overdue dose is waited for. */
  readonly week: string;
  readonly overdueWeeks: number;
  readonly rows: readonly FigureRow[];
  /** Corrected weeks of the dose before this one, of the same vaccine. */
  readonly estimates: readonly WeekEstimate[];
  /** Doses of this vaccine and number awarded in earlier weeks and kept by the site, by week. */
  readonly awarded: readonly { readonly week: string; readonly doses: number }[];
  /** Doses of the vaccine that can still be given there: what the ledger has on hand, and what was awarded and has not come yet. Unknown without an account. */
  readonly stillThereDoses?: number | undefined;
}

const sumOf = (rows: readonly { readonly doses: number }[]): number => rows.reduce((sum, { doses }) => sum + doses, 0);

/** First doses thought to be given and not reported yet, by the week in which the next falls due. */
const lateByWeek = ({ cvx, doseNumber, estimates }: DueFacts): Map<string, number> => {
  const next = nextPrimaryDose(cvx, doseNumber - 1);
  const late = new Map<string, number>();
  for (const { week, known, givenDoses, reportedDoses } of estimates)
    if (next !== undefined && known && givenDoses > reportedDoses) {
      const due = mondayOf(addDays(week, next.afterDays));
      late.set(due, (late.get(due) ?? 0) + givenDoses - reportedDoses);
    }
  return late;
};

/**
 * What was awarded for next doses in earlier weeks and has not been given: it lies at the site, or is on its way, for those due first.
 * What was wasted, expired, lost or sent on covers nobody: never more than what is still there.
 */
export const coveredDoses = ({ cvx, doseNumber, rows, awarded, stillThereDoses = Infinity }: DueFacts): number => {
  const [since] = awarded.map(({ week }) => week).toSorted();
  const given = rows.filter(
    (row) => row.kind === 'given' && row.cvx === cvx && row.doseNumber === doseNumber && since !== undefined && row.week >= since,
  );
  return Math.max(0, Math.min(sumOf(awarded) - sumOf(given), stillThereDoses));
};

/**
 * The second-dose debt of a site by the week it falls due, earliest first. A dose given anywhere is no longer due. What earlier awards
 * left for them covers the earliest; what is overdue by more than the rule is named apart and owed no longer.
 */
export const secondDoseDebt = (facts: DueFacts): { due: DueWeek[]; overdue: number } => {
  const { cvx, doseNumber, week, overdueWeeks, rows } = facts;
  const people = new Map<string, number>();
  for (const row of rows)
    if (row.kind === 'due' && row.cvx === cvx && row.doseNumber === doseNumber) people.set(row.week, (people.get(row.week) ?? 0) + row.doses);
  const late = lateByWeek(facts);
  const earliest = addDays(week, -DAYS_A_WEEK * overdueWeeks);
  const weeks = [...new Set([...people.keys(), ...late.keys()])].sort();
  let left = coveredDoses(facts);
  const due = weeks.filter((one) => one >= earliest).map((one): DueWeek => {
    const all = (people.get(one) ?? 0) + (late.get(one) ?? 0);
    const covered = Math.min(left, all);
    left -= covered;
    return { week: one, people: people.get(one) ?? 0, late: late.get(one) ?? 0, covered, owed: all - covered };
  });
  const overdue = weeks.filter((one) => one < earliest).reduce((sum, one) => sum + (people.get(one) ?? 0), 0);
  return { due, overdue };
};
