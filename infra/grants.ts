import type { IKey } from 'aws-cdk-lib/aws-kms';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { tables, type BucketName, type Context, type QueueName, type SecretName } from './contexts.ts';
import type { Deployment } from './config.ts';
import { settings, type BucketGrant, type LambdaSpec, type TableGrant, type TableVerb } from './functions.ts';

/** What policies and environments name: ARNs and names of the data stack. */
export interface DataResources {
  readonly tables: Readonly<Record<Context, { readonly arn: string; readonly name: string; readonly streamArn: string | undefined }>>;
  readonly buckets: Readonly<Record<BucketName, { readonly arn: string; readonly name: string }>>;
  readonly queues: Readonly<Record<QueueName, { readonly arn: string; readonly url: string }>>;
  readonly secrets: Readonly<Record<SecretName, { readonly arn: string; readonly name: string }>>;
  readonly dataKey: IKey;
  readonly secretsKey: IKey;
}

const tableActions: Readonly<Record<TableVerb, string>> = {
  get: 'dynamodb:GetItem',
  batchGet: 'dynamodb:BatchGetItem',
  query: 'dynamodb:Query',
  queryIndexes: 'dynamodb:Query',
  check: 'dynamodb:ConditionCheckItem',
  put: 'dynamodb:PutItem',
  update: 'dynamodb:UpdateItem',
  scan: 'dynamodb:Scan',
};

const leadingKeys = (keys: readonly string[] | undefined) =>
  keys ? { conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...keys] } } } : {};

const tableStatements = (context: Context, grant: TableGrant, arn: string): PolicyStatement[] => {
  const onTable = grant.may.filter((verb) => verb !== 'queryIndexes');
  const statements: PolicyStatement[] = [];
  if (onTable.length > 0)
    statements.push(new PolicyStatement({ actions: onTable.map((verb) => tableActions[verb]), resources: [arn], ...leadingKeys(grant.keys) }));
  // An index has keys of its own, so the limit to leading keys of the table cannot hold there.
  if (grant.may.includes('queryIndexes')) {
    const resources = Object.keys(tables[context].indexes).map((index) => `${arn}/index/${index}`);
    statements.push(new PolicyStatement({ actions: ['dynamodb:Query'], resources, ...leadingKeys(grant.indexKeys) }));
  }
  return statements;
};

const bucketStatements = (grant: BucketGrant, arn: string): PolicyStatement[] => {
  const prefix = grant.prefix ?? '';
  const objectActions = grant.may.flatMap((verb) => (verb === 'get' ? ['s3:GetObject'] : verb === 'put' ? ['s3:PutObject'] : []));
  const statements = [new PolicyStatement({ actions: objectActions, resources: [`${arn}/${prefix}*`] })];
  if (grant.may.includes('list'))
    statements.push(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [arn],
        ...(prefix === '' ? {} : { conditions: { StringLike: { 's3:prefix': `${prefix}*` } } }),
      }),
    );
  return statements;
};

const entries = <K extends string, V>(record: Readonly<Partial<Record<K, V>>> | undefined): [K, V][] => Object.entries(record ?? {}) as [K, V][];

/** Key use only through the services that hold the data, so that a leaked role cannot decrypt by itself. */
export const keyStatement = (key: IKey, region: string, services: readonly string[]): PolicyStatement =>
  new PolicyStatement({
    actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': services.map((service) => `${service}.${region}.amazonaws.com`) } },
  });

/** The whole policy of a Lambda, but for its log group: from its row of the table and from nothing else. */
export const policyOf = (spec: LambdaSpec, data: DataResources, region: string): PolicyStatement[] => {
  const { trigger } = spec;
  const sends = (spec.sendsTo ?? []).map((queue) => new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [data.queues[queue].arn] }));
  const secrets = (spec.secrets ?? []).map(
    (secret) => new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [data.secrets[secret].arn] }),
  );
  const services = [
    // The records of a stream are encrypted like their table, also for who reads no table.
    ...(entries(spec.tables).length > 0 || trigger.kind === 'stream' ? ['dynamodb'] : []),
    ...(entries(spec.buckets).length > 0 ? ['s3'] : []),
    ...(sends.length > 0 || trigger.kind !== 'api' ? ['sqs'] : []),
  ];
  return [
    ...entries(spec.tables).flatMap(([context, grants]) => grants.flatMap((grant) => tableStatements(context, grant, data.tables[context].arn))),
    ...entries(spec.buckets).flatMap(([bucket, grants]) => grants.flatMap((grant) => bucketStatements(grant, data.buckets[bucket].arn))),
    ...sends,
    ...secrets,
    ...(services.length > 0 ? [keyStatement(data.dataKey, region, services)] : []),
    ...(secrets.length > 0 ? [keyStatement(data.secretsKey, region, ['secretsmanager'])] : []),
  ];
};

const upper = (name: string): string => name.toUpperCase().replaceAll('-', '_');

/** The environment of a Lambda: the deployment, and names of what it may reach, nothing more. */
export const environmentOf = (spec: LambdaSpec, data: DataResources, deployment: Deployment): Record<string, string> => ({
  STAGE: deployment.stage,
  JURISDICTION: deployment.jurisdiction.code,
  ...Object.fromEntries(entries(spec.tables).map(([context]) => [`${upper(context)}_TABLE`, data.tables[context].name])),
  ...Object.fromEntries(entries(spec.buckets).map(([bucket]) => [`${upper(bucket)}_BUCKET`, data.buckets[bucket].name])),
  ...Object.fromEntries((spec.sendsTo ?? []).map((queue) => [`${upper(queue)}_QUEUE_URL`, data.queues[queue].url])),
  ...Object.fromEntries((spec.secrets ?? []).map((secret) => [`${upper(secret)}_SECRET`, data.secrets[secret].name])),
  ...Object.fromEntries((spec.settings ?? []).map((name) => [settings[name], String(deployment[name])])),
});
