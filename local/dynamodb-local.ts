import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join, resolve as resolvePath } from 'node:path';
import { pause } from './loopback.ts';

const EMULATOR = join(import.meta.dirname, '..', 'node_modules', 'amplify-dynamodb-simulator', 'emulator');
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;
/** A process that lost the race for its port says so within this time after its banner; it does not end by itself. */
const SETTLE_MS = 300;
const FAILURE = 'Exception in thread';

/** Runs java until it ends or until our end of stdin closes: however this process dies, no emulator is left behind. */
const KEEPER = `exec 3<&0
java "$@" </dev/null 3<&- & emulator=$!
{ cat <&3 >/dev/null; kill $emulator 2>/dev/null; } >/dev/null 2>&1 &
wait $emulator`;

export interface DynamoDbLocal {
  readonly endpoint: string;
  /** Ends the process if this call started it; does nothing for one that DYNAMODB_ENDPOINT named. */
  stop(): Promise<void>;
}

export interface DynamoDbLocalOptions {
  /** Where the database file lives. Without one everything is in memory. */
  readonly dataDir?: string | undefined;
  /** Instead of a free port; it must be free. */
  readonly port?: number | undefined;
}

/**
 * Starts DynamoDB Local on a free port, or uses the one that DYNAMODB_ENDPOINT names (in-memory runs only).
 * It cannot be told to bind to loopback: it listens on all interfaces, so it holds made-up data only.
 * Throws when the process ends early or gives no answer within a minute.
 */
export const startDynamoDbLocal = async ({ dataDir, port: chosen }: DynamoDbLocalOptions = {}): Promise<DynamoDbLocal> => {
  const given = process.env['DYNAMODB_ENDPOINT'] ?? '';
  if (given !== '' && dataDir === undefined && chosen === undefined) {
    if (!(await answers(given))) throw new Error(`DYNAMODB_ENDPOINT is set to ${given}, but no DynamoDB answers there.`);
    return { endpoint: given, stop: () => Promise.resolve() };
  }
  const port = chosen ?? (await freePort());
  const endpoint = `http://127.0.0.1:${port}`;
  if (await answers(endpoint)) throw new Error(`Port ${port} is taken: another process answers there.`);
  const storage = dataDir === undefined ? ['-inMemory'] : ['-dbPath', directoryOf(dataDir)];
  return { endpoint, stop: await launch(port, endpoint, storage) };
};

const directoryOf = (dataDir: string): string => {
  const directory = resolvePath(dataDir, 'dynamodb');
  mkdirSync(directory, { recursive: true });
  return directory;
};

// Detached: a Ctrl-C in the terminal reaches us alone, so that functions end before their database does.
const launch = async (port: number, endpoint: string, storage: readonly string[]): Promise<() => Promise<void>> => {
  const java = [
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-Xmx768m',
    '-Djava.library.path=./DynamoDBLocal_lib',
    '-jar',
    'DynamoDBLocal.jar',
    ...storage,
    '-disableTelemetry',
    '-port',
    String(port),
  ];
  const child = spawn('sh', ['-c', KEEPER, 'keeper', ...java], {
    cwd: EMULATOR,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve();
    }),
  );
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  child.once('error', (error) => {
    output += error.message;
  });
  const isHealthy = (): boolean => isAlive(child) && !output.includes(FAILURE);
  const ours = (): boolean => isHealthy() && output.includes(`Port:\t${port}`);
  for (let waitedMs = 0; waitedMs < START_TIMEOUT_MS && isHealthy(); waitedMs += POLL_MS) {
    await pause(POLL_MS);
    if (!ours() || !(await answers(endpoint))) continue;
    await pause(SETTLE_MS);
    if (ours()) return stop;
  }
  await stop();
  throw new Error(`DynamoDB Local did not start on port ${port} (is Java >= 17 installed?): ${output.trim()}`);
};

const isAlive = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null && child.pid !== undefined;

/** True when something on the endpoint refuses an unsigned request in DynamoDB's words. */
const answers = async (endpoint: string): Promise<boolean> => {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      body: '{}',
      headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' },
    });
    return (await response.text()).includes('MissingAuthenticationToken');
  } catch {
    return false;
  }
};

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) =>
    server.close(() => {
      resolve();
    }),
  );
  return port;
};
