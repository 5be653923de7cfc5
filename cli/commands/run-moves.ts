import type { Command } from 'commander';
import { mondayOf } from '../../shared/kernel/dates.ts';
import type { ApiClient } from '../api-client.ts';
import { readDocument } from '../lab/read-document.ts';
import { UsageError } from '../usage-error.ts';
import { makeWeekVerb, part, type Row } from '../week-verb.ts';
import { realDay } from './operate.ts';

const columns = ['runId', 'week', 'state', 'policyId', 'policyVersion', 'awardedDoses', 'supplyDoses', 'version'] as const;
const everyMs = 1_000;
/** Longer than a worker has. */
const mostReads = 600;

interface PublicPool {
  name: string;
  doseNumber: number;
  counties: { name: string; doses: number | null }[];
}

interface RunBody extends Record<string, unknown> {
  runId: string;
  state: string;
}

/** Reads a run until the worker is done with it. */
const settled = async (api: ApiClient, runId: string, underWay: string): Promise<RunBody> => {
  for (let read = 1; read <= mostReads; read += 1) {
    const { body } = await api.get<RunBody>(`/allocation-runs/${part(runId)}`);
    if (body.state !== underWay) return body;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new UsageError(`Run ${runId} is still ${underWay}: look again with \`runs show\`.`);
};

/** Exit code 2 when the worker came to nothing: the run says why. */
const ended = (run: RunBody, wanted: string): RunBody => {
  if (run.state !== wanted) {
    process.exitCode = 2;
    process.stderr.write(`It is ${run.state}; \`runs show ${run.runId}\` says why.\n`);
  }
  return run;
};

const ofRun = [['<run>', 'id of the run']] as const;
const versionOf = async (api: ApiClient, runId: string): Promise<number> => (await api.get(`/allocation-runs/${part(runId)}`)).version;

/** A run from its draft to its settlement, for the `runs` command. */
export const runMoveCommands: readonly Command[] = [
  makeWeekVerb({
    name: 'draft',
    description: 'Ask for a draft and wait for it. Exit code 2 when it is refused',
    columns,
    required: [
      ['--week <day>', 'a day of the allocation week (YYYY-MM-DD)', realDay],
      ['--policy <id>', 'a policy by id, or id@version'],
      ['--name <text>', 'what this draft is called: the same name again is the same draft'],
    ],
    options: [
      ['--overrides <file>', 'awards set by hand (YAML or JSON): a list of siteId, ndc, doseNumber, packDoses, packs, reason'],
      [
        '--keep <accepted|ordered>',
        'after a cut of supply: what sites accepted (unless said), or, where more is promised than is left, only what they ordered',
      ],
    ],
    run: async (api, _args, { week = '', policy, name, overrides, keep }) => {
      const body = {
        week: mondayOf(week),
        policy,
        ...(overrides === undefined ? {} : { overrides: readDocument(overrides, 'list of overrides') }),
        ...(keep === undefined ? {} : { keep }),
      };
      const { body: asked } = await api.post<RunBody>('/allocation-runs', body, { key: `draft ${name ?? ''} ${JSON.stringify(body)}` });
      return ended(await settled(api, asked.runId, 'drafting'), 'draft');
    },
  }),
  makeWeekVerb({
    name: 'propose',
    description: 'Propose a draft, for another person to publish',
    args: ofRun,
    columns,
    run: async (api, [runId = '']) =>
      (await api.send('POST', `/allocation-runs/${part(runId)}/proposal`, { ifMatch: await versionOf(api, runId) })).body,
  }),
  makeWeekVerb({
    name: 'publish',
    description: 'Publish what another person proposed, and wait for it (--token of that second person). Exit code 2 when it comes to nothing',
    args: ofRun,
    columns,
    run: async (api, [runId = '']) => {
      await api.send('POST', `/allocation-runs/${part(runId)}/publication`, { ifMatch: await versionOf(api, runId) });
      return ended(await settled(api, runId, 'publishing'), 'published');
    },
  }),
  makeWeekVerb({
    name: 'settle',
    description: 'Settle the week of the published run, when it is over',
    args: ofRun,
    columns: ['week', 'runId', 'pools', 'debts'],
    run: async (api, [runId = '']) => (await api.send('POST', `/allocation-runs/${part(runId)}/settlement`)).body,
  }),
  makeWeekVerb({
    name: 'replay',
    description: 'Share out the stored inputs again and compare. Exit code 2 when something else comes out',
    args: ofRun,
    columns: ['same', 'inputsDigest'],
    run: async (api, [runId = '']) => {
      const { body } = await api.send<{ same?: boolean } & Record<string, unknown>>('POST', `/allocation-runs/${part(runId)}/replay`);
      if (body.same !== true) process.exitCode = 2;
      return body;
    },
  }),
  makeWeekVerb({
    name: 'inputs',
    description: 'What a run took in of each site, with the figures behind it',
    args: ofRun,
    columns: ['siteId', 'figureId', 'value', 'unit', 'source', 'asOf'],
    run: (api, [runId = '']) => api.list<Row>(`/allocation-runs/${part(runId)}/inputs`),
    rows: (sites: { siteId: string; figures: Row[] }[]) => sites.flatMap(({ siteId, figures }) => figures.map((figure) => ({ ...figure, siteId }))),
  }),
  makeWeekVerb({
    name: 'written-off',
    description: 'Rounding debts that ended unpaid in a run, and why',
    args: ofRun,
    columns: ['siteId', 'product', 'doseNumber', 'packDoses', 'reason'],
    run: (api, [runId = '']) => api.list<Row>(`/allocation-runs/${part(runId)}/written-off`),
  }),
  makeWeekVerb({
    name: 'public',
    description: 'The published run of a week as the public sees it, by county (towns and groups with --json)',
    columns: ['product', 'doseNumber', 'county', 'doses'],
    required: [['--week <day>', 'a day of the allocation week (YYYY-MM-DD)', realDay]],
    run: async (api, _args, { week = '' }) => (await api.get(`/public/allocations/${mondayOf(week)}`)).body,
    rows: ({ pools }: { pools: PublicPool[] }) =>
      pools.flatMap((pool) =>
        pool.counties.map(({ name, doses }) => ({ product: pool.name, doseNumber: pool.doseNumber, county: name, doses: doses ?? 'left out' })),
      ),
  }),
];
