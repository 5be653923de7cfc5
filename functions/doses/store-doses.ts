import type { z } from 'zod';
import { commit, getItem, queryAll, queryPage, type CommitOutcome, type Dynamo, type Page, type PageRequest, type TransactItem } from '../../shared/platform/dynamo.ts';
import { createPut, replacePut } from '../../shared/platform/entity.ts';
import {
  changeDayPartition, dayEntry, dayEntrySort, daySortPrefix, doseItem, dosePrefix, doseVersionItem, doseVersionKey, recordKey, reportDayPartition, shardOf,
  type DoseItem, type DoseVersionItem, type PersonItem,
} from '../../shared/published/dose.ts';
import { dosePartOf, listedSiteOf } from './domain/dose-facts.ts';
import { worklistItem, worklistPartition, type WorklistItem } from './domain/worklist.ts';

/** Far above the doses of any patient; guards against an endless read. */
const maxDosePages = 20;

/** The next version of a person over the one that was read: what makes every change of its doses one after the other. */
export const personBump = (table: string, person: Pick<PersonItem, 'pk' | 'sk' | 'version'>): TransactItem => ({
  Update: {
    TableName: table,
    Key: { pk: person.pk, sk: person.sk },
    UpdateExpression: 'SET #version = :next',
    ConditionExpression: '#version = :read',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':next': person.version + 1, ':read': person.version },
  },
});

/** A superseded head, listed by the day on which it was superseded. */
const superseded = (head: DoseItem, by: { at: string; actor: string; localDay: string }): DoseVersionItem => {
  const { gsi1pk: _, gsi1sk: __, ...rest } = head;
  const siteId = listedSiteOf(head);
  const part = dosePartOf(head);
  return {
    ...rest,
    ...doseVersionKey(head, head.version),
    type: 'dose-version',
    supersededAt: by.at,
    supersededBy: by.actor,
    gsi2pk: changeDayPartition(by.localDay, shardOf(siteId ?? part)),
    gsi2sk: `${dayEntrySort(siteId, by.at, part)}#${head.version}`,
  };
};

/** Doses in the doses table. Every write is one transaction with what else it moves. */
export const makeDoseStore = (dynamo: Dynamo, table: string) => {
  const worklistPuts = (items: readonly WorklistItem[]): TransactItem[] => items.map((Item) => ({ Put: { TableName: table, Item } }));
  return {
    dose: (key: { pk: string; sk: string }) => getItem(dynamo, table, key, doseItem),

    /** The doses of a record as they stand, without their former versions. */
    async heads(recordId: string): Promise<DoseItem[]> {
      const heads: DoseItem[] = [];
      const items = queryAll(dynamo, { table, pk: recordKey(recordId).pk, sk: { beginsWith: dosePrefix }, consistent: true }, doseItem.or(doseVersionItem), { maxPages: maxDosePages });
      for await (const item of items) if (item.type === 'dose') heads.push(item);
      return heads;
    },

    /** A new dose, what it moves and the next version of its person: one transaction. */
    add: (item: DoseItem, person: PersonItem, moves: readonly TransactItem[], worklist: readonly WorklistItem[]): Promise<CommitOutcome> =>
      commit(dynamo, [createPut(table, item), ...moves, ...worklistPuts(worklist), personBump(table, person)]),

    /** The next version of a dose; the one that was read is kept beside it. */
    replace: (
      next: DoseItem, head: DoseItem, person: PersonItem, by: { at: string; actor: string; localDay: string },
      moves: readonly TransactItem[], worklist: readonly WorklistItem[],
    ): Promise<CommitOutcome> =>
      commit(dynamo, [replacePut(table, next), createPut(table, superseded(head, by)), ...moves, ...worklistPuts(worklist), personBump(table, person)]),

    /** Doses of a site by the local day on which they were first reported. The index holds keys only, so each dose is read by itself. */
    async siteDay(siteId: string, localDay: string, page: PageRequest): Promise<Page<DoseItem>> {
      const listed = await queryPage(dynamo, { table, index: 'gsi2', pk: reportDayPartition(localDay, shardOf(siteId)), sk: { beginsWith: daySortPrefix(siteId) } }, dayEntry, page);
      const items = await Promise.all(listed.items.map((entry) => getItem(dynamo, table, { pk: entry.pk, sk: entry.sk }, doseItem, { consistent: false })));
      return { ...listed, items: items.filter((item) => item !== undefined) };
    },

    async worklist(siteId: string, page: PageRequest): Promise<Page<z.output<typeof worklistItem>>> {
      const listed = await queryPage(dynamo, { table, pk: worklistPartition(siteId) }, worklistItem, page);
      return { ...listed, items: listed.items.filter(({ state }) => state === 'open') };
    },
  };
};
export type DoseStore = ReturnType<typeof makeDoseStore>;
