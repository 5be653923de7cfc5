import type { Table } from '../storage/dynamodb-tables.ts';
import type { Need } from './evaluate.ts';

export type AttributeValue = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, AttributeValue>>;

/** The parts of DynamoDB's requests that permissions and conflicts depend on. */
export interface DynamoRequest {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
  readonly TransactItems?: readonly Readonly<Record<string, DynamoRequest>>[];
  readonly RequestItems?: Readonly<Record<string, unknown>>;
}

export type TableOf = (nameOrArn: string) => Table | undefined;

const SINGLE = new Set([
  'GetItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'Query',
  'Scan',
  'DescribeTable',
  'DescribeTimeToLive',
]);
const BATCH = new Set(['BatchGetItem', 'BatchWriteItem']);
const IN_TRANSACTION: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  Get: 'GetItem',
  ConditionCheck: 'ConditionCheckItem',
};

/** What a call needs, one entry for each item of a transaction or table of a batch; undefined for an operation not known here. */
export const dynamoNeeds = (operation: string, request: DynamoRequest, tableOf: TableOf): Need[] | undefined => {
  if (SINGLE.has(operation)) return [need(operation, request, tableOf)];
  if (BATCH.has(operation))
    return Object.entries(request.RequestItems ?? {}).map(([table, items]) => batchNeed(operation, table, items, tableOf));
  if (operation !== 'TransactWriteItems' && operation !== 'TransactGetItems') return undefined;
  return (request.TransactItems ?? []).flatMap((item) =>
    Object.entries(item).map(([kind, part]) => need(IN_TRANSACTION[kind] ?? kind, part, tableOf)),
  );
};

const need = (operation: string, request: DynamoRequest, tableOf: TableOf): Need => {
  const table = tableOf(request.TableName ?? '');
  const arn = table?.arn ?? `arn:aws:dynamodb:::table/${request.TableName ?? ''}`;
  const leading = leadingKey(request, table);
  return {
    action: `dynamodb:${operation}`,
    resource: request.IndexName === undefined ? arn : `${arn}/index/${request.IndexName}`,
    ...(leading === undefined ? {} : { context: { 'dynamodb:LeadingKeys': [leading] } }),
  };
};

/** A batch over one table: every leading key counts. */
const batchNeed = (operation: string, name: string, items: unknown, tableOf: TableOf): Need => {
  const table = tableOf(name);
  const requests = Array.isArray(items)
    ? (items as { PutRequest?: DynamoRequest; DeleteRequest?: DynamoRequest }[]).map(
        ({ PutRequest, DeleteRequest }) => PutRequest ?? DeleteRequest ?? {},
      )
    : ((items as { Keys?: Item[] }).Keys ?? []).map((Key) => ({ Key }));
  const keys = requests.map((request) => leadingKey(request, table)).filter((key) => key !== undefined);
  return { action: `dynamodb:${operation}`, resource: table?.arn ?? name, context: { 'dynamodb:LeadingKeys': keys } };
};

const leadingKey = (request: DynamoRequest, table: Table | undefined): string | undefined => {
  const partition = table?.keys[0];
  const direct = partition === undefined ? undefined : (request.Key ?? request.Item)?.[partition];
  const value = direct ?? queried(request, table);
  return value === undefined ? undefined : String(Object.values(value)[0]);
};

/** The value that a query compares with the partition key of the table or of the index. */
const queried = (
  { KeyConditionExpression = '', IndexName, ExpressionAttributeNames = {}, ExpressionAttributeValues = {} }: DynamoRequest,
  table: Table | undefined,
): AttributeValue | undefined => {
  const partition = (IndexName === undefined ? table?.keys : table?.indexKeys[IndexName])?.[0];
  for (const [, name = '', value = ''] of KeyConditionExpression.matchAll(/([#\w]+)\s*=\s*(:\w+)/g)) {
    if ((ExpressionAttributeNames[name] ?? name) === partition) return ExpressionAttributeValues[value];
  }
  return undefined;
};
