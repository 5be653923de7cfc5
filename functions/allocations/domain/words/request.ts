import { addDays, localDay, localTime, mondayOf } from '../../../../shared/kernel/dates.ts';
import { weekInstants } from '../week-rules.ts';
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

/** Whether a late request asks for less than runs would read without it: fewer than in time, or none at all. */
export const isLessThanInTime = (doses: number, inTimeDoses: number | undefined): boolean =>
  doses === 0 || (inTimeDoses !== undefined && doses < inTimeDoses);

/** What becomes of a request, in its coordinator's words: until when it can be changed, or which cut-off passed and what can be done now. */
export const requestInWords = ({
  week,
  now,
  zone,
  isLate,
  doses,
  inTimeDoses,
}: {
  week: string;
  now: string;
  zone: string;
  isLate: boolean;
  doses: number;
  inTimeDoses: number | undefined;
}): string[] => {
  const closes = told(weekInstants(week, zone).requestsClose, zone);
  if (!isLate) return [`Runs of the week of ${week} read it. It can be changed until ${closes}.`];
  if (isLessThanInTime(doses, inTimeDoses))
    return [
      `The requests of the week of ${week} closed on ${closes}: asking for more is too late, asking for less is not.`,
      doses === 0 ? 'Runs drafted from now on offer you none.' : `Runs drafted from now on offer you no more than ${count(doses)} doses.`,
      'If you have an offer, or one of a run that was drafted before comes: decline or reduce it.',
    ];
  const next = nextOpenWeek(week, now, zone);
  return [
    `Too late for the week of ${week}: its requests closed on ${closes}.`,
    inTimeDoses === undefined
      ? 'It is kept as late, and no run of that week reads it.'
      : `It is kept as late. Runs of that week go on reading the ${count(inTimeDoses)} doses that were asked for in time.`,
    `Ask for the week of ${next}: its requests are open until ${told(weekInstants(next, zone).requestsClose, zone)}. For doses before that, ask the department for a transfer from another site.`,
  ];
};
