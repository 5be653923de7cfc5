import type { Clock } from './clock.ts';
import type { EventWorker } from './events/worker.ts';
import type { Caller } from './front/caller.ts';
import type { Person } from './identity/issuer.ts';
import type { Client } from './identity/user-pool.ts';
import type { Invocation } from './lambda/instance.ts';
import type { LogLine } from './logs.ts';
import type { Schedule } from './schedules.ts';
import type { Bucket } from './storage/buckets.ts';
import type { Table } from './storage/dynamodb-tables.ts';
import type { S3Store } from './storage/fauxqs.ts';
import type { Queue } from './storage/queues.ts';

export interface LocalOptions {
  /** The synthesised folder: templates, asset manifests, bundles. */
  readonly outDir: string;
  /** Port of the API; any free one when it is taken, or when it is 0. Default 8400. */
  readonly port?: number | undefined;
  /** Port of the admin API. Default 8401, with the same rule. */
  readonly adminPort?: number | undefined;
  /** Where tables, queues, objects and secrets are kept. Without it everything is in memory. */
  readonly dataDir?: string | undefined;
  /**
   * Letters and digits: names the run's own database in a shared DynamoDB Local. Default: drawn, or fixed with a data directory.
   */
  readonly databaseKey?: string | undefined;
  /** Where the run's clock starts. Default: now. */
  readonly clock?: string | number | Date | undefined;
  /** How soon a message that a function failed comes back. AWS waits for the visibility timeout. Default 500. */
  readonly redeliverAfterMs?: number | undefined;
}

/** A token that is ready to use. */
export interface ReadyToken {
  /** Group of a person, or name of a machine client. */
  readonly role: string;
  readonly subject: string;
  readonly token: string;
}

/** AWS on one machine, running. */
export interface LocalRun {
  readonly apiUrl: string;
  readonly s3Url: string;
  readonly adminUrl: string;
  readonly issuerUrl: string;
  readonly clock: Clock;
  readonly tables: readonly Table[];
  readonly queues: readonly Queue[];
  readonly buckets: readonly Bucket[];
  readonly schedules: readonly Schedule[];
  readonly clients: readonly Client[];
  readonly functions: readonly {
    readonly name: string;
    readonly logicalId: string;
    readonly environment: Readonly<Record<string, string>>;
  }[];
  /** fauxqs's objects, for a look without credentials. */
  readonly objects: S3Store;
  /**
   * DynamoDB Local itself, past the front: `new DynamoDBClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey:
   * 'local' } })`.
   */
  readonly database: { readonly endpoint: string; readonly region: string; readonly accessKeyId: string };
  /** Credentials by which an SDK client may do anything through the front (`s3Url` serves every service). */
  readonly operator: Caller;
  /** One person for each group and one token for each machine client. */
  tokens(): Promise<ReadyToken[]>;
  tokenFor(person: Person): Promise<string>;
  /**
   * Calls a function by its name, its logical id or the end of either, and waits for the answer. Throws when no function or
   * several fit.
   */
  invoke(name: string, event: unknown): Promise<Invocation>;
  /** Fires a schedule as of an instant (default: the run's now) and waits until its function has ended. */
  fire(name: string, options?: { scheduledTime?: string | number | Date }): Promise<Invocation | undefined>;
  /** True when no function runs and every queue with a reader and every stream is drained. */
  isIdle(): Promise<boolean>;
  /**
   * Waits until the run is idle: messages with a delay come as soon as nothing else is under way. Throws after `timeoutMs` (default
   * 60 s), naming what is not drained.
   */
  idle(timeoutMs?: number): Promise<void>;
  logLines(source?: string): readonly LogLine[];
  onLogLine(listener: (line: LogLine) => void): void;
  /** Deletes what has expired by the run's clock, now; otherwise it happens once a minute. */
  expire(): Promise<number>;
  /** Ends everything the run started. A second call does nothing. */
  stop(): Promise<void>;
}

/**
 * The one thing that is called so: by name, by logical id, or by the end of its name (`nightly` for `doseline-cta-dev-nightly`).
 */
export const called = <T extends { readonly name: string; readonly logicalId: string }>(
  what: string,
  things: readonly T[],
  name: string,
): T => {
  const exact = things.filter((thing) => thing.name === name || thing.logicalId === name);
  const found =
    exact.length > 0 ? exact : things.filter((thing) => thing.name.endsWith(`-${name}`) || thing.logicalId.startsWith(name));
  const [only] = found;
  if (only === undefined)
    throw new Error(`There is no ${what} ${name}. There are: ${things.map((thing) => thing.name).join(', ')}`);
  if (found.length > 1) throw new Error(`Several ${what}s fit ${name}: ${found.map((thing) => thing.name).join(', ')}`);
  return only;
};

export interface Activity {
  readonly workers: readonly EventWorker[];
  readonly functionsBusy: () => number;
  readonly asyncBusy: () => number;
}

/**
 * What keeps the run from being idle; empty when it is. Functions are counted last, because a drained source may just have
 * started one.
 */
export const unfinishedWork = async ({ workers, functionsBusy, asyncBusy }: Activity): Promise<string[]> => {
  const open: string[] = [];
  for (const worker of workers) if (!(await worker.drained())) open.push(worker.id);
  if (functionsBusy() > 0) open.push(`${functionsBusy()} running functions`);
  if (asyncBusy() > 0) open.push(`${asyncBusy()} asynchronous calls`);
  return open;
};
