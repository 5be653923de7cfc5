import { CreateQueueCommand, DeleteMessageCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { excursionItem } from '../../functions/shipments/schemas.ts';
import { doseItem, type DoseItem } from '../../shared/published/dose.ts';
import { doseIdOf } from '../../shared/published/dose-keys.ts';
import { call, type Answer, type Call } from '../support/api.ts';
import { openDoseRoom, order, siteIds, vxu, type DoseRoom, type OrderFields, type VxuFields } from '../support/dose-room.ts';
import { streamEvent } from '../support/stream-event.ts';

let room: DoseRoom;
let sqs: SQSClient;
beforeAll(async () => {
  room = await openDoseRoom('dosesJudgedAgain');
  sqs = new SQSClient({});
  await sqs.send(new CreateQueueCommand({ QueueName: 'lots' }));
});
afterAll(async () => {
  sqs.destroy();
  await room.stop();
});

const told = (who: VxuFields, o: OrderFields = {}): Promise<Answer> => room.sendHl7(vxu({ id: who.given ?? '', ...who, orders: order({ filler: `${who.given ?? ''}^ELM`, ...o }) }));
const doseOf = async (filler: string): Promise<DoseItem> => doseItem.parse((await room.items()).find((item) => item['type'] === 'dose' && (item['filler'] as { id?: string } | undefined)?.id === filler));
const asStaff = (request: Omit<Call, 'role'>): Promise<Answer> => call(room.handler, { role: 'dph-inventory', subject: 'stock', ...request });

describe('A recall recorded after the doses', () => {
  const form = { lot: 'LATE-5', mvx: 'JSN', from: '2021-03-05', reason: 'glass was found in it' };
  const queueUrl = (): string => process.env['LOTS_QUEUE_URL'] ?? '';
  const asEpi = (request: Omit<Call, 'role'>): Promise<Answer> => call(room.handler, { role: 'dph-epidemiologist', subject: 'epi', ...request });
  const given: Record<string, string> = {};
  let judge: (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>) => Promise<SQSBatchResponse>;
  let recallId = '';
  const run = (body: object, remainingMs = 300_000): Promise<SQSBatchResponse> => judge(
    { Records: [{ messageId: 'm', body: JSON.stringify(body), attributes: { SentTimestamp: String(Date.parse('2021-03-10T15:00:00.000Z')) } } as SQSRecord] }, { getRemainingTimeInMillis: () => remainingMs },
  );
  const waiting = async (): Promise<object[]> => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl(), MaxNumberOfMessages: 10 }));
    await Promise.all(Messages.map(({ ReceiptHandle }) => sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl(), ReceiptHandle }))));
    return Messages.map(({ Body = '{}' }) => JSON.parse(Body) as object);
  };
  const recalled = async (): Promise<string[]> => {
    const names = await Promise.all(['Liv', 'Lars', 'Lena', 'Loki', 'Lump', 'Lynn', 'Lila'].map(async (name) => [name, (await doseOf(name)).validity ?? []] as const));
    return names.filter(([, facts]) => facts.includes('lot-recalled')).map(([name]) => name);
  };
  const stored = async (): Promise<unknown[]> => (await room.items()).filter(({ type }) => ['dose', 'dose-version', 'person'].includes(String(type)));

  beforeAll(async () => {
    judge = (await import('../../functions/doses/on-lot.ts')).handler;
    await room.stock({ lot: 'LATE5' }, 10);
    await room.stock({ lot: 'LATE5', siteId: siteIds.oak }, 10);
    await told({ given: 'Liv' }, { lot: 'LATE5' });
    await told({ given: 'Lars' }, { lot: 'late-5', on: '20210304' });
    await room.sendHl7(vxu({ id: 'Lena', given: 'Lena', authority: 'OAK', responsible: 'OAK', orders: order({ filler: 'Lena^OAK', lot: 'LATE5', facility: 'Oak Hospital' }) }), 'oak-ehr');
    await told({ given: 'Loki' }, { lot: 'LATE5', source: '01^^NIP001', facility: 'Somewhere else' });
    await told({ given: 'Lump' }, { lot: 'LATE6' });
    await told({ given: 'Lynn' }, { lot: '1ATE-5', mvx: 'PFR^^MVX' });
    await told({ given: 'Lila' }, { lot: '1ATE5', vaccine: '208^^CVX^59267-1000-01^^NDC' });
    for (const name of ['Liv', 'Lars', 'Lena', 'Loki', 'Lump', 'Lynn']) given[name] = doseIdOf(await doseOf(name));
  });

  it('asks for its lot to be judged again, after whatever was being written', async () => {
    const delayed = async (): Promise<number> =>
      Number((await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl(), AttributeNames: ['ApproximateNumberOfMessagesDelayed'] }))).Attributes?.['ApproximateNumberOfMessagesDelayed']);
    const before = await delayed();
    const { body, status } = await asStaff({ route: 'POST /recalls', body: form, key: 'recall-late-1' });
    recallId = String(body['recallId']);
    expect([status, await delayed(), await recalled()]).toEqual([201, before + 1, []]);
  });

  it('stands on every dose of the lot from its day on, at whichever site, also where no stock moved, each written once', async () => {
    const [before, stock] = [await stored(), await room.account({ lot: 'LATE5' })];
    expect(await run({ recallId })).toEqual({ batchItemFailures: [] });
    expect(await recalled()).toEqual(['Liv', 'Lena', 'Loki']);
    const after = await stored();
    expect([after.length - before.length, await room.account({ lot: 'LATE5' })]).toEqual([3, stock]);
    await run({ recallId });
    expect(await stored()).toEqual(after);
  });

  it('is cut off and goes on where it stopped', async () => {
    await asStaff({ route: 'PUT /recalls/{recallId}', params: { recallId }, body: { state: 'lifted', reason: 'it was another lot' }, ifMatch: 1 });
    await run({ recallId }, 0);
    const [rest] = await waiting();
    expect([await recalled(), rest]).toEqual([expect.not.arrayContaining(['Loki']), { recallId, cursor: expect.any(String) }]);
    for (let next = rest, turns = 0; next !== undefined && turns < 5; [next] = await waiting(), turns += 1) await run(next, 0);
    expect(await recalled()).toEqual([]);
    expect((await run({ recallId, cursor: 'x' })).batchItemFailures).toEqual([{ itemIdentifier: 'm' }]);
    expect((await run({ recallId: 'rcl_none' })).batchItemFailures).toEqual([]);
  });

  it('is found by who traces it, to the persons who got it, before its day and under a lot that looks like it too, page by page, every one of whom is told in the audit', async () => {
    expect((await asEpi({ route: 'GET /recalls' })).body['items']).toMatchObject([{ recallId }]);
    expect((await asEpi({ route: 'GET /recalls', query: { state: 'standing', limt: '5' } })).body['errors']).toEqual([
      { path: 'query.limt', message: expect.stringContaining('is limit meant?') }, { path: 'query', message: expect.stringContaining('field number 1 is not known here') },
    ]);
    const traced: { doseId: string; personId: string; lotMatch: string; beforeFrom: boolean }[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await asEpi({ route: 'GET /recalls/{recallId}/doses', params: { recallId }, query: { limit: '1', ...(cursor === undefined ? {} : { cursor }) } });
      traced.push(...(body['items'] as typeof traced));
      cursor = body['nextCursor'] as string | undefined;
      if (cursor !== undefined) expect(body['items']).toHaveLength(1); // partitions without a dose of the lot are looked through
    } while (cursor !== undefined);
    const shown = new Map(traced.map(({ doseId, lotMatch, beforeFrom }) => [doseId, [lotMatch, beforeFrom]]));
    expect(shown).toEqual(new Map([['Liv', 'same', false], ['Lena', 'same', false], ['Loki', 'same', false], ['Lars', 'same', true], ['Lynn', 'looks-alike', false]].map(([name, ...how]) => [given[String(name)], how])));
    for (const { personId } of traced) {
      const { body } = await call(room.handler, { route: 'GET /persons/{personId}/reads', params: { personId }, role: 'auditor', subject: 'auditor' });
      expect(body['items']).toMatchObject([{ what: 'recall', of: recallId, actor: 'epi' }]);
    }
    const refused = [await asStaff({ route: 'GET /recalls/{recallId}/doses', params: { recallId } }), await asEpi({ route: 'GET /recalls/{recallId}/doses', params: { recallId: 'rcl_none' } }), await asEpi({ route: 'GET /recalls/{recallId}/doses', params: { recallId }, query: { cursor: 'x' } })];
    expect(refused.map(({ status }) => status)).toEqual([403, 404, 400]);
  });
});

