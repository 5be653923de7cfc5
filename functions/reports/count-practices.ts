import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { addDays, localDay, mondayOf } from '../../shared/kernel/dates.ts';
import { isExpected, noDoses } from './domain/practice-weeks.ts';
import { maxPracticeWeeks, type PracticesBehind } from './schemas-practices.ts';
import type { PracticeStore } from './store-practices.ts';

/** Weeks read side by side. */
const width = 8;
const rule =
  'By weeks, Monday to Sunday, that hold a day of the range and have begun; of a longer range the last half year. Reporting: practices that reported a COVID-19 dose given in these weeks, ' +
  'whenever the report came. Enrolled: sites that are active now and had applied by the end of the last week, or reported.';

const weeksBetween = (from: string, to: string): string[] => {
  const weeks: string[] = [];
  for (let week = mondayOf(to); week >= mondayOf(from) && weeks.length < maxPracticeWeeks; week = addDays(week, -7)) weeks.push(week);
  return weeks.reverse();
};

/** How many practices stand behind coverage of a range of days. Numbers of practices only: it says of nobody that they are silent. */
export const makeCountPractices =
  (practices: Pick<PracticeStore, 'activeSites' | 'week'>, { timeZone }: Pick<Jurisdiction, 'timeZone'>) =>
  async ({ from, to }: { readonly from: string; readonly to: string }, now: string): Promise<PracticesBehind> => {
    const today = localDay(now, timeZone);
    const begun = to < today ? to : today;
    const weeks = weeksBetween(from, begun < from ? from : begun);
    const [fromWeek = from, toWeek = from] = [weeks[0], weeks.at(-1)];
    const sites = await practices.activeSites();
    const reported = new Set<string>();
    for (let at = 0; at < weeks.length; at += width)
      for (const week of await Promise.all(weeks.slice(at, at + width).map((one) => practices.week(one))))
        for (const [siteId, { dosesGiven }] of week) if (dosesGiven > 0) reported.add(siteId);
    const isThere = (siteId: string, createdAt: string): boolean =>
      reported.has(siteId) || isExpected(localDay(createdAt, timeZone), addDays(toWeek, 6), noDoses);
    return {
      reporting: sites.filter(({ siteId }) => reported.has(siteId)).length,
      enrolled: sites.filter(({ siteId, createdAt }) => isThere(siteId, createdAt)).length,
      fromWeek, toWeek, rule,
    };
  };
