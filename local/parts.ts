import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { makeClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { startDynamoDbLocal } from './dynamodb-local.ts';
import { closeConnections } from './front/reply.ts';
import { makeKept } from './kept.ts';
import type { Kept } from './kept.ts';
import { makeLogs } from './logs.ts';
import type { Logs } from './logs.ts';
import { openServer } from './loopback.ts';
import type { LoopbackServer } from './loopback.ts';
import type { LocalOptions } from './run.ts';
import { createBuckets } from './storage/buckets.ts';
import type { Bucket } from './storage/buckets.ts';
import { makeDynamoDbCall } from './storage/dynamodb-call.ts';
import type { DynamoDbCall, DynamoDbTarget } from './storage/dynamodb-call.ts';
import { createTables, readTables } from './storage/dynamodb-tables.ts';
import type { Table } from './storage/dynamodb-tables.ts';
import { startFauxqs } from './storage/fauxqs.ts';
import type { Fauxqs } from './storage/fauxqs.ts';
import { createQueues } from './storage/queues.ts';
import type { Queue } from './storage/queues.ts';
import { makeVersions } from './storage/versions.ts';
import type { Versions } from './storage/versions.ts';
import type { Template } from './template.ts';

/** What is to be ended when the run ends, newest first. */
export type Ends = (() => Promise<void> | void)[];

export interface Ports {
  readonly api: LoopbackServer;
  readonly admin: LoopbackServer;
  readonly front: LoopbackServer;
  readonly issuer: LoopbackServer;
}

const API_PORT = 8400;
const ADMIN_PORT = 8401;

export const openPorts = async ({ port = API_PORT, adminPort }: LocalOptions, ends: Ends): Promise<Ports> => {
  const open = async (wanted: number): Promise<LoopbackServer> => {
    const server = await openServer(wanted);
    ends.push(() => server.close());
    return server;
  };
  return {
    api: await open(port),
    admin: await open(adminPort ?? (port === 0 ? 0 : ADMIN_PORT)),
    front: await open(0),
    issuer: await open(0),
  };
};

export interface Storage {
  readonly clock: Clock;
  readonly logs: Logs;
  readonly kept: Kept;
  readonly target: DynamoDbTarget;
  readonly call: DynamoDbCall;
  readonly fauxqs: Fauxqs;
  readonly tables: readonly Table[];
  readonly queues: readonly Queue[];
  readonly buckets: readonly Bucket[];
  readonly versions: Versions;
}

const drawnKey = (): string => `run${randomUUID().replaceAll('-', '').slice(0, 16)}`;

/** Starts DynamoDB Local and fauxqs and creates every table, queue and bucket of the template in them. */
export const openStorage = async (template: Template, options: LocalOptions, ends: Ends): Promise<Storage> => {
  const { dataDir } = options;
  const { region } = template;
  const clock = makeClock(options.clock);
  ends.push(closeConnections);
  const starting = [startDynamoDbLocal({ dataDir }), startFauxqs({ region, dataDir })] as const;
  const [database, fauxqs] = await Promise.allSettled(starting);
  for (const part of [database, fauxqs]) if (part.status === 'fulfilled') ends.push(() => part.value.stop());
  if (database.status === 'rejected') throw database.reason;
  if (fauxqs.status === 'rejected') throw fauxqs.reason;
  const databaseKey = options.databaseKey ?? (dataDir === undefined ? drawnKey() : 'doseline');
  const target = { endpoint: database.value.endpoint, region, databaseKey };
  const call = makeDynamoDbCall(target);
  await createTables(template, call);
  const buckets = createBuckets(template, fauxqs.value.s3);
  return {
    clock,
    target,
    call,
    buckets,
    fauxqs: fauxqs.value,
    logs: makeLogs(dataDir),
    kept: makeKept(dataDir === undefined ? undefined : join(dataDir, 'kept.json')),
    tables: readTables(template),
    queues: createQueues(template, fauxqs.value.sqs, clock),
    versions: makeVersions(fauxqs.value.s3, buckets, clock),
  };
};
