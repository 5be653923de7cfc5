import { CreateQueueCommand, DeleteMessageCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCommand, PutCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { makeSettleWaiting } from '../../functions/doses/lots/settle-waiting.ts';
import { makeLotStore } from '../../functions/doses/lots/store-lots.ts';
import { excursionItem } from '../../functions/shipments/schemas.ts';
import { accountKey, entriesPartition } from '../../shared/ledger/account.ts';
import { doseItem, type DoseItem } from '../../shared/published/dose.ts';
import { doseIdOf, personKey, recordKey } from '../../shared/published/dose-keys.ts';
import { call, type Answer, type Call } from '../support/api.ts';
import { judgingOver } from '../support/dose-reporter.ts';
import { openDoseRoom, order, refOf, siteIds, vxu, type DoseRoom, type OrderFields, type VxuFields } from '../support/dose-room.ts';
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

describe('Stock that comes after the doses', () => {
  type Worker = (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>) => Promise<SQSBatchResponse>;
  let look: Worker;
  let hear: (event: ReturnType<typeof streamEvent>) => Promise<unknown>;
  beforeAll(async () => {
    look = (await import('../../functions/doses/on-lot.ts')).handler;
    hear = (await import('../../functions/doses/on-inventory-stream.ts')).handler;
  });
  const queueUrl = (): string => process.env['LOTS_QUEUE_URL'] ?? '';
  const run = async (message: object, remainingMs = 300_000): Promise<void> => {
    const failed = await look({ Records: [{ messageId: 'm', body: JSON.stringify(message), attributes: { SentTimestamp: String(Date.parse('2021-03-10T15:00:00.000Z')) } } as SQSRecord] }, { getRemainingTimeInMillis: () => remainingMs });
    expect(failed).toEqual({ batchItemFailures: [] });
  };
  const arrive = (lot: string, more: { cursor?: string } = {}, remainingMs?: number): Promise<void> => run({ siteId: siteIds.elm, arrived: { lot }, ...more }, remainingMs);
  /** What stands on the queue and is due. */
  const waiting = async (): Promise<{ cursor?: string }[]> => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl(), MaxNumberOfMessages: 10 }));
    await Promise.all(Messages.map(({ ReceiptHandle }) => sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl(), ReceiptHandle }))));
    return Messages.map(({ Body = '{}' }) => JSON.parse(Body) as { cursor?: string });
  };
  const letters = (n: number): string => String.fromCharCode(97 + (n % 26), 97 + Math.floor(n / 26));
  const tell = (prefix: string, n: number, o: OrderFields): Promise<Answer> =>
    room.sendHl7(vxu({ id: `${prefix}${n}`, family: `Arr${letters(n)}${prefix.toLowerCase()}`, given: `Wait${letters(n)}`, birth: `19${50 + n}0312`, orders: order({ filler: `${prefix}${n}^ELM`, ...o }) }));
  const whyOf = async (...fillers: string[]): Promise<unknown[]> => Promise.all(fillers.map(async (filler) => { const { decrement } = await doseOf(filler); return decrement.why ?? decrement.kind; }));
  const doses = async (): Promise<unknown[]> => (await room.items()).filter(({ type }) => ['dose', 'dose-version', 'person', 'worklist'].includes(String(type)));
  const table = (name: string): string => room.suite.tables[name] ?? '';

  it('is taken by the doses that wait for its lot, the one given first before all, once however often it is heard of; no other is touched', async () => {
    await room.stock({ lot: 'OTHER-LOT' }, 1);
    for (const [n, on] of ['20210308', '20210306', '20210307', '20210305'].entries()) await tell('ARA', n, { lot: 'come-1', on });
    await tell('ARB', 4, { lot: 'NEVER1' });
    await tell('ARB', 5, { lot: '' });
    await tell('ARB', 6, { lot: 'COME1', source: '01^^NIP001', facility: 'Somewhere else' });
    const untouched = await whyOf('ARB4', 'ARB5', 'ARB6');
    await room.stock({ lot: 'COME1' }, 3, {}, '2021-03-01T12:00:00.000Z');
    await arrive('COME1');
    expect(await whyOf('ARA3', 'ARA1', 'ARA2', 'ARA0', 'ARB4', 'ARB5', 'ARB6')).toEqual(['matched', 'matched', 'matched', 'beyond-overfill', ...untouched]);
    expect([(await room.account({ lot: 'COME1' }))?.buckets, await doseOf('ARA3')]).toMatchObject([{ onHand: 0, administered: 3 }, { version: 2, state: 'accepted', changedBy: expect.stringContaining('arrival:') }]);
    const after = await doses();
    await arrive('COME1');
    expect(await doses()).toEqual(after);
    await room.stock({ lot: 'COME1' }, 1);
    await arrive('COME1');
    expect(await whyOf('ARA0')).toEqual(['matched']);
  });

  it('is looked for of whatever waits at the site when its people ask', async () => {
    await tell('ARC', 7, { lot: 'ANY1' });
    await room.stock({ lot: 'ANY1' }, 1);
    await arrive('SOMETHING-ELSE');
    expect(await whyOf('ARC7')).toEqual(['no-account']);
    const ask = (subject: string): Promise<Answer> => room.asNurse({ route: 'POST /sites/{siteId}/worklist/settlement', params: { siteId: siteIds.elm }, subject });
    expect([(await ask('oak-nurse')).status, (await ask('nurse')).status]).toEqual([404, 202]);
    const asked = await waiting();
    expect(asked).toEqual([{ siteId: siteIds.elm, arrived: {}, askedBy: 'nurse' }]);
    await run(asked[0] ?? {});
    expect([await whyOf('ARC7'), (await doseOf('ARC7')).changedBy]).toEqual([['matched'], 'nurse']);
  });

  it('is looked for dose by dose when the run is cut off, in the same order', async () => {
    for (const [n, on] of ['20210308', '20210306', '20210307'].entries()) await tell('ARD', 8 + n, { lot: 'CUT1', on });
    await room.stock({ lot: 'CUT1' }, 3);
    await arrive('CUT1', {}, 0);
    const [rest] = await waiting();
    expect([await whyOf('ARD9', 'ARD10', 'ARD8'), rest]).toEqual([['matched', 'no-account', 'no-account'], { siteId: siteIds.elm, arrived: { lot: 'CUT1' }, cursor: expect.stringContaining('2021-03-06#') }]);
    await arrive('CUT1', { cursor: rest?.cursor ?? '' });
    expect([await whyOf('ARD10', 'ARD8'), await waiting()]).toEqual([['matched', 'matched'], []]);
  });

  it('is not asked for by a person who opted out', async () => {
    await tell('ARE', 11, { lot: 'OUT1' });
    const dose = await doseOf('ARE11');
    const { Item: record } = await room.suite.dynamo.send(new GetCommand({ TableName: table('DOSES_TABLE'), Key: recordKey(dose.pk.slice('RECORD#'.length)) }));
    const { Item: person } = await room.suite.dynamo.send(new GetCommand({ TableName: table('DOSES_TABLE'), Key: personKey(String(record?.['personId'])) }));
    await room.suite.dynamo.send(new PutCommand({ TableName: table('DOSES_TABLE'), Item: { ...person, optOut: { on: '2021-03-09' } } }));
    await room.stock({ lot: 'OUT1' }, 1);
    await arrive('OUT1');
    expect(await doseOf('ARE11')).toEqual(dose);
  });

  it('is never taken twice, and no dose is lost, when it is heard of twice while the senders tell the same doses again', async () => {
    const all = Array.from({ length: 8 }, (_, n) => 20 + n);
    await Promise.all(all.map((n) => tell('ARF', n, { lot: 'RACE1' })));
    await room.stock({ lot: 'RACE1' }, 5);
    await Promise.all([arrive('RACE1'), ...all.map((n) => tell('ARF', n, { lot: 'RACE1', action: n % 2 === 0 ? 'U' : 'A' })), arrive('RACE1')]);
    await arrive('RACE1');
    const [given, account] = [await room.dosesOf(entriesPartition(refOf({ lot: 'RACE1' }))), await room.account({ lot: 'RACE1' })];
    expect([given.length, account?.buckets]).toMatchObject([5, { onHand: 0, administered: 5, shipped: -5 }]);
    const why = await whyOf(...all.map((n) => `ARF${n}`));
    expect([why.filter((one) => one === 'matched').length, why.filter((one) => one === 'beyond-overfill').length]).toEqual([5, 3]);
    const entries = (await room.items()).filter((item) => item['type'] === 'worklist' && item['lot'] === 'RACE1').map(({ state }) => state);
    expect([entries.filter((state) => state === 'open').length, entries.filter((state) => state === 'closed').length]).toEqual([3, 5]);
  });

  it('costs one query when nobody waits for it, however many doses were given', async () => {
    const commands: string[] = [];
    const { dynamo } = room.suite;
    const watched = Object.assign(Object.create(dynamo) as typeof dynamo, {
      send: (command: Parameters<typeof dynamo.send>[0]): Promise<unknown> => {
        commands.push(command instanceof QueryCommand ? `Query ${String(command.input.IndexName)}` : command instanceof TransactWriteCommand ? 'write' : command.constructor.name);
        return dynamo.send(command);
      },
    });
    const settle = makeSettleWaiting({ ...judgingOver({ dynamo: watched, tables: room.suite.tables }), lots: makeLotStore(watched, { doses: table('DOSES_TABLE'), shipments: '' }) });
    const turn = { now: '2021-03-10T15:00:00.000Z', hasTime: () => true };
    expect(await settle({ siteId: siteIds.oak, arrived: { lot: 'LATE5' } }, turn)).toEqual({ kind: 'done', looked: 0, changed: 0 });
    expect(commands).toEqual(['Query gsi1']);
    expect(await settle({ siteId: siteIds.elm, arrived: { lot: 'LATE5' } }, turn)).toMatchObject({ looked: 0 });
    expect(commands).toEqual(['Query gsi1', 'Query gsi1', 'BatchGetCommand']); // others wait there: they are read, no dose is
  });

  it('is heard of whenever doses come to hand, and nothing else of the ledger is', async () => {
    const delayed = async (): Promise<number> =>
      Number((await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl(), AttributeNames: ['ApproximateNumberOfMessagesDelayed'] }))).Attributes?.['ApproximateNumberOfMessagesDelayed']);
    const account = (onHand: number, more: object = {}) => ({ ...accountKey(refOf({ lot: 'HEARD1' })), type: 'account', schema: 1, version: 2, shipped: -100, onHand, ...more });
    const cases: [object, object?][] = [
      [account(0, { inTransit: 100 })], [account(100), account(0, { inTransit: 100 })], [account(99, { administered: 1 }), account(100)], [account(90, { quarantined: 10 }), account(100)],
      [account(100), account(90, { quarantined: 10 })], [account(100, { found: -100, shipped: 0 })], [{ pk: entriesPartition(refOf()), sk: 'x', type: 'entry', onHand: 5 }], [{ pk: `SITE#${siteIds.elm}`, sk: 'TRANSFER#1', type: 'transfer' }],
    ];
    const before = await delayed();
    await hear(streamEvent(cases.map(([now]) => now), undefined, cases.map(([, old]) => old)));
    expect(await delayed()).toBe(before + 3);
  });
});
