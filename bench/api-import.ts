import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, type Metafile } from 'esbuild';
import { bundleLambdas, bundleSettings } from '../infra/bundle.ts';
import { buckets, contexts, queues, secrets } from '../infra/contexts.ts';
import { lambdas, settings } from '../infra/functions.ts';
import type { BenchResult } from './run.ts';

const ROUNDS = 15;
const AIM_RATIO = 1.3;
const AIM_KB = 500;
/** A Lambda that loads the DynamoDB client and can read one item: what every other one is measured against. */
const BASE = 'only the DynamoDB client';
const BASE_SOURCE = `
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
const client = new DynamoDBClient({});
export const handler = (key) => client.send(new GetItemCommand({ TableName: 'table', Key: key }));
`;

const named = (names: readonly string[], kind: string): [string, string][] =>
  names.map((name) => [`${name.toUpperCase().replaceAll('-', '_')}_${kind}`, name]);
/** Everything that a composition root may ask for, so that an import runs to its end. */
const environment: Record<string, string> = {
  PATH: process.env['PATH'] ?? '',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  STAGE: 'bench',
  JURISDICTION: 'CTA',
  ...Object.fromEntries([...named(contexts, 'TABLE'), ...named(buckets, 'BUCKET'), ...named(queues, 'QUEUE_URL'), ...named(secrets, 'SECRET')]),
  ...Object.fromEntries(Object.values(settings).map((setting) => [setting, '4'])),
};

/** Milliseconds that one require takes in a process of its own. */
const importMs = async (file: string): Promise<number> => {
  const program =
    'const started = performance.now(); require(process.argv[1]); process.stdout.write(String(performance.now() - started)); process.exit(0);';
  return Number((await promisify(execFile)(process.execPath, ['--input-type=commonjs', '-e', program, file], { env: environment })).stdout);
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const kilobytes = async (file: string): Promise<number> => Math.round((await stat(file)).size / 1000);

/** Packages and files of ours that weigh most in a bundle: `zod 96, shared/codes/places.ts 31 ...`. */
const heaviest = ({ outputs }: Metafile, count: number): string => {
  const [output] = Object.values(outputs);
  const sums = new Map<string, number>();
  for (const [input, { bytesInOutput }] of Object.entries(output?.inputs ?? {})) {
    const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input) ?? [];
    const owner = name ?? input;
    sums.set(owner, (sums.get(owner) ?? 0) + bytesInOutput);
  }
  return [...sums].toSorted((a, b) => b[1] - a[1]).slice(0, count).map(([owner, bytes]) => `${owner} ${Math.round(bytes / 1000)}`).join(', ');
};

const weighed = async (entry: string, folder: string): Promise<string> =>
  heaviest((await build({ ...bundleSettings, entryPoints: [entry], outfile: join(folder, 'weighed.cjs'), metafile: true })).metafile, 6);

/**
 * Import time and size of every Lambda's real bundle against one that only loads the DynamoDB client, made by the same settings. Each
 * import is a process of its own; the Lambdas take turns in every round, so that a busy machine slows all alike. The ratio is that of the
 * slowest API; one beyond an aim is listed with what weighs most in it, in kB.
 */
export const benchApiImport = async (): Promise<BenchResult> => {
  const folder = await mkdtemp(join(tmpdir(), 'doseline-import-'));
  try {
    const codeOf = await bundleLambdas(folder);
    const base = join(folder, 'base', 'index.cjs');
    await build({ ...bundleSettings, stdin: { contents: BASE_SOURCE, resolveDir: bundleSettings.absWorkingDir }, outfile: base });
    const files = new Map([[BASE, base], ...lambdas.map(({ name }): [string, string] => [name, join(codeOf(name), 'index.cjs')])]);
    const times = new Map([...files.keys()].map((name): [string, number[]] => [name, []]));
    for (let round = -1; round < ROUNDS; round += 1) for (const [name, file] of files) {
      const ms = await importMs(file);
      if (round >= 0) times.get(name)?.push(ms);
    }
    const baseMs = median(times.get(BASE) ?? []);
    const rows: BenchResult['rows'] = [
      { lambda: BASE, kind: 'base', 'import ms': baseMs.toFixed(1), ratio: '1.00', kB: await kilobytes(base), heaviest: '' },
    ];
    let worst = 0;
    let isSmall = true;
    for (const { name, entry, trigger } of lambdas) {
      const ms = median(times.get(name) ?? []);
      const kB = await kilobytes(files.get(name) ?? '');
      const isBeyond = ms / baseMs > AIM_RATIO || kB > AIM_KB;
      if (trigger.kind === 'api') {
        worst = Math.max(worst, ms / baseMs);
        isSmall &&= kB <= AIM_KB;
      }
      rows.push({
        lambda: name,
        kind: trigger.kind,
        'import ms': ms.toFixed(1),
        ratio: (ms / baseMs).toFixed(2),
        kB,
        heaviest: isBeyond ? await weighed(entry, folder) : '',
      });
    }
    return {
      title: `Import of each Lambda, median of ${ROUNDS} processes`, rows, ratio: Number(worst.toFixed(2)), isMet: worst <= AIM_RATIO && isSmall,
      aim: `every API at most ${AIM_RATIO} times the base, and at most ${AIM_KB} kB`,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
