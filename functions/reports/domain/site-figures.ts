import { cvxOf } from '../../../shared/codes/cvx.ts';
import { nextPrimaryDose } from '../../../shared/codes/series-rules.ts';
import { addDays, daysBetween, localDay, mondayOf } from '../../../shared/kernel/dates.ts';
import { allSites } from '../../../shared/published/site-figures.ts';
import type { Contribution, CounterDelta, CoveragePerson, SiteDimension } from './coverage.ts';
import type { HistoryDose } from './dose-number.ts';
import { practiceCounter } from './practice-weeks.ts';

/** Later reports count as this late. */
const longestDelayWeeks = 12;
const highestNumber = 9;

const prefix = 'site:';
export const dimensionOfSite = (siteId: string): SiteDimension => `${prefix}${siteId}`;
export const siteOfDimension = (dimension: string): string | undefined => (dimension.startsWith(prefix) ? dimension.slice(prefix.length) : undefined);

const daysUpTo = (doses: readonly HistoryDose[], at: number): number => new Set(doses.slice(0, at + 1).map(({ given }) => given)).size;

const weeksBetween = (given: string, reported: string): number =>
  Math.min(longestDelayWeeks, Math.max(0, Math.round(daysBetween(mondayOf(given), mondayOf(reported)) / 7)));

/**
 * What a dose says of its site: the site, which dose of the person it is (anywhere, doses of one day being one) and how many weeks after
 * its own the report came in. Nothing for a dose that no enrolled site reported itself.
 */
export const sitePart = (doses: readonly HistoryDose[], at: number, zone: string): string[] => {
  const dose = doses[at];
  if (dose?.reported === undefined || cvxOf(dose.cvx)?.covid !== true) return [];
  const number = Math.min(highestNumber, daysUpTo(doses, at));
  return [dose.reported.siteId, String(number), String(weeksBetween(dose.given, localDay(dose.reported.at, zone)))];
};

/**
 * The next primary dose that a person waits for, at the site that gave the last one: `site|cvx|number|week it falls due`. Wherever it is
 * given it is no longer due here. Nobody waits who died, who refused since, whose series is complete or whose product is not known.
 */
export const dueAfter = (
  doses: readonly HistoryDose[],
  { dead = false, refusedOn }: Pick<CoveragePerson, 'dead' | 'refusedOn'>,
): string | undefined => {
  const last = doses.at(-1);
  if (last?.reported === undefined || dead || (refusedOn !== undefined && refusedOn >= last.given)) return undefined;
  const next = nextPrimaryDose(last.cvx, daysUpTo(doses, doses.length - 1));
  return next && [last.reported.siteId, last.cvx, next.doseNumber, mondayOf(addDays(last.given, next.afterDays))].join('|');
};

/** What a contribution adds to the figures of sites. */
export const siteCounters = ({ doses, due }: Contribution): CounterDelta[] => {
  const given = doses.flatMap((dose): CounterDelta[] => {
    const [day = '', cvx = '', , priority = '', siteId, number = '', delay = ''] = dose.split('|');
    if (siteId === undefined) return [];
    const week = mondayOf(day);
    const count = { day: week, measure: 'given' as const, value: [cvx, number, delay].join('|'), delta: 1 };
    const dimension = dimensionOfSite(siteId);
    return [
      { ...count, dimension },
      { ...count, dimension: dimensionOfSite(allSites) },
      { day: week, dimension, measure: 'residents', value: priority, delta: 1 },
      practiceCounter(siteId, week, Number(delay)),
    ];
  });
  const [siteId = '', cvx = '', number = '', week = ''] = due?.split('|') ?? [];
  return due === undefined
    ? given
    : [...given, { day: week, dimension: dimensionOfSite(siteId), measure: 'due', value: `${cvx}|${number}`, delta: 1 }];
};
