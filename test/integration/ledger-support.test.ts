import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { createTable, startDynamoDbLocal, suiteClient } from '../support/dynamodb-local.ts';
import type { DynamoDbLocal } from '../support/dynamodb-local.ts';
import { withFaults } from '../support/fault-injection.ts';

const TABLE = 'things';
const KEY = { pk: 'a', sk: 'b' };

let database: DynamoDbLocal;
beforeAll(async () => { database = await startDynamoDbLocal(); });
afterAll(async () => { await database.stop(); });

describe('DynamoDB Local for tests', () => {
  it('gives every suite an empty database of its own', async () => {
    const [one, other] = [suiteClient('one'), suiteClient('other')];
    await createTable(one, TABLE, { gsis: ['gsi1'], stream: true });
    expect((await one.send(new ListTablesCommand({}))).TableNames).toEqual([TABLE]);
    expect((await other.send(new ListTablesCommand({}))).TableNames).toEqual([]);
  });

  it('refuses a port on which another process already answers', async () => {
    const port = Number(new URL(database.endpoint).port);
    await expect(startDynamoDbLocal(port)).rejects.toThrow('taken');
  });

  it('says why when its process cannot bind the port', async () => {
    const squatter = createServer((_request, response) => response.end('not a database'));
    await new Promise<void>((resolve) => squatter.listen(0, resolve));
    await expect(startDynamoDbLocal((squatter.address() as AddressInfo).port)).rejects.toThrow('Failed to bind');
    squatter.close();
  });
});

describe('faults injected into a client', () => {
  const put = new PutCommand({ TableName: TABLE, Item: KEY });

  it('loses the response after the write took effect', async () => {
    const client = suiteClient('lost');
    await createTable(client, TABLE);
    const faults = withFaults(client, { seed: 1, rates: { lostResponse: 1 } });
    await expect(client.send(put)).rejects.toThrow('connection reset');
    faults.stop();
    expect(faults.injected.lostResponse).toBeGreaterThan(1);
    expect((await client.send(new GetCommand({ TableName: TABLE, Key: KEY }))).Item).toEqual(KEY);
  });

  it.each(['serverError', 'throttle'] as const)('fails with %s before the write, through the retries of the SDK', async (fault) => {
    const client = suiteClient(fault);
    await createTable(client, TABLE);
    const faults = withFaults(client, { seed: 1, rates: { [fault]: 1 } });
    await expect(client.send(put)).rejects.toThrow('injected');
    faults.stop();
    expect(faults.injected[fault]).toBeGreaterThan(1);
    expect((await client.send(new GetCommand({ TableName: TABLE, Key: KEY }))).Item).toBeUndefined();
  });

  it('cancels transactions, and only transactions, for a conflict', async () => {
    const client = suiteClient('conflict');
    await createTable(client, TABLE);
    withFaults(client, { seed: 1, rates: { conflict: 1 } });
    await client.send(put);
    const transaction = new TransactWriteCommand({ TransactItems: [{ Put: { TableName: TABLE, Item: KEY } }] });
    await expect(client.send(transaction)).rejects.toMatchObject({ CancellationReasons: [{ Code: 'TransactionConflict' }] });
  });

  it('is repeatable: one seed, one run', async () => {
    const run = async (): Promise<string> => {
      const client = suiteClient('repeat');
      await createTable(client, TABLE);
      const faults = withFaults(client, { seed: 7, rates: { serverError: 0.3, lostResponse: 0.3 } });
      for (let i = 0; i < 6; i += 1) await client.send(put).catch(() => undefined);
      return JSON.stringify(faults.injected);
    };
    expect(await run()).toBe(await run());
  });
});
