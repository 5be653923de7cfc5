import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { startLocal, type LocalRun } from '../../local/start.ts';
import type { WeekResult } from '../../cli/play/story.ts';
import { playWeek } from '../../cli/play/week.ts';
import { makeProgress } from '../../cli/table.ts';

const outDir = join(import.meta.dirname, '..', '..', 'cdk.out');
const folder = mkdtempSync(join(tmpdir(), 'doseline-restore-'));
const [lived, restored] = [join(folder, 'lived'), join(folder, 'restored')];
const clock = '2021-03-13T12:00:00.000Z';

let week: WeekResult;
let run: LocalRun;
const database = (): DynamoDBDocumentClient => {
  const { endpoint, region, accessKeyId } = run.database;
  return DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey: 'local' } }));
};
const tableOf = (context: string): string => run.functions.find(({ name }) => name.endsWith(`-${context}-api`))?.environment[`${context.toUpperCase()}_TABLE`] ?? '';
const job = async (name: string, repair: boolean): Promise<Record<string, number>> => {
  const invocation = await run.invoke(name, { scheduledTime: run.clock.iso(), ...(repair ? { repair: true } : {}) });
  if (invocation.kind !== 'success') throw new Error(JSON.stringify(invocation.failure));
  return JSON.parse(invocation.payload) as Record<string, number>;
};

// Some minutes: run with DOSELINE_LONG=1.
(process.env['DOSELINE_LONG'] === '1' ? describe : describe.skip)('all tables back to one instant', () => {
  beforeAll(async () => {
    if (!existsSync(outDir)) throw new Error('Run `npm run synth` first.');
    run = await startLocal({ outDir, dataDir: lived, port: 0, adminPort: 0, clock });
    week = await playWeek(run, makeProgress(true), 'CTA');
    await run.stop();
    // The one instant to which every table goes back: a copy of the folder while nothing writes.
    cpSync(lived, restored, { recursive: true });
    run = await startLocal({ outDir, dataDir: restored, port: 0, adminPort: 0, clock });
  }, 300_000);
  afterAll(async () => {
    await run.stop();
    rmSync(folder, { recursive: true });
  });

  it('hold what they held: every account agrees with its entries, every counter with its recount', async () => {
    expect(week.outcome.recount.differences).toBe(0);
    expect(await job('inventory-on-reconcile', false)).toMatchObject({ findings: 0, gap: 0 });
    expect(await job('reports-on-recount', false)).toMatchObject({ persons: 45, wrongPersons: 0, wrongCounters: 0 });
  }, 120_000);

  it('a transaction that the restore tore (the dose is there, its stock is not) is found, repaired from the entries, and then agrees', async () => {
    const dynamo = database();
    const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: tableOf('inventory'), FilterExpression: 'administered > :zero', ExpressionAttributeValues: { ':zero': 0 } }));
    const [account] = Items;
    const position = Object.keys(account ?? {}).find((name) => name.startsWith('at:')) ?? '';
    await dynamo.send(
      new UpdateCommand({
        TableName: tableOf('inventory'),
        Key: { pk: account?.['pk'] as string, sk: account?.['sk'] as string },
        UpdateExpression: 'ADD onHand :one, administered :minus, #position :one',
        ExpressionAttributeNames: { '#position': position },
        ExpressionAttributeValues: { ':one': 1, ':minus': -1 },
      }),
    );
    expect(await job('inventory-on-reconcile', false)).toMatchObject({ findings: 1 });
    expect(await job('inventory-on-reconcile', true)).toMatchObject({ findings: 0, repaired: 1 });
    expect(await job('inventory-on-reconcile', false)).toMatchObject({ findings: 0, repaired: 0, gap: 0 });
    const history = await dynamo.send(new QueryCommand({ TableName: tableOf('inventory'), KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': `HISTORY#${String(account?.['pk'])}#${String(account?.['sk'])}` } }));
    expect(history.Items).toMatchObject([{ action: 'repair', reason: 'restore' }]);
  }, 120_000);

  it('counters that came back older than the doses are found and repaired from the dose records', async () => {
    const dynamo = database();
    const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: tableOf('reports'), FilterExpression: '#type = :counter', ExpressionAttributeNames: { '#type': 'type' }, ExpressionAttributeValues: { ':counter': 'coverage-counter' } }));
    const counter = Items.find((item) => Object.entries(item).some(([name, value]) => typeof value === 'number' && !['schema', 'version'].includes(name)));
    const measure = Object.entries(counter ?? {}).find(([name, value]) => typeof value === 'number' && !['schema', 'version'].includes(name))?.[0] ?? '';
    await dynamo.send(new UpdateCommand({ TableName: tableOf('reports'), Key: { pk: counter?.['pk'] as string, sk: counter?.['sk'] as string }, UpdateExpression: 'ADD #measure :lost', ExpressionAttributeNames: { '#measure': measure }, ExpressionAttributeValues: { ':lost': -1 } }));
    run.clock.set('2021-03-13T13:00:00.000Z');
    expect((await job('reports-on-recount', false))['wrongCounters']).toBe(1);
    run.clock.set('2021-03-13T14:00:00.000Z');
    expect((await job('reports-on-recount', true))['repaired']).toBeGreaterThan(0);
    run.clock.set('2021-03-13T15:00:00.000Z');
    expect(await job('reports-on-recount', false)).toMatchObject({ wrongPersons: 0, wrongCounters: 0 });
  }, 120_000);
});
