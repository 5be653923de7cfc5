import type { Json, JsonObject } from '../template/assembly.ts';
import type { Resource, Template } from '../template.ts';
import { DynamoDbFault } from './dynamodb-call.ts';
import type { DynamoDbCall } from './dynamodb-call.ts';
import { text } from '../template/values.ts';

export interface Table {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** Key attributes, partition first. */
  readonly keys: readonly string[];
  /** The same of each index. */
  readonly indexKeys: Readonly<Record<string, readonly string[]>>;
  readonly ttlAttribute: string | undefined;
  readonly stream: { readonly arn: string; readonly viewType: string } | undefined;
}

/** The tables of the template. */
export const readTables = (template: Template): Table[] =>
  template.ofType('AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table').map((resource) => tableOf(resource));

const tableOf = (resource: Resource): Table => {
  const { properties } = resource;
  const stream = properties['StreamSpecification'] as JsonObject | undefined;
  const ttl = properties['TimeToLiveSpecification'] as JsonObject | undefined;
  return {
    logicalId: resource.logicalId,
    name: resource.ref,
    arn: resource.arn,
    keys: keyNames(properties),
    indexKeys: Object.fromEntries(
      ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes'].flatMap((kind) =>
        ((properties[kind] ?? []) as JsonObject[]).map((index) => [text(index['IndexName']), keyNames(index)]),
      ),
    ),
    ttlAttribute: ttl?.['Enabled'] === true ? text(ttl['AttributeName']) : undefined,
    stream: stream === undefined ? undefined : { arn: resource.attribute('StreamArn'), viewType: text(stream['StreamViewType']) },
  };
};

const keyNames = (keyed: JsonObject): string[] =>
  (keyed['KeySchema'] as { AttributeName: string; KeyType: string }[])
    .toSorted((one, other) => one.KeyType.localeCompare(other.KeyType))
    .map(({ AttributeName }) => AttributeName);

/**
 * Creates every table that does not exist yet, all before the first write: DynamoDB Local grows slow when a stream is added
 * later. TTL is not switched on in DynamoDB Local, because it would expire by wall time what the run's clock says is alive (see
 * ttl.ts).
 */
export const createTables = async (template: Template, call: DynamoDbCall): Promise<void> => {
  for (const resource of template.ofType('AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table')) {
    try {
      await call('CreateTable', creation(resource));
    } catch (error) {
      if (!(error instanceof DynamoDbFault && error.code === 'ResourceInUseException')) throw error;
    }
  }
};

const creation = ({ ref, properties }: Resource): Json => {
  const stream = properties['StreamSpecification'] as JsonObject | undefined;
  return {
    TableName: ref,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: properties['AttributeDefinitions'] ?? [],
    KeySchema: properties['KeySchema'] ?? [],
    ...indexes(properties, 'GlobalSecondaryIndexes'),
    ...indexes(properties, 'LocalSecondaryIndexes'),
    ...(stream === undefined
      ? {}
      : { StreamSpecification: { StreamEnabled: true, StreamViewType: stream['StreamViewType'] ?? 'NEW_AND_OLD_IMAGES' } }),
  };
};

/** Throughput and metrics settings of an index are left out: they mean nothing here. */
const indexes = (properties: JsonObject, kind: string): JsonObject => {
  const declared = (properties[kind] ?? []) as JsonObject[];
  if (declared.length === 0) return {};
  return {
    [kind]: declared.map(({ IndexName = '', KeySchema = [], Projection = {} }) => ({ IndexName, KeySchema, Projection })),
  };
};
