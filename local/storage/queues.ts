import type { Clock } from '../clock.ts';
import type { JsonObject } from '../template/assembly.ts';
import type { Resource, Template } from '../template.ts';
import type { SqsQueue, SqsStore } from './fauxqs.ts';
import { text } from '../template/values.ts';

export interface Queue {
  readonly logicalId: string;
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly store: SqsQueue;
}

const ATTRIBUTES = [
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'VisibilityTimeout',
  'FifoQueue',
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
];

/** Creates the queues of the template, or finds those that a data directory kept. Messages are stamped by the run's clock. */
export const createQueues = (template: Template, store: SqsStore, clock: Clock): Queue[] =>
  template.ofType('AWS::SQS::Queue').map((resource) => {
    const name = resource.attribute('QueueName');
    const queue = store.getQueueByName(name) ?? store.createQueue(name, resource.ref, resource.arn, {});
    queue.setAttributes(attributesOf(resource));
    stampWith(clock, queue);
    return { logicalId: resource.logicalId, name, url: resource.ref, arn: resource.arn, store: queue };
  });

const attributesOf = ({ properties }: Resource): Record<string, string> => {
  const redrive = properties['RedrivePolicy'] as JsonObject | undefined;
  const plain = ATTRIBUTES.flatMap((name) => (properties[name] === undefined ? [] : [[name, text(properties[name])]]));
  const policy =
    redrive === undefined
      ? {}
      : {
          RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: redrive['deadLetterTargetArn'],
            maxReceiveCount: Number(redrive['maxReceiveCount']),
          }),
        };
  return { ...(Object.fromEntries(plain) as Record<string, string>), ...policy };
};

/** A message's SentTimestamp is the run's time when it was sent, also after it moved to a dead-letter queue. */
const stampWith = (clock: Clock, queue: SqsQueue): void => {
  const enqueue = queue.enqueue.bind(queue);
  queue.enqueue = (message) => {
    if (message.approximateReceiveCount === 0) message.sentTimestamp = clock.now();
    enqueue(message);
  };
};

/** Messages that wait for their delay to run out. */
export const delayed = ({ store }: Queue): number => Number(store.getAttribute('ApproximateNumberOfMessagesDelayed') ?? 0);

/** Messages that are not yet dealt with: waiting, delayed or in flight. */
export const unfinished = (queue: Queue): number =>
  (['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const).reduce(
    (sum, name) => sum + Number(queue.store.getAttribute(name) ?? 0),
    delayed(queue),
  );

/** Makes delayed messages due now. */
export const skipDelays = ({ store }: Queue): void => {
  for (const message of [...store.delayedMessages, ...[...store.fifoDelayed.values()].flat()]) message.delayUntil = 0;
  store.processTimers();
};
