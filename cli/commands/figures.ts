import { Command } from 'commander';
import { mondayOf } from '../../shared/kernel/dates.ts';
import { ApiClient } from '../api-client.ts';
import { runningSystem } from '../system.ts';
import { table } from '../table.ts';
import { UsageError } from '../usage-error.ts';
import { realDay } from './operate.ts';

export interface Asked {
  week: string;
  api?: string;
  token?: string;
  admin?: string;
  json?: true;
}

interface ShownFigure {
  figureId: string;
  value?: number;
  unit: string;
  source: string;
  asOf: string;
  used: boolean;
  words: string[];
}
export interface ShownFigures {
  siteId: string;
  week: string;
  figures: ShownFigure[];
}
export interface ShownOutlook {
  siteId: string;
  scenarios: number;
  isThin: boolean;
  onHandDoses: number;
  words: string[];
  weeks: {
    week: string;
    firmDoses: number;
    likelyDoses?: number;
    likelyLowDoses?: number;
    likelyHighDoses?: number;
    planningLowDoses?: number;
    planningHighDoses?: number;
    plannedDoses: number;
    announcedDoses?: number;
    cancelRiskPermille?: number;
  }[];
}

/** Every figure on a line, with how it was worked out below it. */
export const figuresText = ({ siteId, week, figures }: ShownFigures): string => {
  const rows = figures.map(({ figureId, value, unit, source, asOf, used }) => [
    figureId.slice(week.length + 1),
    value ?? '-',
    unit,
    source,
    asOf,
    used ? 'used' : 'shown',
  ]);
  const words = figures.map((one) => [one.figureId.slice(week.length + 1), ...one.words.map((line) => `  ${line}`)].join('\n'));
  return [`${siteId}, week of ${week}`, table(['figure', 'value', 'unit', 'source', 'as of', ''], rows), '', ...words].join('\n');
};

export const outlookText = ({ siteId, scenarios, isThin, onHandDoses, weeks }: ShownOutlook): string => {
  const rows = weeks.map((one) => [
    one.week,
    one.firmDoses,
    ...[one.likelyLowDoses, one.likelyHighDoses, one.planningLowDoses, one.planningHighDoses].map((told) => told ?? 'not known'),
    one.announcedDoses ?? '-',
    one.plannedDoses,
    one.cancelRiskPermille === undefined ? 'not known' : `${one.cancelRiskPermille} in 1,000`,
  ]);
  return [
    `${siteId}: ${onHandDoses} doses on hand, on the way or promised; ${scenarios} past runs of weeks are known${isThin ? ': too few to trust the bands' : ''}`,
    table(['week', 'firm', 'likely from', 'to', 'plan from', 'to', 'announced', 'clinics need', 'risk of cancelling'], rows),
  ].join('\n');
};

/** The API that is named with a token, or the one of the system that runs here: as the token's person, or else as a local allocator. */
export const clientOf = async ({ api, token, admin }: Pick<Asked, 'api' | 'token' | 'admin'>): Promise<ApiClient> => {
  if (api !== undefined && token !== undefined) return new ApiClient(api, token);
  if (api !== undefined) throw new UsageError('An --api needs its --token; without it the system that runs here is asked.');
  const { adminUrl, apiUrl } = runningSystem(admin);
  if (apiUrl === undefined) throw new UsageError('Where the API is was not left here: give --api and --token.');
  if (token !== undefined) return new ApiClient(apiUrl, token);
  const response = await fetch(`${adminUrl}/_local/tokens`, {
    method: 'POST',
    body: JSON.stringify({ sub: 'local-dph-allocator', groups: ['dph-allocator'] }),
  });
  return new ApiClient(apiUrl, ((await response.json()) as { token: string }).token);
};

const command = (name: string, description: string, path: string, text: (body: never) => string): Command =>
  new Command(name)
    .description(description)
    .argument('<site>', 'id of the site')
    .requiredOption('--week <day>', 'a day of the allocation week (YYYY-MM-DD)', realDay)
    .option('--api <url>', 'the API, when it is not the system that runs here')
    .option('--token <token>', 'a token for it')
    .option('--admin <url>', 'a system that runs elsewhere on this machine')
    .option('--json', 'the answer as it is')
    .action(async (site: string, options: Asked) => {
      const api = await clientOf(options);
      const { body } = await api.send('GET', `/sites/${encodeURIComponent(site)}/${path}`, { query: { week: mondayOf(options.week) } });
      process.stdout.write(`${options.json === true ? JSON.stringify(body, null, 2) : text(body as never)}\n`);
    });

export const figureCommands: readonly Command[] = [
  command('figures', 'Every figure that the next draft of a week would use about a site, with source and formula', 'allocation-figures', figuresText),
  command(
    'outlook',
    'The three weeks after the week asked for: firm, likely and planning doses of a site, and the risk of cancelling clinics',
    'outlook',
    outlookText,
  ),
];
