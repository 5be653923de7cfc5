import { z } from 'zod';
import { readMany } from '../../shared/platform/batch-get.ts';
import { queryAll, queryPage, type Dynamo, type Key, type Page, type PageRequest } from '../../shared/platform/dynamo.ts';
import { activeSite, activeSitesPartition, type ActiveSite } from '../../shared/published/site.ts';
import { countOf } from './domain/counter-items.ts';
import { dosesOfCounts, type PracticeDoses } from './domain/practice-weeks.ts';

const partition = 'PRACTICES#';
/** `week` is its Monday. No shards: a week of one site is written seldom enough, and a week of all sites is read as often as coverage. */
export const practiceWeekKey = (week: string, siteId: string): Key => ({ pk: `${partition}${week}`, sk: siteId });
export const weekOfPractices = ({ pk }: { pk: string }): string => pk.slice(partition.length);
export const practiceWeekItem = z.looseObject({ pk: z.string().startsWith(partition), sk: z.string(), type: z.literal('practice-week') });

/** Pages of about a megabyte; a hundred thousand sites. */
const pages = { pageSize: 1_000, maxPages: 100 };

const dosesOf = (item: z.output<typeof practiceWeekItem>): PracticeDoses =>
  dosesOfCounts(Object.entries(item).flatMap(([attribute, delta]) => {
    const count = countOf(attribute);
    return count === undefined || typeof delta !== 'number' ? [] : [{ ...count, delta }];
  }));

const bySite = (items: readonly z.output<typeof practiceWeekItem>[]): Map<string, PracticeDoses> =>
  new Map(items.map((item) => [item.sk, dosesOf(item)]));

const collected = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

/** Which sites are active, and what they reported of a week. */
export const makePracticeStore = (dynamo: Dynamo, { reports, enrollment }: { reports: string; enrollment: string }) => ({
  activePage: (page: PageRequest): Promise<Page<ActiveSite>> =>
    queryPage(dynamo, { table: enrollment, index: 'gsi1', pk: activeSitesPartition }, activeSite, page),
  activeSites: (): Promise<ActiveSite[]> =>
    collected(queryAll(dynamo, { table: enrollment, index: 'gsi1', pk: activeSitesPartition }, activeSite, pages)),
  /** All sites that reported of a week. */
  week: async (week: string): Promise<Map<string, PracticeDoses>> =>
    bySite(await collected(queryAll(dynamo, { table: reports, pk: `${partition}${week}` }, practiceWeekItem, pages))),
  /** The same of some sites. */
  weekOf: async (week: string, siteIds: readonly string[]): Promise<Map<string, PracticeDoses>> =>
    bySite(
      await readMany(
        dynamo,
        reports,
        siteIds.map((siteId) => practiceWeekKey(week, siteId)),
        practiceWeekItem,
      ),
    ),
});
export type PracticeStore = ReturnType<typeof makePracticeStore>;
