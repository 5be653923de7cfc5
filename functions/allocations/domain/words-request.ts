import { addDays, localDay, localTime, mondayOf } from '../../../shared/kernel/dates.ts';
import { weekInstants } from './week-rules.ts';
import { count } from './words.ts';

const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** `Tuesday 2021-03-02 at 12:00 (America/New_York)`. */
const told = (instant: string, zone: string): string => {
  const { day, time } = localTime(instant, zone);
  return `${dayNames[new Date(`${day}T00:00:00Z`).getUTCDay()] ?? ''} ${day} at ${time.slice(0, 5)} (${zone})`;
};

/** The first week after one whose requests are still open. */
const nextOpenWeek = (week: string, now: string, zone: string): string => {
  const thisWeek = mondayOf(localDay(now, zone));
  let open = addDays(week > thisWeek ? week : thisWeek, 7);
  while (weekInstants(open, zone).requestsClose <= now) open = addDays(open, 7); // at most twice: requests close within a week of their own
  return open;
};

/** What becomes of a request, in its coordinator's words: until when it can be changed, or which cut-off passed and what can be done now. */
export const requestInWords = (
  { week, now, zone, isLate, inTimeDoses }: { week: string; now: string; zone: string; isLate: boolean; inTimeDoses: number | undefined },
): string[] => {
  const closes = told(weekInstants(week, zone).requestsClose, zone);
  if (!isLate) return [`Runs of the week of ${week} read it. It can be changed until ${closes}.`];
  const next = nextOpenWeek(week, now, zone);
  return [
    `Too late for the week of ${week}: its requests closed on ${closes}.`,
    inTimeDoses === undefined
      ? 'It is kept as late, and no run of that week reads it.'
      : `It is kept as late. Runs of that week go on reading the ${count(inTimeDoses)} doses that were asked for in time.`,
    `Ask for the week of ${next}: its requests are open until ${told(weekInstants(next, zone).requestsClose, zone)}. For doses before that, ask the department for a transfer from another site.`,
  ];
};
