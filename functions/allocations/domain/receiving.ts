import { addDays, daysBetween } from '../../../shared/kernel/dates.ts';
import type { Receiving } from './inputs.ts';

const DAYS_A_WEEK = 7;

/** Days of a week on which a site takes deliveries: its receiving days (0 = Monday; all when not told), less those on which it is closed. */
export const receivingDays = (week: string, weekDays: readonly number[] | undefined, closed: Receiving['closed']): string[] =>
  Array.from({ length: DAYS_A_WEEK }, (_, at) => at)
    .filter((at) => weekDays === undefined || weekDays.includes(at))
    .map((at) => addDays(week, at))
    .filter((day) => !closed.some(({ from, to }) => from <= day && day <= to));

/** How many of so many days, from one day on, the site is open. */
const daysOpen = (from: string, days: number, closed: Receiving['closed']): number => {
  let shut = 0;
  let next = 0; // days up to here are counted: closures may overlap
  for (const range of closed.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    const first = Math.max(next, daysBetween(from, range.from));
    const end = Math.min(days, daysBetween(from, range.to) + 1);
    if (first >= end) continue;
    shut += end - first;
    next = end;
  }
  return days - shut;
};

/** The most days it is open of the so many after a delivery, on the best of its days; all of them where nothing is told of its days. */
export const mostDaysOpen = (receiving: Receiving | undefined, days: number): number =>
  receiving === undefined ? days : Math.max(0, ...receiving.days.map((day) => daysOpen(day, days, receiving.closed)));

export const canReceive = ({ receiving }: { readonly receiving?: Receiving | undefined }): boolean =>
  receiving === undefined || receiving.days.length > 0;
