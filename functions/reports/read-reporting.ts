import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { placeOf } from '../../shared/codes/places.ts';
import { addDays, localDay, mondayOf } from '../../shared/kernel/dates.ts';
import type { PageRequest } from '../../shared/platform/dynamo.ts';
import type { ActiveSite } from '../../shared/published/site.ts';
import { isExpected, noDoses, practiceRule, practiceStateOf, weekCounts, type PracticeDoses, type PracticeState } from './domain/practice-weeks.ts';
import { trendWeeks, type ReportingAnswer } from './schemas-practices.ts';
import type { CoverageStore } from './store-coverage.ts';
import type { PracticeStore } from './store-practices.ts';

const lastDayOf = (week: string): string => addDays(week, 6);
type Reported = ReadonlyMap<string, PracticeDoses>;

/**
 * Which practices reported of a week, and how the weeks before it were: for the department, because it names who is silent. A page of
 * active sites is joined with what each reported; counts and trend need all of them and come with the first page only.
 */
export const makeReadReporting = (practices: PracticeStore, coverage: Pick<CoverageStore, 'asOf'>, jurisdiction: Jurisdiction) => {
  const { timeZone } = jurisdiction;
  const dosesIn = (week: string, reported: Reported) => (site: ActiveSite): (ActiveSite & PracticeDoses)[] => {
    const doses = reported.get(site.siteId) ?? noDoses;
    return isExpected(localDay(site.createdAt, timeZone), lastDayOf(week), doses) ? [{ ...site, ...doses }] : [];
  };
  const townOf = ({ address: { city, county, state, zip } }: ActiveSite): string =>
    placeOf(jurisdiction, { city, zip, ...(county === undefined ? {} : { county }), ...(state === undefined ? {} : { state }) }).town ?? city;
  const trendTo = async (week: string): Promise<NonNullable<ReportingAnswer['trend']>> => {
    const weeks = Array.from({ length: trendWeeks }, (_, at) => addDays(week, 7 * (at + 1 - trendWeeks)));
    const [sites, ...reported] = await Promise.all([practices.activeSites(), ...weeks.map((one) => practices.week(one))]);
    return weeks.map((one, at) => ({ week: one, ...weekCounts(sites.flatMap(dosesIn(one, reported[at] ?? new Map<string, PracticeDoses>()))) }));
  };
  const head = async (week: string): Promise<Pick<ReportingAnswer, 'counts' | 'trend'>> => {
    const trend = await trendTo(week);
    const { week: _, ...counts } = trend.at(-1) ?? { week, ...weekCounts([]) };
    return { counts, trend };
  };

  return async (
    { week: asked, state, ...page }: PageRequest & { week?: string | undefined; state?: PracticeState | undefined },
    now: string,
  ): Promise<ReportingAnswer> => {
    const today = localDay(now, timeZone);
    const week = mondayOf(asked ?? today);
    const { items, nextCursor } = await practices.activePage(page);
    const reported = await practices.weekOf(
      week,
      items.map(({ siteId }) => siteId),
    );
    const [asOf, counted] = await Promise.all([coverage.asOf(), page.cursor === undefined ? head(week) : {}]);
    const rows = items.flatMap(dosesIn(week, reported)).map((one) => {
      const { siteId, name, organizationName, dosesGiven, reportedInWeek } = one;
      return { siteId, name, organizationName, town: townOf(one), dosesGiven, reportedInWeek, state: practiceStateOf(one) };
    });
    return {
      week,
      lastDay: lastDayOf(week),
      isOver: lastDayOf(week) < today,
      ...(asOf === undefined ? {} : { asOf }),
      rule: practiceRule,
      ...counted,
      items: rows.filter((row) => state === undefined || row.state === state),
      ...(nextCursor === undefined ? {} : { nextCursor }),
    };
  };
};
