import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { CreateTableCommand, DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import type { AttributeDefinition, GlobalSecondaryIndex, Projection } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

const EMULATOR = fileURLToPath(new URL('../../node_modules/amplify-dynamodb-simulator/emulator/', import.meta.url));
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;
/** A process that lost the race for its port reports it within this time after its banner; it does not end by itself. */
const SETTLE_MS = 300;
const FAILURE = 'Exception in thread';

/** Runs java until it ends or until our end of stdin closes: however this process dies, no emulator is left behind. */
const KEEPER = `exec 3<&0
java "$@" </dev/null 3<&- & emulator=$!
{ cat <&3 >/dev/null; kill $emulator 2>/dev/null; } >/dev/null 2>&1 &
wait $emulator`;

export interface DynamoDbLocal {
  readonly endpoint: string;
  /** Ends the process if this call started it; does nothing for one that was found through DYNAMODB_ENDPOINT. */
  stop(): Promise<void>;
}

let currentEndpoint: string | undefined;

/**
 * Starts DynamoDB Local in memory on a free port, or uses the one that DYNAMODB_ENDPOINT names.
 * Throws when the process ends early, when something else answers on the port, or after a minute without an answer.
 */
export const startDynamoDbLocal = async (chosenPort?: number): Promise<DynamoDbLocal> => {
  const given = chosenPort === undefined ? process.env['DYNAMODB_ENDPOINT'] : undefined;
  if (given !== undefined && given !== '') {
    if (!(await answers(given))) throw new Error(`DYNAMODB_ENDPOINT is set to ${given}, but no DynamoDB answers there.`);
    currentEndpoint = given;
    return { endpoint: given, stop: () => Promise.resolve() };
  }
  const port = chosenPort ?? (await freePort());
  const endpoint = `http://127.0.0.1:${port}`;
  if (await answers(endpoint)) throw new Error(`Port ${port} is taken: another process answers there.`);
  const stop = await launch(port, endpoint);
  currentEndpoint = endpoint;
  return { endpoint, stop };
};

/** A document client with an access key id of its own, hence an empty database of its own. Call startDynamoDbLocal first. */
export const suiteClient = (name: string, endpoint = currentEndpoint): DynamoDBDocumentClient => {
  if (endpoint === undefined) throw new Error('Call startDynamoDbLocal() before suiteClient().');
  const accessKeyId = `${name.replaceAll(/[^A-Za-z0-9]/g, '')}${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey: 'local' } });
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
};

export interface TableShape {
  /** Names of indexes, each keyed by `<name>pk` and `<name>sk`. */
  readonly gsis?: readonly string[];
  /** What an index holds beside the keys; everything when it is not named here. */
  readonly holds?: Readonly<Partial<Record<string, 'all' | readonly string[]>>>;
  readonly stream?: boolean;
}

/** Creates a table of the project's generic shape: pk, sk, the named indexes, TTL on expiresAt. */
export const createTable = async (client: DynamoDBDocumentClient, name: string, shape: TableShape = {}): Promise<void> => {
  const { gsis = [], holds = {}, stream = false } = shape;
  const text = (attribute: string): AttributeDefinition => ({ AttributeName: attribute, AttributeType: 'S' });
  const index = (gsi: string): GlobalSecondaryIndex => ({
    IndexName: gsi, KeySchema: keySchema(`${gsi}pk`, `${gsi}sk`), Projection: projectionOf(holds[gsi] ?? 'all'),
  });
  await client.send(new CreateTableCommand({
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk', ...gsis.flatMap((gsi) => [`${gsi}pk`, `${gsi}sk`])].map(text),
    KeySchema: keySchema('pk', 'sk'),
    ...(gsis.length > 0 ? { GlobalSecondaryIndexes: gsis.map(index) } : {}),
    ...(stream ? { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' as const } } : {}),
  }));
  await client.send(new UpdateTimeToLiveCommand({
    TableName: name, TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiresAt' },
  }));
};

const projectionOf = (held: 'all' | readonly string[]): Projection => {
  if (held === 'all') return { ProjectionType: 'ALL' };
  return held.length === 0 ? { ProjectionType: 'KEYS_ONLY' } : { ProjectionType: 'INCLUDE', NonKeyAttributes: [...held] };
};

const keySchema = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: 'HASH' as const },
  { AttributeName: sort, KeyType: 'RANGE' as const },
];

const launch = async (port: number, endpoint: string): Promise<() => Promise<void>> => {
  const java = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xmx512m', '-Djava.library.path=./DynamoDBLocal_lib',
    '-jar', 'DynamoDBLocal.jar', '-inMemory', '-disableTelemetry', '-port', String(port)];
  const child = spawn('sh', ['-c', KEEPER, 'keeper', ...java], { cwd: EMULATOR, stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => { resolve(); }));
  const stop = async (): Promise<void> => { child.stdin.end(); await ended; };
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output += chunk.toString(); });
  child.once('error', (error) => { output += error.message; });
  const healthy = (): boolean => isAlive(child) && !output.includes(FAILURE);
  for (let waitedMs = 0; waitedMs < START_TIMEOUT_MS && healthy(); waitedMs += POLL_MS) {
    await pause(POLL_MS);
    if (!output.includes(`Port:\t${port}`) || !(await answers(endpoint))) continue;
    await pause(SETTLE_MS);
    if (healthy()) return stop;
  }
  await stop();
  throw new Error(`DynamoDB Local did not start on port ${port} (is Java >= 17 installed?): ${output.trim()}`);
};

const isAlive = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null && child.pid !== undefined;

/** True when something on the endpoint refuses an unsigned request in DynamoDB's words. */
const answers = async (endpoint: string): Promise<boolean> => {
  try {
    const response = await fetch(endpoint, { method: 'POST', body: '{}', headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' } });
    return (await response.text()).includes('MissingAuthenticationToken');
  } catch {
    return false;
  }
};

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => { resolve(); }));
  return port;
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
