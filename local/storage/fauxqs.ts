import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildApp } from 'fauxqs';
import type { BuildAppOptions } from 'fauxqs';
import { LOOPBACK } from '../loopback.ts';

type Stores = NonNullable<BuildAppOptions['stores']>;
export type SqsStore = Stores['sqsStore'];
export type SqsQueue = NonNullable<ReturnType<SqsStore['getQueueByName']>>;
export type S3Store = Stores['s3Store'];

export interface Fauxqs {
  readonly url: string;
  readonly sqs: SqsStore;
  readonly s3: S3Store;
  stop(): Promise<void>;
}

const DIST = join(import.meta.dirname, '..', '..', 'node_modules', 'fauxqs', 'dist');

/** A class of fauxqs that its package entry does not export. The version is pinned exactly; see docs/adr/0004. */
const inner = async (file: string, name: string): Promise<new (...args: string[]) => unknown> =>
  ((await import(pathToFileURL(join(DIST, file)).href)) as Record<string, new (...args: string[]) => unknown>)[name] ??
  missing(name);

const missing = (name: string): never => {
  throw new Error(`fauxqs has no ${name}: it is not the pinned version`);
};

/**
 * Starts fauxqs on loopback. `startFauxqs`, which alone wires persistence, listens on all interfaces, so its own pieces are put
 * together here in the same order: queues and messages into SQLite, objects into files that a person can look at.
 */
export const startFauxqs = async ({ region, dataDir }: { region: string; dataDir?: string | undefined }): Promise<Fauxqs> => {
  const stores = {
    sqsStore: new (await inner('sqs/sqsStore.js', 'SqsStore'))(),
    snsStore: new (await inner('sns/snsStore.js', 'SnsStore'))(),
    s3Store: new (await inner('s3/s3Store.js', 'S3Store'))(),
  } as Stores;
  const closePersistence = dataDir === undefined ? () => undefined : await persist(stores, dataDir);
  const app = buildApp({ logger: false, defaultRegion: region, stores });
  const url = await app.listen({ port: 0, host: LOOPBACK });
  return {
    url,
    sqs: stores.sqsStore,
    s3: stores.s3Store,
    stop: async () => {
      await app.close();
      closePersistence();
    },
  };
};

interface Persistence {
  loadSqsAndSns(sqs: unknown, sns: unknown): void;
  loadS3(s3: unknown): void;
  close(): void;
}

/** Loads what was kept, then wires the stores to it; the other way round a load would write over what it reads. */
const persist = async (stores: Stores, dataDir: string): Promise<() => void> => {
  const folder = (name: string): string => {
    mkdirSync(join(dataDir, name), { recursive: true });
    return join(dataDir, name);
  };
  const messages = new (await inner('persistence.js', 'PersistenceManager'))(folder('sqs')) as Persistence;
  const objects = new (await inner('s3/fileS3Persistence.js', 'FileS3Persistence'))(folder('s3')) as Persistence;
  messages.loadSqsAndSns(stores.sqsStore, stores.snsStore);
  objects.loadS3(stores.s3Store);
  const wired = { persistence: messages };
  Object.assign(stores.sqsStore, wired);
  Object.assign(stores.snsStore, wired);
  for (const queue of stores.sqsStore.allQueues()) Object.assign(queue, wired);
  Object.assign(stores.s3Store, { persistence: objects });
  return () => {
    messages.close();
    objects.close();
  };
};
