import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { LambdaSpec, Trigger } from '../functions.ts';
import { DoselineFunction, type FunctionContext } from './doseline-function.ts';
import { RunbookAlarm } from './runbook-alarm.ts';
import type { WorkQueue } from './work-queue.ts';

export interface QueueWorkerProps {
  readonly spec: LambdaSpec;
  readonly trigger: Extract<Trigger, { kind: 'queue' }>;
  readonly context: FunctionContext;
  readonly source: WorkQueue;
  readonly topic: ITopic;
}

/** A Lambda that reads a queue: failed messages alone return, and an alarm rings for the first dead letter. */
export class QueueWorker extends Construct {
  readonly fn: DoselineFunction;

  constructor(scope: Construct, id: string, { spec, trigger, context, source, topic }: QueueWorkerProps) {
    super(scope, id);
    this.fn = new DoselineFunction(this, 'Function', spec, context);
    this.fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
        resources: [source.queue.queueArn],
      }),
    );
    this.fn.addEventSourceMapping('Source', {
      eventSourceArn: source.queue.queueArn,
      batchSize: trigger.batchSize,
      maxConcurrency: trigger.maxConcurrency,
      reportBatchItemFailures: true,
    });
    new RunbookAlarm(this, 'DeadLetterAlarm', {
      metric: source.dlq.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: 1,
      loss: spec.loss,
      runbook: spec.runbook,
      topic,
    });
    new RunbookAlarm(this, 'WaitingAlarm', {
      metric: source.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5) }),
      threshold: spec.timeoutSeconds * 12,
      loss: spec.loss,
      runbook: spec.runbook,
      topic,
    });
  }
}
