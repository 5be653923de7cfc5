import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { makeBuildOrderFile } from '../../functions/orders/build-order-file.ts';
import { makeStore } from '../../functions/orders/store.ts';
import { awardIdOf, awardKey, type AwardItem, type AwardState } from '../../shared/published/award.ts';
import { orderKey } from '../../shared/published/order-line.ts';
import { shipmentLineKey, type ShipmentLineItem } from '../../shared/published/shipment-line.ts';
import { siteKey } from '../../shared/published/site.ts';
import { call, type Answer, type Call, type Handler } from '../support/api.ts';
import { enrolledMember, enrolledSite } from '../support/enrolled.ts';
import { withFaults } from '../support/fault-injection.ts';
import { streamEvent } from '../support/stream-event.ts';
import { openSuite, type Suite } from '../support/suite.ts';

let suite: Suite;
let handler: Handler;
let worker: (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;
let count = 0;
const fresh = (what: string): string => `${what}-${(count += 1)}`;
const freshKey = (): string => fresh('orders-key');

const as = (role: NonNullable<Call['role']>, subject: string = role) => (request: Call): Promise<Answer> => call(handler, { subject, role, ...request });
const asClinic = as('provider-staff', 'clinic');
const asAllocator = as('dph-allocator');
const asInventory = as('dph-inventory');

beforeAll(async () => {
  suite = await openSuite('orders');
  await enrolledMember(suite, 'clinic', 'org_clinic');
  handler = (await import('../../functions/orders/http.ts')).handler;
  worker = (await import('../../functions/orders/on-shipments-stream.ts')).handler;
});
afterAll(() => suite.stop());

const table = (variable: string): string => suite.tables[variable] ?? '';
const janssen = { week: '2021-03-08', ndc: '59676-0580-05', doseNumber: 1, packDoses: 100, runId: 'run_1' };

const openSite = async (): Promise<string> => {
  const siteId = fresh('sit');
  await enrolledSite(suite, siteId);
  return siteId;
};
const award = async (siteId: string, state: AwardState = 'accepted', more: Partial<AwardItem> = {}): Promise<string> => {
  const name = { ...janssen, ...more };
  const item = {
    ...awardKey(siteId, name), ...name, type: 'award', schema: 1, version: 2, awardId: awardIdOf(name), siteId,
    packs: 2, doses: 200, state, channel: 'jurisdiction', ...more,
  };
  await suite.dynamo.send(new PutCommand({ TableName: table('ALLOCATIONS_TABLE'), Item: item }));
  return item.awardId;
};
const place = (siteId: string, body: object, key = freshKey()): Promise<Answer> => asClinic({ route: 'POST /sites/{siteId}/orders', params: { siteId }, body, key });
const read = async (siteId: string, orderId: string): Promise<Record<string, unknown>> =>
  (await asClinic({ route: 'GET /sites/{siteId}/orders/{orderId}', params: { siteId, orderId } })).body;
const decide = (siteId: string, orderId: string, decision: string, ifMatch = 1): Promise<Answer> =>
  asAllocator({ route: 'POST /sites/{siteId}/orders/{orderId}/approval', params: { siteId, orderId }, body: { decision, reason: 'as agreed' }, ifMatch });
const approved = async (): Promise<{ siteId: string; orderId: string }> => {
  const siteId = await openSite();
  const orderId = String((await place(siteId, { awardId: await award(siteId) })).body['orderId']);
  expect((await decide(siteId, orderId, 'approve')).status).toBe(200);
  return { siteId, orderId };
};
const buildFile = (orders: object[], key = freshKey()): Promise<Answer> => asInventory({ route: 'POST /order-files', body: { orders }, key });
const submitted = async (): Promise<{ siteId: string; orderId: string }> => {
  const order = await approved();
  expect((await buildFile([order])).status).toBe(201);
  return order;
};
const answers = (...rows: string[]): Promise<Answer> =>
  asInventory({ route: 'POST /order-responses', body: ['ORDER_REFERENCE,STATUS,ORDER_NUMBER,ORDER_LINE_NUMBER,REASON', ...rows].join('\n') });

const shipmentLine = (siteId: string, orderNumber: string, more: Partial<ShipmentLineItem> = {}): ShipmentLineItem => {
  const lineId = `${orderNumber}-000010-${more.lot ?? 'L1'}`;
  return {
    ...shipmentLineKey(siteId, lineId), type: 'shipment-line', schema: 1, version: 1, lineId, holderId: siteId, siteId, supply: 'jurisdiction',
    awardee: 'Connecticut', orderNumber, orderLineNumber: '000010', ndc: janssen.ndc, saleNdc: '59676-0580-15', lot: 'L1', doses: 200,
    shippedOn: '2021-03-10', shipTo: { name: 'X', city: 'X', state: 'CT', zip: '06106' }, state: 'in-transit',
    importedAt: '2021-03-10T15:00:00.000Z', fileId: 'f', gsi1pk: 'g', gsi1sk: 'g', ...more,
  };
};
const counted = (line: ShipmentLineItem, state: ShipmentLineItem['state'] = 'received'): ShipmentLineItem => ({
  ...line, version: line.version + 1, state,
  receipt: { onHand: line.doses, suspect: 0, short: 0, over: 0, unit: 'R1', receivedAt: '2021-03-11T15:00:00.000Z', temperatureOk: true, digest: 'r' },
});
const tell = async (...lines: ShipmentLineItem[]): Promise<void> => expect(await worker(streamEvent(lines))).toEqual({ batchItemFailures: [] });

describe('an order against an award', () => {
  it('is placed with the cartons of its packs', async () => {
    const siteId = await openSite();
    const answer = await place(siteId, { awardId: await award(siteId) });
    expect(answer).toMatchObject({ status: 201, version: 1, body: { state: 'placed', awardVersion: 2, week: '2021-03-08', nextMoves: ['approve', 'return', 'cancel'] } });
    expect(answer.body['lines']).toMatchObject([{ line: 1, saleNdc: '59676-0580-15', cartons: 4, packs: 2, doses: 200 }]);
    expect(answer.text).not.toContain('"pk"');
  });

  it('exists once, whatever key it is sent with and however many arrive at the same moment', async () => {
    const siteId = await openSite();
    const awardId = await award(siteId);
    const sent = await Promise.all(Array.from({ length: 5 }, () => place(siteId, { awardId })));
    expect(sent.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 201]);
    expect(new Set(sent.map(({ body }) => body['orderId'])).size).toBe(1);
    await award(siteId, 'ordered');
    expect((await place(siteId, { awardId })).status).toBe(200);
  });

  it.each<[AwardState, number]>([['reduced', 201], ['offered', 409], ['declined', 409], ['lapsed', 409], ['ordered', 409]])('that is %s answers %i', async (state, status) => {
    const siteId = await openSite();
    expect((await place(siteId, { awardId: await award(siteId, state, { acceptedDoses: 100 }) })).status).toBe(status);
  });

  it('is refused without the award, for another site’s award, and at a site that is not active', async () => {
    const [siteId, other] = [await openSite(), await openSite()];
    const awardId = await award(other);
    expect((await place(siteId, { awardId })).status).toBe(404);
    expect((await place(siteId, { awardId: 'nonsense' })).status).toBe(404);
    await suite.dynamo.send(new UpdateCommand({
      TableName: table('ENROLLMENT_TABLE'), Key: siteKey(other), UpdateExpression: 'SET #s = :s', ExpressionAttributeNames: { '#s': 'state' }, ExpressionAttributeValues: { ':s': 'suspended' },
    }));
    expect(await place(other, { awardId })).toMatchObject({ status: 409, body: { detail: 'The site is not active in this programme.' } });
  });

  it('holds the award as it was read: a change in between makes the store decide again', async () => {
    const siteId = await openSite();
    const awardId = await award(siteId);
    const store = makeStore(suite.dynamo, { orders: table('ORDERS_TABLE'), allocations: table('ALLOCATIONS_TABLE'), enrollment: table('ENROLLMENT_TABLE') });
    const stale = { ...(await store.award(siteId, janssen)), version: 1 } as AwardItem;
    const { makePlaceOrder } = await import('../../functions/orders/place-order.ts');
    const alwaysStale = makePlaceOrder({ ...store, award: () => Promise.resolve(stale) });
    const act = { actor: 'clinic', now: '2021-03-08T15:00:00.000Z', idempotencyKey: freshKey() };
    expect(await alwaysStale(siteId, { awardId }, act)).toEqual({ kind: 'contended' });
    expect((await makePlaceOrder(store)(siteId, { awardId }, act)).kind).toBe('created');
  });

  it.each([
    [{}, 'body.awardId'],
    [{ lines: [{ saleNdc: '00006-4047-41', cartons: 1, doses: 10 }] }, 'body.programme'],
  ])('that says %j is told what is missing', async (body, path) => {
    const answer = await place(await openSite(), body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });

  it('is not seen by a stranger', async () => {
    const siteId = await openSite();
    const orderId = String((await place(siteId, { awardId: await award(siteId) })).body['orderId']);
    const asStranger = as('provider-staff', 'stranger');
    for (const route of ['GET /sites/{siteId}/orders/{orderId}', 'GET /sites/{siteId}/orders', 'POST /sites/{siteId}/orders'] as const)
      expect((await asStranger({ route, params: { siteId, orderId }, body: { awardId: 'x' }, key: freshKey() })).status).toBe(404);
    expect((await asStranger({ route: 'GET /orders' })).status).toBe(403);
  });
});

describe('an order on demand', () => {
  it('is taken from a site of the childhood programme only, and names the carton that is unknown', async () => {
    const siteId = fresh('sit');
    await enrolledSite(suite, siteId, { programmes: ['cvp'] });
      const body = { programme: 'cvp', lines: [{ saleNdc: '00006-4047-41', cartons: 1, doses: 10 }] };
    const key = freshKey();
    expect((await place(siteId, body, key)).status).toBe(201);
    expect((await place(siteId, body, key)).status).toBe(200);
    expect((await place(siteId, { ...body, lines: [{ ...body.lines[0], cartons: 2 }] }, key)).status).toBe(422);
    expect((await place(await openSite(), body)).status).toBe(409);
    expect(await place(siteId, { ...body, lines: [{ saleNdc: '12345-6789-01', cartons: 1, doses: 1 }] })).toMatchObject({ status: 400, body: { errors: [{ path: 'body.lines[0].saleNdc' }] } });
  });
});

describe('DPH', () => {
  it('sees the queue, decides once on the version it read, and leaves a trail', async () => {
    const siteId = await openSite();
    const orderId = String((await place(siteId, { awardId: await award(siteId) })).body['orderId']);
    const queue = (await asAllocator({ route: 'GET /orders', query: { state: 'placed', limit: '200' } })).body['items'] as { orderId: string }[];
    expect(queue.map((order) => order.orderId)).toContain(orderId);
    const both = await Promise.all([decide(siteId, orderId, 'approve'), decide(siteId, orderId, 'cancel')]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    const { items } = (await asClinic({ route: 'GET /sites/{siteId}/orders/{orderId}/history', params: { siteId, orderId } })).body;
    expect(items).toMatchObject([{ action: 'place' }, { actor: 'dph-allocator', reason: 'as agreed' }]);
    expect((await asInventory({ route: 'POST /sites/{siteId}/orders/{orderId}/approval', params: { siteId, orderId }, body: { decision: 'approve', reason: 'no' }, ifMatch: 2 })).status).toBe(403);
  });

  it('cannot cancel what was sent', async () => {
    const { siteId, orderId } = await submitted();
    expect(await decide(siteId, orderId, 'cancel', 3)).toMatchObject({ status: 409, body: { detail: 'It is submitted; this is possible from placed, returned, approved.' } });
  });
});

describe('an order file', () => {
  it('holds its orders as CSV and passes over what is not approved', async () => {
    const [one, two] = [await approved(), await approved()];
    const late = await openSite();
    const placed = { siteId: late, orderId: String((await place(late, { awardId: await award(late) })).body['orderId']) };
    const { status, body } = await buildFile([one, two, placed]);
    expect([status, body['state'], body['lines'], body['doses'], body['passedOver']]).toEqual([201, 'built', 2, 400, [{ ...placed, state: 'placed' }]]);
    const file = await asInventory({ route: 'GET /order-files/{fileId}', params: { fileId: String(body['fileId']) } });
    const rows = file.text.trim().split('\r\n');
    expect(rows[0]).toBe('VTRCKS_PIN,PROVIDER_NAME,ORDER_REFERENCE,NDC,ORDER_QUANTITY,DOSES,ORDER_DATE');
    expect(rows.slice(1).sort()).toEqual([one, two].map(({ siteId, orderId }) => `CTA100001,CLINIC ${siteId},${orderId}-1,59676-0580-15,4,200,2021-03-08`).sort());
    expect((await read(one.siteId, one.orderId))['state']).toBe('submitted');
  });

  it('takes each order once when several files are built at the same moment', async () => {
    const orders = await Promise.all(Array.from({ length: 6 }, approved));
    const files = await Promise.all([1, 2, 3].map(() => buildFile(orders)));
    expect(files.reduce((sum, { body }) => sum + Number(body['lines']), 0)).toBe(6);
    const texts = await Promise.all(files.map(({ body }) => asInventory({ route: 'GET /order-files/{fileId}', params: { fileId: String(body['fileId']) } })));
    for (const { orderId } of orders) expect(texts.filter(({ text }) => text.includes(orderId))).toHaveLength(1);
  });

  it('takes every approved order when none is named', async () => {
    const order = await approved();
    const { body } = await asInventory({ route: 'POST /order-files', body: {}, key: freshKey() });
    expect(body['orders']).toContainEqual(order);
    expect((await asInventory({ route: 'POST /order-files', body: {}, key: freshKey() })).status).toBe(409);
  });

  it('that was stopped between any two writes is finished by the same request, and holds every order once', async () => {
    const orders = await Promise.all(Array.from({ length: 4 }, approved));
    const store = makeStore(suite.dynamo, { orders: table('ORDERS_TABLE'), allocations: '', enrollment: '' });
    const act = { actor: 'dph-inventory', now: '2021-03-09T15:00:00.000Z', idempotencyKey: freshKey() };
    for (let stopAfter = 0; stopAfter <= 4; stopAfter += 1) {
      let writes = 0;
      const dying = { ...store, replace: (...write: Parameters<typeof store.replace>) => ((writes += 1) > 1 ? Promise.reject(new Error('stopped')) : store.replace(...write)), finishFile: stopAfter < 4 ? () => Promise.reject(new Error('stopped')) : store.finishFile };
      await makeBuildOrderFile(dying, 'CTA')({ orders }, act).catch(() => undefined);
    }
    const outcome = await makeBuildOrderFile(store, 'CTA')({ orders }, act);
    expect(outcome).toMatchObject({ kind: 'repeated', item: { state: 'built', lines: 4, doses: 800, passedOver: [] } });
    expect((await makeBuildOrderFile(store, 'CTA')({ orders: orders.slice(1) }, act)).kind).toBe('key-reused');
  });

  it('is whole although a third of the calls fail or lose their answer', async () => {
    const orders = await Promise.all(Array.from({ length: 5 }, approved));
    const store = makeStore(suite.dynamo, { orders: table('ORDERS_TABLE'), allocations: '', enrollment: '' });
    const act = { actor: 'dph-inventory', now: '2021-03-09T15:00:00.000Z', idempotencyKey: freshKey() };
    const faults = withFaults(suite.dynamo, { seed: 5, rates: { serverError: 0.1, conflict: 0.1, lostResponse: 0.15 } });
    let outcome: Awaited<ReturnType<ReturnType<typeof makeBuildOrderFile>>> | undefined;
    for (let n = 0; n < 20 && !(outcome !== undefined && 'item' in outcome && outcome.item.state === 'built'); n += 1)
      outcome = await makeBuildOrderFile(store, 'CTA')({ orders }, act).catch(() => undefined);
    faults.stop();
    expect(faults.injected.lostResponse).toBeGreaterThan(0);
    expect(outcome).toMatchObject({ item: { lines: 5, doses: 1000, passedOver: [] } });
  });
});

describe("the supplier's answers", () => {
  it('move the lines they name, and taken again change nothing', async () => {
    const [one, two, three] = [await submitted(), await submitted(), await submitted()];
    const number = fresh('N').replace('-', '');
    const rows = [`${one.orderId}-1,ACCEPTED,${number},000010,`, `${two.orderId}-1,rejected,,,PIN unknown`, `${three.orderId}-1,BACKORDERED,,,`];
    expect((await answers(...rows)).body).toMatchObject({ rows: 3, taken: 3, unchanged: 0, faulty: 0, faults: [] });
    expect((await answers(...rows)).body).toMatchObject({ taken: 0, unchanged: 3 });
    expect([(await read(one.siteId, one.orderId))['state'], (await read(two.siteId, two.orderId))['state'], (await read(three.siteId, three.orderId))['state']]).toEqual(['accepted', 'rejected', 'backordered']);
    expect((await read(two.siteId, two.orderId))['lines']).toMatchObject([{ supplierReason: 'PIN unknown' }]);
  });

  it('are told every fault by row and column, while good rows are taken', async () => {
    const [one, other, unsent] = [await submitted(), await submitted(), await approved()];
    const number = fresh('N').replace('-', '');
    const { body, text } = await answers(
      `${one.orderId}-1,ACCEPTED,${number},000010,`, 'CANARY,MAYBE,,,', `${other.orderId}-2,ACCEPTED,,,`, `${other.orderId}-1,ACCEPTED,${number},000010,`,
      `${unsent.orderId}-1,ACCEPTED,,,`, `${other.orderId}-1,ACCEPTED,${number}X,,`,
    );
    expect(body).toMatchObject({ rows: 6, taken: 1, unchanged: 0, faulty: 5, faultsInAll: 6 });
    expect((body['faults'] as { path: string }[]).map(({ path }) => path).sort()).toEqual([
      'row 3, column ORDER_REFERENCE', 'row 3, column STATUS', 'row 4, column ORDER_REFERENCE', 'row 5, column ORDER_NUMBER', 'row 6, column STATUS', 'row 7, column ORDER_LINE_NUMBER',
    ]);
    expect(text).not.toContain('CANARY');
  });

  it.each([
    ['no header that is needed', 'ORDER_REFERENCE\nx', 'row 1, column STATUS'],
    ['no rows', 'ORDER_REFERENCE,STATUS\n', 'row 2'],
    ['an open quote', 'ORDER_REFERENCE,STATUS\n"CANARY', 'body'],
  ])('in a file with %s are refused whole', async (_, body, path) => {
    const answer = await asInventory({ route: 'POST /order-responses', body });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path }] } });
    expect(answer.text).not.toContain('CANARY');
  });
});

