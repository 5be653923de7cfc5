import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { lambdaOf } from '../infra/functions.ts';
import { openSuite } from '../test/support/suite.ts';
import { seedSites } from './run-sites.ts';
import type { BenchResult } from './run.ts';

const CHILD = fileURLToPath(new URL('./allocation-runs-child.ts', import.meta.url));
const week = '2021-03-29';
/** The largest takes six minutes, most of it to write the sites: `RUN_SITES=10000`. */
const sizes = (process.env['RUN_SITES'] ?? '1000').split(',').map(Number);
/** What Node is given of a Lambda's memory. */
const heapMb = Math.floor(lambdaOf('allocations-on-run').memoryMb * 0.8);
const byWorker: readonly string[] = ['draft', 'publish'];
const limitOf = (step: string): number => lambdaOf(byWorker.includes(step) ? 'allocations-on-run' : 'allocations-api').timeoutSeconds;

interface Measured {
  awards: number;
  steps: Record<string, { seconds: number; cpuSeconds: number; peakMb: number }>;
}

/** Writes a jurisdiction and has a child take a run of it from its draft to its publication. */
const measure = async (sites: number): Promise<Measured> => {
  const suite = await openSuite(`runs${sites}`);
  await seedSites(suite, week, sites);
  const { stdout } = await promisify(execFile)(process.execPath, [`--max-old-space-size=${heapMb}`, CHILD, week, String(sites)], {
    maxBuffer: 10_000_000,
  });
  await suite.stop();
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Measured;
};

/** A run of a whole jurisdiction, from its draft to its publication, each step beside the time its Lambda is given. */
export async function benchAllocationRuns(): Promise<BenchResult> {
  const rows: BenchResult['rows'] = [];
  let ratio = 0;
  for (const sites of sizes) {
    const { awards, steps } = await measure(sites);
    for (const [step, { seconds, cpuSeconds, peakMb }] of Object.entries(steps)) {
      const limit = limitOf(step);
      ratio = Math.max(ratio, seconds / limit);
      rows.push({
        sites,
        awards,
        step,
        seconds: seconds.toFixed(1),
        'CPU seconds': cpuSeconds.toFixed(1),
        'limit s': limit,
        'peak MB so far': peakMb,
      });
    }
  }
  return {
    title: `Runs of ${sizes.join(', ')} sites x 4 products on DynamoDB Local`,
    rows,
    ratio,
    aim: 'every step within half the time of its Lambda',
  };
}
