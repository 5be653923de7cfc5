import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLocal } from '../../local/start.ts';
import type { LocalRun } from '../../local/start.ts';
import { testPool } from '../support/local-api.ts';
import { arnOf, probeFunction, testTable, writeAssembly } from '../support/local-assembly.ts';
import type { ProbeCall } from '../support/local-probe.ts';

const outDir = writeAssembly({
  one: {
    Resources: {
      ...testPool,
      ...testTable('Doses', { stream: true }),
      Bucket: {
        Type: 'AWS::S3::Bucket',
        Properties: { BucketName: 'test-kept', VersioningConfiguration: { Status: 'Enabled' } },
      },
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'test-waiting' } },
      Key: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'test/key', GenerateSecretString: {} } },
      ...probeFunction('Fn', [{ Action: '*', Resource: '*' }]),
      ...probeFunction('Reader', [{ Action: '*', Resource: '*' }], {}, 'consume'),
      Source: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          FunctionName: { Ref: 'Reader' },
          EventSourceArn: { 'Fn::GetAtt': ['Doses', 'StreamArn'] },
          StartingPosition: 'TRIM_HORIZON',
        },
      },
      Nightly: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          Name: 'test-nightly',
          ScheduleExpression: 'rate(1 day)',
          Target: { Arn: arnOf('Fn'), RoleArn: arnOf('FnRole'), Input: '{"act":"echo","at":"<aws.scheduler.scheduled-time>"}' },
        },
      },
    },
  },
});
const dataDir = mkdtempSync(join(tmpdir(), 'doseline-data-'));
const start = () => startLocal({ outDir, port: 0, dataDir });

const ask = async (run: LocalRun, call: ProbeCall): Promise<Record<string, unknown>> => {
  const invocation = await run.invoke('Fn', call);
  return invocation.kind === 'success'
    ? (JSON.parse(invocation.payload) as Record<string, unknown>)
    : { failure: invocation.failure };
};
const object = { Bucket: 'test-kept', Key: 'a/b.txt' };
const secret: ProbeCall = { service: 'secrets', command: 'GetSecretValue', input: { SecretId: 'test/key' } };
const put = (name: string): ProbeCall => ({
  command: 'PutItem',
  input: { TableName: 'test-doses', Item: { pk: { S: name }, sk: { S: 'x' }, name: { S: name } } },
});
const delivered = (run: LocalRun) =>
  run
    .logLines('test-reader')
    .filter(({ line }) => line.startsWith('{"batch"'))
    .flatMap(({ line }) => (JSON.parse(line) as { batch: string[] }).batch);

let run: LocalRun;
const before: { secret?: unknown; client?: string | undefined; version?: unknown } = {};
beforeAll(async () => {
  run = await start();
  await ask(run, put('first'));
  before.version = (await ask(run, { service: 's3', command: 'PutObject', input: { ...object, Body: 'one' } }))['VersionId'];
  await ask(run, { service: 's3', command: 'PutObject', input: { ...object, Body: 'two' } });
  await ask(run, { service: 'sqs', command: 'SendMessage', input: { QueueUrl: run.queues[0]?.url, MessageBody: 'waiting' } });
  before.secret = (await ask(run, secret))['SecretString'];
  before.client = run.clients.find(({ name }) => name === 'ehr')?.secret;
  await run.idle();
  expect(delivered(run)).toEqual(['first']);
  await run.stop();
  run = await start();
});
afterAll(() => run.stop());