describe('an order and its shipments', () => {
  const accepted = async (): Promise<{ siteId: string; orderId: string; number: string }> => {
    const order = await submitted();
    const number = fresh('N').replace('-', '');
    await answers(`${order.orderId}-1,ACCEPTED,${number},000010,`);
    return { ...order, number };
  };

  it('goes from part shipped to closed as its lots are shipped and counted', async () => {
    const { siteId, orderId, number } = await accepted();
    const [a, b] = [shipmentLine(siteId, number, { lot: 'A', doses: 100 }), shipmentLine(siteId, number, { lot: 'B', doses: 100 })];
    const states: unknown[] = [];
    for (const line of [a, b, counted(a), counted(b, 'damaged'), { ...counted(b), version: 3, state: 'released' as const }]) {
      await tell(line);
      states.push((await read(siteId, orderId))['state']);
    }
    expect(states).toEqual(['part-shipped', 'shipped', 'part-received', 'received', 'closed']);
  });

  it('shows the same when shipments are told twice, late and the wrong way round', async () => {
    const { siteId, orderId, number } = await accepted();
    const [a, b] = [shipmentLine(siteId, number, { lot: 'A', doses: 100 }), shipmentLine(siteId, number, { lot: 'B', doses: 100 })];
    await tell(counted(b), counted(a), a, b, counted(a), b);
    await Promise.all([tell(a, counted(b)), tell(counted(a), b)]);
    const order = await read(siteId, orderId);
    expect([order['state'], (order['lines'] as { shipments: object }[])[0]?.shipments]).toEqual(['closed', {
      [a.lineId]: { version: 2, shipped: 100, counted: 100, pending: false }, [b.lineId]: { version: 2, shipped: 100, counted: 100, pending: false },
    }]);
  });

  it('learns of a shipment that came before its order number was known', async () => {
    const [order, twin] = [await submitted(), await submitted()];
    const number = fresh('N').replace('-', '');
    // Two open orders of the site fit, so nothing is guessed.
    const second = await award(order.siteId, 'accepted', { week: '2021-03-15' });
    const sibling = String((await place(order.siteId, { awardId: second })).body['orderId']);
    await decide(order.siteId, sibling, 'approve');
    await buildFile([{ siteId: order.siteId, orderId: sibling }]);
    await tell(shipmentLine(order.siteId, number));
    expect((await read(order.siteId, order.orderId))['state']).toBe('submitted');
    await answers(`${sibling}-1,ACCEPTED,${number},10,`);
    expect([(await read(order.siteId, sibling))['state'], (await read(order.siteId, order.orderId))['state'], (await read(twin.siteId, twin.orderId))['state']]).toEqual(['shipped', 'submitted', 'submitted']);
  });

  it('is found without an order number when it is the only one that fits, and for good', async () => {
    const { siteId, orderId } = await submitted();
    const shipped = shipmentLine(siteId, fresh('N').replace('-', ''));
    await tell(shipped, shipped);
    expect(await read(siteId, orderId)).toMatchObject({ state: 'shipped', lines: [{ supply: [{ orderNumber: shipped.orderNumber, orderLineNumber: '000010' }] }] });
    await tell({ ...shipmentLine(siteId, 'OTHER9'), doses: 200 });
    expect((await read(siteId, orderId))['lines']).toMatchObject([{ shipments: { [shipped.lineId]: { shipped: 200 } } }]);
  });

  it('is not moved by federal lines, by other items of the stream, or by a line nobody ordered', async () => {
    const { siteId, orderId } = await submitted();
    const line = shipmentLine(siteId, 'FED1');
    await tell({ ...line, supply: 'federal' }, { type: 'history' } as never, { ...line, ndc: '80777-0273-10' });
    expect((await read(siteId, orderId))['state']).toBe('submitted');
  });

  it('is tried again from the record that failed', async () => {
    const { siteId, orderId, number } = await accepted();
    const broken = { ...shipmentLine(siteId, number), doses: 'many' } as unknown as ShipmentLineItem;
    const good = shipmentLine(siteId, number, { lot: 'B' });
    expect(await worker(streamEvent([good, broken, counted(good)]))).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
    const { Item } = await suite.dynamo.send(new GetCommand({ TableName: table('ORDERS_TABLE'), Key: orderKey(siteId, orderId) }));
    expect(Item?.['state']).toBe('shipped');
  });
});
