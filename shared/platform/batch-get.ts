import { BatchGetCommand, type BatchGetCommandInput, type BatchGetCommandOutput } from '@aws-sdk/lib-dynamodb';
import type { z } from 'zod';
import type { Dynamo, Key } from './dynamo.ts';

/** DynamoDB takes 100 keys a call, and gives back what it had no capacity for. */
const maxKeys = 100;
const maxTries = 8;

/** Reads many items by key, consistently, in no order; those that are not there are left out. Throws when it is throttled again and again. */
export const readMany = async <T extends z.ZodType>(dynamo: Dynamo, table: string, keys: readonly Key[], schema: T): Promise<z.output<T>[]> => {
  const found: z.output<T>[] = [];
  for (let at = 0; at < keys.length; at += maxKeys) {
    let waiting: BatchGetCommandInput['RequestItems'] = {
      [table]: { Keys: keys.slice(at, at + maxKeys).map(({ pk, sk }) => ({ pk, sk })), ConsistentRead: true },
    };
    for (let tries = 0; waiting !== undefined && Object.keys(waiting).length > 0; tries += 1) {
      if (tries >= maxTries) throw new Error('Items cannot be read: throttled again and again');
      const { Responses, UnprocessedKeys }: BatchGetCommandOutput = await dynamo.send(new BatchGetCommand({ RequestItems: waiting }));
      found.push(...(Responses?.[table] ?? []).map((item) => schema.parse(item)));
      waiting = UnprocessedKeys;
    }
  }
  return found;
};
