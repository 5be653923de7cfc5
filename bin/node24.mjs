// Runs a command under the project's own Node 24. Works on any Node >= 20 and on a fresh clone: installs the locked packages when they are
// missing or older than the lock, and checks for Java, before it hands over. Plain JavaScript, because it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const node24 = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
const stamp = join(root, 'node_modules', '.doseline-installed');

const stop = (message) => {
  console.error(`\n${message}\n`);
  process.exit(1);
};

const major = Number(process.versions.node.split('.')[0]);
if (major < 20) stop(`Doseline needs Node 20 or newer to start (this is ${process.version}). Install it, then run the same command again.`);

const lockTime = statSync(join(root, 'package-lock.json')).mtimeMs;
const isInstalled = () => existsSync(node24) && existsSync(stamp) && statSync(stamp).mtimeMs >= lockTime;

/**
 * Whether npm itself installed what the lock says (`npm ci` by hand): its own record holds the lock's packages, all but optional ones of
 * other machines, each as the lock has it.
 */
const npmInstalled = () => {
  const packages = (...path) => JSON.parse(readFileSync(join(root, ...path), 'utf8')).packages;
  try {
    const { '': _project, ...locked } = packages('package-lock.json');
    const installed = packages('node_modules', '.package-lock.json');
    return (
      Object.keys(installed).every((name) => name in locked) &&
      Object.entries(locked).every(([name, entry]) => (name in installed ? isDeepStrictEqual(installed[name], entry) : entry.optional === true))
    );
  } catch {
    return false; // no record, or one that cannot be read: the starter installs
  }
};
if (!isInstalled() && existsSync(node24) && npmInstalled()) writeFileSync(stamp, '');

/** One command installs; another that was started meanwhile waits for it. A claim older than this was left by one that was stopped. */
const claim = join(root, '.doseline', 'installing');
const staleMs = 600_000;
const claimed = () => {
  mkdirSync(join(root, '.doseline'), { recursive: true });
  if (existsSync(claim) && Date.now() - statSync(claim).mtimeMs > staleMs) rmdirSync(claim);
  try {
    mkdirSync(claim);
    return true;
  } catch {
    return false;
  }
};
while (!isInstalled()) {
  if (!claimed()) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    continue;
  }
  console.log('Installing the locked packages (npm ci; about a minute) ...');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: 'inherit' });
  if (npm.status === 0) writeFileSync(stamp, '');
  rmdirSync(claim);
  if (npm.status !== 0) stop('npm ci failed: the lines above say why. Doseline needs the npm registry once, for the locked packages.');
}

// Only what starts DynamoDB Local asks for Java: help and the commands on files alone do not.
const asksOnly = process.argv.some((argument) => argument === '--help' || argument === '-h');
const needsJava = !asksOnly && process.argv.some((argument) => /^(start|replay)$|test\/run\.ts|bench\/run\.ts|jest/.test(argument));
if (needsJava) {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const version = Number(/version "(\d+)/.exec(java.stderr ?? '')?.[1] ?? 0);
  if (version < 17)
    stop(
      `Doseline runs DynamoDB Local, which needs Java 17 or newer (${version === 0 ? 'no java was found on the PATH' : `found Java ${version}`}).\n` +
        'Install one (Debian, Ubuntu: apt-get install openjdk-17-jre-headless; macOS: brew install openjdk@17), then run the same command again.',
    );
}

const child = spawn(node24, process.argv.slice(2), { cwd: process.cwd(), stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal === null ? code ?? 1 : 130));
