import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLocal } from '../../local/start.ts';
import type { LocalRun } from '../../local/start.ts';
import { arnOf, probeFunction, testTable, writeAssembly } from '../support/local-assembly.ts';
import type { TestResources } from '../support/local-assembly.ts';

const streamArn = (id: string) => ({ 'Fn::GetAtt': [id, 'StreamArn'] });
const readStream = (id: string) => ({ Action: ['dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:DescribeStream'], Resource: streamArn(id) });
const readQueue = (id: string) => ({ Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], Resource: arnOf(id) });

const queues: TestResources = {
  Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'test-dead' } },
  Work: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'test-work', VisibilityTimeout: 30, RedrivePolicy: { deadLetterTargetArn: arnOf('Dead'), maxReceiveCount: 3 } } },
  Uploads: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'test-uploads' } },
  UploadsPolicy: { Type: 'AWS::SQS::QueuePolicy', Properties: { PolicyDocument: { Statement: { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: arnOf('Uploads') } } } },
  GivenUp: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'test-given-up' } },
};

const mapping = (target: string, source: unknown, more: object): TestResources => ({
  [`${target}Source`]: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { FunctionName: { Ref: target }, EventSourceArn: source, FunctionResponseTypes: ['ReportBatchItemFailures'], ...more } },
});

const resources: TestResources = {
  ...queues,
  ...testTable('Doses', { stream: true }),
  Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'test-uploads-bucket', NotificationConfiguration: { QueueConfigurations: [{ Event: 's3:ObjectCreated:*', Queue: arnOf('Uploads'), Filter: { S3Key: { Rules: [{ Name: 'suffix', Value: '.csv' }] } } }] } } },
  ...probeFunction('Worker', [readQueue('Work')], {}, 'consume'),
  ...mapping('Worker', arnOf('Work'), { BatchSize: 5 }),
  ...probeFunction('Reader', [readStream('Doses'), { Action: 'sqs:SendMessage', Resource: arnOf('GivenUp') }], {}, 'consume'),
  ...mapping('Reader', streamArn('Doses'), {
    BatchSize: 10, StartingPosition: 'TRIM_HORIZON', BisectBatchOnFunctionError: true, MaximumRetryAttempts: 4,
    DestinationConfig: { OnFailure: { Destination: arnOf('GivenUp') } },
    FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ eventName: ['INSERT'], dynamodb: { NewImage: { name: { S: [{ 'anything-but': ['ignored'] }] } } } }) }] },
  }),
  ...probeFunction('Nightly', [{ Action: 'sqs:SendMessage', Resource: arnOf('GivenUp') }]),
  NightlyConfig: { Type: 'AWS::Lambda::EventInvokeConfig', Properties: { FunctionName: { Ref: 'Nightly' }, MaximumRetryAttempts: 1, DestinationConfig: { OnFailure: { Destination: arnOf('GivenUp') } } } },
  Scheduler: { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arnOf('Nightly') }] } }] } },
  Outsider: { Type: 'AWS::IAM::Role', Properties: {} },
  ...Object.fromEntries(([['NightlyRun', 'Scheduler', 'echo'], ['Failing', 'Scheduler', 'throw'], ['Forbidden', 'Outsider', 'echo']] as const).map(([id, role, act]) => [id, {
    Type: 'AWS::Scheduler::Schedule',
    Properties: { Name: `test-${id.toLowerCase()}`, ScheduleExpression: 'cron(0 3 * * ? *)', ScheduleExpressionTimezone: 'America/New_York',
      Target: { Arn: arnOf('Nightly'), RoleArn: arnOf(role), Input: JSON.stringify({ act, scheduledTime: '<aws.scheduler.scheduled-time>' }) } },
  }])),
};

let run: LocalRun;
beforeAll(async () => {
  run = await startLocal({ outDir: writeAssembly({ one: { Resources: resources } }), port: 0, clock: '2021-03-12T17:00:00Z', redeliverAfterMs: 20 });
});
afterAll(() => run.stop());

interface Batch { batch: string[]; failed: string[]; at: unknown[] }
const batches = (source: string): Batch[] => run.logLines(source).filter(({ line }) => line.startsWith('{"batch"')).map(({ line }) => JSON.parse(line) as Batch);
const queue = (name: string) => run.queues.find((each) => each.name === name)?.store;
const bodies = (name: string) => (queue(name)?.inspectMessages().ready ?? []).map(({ body }) => JSON.parse(body) as Record<string, unknown>);

