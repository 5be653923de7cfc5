import { readMany } from '../../shared/platform/batch-get.ts';
import {
  commit,
  getItem,
  queryPage,
  type CommitOutcome,
  type Dynamo,
  type Page,
  type PageRequest,
  type TransactItem,
} from '../../shared/platform/dynamo.ts';
import { createPut, replacePut } from '../../shared/platform/entity.ts';
import { changeDayPartition, dayEntrySort, personKey, recordIdOf, recordKey, shardOf } from '../../shared/published/dose-keys.ts';
import { personItem, recordItem, type PersonItem, type RecordItem } from '../../shared/published/person.ts';
import { blockItem, blockKey, type BlockItem } from './domain/match/block.ts';
import { openLists } from './domain/open-list.ts';
import { listOpen } from './list-open.ts';
import type { MatchKey } from './domain/match-keys.ts';
import { listedReview, reviewItem, reviewPartition, type ReviewItem } from './domain/persons/review.ts';

/** Records that are read for one question, those first that share most keys: one BatchGet. */
const maxCandidates = 100;

/** A person that has a record under a key. */
export interface KeyHolder {
  readonly key: MatchKey;
  readonly personId: string;
}

/** Merges of what was merged before; guards against an endless walk. */
const maxMergeHops = 20;

/** A record as it is to be stored, and what else that takes. */
export interface RecordWrite {
  readonly record: RecordItem;
  /** The record it replaces; undefined for a new one. */
  readonly before: RecordItem | undefined;
  readonly person: PersonItem;
  readonly isNewPerson: boolean;
  /** Blocks that the record comes into, as they are to be; refused when anybody wrote one of them since it was read. */
  readonly blocks: readonly BlockItem[];
  readonly review: ReviewItem | undefined;
  /** Local day of the write: under it the record that was replaced is listed. */
  readonly localDay: string;
}

/** Records, persons and the keys by which they are found. */
export const makePersonStore = (dynamo: Dynamo, table: string) => {
  const record = (recordId: string): Promise<RecordItem | undefined> => getItem(dynamo, table, recordKey(recordId), recordItem);
  const person = (personId: string): Promise<PersonItem | undefined> => getItem(dynamo, table, personKey(personId), personItem);

  /** The person that an id stands for now: itself, or the one it was merged into. */
  const standing = async (personId: string): Promise<PersonItem | undefined> => {
    let found = await person(personId);
    for (let hops = 0; found?.mergedInto !== undefined; hops += 1) {
      if (hops === maxMergeHops) throw new Error('Persons were merged in a circle');
      found = await person(found.mergedInto);
    }
    return found;
  };

  /** Blocks by hash; those that nobody is in yet are left out. */
  const blocksOf = async (hashes: readonly string[]): Promise<Map<string, BlockItem>> => {
    const items = await readMany(dynamo, table, [...new Set(hashes)].map(blockKey), blockItem);
    return new Map(items.map((item) => [item.pk.slice(blockKey('').pk.length), item]));
  };

  /** A superseded record stays beside the one that stands, listed by the day on which it was superseded. */
  const former = (before: RecordItem, at: string, localDay: string): TransactItem =>
    createPut(table, {
      ...before,
      sk: `RECORD#V#${String(before.version).padStart(6, '0')}`,
      gsi2pk: changeDayPartition(localDay, shardOf(before.recordId)),
      gsi2sk: `${dayEntrySort(undefined, at, before.recordId)}#${before.version}`,
    });

  return {
    record,
    person,
    recordOf: (dose: { pk: string }) => record(recordIdOf(dose)),
    async personOfRecord(recordId: string): Promise<PersonItem | undefined> {
      const found = await record(recordId);
      return found === undefined ? undefined : person(found.personId);
    },
    standing,
    /** The blocks of these keys, and the records in them but one. */
    async inBlocks(hashes: readonly string[], butRecordId?: string): Promise<{ blocks: ReadonlyMap<string, BlockItem>; records: RecordItem[] }> {
      const blocks = await blocksOf(hashes);
      const shared = new Map<string, number>();
      for (const { recordIds } of blocks.values()) for (const recordId of recordIds) shared.set(recordId, (shared.get(recordId) ?? 0) + 1);
      const asked = [...shared]
        .filter(([recordId]) => recordId !== butRecordId)
        .sort(([, one], [, other]) => other - one)
        .slice(0, maxCandidates);
      return {
        blocks,
        records: await readMany(
          dynamo,
          table,
          asked.map(([recordId]) => recordKey(recordId)),
          recordItem,
        ),
      };
    },
    /** Whom these keys lead to now: the persons of the records under them. */
    async holders(keys: readonly MatchKey[]): Promise<KeyHolder[]> {
      const blocks = await blocksOf(keys.map(({ hash }) => hash));
      const recordIds = [...new Set([...blocks.values()].flatMap((block) => block.recordIds))].slice(0, maxCandidates);
      const records = await readMany(dynamo, table, recordIds.map(recordKey), recordItem);
      const personOf = new Map(records.map(({ recordId, personId }) => [recordId, personId]));
      return keys.flatMap((key) => {
        const holders = new Set((blocks.get(key.hash)?.recordIds ?? []).flatMap((recordId) => personOf.get(recordId) ?? []));
        return [...holders].map((personId) => ({ key, personId }));
      });
    },
    /** Persons with all their records, in two reads; records that were just read need not be read again. */
    async withRecords(personIds: readonly string[], known: readonly RecordItem[]): Promise<{ persons: PersonItem[]; records: RecordItem[] }> {
      const persons = await readMany(dynamo, table, personIds.map(personKey), personItem);
      const wanted = new Set(persons.flatMap(({ recordIds }) => recordIds));
      const at = known.filter(({ recordId }) => wanted.has(recordId));
      for (const { recordId } of at) wanted.delete(recordId);
      return { persons, records: [...at, ...(await readMany(dynamo, table, [...wanted].map(recordKey), recordItem))] };
    },
    async recordsOf(personId: string): Promise<{ person: PersonItem; records: RecordItem[] } | undefined> {
      const found = await person(personId);
      if (found === undefined) return undefined;
      return { person: found, records: await readMany(dynamo, table, found.recordIds.map(recordKey), recordItem) };
    },
    /** Writes a record, its link and its blocks: one transaction over the versions that were read. */
    write: ({ record: next, before, person: owner, isNewPerson, blocks, review, localDay }: RecordWrite): Promise<CommitOutcome> =>
      commit(dynamo, [
        ...(before === undefined ? [createPut(table, next)] : [replacePut(table, next), former(before, next.updatedAt, localDay)]),
        isNewPerson ? createPut(table, owner) : replacePut(table, owner),
        ...blocks.map((block) => (block.version === 1 ? createPut(table, block) : replacePut(table, block))),
        ...(review === undefined ? [] : [{ Put: { TableName: table, Item: listedReview(review) } }]),
      ]),
    reviews: (openedOn: string, page: PageRequest): Promise<Page<ReviewItem>> =>
      queryPage(dynamo, { table, pk: reviewPartition(openedOn) }, reviewItem, page),
    /** Every question that waits, of whatever day, the oldest first. */
    async openReviews(page: PageRequest): Promise<Page<ReviewItem>> {
      const listed = await listOpen(dynamo, table, openLists.reviews, reviewItem, page);
      return { ...listed, items: listed.items.filter(({ state }) => state === 'open' || state === 'later') };
    },
  };
};
export type PersonStore = ReturnType<typeof makePersonStore>;
