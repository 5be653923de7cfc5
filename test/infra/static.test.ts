import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openApiFile, openApiText } from '../../infra/openapi.ts';

const root = join(import.meta.dirname, '..', '..');
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
const run = (command: string, args: readonly string[], cwd = root): { status: number | null; output: string } => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 26 });
  return { status, output: `${stdout}${stderr}` };
};

describe('the code', () => {
  it('has no type error', () => expect(run(bin('tsc'), ['--noEmit'])).toEqual({ status: 0, output: '' }), 120_000);
  it('has no lint finding', () => {
    const { status, output } = run(process.execPath, ['node_modules/eslint/bin/eslint.js', '.']);
    expect({ status, output }).toEqual({ status: 0, output: '' });
  }, 300_000);
  it('has an OpenAPI document that says what the routes say (npm run openapi writes it)', () => {
    expect(readFileSync(openApiFile, 'utf8')).toBe(openApiText());
  });
});

interface Cruise {
  summary: { violations: { rule: { name: string }; from: string; to: string }[]; totalCruised: number };
}
const cruise = (cwd: string): Cruise => {
  const folders = ['functions', 'shared', 'infra', 'local', 'cli', 'bench', 'test'].filter((folder) => existsSync(join(cwd, folder)));
  const config = join(root, '.dependency-cruiser.js');
  const { output } = run(process.execPath, [bin('depcruise'), '--config', config, '--output-type', 'json', ...folders], cwd);
  return JSON.parse(output) as Cruise;
};

/** One violation of each rule: the file that breaks it, and what it imports. */
const planted: [rule: string, from: string, to: string][] = [
  ['kernel-imports-nothing', 'shared/kernel/a.ts', 'shared/codes/z.ts'],
  ['codes-are-facts', 'shared/codes/a.ts', 'shared/platform/z.ts'],
  ['contracts-are-schemas', 'shared/contracts/a.ts', 'shared/platform/z.ts'],
  ['published-are-schemas', 'shared/published/a.ts', 'shared/platform/z.ts'],
  ['hl7-is-pure', 'shared/hl7/a.ts', 'shared/platform/z.ts'],
  ['ledger-is-pure', 'shared/ledger/a.ts', 'shared/platform/z.ts'],
  ['platform-knows-no-context', 'shared/platform/a.ts', 'shared/ledger/z.ts'],
  ['domain-is-pure', 'functions/doses/domain/a.ts', 'functions/doses/store.ts'],
  ['routes-run-nothing', 'functions/doses/routes.ts', 'shared/platform/z.ts'],
  ['contexts-do-not-meet', 'functions/doses/record-dose.ts', 'functions/inventory/z.ts'],
  ['functions-stay-home', 'functions/doses/report-dose.ts', 'local/z.ts'],
  ['sdk-at-the-edge', 'functions/doses/delete-dose.ts', '@aws-sdk/client-dynamodb'],
  ['infra-reads-routes', 'infra/a.ts', 'functions/doses/store.ts'],
  ['local-reads-the-template', 'local/a.ts', 'functions/doses/store.ts'],
  ['cli-uses-the-api', 'cli/a.ts', 'functions/doses/store.ts'],
  ['nothing-imports-tests', 'infra/b.ts', 'test/support/z.ts'],
  ['no-circle', 'functions/orders/circle-a.ts', 'functions/orders/circle-b.ts'],
];

const plant = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'doseline-boundaries-'));
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  const up = (from: string): string => '../'.repeat(from.split('/').length - 1);
  const specifier = (from: string, to: string): string => (to.startsWith('@') ? to : `${up(from) || './'}${to}`);
  write('node_modules/@aws-sdk/client-dynamodb/package.json', '{"name":"@aws-sdk/client-dynamodb","main":"index.js"}');
  write('node_modules/@aws-sdk/client-dynamodb/index.js', 'exports.z = 1;');
  write('package.json', '{"type":"module","dependencies":{"@aws-sdk/client-dynamodb":"*"}}');
  for (const [, , to] of planted) if (!to.startsWith('@')) write(to, 'export const z = 1;\n');
  for (const [, from, to] of planted) write(from, `import { z } from '${specifier(from, to)}';\nexport const used = z;\n`);
  write('functions/orders/circle-b.ts', "import { used } from './circle-a.ts';\nexport const z = used;\n");
  return folder;
};

describe('the dependency rule', () => {
  it('holds for the whole project', () => {
    const { violations, totalCruised } = cruise(root).summary;
    expect(violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
    expect(totalCruised).toBeGreaterThan(100);
  }, 120_000);

  it('catches one planted violation of each rule', () => {
    const folder = plant();
    const found = cruise(folder).summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
    rmSync(folder, { recursive: true });
    for (const [rule, from] of planted) expect(found).toContain(`${rule}: ${from}`);
  }, 60_000);

  it('has a planted violation for every rule there is', async () => {
    const config = (await import(join(root, '.dependency-cruiser.js'))) as { default: { forbidden: { name: string }[] } };
    expect(planted.map(([rule]) => rule).sort()).toEqual(config.default.forbidden.map(({ name }) => name).sort());
  });
});
