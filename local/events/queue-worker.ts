import type { SQSRecord } from 'aws-lambda';
import type { LambdaFunction } from '../lambda/pool.ts';
import { pause } from '../loopback.ts';
import type { SqsQueue } from '../storage/fauxqs.ts';
import { delayed, skipDelays, unfinished } from '../storage/queues.ts';
import type { Queue } from '../storage/queues.ts';
import { passes } from './filter.ts';
import { failedItems } from './mapping.ts';
import type { Mapping } from './mapping.ts';
import type { EventWorker } from './worker.ts';

export interface QueueWorkerDeps {
  readonly queue: Queue;
  readonly target: LambdaFunction;
  readonly region: string;
  readonly deadLetterQueue: (arn: string) => SqsQueue | undefined;
  /** A failed message comes back after this long, or after the queue's visibility timeout when that is shorter. */
  readonly redeliverAfterMs: number;
}

type Received = ReturnType<SqsQueue['dequeue']>[number];

const MOST_PER_RECEIVE = 10;
const POLL_S = 1;

/** Polls a queue for a function: several batches at once, each message deleted only when the function did not fail it. */
export const startQueueWorker = (mapping: Mapping, deps: QueueWorkerDeps): EventWorker => {
  const {
    queue: { store },
    target,
  } = deps;
  const state = { running: true, busy: 0 };

  const receive = (): Received[] => {
    const batch: Received[] = [];
    while (batch.length < mapping.batchSize) {
      const more = store.dequeue(Math.min(MOST_PER_RECEIVE, mapping.batchSize - batch.length), undefined, deps.deadLetterQueue);
      if (more.length === 0) break;
      batch.push(...more);
    }
    return batch;
  };

  const deliver = async (batch: readonly Received[]): Promise<void> => {
    const records = batch.map((message) => recordOf(message, deps));
    const wanted = records.filter((record) => passes(mapping.filters, { ...record, body: asJson(record.body) }));
    const known = new Set(wanted.map(({ messageId }) => messageId));
    const invocation = wanted.length === 0 ? undefined : await target.invoke({ Records: wanted });
    const failed =
      invocation === undefined
        ? new Set<string>()
        : invocation.kind === 'failure'
          ? 'all'
          : mapping.reportsItemFailures
            ? failedItems(invocation.payload, known)
            : new Set<string>();
    for (const { receiptHandle, messageId } of records) {
      if (known.has(messageId) && (failed === 'all' || failed.has(messageId))) giveBack(receiptHandle);
      else store.deleteMessage(receiptHandle);
    }
  };

  const giveBack = (receiptHandle: string): void => {
    store.changeVisibility(
      receiptHandle,
      Math.min(deps.redeliverAfterMs / 1000, Number(store.attributes['VisibilityTimeout'] ?? 30)),
    );
  };

  const loop = async (): Promise<void> => {
    while (state.running) {
      const batch = receive();
      if (batch.length === 0) {
        await store.waitForMessages(POLL_S);
        continue;
      }
      state.busy += 1;
      await deliver(batch).catch(() => pause(deps.redeliverAfterMs));
      state.busy -= 1;
    }
  };
  const loops = Array.from({ length: mapping.maxConcurrency }, loop);

  return {
    id: mapping.id,
    drained: () => Promise.resolve(state.busy === 0 && unfinished(deps.queue) === 0),
    isOnlyDelayed: () => state.busy === 0 && delayed(deps.queue) > 0 && delayed(deps.queue) === unfinished(deps.queue),
    skipDelays: () => {
      skipDelays(deps.queue);
    },
    halt: () => {
      state.running = false;
      store.cancelWaiters();
    },
    ended: async () => {
      await Promise.all(loops);
    },
  };
};

const asJson = (body: string): unknown => {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
};

const recordOf = (message: Received, { queue, region }: QueueWorkerDeps): SQSRecord => {
  const entry = queue.store.inflightMessages.get(message.ReceiptHandle)?.message;
  const optional = {
    MessageGroupId: entry?.messageGroupId,
    MessageDeduplicationId: entry?.messageDeduplicationId,
    SequenceNumber: entry?.sequenceNumber,
  };
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: {
      ApproximateReceiveCount: String(entry?.approximateReceiveCount ?? 1),
      SentTimestamp: String(entry?.sentTimestamp ?? ''),
      SenderId: queue.arn.split(':')[4] ?? '',
      ApproximateFirstReceiveTimestamp: String(entry?.approximateFirstReceiveTimestamp ?? ''),
      ...(Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as Record<string, string>),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, { DataType, StringValue, BinaryValue }]) => [
        name,
        {
          dataType: DataType,
          stringListValues: [],
          binaryListValues: [],
          ...(StringValue === undefined ? {} : { stringValue: StringValue }),
          ...(BinaryValue === undefined ? {} : { binaryValue: String(BinaryValue) }),
        },
      ]),
    ),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queue.arn,
    awsRegion: region,
  };
};
