import { addDays } from '../../shared/kernel/dates.ts';
import type { ApiClient } from '../api-client.ts';
import { table, type Cell } from '../table.ts';
import type { LocalRun } from '../../local/start.ts';

export interface Balance {
  scope: string;
  accounts: number;
  balances: Record<string, number>;
  /** Doses by which the equation is off; 0 when it holds. */
  gap: number;
  findings: number;
}

export interface Submission {
  day: string;
  submissionId: string;
  state: string;
  records: number;
  files?: { name: string; records: number; sha256: string }[];
}

export interface Export {
  table: string;
  rows: number;
  files: { name: string }[];
}

export interface Outcome {
  balances: Balance[];
  submissions: Submission[];
  /** CSV exports of the last night. */
  exports: Export[];
  /** Counters compared with a recount from the dose records. */
  recount: { persons: number; differences: number };
}

/** How long queues and streams may take to drain before a story gives up. */
const idleTimeoutMs = 120_000;

const payloadOf = (invocation: unknown): Record<string, unknown> => {
  const { payload } = (invocation ?? {}) as { payload?: unknown };
  return (typeof payload === 'string' ? JSON.parse(payload) : (payload ?? invocation ?? {})) as Record<string, unknown>;
};

/** Lets a night pass, as of the morning after it: the nightly job closes the day, and everything it started comes to its end. */
export const passNight = async (run: LocalRun, nightlyAt: string): Promise<void> => {
  await run.idle(idleTimeoutMs);
  run.clock.set(nightlyAt);
  await run.fire('nightly', { scheduledTime: nightlyAt });
  await run.idle(idleTimeoutMs);
  await run.fire('reconcile', { scheduledTime: nightlyAt });
  await run.idle(idleTimeoutMs);
};

/** Reads what a story came to: balances as reconciled last, CVRS files, and the recount of the counters. */
export const readOutcome = async (run: LocalRun, inventory: ApiClient, epidemiologist: ApiClient, day: string): Promise<Outcome> => {
  const balances = await inventory.list<Balance>('/inventory/balances', { day });
  const submissions = await epidemiologist.list<Submission>('/submissions');
  const { items: exports } = (await epidemiologist.get<{ items: Export[] }>('/exports', { day: addDays(day, -1) })).body;
  const recount = payloadOf(await run.invoke('reports-on-recount', { scheduledTime: run.clock.iso() }));
  return {
    balances,
    submissions,
    exports,
    recount: {
      persons: Number(recount['persons'] ?? 0),
      differences: Number(recount['wrongPersons'] ?? Number.NaN) + Number(recount['wrongCounters'] ?? Number.NaN),
    },
  };
};

/** True when every equation holds, every account agrees with its entries and every counter with its recount. */
export const isBalanced = ({ balances, recount }: Outcome): boolean =>
  balances.length > 0 && balances.every(({ gap, findings }) => gap === 0 && findings === 0) && recount.differences === 0;

const columns = [
  'shipped',
  'inTransit',
  'short',
  'received',
  'transferredIn',
  'administered',
  'wasted',
  'transferredOut',
  'quarantined',
  'onHand',
  'overfill',
  'netAdjustments',
];

/** The balance table: per site and in total, in doses. */
export const balanceTable = ({ balances }: Outcome, nameOf: (siteId: string) => string, most = 1000): string => {
  const isTotal = ({ scope }: Balance): boolean => scope === 'jurisdiction' || scope === 'federal';
  const row = (line: Balance): Cell[] => [
    isTotal(line) ? line.scope.toUpperCase() : nameOf(line.scope),
    ...columns.map((column) => line.balances[column] ?? 0),
    line.gap,
  ];
  const sites = balances.filter((line) => !isTotal(line)).sort((a, b) => nameOf(a.scope).localeCompare(nameOf(b.scope)));
  const shown = [...sites.slice(0, most), ...balances.filter(isTotal)].map(row);
  const cut = sites.length > most ? `\n(${sites.length - most} more sites; --json has them all)` : '';
  return table(['doses at', ...columns, 'gap'], shown) + cut;
};

export const exportTable = ({ exports }: Outcome): string =>
  exports.length === 0
    ? 'no export was written'
    : table(['exported table', 'rows', 'CSV files'], exports.map(({ table: name, rows, files }): Cell[] => [name, rows, files.length]));

export const submissionTable = ({ submissions }: Outcome): string =>
  submissions.length === 0
    ? 'no CVRS file was written'
    : table(
        ['CVRS day', 'file', 'records', 'state', 'SHA-256'],
        [...submissions]
          .sort((a, b) => a.day.localeCompare(b.day))
          .flatMap(({ day, state, files = [] }) =>
            files.map(({ name, records, sha256 }): Cell[] => [day, name, records, state, sha256.slice(0, 16)]),
          ),
      );
