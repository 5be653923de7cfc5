import { randomUUID } from 'node:crypto';
import type { AsyncCalls } from './events/async-calls.ts';
import type { SendTo } from './events/worker.ts';
import { firstDenied } from './iam/evaluate.ts';
import type { Policies } from './iam/policies.ts';
import type { Invocation } from './lambda/instance.ts';
import { unqualified } from './lambda/permissions.ts';
import type { LambdaFunction } from './lambda/pool.ts';
import type { JsonObject } from './template/assembly.ts';
import type { Resource, Template } from './template.ts';
import { text } from './template/values.ts';

/** A schedule of the template. The local run never fires one by itself. */
export interface Schedule {
  readonly logicalId: string;
  readonly name: string;
  readonly expression: string;
  readonly timeZone: string;
  readonly enabled: boolean;
  readonly targetArn: string;
  readonly roleArn: string;
  readonly input: string;
  readonly arn: string;
}

const CRON = /^cron\((\S+ ){5}\S+\)$/;
const RATE = /^rate\([1-9]\d* (minutes?|hours?|days?)\)$/;
const AT = /^at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)$/;

/** The schedules of the template. Throws on an expression or a time zone that EventBridge Scheduler would not take. */
export const readSchedules = (template: Template): Schedule[] =>
  template.ofType('AWS::Scheduler::Schedule').map((resource) => {
    const { id, logicalId, ref, properties } = resource;
    const expression = text(properties['ScheduleExpression']);
    if (![CRON, RATE, AT].some((form) => form.test(expression)))
      throw new Error(`${id}: ${expression} is no schedule expression`);
    const timeZone = text(properties['ScheduleExpressionTimezone'] ?? 'UTC');
    if (!Intl.supportedValuesOf('timeZone').includes(timeZone) && timeZone !== 'UTC')
      throw new Error(`${id}: ${timeZone} is no time zone`);
    const target = (properties['Target'] ?? {}) as JsonObject;
    return {
      logicalId,
      expression,
      timeZone,
      name: ref,
      enabled: properties['State'] !== 'DISABLED',
      targetArn: text(target['Arn']),
      roleArn: text(target['RoleArn']),
      input: inputOf(resource, target),
      arn: `arn:aws:scheduler:${template.region}:${template.account}:schedule/${text(properties['GroupName'] ?? 'default')}/${ref}`,
    };
  });

const inputOf = ({ ref }: Resource, target: JsonObject): string =>
  typeof target['Input'] === 'string'
    ? target['Input']
    : JSON.stringify({ source: 'aws.scheduler', 'detail-type': 'Scheduled Event', resources: [ref], detail: '{}' });

export interface Firing {
  readonly functionOf: (arn: string) => LambdaFunction | undefined;
  readonly calls: AsyncCalls;
  readonly sendTo: SendTo;
  readonly policies: Policies;
}

/**
 * Fires a schedule as of an instant: its role must allow the target, its declared input gets the context attributes filled in.
 */
export const fireSchedule = async (
  schedule: Schedule,
  scheduledMs: number,
  { functionOf, calls, sendTo, policies }: Firing,
): Promise<Invocation | undefined> => {
  const input = fill(schedule, scheduledMs);
  if (schedule.targetArn.includes(':sqs:')) {
    sendTo(schedule.targetArn, input, schedule.roleArn);
    return undefined;
  }
  const target = functionOf(unqualified(schedule.targetArn));
  if (target === undefined) throw new Error(`The schedule ${schedule.name} names a target that is no function of the template`);
  const needs = [{ action: 'lambda:InvokeFunction', resource: schedule.targetArn }];
  if (firstDenied(policies, schedule.roleArn, needs) !== undefined)
    throw new Error(`The role of the schedule ${schedule.name} may not call ${target.shape.name}`);
  return calls.call(target, JSON.parse(input));
};

const fill = ({ input, arn }: Schedule, scheduledMs: number): string =>
  input
    .replaceAll('<aws.scheduler.scheduled-time>', new Date(scheduledMs).toISOString().replace(/\.\d{3}Z$/, 'Z'))
    .replaceAll('<aws.scheduler.schedule-arn>', arn)
    .replaceAll('<aws.scheduler.execution-id>', randomUUID())
    .replaceAll('<aws.scheduler.attempt-number>', '1');
