import type { HistoryEntry } from '../../shared/contracts/common.ts';
import { entriesPartition, type AccountRef } from '../../shared/ledger/account.ts';
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
import { commitCreation, createPut, historyPut, replacePut } from '../../shared/platform/entity.ts';
import { excursionItem, heldItem, type ExcursionItem, type HeldItem } from './schemas.ts';

export const excursionKey = (siteId: string, excursionId: string): Key => ({ pk: `SITE#${siteId}`, sk: `EXCURSION#${excursionId}` });
/** What an excursion holds lies beside it, an item an account. */
export const heldKey = (siteId: string, excursionId: string, ref: AccountRef): Key => ({
  pk: `SITE#${siteId}`,
  sk: `HELD#${excursionId}#${entriesPartition(ref)}`,
});
export const byState = (state: ExcursionItem['state'], reportedAt: string, excursionId: string): { gsi1pk: string; gsi1sk: string } => ({
  gsi1pk: `EXCURSIONS#${state}`,
  gsi1sk: `${reportedAt}#${excursionId}`,
});

/** Access to the excursions of a site. */
export const makeExcursionStore = (dynamo: Dynamo, table: string) => ({
  excursion: (siteId: string, excursionId: string) => getItem(dynamo, table, excursionKey(siteId, excursionId), excursionItem),
  excursionsOf: (siteId: string, page: PageRequest): Promise<Page<ExcursionItem>> =>
    queryPage(dynamo, { table, pk: `SITE#${siteId}`, sk: { beginsWith: 'EXCURSION#' } }, excursionItem, page),
  excursionsInState: (state: ExcursionItem['state'], page: PageRequest): Promise<Page<ExcursionItem>> =>
    queryPage(dynamo, { table, index: 'gsi1', pk: `EXCURSIONS#${state}` }, excursionItem, page),
  createExcursion: (item: ExcursionItem, entry: HistoryEntry) =>
    commitCreation(dynamo, item, excursionItem, [createPut(table, item), historyPut(table, item, entry)]),
  replaceExcursion: (next: ExcursionItem, entry: HistoryEntry) => commit(dynamo, [replacePut(table, next), historyPut(table, next, entry)]),

  held: (siteId: string, excursionId: string, ref: AccountRef) => getItem(dynamo, table, heldKey(siteId, excursionId, ref), heldItem),
  allHeld: async (siteId: string, excursionId: string): Promise<HeldItem[]> => {
    const all: HeldItem[] = [];
    const query = { table, pk: `SITE#${siteId}`, sk: { beginsWith: `HELD#${excursionId}#` }, consistent: true };
    for await (const item of queryAll(dynamo, query, heldItem)) all.push(item);
    return all;
  },
  hold: (item: HeldItem): TransactItem => createPut(table, item),
  replaceHeld: (next: HeldItem): TransactItem => replacePut(table, next),
});
export type ExcursionStore = ReturnType<typeof makeExcursionStore>;
