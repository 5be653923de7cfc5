import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

type Measured = { readonly seconds: number; readonly peakBytes: number; readonly growthBytes: number };
type Result = { title: string; rows: Record<string, string | number>[]; ratio: number; aim: string };

const CHILD = fileURLToPath(new URL('./cvrs-child.ts', import.meta.url));
const TIMEOUT_MS = 300_000;
const RUNS: readonly (readonly [writer: string, rows: number])[] = [
  ['doseline', 10_000], ['doseline', 100_000], ['doseline', 1_000_000], ['csv-stringify', 100_000],
];
const MB = 1024 * 1024;

const measure = async (writer: string, rows: number): Promise<Measured> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', CHILD, writer, `${rows}`],
    { timeout: TIMEOUT_MS });
  return JSON.parse(stdout) as Measured;
};

/**
 * Events to CVRS rows to a file on disk, each run in a process of its own. The ratio is peak memory (of the whole process, Node
 * included) at 1,000,000 rows over that at 10,000. It is not 1: chunks already written wait for the collector, up to a bound that
 * does not depend on the number of rows. The named peer for speed is csv-stringify on the same rows, the rows' making included.
 */
export const benchCvrs = async (): Promise<Result> => {
  const results: { writer: string; rows: number; measured: Measured }[] = [];
  for (const [writer, rows] of RUNS) results.push({ writer, rows, measured: await measure(writer, rows) });
  const peakOf = (count: number): number =>
    results.find(({ writer, rows }) => writer === 'doseline' && rows === count)?.measured.peakBytes ?? Number.NaN;
  return {
    title: 'CVRS file: events to rows to disk',
    rows: results.map(({ writer, rows, measured }) => ({
      writer, rows, 'rows/s': Math.round(rows / measured.seconds),
      'peak MB': Math.round(measured.peakBytes / MB), 'growth MB': Math.round(measured.growthBytes / MB),
    })),
    ratio: Number((peakOf(1_000_000) / peakOf(10_000)).toFixed(2)),
    aim: 'peak memory at 1,000,000 rows at most 2 times that at 10,000 (100 times the rows); rows/s above csv-stringify',
  };
};
