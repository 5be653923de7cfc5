import { Command, Option } from 'commander';
import { practiceStates, type PracticeState } from '../../functions/reports/domain/practice-weeks.ts';
import { table, type Cell } from '../table.ts';
import { clientOf } from './figures.ts';
import { realDay } from './operate.ts';

interface PracticesOptions {
  api?: string;
  token?: string;
  admin?: string;
  week?: string;
  state?: PracticeState;
  json?: true;
}
interface Counts {
  enrolled: number; reporting: number; inTime: number; late: number; silent: number; dosesGiven: number; reportedInWeek: number;
  reportingPercent?: number; inTimePercent?: number; reportedInWeekPercent?: number;
}
interface Reporting {
  week: string;
  lastDay: string;
  isOver: boolean;
  asOf?: string;
  rule: string;
  counts?: Counts;
  trend?: (Counts & { week: string })[];
  items: { siteId: string; name: string; town: string; dosesGiven: number; reportedInWeek: number; state: PracticeState }[];
  nextCursor?: string;
}

/** A hundred thousand practices. */
const maxPages = 500;
const pageSize = '200';

const percent = (of: number | undefined): string => (of === undefined ? '-' : `${of.toFixed(1)}%`);

const practicesText = ({ week, lastDay, isOver, asOf, rule, counts, trend = [], items }: Reporting): string =>
  [
    `Week of ${week} to ${lastDay}${isOver ? '' : ', not over yet'}; counted up to ${asOf ?? 'nothing yet'}`,
    ...(counts === undefined
      ? []
      : [
          `${counts.reporting} of ${counts.enrolled} practices reported (${percent(counts.reportingPercent)}), ${counts.inTime} in time (${percent(counts.inTimePercent)}), ${counts.silent} silent`,
        ]),
    ...(trend.length === 0
      ? []
      : [
          table(
            ['week of', 'practices', 'reported', '', 'in time', '', 'late', 'silent', 'doses', 'in their week'],
            trend.map((one): Cell[] => [
              one.week,
              one.enrolled,
              one.reporting,
              percent(one.reportingPercent),
              one.inTime,
              percent(one.inTimePercent),
              one.late,
              one.silent,
              one.dosesGiven,
              percent(one.reportedInWeekPercent),
            ]),
          ),
        ]),
    ...(items.length === 0
      ? []
      : [
          table(
            ['site', 'name', 'town', 'doses given', 'reported in week', 'state'],
            items.map((one): Cell[] => [one.siteId, one.name, one.town, one.dosesGiven, one.reportedInWeek, one.state]),
          ),
        ]),
    rule,
  ].join('\n\n');

export const practicesCommand = new Command('practices')
  .description('Which practices reported the doses of a week: in time, late or silent, and the weeks before')
  .option('--api <url>', 'the API, when it is not the system that runs here')
  .option('--token <token>', 'a token for it (else DOSELINE_TOKEN)')
  .option('--admin <url>', 'a system that runs elsewhere on this machine')
  .option('--week <day>', 'a day of the week (YYYY-MM-DD); without it the present week', realDay)
  .addOption(new Option('--state <state>', 'practices in this state only').choices(practiceStates))
  .option('--json', 'the answer as it is, all pages in one')
  .action(async ({ week, state, json, ...options }: PracticesOptions) => {
    const token = options.token ?? (options.api === undefined ? undefined : process.env['DOSELINE_TOKEN']);
    const api = await clientOf({ ...options, ...(token === undefined ? {} : { token }) });
    const asked = { limit: pageSize, ...(week === undefined ? {} : { week }), ...(state === undefined ? {} : { state }) };
    const { body } = await api.get<Reporting>('/reporting', asked);
    const { nextCursor, items, ...first } = body;
    const all = [...items];
    for (let page = 1, cursor = nextCursor; cursor !== undefined; page += 1) {
      if (page >= maxPages) throw new Error(`More than ${maxPages} pages of practices`);
      const { body: next } = await api.get<Reporting>('/reporting', { ...asked, week: first.week, cursor });
      all.push(...next.items);
      cursor = next.nextCursor;
    }
    const whole = { ...first, items: all };
    process.stdout.write(`${json === true ? JSON.stringify(whole, null, 2) : practicesText(whole)}\n`);
  });
