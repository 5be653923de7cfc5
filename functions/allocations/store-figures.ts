import { addDays } from '../../shared/kernel/dates.ts';
import { accountPrefix, accountSchema, type Account } from '../../shared/ledger/account.ts';
import { commit, getItem, queryAll, queryPage, type Dynamo, type Key, type Page, type PageRequest } from '../../shared/platform/dynamo.ts';
import { commitCreation, createPut, historyPartition, historyPut, replacePut } from '../../shared/platform/entity.ts';
import type { HistoryEntry } from '../../shared/contracts/common.ts';
import { historyItem } from '../../shared/contracts/stored.ts';
import { awardItem, type AwardItem } from '../../shared/published/award.ts';
import { shipmentLineItem, shipmentLineStates, type ShipmentLineItem } from '../../shared/published/shipment-line.ts';
import {
  countedUpToItem,
  countedUpToKey,
  figuresPartition,
  figuresRange,
  figureRows,
  siteFiguresItem,
  type FigureRow,
} from '../../shared/published/site-figures.ts';
import { publishedTransfer, transfersPartition, type PublishedTransfer } from '../../shared/published/transfer.ts';
import { requestItem, type RequestItem } from './schemas.ts';
import {
  attestationItem, disputeItem, figureRulesItem, type AttestationItem, type DisputeItem, type FigureRulesItem,
} from './schemas-figures.ts';
import { collect } from './store.ts';

const attested = 'FIGURE#ATTESTED#';
const disputed = 'FIGURE#DISPUTE#';
export const attestationKey = (siteId: string, week: string): Key => ({ pk: `SITE#${siteId}`, sk: `${attested}${week}` });
export const disputeKey = (siteId: string, disputeId: string): Key => ({ pk: `SITE#${siteId}`, sk: `${disputed}${disputeId}` });
export const rulesKey: Key = { pk: 'RULES', sk: 'FIGURES' };
/** GSI1 lists disputes by state, the oldest first. */
export const byDisputeState = (state: string, raisedAt: string, disputeId: string): { gsi1pk: string; gsi1sk: string } => ({
  gsi1pk: `DISPUTES#${state}`,
  gsi1sk: `${raisedAt}#${disputeId}`,
});

export interface FigureTables {
  allocations: string;
  reports: string;
  inventory: string;
  shipments: string;
}

