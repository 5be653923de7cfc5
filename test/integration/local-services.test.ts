import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLocal } from '../../local/start.ts';
import type { LocalRun } from '../../local/start.ts';
import { arnOf, probeFunction, testTable, writeAssembly } from '../support/local-assembly.ts';
import { callerOf } from '../support/local-caller.ts';
import type { ProbeCall } from '../support/local-probe.ts';

let run: LocalRun;
beforeAll(async () => {
  const outDir = writeAssembly({
    one: {
      Resources: {
        ...testTable('Doses'),
        Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'test-work' } },
        Key: {
          Type: 'AWS::SecretsManager::Secret',
          Properties: {
            Name: 'test/key',
            GenerateSecretString: {
              PasswordLength: 20,
              ExcludePunctuation: true,
              SecretStringTemplate: '{"username":"doseline"}',
              GenerateStringKey: 'password',
            },
          },
        },
        ...probeFunction('All', [
          { Action: 'dynamodb:*', Resource: [arnOf('Doses'), { 'Fn::Join': ['', [arnOf('Doses'), '/index/*']] }] },
          { Action: ['sqs:SendMessage', 'sqs:ReceiveMessage'], Resource: arnOf('Queue') },
          { Action: 'secretsmanager:GetSecretValue', Resource: { Ref: 'Key' } },
        ]),
        ...probeFunction('Few', [
          {
            Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
            Resource: arnOf('Doses'),
            Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['SITE#*'] } },
          },
        ]),
      },
    },
  });
  run = await startLocal({ outDir, port: 0, clock: '2021-03-12T17:00:00Z' });
});
afterAll(() => run.stop());

const [all, few] = [callerOf(() => run, 'all'), callerOf(() => run, 'few')];
const item = (pk: string, more: object = {}) => ({ TableName: 'test-doses', Item: { pk: { S: pk }, sk: { S: 'x' }, ...more } });
const key = (pk: string) => ({ TableName: 'test-doses', Key: { pk: { S: pk }, sk: { S: 'x' } } });

