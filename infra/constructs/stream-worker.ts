import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { LambdaSpec, Trigger } from '../functions.ts';
import { DoselineFunction, type FunctionContext } from './doseline-function.ts';
import { RunbookAlarm } from './runbook-alarm.ts';
import { deadLetterQueue } from './work-queue.ts';

/** Tries of a batch before it is halved away and its last record's place goes to the dead-letter queue. */
const retryAttempts = 10;
/** Half of the 24 hours a stream keeps: a record is given up while the ones behind it can still be read. */
const maxRecordAge = Duration.hours(12);
const behindMs = Duration.minutes(10).toMilliseconds();

export interface StreamWorkerProps {
  readonly spec: LambdaSpec;
  readonly trigger: Extract<Trigger, { kind: 'stream' }>;
  readonly context: FunctionContext;
  readonly encryptionKey: IKey;
  readonly topic: ITopic;
}

/** A Lambda that reads a table's changes. What fails again and again is set aside by its place in the stream, not by its content. */
export class StreamWorker extends Construct {
  readonly fn: DoselineFunction;
  readonly dlq: Queue;

  constructor(scope: Construct, id: string, { spec, trigger, context, encryptionKey, topic }: StreamWorkerProps) {
    super(scope, id);
    const { arn, streamArn } = context.data.tables[trigger.table];
    if (streamArn === undefined) throw new Error(`The table ${trigger.table} has no stream for ${spec.name} to read`);
    this.fn = new DoselineFunction(this, 'Function', spec, context);
    this.dlq = deadLetterQueue(this, 'DeadLetters', encryptionKey);
    const dlqArn = this.dlq.queueArn;
    this.fn.addToRolePolicy(
      new PolicyStatement({ actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], resources: [streamArn] }),
    );
    this.fn.addToRolePolicy(new PolicyStatement({ actions: ['dynamodb:ListStreams'], resources: [`${arn}/stream/*`] }));
    this.fn.addToRolePolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [dlqArn] }));
    this.fn.addEventSourceMapping('Source', {
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: trigger.batchSize,
      maxBatchingWindow: Duration.seconds(trigger.windowSeconds),
      parallelizationFactor: trigger.perShard,
      bisectBatchOnError: true,
      retryAttempts,
      maxRecordAge,
      reportBatchItemFailures: true,
      onFailure: { bind: () => ({ destination: dlqArn }) },
    });
    const alarm = { loss: spec.loss, runbook: spec.runbook, topic };
    new RunbookAlarm(this, 'DeadLetterAlarm', {
      metric: this.dlq.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: 1,
      ...alarm,
    });
    new RunbookAlarm(this, 'BehindAlarm', {
      metric: this.fn.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(5) }),
      threshold: behindMs,
      evaluationPeriods: 2,
      ...alarm,
    });
  }
}
