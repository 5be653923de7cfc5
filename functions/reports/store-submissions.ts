import type { HistoryEntry } from '../../shared/contracts/common.ts';
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
import { createPut, historyPut, replacePut } from '../../shared/platform/entity.ts';
import type { Told } from './domain/restatement.ts';
import {
  chunkItem,
  claimItem,
  eventItem,
  heldItem,
  restatementItem,
  submissionItem,
  type ChunkItem,
  type ClaimItem,
  type HeldItem,
  type ManifestLine,
  type RestatementItem,
  type SubmissionItem,
} from './schemas.ts';

const submissionPartition = (submissionId: string): string => `SUBMISSION#${submissionId}`;
const submissionKey = (submissionId: string): Key => ({ pk: submissionPartition(submissionId), sk: 'SUBMISSION' });
const claimKey = (doseId: string): Key => ({ pk: `CLAIM#${doseId}`, sk: 'CLAIM' });
const chunkKey = (submissionId: string, chunk: number): Key => ({
  pk: submissionPartition(submissionId),
  sk: `CHUNK#${String(chunk).padStart(5, '0')}`,
});

const heldPrefix = 'HELD#';
const heldKey = (submissionId: string, doseId: string): Key => ({ pk: submissionPartition(submissionId), sk: `${heldPrefix}${doseId}` });
/** A line of a manifest that is no row. */
type Held = Pick<Extract<ManifestLine, { faults: unknown }>, 'doseId' | 'doseVersion' | 'siteId' | 'faults'>;

/** GSI1 lists submissions by day, and the claims that wait for a correction. */
const submissionsList = 'SUBMISSIONS';
const heldList = 'HELD';
export const bySubmissionDay = (day: string, kind: string, sequence: number): { gsi1pk: string; gsi1sk: string } => ({
  gsi1pk: submissionsList,
  gsi1sk: `${day}#${kind}#${String(sequence).padStart(2, '0')}`,
});

/** Events of one claim: two items each, and the check of the submission, in a transaction of 100. */
export const maxEventsAClaim = 49;
const maxEventPages = 10_000;

export interface ClaimedEvent {
  readonly doseId: string;
  readonly doseVersion: number;
}

