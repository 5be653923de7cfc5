import { Command } from 'commander';
import { mondayOf } from '../../shared/kernel/dates.ts';
import type { ApiClient } from '../api-client.ts';
import {
  differencesText,
  runsText,
  runText,
  siteText,
  type AskedRun,
  type ShownDifferences,
  type ShownRun,
  type ShownSite,
} from '../lab/print-runs.ts';
import { clientOf } from './figures.ts';
import { realDay } from './operate.ts';
import { runMoveCommands } from './run-moves.ts';

interface Where {
  api?: string;
  token?: string;
  admin?: string;
  json?: true;
}

const print = (body: unknown, text: string, { json }: Where): void => {
  process.stdout.write(`${json === true ? JSON.stringify(body, null, 2) : text}\n`);
};

const pathOf = (runId: string, rest = ''): string => `/allocation-runs/${encodeURIComponent(runId)}${rest}`;

const whatIf = async (api: ApiClient, runId: string, siteId: string, { awards }: ShownSite): Promise<string[][]> => {
  const answers: string[][] = [];
  for (const { ndc, doseNumber, packDoses } of awards) {
    const query = { siteId, ndc, doseNumber: String(doseNumber), packDoses: String(packDoses) };
    const { body } = await api.get<{ effects: { words: string }[] }>(pathOf(runId, '/what-if'), query);
    answers.push(body.effects.map(({ words }) => words));
  }
  return answers;
};

/** Every page of the sites that differ, under the heading of the first. */
const allDifferences = async (api: ApiClient, runId: string, other: string): Promise<ShownDifferences> => {
  let whole: ShownDifferences | undefined;
  for (let cursor: string | undefined; ; ) {
    const { body } = await api.get<ShownDifferences>(pathOf(runId, '/differences'), {
      with: other,
      limit: '200',
      ...(cursor === undefined ? {} : { cursor }),
    });
    whole = whole === undefined ? body : { ...whole, items: [...whole.items, ...body.items] };
    cursor = body.nextCursor;
    if (cursor === undefined) return whole;
  }
};

const asked = (command: Command): Command =>
  command
    .option('--api <url>', 'the API, when it is not the system that runs here')
    .option('--token <token>', 'a token for it')
    .option('--admin <url>', 'a system that runs elsewhere on this machine')
    .option('--json', 'the answer as it is');

export const runsCommand = new Command('runs')
  .description('Allocation runs of a system: list, show as a whole, explain a site, hold two side by side, draft, propose, publish, settle, replay')
  .addCommand(
    asked(
      new Command('list')
        .description('Runs of a week, latest first')
        .requiredOption('--week <day>', 'a day of the allocation week (YYYY-MM-DD)', realDay),
    ).action(async (options: Where & { week: string }) => {
      const runs = await (
        await clientOf(options)
      ).list<(AskedRun | ShownRun) & Record<string, unknown>>('/allocation-runs', { week: mondayOf(options.week) });
      print(runs, runsText(runs), options);
    }),
  )
  .addCommand(
    asked(
      new Command('show').description('Supply and what is left and why, who was short, reserves, equity').argument('<run>', 'id of the run'),
    ).action(async (runId: string, options: Where) => {
      const { body } = await (await clientOf(options)).get<(AskedRun | ShownRun) & Record<string, unknown>>(pathOf(runId));
      print(body, runText(body), options);
    }),
  )
  .addCommand(
    asked(
      new Command('explain')
        .description("Every line of a site's awards, and what would have changed them")
        .argument('<run>', 'id of the run')
        .argument('<site>', 'id of the site'),
    ).action(async (runId: string, siteId: string, options: Where) => {
      const api = await clientOf(options);
      const { body } = await api.get<ShownSite & Record<string, unknown>>(pathOf(runId, `/sites/${encodeURIComponent(siteId)}`));
      const effects = await whatIf(api, runId, siteId, body);
      print({ ...body, effects }, siteText(body, effects), options);
    }),
  )
  .addCommand(
    asked(
      new Command('compare')
        .description('Two runs side by side: inputs, policy and awards that differ')
        .argument('<run>', 'id of the first')
        .argument('<other>', 'id of the second'),
    ).action(async (runId: string, other: string, options: Where) => {
      const differences = await allDifferences(await clientOf(options), runId, other);
      print(differences, differencesText(differences), options);
    }),
  );
runMoveCommands.forEach((command) => runsCommand.addCommand(command));
