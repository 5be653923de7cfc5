import { makeAsyncCalls } from './events/async-calls.ts';
import type { AsyncCalls } from './events/async-calls.ts';
import type { Clock } from './clock.ts';
import { readMappings } from './events/mapping.ts';
import type { Mapping } from './events/mapping.ts';
import { startQueueWorker } from './events/queue-worker.ts';
import { makeStreamReader } from './events/stream-reader.ts';
import { startStreamWorker } from './events/stream-worker.ts';
import type { StreamWorker } from './events/stream-worker.ts';
import type { EventWorker, SendTo } from './events/worker.ts';
import { firstDenied } from './iam/evaluate.ts';
import type { Policies } from './iam/policies.ts';
import type { Kept } from './kept.ts';
import type { LambdaFunction } from './lambda/pool.ts';
import type { DynamoDbCall } from './storage/dynamodb-call.ts';
import type { Table } from './storage/dynamodb-tables.ts';
import type { SqsStore } from './storage/fauxqs.ts';
import type { Queue } from './storage/queues.ts';
import type { Template } from './template.ts';

export interface WiringDeps {
  readonly template: Template;
  readonly policies: Policies;
  readonly clock: Clock;
  readonly kept: Kept;
  readonly call: DynamoDbCall;
  readonly sqs: SqsStore;
  readonly tables: readonly Table[];
  readonly queues: readonly Queue[];
  readonly redeliverAfterMs: number;
  readonly functionOf: (arn: string) => LambdaFunction | undefined;
}

export interface Wiring {
  readonly workers: readonly EventWorker[];
  readonly calls: AsyncCalls;
  readonly sendTo: SendTo;
  /** Wakes the readers of these tables' streams. */
  onWrite(tableNames: readonly string[]): void;
  /** No worker takes anything more. */
  halt(): void;
  /** Resolves when what was under way has ended. */
  ended(): Promise<void>;
}

/** Starts a worker for every event source mapping of the template. Throws when a function's role may not read its own source. */
export const startWiring = (deps: WiringDeps): Wiring => {
  const sendTo = makeSendTo(deps);
  const calls = makeAsyncCalls(deps.template, { clock: deps.clock, sendTo });
  const byTable = new Map<string, StreamWorker[]>();
  const prepared = readMappings(deps.template).map((mapping) => prepareWorker(mapping, deps, sendTo, byTable));
  const workers = prepared.map((start) => start());
  return {
    workers,
    calls,
    sendTo,
    onWrite: (tableNames) => {
      for (const name of tableNames) for (const worker of byTable.get(name) ?? []) worker.wake();
    },
    halt: () => {
      for (const worker of workers) worker.halt();
    },
    ended: async () => {
      await Promise.all(workers.map((worker) => worker.ended()));
    },
  };
};

/** Checks everything first, so that no worker runs when a later mapping is refused. */
const prepareWorker = (
  mapping: Mapping,
  deps: WiringDeps,
  sendTo: SendTo,
  byTable: Map<string, StreamWorker[]>,
): (() => EventWorker) => {
  const target = deps.functionOf(mapping.functionArn);
  if (target === undefined) throw new Error(`${mapping.id} names a function that is not in the template`);
  const {
    template: { region },
    sqs,
    clock,
    kept,
    call,
  } = deps;
  const queue = deps.queues.find(({ arn }) => arn === mapping.sourceArn);
  if (queue !== undefined) {
    mayRead(mapping, target, deps.policies, ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']);
    return () =>
      startQueueWorker(mapping, {
        queue,
        target,
        region,
        redeliverAfterMs: deps.redeliverAfterMs,
        deadLetterQueue: (arn) => sqs.getQueueByArn(arn),
      });
  }
  const table = deps.tables.find(({ stream }) => stream?.arn === mapping.sourceArn);
  if (table === undefined) throw new Error(`${mapping.id}: the source ${mapping.sourceArn} is not emulated`);
  mayRead(mapping, target, deps.policies, ['dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:DescribeStream']);
  const reader = makeStreamReader({
    table,
    region,
    call,
    clock,
    kept,
    name: mapping.id,
    startingPosition: mapping.startingPosition,
  });
  return () => {
    const worker = startStreamWorker(mapping, { reader, target, clock, sendTo, streamArn: mapping.sourceArn });
    byTable.set(table.name, [...(byTable.get(table.name) ?? []), worker]);
    return worker;
  };
};

const mayRead = ({ id, sourceArn }: Mapping, { shape }: LambdaFunction, policies: Policies, actions: readonly string[]): void => {
  const denied = firstDenied(
    policies,
    shape.roleArn,
    actions.map((action) => ({ action, resource: sourceArn })),
  );
  if (denied !== undefined) throw new Error(`${id}: the role of ${shape.name} lacks ${denied.action} on ${sourceArn}`);
};

const makeSendTo =
  ({ policies, queues, sqs }: WiringDeps): SendTo =>
  (queueArn, body, roleArn) => {
    const queue = queues.find(({ arn }) => arn === queueArn);
    if (queue === undefined) throw new Error(`There is no queue ${queueArn} to send to`);
    if (firstDenied(policies, roleArn, [{ action: 'sqs:SendMessage', resource: queueArn }]) !== undefined) {
      throw new Error(`The role ${roleArn} may not send to ${queueArn}`);
    }
    send(queue, body, sqs);
  };

/** Puts a text into a queue as a service does. */
export const send = ({ store }: Queue, body: string, sqs: SqsStore): void => {
  const { createMessage } = sqs.constructor as unknown as {
    createMessage: (text: string) => Parameters<typeof store.enqueue>[0];
  };
  store.enqueue(createMessage(body));
};
