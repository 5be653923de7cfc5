import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { tables } from '../../infra/contexts.ts';
import { createTable, startDynamoDbLocal, suiteClient, type TableShape } from './dynamodb-local.ts';

/** The tables of the contexts by the variable that names them, shaped as the CDK app makes them. */
const shapes: Record<string, TableShape> = Object.fromEntries(
  Object.entries(tables).map(([context, { indexes, stream }]) => [`${context.toUpperCase()}_TABLE`, { gsis: Object.keys(indexes), holds: indexes, stream }]),
);

export interface Suite {
  dynamo: DynamoDBDocumentClient;
  /** `ENROLLMENT_TABLE` and so on, as the Lambdas find them in their environment. */
  tables: Record<string, string>;
  stop(): Promise<void>;
}

/**
 * An empty database of its own with every table, and the environment a Lambda would have. Import `http.ts` and workers dynamically after
 * this, because their composition root reads the environment once.
 */
export const openSuite = async (name: string): Promise<Suite> => {
  const local = await startDynamoDbLocal();
  const dynamo = suiteClient(name, local.endpoint);
  const credentials = await dynamo.config.credentials();
  const names = Object.fromEntries(Object.keys(shapes).map((variable) => [variable, variable.toLowerCase()]));
  for (const [variable, shape] of Object.entries(shapes)) await createTable(dynamo, names[variable] ?? '', shape);
  Object.assign(process.env, names, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: local.endpoint,
    STAGE: 'test',
    JURISDICTION: 'CTA',
    POWERTOOLS_LOG_LEVEL: process.env['POWERTOOLS_LOG_LEVEL'] ?? 'SILENT',
  });
  return { dynamo, tables: names, stop: () => local.stop() };
};
