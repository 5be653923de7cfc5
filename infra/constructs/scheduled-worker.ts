import { Duration, TimeZone } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { ContextAttribute, Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { LambdaSpec, Trigger } from '../functions.ts';
import { keyStatement } from '../grants.ts';
import { DoselineFunction, type FunctionContext } from './doseline-function.ts';
import { RunbookAlarm } from './runbook-alarm.ts';
import { deadLetterQueue } from './work-queue.ts';

const retryAttempts = 2;
const maxEventAge = Duration.hours(2);

export interface ScheduledWorkerProps {
  readonly spec: LambdaSpec;
  readonly trigger: Extract<Trigger, { kind: 'schedule' }>;
  readonly context: FunctionContext;
  readonly encryptionKey: IKey;
  readonly topic: ITopic;
}

/**
 * A Lambda run by the clock of the jurisdiction. The scheduler may fire twice, so the work is keyed by the period that `scheduledTime`
 * names. A run that was not delivered and a run that failed both end in the dead-letter queue; no run at all rings an alarm.
 */
export class ScheduledWorker extends Construct {
  readonly fn: DoselineFunction;
  readonly dlq: Queue;

  constructor(scope: Construct, id: string, { spec, trigger, context, encryptionKey, topic }: ScheduledWorkerProps) {
    super(scope, id);
    const { deployment } = context;
    const time = deployment.schedules[trigger.schedule];
    this.fn = new DoselineFunction(this, 'Function', spec, context);
    this.dlq = deadLetterQueue(this, 'DeadLetters', encryptionKey);
    const dlqArn = this.dlq.queueArn;
    const sendDeadLetters = new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [dlqArn] });
    this.fn.addToRolePolicy(sendDeadLetters);
    this.fn.configureAsyncInvoke({ retryAttempts, maxEventAge, onFailure: { bind: () => ({ destination: dlqArn }) } });
    const role = new Role(this, 'SchedulerRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': deployment.account } } }),
    });
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.fn.functionArn] }));
    role.addToPolicy(sendDeadLetters);
    role.addToPolicy(keyStatement(encryptionKey, deployment.region, ['sqs']));
    const arn = this.fn.functionArn;
    new Schedule(this, 'Schedule', {
      scheduleName: `${deployment.prefix}-${trigger.schedule}`,
      description: `${spec.name}, by the clock of ${deployment.jurisdiction.code}`,
      schedule: ScheduleExpression.cron({
        minute: String(time.minute),
        hour: String(time.hour),
        ...(time.weekDay ? { weekDay: time.weekDay } : {}),
        timeZone: TimeZone.of(deployment.jurisdiction.timeZone),
      }),
      target: {
        bind: () => ({
          arn,
          role,
          input: ScheduleTargetInput.fromObject({ scheduledTime: ContextAttribute.scheduledTime }),
          retryPolicy: { maximumRetryAttempts: retryAttempts, maximumEventAgeInSeconds: maxEventAge.toSeconds() },
          deadLetterConfig: { arn: dlqArn },
        }),
      },
    });
    this.alarms(spec, time.weekDay ? Duration.days(7) : Duration.days(1), topic);
  }

  private alarms(spec: LambdaSpec, period: Duration, topic: ITopic): void {
    const alarm = { loss: spec.loss, runbook: spec.runbook, topic };
    new RunbookAlarm(this, 'DeadLetterAlarm', {
      metric: this.dlq.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: 1,
      ...alarm,
    });
    // CloudWatch looks back over at most one day, or seven when the period is an hour or longer.
    new RunbookAlarm(this, 'DidNotRunAlarm', {
      metric: this.fn.metricInvocations({ period: Duration.days(1) }),
      threshold: 1,
      evaluationPeriods: period.toDays(),
      missing: true,
      ...alarm,
    });
  }
}
