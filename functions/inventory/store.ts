import { accountKey, accountPrefix, accountSchema, entriesPartition, type Account, type AccountRef } from '../../shared/ledger/account.ts';
import { entryKey } from '../../shared/ledger/items.ts';
import { makePostMovements, viewKeys, viewOf } from '../../shared/ledger/post-movements.ts';
import { entrySchema, type LedgerEntry } from '../../shared/ledger/movement.ts';
import { commit, getItem, queryPage, readTogether, type Dynamo, type Key, type Page, type PageRequest, type TransactItem } from '../../shared/platform/dynamo.ts';
import { createPut, replacePut } from '../../shared/platform/entity.ts';
import { siteItem, siteKey } from '../../shared/published/site.ts';
import { transferItem, type TransferItem } from './schemas.ts';

/** A transfer lies with its receiver, who counts it. */
export const transferKey = (toSiteId: string, transferId: string): Key => ({ pk: `SITE#${toSiteId}`, sk: `TRANSFER#${transferId}` });

/** Access to the ledger table of inventory, and to the published sites of enrollment. */
export const makeStore = (dynamo: Dynamo, table: string, enrollmentTable: string) => {
  const post = makePostMovements<TransactItem>({
    table,
    store: {
      read: async (postings) => viewOf(postings, await readTogether(dynamo, table, viewKeys(postings))),
      commit: (items) => commit(dynamo, items),
    },
  });
  return {
    post,
    account: (ref: AccountRef) => getItem(dynamo, table, accountKey(ref), accountSchema),
    entry: (ref: AccountRef, key: string) => getItem(dynamo, table, entryKey(ref, key), entrySchema),
    site: (siteId: string) => getItem(dynamo, enrollmentTable, siteKey(siteId), siteItem),
    accounts: (siteId: string, page: PageRequest): Promise<Page<Account>> =>
      queryPage(dynamo, { table, pk: `SITE#${siteId}`, sk: { beginsWith: accountPrefix() }, consistent: true }, accountSchema, page),
    entries: (ref: AccountRef, page: PageRequest): Promise<Page<LedgerEntry>> =>
      queryPage(dynamo, { table, pk: entriesPartition(ref), consistent: true }, entrySchema, page),
    transfer: (toSiteId: string, transferId: string) => getItem(dynamo, table, transferKey(toSiteId, transferId), transferItem),
    transfers: (toSiteId: string, page: PageRequest): Promise<Page<TransferItem>> =>
      queryPage(dynamo, { table, pk: `SITE#${toSiteId}`, sk: { beginsWith: 'TRANSFER#' } }, transferItem, page),
    createTransfer: (item: TransferItem): TransactItem => createPut(table, item),
    replaceTransfer: (next: TransferItem): TransactItem => replacePut(table, next),
  };
};
export type InventoryStore = ReturnType<typeof makeStore>;
