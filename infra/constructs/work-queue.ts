import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** Messages wait long enough for somebody to come back from a holiday; SQS allows no more. */
const retention = Duration.days(14);

/** Lambda may hold a batch for its time limit, be throttled and try again: AWS advises six time limits. */
export const visibilityTimeouts = 6;

/** A queue where messages rest that nobody could work on. Emptied by hand, by its worker's runbook. */
export const deadLetterQueue = (scope: Construct, id: string, encryptionMasterKey: IKey): Queue =>
  new Queue(scope, id, { encryption: QueueEncryption.KMS, encryptionMasterKey, enforceSSL: true, retentionPeriod: retention });

export interface WorkQueueProps {
  readonly encryptionKey: IKey;
  /** Time limit of the Lambda that reads it. */
  readonly timeoutSeconds: number;
  /** Tries before a message goes to the dead-letter queue. */
  readonly maxReceives: number;
}

/** A queue with its dead-letter queue. Messages carry references, never patient data. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly dlq: Queue;

  constructor(scope: Construct, id: string, { encryptionKey, timeoutSeconds, maxReceives }: WorkQueueProps) {
    super(scope, id);
    this.dlq = deadLetterQueue(this, 'DeadLetters', encryptionKey);
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: encryptionKey,
      enforceSSL: true,
      retentionPeriod: retention,
      visibilityTimeout: Duration.seconds(timeoutSeconds * visibilityTimeouts),
      deadLetterQueue: { queue: this.dlq, maxReceiveCount: maxReceives },
    });
  }
}
