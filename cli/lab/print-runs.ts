import { leftInBrief } from '../../functions/allocations/domain/words/brief.ts';
import { poolName } from '../../functions/allocations/domain/words/words.ts';
import type { FederalSummary, Leftover, PoolSummary } from '../../functions/allocations/domain/allocation.ts';
import type { Problem } from '../../shared/contracts/problem.ts';
import { table } from '../table.ts';
import type { Cell } from '../table.ts';
import { readInWords } from './read-changes.ts';

/** Answers of the API about runs, as far as they are printed. */
export interface AskedRun {
  readonly runId: string;
  readonly week: string;
  readonly state: 'drafting' | 'refused';
  readonly policyId: string;
  readonly policyVersion: number;
  readonly draftedAt: string;
  readonly draftedBy: string;
  readonly sitesRead?: number;
  readonly sites?: number;
  readonly notice?: string;
  readonly problem?: Pick<Problem, 'title' | 'detail' | 'errors'>;
}
export interface ShownRun {
  readonly runId: string;
  readonly week: string;
  readonly state: 'draft' | 'proposed' | 'publishing' | 'published' | 'superseded';
  readonly notice?: string;
  readonly problem?: Pick<Problem, 'title' | 'detail' | 'errors'>;
  readonly policyId: string;
  readonly policyVersion: number;
  readonly inputsDigest: string;
  readonly awardedDoses: number;
  readonly supplyDoses: number;
  readonly draftedAt: string;
  readonly draftedBy: string;
  readonly proposedBy?: string;
  readonly publishedBy?: string;
  readonly overrides?: number;
  readonly supersedes?: string;
  readonly summary: { readonly pools: readonly PoolSummary[]; readonly writtenOff: number; readonly federal?: FederalSummary };
  readonly leftover: readonly Leftover[];
}

const micro = (value: number): number => Math.round(value / 100_000) / 10;

const isAsked = (run: AskedRun | ShownRun): run is AskedRun => run.state === 'drafting' || run.state === 'refused';

const problemLines = ({ problem }: Pick<AskedRun, 'problem'>): string[] =>
  problem === undefined
    ? []
    : [`${problem.title}. ${problem.detail ?? ''}`.trim(), ...(problem.errors ?? []).map(({ path, message }) => `  ${path}: ${message}`)];

/** A run that has no awards: how far it is, or why there will be none. */
const askedText = (run: AskedRun): string =>
  [
    `Run ${run.runId}, week of ${run.week}: ${run.state}; asked for by ${run.draftedBy} at ${run.draftedAt}`,
    `Policy ${run.policyId}@${run.policyVersion}`,
    ...(run.sites === undefined ? [] : [`${run.sitesRead ?? 0} of ${run.sites} sites read`]),
    ...(run.notice === undefined ? [] : [run.notice]),
    ...problemLines(run),
  ].join('\n');

/** In one line: `show` tells every fault. */
const whyNothing = ({ problem }: Pick<AskedRun, 'problem'>): string => {
  if (problem === undefined) return '';
  const [first, ...more] = problem.errors ?? [];
  const besides = more.length > 0 ? ` (and ${more.length} more)` : '';
  return [problem.detail ?? problem.title, ...(first === undefined ? [] : [`${first.message}${besides}`])].join(' ');
};

export const runsText = (runs: readonly (AskedRun | ShownRun)[]): string =>
  runs.length === 0
    ? 'No run of this week was drafted.'
    : table(
        ['run', 'state', 'policy', 'doses awarded', 'of supply', 'drafted', 'by', 'why it came to nothing'],
        runs.map((run): Cell[] => {
          const [awarded, supplied] = isAsked(run) ? ['', ''] : [run.awardedDoses, run.supplyDoses];
          return [run.runId, run.state, `${run.policyId}@${run.policyVersion}`, awarded, supplied, run.draftedAt, run.draftedBy, whyNothing(run)];
        }),
      );

const people = ({ draftedBy, proposedBy, publishedBy }: ShownRun): string =>
  [
    `drafted by ${draftedBy}`,
    ...(proposedBy === undefined ? [] : [`proposed by ${proposedBy}`]),
    ...(publishedBy === undefined ? [] : [`published by ${publishedBy}`]),
  ].join(', ');

/** Federal doses beside the run's own. The two shares measure differently, and say so. */
const federalText = ({ weeks, doses, ownDoses, equity: { federalByDelivery, ownByResidents } }: FederalSummary): string => {
  const row = (whose: string, of: number, by: string, equity: FederalSummary['equity']['ownByResidents']): Cell[] =>
    equity === undefined
      ? [whose, of, by, '', '']
      : [whose, of, by, `${(equity.priorityPermille / 10).toFixed(1)} % of ${equity.knownDoses}`, equity.unknownDoses];
  return table(['doses', 'number', 'to priority zips by', 'share', 'not placed'], [
    row('of this run', ownDoses, 'residents served', ownByResidents),
    row(`on federal accounts, ${weeks} weeks before`, doses, 'place of delivery', federalByDelivery),
  ]);
};

