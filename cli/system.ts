import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Role } from '../shared/contracts/permissions.ts';
import { startLocal, type LocalRun } from '../local/start.ts';
import { ApiClient } from './api-client.ts';
import type { Progress } from './table.ts';
import { UsageError } from './usage-error.ts';

export const root = join(import.meta.dirname, '..');
const defaultOutDir = join(root, 'cdk.out');
/** Where a running system leaves its addresses for commands in other terminals. */
const addressFile = join(root, '.doseline', 'run.json');

export interface SystemOptions {
  port?: number | undefined;
  dataDir?: string | undefined;
  clock?: string | undefined;
  /** A folder that is synthesised already. */
  outDir?: string | undefined;
}

export const synthesise = (): void => {
  const { status, stderr, stdout } = spawnSync(process.execPath, ['infra/app.ts'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  if (status !== 0) throw new Error(`The CDK app could not be synthesised:\n${stdout}${stderr}`);
};

/** Synthesises the CDK app and starts the whole system of it on this machine. */
export const startSystem = async (progress: Progress, options: SystemOptions): Promise<LocalRun> => {
  if (options.outDir === undefined) await progress.step('Synthesising the CDK app', () => Promise.resolve(synthesise()));
  const outDir = options.outDir ?? defaultOutDir;
  return progress.step(
    'Starting the system from the template',
    () => startLocal({ outDir, port: options.port, dataDir: options.dataDir, clock: options.clock }),
    (run) => `${run.functions.length} functions, ${run.tables.length} tables, ${run.queues.length} queues, ${run.buckets.length} buckets`,
  );
};

export const leaveAddress = (run: LocalRun): void => {
  mkdirSync(join(root, '.doseline'), { recursive: true });
  writeFileSync(addressFile, JSON.stringify({ adminUrl: run.adminUrl, apiUrl: run.apiUrl, pid: process.pid }));
};
/** Takes the address back, unless another system has left its own since. */
export const takeAddressBack = (): void => {
  if (!existsSync(addressFile)) return;
  const { pid } = JSON.parse(readFileSync(addressFile, 'utf8')) as { pid: number };
  if (pid === process.pid) rmSync(addressFile, { force: true });
};

/** The admin API of the system that runs in another terminal. */
export const runningSystem = (given?: string): { adminUrl: string; apiUrl?: string } => {
  if (given !== undefined) return { adminUrl: given };
  if (!existsSync(addressFile)) throw new UsageError('No system is running here. Start one with `npm start`, or name it with --admin URL.');
  return JSON.parse(readFileSync(addressFile, 'utf8')) as { adminUrl: string; apiUrl?: string };
};

/** Callers of the API by role: people of DPH and of providers, each with a token of their own. */
export const callersOf = (run: LocalRun) => ({
  person: async (subject: string, role: Exclude<Role, 'ehr-system'>): Promise<ApiClient> =>
    new ApiClient(run.apiUrl, await run.tokenFor({ sub: subject, groups: [role] })),
  machine: async (name: string): Promise<{ api: ApiClient; clientId: string }> => {
    const found = (await run.tokens()).find(({ role }) => role === name || role.endsWith(`-${name}`));
    if (found === undefined) throw new Error(`The template has no machine client ${name}`);
    return { api: new ApiClient(run.apiUrl, found.token), clientId: found.subject };
  },
});
export type Callers = ReturnType<typeof callersOf>;

/** What the functions logged as errors, the last few lines: told when a command fails while the system runs. */
export const loggedErrors = (run: LocalRun, most = 5): string => {
  const lines = run.logLines().filter(({ line }) => /ERROR/.test(line)).slice(-most);
  return lines.length === 0 ? '' : `\nThe functions logged:\n${lines.map(({ source, line }) => `  ${source}: ${line.slice(0, 600)}`).join('\n')}\n`;
};
