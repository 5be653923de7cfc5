import type { Clock } from '../clock.ts';
import type { DynamoDbCall } from './dynamodb-call.ts';
import type { Table } from './dynamodb-tables.ts';

type Item = Record<string, unknown>;

/**
 * Deletes what has expired by the run's clock and returns how many items went. AWS does this within days, the run within a
 * minute. Their stream records lack the `userIdentity` that marks TTL's own deletions on AWS.
 */
export const expireItems = async (tables: readonly Table[], call: DynamoDbCall, clock: Clock): Promise<number> => {
  let expired = 0;
  for (const { name, keys, ttlAttribute } of tables) {
    if (ttlAttribute === undefined) continue;
    const condition = { names: { '#ttl': ttlAttribute }, values: { ':now': { N: String(Math.floor(clock.now() / 1000)) } } };
    let start: Item | undefined;
    do {
      const page: { Items?: Item[]; LastEvaluatedKey?: Item } = await call('Scan', {
        TableName: name,
        FilterExpression: '#ttl < :now',
        ExpressionAttributeNames: condition.names,
        ExpressionAttributeValues: condition.values,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      for (const item of page.Items ?? []) {
        await call('DeleteItem', { TableName: name, Key: Object.fromEntries(keys.map((key) => [key, item[key]])) });
        expired += 1;
      }
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }
  return expired;
};
