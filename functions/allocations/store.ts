import { BatchGetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { HistoryEntry } from '../../shared/contracts/common.ts';
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
import { readMany } from '../../shared/platform/batch-get.ts';
import { commitCreation, createPut, historyPut, replacePut } from '../../shared/platform/entity.ts';
import { awardItem, awardKey, weekPointer, weekPointerKey as pointerKey, type AwardItem, type AwardName } from '../../shared/published/award.ts';
import { orderIdOfAward, orderItem, orderKey, type OrderItem } from '../../shared/published/order-line.ts';
import { siteItem, siteKey } from '../../shared/published/site.ts';
import { debtSchema, type DebtRow } from './domain/inputs.ts';
import { requestItem, standingItem, supplyItem, type RequestItem, type StandingItem, type SupplyItem } from './schemas.ts';
import { anyRunItem, type AnyRunItem, type RunItem } from './schemas-run-items.ts';

export const weekPk = (week: string): string => `WEEK#${week}`;
export const supplyKey = (week: string, ndc: string, doseNumber: number, channel: string, packDoses: number): Key => ({
  pk: weekPk(week),
  sk: `SUPPLY#${ndc}#${doseNumber}#${channel}#${packDoses}`,
});
export const standingKey = (siteId: string): Key => ({ pk: `SITE#${siteId}`, sk: 'STANDING' });
export const requestKey = (siteId: string, week: string, ndc: string, doseNumber: number): Key => ({
  pk: `SITE#${siteId}`,
  sk: `REQUEST#${week}#${ndc}#${doseNumber}`,
});
export const settlementKey = (week: string): { pk: 'SETTLEMENTS'; sk: string } => ({ pk: 'SETTLEMENTS', sk: week });
export const runKey = (runId: string): { pk: string; sk: 'RUN' } => ({ pk: `RUN#${runId}`, sk: 'RUN' });
/** Which run of a week is published, and how many answers its offers have had. Publishing is one conditional write of it. */
export const pointerItem = weekPointer.extend({ answers: z.int(), version: z.int() });
export type Pointer = z.infer<typeof pointerItem>;

/** What is owed after a week lies under `partsPk`. */
const settlementItem = z.object({ week: z.string(), runId: z.string(), partsPk: z.string(), pools: z.int(), debts: z.int() });

/** Rows that nobody reads one by one lie together, this many in an item (of at most 400 KB). */
export const rowsAnItem = 500;
export const debtRowsPart = z.object({ rows: z.array(debtSchema) });
const keysABatch = 100;

/** Access to the allocations table but for the parts of runs (store-runs.ts). */
export const makeStore = (dynamo: Dynamo, table: string, enrollmentTable: string, ordersTable: string) => ({
  site: (siteId: string) => getItem(dynamo, enrollmentTable, siteKey(siteId), siteItem),
  /** Sites by id, in no order; those that are not there are left out. */
  sites: (siteIds: readonly string[]) => readMany(dynamo, enrollmentTable, siteIds.map(siteKey), siteItem),
  supply: (week: string, page: PageRequest): Promise<Page<SupplyItem>> =>
    queryPage(dynamo, { table, pk: weekPk(week), sk: { beginsWith: 'SUPPLY#' }, consistent: true }, supplyItem, page),
  allSupply: (week: string) => collect(queryAll(dynamo, { table, pk: weekPk(week), sk: { beginsWith: 'SUPPLY#' }, consistent: true }, supplyItem)),
  supplyLine: (key: Key) => getItem(dynamo, table, key, supplyItem),
  standing: (siteId: string) => getItem(dynamo, table, standingKey(siteId), standingItem),
  standings: () => collect(queryAll(dynamo, { table, index: 'gsi1', pk: 'STANDINGS' }, standingItem)),
  request: (key: Key) => getItem(dynamo, table, key, requestItem),
  requests: (siteId: string, page: PageRequest): Promise<Page<RequestItem>> =>
    queryPage(dynamo, { table, pk: `SITE#${siteId}`, sk: { beginsWith: 'REQUEST#' }, newestFirst: true }, requestItem, page),
  requestsOfWeek: (week: string) => collect(queryAll(dynamo, { table, index: 'gsi1', pk: `REQUESTS#${week}` }, requestItem)),
  pointer: (week: string) => getItem(dynamo, table, pointerKey(week), pointerItem),
  award: (siteId: string, name: AwardName) => getItem(dynamo, table, awardKey(siteId, name), awardItem),
  awards: (siteId: string, page: PageRequest): Promise<Page<AwardItem>> =>
    queryPage(dynamo, { table, pk: `SITE#${siteId}`, sk: { beginsWith: 'AWARD#' }, newestFirst: true, consistent: true }, awardItem, page),
  awardsOfWeek: (week: string) => collect(queryAll(dynamo, { table, index: 'gsi1', pk: `AWARDS#${week}` }, awardItem)),
  run: (runId: string) => getItem(dynamo, table, runKey(runId), anyRunItem),
  /** A run that has inputs and awards; one that is still drafted, or was refused, has none. */
  sharedOut: async (runId: string): Promise<RunItem | undefined> => {
    const run = await getItem(dynamo, table, runKey(runId), anyRunItem);
    return run === undefined || run.state === 'drafting' || run.state === 'refused' ? undefined : run;
  },
  runsOfWeek: (week: string, page: PageRequest): Promise<Page<AnyRunItem>> =>
    queryPage(dynamo, { table, index: 'gsi1', pk: `RUNS#${week}`, newestFirst: true }, anyRunItem, page),
  settlement: (week: string) => getItem(dynamo, table, settlementKey(week), settlementItem),
  /** The last week that was settled. */
  lastSettlement: async () =>
    (await queryPage(dynamo, { table, pk: 'SETTLEMENTS', newestFirst: true, consistent: true }, settlementItem, { limit: 1 })).items[0],
  /** The last settled week before this one. */
  async settlementBefore(week: string) {
    const { items } = await queryPage(
      dynamo,
      { table, pk: 'SETTLEMENTS', sk: { between: ['0', `${week}\u0000`] }, newestFirst: true, consistent: true },
      settlementItem,
      { limit: 2 },
    );
    return items.find((settled) => settled.week < week);
  },
  /** Debts among the parts of a run, those it brought or those it left, or of a settlement. */
  debtRows: async (pk: string, name: 'BROUGHT' | 'DEBT'): Promise<DebtRow[]> =>
    (await collect(queryAll(dynamo, { table, pk, sk: { beginsWith: `${name}#` }, consistent: true }, debtRowsPart))).flatMap(({ rows }) => rows),
  /** The orders of awards, by award id, as they are now. Awards that were not ordered have none. */
  async ordersOf(awards: readonly AwardItem[]): Promise<Map<string, OrderItem>> {
    const orders = new Map<string, OrderItem>();
    let wanted = awards.map(({ siteId, awardId }): Key => orderKey(siteId, orderIdOfAward(siteId, awardId)));
    while (wanted.length > 0) {
      const { Responses = {}, UnprocessedKeys = {} } = await dynamo.send(
        new BatchGetCommand({ RequestItems: { [ordersTable]: { Keys: wanted.slice(0, keysABatch), ConsistentRead: true } } }),
      );
      for (const order of (Responses[ordersTable] ?? []).map((item) => orderItem.parse(item)))
        orders.set(`${order.siteId} ${order.awardId ?? ''}`, order);
      wanted = [...((UnprocessedKeys[ordersTable]?.Keys ?? []) as Key[]), ...wanted.slice(keysABatch)];
    }
    return orders;
  },

  createSupply: (item: SupplyItem, entry: HistoryEntry) =>
    commitCreation(dynamo, item, supplyItem, [createPut(table, item), historyPut(table, item, entry)]),
  /** Writes a thing's next version with its history; the first version is a creation. */
  save: (next: SupplyItem | StandingItem | RequestItem | AnyRunItem, entry: HistoryEntry, more: readonly TransactItem[] = []) =>
    commit(dynamo, [next.version === 1 ? createPut(table, next) : replacePut(table, next), historyPut(table, next, entry), ...more]),
  /**
   * For a transaction that lowers a supply line: what is published in its week is held in the same write, so that nothing more is
   * accepted or ordered of doses that are no longer there.
   */
  holdWeek: (week: string, pointer: Pointer | undefined, why: string): TransactItem =>
    pointer === undefined
      ? { ConditionCheck: { TableName: table, Key: pointerKey(week), ConditionExpression: 'attribute_not_exists(pk)' } }
      : {
          Update: {
            TableName: table,
            Key: pointerKey(week),
            UpdateExpression: 'SET held = :why',
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeValues: { ':why': why },
          },
        },
  /** Answers an offer of the published run: the answer and the week's count of answers are one write. */
  answer: (award: AwardItem, next: { state: string; acceptedDoses: number }, entry: HistoryEntry) =>
    commit(dynamo, [
      awardUpdate(table, award, next),
      {
        Update: {
          TableName: table,
          Key: pointerKey(award.week),
          UpdateExpression: 'ADD answers :one',
          ConditionExpression: next.state === 'declined' ? 'runId = :run' : 'runId = :run AND attribute_not_exists(held)',
          ExpressionAttributeValues: { ':one': 1, ':run': award.runId },
        },
      },
      historyPut(table, awardKey(award.siteId, award), entry),
    ]),
  /** Marks an award as ordered; doing it twice changes nothing. */
  async markOrdered(siteId: string, name: AwardName): Promise<void> {
    try {
      await dynamo.send(
        new UpdateCommand({
          TableName: table,
          Key: awardKey(siteId, name),
          UpdateExpression: 'SET #state = :ordered ADD #version :one',
          ConditionExpression: '#state IN (:accepted, :reduced)',
          ExpressionAttributeNames: { '#state': 'state', '#version': 'version' },
          ExpressionAttributeValues: { ':ordered': 'ordered', ':accepted': 'accepted', ':reduced': 'reduced', ':one': 1 },
        }),
      );
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
    }
  },
});
export type AllocationStore = ReturnType<typeof makeStore>;

const awardUpdate = (table: string, award: AwardItem, { state, acceptedDoses }: { state: string; acceptedDoses: number }): TransactItem => ({
  Update: {
    TableName: table,
    Key: awardKey(award.siteId, award),
    UpdateExpression: 'SET #state = :state, acceptedDoses = :doses ADD #version :one',
    ConditionExpression: '#state = :offered AND #version = :read',
    ExpressionAttributeNames: { '#state': 'state', '#version': 'version' },
    ExpressionAttributeValues: { ':state': state, ':doses': acceptedDoses, ':offered': 'offered', ':read': award.version, ':one': 1 },
  },
});

export const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};