/** A run as a whole: what went out and what is left and why, who was short, which reserve bound, equity by residence. */
export const runText = (run: AskedRun | ShownRun): string => {
  if (isAsked(run)) return askedText(run);
  const { pools, writtenOff, federal } = run.summary;
  const reserves = pools.flatMap((pool) =>
    pool.reserves.map(({ stage, reserve, shareMicro, groupTargetMicro, groupDoses, bound, shortDoses }): Cell[] => [
      stage, reserve, poolName(pool), micro(shareMicro), micro(groupTargetMicro), groupDoses, bound ? 'bound' : 'did not bind', shortDoses,
    ]),
  );
  const equity = pools.flatMap((pool): Cell[][] =>
    pool.equity === undefined
      ? []
      : [
          [
            poolName(pool),
            pool.equity.priorityDoses,
            pool.equity.knownDoses,
            `${(pool.equity.priorityPermille / 10).toFixed(1)} %`,
            pool.equity.unknownDoses,
          ],
        ],
  );
  return [
    `Run ${run.runId}, week of ${run.week}: ${run.state}; ${people(run)}`,
    `Policy ${run.policyId}@${run.policyVersion}; inputs ${run.inputsDigest.slice(0, 16)}; ${run.overrides ?? 0} awards set by a person; ${writtenOff} rounding debts ended`,
    ...(run.supersedes === undefined ? [] : [`Supersedes ${run.supersedes}`]),
    ...(run.notice === undefined ? [] : [run.notice]),
    ...problemLines(run),
    table(
      ['supply', 'packs', 'doses asked', 'doses awarded', 'sites asking', 'sites short', 'under a pack', 'packs left', 'why left'],
      pools.map((pool, at): Cell[] => [
        poolName(pool),
        pool.supplyPacks,
        pool.requestedDoses,
        pool.awardedPacks * pool.packDoses,
        pool.sitesAsking,
        pool.sitesShort,
        pool.sitesUnderOnePack,
        run.leftover[at]?.packs ?? 0,
        leftInBrief(run.leftover[at]),
      ]),
    ),
    ...(reserves.length === 0
      ? []
      : [table(['reserve', 'kind', 'of', 'meant, doses', 'group fair share', 'group doses', 'it', 'doses short'], reserves)]),
    ...(federal === undefined ? [] : [federalText(federal)]),
    ...(equity.length === 0
      ? []
      : [table(['doses by residence', 'to priority zips', 'of doses', 'share', 'at sites whose residents are not known'], equity)]),
  ].join('\n\n');
};

export interface ShownSite {
  readonly week: string;
  readonly runId: string;
  readonly awards: readonly { readonly ndc: string; readonly doseNumber: number; readonly packDoses: number; readonly words: readonly string[] }[];
}

/** A site's awards of a run, each with its lines and what would have changed it. */
export const siteText = ({ runId, week, awards }: ShownSite, effects: readonly (readonly string[])[]): string =>
  [
    `Run ${runId}, week of ${week}`,
    ...(awards.length === 0 ? ['It asked for nothing that was shared out.'] : []),
    ...awards.map(({ words: [head = '', ...lines] }, at) =>
      [
        head,
        ...lines.map((line) => `  ${line}`),
        ...((effects[at] ?? []).length === 0 ? [] : ['  What would have changed it:', ...(effects[at] ?? []).map((line) => `    ${line}`)]),
      ].join('\n'),
    ),
  ].join('\n\n');

export interface ShownDifferences {
  readonly before: { readonly runId: string; readonly policyId: string; readonly policyVersion: number };
  readonly after: ShownDifferences['before'];
  readonly supply: readonly PathChange[];
  readonly policy: readonly PathChange[];
  readonly overrides: readonly PathChange[];
  readonly pools: readonly {
    readonly ndc: string;
    readonly doseNumber: number;
    readonly packDoses: number;
    readonly dosesBefore: number;
    readonly dosesAfter: number;
    readonly sitesShortBefore: number;
    readonly sitesShortAfter: number;
  }[];
  readonly items: readonly {
    readonly siteId: string;
    readonly name?: string;
    readonly inputs: readonly PathChange[];
    readonly awards: readonly { readonly words: string }[];
  }[];
  readonly nextCursor?: string;
}
interface PathChange {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

const said = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
const changes = (what: string, rows: readonly PathChange[]): string[] =>
  rows.length === 0
    ? []
    : [[`${what} that differs:`, ...rows.map(({ path, before, after }) => `  ${path}: ${said(before)} -> ${said(after)}`)].join('\n')];

/** Two runs side by side: what they read and followed differently, in sum, and every site that differs. */
export const differencesText = ({ before, after, supply, policy, overrides, pools, items }: ShownDifferences): string =>
  [
    `${before.runId} (${before.policyId}@${before.policyVersion}) against ${after.runId} (${after.policyId}@${after.policyVersion})`,
    ...changes('Supply', supply),
    ...changes('Policy', policy),
    ...changes('Award set by a person', overrides),
    table(
      ['doses of', 'before', 'after', 'difference', 'sites short before', 'after'],
      pools.map(({ ndc, dosesBefore, dosesAfter, sitesShortBefore, sitesShortAfter, ...pool }): Cell[] => [
        poolName({ product: ndc, ...pool }),
        dosesBefore,
        dosesAfter,
        dosesAfter - dosesBefore,
        sitesShortBefore,
        sitesShortAfter,
      ]),
    ),
    items.length === 0 ? 'No site differs.' : `${items.length} sites differ:`,
    ...items.map(({ siteId, name, inputs, awards }) =>
      [
        name ?? siteId,
        ...awards.map(({ words }) => `  ${words}`),
        ...inputs.map((change) => `  read: ${readInWords(change.path)}: ${said(change.before)} -> ${said(change.after)}`),
      ].join('\n'),
    ),
  ].join('\n\n');
