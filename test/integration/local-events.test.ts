import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLocal } from '../../local/start.ts';
import type { LocalRun } from '../../local/start.ts';
import { writeAssembly } from '../support/local-assembly.ts';
import { bodiesIn, eventResources } from '../support/local-events.ts';

let run: LocalRun;
beforeAll(async () => {
  run = await startLocal({
    outDir: writeAssembly({ one: { Resources: eventResources } }),
    port: 0,
    clock: '2021-03-12T17:00:00Z',
    redeliverAfterMs: 20,
  });
});
afterAll(() => run.stop());

interface Batch {
  batch: string[];
  failed: string[];
  at: unknown[];
}
const batches = (source: string): Batch[] =>
  run
    .logLines(source)
    .filter(({ line }) => line.startsWith('{"batch"'))
    .map(({ line }) => JSON.parse(line) as Batch);
const queue = (name: string) => run.queues.find((each) => each.name === name)?.store;
const bodies = (name: string) => bodiesIn(run, name);

/** Past the functions, as the operator: a call of the run's front with its own credentials. */
const operator = async (target: string, input: object) => {
  const answer = await fetch(run.s3Url, {
    method: 'POST',
    body: JSON.stringify(input),
    headers: {
      'x-amz-target': target,
      'content-type': 'application/x-amz-json-1.0',
      authorization: `AWS4-HMAC-SHA256 Credential=${run.operator.accessKeyId}/x`,
    },
  });
  expect(answer.status).toBe(200);
};
const send = (body: object, more: object = {}) =>
  operator('AmazonSQS.SendMessage', {
    ...more,
    QueueUrl: run.queues.find(({ name }) => name === 'test-work')?.url,
    MessageBody: JSON.stringify(body),
  });
const put = (name: string, more: Record<string, object> = {}) =>
  operator('DynamoDB_20120810.PutItem', {
    TableName: 'test-doses',
    Item: { pk: { S: name }, sk: { S: 'x' }, name: { S: name }, ...more },
  });

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
    expect(
      batches('test-worker')
        .flatMap(({ batch }) => batch)
        .filter((name) => name === 'poison'),
    ).toHaveLength(3);
    expect(bodies('test-dead')).toEqual([{ name: 'poison', failures: 99 }]);
  });

  it('gives back the whole batch when the worker throws', async () => {
    await send({ name: 'thrower', failures: 1, how: 'throw' });
    await run.idle();
    expect(
      batches('test-worker')
        .flatMap(({ batch }) => batch)
        .filter((name) => name === 'thrower'),
    ).toHaveLength(2);
  });

  it("tells the worker when a message was sent, by the run's clock", () => {
    expect(new Date(Number(batches('test-worker')[0]?.at[0])).toISOString()).toMatch(/^2021-03-12T17/);
  });
});

describe('a stream with a worker', () => {
  it("delivers what passes the filter, in order, stamped by the run's clock", async () => {
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
    await operator('DynamoDB_20120810.BatchWriteItem', {
      RequestItems: {
        'test-doses': ['u1', 'bad', 'u2', 'u3'].map((name) => ({
          PutRequest: {
            Item: {
              pk: { S: name },
              sk: { S: 'x' },
              name: { S: name },
              ...(name === 'bad' ? { failures: { N: '99' }, how: { S: 'throw' } } : {}),
            },
          },
        })),
      },
    });
    await run.idle();
    const delivered = batches('test-reader').filter(({ batch }) => batch.some((name) => /^(u\d|bad)$/.test(name)));
    expect(delivered.some(({ batch }) => batch.length > 1 && batch.includes('bad'))).toBe(true);
    for (const name of ['u1', 'u2', 'u3'])
      expect(delivered.some(({ batch, failed }) => batch.includes(name) && failed.length === 0)).toBe(true);
    const [report] = bodies('test-given-up');
    expect(report).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted' },
      DDBStreamBatchInfo: { batchSize: 1, streamArn: expect.stringContaining('table/test-doses') as unknown },
    });
    expect(JSON.stringify(report)).not.toContain('bad');
    queue('test-given-up')?.purge();
  });
});

describe('a run that is waited for', () => {
  it('waits for no delay once nothing else is under way', async () => {
    await send({ name: 'delayed' }, { DelaySeconds: 900 });
    await put('before', { failures: { N: '2' } });
    await run.idle();
    const seen = run.logLines().flatMap(({ line }) => (line.startsWith('{"batch"') ? (JSON.parse(line) as Batch).batch : []));
    expect(seen.slice(-4)).toEqual(['before', 'before', 'before', 'delayed']);
  });
});
