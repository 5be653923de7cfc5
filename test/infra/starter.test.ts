import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = mkdtempSync(join(tmpdir(), 'doseline-starter-'));
const at = (...path: string[]): string => join(root, ...path);
afterAll(() => { rmSync(root, { recursive: true }); });

const locked = {
  '': { name: 'it' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/elsewhere': { version: '1.0.0', integrity: 'sha512-b', optional: true, os: ['aix'] },
};
const a = { 'node_modules/a': locked['node_modules/a'] };
const packages = (file: string, of: object): void => { writeFileSync(file, JSON.stringify({ packages: of })); };

/** A project of two packages, with an npm that only notes that it was asked. */
beforeEach(() => {
  rmSync(root, { recursive: true });
  for (const folder of ['bin', join('node_modules', '.bin'), 'tools']) mkdirSync(at(folder), { recursive: true });
  copyFileSync(fileURLToPath(new URL('../../bin/node24.mjs', import.meta.url)), at('bin', 'node24.mjs'));
  symlinkSync(process.execPath, at('node_modules', '.bin', 'node'));
  packages(at('package-lock.json'), locked);
  writeFileSync(at('tools', 'npm'), `#!/bin/sh\ntouch ${at('asked')}\n`);
  chmodSync(at('tools', 'npm'), 0o755);
});

/** Whether the starter installs before it runs a command. */
const installs = (): boolean => {
  const { status, stdout } = spawnSync(process.execPath, [at('bin', 'node24.mjs'), '-p', '6*7'], { encoding: 'utf8', env: { ...process.env, PATH: [at('tools'), process.env['PATH']].join(delimiter) } });
  expect([status, stdout.trim().split('\n').at(-1)]).toEqual([0, '42']);
  return existsSync(at('asked'));
};

describe('the starter', () => {
  it.each<[string, object | undefined, boolean]>([
    ['takes what `npm ci` installed by hand, without optional packages of other machines', a, false],
    ['installs where npm has installed nothing', undefined, true],
    ['installs where a package is missing', {}, true],
    ['installs where a package is another than the lock says', { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-c' } }, true],
    ['installs where a package is there that the lock has not', { ...a, 'node_modules/b': { version: '1.0.0' } }, true],
  ])('%s', (_, installed, expected) => {
    if (installed !== undefined) packages(at('node_modules', '.package-lock.json'), installed);
    expect(installs()).toBe(expected);
    expect(existsSync(at('node_modules', '.doseline-installed'))).toBe(true);
  });
});
