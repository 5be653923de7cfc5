import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const starter = fileURLToPath(new URL('../../bin/node24.mjs', import.meta.url));
let place = '';

/** Stands for npm: clears the packages, takes its time, puts a node there, and writes down that it was called. */
const npm = `#!/bin/sh
echo called >> calls
rm -rf node_modules
sleep 1
mkdir -p node_modules/.bin
ln -s "${process.execPath}" node_modules/.bin/node
`;

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'doseline-install-'));
  for (const folder of ['bin', 'programs']) mkdirSync(join(place, folder));
  cpSync(starter, join(place, 'bin', 'node24.mjs'));
  writeFileSync(join(place, 'package-lock.json'), '{}');
  writeFileSync(join(place, 'programs', 'npm'), npm);
  chmodSync(join(place, 'programs', 'npm'), 0o755);
});
afterAll(() => rmSync(place, { recursive: true }));

const start = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const PATH = `${join(place, 'programs')}:${dirname(process.execPath)}:/usr/bin:/bin`;
    const child = spawn(process.execPath, ['bin/node24.mjs', '-e', 'console.log("it ran")'], { cwd: place, env: { PATH } });
    let output = '';
    child.stdout.on('data', (piece: Buffer) => { output += piece.toString(); });
    child.on('error', reject);
    child.on('exit', () => resolve(output));
  });

describe('The starter', () => {
  it('installs once when several commands of a fresh clone start together, and all of them run', async () => {
    const outputs = await Promise.all([start(), start(), start()]);
    expect(outputs.map((output) => output.includes('it ran'))).toEqual([true, true, true]);
    expect(readFileSync(join(place, 'calls'), 'utf8')).toBe('called\n');
  });

  it('installs again when the lock is newer', async () => {
    writeFileSync(join(place, 'package-lock.json'), '{ }');
    expect(await start()).toContain('Installing the locked packages');
    expect(await start()).toBe('it ran\n');
    expect(readFileSync(join(place, 'calls'), 'utf8')).toBe('called\ncalled\n');
  });
});
