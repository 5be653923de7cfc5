import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import type { AttributeDefinition, GlobalSecondaryIndex, Projection } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { startDynamoDbLocal as start, type DynamoDbLocal } from '../../local/dynamodb-local.ts';

export type { DynamoDbLocal } from '../../local/dynamodb-local.ts';

let currentEndpoint: string | undefined;

/** DynamoDB Local in memory on a free port, or the one that DYNAMODB_ENDPOINT names; `suiteClient` then finds it. */
export const startDynamoDbLocal = async (port?: number): Promise<DynamoDbLocal> => {
  const local = await start({ port });
  currentEndpoint = local.endpoint;
  return local;
};

/** A document client with an access key id of its own, hence an empty database of its own. Call startDynamoDbLocal first. */
export const suiteClient = (name: string, endpoint = currentEndpoint): DynamoDBDocumentClient => {
  if (endpoint === undefined) throw new Error('Call startDynamoDbLocal() before suiteClient().');
  const accessKeyId = `${name.replaceAll(/[^A-Za-z0-9]/g, '')}${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey: 'local' } });
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
};

export interface TableShape {
  /** Names of indexes, each keyed by `<name>pk` and `<name>sk`. */
  readonly gsis?: readonly string[];
  /** What an index holds beside the keys; everything when it is not named here. */
  readonly holds?: Readonly<Partial<Record<string, 'all' | readonly string[]>>>;
  readonly stream?: boolean;
}

/** Creates a table of the project's generic shape: pk, sk, the named indexes, TTL on expiresAt. */
export const createTable = async (client: DynamoDBDocumentClient, name: string, shape: TableShape = {}): Promise<void> => {
  const { gsis = [], holds = {}, stream = false } = shape;
  const text = (attribute: string): AttributeDefinition => ({ AttributeName: attribute, AttributeType: 'S' });
  const index = (gsi: string): GlobalSecondaryIndex => ({
    IndexName: gsi, KeySchema: keySchema(`${gsi}pk`, `${gsi}sk`), Projection: projectionOf(holds[gsi] ?? 'all'),
  });
  await client.send(new CreateTableCommand({
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk', ...gsis.flatMap((gsi) => [`${gsi}pk`, `${gsi}sk`])].map(text),
    KeySchema: keySchema('pk', 'sk'),
    ...(gsis.length > 0 ? { GlobalSecondaryIndexes: gsis.map(index) } : {}),
    ...(stream ? { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' as const } } : {}),
  }));
  await client.send(new UpdateTimeToLiveCommand({
    TableName: name, TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiresAt' },
  }));
};

const projectionOf = (held: 'all' | readonly string[]): Projection => {
  if (held === 'all') return { ProjectionType: 'ALL' };
  return held.length === 0 ? { ProjectionType: 'KEYS_ONLY' } : { ProjectionType: 'INCLUDE', NonKeyAttributes: [...held] };
};

const keySchema = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: 'HASH' as const },
  { AttributeName: sort, KeyType: 'RANGE' as const },
];
