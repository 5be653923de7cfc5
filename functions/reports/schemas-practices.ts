import { z } from 'zod';
import { day, instant, pageOf, pageQuery } from '../../shared/contracts/common.ts';
import { practiceStates } from './domain/practice-weeks.ts';

const count = z.int().min(0);
const percent = z.number().optional();

/** Practices behind coverage are looked for in this many weeks at most: half a year, an item a site and week. */
export const maxPracticeWeeks = 26;
/** The weeks of the trend, the one asked for among them. */
export const trendWeeks = 8;

/** How many practices stand behind the figures of coverage. */
export const practicesBehind = z
  .object({
    reporting: count.describe('practices that reported a COVID-19 dose given in these weeks'),
    enrolled: count.describe('practices of which a report could be expected'),
    fromWeek: day.describe('the Monday of the first week that was looked at'),
    toWeek: day.describe('the Monday of the last'),
    rule: z.string(),
  })
  .meta({ id: 'PracticesBehind' });
export type PracticesBehind = z.infer<typeof practicesBehind>;

const counts = {
  enrolled: count, reporting: count, inTime: count, late: count, silent: count, dosesGiven: count, reportedInWeek: count,
  reportingPercent: percent, inTimePercent: percent, reportedInWeekPercent: percent,
};

export const reportingQuery = pageQuery.extend({
  week: day.optional().describe('a day of the week; without it the present week'),
  state: z.enum(practiceStates).optional().describe('practices in this state only: a page may then be shorter, and empty, though another follows'),
});
const practice = z.object({
  siteId: z.string(),
  name: z.string(),
  organizationName: z.string(),
  town: z.string(),
  dosesGiven: count,
  reportedInWeek: count,
  state: z.enum(practiceStates),
});
/** Which practices reported of a week. Counts and trend are on the first page only. */
export const reportingAnswer = pageOf(practice.meta({ id: 'PracticeOfWeek' }))
  .extend({
    week: day,
    lastDay: day,
    /** False while the week lasts: its counts still grow. */
    isOver: z.boolean(),
    /** The newest change that is counted; absent while nothing was counted. */
    asOf: instant.optional(),
    rule: z.string(),
    counts: z.object(counts).optional(),
    /** The week and those before it, the oldest first. */
    trend: z.array(z.object({ week: day, ...counts })).optional(),
  })
  .meta({ id: 'Reporting' });
export type ReportingAnswer = z.infer<typeof reportingAnswer>;
