import { Stack, type StackProps } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { QueueName } from '../contexts.ts';
import type { DoselineFunction, FunctionContext } from '../constructs/doseline-function.ts';
import { QueueWorker } from '../constructs/queue-worker.ts';
import { ScheduledWorker } from '../constructs/scheduled-worker.ts';
import { StreamWorker } from '../constructs/stream-worker.ts';
import type { WorkQueue } from '../constructs/work-queue.ts';
import { lambdas, type LambdaSpec } from '../functions.ts';

export interface WorkersStackProps extends StackProps {
  readonly context: FunctionContext;
  readonly queues: Readonly<Record<QueueName, WorkQueue>>;
  readonly encryptionKey: IKey;
  readonly topic: ITopic;
}

/** What happens without a request: queues read, streams followed, schedules kept. */
export class WorkersStack extends Stack {
  readonly functions: readonly DoselineFunction[];

  constructor(scope: Construct, id: string, { context, queues, encryptionKey, topic, ...props }: WorkersStackProps) {
    super(scope, id, props);
    const worker = (spec: LambdaSpec): DoselineFunction[] => {
      const { trigger } = spec;
      switch (trigger.kind) {
        case 'api':
          return [];
        case 'queue':
          return [new QueueWorker(this, spec.name, { spec, trigger, context, source: queues[trigger.queue], topic }).fn];
        case 'stream':
          return [new StreamWorker(this, spec.name, { spec, trigger, context, encryptionKey, topic }).fn];
        case 'schedule':
          return [new ScheduledWorker(this, spec.name, { spec, trigger, context, encryptionKey, topic }).fn];
      }
    };
    this.functions = lambdas.flatMap(worker);
  }
}
