import type { HistoryEntry } from '../../shared/contracts/common.ts';
import { lotKey } from '../../shared/ledger/account.ts';
import { commit, getItem, queryAll, queryPage, type CommitOutcome, type Dynamo, type Page, type PageRequest } from '../../shared/platform/dynamo.ts';
import { commitCreation, createPut, historyPut, replacePut } from '../../shared/platform/entity.ts';
import { recallItem, recallKey, recallPartition, recallPrefix, type RecallItem } from './domain/recall.ts';

/** More makers have never shared a lot number. */
const maxRecallPages = 2;

/** Lots that DPH has recalled. */
export const makeRecallStore = (dynamo: Dynamo, table: string) => {
  /** Recalls of a lot of whatever maker, standing or lifted. */
  const ofLot = async (lot: string): Promise<RecallItem[]> => {
    const found: RecallItem[] = [];
    if (lotKey(lot) === '') return found;
    for await (const item of queryAll(dynamo, { table, pk: recallPartition, sk: { beginsWith: recallPrefix(lot) } }, recallItem, {
      maxPages: maxRecallPages,
    }))
      found.push(item);
    return found;
  };
  return {
    ofLot,
    recall: (recallId: string) => getItem(dynamo, table, recallKey(recallId), recallItem),
    recalls: (page: PageRequest): Promise<Page<RecallItem>> => queryPage(dynamo, { table, pk: recallPartition }, recallItem, page),
    create: (item: RecallItem, entry: HistoryEntry) =>
      commitCreation(dynamo, item, recallItem, [createPut(table, item), historyPut(table, item, entry)]),
    replace: (next: RecallItem, entry: HistoryEntry): Promise<CommitOutcome> =>
      commit(dynamo, [replacePut(table, next), historyPut(table, next, entry)]),
  };
};
export type RecallStore = ReturnType<typeof makeRecallStore>;
