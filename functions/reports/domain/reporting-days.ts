import { addDays, daysBetween, localDay } from '../../../shared/kernel/dates.ts';

/** Doses of a day's last second must have reached the day index before the day is claimed. */
export const settleMs = 60 * 60 * 1000;
/** A message waits at most 14 days on a queue: a dose may be stored that long after the day on which it came in. */
export const stragglerLookbackDays = 14;
/** More days than this are missing only when nobody looked for a quarter of a year; then a person decides. */
export const maxMissedDays = 92;

/** The newest day of the jurisdiction that is over and settled. */
export const lastSettledDay = (now: string, zone: string): string =>
  addDays(localDay(new Date(Date.parse(now) - settleMs).toISOString(), zone), -1);

/**
 * The days to build, oldest first: from the first that has no built submission to `last`. `built` are the days that have one;
 * `firstKnown` is the day of the oldest submission or of the oldest dose that waits, whichever came first; without either, only `last`.
 */
export const daysToBuild = (last: string, built: ReadonlySet<string>, firstKnown: string | undefined): string[] => {
  const from = firstKnown ?? last;
  const days = Math.min(daysBetween(from, last) + 1, maxMissedDays);
  return Array.from({ length: Math.max(days, 0) }, (_, back) => addDays(last, back - days + 1)).filter((day) => !built.has(day));
};
