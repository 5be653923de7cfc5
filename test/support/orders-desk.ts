import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { makeStore } from '../../functions/orders/store.ts';
import { awardIdOf, awardKey, type AwardItem, type AwardState } from '../../shared/published/award.ts';
import { shipmentLineKey, type ShipmentLineItem } from '../../shared/published/shipment-line.ts';
import { call, type Answer, type Call, type Handler } from './api.ts';
import { enrolledMember, enrolledSite } from './enrolled.ts';
import { streamEvent } from './stream-event.ts';
import { openSuite } from './suite.ts';

export const janssen = { week: '2021-03-08', ndc: '59676-0580-05', doseNumber: 1, packDoses: 100, runId: 'run_1' };

export const shipmentLine = (siteId: string, orderNumber: string, more: Partial<ShipmentLineItem> = {}): ShipmentLineItem => {
  const lineId = `${orderNumber}-000010-${more.lot ?? 'L1'}`;
  return {
    ...shipmentLineKey(siteId, lineId), type: 'shipment-line', schema: 1, version: 1, lineId, holderId: siteId, siteId, supply: 'jurisdiction',
    awardee: 'Connecticut', orderNumber, orderLineNumber: '000010', ndc: janssen.ndc, saleNdc: '59676-0580-15', lot: 'L1', doses: 200,
    shippedOn: '2021-03-10', shipTo: { name: 'X', city: 'X', state: 'CT', zip: '06106' }, state: 'in-transit',
    importedAt: '2021-03-10T15:00:00.000Z', fileId: 'f', gsi1pk: 'g', gsi1sk: 'g', ...more,
  };
};
export const counted = (line: ShipmentLineItem, state: ShipmentLineItem['state'] = 'received'): ShipmentLineItem => ({
  ...line, version: line.version + 1, state,
  receipt: { onHand: line.doses, suspect: 0, short: 0, over: 0, unit: 'R1', receivedAt: '2021-03-11T15:00:00.000Z', temperatureOk: true, digest: 'r' },
});

/** The orders API and its worker on an empty database, with a coordinator (`clinic`) who belongs to every site that is opened here. */
export const openOrdersDesk = async (name: string) => {
  const suite = await openSuite(name);
  await enrolledMember(suite, 'clinic', 'org_clinic');
  const handler: Handler = (await import('../../functions/orders/http.ts')).handler;
  const worker: (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse> = (await import('../../functions/orders/on-shipments-stream.ts')).handler;
  const table = (variable: string): string => suite.tables[variable] ?? '';
  const store = makeStore(suite.dynamo, { orders: table('ORDERS_TABLE'), allocations: table('ALLOCATIONS_TABLE'), enrollment: table('ENROLLMENT_TABLE') });
  let count = 0;
  const fresh = (what: string): string => `${what}-${(count += 1)}`;
  const freshKey = (): string => fresh('orders-key');
  const freshNumber = (): string => `N${(count += 1)}`;
  const as = (role: NonNullable<Call['role']>, subject: string = role) => (request: Call): Promise<Answer> => call(handler, { subject, role, ...request });
  const asClinic = as('provider-staff', 'clinic');
  const asAllocator = as('dph-allocator');
  const asInventory = as('dph-inventory');

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
    if ((await decide(siteId, orderId, 'approve')).status !== 200) throw new Error('The order was not approved');
    return { siteId, orderId };
  };
  const buildFile = (orders: object[], key = freshKey()): Promise<Answer> => asInventory({ route: 'POST /order-files', body: { orders }, key });
  const submitted = async (): Promise<{ siteId: string; orderId: string }> => {
    const order = await approved();
    if ((await buildFile([order])).status !== 201) throw new Error('The order was not sent');
    return order;
  };
  const answers = (...rows: string[]): Promise<Answer> =>
    asInventory({ route: 'POST /order-responses', body: ['ORDER_REFERENCE,STATUS,ORDER_NUMBER,ORDER_LINE_NUMBER,REASON', ...rows].join('\n') });
  /** Tells the worker of shipment lines; throws when it leaves one. */
  const tell = async (...lines: ShipmentLineItem[]): Promise<void> => {
    if ((await worker(streamEvent(lines))).batchItemFailures.length > 0) throw new Error('The worker failed');
  };
  return { suite, table, store, worker, fresh, freshKey, freshNumber, as, asClinic, asAllocator, asInventory, openSite, award, place, read, decide, approved, buildFile, submitted, answers, tell };
};
export type OrdersDesk = Awaited<ReturnType<typeof openOrdersDesk>>;
