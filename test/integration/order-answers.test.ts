import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { orderKey } from '../../shared/published/order-line.ts';
import type { ShipmentLineItem } from '../../shared/published/shipment-line.ts';
import { counted, openOrdersDesk, shipmentLine, type OrdersDesk } from '../support/orders-desk.ts';
import { streamEvent } from '../support/stream-event.ts';
import type { Suite } from '../support/suite.ts';

let desk: OrdersDesk;
let suite: Suite;
beforeAll(async () => {
  desk = await openOrdersDesk('order-answers');
  suite = desk.suite;
});
afterAll(() => suite.stop());

describe("the supplier's answers", () => {
  it('move the lines they name, and taken again change nothing', async () => {
    const [one, two, three] = [await desk.submitted(), await desk.submitted(), await desk.submitted()];
    const number = desk.freshNumber();
    const rows = [`${one.orderId}-1,ACCEPTED,${number},000010,`, `${two.orderId}-1,rejected,,,PIN unknown`, `${three.orderId}-1,BACKORDERED,,,`];
    expect((await desk.answers(...rows)).body).toMatchObject({ rows: 3, taken: 3, unchanged: 0, faulty: 0, faults: [] });
    expect((await desk.answers(...rows)).body).toMatchObject({ taken: 0, unchanged: 3 });
    expect([(await desk.read(one.siteId, one.orderId))['state'], (await desk.read(two.siteId, two.orderId))['state'], (await desk.read(three.siteId, three.orderId))['state']]).toEqual(['accepted', 'rejected', 'backordered']);
    expect((await desk.read(two.siteId, two.orderId))['lines']).toMatchObject([{ supplierReason: 'PIN unknown' }]);
  });

  it('are told every fault by row and column, while good rows are taken', async () => {
    const [one, other, unsent] = [await desk.submitted(), await desk.submitted(), await desk.approved()];
    const number = desk.freshNumber();
    const { body, text } = await desk.answers(
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
    const answer = await desk.asInventory({ route: 'POST /order-responses', body });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path }] } });
    expect(answer.text).not.toContain('CANARY');
  });
});

describe('an order and its shipments', () => {
  const accepted = async (): Promise<{ siteId: string; orderId: string; number: string }> => {
    const order = await desk.submitted();
    const number = desk.freshNumber();
    await desk.answers(`${order.orderId}-1,ACCEPTED,${number},000010,`);
    return { ...order, number };
  };

  it('goes from part shipped to closed as its lots are shipped and counted', async () => {
    const { siteId, orderId, number } = await accepted();
    const [a, b] = [shipmentLine(siteId, number, { lot: 'A', doses: 100 }), shipmentLine(siteId, number, { lot: 'B', doses: 100 })];
    const states: unknown[] = [];
    for (const line of [a, b, counted(a), counted(b, 'damaged'), { ...counted(b), version: 3, state: 'released' as const }]) {
      await desk.tell(line);
      states.push((await desk.read(siteId, orderId))['state']);
    }
    expect(states).toEqual(['part-shipped', 'shipped', 'part-received', 'received', 'closed']);
  });

  it('shows the same when shipments are told twice, late and the wrong way round', async () => {
    const { siteId, orderId, number } = await accepted();
    const [a, b] = [shipmentLine(siteId, number, { lot: 'A', doses: 100 }), shipmentLine(siteId, number, { lot: 'B', doses: 100 })];
    await desk.tell(counted(b), counted(a), a, b, counted(a), b);
    await Promise.all([desk.tell(a, counted(b)), desk.tell(counted(a), b)]);
    const order = await desk.read(siteId, orderId);
    expect([order['state'], (order['lines'] as { shipments: object }[])[0]?.shipments]).toEqual(['closed', {
      [a.lineId]: { version: 2, shipped: 100, counted: 100, pending: false }, [b.lineId]: { version: 2, shipped: 100, counted: 100, pending: false },
    }]);
  });

  it('learns of a shipment that came before its order number was known', async () => {
    const [order, twin] = [await desk.submitted(), await desk.submitted()];
    const number = desk.freshNumber();
    // Two open orders of the site fit, so nothing is guessed.
    const second = await desk.award(order.siteId, 'accepted', { week: '2021-03-15' });
    const sibling = String((await desk.place(order.siteId, { awardId: second })).body['orderId']);
    await desk.decide(order.siteId, sibling, 'approve');
    await desk.buildFile([{ siteId: order.siteId, orderId: sibling }]);
    await desk.tell(shipmentLine(order.siteId, number));
    expect((await desk.read(order.siteId, order.orderId))['state']).toBe('submitted');
    await desk.answers(`${sibling}-1,ACCEPTED,${number},10,`);
    expect([(await desk.read(order.siteId, sibling))['state'], (await desk.read(order.siteId, order.orderId))['state'], (await desk.read(twin.siteId, twin.orderId))['state']]).toEqual(['shipped', 'submitted', 'submitted']);
  });

  it('is found without an order number when it is the only one that fits, and for good', async () => {
    const { siteId, orderId } = await desk.submitted();
    const shipped = shipmentLine(siteId, desk.freshNumber());
    await desk.tell(shipped, shipped);
    expect(await desk.read(siteId, orderId)).toMatchObject({ state: 'shipped', lines: [{ supply: [{ orderNumber: shipped.orderNumber, orderLineNumber: '000010' }] }] });
    await desk.tell({ ...shipmentLine(siteId, 'OTHER9'), doses: 200 });
    expect((await desk.read(siteId, orderId))['lines']).toMatchObject([{ shipments: { [shipped.lineId]: { shipped: 200 } } }]);
  });

  it('is not moved by federal lines, by other items of the stream, or by a line nobody ordered', async () => {
    const { siteId, orderId } = await desk.submitted();
    const line = shipmentLine(siteId, 'FED1');
    await desk.tell({ ...line, supply: 'federal' }, { type: 'history' } as never, { ...line, ndc: '80777-0273-10' });
    expect((await desk.read(siteId, orderId))['state']).toBe('submitted');
  });

  it('is tried again from the record that failed', async () => {
    const { siteId, orderId, number } = await accepted();
    const broken = { ...shipmentLine(siteId, number), doses: 'many' } as unknown as ShipmentLineItem;
    const good = shipmentLine(siteId, number, { lot: 'B' });
    expect(await desk.worker(streamEvent([good, broken, counted(good)]))).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
    const { Item } = await suite.dynamo.send(new GetCommand({ TableName: desk.table('ORDERS_TABLE'), Key: orderKey(siteId, orderId) }));
    expect(Item?.['state']).toBe('shipped');
  });
});
