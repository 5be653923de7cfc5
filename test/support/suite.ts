import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createTable, startDynamoDbLocal, suiteClient, type TableShape } from './dynamodb-local.ts';

/** The tables of the seven contexts. */
const tables: Record<string, TableShape> = {
  ENROLLMENT_TABLE: { gsis: ['gsi1'] },
  ALLOCATIONS_TABLE: { gsis: ['gsi1'] },
  ORDERS_TABLE: { gsis: ['gsi1'], stream: true },
  SHIPMENTS_TABLE: { gsis: ['gsi1'], stream: true },
  INVENTORY_TABLE: { gsis: ['gsi1'] },
  DOSES_TABLE: { gsis: ['gsi1', 'gsi2'], stream: true },
  REPORTS_TABLE: { gsis: ['gsi1'] },
};

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
  const names = Object.fromEntries(Object.keys(tables).map((variable) => [variable, variable.toLowerCase()]));
  for (const [variable, shape] of Object.entries(tables)) await createTable(dynamo, names[variable] ?? '', shape);
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