describe('An excursion reported after the doses', () => {
  const report = { excursionId: 'exc_1', unitId: 'U1', from: '2021-03-05T20:00:00.000Z', to: '2021-03-06T02:00:00.000Z', reportedAt: '2021-03-08T14:00:00.000Z' };
  let handlers: { judge: (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>) => Promise<SQSBatchResponse>; hear: (event: ReturnType<typeof streamEvent>) => Promise<unknown> };
  const excursion = (state: string, version = 1): Record<string, unknown> => excursionItem.parse({
    ...report, pk: `SITE#${siteIds.elm}`, sk: 'EXCURSION#exc_1', gsi1pk: `EXCURSIONS#${state}`, gsi1sk: 'x', type: 'excursion', schema: 1, version, siteId: siteIds.elm, state,
    minC: 2, maxC: 20, doses: 1, accounts: 1, reportedBy: 'nurse', requestDigest: 'd',
  });
  const put = (Item: Record<string, unknown>) => room.suite.dynamo.send(new PutCommand({ TableName: room.suite.tables['SHIPMENTS_TABLE'] ?? '', Item }));
  const run = () => handlers.judge(
    { Records: [{ messageId: 'm', body: JSON.stringify({ siteId: siteIds.elm, excursionId: 'exc_1' }), attributes: { SentTimestamp: String(Date.parse('2021-03-10T15:00:00.000Z')) } } as SQSRecord] }, { getRemainingTimeInMillis: () => 300_000 },
  );
  const facts = async (): Promise<unknown[]> => Promise.all(['Before', 'Day', 'Between', 'Told', 'Late'].map(async (name) => (await doseOf(`X${name}`)).validity ?? []));

  it('is said on the doses of its unit: suspect between, unknown on the day it began and the day it was told, and withdrawn when the vaccine was good', async () => {
    handlers = { judge: (await import('../../functions/doses/on-lot.ts')).handler, hear: (await import('../../functions/doses/on-shipments-stream.ts')).handler };
    await room.stock({ lot: 'COLD1' }, 20);
    const days = { Before: '20210304', Day: '20210305', Between: '20210306', Told: '20210308' };
    for (const [name, on] of Object.entries(days)) await told({ given: `X${name}` }, { lot: 'COLD1', on });
    await room.stock({ lot: 'COLD2' }, 20, {}, '2021-03-07T12:00:00.000Z');
    await told({ given: 'XLate' }, { lot: 'COLD2', on: '20210307' });
    await put(excursion('quarantined'));
    const stock = await room.account({ lot: 'COLD1' });
    await run();
    expect(await facts()).toEqual([[], ['storage-unknown'], ['storage-suspect'], ['storage-unknown'], []]);
    const versions = (await room.items()).filter(({ type }) => type === 'dose-version').length;
    await run();
    expect([(await room.items()).filter(({ type }) => type === 'dose-version').length, await room.account({ lot: 'COLD1' })]).toEqual([versions, stock]);
    await put(excursion('released', 2));
    await run();
    expect(await facts()).toEqual([[], [], [], [], []]);
  });

  it('is heard of when its vaccine is held and when it is decided, and nothing else of the shipments is', async () => {
    const asked = async (): Promise<number> =>
      Number((await sqs.send(new GetQueueAttributesCommand({ QueueUrl: process.env['LOTS_QUEUE_URL'], AttributeNames: ['ApproximateNumberOfMessagesDelayed'] }))).Attributes?.['ApproximateNumberOfMessagesDelayed']);
    const before = await asked();
    await handlers.hear(streamEvent([excursion('reported'), excursion('quarantined'), excursion('deciding'), { type: 'shipment-line' }]));
    expect(await asked()).toBe(before + 1);
  });
});
