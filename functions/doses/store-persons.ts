import { z } from 'zod';
import { commit, getItem, queryPage, type CommitOutcome, type Dynamo, type Page, type PageRequest, type TransactItem } from '../../shared/platform/dynamo.ts';
import { createPut, replacePut } from '../../shared/platform/entity.ts';
import {
  changeDayPartition, dayEntrySort, personItem, personKey, recordIdOf, recordItem, recordKey, shardOf, type PersonItem, type RecordItem,
} from '../../shared/published/dose.ts';
import type { MatchKey } from './domain/match-keys.ts';
import { reviewItem, reviewPartition, type ReviewItem } from './domain/persons/review.ts';
import type { KeyHolder } from './domain/identity.ts';

const keyKey = (hash: string): { pk: string; sk: 'KEY' } => ({ pk: `KEY#${hash}`, sk: 'KEY' });
const keyItem = z.object({ pk: z.string(), sk: z.literal('KEY'), type: z.literal('key'), schema: z.literal(1), personId: z.string() });


/** Merges of what was merged before; guards against an endless walk. */
const maxMergeHops = 20;

/** A record as it is to be stored, and what else that takes. */
export interface RecordWrite {
  readonly record: RecordItem;
  /** The record it replaces; undefined for a new one. */
  readonly before: RecordItem | undefined;
  readonly person: PersonItem;
  readonly isNewPerson: boolean;
  /** Keys that nobody holds yet: claimed for the person, or the write is refused. */
  readonly claims: readonly string[];
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

  /** Puts a key for a person: refused when another writer was first, which is how two senders at once make one person. */
  const claim = (hash: string, personId: string): TransactItem => ({
    Put: { TableName: table, Item: { ...keyKey(hash), type: 'key', schema: 1, personId }, ConditionExpression: 'attribute_not_exists(pk)' },
  });

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
    /** Whom these keys lead to now: a key of a person that was merged into another leads on to that one. */
    async holders(keys: readonly MatchKey[]): Promise<KeyHolder[]> {
      const items = await Promise.all(keys.map(({ hash }) => getItem(dynamo, table, keyKey(hash), keyItem)));
      const owners = [...new Set(items.flatMap((item) => item?.personId ?? []))];
      const now = new Map(await Promise.all(owners.map(async (id) => [id, (await standing(id))?.personId] as const)));
      return keys.flatMap((key, at) => {
        const personId = now.get(items[at]?.personId ?? '');
        return personId === undefined ? [] : [{ key, personId }];
      });
    },
    async recordsOf(personId: string): Promise<{ person: PersonItem; records: RecordItem[] } | undefined> {
      const found = await person(personId);
      if (found === undefined) return undefined;
      const records = await Promise.all(found.recordIds.map(record));
      return { person: found, records: records.filter((item) => item !== undefined) };
    },
    /** Writes a record, its link and its keys: one transaction over the versions that were read. */
    write: ({ record: next, before, person: owner, isNewPerson, claims, review, localDay }: RecordWrite): Promise<CommitOutcome> =>
      commit(dynamo, [
        ...(before === undefined ? [createPut(table, next)] : [replacePut(table, next), former(before, next.updatedAt, localDay)]),
        isNewPerson ? createPut(table, owner) : replacePut(table, owner),
        ...claims.map((hash) => claim(hash, owner.personId)),
        ...(review === undefined ? [] : [{ Put: { TableName: table, Item: review } }]),
      ]),
    reviews: (openedOn: string, page: PageRequest): Promise<Page<ReviewItem>> => queryPage(dynamo, { table, pk: reviewPartition(openedOn) }, reviewItem, page),
  };
};
export type PersonStore = ReturnType<typeof makePersonStore>;
