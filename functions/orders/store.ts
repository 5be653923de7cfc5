import { z } from 'zod';
import type { HistoryEntry } from '../../shared/contracts/common.ts';
import { historyItem } from '../../shared/contracts/stored.ts';
import {
  commit,
  getItem,
  queryAll,
  queryPage,
  type Dynamo,
  type Key,
  type Page,
  type PageRequest,
  type TransactItem,
} from '../../shared/platform/dynamo.ts';
import { commitCreation, createPut, historyPartition, historyPut, replacePut } from '../../shared/platform/entity.ts';
import {
  awardItem,
  awardKey,
  orderableAwardStates,
  weekPointer,
  weekPointerKey,
  type AwardItem,
  type AwardName,
} from '../../shared/published/award.ts';
import { orderItem, orderKey, shipmentFact, type OrderItem, type OrderLineState, type ShipmentFact } from '../../shared/published/order-line.ts';
import { siteItem, siteKey, type Programme } from '../../shared/published/site.ts';
import type { OrderFileRow } from './order-file-profile.ts';
import { orderFileItem, orderFileRowItem, type OrderFileItem } from './schemas.ts';

/** The number a supplier ships under. Order line numbers are written with six digits. */
export interface Supply {
  orderNumber: string;
  orderLineNumber: string;
}
export interface LineName {
  siteId: string;
  orderId: string;
  line: number;
}

const lineDigits = 6;
export const supplyOf = ({ orderNumber, orderLineNumber }: Supply): Supply => ({
  orderNumber,
  orderLineNumber: orderLineNumber.padStart(lineDigits, '0'),
});
const supplyPartition = ({ orderNumber, orderLineNumber }: Supply): string => `SUPPLY#${orderNumber}#${orderLineNumber}`;
const pointerKey = (orderId: string): Key => ({ pk: `ORDER#${orderId}`, sk: 'POINTER' });
const filePartition = (fileId: string): string => `ORDERFILE#${fileId}`;
export const orderFileKey = (fileId: string): Key => ({ pk: filePartition(fileId), sk: 'FILE' });
/** GSI1 lists orders by their state, oldest first. */
export const byState = (state: OrderLineState, placedAt: string, orderId: string): { gsi1pk: string; gsi1sk: string } => ({
  gsi1pk: `ORDERS#${state}`,
  gsi1sk: `${placedAt}#${orderId}`,
});

const listOf = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};

const linkItem = z.object({ siteId: z.string(), orderId: z.string(), line: z.int() });
const factItem = shipmentFact.extend({ shipmentLineId: z.string() });
/** A site's orders are few: this many are looked through for the one a shipment without an order number belongs to. */
const maxPagesOfSite = 10;