describe('a run with a data directory, started again', () => {
  it('has its items', async () => {
    expect(
      await ask(run, { command: 'GetItem', input: { TableName: 'test-doses', Key: { pk: { S: 'first' }, sk: { S: 'x' } } } }),
    ).toHaveProperty('Item');
  });

  it('has its objects and their versions', async () => {
    expect(await ask(run, { service: 's3', command: 'GetObject', input: object })).toMatchObject({ body: 'two' });
    expect(
      await ask(run, { service: 's3', command: 'GetObject', input: { ...object, VersionId: before.version } }),
    ).toMatchObject({ body: 'one' });
  });

  it('has its messages', async () => {
    expect(await ask(run, { service: 'sqs', command: 'ReceiveMessage', input: { QueueUrl: run.queues[0]?.url } })).toMatchObject({
      Messages: [{ Body: 'waiting' }],
    });
  });

  it('has the same secrets, so that keyed hashes still match', async () => {
    expect((await ask(run, secret))['SecretString']).toBe(before.secret);
    expect(run.clients.find(({ name }) => name === 'ehr')?.secret).toBe(before.client);
  });

  it('goes on with its streams where it was', async () => {
    await ask(run, put('second'));
    await run.idle();
    expect(delivered(run)).toEqual(['second']);
  });

  it('keeps what functions wrote in files', () => {
    expect(readFileSync(join(dataDir, 'logs', 'test-reader.log'), 'utf8')).toContain('"first"');
  });
});

describe('the admin API', () => {
  const get = async (path: string): Promise<unknown> => (await fetch(`${run.adminUrl}/_local/${path}`)).json();
  const post = async (path: string, body?: object): Promise<unknown> =>
    (
      await fetch(`${run.adminUrl}/_local/${path}`, {
        method: 'POST',
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    ).json();

  it('moves the clock', async () => {
    expect(await post('clock', { instant: '2021-03-12T05:00:00Z' })).toEqual({
      now: expect.stringMatching(/^2021-03-12T05:00:0/) as unknown,
    });
    expect(await post('clock', { instant: 'soon' })).toHaveProperty('error');
  });

  it('fires schedules and invokes functions', async () => {
    expect(await post('schedules/nightly', { scheduledTime: '2021-03-12T08:00:00Z' })).toMatchObject({
      kind: 'success',
      payload: expect.stringContaining('2021-03-12T08:00:00Z') as unknown,
    });
    expect(await post('invoke/Fn', { act: 'echo' })).toMatchObject({ kind: 'success' });
    expect(await post('invoke/Ghost')).toMatchObject({ error: expect.stringContaining('There is no function Ghost') as unknown });
  });

  it.each([
    ['', { apiUrl: expect.any(String) }],
    ['idle', { idle: true }],
    ['schedules', [{ name: 'test-nightly' }]],
    ['queues', [{ name: 'test-waiting', inFlight: 1 }]],
    ['resources', { 'AWS::SQS::Queue': { how: 'emulated' }, 'AWS::WAFv2::WebACL': { how: 'checked-only' } }],
  ])('tells %s', async (path, expected) => {
    expect(await get(path)).toMatchObject(expected);
  });

  it('shows objects in a browser', async () => {
    expect(await (await fetch(`${run.adminUrl}/_local/s3/test-kept/`)).text()).toContain('a/b.txt');
    expect(await (await fetch(`${run.adminUrl}/_local/s3/test-kept/a/b.txt`)).text()).toBe('two');
  });

  it('answers no page of another origin', async () => {
    expect((await fetch(`${run.adminUrl}/_local/tokens`, { headers: { origin: 'https://example.org' } })).status).toBe(403);
  });
});

describe('ports and ends', () => {
  it('takes a free port when the wanted one is taken, and leaves nothing listening', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as AddressInfo;
    const other = await startLocal({ outDir, port });
    expect(Number(new URL(other.apiUrl).port)).not.toBe(port);
    await other.stop();
    await other.stop();
    for (const url of [other.apiUrl, other.adminUrl, other.s3Url, other.issuerUrl])
      await expect(fetch(url)).rejects.toThrow('fetch failed');
    squatter.close();
  });

  it('ends what was started when a later part fails', async () => {
    const broken = writeAssembly(
      { one: { Resources: { ...testTable('Doses'), Graph: { Type: 'AWS::Neptune::DBCluster' } } } },
      { bundle: false },
    );
    await expect(startLocal({ outDir: broken, port: 0 })).rejects.toThrow('AWS::Neptune::DBCluster');
  });
});
