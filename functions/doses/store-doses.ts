import { readMany } from '../../shared/platform/batch-get.ts';
import {
  commit,
  getItem,
  queryAll,
  queryPage,
  type CommitOutcome,
  type Dynamo,
  type Key,
  type Page,
  type PageRequest,
  type TransactItem,
} from '../../shared/platform/dynamo.ts';
import { createPut, replacePut } from '../../shared/platform/entity.ts';
import { dayEntry, doseItem, doseVersionItem, type DoseItem, type DoseVersionItem } from '../../shared/published/dose.ts';
import {
  changeDayPartition,
  dayEntrySort,
  daySortPrefix,
  doseIdOf,
  doseKey,
  dosePrefix,
  doseVersionKey,
  personKey,
  recordIdOf,
  recordKey,
  reportDayPartition,
  shardOf,
} from '../../shared/published/dose-keys.ts';
import { personItem, recordItem, type PersonItem } from '../../shared/published/person.ts';
import { dosePartOf, listedSiteOf } from './domain/dose-facts.ts';
import { doseReviewItem, listedDoseReview, type DoseReviewItem } from './domain/dose-review.ts';
import type { LotAccountItem } from './domain/lot-index.ts';
import { openLists, openWorklist } from './domain/open-list.ts';
import { isOptedOut } from './domain/persons/hidden.ts';
import { fromDose, listedWork, worklistItem, type WorklistItem } from './domain/worklist.ts';
import { listOpen } from './list-open.ts';

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

/** Keys of doses, each once: a dose may wait for two answers, and a batch takes no key twice. */
const distinctKeys = (doseIds: readonly string[]): Key[] => [...new Set(doseIds)].flatMap((doseId) => doseKey(doseId) ?? []);

const owned = recordItem.pick({ recordId: true, personId: true });
const choice = personItem.pick({ personId: true, optOut: true });

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

/** A dose as it is to stand; without `head` it is new. */
export interface DoseChange {
  readonly next: DoseItem;
  readonly head?: DoseItem | undefined;
}
/** Entries of worklists that open or close with a write, and accounts from which a lot is given for the first time. */
export type ListItem = WorklistItem | DoseReviewItem | LotAccountItem;

/** Doses in the doses table. Every write is one transaction with what else it moves. */
export const makeDoseStore = (dynamo: Dynamo, table: string) => {
  const heads = async (recordId: string): Promise<DoseItem[]> => {
    const found: DoseItem[] = [];
    const items = queryAll(
      dynamo,
      { table, pk: recordKey(recordId).pk, sk: { beginsWith: dosePrefix }, consistent: true },
      doseItem.or(doseVersionItem),
      { maxPages: maxDosePages },
    );
    for await (const item of items) if (item.type === 'dose') found.push(item);
    return found;
  };
  /** Those that a site may be shown: of somebody who opted out there is no dose to anybody, and with the end of the opt-out it is there again (HL7-98). */
  const shown = async (doses: readonly DoseItem[]): Promise<DoseItem[]> => {
    const records = await readMany(dynamo, table, [...new Set(doses.map(recordIdOf))].map(recordKey), owned);
    const persons = await readMany(dynamo, table, [...new Set(records.map(({ personId }) => personId))].map(personKey), choice);
    const out = new Set(persons.filter(isOptedOut).map(({ personId }) => personId));
    const hidden = new Set(records.filter(({ personId }) => out.has(personId)).map(({ recordId }) => recordId));
    return doses.filter((dose) => !hidden.has(recordIdOf(dose)));
  };
  return {
    dose: (key: { pk: string; sk: string }) => getItem(dynamo, table, key, doseItem),

    /** The doses of a record as they stand, without their former versions. */
    heads,

    /** Every dose of a person as it stands, of all its records. Read after the person, whose version then guards what was seen. */
    async ofPerson({ recordIds }: Pick<PersonItem, 'recordIds'>): Promise<DoseItem[]> {
      return (await Promise.all(recordIds.map(heads))).flat();
    },

    /** Doses of one person, new or over the versions that were read, what they move, and the next version of the person: one transaction. */
    write: (
      changes: readonly DoseChange[],
      person: PersonItem,
      by: { at: string; actor: string; localDay: string },
      moves: readonly TransactItem[],
      lists: readonly ListItem[],
    ): Promise<CommitOutcome> =>
      commit(dynamo, [
        ...changes.flatMap(({ next, head }) =>
          head === undefined ? [createPut(table, next)] : [replacePut(table, next), createPut(table, superseded(head, by))],
        ),
        ...moves,
        ...lists.map((item) => ({
          Put: { TableName: table, Item: item.type === 'dose-review' ? listedDoseReview(item) : item.type === 'worklist' ? listedWork(item) : item },
        })),
        personBump(table, person),
      ]),

    /** Doses of a site by the local day on which they were first reported. The index holds keys only, so each dose is read by itself. */
    async siteDay(siteId: string, localDay: string, page: PageRequest): Promise<Page<DoseItem>> {
      const listed = await queryPage(
        dynamo,
        { table, index: 'gsi2', pk: reportDayPartition(localDay, shardOf(siteId)), sk: { beginsWith: daySortPrefix(siteId) } },
        dayEntry,
        page,
      );
      const items = await Promise.all(
        listed.items.map((entry) => getItem(dynamo, table, { pk: entry.pk, sk: entry.sk }, doseItem, { consistent: false })),
      );
      return { ...listed, items: await shown(items.filter((item) => item !== undefined)) };
    },

    /** Pairs of reports that wait for a person, the oldest question first. */
    async reviews(page: PageRequest): Promise<Page<DoseReviewItem>> {
      const listed = await listOpen(dynamo, table, openLists.doseReviews, doseReviewItem, page);
      return { ...listed, items: listed.items.filter(({ state }) => state === 'open') };
    },

    /** Doses that wait for the people of a site or of an organization, the one told first before all, each with what only its dose holds. */
    async worklist(owner: string, page: PageRequest): Promise<Page<WorklistItem & { id?: string; facility?: string; version?: number }>> {
      const listed = await listOpen(dynamo, table, openWorklist(owner), worklistItem, page);
      const open = listed.items.filter(({ state }) => state === 'open');
      const told = await readMany(dynamo, table, distinctKeys(open.map(({ doseId }) => doseId)), doseItem);
      const byId = new Map((await shown(told)).map((dose) => [doseIdOf(dose), dose]));
      return { ...listed, items: open.flatMap((item) => (byId.has(item.doseId) ? [{ ...item, ...fromDose(byId.get(item.doseId)) }] : [])) };
    },
  };
};
export type DoseStore = ReturnType<typeof makeDoseStore>;
