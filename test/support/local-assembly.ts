import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

export interface TestResource {
  Type: string;
  Properties?: Record<string, unknown>;
  Condition?: string;
}
export type TestResources = Record<string, TestResource>;
export interface TestTemplate {
  Resources: TestResources;
  [section: string]: unknown;
}

const PROBE = join(import.meta.dirname, 'local-probe.ts');
export const PROBE_KEY = 'probe0000.zip';

/**
 * Writes templates as a synthesised folder into a new temporary directory, with the probe's bundle as an asset when one is
 * wanted.
 */
export const writeAssembly = (stacks: Record<string, TestTemplate>, { bundle = true }: { bundle?: boolean } = {}): string => {
  const folder = mkdtempSync(join(tmpdir(), 'doseline-local-'));
  for (const [name, template] of Object.entries(stacks))
    writeFileSync(join(folder, `${name}.template.json`), JSON.stringify(template));
  if (!bundle) return folder;
  const asset = join(folder, 'asset.probe0000');
  mkdirSync(asset);
  buildSync({
    entryPoints: [PROBE],
    outfile: join(asset, 'index.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    logLevel: 'error',
  });
  writeFileSync(
    join(folder, 'test.assets.json'),
    JSON.stringify({ files: { probe0000: { source: { path: 'asset.probe0000', packaging: 'zip' } } } }),
  );
  return folder;
};

export interface Grant {
  Action: string | string[];
  Resource: unknown;
  Effect?: 'Allow' | 'Deny';
  Condition?: object;
}

/** A function that runs the probe, with a role that may do just what is granted. */
export const probeFunction = (
  id: string,
  grants: readonly Grant[],
  properties: Record<string, unknown> = {},
  handler = 'probe',
): TestResources => ({
  [id]: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: `test-${id.toLowerCase()}`,
      Runtime: 'nodejs24.x',
      Handler: `index.${handler}`,
      Code: { S3Bucket: 'assets', S3Key: PROBE_KEY },
      Role: { 'Fn::GetAtt': [`${id}Role`, 'Arn'] },
      Timeout: 5,
      MemorySize: 256,
      ...properties,
    },
  },
  [`${id}Role`]: { Type: 'AWS::IAM::Role', Properties: {} },
  [`${id}Policy`]: {
    Type: 'AWS::IAM::Policy',
    Properties: {
      Roles: [{ Ref: `${id}Role` }],
      PolicyDocument: {
        Statement: [
          { Effect: 'Allow', Action: 'logs:PutLogEvents', Resource: '*' },
          ...grants.map((grant) => ({ Effect: 'Allow', ...grant })),
        ],
      },
    },
  },
});

/** A table with the project's keys, one index and, when wanted, a stream. */
export const testTable = (id: string, { stream = false }: { stream?: boolean } = {}): TestResources => ({
  [id]: {
    Type: 'AWS::DynamoDB::GlobalTable',
    Properties: {
      TableName: `test-${id.toLowerCase()}`,
      AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'gsi1',
          Projection: { ProjectionType: 'ALL' },
          KeySchema: [
            { AttributeName: 'gsi1pk', KeyType: 'HASH' },
            { AttributeName: 'gsi1sk', KeyType: 'RANGE' },
          ],
        },
      ],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      ...(stream ? { StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' } } : {}),
    },
  },
});

export const arnOf = (id: string): object => ({ 'Fn::GetAtt': [id, 'Arn'] });
