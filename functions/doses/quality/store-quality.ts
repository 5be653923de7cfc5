import { z } from 'zod';
import { addDays, mondayOf } from '../../../shared/kernel/dates.ts';
import { commit, queryAll, readTogether, type Dynamo, type TransactItem } from '../../../shared/platform/dynamo.ts';
import type { Tally } from '../domain/quality/measure-message.ts';
import { addTallies, mostWeeks } from '../domain/quality/quality-report.ts';

/** Counters of a week lie in so many items for each sender, so that its messages do not wait for one another. */
const tallyShards = 8;
/** Senders of one week that a list holds; far above those of any jurisdiction. */
const mostSenderPages = 50;

/** After that, the same thing told again would be one more telling. */
const keptMarkDays = 400;

/** Messages of an interface in test are counted apart from those in earnest. */
export type TallyMode = 'live' | 'trial';

const tallyItem = z
  .object({
    pk: z.string(),
    sk: z.string(),
    type: z.literal('quality-tally'),
    schema: z.literal(1),
    senderId: z.string(),
    mode: z.enum(['live', 'trial']),
    week: z.string(),
  })
  .catchall(z.number());

const shardOf = (messageId: string): number =>
  [...messageId].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 9_973, 0) % tallyShards;
const keyOf = (week: string, shard: number, senderId: string, mode: TallyMode): { pk: string; sk: string } => ({
  pk: `QUALITY#${week}#${shard}`,
  sk: `${senderId}#${mode}`,
});

export interface TallyOf {
  readonly messageId: string;
  readonly senderId: string;
  readonly mode: TallyMode;
  /** The local day of receipt; its week, from Monday, is what is counted. */
  readonly receivedOn: string;
  readonly tally: Tally;
}

/** Adds what a message counts to its sender's week. Goes into the transaction that writes the message down, so it counts exactly once. */
export const tallyUpdate = (table: string, { messageId, senderId, mode, receivedOn, tally }: TallyOf): TransactItem => {
  const week = mondayOf(receivedOn);
  const counts = Object.entries(tally);
  const values = new Map(counts.map(([, count]) => [`:n${count}`, count]));
  return {
    Update: {
      TableName: table,
      Key: keyOf(week, shardOf(messageId), senderId, mode),
      UpdateExpression: `SET #type = :type, #schema = :schema, #sender = :sender, #mode = :mode, #week = :week ADD ${counts.map(([, count], at) => `#c${at} :n${count}`).join(', ')}`,
      ExpressionAttributeNames: {
        '#type': 'type',
        '#schema': 'schema',
        '#sender': 'senderId',
        '#mode': 'mode',
        '#week': 'week',
        ...Object.fromEntries(counts.map(([name], at) => [`#c${at}`, name])),
      },
      ExpressionAttributeValues: {
        ':type': 'quality-tally',
        ':schema': 1,
        ':sender': senderId,
        ':mode': mode,
        ':week': week,
        ...Object.fromEntries(values),
      },
    },
  };
};

const countsOf = (item: z.output<typeof tallyItem>): Tally => {
  const { pk: _, sk: __, type: ___, schema: ____, senderId: _____, mode: ______, week: _______, ...counts } = item;
  return counts;
};

export interface SenderWeek {
  readonly senderId: string;
  readonly mode: TallyMode;
  readonly week: string;
  readonly tally: Tally;
}

/** Reads the counters of senders: of one over some weeks with one transaction, or of all in one week with a query for each shard. */
export const makeQualityStore = (dynamo: Dynamo, table: string) => ({
  /**
   * Counts what came in without an answer that is written down: JSON, CSV, FHIR, queries. `mark` tells one telling from another under the
   * same message: the same one again counts nothing.
   */
  async countOnce(counted: TallyOf, mark: string): Promise<void> {
    if (Object.keys(counted.tally).length === 0) return;
    const expiresAt = Math.floor(Date.parse(`${addDays(counted.receivedOn, keptMarkDays)}T00:00:00Z`) / 1000);
    const Item = { pk: `MESSAGE#${counted.messageId}`, sk: `COUNTED#${mark}`, type: 'counted', schema: 1, expiresAt };
    await commit(dynamo, [{ Put: { TableName: table, Item, ConditionExpression: 'attribute_not_exists(pk)' } }, tallyUpdate(table, counted)]);
  },

  /** The weeks up to the one of `lastDay`, oldest first; a week without messages has empty counters. */
  async weeksOf(senderId: string, mode: TallyMode, lastDay: string, weeks: number): Promise<SenderWeek[]> {
    const last = mondayOf(lastDay);
    const starts = Array.from({ length: Math.min(weeks, mostWeeks) }, (_, back) => addDays(last, -7 * back)).reverse();
    const keys = starts.flatMap((week) => Array.from({ length: tallyShards }, (_, shard) => keyOf(week, shard, senderId, mode)));
    const items = await readTogether(dynamo, table, keys);
    return starts.map((week, at) => {
      const shards = items
        .slice(at * tallyShards, (at + 1) * tallyShards)
        .flatMap((item) => (item === undefined ? [] : [countsOf(tallyItem.parse(item))]));
      return { senderId, mode, week, tally: addTallies(shards) };
    });
  },
  async sendersOf(day: string): Promise<SenderWeek[]> {
    const week = mondayOf(day);
    const senders = new Map<string, { senderId: string; mode: TallyMode; tallies: Tally[] }>();
    await Promise.all(Array.from({ length: tallyShards }, async (_, shard) => {
      for await (const item of queryAll(dynamo, { table, pk: `QUALITY#${week}#${shard}` }, tallyItem, { maxPages: mostSenderPages })) {
        const standing = senders.get(item.sk) ?? { senderId: item.senderId, mode: item.mode, tallies: [] };
        standing.tallies.push(countsOf(item));
        senders.set(item.sk, standing);
      }
    }));
    return [...senders.values()].map(({ senderId, mode, tallies }) => ({ senderId, mode, week, tally: addTallies(tallies) }));
  },
});
export type QualityStore = ReturnType<typeof makeQualityStore>;
