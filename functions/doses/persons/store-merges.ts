import type { z } from 'zod';
import { historyItem } from '../../../shared/contracts/stored.ts';
import type { HistoryEntry } from '../../../shared/contracts/common.ts';
import { readMany } from '../../../shared/platform/batch-get.ts';
import { commit, getItem, queryPage, type CommitOutcome, type Dynamo, type TransactItem } from '../../../shared/platform/dynamo.ts';
import { createPut, historyPartition, historyPut, replacePut } from '../../../shared/platform/entity.ts';
import { changeDayPartition, dayEntrySort, personKey, recordKey, shardOf } from '../../../shared/published/dose-keys.ts';
import { personItem, recordItem, type PersonItem, type RecordItem } from '../../../shared/published/person.ts';
import { relinkItem, type RelinkItem } from '../domain/persons/relink.ts';
import { listedReview, reviewItem, reviewKeyOf, type ReviewItem } from '../domain/persons/review.ts';

export const relinkKey = (relinkId: string): { pk: string; sk: 'RELINK' } => ({ pk: `RELINK#${relinkId}`, sk: 'RELINK' });

/** A person after a decision, and the step of its history. */
export interface PersonStep {
  readonly next: PersonItem;
  readonly entry: Omit<HistoryEntry, 'version'>;
}

/** A question after a decision, or a new one (version 1), and the step of its history. */
export interface ReviewStep {
  readonly next: ReviewItem;
  readonly entry: Omit<HistoryEntry, 'version'>;
}

/** Everything one decision about links writes. */
export interface RelinkWrite {
  /** One that is not there yet has version 1. */
  readonly persons: readonly PersonStep[];
  readonly moves: { readonly recordIds: readonly string[]; readonly from: string; readonly to: string };
  readonly relink: RelinkItem;
  /** Records through which the night finds the persons concerned. */
  readonly marked: readonly string[];
  readonly localDay: string;
  /** Reviews that are decided by it, or opened. */
  readonly reviews?: readonly ReviewStep[] | undefined;
}

/** Decisions about persons: merges, links, what is kept apart, opt-outs. Each is one transaction over the versions that were read. */
export const makeMergeStore = (dynamo: Dynamo, table: string) => {
  const personWrites = ({ next, entry }: PersonStep): TransactItem[] => [
    next.version === 1 ? createPut(table, next) : replacePut(table, next),
    historyPut(table, personKey(next.personId), { ...entry, version: next.version }),
  ];

  /** The link alone is set: what a sender said stays as it is, whoever says it. */
  const move = (recordId: string, from: string, to: string): TransactItem => ({
    Update: {
      TableName: table,
      Key: recordKey(recordId),
      UpdateExpression: 'SET personId = :to',
      ConditionExpression: 'personId = :from',
      ExpressionAttributeValues: { ':from': from, ':to': to },
    },
  });

  /** Lists a record by the day of a decision, so that the night looks at its person: recip_id and dose numbers may be others now. */
  const mark = (recordId: string, of: string, at: string, localDay: string): TransactItem => ({
    Put: {
      TableName: table,
      Item: {
        pk: recordKey(recordId).pk, sk: `DECISION#${at}#${of}`, type: 'decision-mark', schema: 1, at,
        gsi2pk: changeDayPartition(localDay, shardOf(recordId)), gsi2sk: `${dayEntrySort(undefined, at, recordId)}#${of}`,
      },
    },
  });

  const reviewWrites = ({ next, entry }: ReviewStep): TransactItem[] => [
    next.version === 1 ? createPut(table, listedReview(next)) : versioned(next), historyPut(table, next, { ...entry, version: next.version }),
  ];

  /** A review that was never decided has no version in the table. */
  const versioned = (review: ReviewItem): TransactItem => ({
    Put: {
      TableName: table,
      Item: listedReview(review),
      ConditionExpression:
        review.version === 2 ? 'attribute_exists(pk) AND (attribute_not_exists(#version) OR #version = :read)' : '#version = :read',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':read': review.version - 1 },
    },
  });

  const person = (personId: string): Promise<PersonItem | undefined> => getItem(dynamo, table, personKey(personId), personItem);
  const relink = (relinkId: string): Promise<RelinkItem | undefined> => getItem(dynamo, table, relinkKey(relinkId), relinkItem);

  return {
    person,
    relink,
    record: (recordId: string): Promise<RecordItem | undefined> => getItem(dynamo, table, recordKey(recordId), recordItem),
    /** In the order of their ids; those that are not there are left out. */
    records: async (recordIds: readonly string[]): Promise<RecordItem[]> => {
      const found = new Map((await readMany(dynamo, table, recordIds.map(recordKey), recordItem)).map((one) => [one.recordId, one]));
      return recordIds.flatMap((id) => found.get(id) ?? []);
    },
    relinks: (relinkIds: readonly string[]): Promise<RelinkItem[]> => readMany(dynamo, table, relinkIds.map(relinkKey), relinkItem),
    review: async (reviewId: string): Promise<ReviewItem | undefined> => {
      const key = reviewKeyOf(reviewId);
      return key === undefined ? undefined : getItem(dynamo, table, key, reviewItem);
    },
    /** The latest steps of a person's or review's history, newest first. */
    history: async (of: { pk: string; sk: string }, limit: number): Promise<z.output<typeof historyItem>[]> =>
      (await queryPage(dynamo, { table, pk: historyPartition(of), newestFirst: true, consistent: true }, historyItem, { limit })).items,

    /** Links records anew, or puts them back: persons, records, the memory of it, and what is decided by it. The relink stands first. */
    relinked: ({ persons, moves, relink: next, marked, localDay, reviews = [] }: RelinkWrite): Promise<CommitOutcome> =>
      commit(dynamo, [
        next.version === 1 ? createPut(table, next) : replacePut(table, next),
        ...persons.flatMap(personWrites),
        ...moves.recordIds.map((recordId) => move(recordId, moves.from, moves.to)),
        ...marked.map((recordId) => mark(recordId, `${next.relinkId}-${next.version}`, next.undoneAt ?? next.at, localDay)),
        ...reviews.flatMap(reviewWrites),
      ]),

    /** A decision that moves no record. */
    decided: (persons: readonly PersonStep[], review: ReviewStep): Promise<CommitOutcome> =>
      commit(dynamo, [...reviewWrites(review), ...persons.flatMap(personWrites)]),

    /** A person's opt-out, or its end: the night looks at what was sent of it. */
    optOut: (step: PersonStep, localDay: string): Promise<CommitOutcome> => {
      const { next, entry } = step;
      const [recordId] = next.recordIds;
      return commit(dynamo, [
        ...personWrites(step),
        ...(recordId === undefined ? [] : [mark(recordId, `${next.personId}-${next.version}`, entry.at, localDay)]),
      ]);
    },
  };
};
export type MergeStore = ReturnType<typeof makeMergeStore>;