/** What figures about sites are worked out from: published items of reports, inventory and shipments, and what sites attest and dispute. */
export const makeFigureStore = (dynamo: Dynamo, { allocations, reports, inventory, shipments }: FigureTables) => ({
  /** Counts of a site's weeks, both ends included. `ALL` for all sites together. */
  rows: async (siteId: string, from: string, to: string): Promise<FigureRow[]> =>
    figureRows(
      await collect(
        queryAll(
          dynamo,
          { table: reports, pk: figuresPartition(siteId), sk: { between: figuresRange(from, to) }, consistent: true },
          siteFiguresItem,
        ),
      ),
    ),
  countedUpTo: async (): Promise<string | undefined> => (await getItem(dynamo, reports, countedUpToKey, countedUpToItem))?.asOf,
  accounts: (siteId: string): Promise<Account[]> =>
    collect(queryAll(dynamo, { table: inventory, pk: `SITE#${siteId}`, sk: { beginsWith: accountPrefix() }, consistent: true }, accountSchema)),
  /** Transfers to a site, whoever sent them. */
  transfersTo: (siteId: string): Promise<PublishedTransfer[]> => {
    const { pk, sk } = transfersPartition(siteId);
    return collect(queryAll(dynamo, { table: inventory, pk, sk: { beginsWith: sk }, consistent: true }, publishedTransfer));
  },
  shipmentsTo: (siteId: string): Promise<ShipmentLineItem[]> =>
    collect(queryAll(dynamo, { table: shipments, pk: `SITE#${siteId}`, sk: { beginsWith: 'LINE#' }, consistent: true }, shipmentLineItem)),
  /** Lines of federal accounts shipped between two days, both included, in whatever state they are. */
  async federalLines(from: string, to: string): Promise<ShipmentLineItem[]> {
    const range = [from, `${to}#~`] as const;
    const states = await Promise.all(
      shipmentLineStates.map((state) =>
        collect(queryAll(dynamo, { table: shipments, index: 'gsi1', pk: `LINES#federal#${state}`, sk: { between: range } }, shipmentLineItem)),
      ),
    );
    return states.flat();
  },

  requestsAt: (siteId: string, week: string): Promise<RequestItem[]> =>
    collect(queryAll(dynamo, { table: allocations, pk: `SITE#${siteId}`, sk: { beginsWith: `REQUEST#${week}#` }, consistent: true }, requestItem)),
  /** Awards of a site, of weeks from one to another, both included, in whatever state. */
  awardsBetween: (siteId: string, from: string, to: string): Promise<AwardItem[]> =>
    collect(
      queryAll(
        dynamo,
        { table: allocations, pk: `SITE#${siteId}`, sk: { between: [`AWARD#${from}`, `AWARD#${addDays(to, 1)}`] }, consistent: true },
        awardItem,
      ),
    ),
  /** Awards of a site from a week on, and what it attested and disputed: neighbours in its partition, so one read. */
  async own(siteId: string, from: string): Promise<{ awards: AwardItem[]; attested: AttestationItem[]; disputes: DisputeItem[] }> {
    const query = { table: allocations, pk: `SITE#${siteId}`, sk: { between: [`AWARD#${from}`, 'FIGURE#~'] as const }, consistent: true };
    const items = await collect(queryAll(dynamo, query, awardItem.or(attestationItem).or(disputeItem)));
    return {
      awards: items.filter((item) => item.type === 'award'),
      attested: items.filter((item) => item.type === 'attestation'),
      disputes: items.filter((item) => item.type === 'dispute'),
    };
  },
  attestation: (siteId: string, week: string) => getItem(dynamo, allocations, attestationKey(siteId, week), attestationItem),
  attestations: (siteId: string, page: PageRequest): Promise<Page<AttestationItem>> =>
    queryPage(dynamo, { table: allocations, pk: `SITE#${siteId}`, sk: { beginsWith: attested }, newestFirst: true }, attestationItem, page),
  dispute: (siteId: string, disputeId: string) => getItem(dynamo, allocations, disputeKey(siteId, disputeId), disputeItem),
  disputes: (siteId: string, page: PageRequest): Promise<Page<DisputeItem>> =>
    queryPage(dynamo, { table: allocations, pk: `SITE#${siteId}`, sk: { beginsWith: disputed } }, disputeItem, page),
  /** Who did what to a dispute, the first first. */
  disputeHistory: (siteId: string, disputeId: string, page: PageRequest): Promise<Page<HistoryEntry>> =>
    queryPage(dynamo, { table: allocations, pk: historyPartition(disputeKey(siteId, disputeId)) }, historyItem, page),
  disputesIn: (state: string, page: PageRequest): Promise<Page<DisputeItem>> =>
    queryPage(dynamo, { table: allocations, index: 'gsi1', pk: `DISPUTES#${state}` }, disputeItem, page),
  rules: () => getItem(dynamo, allocations, rulesKey, figureRulesItem),

  createDispute: (item: DisputeItem, entry: HistoryEntry) =>
    commitCreation(dynamo, item, disputeItem, [createPut(allocations, item), historyPut(allocations, item, entry)]),
  /** Writes a thing's next version with its history; the first version is a creation. */
  save: (next: AttestationItem | DisputeItem | FigureRulesItem, entry: HistoryEntry) =>
    commit(dynamo, [next.version === 1 ? createPut(allocations, next) : replacePut(allocations, next), historyPut(allocations, next, entry)]),
});
export type FigureStore = ReturnType<typeof makeFigureStore>;
