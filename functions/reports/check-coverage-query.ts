import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { addDays, daysBetween, localDay, mondayOf } from '../../shared/kernel/dates.ts';
import type { Asked } from './describe-coverage.ts';
import { maxCoverageDays, maxDailyDays } from './schemas.ts';

interface QueryFault {
  readonly path: string;
  readonly message: string;
}

/** Whoever sees no exact figures asks for whole months that are over: a difference of two answers is then never of some days. */
const faultsOfMonths = ({ from, to, by }: Asked, today: string): QueryFault[] => [
  ...(by === 'day' ? [{ path: 'query.by', message: 'single days are shown only to those who may see exact figures' }] : []),
  ...(from.endsWith('-01') ? [] : [{ path: 'query.from', message: 'must be the first day of a month' }]),
  ...(addDays(to, 1).endsWith('-01') ? [] : [{ path: 'query.to', message: 'must be the last day of a month' }]),
  ...(to < today ? [] : [{ path: 'query.to', message: 'must lie in a month that is over' }]),
];

/** Everything wrong with what is asked: too many days for one answer, the wrong order, or days finer than the caller may see. */
export const faultsOfCoverageQuery = (asked: Asked, mayBeExact: boolean, now: string, { timeZone }: Pick<Jurisdiction, 'timeZone'>): QueryFault[] => {
  const days = daysBetween(asked.from, asked.to) + 1;
  const most = asked.by === 'day' ? maxDailyDays : maxCoverageDays;
  if (days < 1) return [{ path: 'query.to', message: 'must not be before query.from' }];
  return [
    ...(days > most ? [{ path: 'query.to', message: `at most ${most} days can be asked for with by=${asked.by}` }] : []),
    ...(mayBeExact ? [] : faultsOfMonths(asked, localDay(now, timeZone))),
  ];
};

/** Of a week that has not begun nobody can be silent. */
export const faultsOfReportingQuery = (
  { week }: { readonly week?: string | undefined },
  now: string,
  { timeZone }: Pick<Jurisdiction, 'timeZone'>,
): QueryFault[] =>
  week !== undefined && mondayOf(week) > localDay(now, timeZone) ? [{ path: 'query.week', message: 'must lie in a week that has begun' }] : [];