describe('DynamoDB through the front', () => {
  it('does what the role may', async () => {
    expect(await few({ command: 'PutItem', input: item('SITE#1', { n: { N: '1' } }) })).toEqual({});
    expect(await few({ command: 'GetItem', input: key('SITE#1') })).toMatchObject({ Item: { n: { N: '1' } } });
  });

  it.each<[string, ProbeCall, string]>([
    ['another partition', { command: 'PutItem', input: item('PERSON#1') }, 'dynamodb:PutItem'],
    ['another action', { command: 'DeleteItem', input: key('SITE#1') }, 'dynamodb:DeleteItem'],
    [
      'an index',
      {
        command: 'Query',
        input: {
          TableName: 'test-doses',
          IndexName: 'gsi1',
          KeyConditionExpression: 'gsi1pk = :p',
          ExpressionAttributeValues: { ':p': { S: 'x' } },
        },
      },
      'dynamodb:Query',
    ],
    [
      'one foreign item in a transaction',
      { command: 'TransactWriteItems', input: { TransactItems: [{ Put: item('SITE#1') }, { Put: item('PERSON#1') }] } },
      'dynamodb:PutItem',
    ],
    ['an operation the front does not know', { command: 'ListTables', input: {} }, 'dynamodb:ListTables'],
  ])('denies %s, naming the action and not the key', async (_name, call, action) => {
    const answer = await few(call);
    expect(answer).toMatchObject({ error: 'AccessDeniedException' });
    expect(answer.message).toContain(action);
    expect(answer.message).not.toContain('PERSON#1');
  });

  it('keeps failed conditions as DynamoDB words them', async () => {
    await all({ command: 'PutItem', input: item('A') });
    const again = { ...item('A'), ConditionExpression: 'attribute_not_exists(pk)' };
    expect(await all({ command: 'PutItem', input: again })).toMatchObject({ error: 'ConditionalCheckFailedException' });
    expect(
      await all({
        command: 'TransactWriteItems',
        input: { TransactItems: [{ Put: { ...again, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } }] },
      }),
    ).toMatchObject({
      error: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'ConditionalCheckFailed', Item: { pk: { S: 'A' } } }],
    });
  });

  it('cancels overlapping transactions on one item with TransactionConflict, and none on items apart', async () => {
    const add = (pk: string) =>
      all({
        command: 'TransactWriteItems',
        input: {
          TransactItems: [
            { Update: { ...key(pk), UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': { N: '1' } } } },
          ],
        },
      });
    // Whether two calls overlap is a matter of time: a busy machine may need some rounds until two do.
    const hot: { error?: string }[] = [];
    let sent = 0;
    for (; hot.length === 0 && sent < 30 * 60; sent += 60)
      hot.push(...(await Promise.all(Array.from({ length: 60 }, () => add('HOT')))).filter(({ error }) => error !== undefined));
    expect(hot.length).toBeGreaterThan(0);
    for (const answer of hot)
      expect(answer).toMatchObject({
        error: 'TransactionCanceledException',
        CancellationReasons: [{ Code: 'TransactionConflict' }],
      });
    const { Item } = (await all({ command: 'GetItem', input: key('HOT') })) as { Item?: { n?: { N?: string } } };
    expect(Number(Item?.n?.N)).toBe(sent - hot.length);
    const apart = await Promise.all(Array.from({ length: 20 }, (_, index) => add(`COLD#${index}`)));
    expect(apart.filter(({ error }) => error !== undefined)).toEqual([]);
  });

  it("deletes what has expired by the run's clock, not by the wall's", async () => {
    const at = (instant: string) => ({ N: String(Date.parse(instant) / 1000) });
    await all({ command: 'PutItem', input: item('OLD', { expiresAt: at('2021-03-12T16:00:00Z') }) });
    await all({ command: 'PutItem', input: item('NEW', { expiresAt: at('2021-03-13T16:00:00Z') }) });
    expect(await run.expire()).toBe(1);
    expect(await all({ command: 'GetItem', input: key('OLD') })).toEqual({});
    expect(await all({ command: 'GetItem', input: key('NEW') })).toHaveProperty('Item');
  });
});

describe('SQS and Secrets Manager through the front', () => {
  const queueUrl = () => run.queues[0]?.url ?? '';

  it('send where the role may and nowhere else', async () => {
    expect(
      await all({ service: 'sqs', command: 'SendMessage', input: { QueueUrl: queueUrl(), MessageBody: '{}' } }),
    ).toHaveProperty('MessageId');
    expect(
      await few({ service: 'sqs', command: 'SendMessage', input: { QueueUrl: queueUrl(), MessageBody: '{}' } }),
    ).toMatchObject({ error: 'AccessDeniedException' });
    expect(
      await all({ service: 'sqs', command: 'DeleteMessage', input: { QueueUrl: queueUrl(), ReceiptHandle: 'x' } }),
    ).toMatchObject({ error: 'AccessDeniedException' });
  });

  it("stamp a message with the run's clock", async () => {
    const { Messages = [] } = (await all({
      service: 'sqs',
      command: 'ReceiveMessage',
      input: { QueueUrl: queueUrl(), MessageSystemAttributeNames: ['All'] },
    })) as { Messages?: { Attributes?: Record<string, string> }[] };
    expect(new Date(Number(Messages[0]?.Attributes?.['SentTimestamp'])).toISOString()).toMatch(/^2021-03-12T17/);
  });

  it('give a secret as it was declared, the same each time, to whom the policy names', async () => {
    const ask: ProbeCall = { service: 'secrets', command: 'GetSecretValue', input: { SecretId: 'test/key' } };
    const { SecretString = '' } = (await all(ask)) as { SecretString?: string };
    expect(JSON.parse(SecretString)).toEqual({
      username: 'doseline',
      password: expect.stringMatching(/^[A-Za-z0-9]{20}$/) as unknown,
    });
    expect((await all(ask))['SecretString']).toBe(SecretString);
    expect(await few(ask)).toMatchObject({ error: 'AccessDeniedException' });
  });
});
