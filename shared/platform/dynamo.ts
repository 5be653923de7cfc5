import { DynamoDBClient, type AttributeValue, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactGetCommand,
  TransactWriteCommand,
  type QueryCommandInput,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { z } from 'zod';

export type Key = { pk: string; sk: string };
export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
export type Dynamo = DynamoDBDocumentClient;

/** Milliseconds of one attempt. All attempts that the SDK makes for a call without an answer end before the gateway gives up, and the caller is told. */
export const requestHandler = { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true };

/**
 * The SDK puts together a log line of every call, all its items included, before it asks whether anybody listens: a tenth of the time of
 * a call. A logger that has no `info` is not asked.
 */
const unheard = { trace: () => undefined, debug: () => undefined, warn: () => undefined, error: () => undefined } as unknown as NonNullable<
  DynamoDBClientConfig['logger']
>;

/** The document client every store uses: undefined is left out, sets and empty strings stay as they are. */
export const makeDynamo = (client: DynamoDBClient = new DynamoDBClient({ requestHandler, logger: unheard })): Dynamo =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

/** Reads one item and parses it. `consistent` costs twice the units and sees every write that was answered before. */
export const getItem = async <T extends z.ZodType>(
  dynamo: Dynamo,
  table: string,
  key: Key,
  schema: T,
  { consistent = true }: { consistent?: boolean } = {},
): Promise<z.output<T> | undefined> => {
  const { Item } = await dynamo.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: consistent }));
  return Item === undefined ? undefined : schema.parse(Item);
};

/** Reads up to 100 items as they are at one instant, in the order of the keys; undefined where there is none. */
export const readTogether = async (dynamo: Dynamo, table: string, keys: readonly Key[], options: CommitOptions = {}): Promise<unknown[]> => {
  const { Responses = [] } = await retried(
    () => dynamo.send(new TransactGetCommand({ TransactItems: keys.map((Key) => ({ Get: { TableName: table, Key } })) })),
    options,
  );
  return Responses.map(({ Item }) => Item);
};

export interface Page<T> {
  items: T[];
  /** Opaque to the caller; says where the next page of the same query starts. */
  nextCursor?: string;
}

export interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}

/** A cursor of another partition, or one that is no cursor at all. The edge answers 400. */
export class BadCursor extends Error {
  override name = 'BadCursor';
}

type Keys = Record<string, string>;

const encodeCursor = (key: Keys): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/** A cursor is a key, so it must lie in the partition that is being asked for: otherwise it would step into another tenant's. */
const decodeCursor = (cursor: string, pkName: string, pk: string): Keys => {
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw new BadCursor('cursor');
  }
  const fits =
    typeof key === 'object' && key !== null && Object.values(key).every((part) => typeof part === 'string') && (key as Keys)[pkName] === pk;
  if (!fits) throw new BadCursor('cursor');
  return key as Keys;
};

export interface PartitionQuery {
  table: string;
  index?: 'gsi1' | 'gsi2';
  pk: string;
  /** Sort key prefix, or a closed range. */
  sk?: { beginsWith: string } | { between: readonly [string, string] };
  newestFirst?: boolean;
  consistent?: boolean;
}

/** One page of a partition, each item parsed. The partition is always named: there is no scan. */
export const queryPage = async <T extends z.ZodType>(
  dynamo: Dynamo,
  { table, index, pk, sk, newestFirst = false, consistent = false }: PartitionQuery,
  schema: T,
  { limit, cursor }: PageRequest,
): Promise<Page<z.output<T>>> => {
  const pkName = index === undefined ? 'pk' : `${index}pk`;
  const skName = index === undefined ? 'sk' : `${index}sk`;
  const range = sk === undefined ? '' : 'beginsWith' in sk ? ' AND begins_with(#sk, :from)' : ' AND #sk BETWEEN :from AND :to';
  const input: QueryCommandInput = {
    TableName: table,
    IndexName: index,
    KeyConditionExpression: `#pk = :pk${range}`,
    ExpressionAttributeNames: { '#pk': pkName, ...(sk === undefined ? {} : { '#sk': skName }) },
    ExpressionAttributeValues: {
      ':pk': pk,
      ...(sk === undefined ? {} : 'beginsWith' in sk ? { ':from': sk.beginsWith } : { ':from': sk.between[0], ':to': sk.between[1] }),
    },
    ScanIndexForward: !newestFirst,
    ConsistentRead: index === undefined && consistent,
    Limit: limit,
    ExclusiveStartKey: cursor === undefined ? undefined : decodeCursor(cursor, pkName, pk),
  };
  const { Items = [], LastEvaluatedKey } = await dynamo.send(new QueryCommand(input)).catch((error: unknown) => {
    // The query is ours and right, so what DynamoDB cannot take is the cursor: a key of the wrong shape, or outside the range.
    throw cursor !== undefined && error instanceof Error && error.name === 'ValidationException' ? new BadCursor('cursor') : error;
  });
  return {
    items: Items.map((item) => schema.parse(item)),
    ...(LastEvaluatedKey === undefined ? {} : { nextCursor: encodeCursor(LastEvaluatedKey as Keys) }),
  };
};

