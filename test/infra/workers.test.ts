import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { schedulesThatSlip } from '../support/clock-changes.ts';
import { broken, pick, resourcesOf, synthesised, textOf, type Templates } from '../support/synthesis.ts';
import { lambdas } from '../../infra/functions.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const workers = lambdas.filter(({ trigger }) => trigger.kind !== 'api');

const textAt = (templates: Templates, stack: 'data' | 'workers', value: unknown): string | undefined =>
  value === undefined ? undefined : textOf(templates, stack, value);

/** Where each worker’s failures go: by redrive, by on-failure destination, or by both of a schedule. */
const deadLetterQueues = (templates: Templates, name: string): (string | undefined)[] => {
  const fn = resourcesOf(templates, 'AWS::Lambda::Function').find(({ resource }) => String(pick(resource, 'Properties', 'FunctionName')).endsWith(`-${name}`));
  const reads = (value: unknown) => fn !== undefined && textAt(templates, 'workers', value)?.startsWith(`workers/${fn.id}`) === true;
  const sources = resourcesOf(templates, 'AWS::Lambda::EventSourceMapping').filter(({ resource }) => reads(pick(resource, 'Properties', 'FunctionName')));
  const schedules = resourcesOf(templates, 'AWS::Scheduler::Schedule').filter(({ resource }) => reads(pick(resource, 'Properties', 'Target', 'Arn')));
  const asynchronous = resourcesOf(templates, 'AWS::Lambda::EventInvokeConfig').filter(({ resource }) => reads(pick(resource, 'Properties', 'FunctionName')));
  const redriveOf = (source: string | undefined) => {
    const queue = resourcesOf(templates, 'AWS::SQS::Queue').find(({ stack, id }) => `${stack}/${id}.Arn` === source);
    return textAt(templates, 'data', pick(queue?.resource, 'Properties', 'RedrivePolicy', 'deadLetterTargetArn'));
  };
  return [
    ...sources.map(({ resource }) => {
      const source = textAt(templates, 'workers', pick(resource, 'Properties', 'EventSourceArn'));
      return textAt(templates, 'workers', pick(resource, 'Properties', 'DestinationConfig', 'OnFailure', 'Destination')) ?? redriveOf(source);
    }),
    ...schedules.map(({ resource }) => textAt(templates, 'workers', pick(resource, 'Properties', 'Target', 'DeadLetterConfig', 'Arn'))),
    ...asynchronous.map(({ resource }) => textAt(templates, 'workers', pick(resource, 'Properties', 'DestinationConfig', 'OnFailure', 'Destination'))),
  ];
};

const alarmedQueues = (templates: Templates): Set<string> =>
  new Set(
    resourcesOf(templates, 'AWS::CloudWatch::Alarm')
      .filter(({ resource }) => pick(resource, 'Properties', 'MetricName') === 'ApproximateNumberOfMessagesVisible')
      .map(({ stack, resource }) => textOf(templates, stack, pick(resource, 'Properties', 'Dimensions', 0, 'Value')).replace('.QueueName', '.Arn')),
  );

/** Workers whose failures vanish or ring nobody. */
const silentWorkers = (templates: Templates): string[] => {
  const alarmed = alarmedQueues(templates);
  return workers.map(({ name }) => name).filter((name) => {
    const queues = deadLetterQueues(templates, name);
    return queues.length === 0 || queues.some((queue) => queue === undefined || !alarmed.has(queue));
  });
};

const runbookOf = (description: unknown): string | undefined => /docs\/runbooks\/[a-z-]+\.md$/.exec(String(description))?.[0];

describe.each(['dev', 'prod'] as const)('Workers of %s', (stage) => {
  const { templates, deployment } = synthesised(stage);

  it('lose nothing silently: each has a dead-letter queue, and an alarm on it', () => {
    expect(workers.length).toBeGreaterThanOrEqual(9);
    expect(silentWorkers(templates)).toEqual([]);
  });

  it('are seen when they lose their dead letters', () => {
    const silent = broken(templates, ({ workers: stack }) => {
      for (const resource of Object.values(stack.Resources))
        if (resource.Type === 'AWS::Lambda::EventSourceMapping') delete (resource.Properties as Record<string, unknown>)['DestinationConfig'];
    });
    expect(silentWorkers(silent)).toEqual(workers.filter(({ trigger }) => trigger.kind === 'stream').map(({ name }) => name));
  });

  it('return the failed records alone, and streams halve a bad batch a bounded number of times', () => {
    for (const { stack, resource } of resourcesOf(templates, 'AWS::Lambda::EventSourceMapping')) {
      expect(pick(resource, 'Properties', 'FunctionResponseTypes')).toEqual(['ReportBatchItemFailures']);
      if (!textOf(templates, stack, pick(resource, 'Properties', 'EventSourceArn')).endsWith('.StreamArn')) continue;
      expect(pick(resource, 'Properties', 'BisectBatchOnFunctionError')).toBe(true);
      expect(pick(resource, 'Properties', 'MaximumRetryAttempts')).toBeLessThanOrEqual(10);
      expect(pick(resource, 'Properties', 'MaximumRecordAgeInSeconds')).toBeLessThan(86_400);
    }
  });

  it('run by the clock of the jurisdiction, and are told the time they were meant for', () => {
    const schedules = resourcesOf(templates, 'AWS::Scheduler::Schedule');
    expect(schedules).toHaveLength(3);
    for (const { resource } of schedules) {
      expect(pick(resource, 'Properties', 'ScheduleExpressionTimezone')).toBe(deployment.jurisdiction.timeZone);
      expect(pick(resource, 'Properties', 'Target', 'Input')).toBe('{"scheduledTime":"<aws.scheduler.scheduled-time>"}');
    }
  });

  it('run once on every night, also when the clocks change', () => {
    expect(schedulesThatSlip(deployment.schedules, deployment.jurisdiction.timeZone)).toEqual([]);
    const atTwo = { ...deployment.schedules, nightly: { hour: 2, minute: 0 } };
    expect(schedulesThatSlip(atTwo, deployment.jurisdiction.timeZone)).toContainEqual('nightly 2021-03-14');
  });
});

describe('Alarms', () => {
  const { templates } = synthesised('prod');
  const alarms = resourcesOf(templates, 'AWS::CloudWatch::Alarm');

  it('say what is lost and name a runbook that is written, and tell somebody', () => {
    expect(alarms.length).toBeGreaterThan(20);
    for (const { id, resource } of alarms) {
      const runbook = runbookOf(pick(resource, 'Properties', 'AlarmDescription'));
      expect({ id, exists: existsSync(`${root}/${runbook}`) }).toEqual({ id, exists: true });
      expect(pick(resource, 'Properties', 'AlarmActions')).toHaveLength(1);
    }
    expect(runbookOf('Doses are lost. Call somebody.')).toBeUndefined();
  });

  it('have runbooks that say what is lost, how to look and what to do, and no runbook is left without an alarm or a link', () => {
    const named = new Set(alarms.map(({ resource }) => runbookOf(pick(resource, 'Properties', 'AlarmDescription'))));
    for (const runbook of named) {
      const text = readFileSync(`${root}/${runbook}`, 'utf8');
      for (const heading of ['## What is lost', '## Look', '## Do']) expect({ runbook, heading: text.includes(heading) }).toEqual({ runbook, heading: true });
    }
    const index = readFileSync(`${root}/docs/runbooks/README.md`, 'utf8');
    for (const file of readdirSync(`${root}/docs/runbooks`)) if (file !== 'README.md') expect(index).toContain(`(${file})`);
  });
});
