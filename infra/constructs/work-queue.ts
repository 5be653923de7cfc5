import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** Messages wait long enough for somebody to come back from a holiday; SQS allows no more. */
const retention = Duration.days(14);

/** Lambda may hold a batch for its time limit, be throttled and try again: AWS advises six time limits. */
export const visibilityTimeouts = 6;

/** A queue where messages rest that nobody could work on. Emptied by hand, by its worker's runbook. */
export const deadLetterQueue = (scope: Construct, id: string, encryptionMasterKey: IKey, order: QueueProps = {}): Queue =>
  new Queue(scope, id, { ...order, encryption: QueueEncryption.KMS, encryptionMasterKey, enforceSSL: true, retentionPeriod: retention });

/** First in, first out within a group, as many groups at once as there are: SQS's high throughput. */
const inOrder: QueueProps = {
  fifo: true,
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
};

export interface WorkQueueProps {
  readonly encryptionKey: IKey;
  /** Time limit of the Lambda that reads it. */
  readonly timeoutSeconds: number;
  /** Tries before a message goes to the dead-letter queue. */
  readonly maxReceives: number;
  /** Messages of a group one after the other; its dead letters too, so that they can go back in order. */
  readonly isOrdered: boolean;
}

/** A queue with its dead-letter queue. Messages carry references, never patient data. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly dlq: Queue;

  constructor(scope: Construct, id: string, { encryptionKey, timeoutSeconds, maxReceives, isOrdered }: WorkQueueProps) {
    super(scope, id);
    const order = isOrdered ? inOrder : {};
    this.dlq = deadLetterQueue(this, 'DeadLetters', encryptionKey, order);
    this.queue = new Queue(this, 'Queue', {
      ...order,
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: encryptionKey,
      enforceSSL: true,
      retentionPeriod: retention,
      visibilityTimeout: Duration.seconds(timeoutSeconds * visibilityTimeouts),
      deadLetterQueue: { queue: this.dlq, maxReceiveCount: maxReceives },
    });
  }
}