/** Submissions, the claims that make each event part of exactly one, and the ledger of what changed since. */
export const makeSubmissionStore = (dynamo: Dynamo, table: string) => {
  /** Nothing can be claimed for a submission that was sealed in the meantime. */
  const stillOpen = (submissionId: string): TransactItem => ({
    ConditionCheck: {
      TableName: table,
      Key: submissionKey(submissionId),
      ConditionExpression: 'sealed = :no',
      ExpressionAttributeValues: { ':no': false },
    },
  });
  const claimPut = (submissionId: string, { doseId, doseVersion }: ClaimedEvent, claimedAt: string): TransactItem => ({
    Put: {
      TableName: table,
      Item: { ...claimKey(doseId), type: 'claim', schema: 1, doseId, state: 'claimed', submissionId, doseVersion, claimedAt },
      ConditionExpression: 'attribute_not_exists(pk) OR #state = :held',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':held': 'held' },
    },
  });
  const eventPut = (submissionId: string, { doseId, doseVersion }: ClaimedEvent): TransactItem => ({
    Put: {
      TableName: table,
      Item: { pk: submissionPartition(submissionId), sk: `EVENT#${doseId}`, type: 'submission-event', schema: 1, doseId, doseVersion },
    },
  });

  return {
    submission: (submissionId: string): Promise<SubmissionItem | undefined> => getItem(dynamo, table, submissionKey(submissionId), submissionItem),
    page: (range: { from: string; to: string }, page: PageRequest): Promise<Page<SubmissionItem>> =>
      queryPage(
        dynamo,
        { table, index: 'gsi1', pk: submissionsList, sk: { between: [range.from, `${range.to}#~`] }, newestFirst: true },
        submissionItem,
        page,
      ),
    async oldestDay(): Promise<string | undefined> {
      const { items } = await queryPage(dynamo, { table, index: 'gsi1', pk: submissionsList }, submissionItem, { limit: 1 });
      return items[0]?.day;
    },
    create: (item: Omit<SubmissionItem, 'pk' | 'sk'>, entry: HistoryEntry): Promise<CommitOutcome> => {
      const stored = { ...submissionKey(item.submissionId), ...item };
      return commit(dynamo, [createPut(table, stored), historyPut(table, stored, entry)]);
    },
    replace: (next: SubmissionItem, entry: HistoryEntry): Promise<CommitOutcome> =>
      commit(dynamo, [replacePut(table, next), historyPut(table, next, entry)]),

    /** Claims of doses by dose id; those without are left out. */
    claims: async (doseIds: readonly string[]): Promise<Map<string, ClaimItem>> =>
      new Map((await readMany(dynamo, table, doseIds.map(claimKey), claimItem)).map((claim) => [claim.doseId, claim])),
    /** Makes events part of a submission, all or none. Position 0 failed: it is sealed; 2n + 1: event n was claimed by another. */
    claimTogether: (submissionId: string, events: readonly ClaimedEvent[], now: string): Promise<CommitOutcome> =>
      commit(dynamo, [stillOpen(submissionId), ...events.flatMap((event) => [claimPut(submissionId, event, now), eventPut(submissionId, event)])]),
    /** Lets go of an event that cannot be sent as it is: a later submission takes it when it can. */
    hold: (submissionId: string, { doseId, doseVersion, siteId, faults }: Held): Promise<CommitOutcome> => {
      const of = siteId === undefined ? {} : { siteId };
      return commit(dynamo, [
        {
          Update: {
            TableName: table,
            Key: claimKey(doseId),
            UpdateExpression: `SET #state = :held, gsi1pk = :list, gsi1sk = :dose, faults = :faults${siteId === undefined ? '' : ', siteId = :siteId'}`,
            ConditionExpression: 'submissionId = :submission',
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: {
              ':held': 'held',
              ':list': heldList,
              ':dose': doseId,
              ':submission': submissionId,
              ':faults': faults,
              ...(siteId === undefined ? {} : { ':siteId': siteId }),
            },
          },
        },
        {
          Put: {
            TableName: table,
            Item: { ...heldKey(submissionId, doseId), type: 'held-event', schema: 1, submissionId, doseId, doseVersion, faults, ...of },
          },
        },
      ]);
    },
    /** Takes an event that nobody is to be sent any more off the list of those that wait; a change that makes it one again finds it by its day. */
    release: (doseId: string): Promise<CommitOutcome> =>
      commit(dynamo, [
        {
          Update: {
            TableName: table,
            Key: claimKey(doseId),
            UpdateExpression: 'REMOVE gsi1pk, gsi1sk',
            ConditionExpression: '#state = :held',
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: { ':held': 'held' },
          },
        },
      ]),
    /** What a submission could not send, in the order of dose ids. */
    heldBy: (submissionId: string, page: PageRequest): Promise<Page<HeldItem>> =>
      queryPage(dynamo, { table, pk: submissionPartition(submissionId), sk: { beginsWith: heldPrefix } }, heldItem, page),
    /** What waits as the last night left it, in the order of dose ids. */
    heldNow: (page: PageRequest): Promise<Page<ClaimItem>> => queryPage(dynamo, { table, index: 'gsi1', pk: heldList }, claimItem, page),
    async *held(): AsyncGenerator<string> {
      for await (const { doseId } of queryAll(dynamo, { table, index: 'gsi1', pk: heldList }, claimItem, { maxPages: maxEventPages })) yield doseId;
    },

    /** The events of a submission in the order of their ids: the order of the file. */
    events: (submissionId: string): AsyncGenerator<ClaimedEvent> =>
      queryAll(dynamo, { table, pk: submissionPartition(submissionId), sk: { beginsWith: 'EVENT#' }, consistent: true }, eventItem, {
        maxPages: maxEventPages,
      }),

    chunk: (submissionId: string, chunk: number): Promise<ChunkItem | undefined> => getItem(dynamo, table, chunkKey(submissionId, chunk), chunkItem),
    /** Makes one object the chunk of that number, for ever; another run may have been first. */
    nameChunk: (submissionId: string, chunk: number, facts: Pick<ChunkItem, 'key' | 'sha256' | 'events'>): Promise<CommitOutcome> =>
      commit(dynamo, [
        {
          Put: {
            TableName: table,
            Item: { ...chunkKey(submissionId, chunk), type: 'manifest-chunk', schema: 1, ...facts },
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
      ]),

    /** Keeps with its claim what the file says of an event, the first time only. */
    keepDigest: (submissionId: string, doseId: string, digest: string): Promise<CommitOutcome> =>
      commit(dynamo, [
        {
          Update: {
            TableName: table,
            Key: claimKey(doseId),
            UpdateExpression: 'SET #digest = :digest',
            ConditionExpression: 'submissionId = :submission AND attribute_not_exists(#digest)',
            ExpressionAttributeNames: { '#digest': 'digest' },
            ExpressionAttributeValues: { ':digest': digest, ':submission': submissionId },
          },
        },
      ]),

    /** Enters a restatement and keeps what it tells with the claim: one transaction over what was told last. Refused when another run was first. */
    restate: (
      item: Omit<RestatementItem, 'pk' | 'sk' | 'type' | 'schema'>,
      { told, last }: { told: Told; last: string | undefined },
    ): Promise<CommitOutcome> =>
      commit(dynamo, [
        { Put: { TableName: table, Item: { pk: `RESTATEMENTS#${item.day}`, sk: item.doseId, type: 'restatement', schema: 1, ...item } } },
        {
          Update: {
            TableName: table,
            Key: claimKey(item.doseId),
            UpdateExpression: 'SET toldVersion = :version, toldDigest = :digest',
            ConditionExpression: `submissionId = :submission AND ${last === undefined ? 'attribute_not_exists(toldDigest)' : 'toldDigest = :last'}`,
            ExpressionAttributeValues: {
              ':version': told.version,
              ':digest': told.digest,
              ':submission': item.submissionId,
              ...(last === undefined ? {} : { ':last': last }),
            },
          },
        },
      ]),
    restatements: (day: string, page: PageRequest): Promise<Page<RestatementItem>> =>
      queryPage(dynamo, { table, pk: `RESTATEMENTS#${day}` }, restatementItem, page),
  };
};
export type SubmissionStore = ReturnType<typeof makeSubmissionStore>;
