import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DeleteCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { makeBuildOrderFile } from '../../functions/orders/build-order-file.ts';
import { makePlaceOrder } from '../../functions/orders/place-order.ts';
import { awardIdOf, awardKey, weekPointerKey, type AwardItem, type AwardState } from '../../shared/published/award.ts';
import { orderIdOfAward, orderKey } from '../../shared/published/order-line.ts';
import { historyPartition } from '../../shared/platform/entity.ts';
import { siteKey } from '../../shared/published/site.ts';
import { enrolledSite } from '../support/enrolled.ts';
import { withFaults } from '../support/fault-injection.ts';
import { janssen, openOrdersDesk, type OrdersDesk } from '../support/orders-desk.ts';
import type { Suite } from '../support/suite.ts';

let desk: OrdersDesk;
let suite: Suite;
beforeAll(async () => {
  desk = await openOrdersDesk('orders');
  suite = desk.suite;
});
afterAll(() => suite.stop());

describe('an order against an award', () => {
  it('is placed with the cartons of its packs', async () => {
    const siteId = await desk.openSite();
    const answer = await desk.place(siteId, { awardId: await desk.award(siteId) });
    expect(answer).toMatchObject({ status: 201, version: 1, body: { state: 'placed', awardVersion: 2, week: '2021-03-08', nextMoves: ['approve', 'return', 'cancel'] } });
    expect(answer.body['lines']).toMatchObject([{ line: 1, saleNdc: '59676-0580-15', cartons: 4, packs: 2, doses: 200 }]);
    expect(answer.text).not.toContain('"pk"');
  });

  it('exists once, whatever key it is sent with and however many arrive at the same moment', async () => {
    const siteId = await desk.openSite();
    const awardId = await desk.award(siteId);
    const sent = await Promise.all(Array.from({ length: 5 }, () => desk.place(siteId, { awardId })));
    expect(sent.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 201]);
    expect(new Set(sent.map(({ body }) => body['orderId'])).size).toBe(1);
    await desk.award(siteId, 'ordered');
    expect((await desk.place(siteId, { awardId })).status).toBe(200);
  });

  it.each<[AwardState, number]>([['reduced', 201], ['offered', 409], ['declined', 409], ['lapsed', 409], ['ordered', 409]])('that is %s answers %i', async (state, status) => {
    const siteId = await desk.openSite();
    expect((await desk.place(siteId, { awardId: await desk.award(siteId, state, { acceptedDoses: 100 }) })).status).toBe(status);
  });

  it('is refused without the award, for another site’s award, and at a site that is not active', async () => {
    const [siteId, other] = [await desk.openSite(), await desk.openSite()];
    const awardId = await desk.award(other);
    expect((await desk.place(siteId, { awardId })).status).toBe(404);
    expect((await desk.place(siteId, { awardId: 'nonsense' })).status).toBe(404);
    await suite.dynamo.send(new UpdateCommand({
      TableName: desk.table('ENROLLMENT_TABLE'), Key: siteKey(other), UpdateExpression: 'SET #s = :s', ExpressionAttributeNames: { '#s': 'state' }, ExpressionAttributeValues: { ':s': 'suspended' },
    }));
    expect(await desk.place(other, { awardId })).toMatchObject({ status: 409, body: { detail: 'The site is not active in this programme.' } });
  });

  it('holds the award as it was read: a change in between makes the store decide again', async () => {
    const siteId = await desk.openSite();
    const awardId = await desk.award(siteId);
    const { store } = desk;
    const stale = { ...(await store.award(siteId, janssen)), version: 1 } as AwardItem;
    const alwaysStale = makePlaceOrder({ ...store, award: () => Promise.resolve(stale) });
    const act = { actor: 'clinic', now: '2021-03-08T15:00:00.000Z', idempotencyKey: desk.freshKey() };
    expect(await alwaysStale(siteId, { awardId }, act)).toEqual({ kind: 'contended' });
    expect((await makePlaceOrder(store)(siteId, { awardId }, act)).kind).toBe('created');
  });

  /** What is true in the tables after the use case read something else: each alone must stop the very transaction. */
  it.each<[string, 'site' | 'award' | 'weekPointer', Record<string, unknown>]>([
    ['its site is suspended', 'site', { state: 'suspended' }],
    ['its site left the programme', 'site', { programmes: ['cvp'] }],
    ['its award was written anew', 'award', { version: 3 }],
    ['its award is declined', 'award', { state: 'declined' }],
    ['its week is held, because supply was cut', 'weekPointer', { held: 'cut' }],
    ['it was taken back', 'weekPointer', { revoked: [awardIdOf({ ...janssen, week: '2021-06-07' })] }],
  ])('is not placed when, after it was read, %s', async (_what, noun, after) => {
    const siteId = await desk.openSite();
    const name = { ...janssen, week: '2021-06-07' };
    const awardId = await desk.award(siteId, 'accepted', name);
    const pointer = { ...weekPointerKey(name.week), type: 'pointer', schema: 1, version: 1, answers: 0, runId: janssen.runId };
    await suite.dynamo.send(new PutCommand({ TableName: desk.table('ALLOCATIONS_TABLE'), Item: pointer }));
    const { store } = desk;
    const read = { site: await store.site(siteId), award: await store.award(siteId, name), weekPointer: await store.weekPointer(name.week) };
    const key = { site: siteKey(siteId), award: awardKey(siteId, name), weekPointer: weekPointerKey(name.week) }[noun];
    const [names, values] = [Object.keys(after), Object.values(after)];
    await suite.dynamo.send(new UpdateCommand({
      TableName: desk.table(noun === 'site' ? 'ENROLLMENT_TABLE' : 'ALLOCATIONS_TABLE'), Key: key, UpdateExpression: 'SET #n = :v', ExpressionAttributeNames: { '#n': names[0] ?? '' }, ExpressionAttributeValues: { ':v': values[0] },
    }));
    const asRead = makePlaceOrder({ ...store, site: () => Promise.resolve(read.site), award: () => Promise.resolve(read.award), weekPointer: () => Promise.resolve(read.weekPointer) });
    expect(await asRead(siteId, { awardId }, { actor: 'clinic', now: '2021-06-07T15:00:00.000Z', idempotencyKey: desk.freshKey() })).toEqual({ kind: 'contended' });
    expect(await store.order(siteId, orderIdOfAward(siteId, awardId))).toBeUndefined();
  });

  it('never overwrites the order that is there, even where nothing else tells of it', async () => {
    const siteId = await desk.openSite();
    const awardId = await desk.award(siteId);
    const orderId = String((await desk.place(siteId, { awardId })).body['orderId']);
    const { store } = desk;
    const lonely = { ...(await store.order(siteId, orderId)), version: 7, state: 'approved' };
    const table = desk.table('ORDERS_TABLE');
    await suite.dynamo.send(new PutCommand({ TableName: table, Item: lonely }));
    const { Items = [] } = await suite.dynamo.send(new QueryCommand({ TableName: table, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': historyPartition(orderKey(siteId, orderId)) } }));
    for (const { pk, sk } of Items as { pk: string; sk: string }[]) await suite.dynamo.send(new DeleteCommand({ TableName: table, Key: { pk, sk } }));
    const blind = makePlaceOrder({ ...store, order: () => Promise.resolve(undefined) });
    await blind(siteId, { awardId }, { actor: 'clinic', now: '2021-03-08T15:00:00.000Z', idempotencyKey: desk.freshKey() });
    expect([Items.length, await store.order(siteId, orderId)]).toMatchObject([1, { version: 7, state: 'approved' }]);
  });

  it.each([
    [{}, 'body.awardId'],
    [{ lines: [{ saleNdc: '00006-4047-41', cartons: 1, doses: 10 }] }, 'body.programme'],
  ])('that says %j is told what is missing', async (body, path) => {
    const answer = await desk.place(await desk.openSite(), body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });

  it('is not seen by a stranger', async () => {
    const siteId = await desk.openSite();
    const orderId = String((await desk.place(siteId, { awardId: await desk.award(siteId) })).body['orderId']);
    const asStranger = desk.as('provider-staff', 'stranger');
    for (const route of ['GET /sites/{siteId}/orders/{orderId}', 'GET /sites/{siteId}/orders', 'POST /sites/{siteId}/orders'] as const)
      expect((await asStranger({ route, params: { siteId, orderId }, body: { awardId: 'x' }, key: desk.freshKey() })).status).toBe(404);
    expect((await asStranger({ route: 'GET /orders' })).status).toBe(403);
  });
});

describe('an order on demand', () => {
  it('is taken from a site of the childhood programme only, and names the carton that is unknown', async () => {
    const siteId = desk.fresh('sit');
    await enrolledSite(suite, siteId, { programmes: ['cvp'] });
      const body = { programme: 'cvp', lines: [{ saleNdc: '00006-4047-41', cartons: 1, doses: 10 }] };
    const key = desk.freshKey();
    expect((await desk.place(siteId, body, key)).status).toBe(201);
    expect((await desk.place(siteId, body, key)).status).toBe(200);
    expect((await desk.place(siteId, { ...body, lines: [{ ...body.lines[0], cartons: 2 }] }, key)).status).toBe(422);
    expect((await desk.place(await desk.openSite(), body)).status).toBe(409);
    expect(await desk.place(siteId, { ...body, lines: [{ saleNdc: '12345-6789-01', cartons: 1, doses: 1 }] })).toMatchObject({ status: 400, body: { errors: [{ path: 'body.lines[0].saleNdc' }] } });
  });
});

describe('DPH', () => {
  it('sees the queue, decides once on the version it read, and leaves a trail', async () => {
    const siteId = await desk.openSite();
    const orderId = String((await desk.place(siteId, { awardId: await desk.award(siteId) })).body['orderId']);
    const queue = (await desk.asAllocator({ route: 'GET /orders', query: { state: 'placed', limit: '200' } })).body['items'] as { orderId: string }[];
    expect(queue.map((order) => order.orderId)).toContain(orderId);
    const both = await Promise.all([desk.decide(siteId, orderId, 'approve'), desk.decide(siteId, orderId, 'cancel')]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    const { items } = (await desk.asClinic({ route: 'GET /sites/{siteId}/orders/{orderId}/history', params: { siteId, orderId } })).body;
    expect(items).toMatchObject([{ action: 'place' }, { actor: 'dph-allocator', reason: 'as agreed' }]);
    expect((await desk.asInventory({ route: 'POST /sites/{siteId}/orders/{orderId}/approval', params: { siteId, orderId }, body: { decision: 'approve', reason: 'no' }, ifMatch: 2 })).status).toBe(403);
  });

  it('cannot cancel what was sent', async () => {
    const { siteId, orderId } = await desk.submitted();
    expect(await desk.decide(siteId, orderId, 'cancel', 3)).toMatchObject({ status: 409, body: { detail: 'It is submitted; this is possible from placed, returned, approved.' } });
  });
});

describe('an order file', () => {
  it('holds its orders as CSV and passes over what is not approved', async () => {
    const [one, two] = [await desk.approved(), await desk.approved()];
    const late = await desk.openSite();
    const placed = { siteId: late, orderId: String((await desk.place(late, { awardId: await desk.award(late) })).body['orderId']) };
    const { status, body } = await desk.buildFile([one, two, placed]);
    expect([status, body['state'], body['lines'], body['doses'], body['passedOver']]).toEqual([201, 'built', 2, 400, [{ ...placed, state: 'placed' }]]);
    const file = await desk.asInventory({ route: 'GET /order-files/{fileId}', params: { fileId: String(body['fileId']) } });
    const rows = file.text.trim().split('\r\n');
    expect(rows[0]).toBe('VTRCKS_PIN,PROVIDER_NAME,ORDER_REFERENCE,NDC,ORDER_QUANTITY,DOSES,ORDER_DATE');
    expect(rows.slice(1).sort()).toEqual([one, two].map(({ siteId, orderId }) => `CTA100001,CLINIC ${siteId},${orderId}-1,59676-0580-15,4,200,2021-03-08`).sort());
    expect((await desk.read(one.siteId, one.orderId))['state']).toBe('submitted');
  });

  it('takes each order once when several files are built at the same moment', async () => {
    const orders = await Promise.all(Array.from({ length: 6 }, desk.approved));
    const files = await Promise.all([1, 2, 3].map(() => desk.buildFile(orders)));
    expect(files.reduce((sum, { body }) => sum + Number(body['lines']), 0)).toBe(6);
    const texts = await Promise.all(files.map(({ body }) => desk.asInventory({ route: 'GET /order-files/{fileId}', params: { fileId: String(body['fileId']) } })));
    for (const { orderId } of orders) expect(texts.filter(({ text }) => text.includes(orderId))).toHaveLength(1);
  });

  it('takes every approved order when none is named', async () => {
    const order = await desk.approved();
    const { body } = await desk.asInventory({ route: 'POST /order-files', body: {}, key: desk.freshKey() });
    expect(body['orders']).toContainEqual(order);
    expect((await desk.asInventory({ route: 'POST /order-files', body: {}, key: desk.freshKey() })).status).toBe(409);
  });

  it('that was stopped between any two writes is finished by the same request, and holds every order once', async () => {
    const orders = await Promise.all(Array.from({ length: 4 }, desk.approved));
    const { store } = desk;
    const act = { actor: 'dph-inventory', now: '2021-03-09T15:00:00.000Z', idempotencyKey: desk.freshKey() };
    for (let stopAfter = 0; stopAfter <= 4; stopAfter += 1) {
      let writes = 0;
      const dying = { ...store, replace: (...write: Parameters<typeof store.replace>) => ((writes += 1) > 1 ? Promise.reject(new Error('stopped')) : store.replace(...write)), finishFile: stopAfter < 4 ? () => Promise.reject(new Error('stopped')) : store.finishFile };
      await makeBuildOrderFile(dying, jurisdictionFor('CTA'))({ orders }, act).catch(() => undefined);
    }
    const outcome = await makeBuildOrderFile(store, jurisdictionFor('CTA'))({ orders }, act);
    expect(outcome).toMatchObject({ kind: 'repeated', item: { state: 'built', lines: 4, doses: 800, passedOver: [] } });
    expect((await makeBuildOrderFile(store, jurisdictionFor('CTA'))({ orders: orders.slice(1) }, act)).kind).toBe('key-reused');
  });

  it('is whole although a third of the calls fail or lose their answer', async () => {
    const orders = await Promise.all(Array.from({ length: 5 }, desk.approved));
    const { store } = desk;
    const act = { actor: 'dph-inventory', now: '2021-03-09T15:00:00.000Z', idempotencyKey: desk.freshKey() };
    const faults = withFaults(suite.dynamo, { seed: 5, rates: { serverError: 0.1, conflict: 0.1, lostResponse: 0.15 } });
    let outcome: Awaited<ReturnType<ReturnType<typeof makeBuildOrderFile>>> | undefined;
    for (let n = 0; n < 20 && !(outcome !== undefined && 'item' in outcome && outcome.item.state === 'built'); n += 1)
      outcome = await makeBuildOrderFile(store, jurisdictionFor('CTA'))({ orders }, act).catch(() => undefined);
    faults.stop();
    expect(faults.injected.lostResponse).toBeGreaterThan(0);
    expect(outcome).toMatchObject({ item: { lines: 5, doses: 1000, passedOver: [] } });
  });
});
