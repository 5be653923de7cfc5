import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// `npm test`: synthesises the system once, then lets jest run everything: types, lint, boundaries, unit, property, integration, infra,
// scenario, conformance and security. Further arguments go to jest (`npm test -- test/unit`).

interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numRuntimeErrorTestSuites: number;
}

const root = join(import.meta.dirname, '..');
const run = (title: string, args: readonly string[]): number => {
  console.log(`\n== ${title}`);
  return spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, NODE_NO_WARNINGS: '1' } }).status ?? 1;
};

const started = performance.now();
if (run('synthesising the CDK app (what the tests run is what deploys)', ['infra/app.ts']) !== 0) {
  console.log('\n0 passed, 1 failed');
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'doseline-test-'));
const reportFile = join(folder, 'report.json');
const status = run('tests', [
  '--experimental-vm-modules',
  'node_modules/jest/bin/jest.js',
  '--maxWorkers=2',
  '--json',
  `--outputFile=${reportFile}`,
  ...process.argv.slice(2),
]);
const report = JSON.parse(readFileSync(reportFile, 'utf8')) as JestReport;
rmSync(folder, { recursive: true });

// A suite that could not even be loaded has no tests of its own: it counts as one that failed.
const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
console.log(`\n${Math.round((performance.now() - started) / 1000)} s`);
console.log(`${report.numPassedTests} passed, ${failed} failed, ${report.numPendingTests + report.numTodoTests} skipped`);
process.exit(failed > 0 ? 1 : status);
