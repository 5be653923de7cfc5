import { z } from 'zod';
import { accountKey, accountPrefix, accountSchema, entriesPartition, type Account, type AccountRef } from '../../shared/ledger/account.ts';
import { entryKey } from '../../shared/ledger/items.ts';
import { makePostMovements, viewKeys, viewOf } from '../../shared/ledger/post-movements.ts';
import { entrySchema, type LedgerEntry } from '../../shared/ledger/movement.ts';
import {
  commit,
  getItem,
  queryAll,
  queryPage,
  readTogether,
  type Dynamo,
  type Key,
  type Page,
  type PageRequest,
  type TransactItem,
} from '../../shared/platform/dynamo.ts';
import { createPut, replacePut } from '../../shared/platform/entity.ts';
import { awardItem, awardKey, type AwardItem, type AwardName } from '../../shared/published/award.ts';
import { siteItem, siteKey } from '../../shared/published/site.ts';
import { publishedTransfer, transfersPartition, type PublishedTransfer } from '../../shared/published/transfer.ts';
import { transferItem, type TransferItem } from './schemas.ts';

/** A transfer lies with its receiver, who counts it. */
export const transferKey = (toSiteId: string, transferId: string): Key => ({ pk: `SITE#${toSiteId}`, sk: `TRANSFER#${transferId}` });

/** Written by every transfer that fulfils an award by the vial, so that two at once cannot send more than is due together. */
const vialLockKey = (toSiteId: string, awardId: string): Key => ({ pk: `SITE#${toSiteId}`, sk: `VIALS#${awardId}` });
const vialLock = z.object({ version: z.int() });
/** Awards that are looked through for the one that was meant: those of the last weeks. */
const awardsLookedThrough = 50;

export interface InventoryTables {
  readonly inventory: string;
  readonly enrollment: string;
  readonly allocations: string;
}

/** Access to the ledger table of inventory, to the published sites of enrollment, and to awards that a transfer names. */
export const makeStore = (dynamo: Dynamo, { inventory: table, enrollment, allocations }: InventoryTables) => {
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
    site: (siteId: string) => getItem(dynamo, enrollment, siteKey(siteId), siteItem),
    accounts: (siteId: string, page: PageRequest): Promise<Page<Account>> =>
      queryPage(dynamo, { table, pk: `SITE#${siteId}`, sk: { beginsWith: accountPrefix() }, consistent: true }, accountSchema, page),
    entries: (ref: AccountRef, page: PageRequest): Promise<Page<LedgerEntry>> =>
      queryPage(dynamo, { table, pk: entriesPartition(ref), consistent: true }, entrySchema, page),
    transfer: (toSiteId: string, transferId: string) => getItem(dynamo, table, transferKey(toSiteId, transferId), transferItem),
    transfers: (toSiteId: string, page: PageRequest): Promise<Page<TransferItem>> =>
      queryPage(dynamo, { table, pk: `SITE#${toSiteId}`, sk: { beginsWith: 'TRANSFER#' } }, transferItem, page),
    transfersOf: async (toSiteId: string): Promise<PublishedTransfer[]> => {
      const { pk, sk } = transfersPartition(toSiteId);
      const found: PublishedTransfer[] = [];
      for await (const transfer of queryAll(dynamo, { table, pk, sk: { beginsWith: sk }, consistent: true }, publishedTransfer)) found.push(transfer);
      return found;
    },
    award: (siteId: string, name: AwardName) => getItem(dynamo, allocations, awardKey(siteId, name), awardItem),
    /** The newest awards of a site. */
    awardsTo: async (siteId: string): Promise<AwardItem[]> =>
      (
        await queryPage(dynamo, { table: allocations, pk: `SITE#${siteId}`, sk: { beginsWith: 'AWARD#' }, newestFirst: true }, awardItem, {
          limit: awardsLookedThrough,
        })
      ).items,
    /** How often doses were sent for an award by the vial. */
    vialLock: async (toSiteId: string, awardId: string): Promise<number> =>
      (await getItem(dynamo, table, vialLockKey(toSiteId, awardId), vialLock))?.version ?? 0,
    takeVialLock: (toSiteId: string, awardId: string, read: number): TransactItem => {
      const item = { ...vialLockKey(toSiteId, awardId), type: 'vial-lock', schema: 1, version: read + 1 };
      return read === 0 ? createPut(table, item) : replacePut(table, item);
    },
    createTransfer: (item: TransferItem): TransactItem => createPut(table, item),
    replaceTransfer: (next: TransferItem): TransactItem => replacePut(table, next),
  };
};
export type InventoryStore = ReturnType<typeof makeStore>;