/** Access to the orders table; sites and awards are read, and held in the transaction, where their contexts published them. */
export const makeStore = (dynamo: Dynamo, { orders, allocations, enrollment }: Record<'orders' | 'allocations' | 'enrollment', string>) => ({
  order: (siteId: string, orderId: string) => getItem(dynamo, orders, orderKey(siteId, orderId), orderItem),
  award: (siteId: string, name: AwardName) => getItem(dynamo, allocations, awardKey(siteId, name), awardItem),
  weekPointer: (week: string) => getItem(dynamo, allocations, weekPointerKey(week), weekPointer),
  site: (siteId: string) => getItem(dynamo, enrollment, siteKey(siteId), siteItem),
  siteOfOrder: async (orderId: string): Promise<string | undefined> =>
    (await getItem(dynamo, orders, pointerKey(orderId), z.object({ siteId: z.string() })))?.siteId,
  ordersOf: (siteId: string, page: PageRequest): Promise<Page<OrderItem>> =>
    queryPage(dynamo, { table: orders, pk: `SITE#${siteId}`, sk: { beginsWith: 'ORDER#' } }, orderItem, page),
  allOrdersOf: (siteId: string): AsyncGenerator<OrderItem> =>
    queryAll(dynamo, { table: orders, pk: `SITE#${siteId}`, sk: { beginsWith: 'ORDER#' }, consistent: true }, orderItem, {
      maxPages: maxPagesOfSite,
    }),
  ordersInState: (state: OrderLineState, page: PageRequest): Promise<Page<OrderItem>> =>
    queryPage(dynamo, { table: orders, index: 'gsi1', pk: `ORDERS#${state}` }, orderItem, page),
  history: (of: Key, page: PageRequest): Promise<Page<HistoryEntry>> =>
    queryPage(dynamo, { table: orders, pk: historyPartition(of) }, historyItem, page),

  /**
   * Places an order while its site is active and, if it has one, its award is still what was read, its week is not held and it was not taken back.
   * Positions: order 0, site 3, award 4, week 5.
   */
  place: (order: OrderItem, programme: Programme, award: AwardItem | undefined, entry: HistoryEntry) =>
    commitCreation(dynamo, order, orderItem, [
      createPut(orders, order),
      { Put: { TableName: orders, Item: { ...pointerKey(order.orderId), type: 'order-pointer', schema: 1, siteId: order.siteId } } },
      historyPut(orders, order, entry),
      activeSite(enrollment, order.siteId, programme),
      ...(award === undefined ? [] : [orderableAward(allocations, award), openWeek(allocations, award)]),
    ]),
  replace: (next: OrderItem, entry: HistoryEntry, more: readonly TransactItem[] = []) =>
    commit(dynamo, [replacePut(orders, next), historyPut(orders, next, entry), ...more]),

  orderFile: (fileId: string) => getItem(dynamo, orders, orderFileKey(fileId), orderFileItem),
  createFile: (item: OrderFileItem, entry: HistoryEntry) =>
    commitCreation(dynamo, item, orderFileItem, [createPut(orders, item), historyPut(orders, item, entry)]),
  finishFile: (next: OrderFileItem, entry: HistoryEntry) => commit(dynamo, [replacePut(orders, next), historyPut(orders, next, entry)]),
  filePut: (fileId: string, row: OrderFileRow): TransactItem => ({
    Put: {
      TableName: orders,
      Item: { pk: filePartition(fileId), sk: `ROW#${row.reference}`, type: 'order-file-row', schema: 1, ...row },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  }),
  fileRows: (fileId: string): Promise<OrderFileRow[]> =>
    listOf(queryAll(dynamo, { table: orders, pk: filePartition(fileId), sk: { beginsWith: 'ROW#' }, consistent: true }, orderFileRowItem)),

  link: (supply: Supply): Promise<LineName | undefined> => getItem(dynamo, orders, { pk: supplyPartition(supply), sk: 'LINK' }, linkItem),
  /** A supplier's number names one order line for ever; naming it again the same way is no change. */
  linkPut: (supply: Supply, { siteId, orderId, line }: LineName): TransactItem => ({
    Put: {
      TableName: orders,
      Item: { pk: supplyPartition(supply), sk: 'LINK', type: 'supply-link', schema: 1, siteId, orderId, line },
      ConditionExpression: 'attribute_not_exists(pk) OR (orderId = :orderId AND line = :line)',
      ExpressionAttributeValues: { ':orderId': orderId, ':line': line },
    },
  }),
  /** Keeps what is known of a shipment line; refused, and rightly, when something newer is known. */
  putFact: (supply: Supply, shipmentLineId: string, fact: ShipmentFact) =>
    commit(dynamo, [
      {
        Put: {
          TableName: orders,
          Item: { pk: supplyPartition(supply), sk: `FACT#${shipmentLineId}`, type: 'shipment-fact', schema: 1, shipmentLineId, ...fact },
          ConditionExpression: 'attribute_not_exists(pk) OR #version < :version',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':version': fact.version },
        },
      },
    ]),
  facts: async (supply: Supply): Promise<Record<string, ShipmentFact>> => {
    const query = { table: orders, pk: supplyPartition(supply), sk: { beginsWith: 'FACT#' }, consistent: true };
    const facts = await listOf(queryAll(dynamo, query, factItem));
    return Object.fromEntries(facts.map(({ shipmentLineId, ...fact }) => [shipmentLineId, fact]));
  },
});
export type OrdersStore = ReturnType<typeof makeStore>;

const activeSite = (table: string, siteId: string, programme: Programme): TransactItem => ({
  ConditionCheck: {
    TableName: table,
    Key: siteKey(siteId),
    ConditionExpression: '#state = :active AND contains(programmes, :programme)',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':active': 'active', ':programme': programme },
  },
});

const orderableAward = (table: string, award: AwardItem): TransactItem => ({
  ConditionCheck: {
    TableName: table,
    Key: awardKey(award.siteId, award),
    ConditionExpression: '#version = :read AND #state IN (:accepted, :reduced)',
    ExpressionAttributeNames: { '#state': 'state', '#version': 'version' },
    ExpressionAttributeValues: { ':read': award.version, ':accepted': orderableAwardStates[0], ':reduced': orderableAwardStates[1] },
  },
});

const openWeek = (table: string, { week, awardId }: AwardItem): TransactItem => ({
  ConditionCheck: {
    TableName: table,
    Key: weekPointerKey(week),
    ConditionExpression: 'attribute_not_exists(held) AND NOT contains(revoked, :award)',
    ExpressionAttributeValues: { ':award': awardId },
  },
});
