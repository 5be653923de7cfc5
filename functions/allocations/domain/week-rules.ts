import { addDays, instantOf } from '../../../shared/kernel/dates.ts';

/** When a week's requests close and its offers lapse, as data: days are counted from the first day of the allocation week. */
export interface WeekRules {
  /** Connecticut, February 2021: noon on the Tuesday before. */
  readonly requestsClose: { readonly day: number; readonly time: string };
  readonly offersLapse: { readonly day: number; readonly time: string };
}

export const defaultWeekRules: WeekRules = { requestsClose: { day: -6, time: '12:00' }, offersLapse: { day: 4, time: '17:00' } };

/** The instants at which the requests of a week close and its offers lapse, in the jurisdiction's time zone. */
export const weekInstants = (week: string, zone: string, rules: WeekRules = defaultWeekRules): { requestsClose: string; offersLapse: string } => ({
  requestsClose: instantOf(addDays(week, rules.requestsClose.day), rules.requestsClose.time, zone),
  offersLapse: instantOf(addDays(week, rules.offersLapse.day), rules.offersLapse.time, zone),
});

/** However late in its week a run is published (a top-up, a cut), its offers may be answered for so long. */
const leastHoursToAnswer = 24;
const HOUR_MS = 3_600_000;

/** The instant until which the offers of a run may be answered. */
export const answerByOf = (week: string, zone: string, publishedAt: string | undefined): string => {
  const { offersLapse } = weekInstants(week, zone);
  const least = publishedAt === undefined ? offersLapse : new Date(Date.parse(publishedAt) + leastHoursToAnswer * HOUR_MS).toISOString();
  return least > offersLapse ? least : offersLapse;
};

/** Allocation weeks start on Monday, as CDC's do. */
export const isMonday = (day: string): boolean => new Date(`${day}T00:00:00Z`).getUTCDay() === 1;
