import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { LambdaFunction } from '../lambda/pool.ts';
import { pause } from '../loopback.ts';
import { passes } from './filter.ts';
import { failedItems } from './mapping.ts';
import type { Mapping } from './mapping.ts';
import type { StreamReader, StreamRecord } from './stream-reader.ts';
import type { EventWorker, SendTo } from './worker.ts';

export interface StreamWorkerDeps {
  readonly reader: StreamReader;
  readonly target: LambdaFunction;
  readonly clock: Clock;
  readonly sendTo: SendTo;
  readonly streamArn: string;
}

export interface StreamWorker extends EventWorker {
  /** A write was made to the table: read at once. */
  wake(): void;
}

const POLL_MS = 500;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 5000;

/**
 * Moves a table's stream to a function in order, batch by batch, with the mapping's retries, bisection and failure destination.
 */
export const startStreamWorker = (mapping: Mapping, deps: StreamWorkerDeps): StreamWorker => {
  const { reader, target } = deps;
  const buffer: StreamRecord[] = [];
  const state = { running: true, working: false, wakeUp: (): void => undefined };
  const reads = { last: Promise.resolve(true), waiting: undefined as Promise<boolean> | undefined };

  const readAll = async (): Promise<boolean> => {
    reads.waiting = undefined;
    if (!state.running) return true;
    try {
      await reader.read((records) => buffer.push(...records));
      return true;
    } catch {
      return false;
    }
  };

  /** A read that begins after this call: one runs at a time, and those who ask meanwhile share the next. False when it failed. */
  const readMore = (): Promise<boolean> => (reads.waiting ??= reads.last = reads.last.then(readAll));

  /** Index of the first record that was not taken, or undefined when all were. */
  const firstFailure = async (batch: readonly StreamRecord[]): Promise<number | undefined> => {
    const records = batch.map(({ shardId: _shardId, ...record }) => record);
    const invocation = await target.invoke({ Records: records }).catch(() => undefined);
    if (invocation === undefined || invocation.kind === 'failure') return 0;
    if (!mapping.reportsItemFailures) return undefined;
    const failed = failedItems(invocation.payload, new Set(records.map(({ dynamodb }) => dynamodb?.SequenceNumber ?? '')));
    const index = failed === 'all' ? 0 : records.findIndex(({ dynamodb }) => failed.has(dynamodb?.SequenceNumber ?? ''));
    return index === -1 ? undefined : index;
  };

  const giveUp = (batch: readonly StreamRecord[], attempts: number): void => {
    if (mapping.onFailureArn !== undefined)
      deps.sendTo(mapping.onFailureArn, JSON.stringify(failureReport(batch, attempts, deps)), target.shape.roleArn);
  };

  const deliver = async (whole: readonly StreamRecord[], attemptsBefore = 0): Promise<void> => {
    let batch = whole;
    for (let attempts = attemptsBefore + 1; state.running; attempts += 1) {
      const failure = await firstFailure(batch);
      if (failure === undefined) return;
      if (failure > 0) checkpointLast(batch.slice(0, failure));
      batch = batch.slice(failure);
      if (mapping.maxRetries >= 0 && attempts > mapping.maxRetries) {
        giveUp(batch, attempts);
        return;
      }
      if (mapping.bisects && batch.length > 1) {
        const middle = Math.ceil(batch.length / 2);
        await deliver(batch.slice(0, middle), attempts);
        await deliver(batch.slice(middle), attempts);
        return;
      }
      await pause(Math.min(FIRST_RETRY_MS * 2 ** attempts, LONGEST_RETRY_MS));
    }
  };

  const checkpointLast = (batch: readonly StreamRecord[]): void => {
    const last = batch.at(-1);
    if (last !== undefined) reader.checkpoint(last);
  };

  const loop = async (): Promise<void> => {
    while (state.running) {
      if (buffer.length === 0) {
        await Promise.race([
          new Promise<void>((resolve) => {
            state.wakeUp = () => {
              resolve();
            };
          }),
          pause(POLL_MS),
        ]);
        await readMore();
        continue;
      }
      state.working = true;
      const batch = buffer.splice(0, mapping.batchSize);
      const wanted = batch.filter((record) => passes(mapping.filters, record));
      if (wanted.length > 0) await deliver(wanted);
      // After a halt nothing counts as done: a restart reads it again.
      if (state.running) checkpointLast(batch);
      state.working = false;
    }
  };
  const loops = loop();

  return {
    id: mapping.id,
    wake: () => {
      state.wakeUp();
      void readMore();
    },
    // A source that could not be read is not known to be empty.
    drained: async () => (await readMore()) && buffer.length === 0 && !state.working,
    halt: () => {
      state.running = false;
      state.wakeUp();
    },
    ended: () => loops,
  };
};

const failureReport = (
  batch: readonly StreamRecord[],
  attempts: number,
  { target, clock, streamArn }: StreamWorkerDeps,
): object => {
  const [first, last] = [batch[0], batch.at(-1)];
  const arrival = (record: StreamRecord | undefined): string =>
    new Date((record?.dynamodb?.ApproximateCreationDateTime ?? 0) * 1000).toISOString();
  return {
    requestContext: {
      requestId: randomUUID(),
      functionArn: target.shape.arn,
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: attempts,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: clock.iso(),
    DDBStreamBatchInfo: {
      shardId: first?.shardId,
      startSequenceNumber: first?.dynamodb?.SequenceNumber,
      endSequenceNumber: last?.dynamodb?.SequenceNumber,
      approximateArrivalOfFirstRecord: arrival(first),
      approximateArrivalOfLastRecord: arrival(last),
      batchSize: batch.length,
      streamArn,
    },
  };
};
