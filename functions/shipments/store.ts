import { z } from 'zod';
import type { HistoryEntry } from '../../shared/contracts/common.ts';
import { historyItem } from '../../shared/contracts/stored.ts';
import { accountKey, accountPrefix, accountSchema, type Account, type AccountRef } from '../../shared/ledger/account.ts';
import { makePostMovements, viewKeys, viewOf } from '../../shared/ledger/post-movements.ts';
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
import { createPut, historyPartition, historyPut, replacePut } from '../../shared/platform/entity.ts';
import {
  shipmentLineItem,
  shipmentLineKey,
  type ShipmentLineItem,
  type ShipmentLineState,
  type SupplyKind,
} from '../../shared/published/shipment-line.ts';
import { siteAliasItem, siteAliasKey, siteItem, siteKey } from '../../shared/published/site.ts';
import { lineKeyItem, type LineKeyItem } from './schemas.ts';

export const lineKeyKey = (lineId: string): Key => ({ pk: `LINEKEY#${lineId}`, sk: 'KEY' });

/** GSI1 lists lines by whose supply they are and their state, by the day they were shipped. */
export const byState = (
  supply: SupplyKind,
  state: ShipmentLineState,
  shippedOn: string | undefined,
  lineId: string,
): { gsi1pk: string; gsi1sk: string } => ({
  gsi1pk: `LINES#${supply}#${state}`,
  gsi1sk: `${shippedOn ?? ''}#${lineId}`,
});
export const inWorklist = (lineId: string): { gsi1pk: string; gsi1sk: string } => ({ gsi1pk: 'UNASSIGNED', gsi1sk: lineId });

const federalHolderItem = z.object({ holderId: z.string(), awardee: z.string() });
export type FederalHolder = z.infer<typeof federalHolderItem>;

export interface Tables {
  shipments: string;
  inventory: string;
  enrollment: string;
}

/** Access to the shipments table, to the ledger's accounts and to the sites that enrollment published. */
export const makeStore = (dynamo: Dynamo, { shipments, inventory, enrollment }: Tables) => {
  const post = makePostMovements<TransactItem>({
    table: inventory,
    store: {
      read: async (postings) => viewOf(postings, await readTogether(dynamo, inventory, viewKeys(postings))),
      commit: (items) => commit(dynamo, items),
    },
  });
  return {
    /** Posts movements with the items of their cause in one transaction. */
    post,
    account: (ref: AccountRef) => getItem(dynamo, inventory, accountKey(ref), accountSchema),
    accountsOf: (holderId: string): AsyncGenerator<Account> =>
      queryAll(dynamo, { table: inventory, pk: `SITE#${holderId}`, sk: { beginsWith: accountPrefix() }, consistent: true }, accountSchema),

    site: (siteId: string) => getItem(dynamo, enrollment, siteKey(siteId), siteItem),
    siteIdOf: async (kind: 'name' | 'pin', text: string): Promise<string | undefined> =>
      (await getItem(dynamo, enrollment, siteAliasKey(kind, text), siteAliasItem))?.siteId,

    line: (holderId: string, lineId: string) => getItem(dynamo, shipments, shipmentLineKey(holderId, lineId), shipmentLineItem),
    lineKey: (lineId: string) => getItem(dynamo, shipments, lineKeyKey(lineId), lineKeyItem),
    linesOf: (holderId: string, page: PageRequest): Promise<Page<ShipmentLineItem>> =>
      queryPage(dynamo, { table: shipments, pk: `SITE#${holderId}`, sk: { beginsWith: 'LINE#' } }, shipmentLineItem, page),
    linesInState: (supply: SupplyKind, state: ShipmentLineState, page: PageRequest): Promise<Page<ShipmentLineItem>> =>
      queryPage(dynamo, { table: shipments, index: 'gsi1', pk: `LINES#${supply}#${state}` }, shipmentLineItem, page),
    unassigned: (page: PageRequest): Promise<Page<LineKeyItem>> =>
      queryPage(dynamo, { table: shipments, index: 'gsi1', pk: 'UNASSIGNED' }, lineKeyItem, page),
    history: (of: Key, page: PageRequest): Promise<Page<HistoryEntry>> =>
      queryPage(dynamo, { table: shipments, pk: historyPartition(of) }, historyItem, page),

    create: (item: ShipmentLineItem | LineKeyItem): TransactItem => createPut(shipments, item),
    replace: (next: ShipmentLineItem | LineKeyItem): TransactItem => replacePut(shipments, next),
    entry: (of: Key, entry: HistoryEntry): TransactItem => historyPut(shipments, of, entry),
    commit: (items: readonly TransactItem[]) => commit(dynamo, items),

    federalHolders: (page: PageRequest): Promise<Page<FederalHolder>> =>
      queryPage(dynamo, { table: shipments, pk: 'FEDERAL' }, federalHolderItem, page),
    /** Remembers who holds federal doses, and by which awardee they first came; said again it changes nothing. */
    rememberHolder: ({ holderId, awardee }: FederalHolder) =>
      commit(dynamo, [
        {
          Put: {
            TableName: shipments,
            Item: { pk: 'FEDERAL', sk: holderId, type: 'federal-holder', schema: 1, holderId, awardee },
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
      ]),
  };
};
export type ShipmentsStore = ReturnType<typeof makeStore>;