/** Past the functions, as the operator: a call of the run's front with its own credentials. */
const operator = async (target: string, input: object) => {
  const answer = await fetch(run.s3Url, {
    method: 'POST', body: JSON.stringify(input),
    headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0', authorization: `AWS4-HMAC-SHA256 Credential=${run.operator.accessKeyId}/x` },
  });
  expect(answer.status).toBe(200);
};
const send = (body: object) => operator('AmazonSQS.SendMessage', { QueueUrl: run.queues.find(({ name }) => name === 'test-work')?.url, MessageBody: JSON.stringify(body) });
const put = (name: string, more: Record<string, object> = {}) =>
  operator('DynamoDB_20120810.PutItem', { TableName: 'test-doses', Item: { pk: { S: name }, sk: { S: 'x' }, name: { S: name }, ...more } });

describe('a queue with a worker', () => {
  it('gives back only the messages that failed, and deletes them when they succeed', async () => {
    await Promise.all([send({ name: 'good' }), send({ name: 'weak', failures: 1 })]);
    await run.idle();
    const seen = batches('test-worker').flatMap(({ batch }) => batch);
    expect(seen.filter((name) => name === 'good')).toHaveLength(1);
    expect(seen.filter((name) => name === 'weak')).toHaveLength(2);
    expect(bodies('test-dead')).toEqual([]);
  });

  it('moves a message to the dead-letter queue after the declared receives', async () => {
    await send({ name: 'poison', failures: 99 });
    await run.idle();
    expect(batches('test-worker').flatMap(({ batch }) => batch).filter((name) => name === 'poison')).toHaveLength(3);
    expect(bodies('test-dead')).toEqual([{ name: 'poison', failures: 99 }]);
  });

  it('gives back the whole batch when the worker throws', async () => {
    await send({ name: 'thrower', failures: 1, how: 'throw' });
    await run.idle();
    expect(batches('test-worker').flatMap(({ batch }) => batch).filter((name) => name === 'thrower')).toHaveLength(2);
  });

  it('tells the worker when a message was sent, by the run\'s clock', () => {
    expect(new Date(Number(batches('test-worker')[0]?.at[0])).toISOString()).toMatch(/^2021-03-12T17/);
  });
});

describe('a stream with a worker', () => {
  it('delivers what passes the filter, in order, stamped by the run\'s clock', async () => {
    for (const name of ['s1', 'ignored', 's2', 's3']) await put(name);
    await put('s1', { again: { S: 'a change, not an insert' } });
    await run.idle();
    const seen = batches('test-reader');
    expect(seen.flatMap(({ batch }) => batch)).toEqual(['s1', 's2', 's3']);
    expect(new Date(Number(seen[0]?.at[0]) * 1000).toISOString()).toMatch(/^2021-03-12T17/);
  });

  it('tries again from the first record that failed', async () => {
    await put('t1');
    await put('t2', { failures: { N: '2' } });
    await put('t3');
    await run.idle();
    const delivered = batches('test-reader').filter(({ batch }) => batch.some((name) => name.startsWith('t')));
    const counts = (name: string) => delivered.filter(({ batch }) => batch.includes(name)).length;
    expect(counts('t1')).toBe(1);
    expect(counts('t2')).toBe(3);
    const order = delivered.flatMap(({ batch, failed }) => batch.filter((name) => !failed.includes(name)));
    expect(order.lastIndexOf('t3')).toBeGreaterThan(order.indexOf('t2'));
  });

  it('halves a batch that throws until the bad record stands alone, gives it up to the declared queue, and goes on', async () => {
    await operator('DynamoDB_20120810.BatchWriteItem', { RequestItems: { 'test-doses': ['u1', 'bad', 'u2', 'u3'].map((name) => ({
      PutRequest: { Item: { pk: { S: name }, sk: { S: 'x' }, name: { S: name }, ...(name === 'bad' ? { failures: { N: '99' }, how: { S: 'throw' } } : {}) } },
    })) } });
    await run.idle();
    const delivered = batches('test-reader').filter(({ batch }) => batch.some((name) => /^(u\d|bad)$/.test(name)));
    expect(delivered.some(({ batch }) => batch.length > 1 && batch.includes('bad'))).toBe(true);
    for (const name of ['u1', 'u2', 'u3']) expect(delivered.some(({ batch, failed }) => batch.includes(name) && failed.length === 0)).toBe(true);
    const [report] = bodies('test-given-up');
    expect(report).toMatchObject({ requestContext: { condition: 'RetryAttemptsExhausted' }, DDBStreamBatchInfo: { batchSize: 1, streamArn: expect.stringContaining('table/test-doses') as string } });
    expect(JSON.stringify(report)).not.toContain('bad');
    queue('test-given-up')?.purge();
  });
});