/** Every item of a partition, page by page, at most `maxPages` pages: a named bound, never an endless read. */
export async function* queryAll<T extends z.ZodType>(
  dynamo: Dynamo,
  query: PartitionQuery,
  schema: T,
  { pageSize = 200, maxPages = 1000 }: { pageSize?: number; maxPages?: number } = {},
): AsyncGenerator<z.output<T>> {
  let cursor: string | undefined;
  for (let pages = 0; pages < maxPages; pages += 1) {
    const page = await queryPage(dynamo, query, schema, { limit: pageSize, cursor });
    yield* page.items;
    cursor = page.nextCursor;
    if (cursor === undefined) return;
  }
  throw new Error(`Partition holds more than ${maxPages} pages`);
}

export type CommitOutcome =
  | { kind: 'committed' }
  /** `failed[i]` is the item that stood in the way at position i of the transaction, or `null` when there was none. */
  | { kind: 'refused'; failed: ReadonlyMap<number, Record<string, unknown> | null> };

export interface CommitOptions {
  /** How often a conflict with another transaction or a throttle is tried again before it is thrown. */
  attempts?: number;
  sleep?: (ms: number) => Promise<void>;
  random?: () => number;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Lets others pass who race for the same items: a pause by chance, which may be twice as long after each lost attempt. */
export const letPass = (attempt: number, { sleep = wait, random = Math.random }: Pick<CommitOptions, 'sleep' | 'random'> = {}): Promise<void> =>
  sleep(random() * 25 * 2 ** attempt);
const transient = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

interface Cancelled extends Error {
  CancellationReasons?: { Code?: string; Item?: Record<string, AttributeValue> }[];
}

const reasonsOf = (error: unknown): Cancelled['CancellationReasons'] =>
  error instanceof Error && error.name === 'TransactionCanceledException' ? ((error as Cancelled).CancellationReasons ?? []) : undefined;

/** A transaction in whose way stood only another one, or a throttle. */
const mayPass = (error: unknown): boolean => {
  const codes = (reasonsOf(error) ?? []).map(({ Code = '' }) => Code);
  return codes.some((code) => transient.has(code)) && !codes.includes('ConditionalCheckFailed');
};

const crowded = new Set([
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'TransactionConflictException',
  'TransactionInProgressException',
  'TimeoutError',
]);

/** Whether a call failed by nothing but the crowd: other transactions, a throttle, no answer in time. Who comes later may get through. */
export const isCrowd = (error: unknown): boolean => mayPass(error) || (error instanceof Error && crowded.has(error.name));

/** Runs a transaction again while what stands in its way is only another transaction or a throttle; any other failure is thrown. */
const retried = async <T>(run: () => Promise<T>, { attempts = 6, sleep = wait, random = Math.random }: CommitOptions): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (!mayPass(error) || attempt >= attempts) throw error;
      await letPass(attempt, { sleep, random });
    }
  }
};

/**
 * Commits one transaction. A failed condition is an outcome and is never tried again here; a conflict or a throttle is, a bounded number
 * of times. Exactly-once does not rest on these retries: every write carries a condition on its business key.
 */
export const commit = async (dynamo: Dynamo, items: readonly TransactItem[], options: CommitOptions = {}): Promise<CommitOutcome> => {
  try {
    await retried(() => dynamo.send(new TransactWriteCommand({ TransactItems: items.map(withOldImage) })), options);
    return { kind: 'committed' };
  } catch (error) {
    const failed = (reasonsOf(error) ?? []).flatMap(({ Code, Item }, index) =>
      Code === 'ConditionalCheckFailed' ? [[index, Item === undefined ? null : unmarshall(Item)] as const] : [],
    );
    if (failed.length === 0) throw error;
    return { kind: 'refused', failed: new Map(failed) };
  }
};

/** Asks for the old image of whatever stands in the way, so that a failed condition can be told apart by what is there. */
const withOldImage = (item: TransactItem): TransactItem =>
  Object.fromEntries(
    Object.entries(item).map(([verb, input]) => [verb, { ReturnValuesOnConditionCheckFailure: 'ALL_OLD', ...(input as object) }]),
  );
