import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
const start = (args: readonly string[]) => spawn(process.execPath, ['cli/doseline.ts', ...args], { cwd: root, env: { ...process.env, NODE_NO_WARNINGS: '1' } });

/** Runs the command-line tool as a person does, and gives what it printed. */
export const doseline = (...args: readonly string[]): Promise<Ran> =>
  new Promise((done) => {
    const child = start(args);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (code) => done({ code, stdout, stderr }));
  });

/** The same for somebody who reads the beginning only, as `| head` does. */
export const doselineBegun = (...args: readonly string[]): Promise<Ran> =>
  new Promise((done) => {
    const child = start(args);
    let [stdout, stderr] = ['', ''];
    child.stdout.once('data', (chunk: Buffer) => {
      stdout = chunk.toString();
      child.stdout.destroy();
    });
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