describe('a schedule', () => {
  it('is listed with its expression and time zone', () => {
    expect(run.schedules[0]).toMatchObject({ name: 'test-nightlyrun', expression: 'cron(0 3 * * ? *)', timeZone: 'America/New_York', enabled: true });
  });

  it('gives its declared input the time it was fired for', async () => {
    const invocation = await run.fire('nightlyrun', { scheduledTime: '2021-03-13T08:00:00Z' });
    const payload = JSON.parse(invocation?.kind === 'success' ? invocation.payload : '{}') as { body: string };
    expect(JSON.parse(payload.body)).toEqual({ act: 'echo', scheduledTime: '2021-03-13T08:00:00Z' });
  });

  it('is tried as often as declared when its function fails, then reported to the declared queue', async () => {
    expect(await run.fire('failing')).toMatchObject({ kind: 'failure', failure: { errorMessage: 'told to fail' } });
    expect(bodies('test-given-up')).toMatchObject([{ requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 }, requestPayload: { act: 'throw' } }]);
  });

  it('does not fire with a role that may not call its target', async () => {
    await expect(run.fire('forbidden')).rejects.toThrow('may not call');
  });
});

describe('an upload', () => {
  it('is told to the queue that the bucket names, when its key fits', async () => {
    const upload = async (key: string) => {
      const headers = { authorization: `AWS4-HMAC-SHA256 Credential=${run.operator.accessKeyId}/x` };
      expect((await fetch(`${run.s3Url}/test-uploads-bucket/${key}`, { method: 'PUT', body: 'a,b', headers })).status).toBe(200);
    };
    await upload('in%20box/roster.csv');
    await upload('readme.txt');
    expect(bodies('test-uploads')).toMatchObject([{ Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'test-uploads-bucket' }, object: { key: 'in+box/roster.csv', size: 3 } } }] }]);
  });
});

describe('the start', () => {
  const start = (changed: TestResources) => startLocal({ outDir: writeAssembly({ one: { Resources: { ...resources, ...changed } } }, { bundle: true }), port: 0 });

  it.each<[string, TestResources, string]>([
    ['a worker whose role may not read its queue', probeFunction('Worker', [], {}, 'consume'), 'lacks sqs:ReceiveMessage'],
    ['a bucket whose queue does not let S3 in', { UploadsPolicy: { Type: 'AWS::SQS::QueuePolicy', Properties: { PolicyDocument: { Statement: [] } } } }, 'does not let S3 in'],
    ['a schedule with a wrong expression', { NightlyRun: { Type: 'AWS::Scheduler::Schedule', Properties: { ScheduleExpression: 'every night' } } }, 'no schedule expression'],
    ['a schedule with a wrong time zone', { NightlyRun: { Type: 'AWS::Scheduler::Schedule', Properties: { ScheduleExpression: 'rate(1 day)', ScheduleExpressionTimezone: 'Connecticut' } } }, 'no time zone'],
    ['a filter it cannot judge', mapping('Reader', streamArn('Doses'), { FilterCriteria: { Filters: [{ Pattern: '{"eventName":[{"numeric":[">",1]}]}' }] } }), 'numeric'],
    ['a function without a bundle', probeFunction('Worker', [readQueue('Work')], { Code: { S3Key: 'gone.zip' } }, 'consume'), 'npm run synth'],
  ])('refuses %s', async (_name, changed, message) => {
    await expect(start(changed)).rejects.toThrow(message);
  });
});
