import type { z } from 'zod';
import type { HistoryEntry } from '../contracts/common.ts';
import { commit, type Dynamo, type Key, type TransactItem } from './dynamo.ts';

interface Entity extends Key {
  version: number;
  requestDigest?: string | undefined;
}

export const historyPartition = (of: Key): string => `HISTORY#${of.pk}#${of.sk}`;
const historyKey = (of: Key, version: number): Key => ({ pk: historyPartition(of), sk: String(version).padStart(8, '0') });

/** One step of a thing's history lies beside it, under the version it led to; it is written in the same transaction. */
export const historyPut = (table: string, of: Key, entry: HistoryEntry): TransactItem => ({
  Put: {
    TableName: table,
    Item: { ...historyKey(of, entry.version), type: 'history', schema: 1, ...entry },
    ConditionExpression: 'attribute_not_exists(pk)',
  },
});

/** Puts a new thing: refused when something with its key is there. */
export const createPut = (table: string, item: Entity & Record<string, unknown>): TransactItem => ({
  Put: { TableName: table, Item: item, ConditionExpression: 'attribute_not_exists(pk)' },
});

/** Puts the next version of a thing over the one that was read: refused when anybody wrote in between. */
export const replacePut = (table: string, next: Entity & Record<string, unknown>): TransactItem => ({
  Put: {
    TableName: table,
    Item: next,
    ConditionExpression: '#version = :read',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':read': next.version - 1 },
  },
});

export type Created<T> = { kind: 'created'; item: T } | { kind: 'repeated'; item: T } | { kind: 'key-reused' };

/**
 * Commits the creation of a thing whose id is derived from its Idempotency-Key. The first item must be its `createPut`.
 * A repeat of the same request meets what is stored and gets it back; another request under the same key is told so.
 */
export const commitCreation = async <T extends Entity>(
  dynamo: Dynamo,
  item: T,
  schema: z.ZodType<T>,
  items: readonly TransactItem[],
): Promise<Created<T> | { kind: 'refused'; failed: ReadonlyMap<number, Record<string, unknown> | null> }> => {
  const outcome = await commit(dynamo, items);
  if (outcome.kind === 'committed') return { kind: 'created', item };
  const standing = outcome.failed.get(0);
  if (standing === undefined || standing === null) return outcome;
  const stored = schema.parse(standing);
  return stored.requestDigest === item.requestDigest ? { kind: 'repeated', item: stored } : { kind: 'key-reused' };
};
