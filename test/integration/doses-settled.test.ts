import { CreateQueueCommand, DeleteMessageCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCommand, PutCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { makeSettleWaiting } from '../../functions/doses/lots/settle-waiting.ts';
import { makeSettlingStore } from '../../functions/doses/lots/store-settling.ts';
import { makeSettleWorklist } from '../../functions/doses/settle-worklist.ts';
import { makeLotStore } from '../../functions/doses/lots/store-lots.ts';
import { accountKey, entriesPartition } from '../../shared/ledger/account.ts';
import { doseItem, type DoseItem } from '../../shared/published/dose.ts';
import { personKey, recordKey } from '../../shared/published/dose-keys.ts';
import type { Answer, Call } from '../support/api.ts';
import { judgingOver } from '../support/dose-reporter.ts';
import { openDoseRoom, order, refOf, siteIds, vxu, type DoseRoom, type OrderFields } from '../support/dose-room.ts';
import { streamEvent } from '../support/stream-event.ts';

let room: DoseRoom;
let sqs: SQSClient;
beforeAll(async () => {
  room = await openDoseRoom('dosesSettled');
  sqs = new SQSClient({});
  await sqs.send(new CreateQueueCommand({ QueueName: 'lots' }));
});
afterAll(async () => {
  sqs.destroy();
  await room.stop();
});

const doseOf = async (filler: string): Promise<DoseItem> => doseItem.parse((await room.items()).find((item) => item['type'] === 'dose' && (item['filler'] as { id?: string } | undefined)?.id === filler));

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
  const ask = (more: Partial<Call> = {}): Promise<Answer> => room.asNurse({ route: 'POST /sites/{siteId}/worklist/settlement', params: { siteId: siteIds.elm }, subject: 'nurse', ...more });

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
    expect([(await ask({ subject: 'oak-nurse' })).status, (await ask()).status]).toEqual([404, 202]);
    const asked = await waiting();
    expect(asked).toEqual([{ siteId: siteIds.elm, arrived: {}, askedBy: 'nurse', askedAt: expect.any(String) }]);
    await run(asked[0] ?? {});
    expect([await whyOf('ARC7'), (await doseOf('ARC7')).changedBy]).toEqual([['matched'], 'nurse']);
  });

  it('is asked for by a site once at a time: until that is done, or void, it is under way and nothing is sent', async () => {
    const [at, later, late] = ['2021-03-11T12:00:00.000Z', '2021-03-11T12:14:59.999Z', '2021-03-11T12:15:00.001Z'];
    const asked = (state: string, askedAt: string): object => ({ status: 202, body: { state, askedAt } });
    const all = await Promise.all(Array.from({ length: 8 }, () => ask({ now: at })));
    expect([all.filter(({ body }) => body['state'] === 'asked').length, all.filter(({ body }) => body['state'] === 'under-way').length]).toEqual([1, 7]);
    expect(await ask({ now: later })).toMatchObject(asked('under-way', at));
    const [first, ...none] = await waiting();
    expect([first, none]).toEqual([{ siteId: siteIds.elm, arrived: {}, askedBy: 'nurse', askedAt: at }, []]);
    // Another site is not kept from it, and an arrival closes nobody's request.
    expect(await ask({ now: later, params: { siteId: siteIds.oak }, subject: 'oak-nurse' })).toMatchObject(asked('asked', later));
    await arrive('SOMETHING-ELSE');
    expect(await ask({ now: later })).toMatchObject(asked('under-way', at));
    // A request that was never done is void; its late end does not close the one that followed.
    expect(await ask({ now: late })).toMatchObject(asked('asked', late));
    await run(first ?? {});
    expect(await ask({ now: late })).toMatchObject(asked('under-way', late));
    for (const message of await waiting()) await run(message);
    expect(await ask({ now: late })).toMatchObject(asked('asked', late));
    for (const message of await waiting()) await run(message);
  });

  it('is not under way when asking failed: the next may ask at once', async () => {
    const settling = makeSettlingStore(room.suite.dynamo, table('DOSES_TABLE'));
    const [siteId, at] = ['sit_unsent', '2021-03-11T13:00:00.000Z'];
    const sent: unknown[] = [];
    const asking = (send: (message: unknown) => Promise<void>) => makeSettleWorklist(settling, { send })(siteId, { actor: 'nurse', now: at });
    await expect(asking(() => Promise.reject(new Error('no queue')))).rejects.toThrow('no queue');
    expect(await asking((message) => Promise.resolve(void sent.push(message)))).toEqual({ state: 'asked', askedAt: at });
    expect(sent).toEqual([{ siteId, arrived: {}, askedBy: 'nurse', askedAt: at }]);
  });

  it('stays asked for while a run that was cut off goes on', async () => {
    for (const n of [44, 45]) await tell('ARG', n, { lot: 'CUT2' });
    const at = '2021-03-12T12:00:00.000Z';
    expect((await ask({ now: at })).body).toEqual({ state: 'asked', askedAt: at });
    const [message = {}] = await waiting();
    await run(message, 0);
    const [rest = {}] = await waiting();
    expect([rest, (await ask({ now: at })).body]).toEqual([{ ...message, cursor: expect.any(String) }, { state: 'under-way', askedAt: at }]);
    await run(rest);
    expect((await ask({ now: at })).body).toEqual({ state: 'asked', askedAt: at });
    for (const again of await waiting()) await run(again);
  });

  it.each<[string, Partial<Call>]>([
    ['query', { query: { lot: 'ANY1' } }], ['body', { body: { lot: 'ANY1' } }], ['body', { body: ['ANY1'] }],
  ])('is not asked for with something in %s that is not taken: nothing is sent', async (path, more) => {
    expect(await ask(more)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
    expect(await waiting()).toEqual([]);
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
    const settle = makeSettleWaiting({ ...judgingOver({ dynamo: watched, tables: room.suite.tables }), lots: makeLotStore(watched, { doses: table('DOSES_TABLE'), shipments: '' }), settling: makeSettlingStore(watched, table('DOSES_TABLE')) });
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
