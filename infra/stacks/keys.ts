import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal, type Condition } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Deployment } from '../config.ts';

const serviceMayUse = (service: string, conditions: Record<string, Condition>): PolicyStatement =>
  new PolicyStatement({
    principals: [new ServicePrincipal(service)],
    actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
    resources: ['*'],
    conditions,
  });

/** The key of tables, buckets, queues, logs and the operations topic. Services that deliver into them are named, for this account only. */
export const dataKey = (scope: Stack, { account, region }: Deployment): Key => {
  const key = newKey(scope, 'DataKey', 'Doseline: tables, buckets, queues, logs');
  const fromHere = { StringEquals: { 'aws:SourceAccount': account } };
  for (const service of ['s3', 'cloudwatch', 'budgets']) key.addToResourcePolicy(serviceMayUse(`${service}.amazonaws.com`, fromHere));
  key.addToResourcePolicy(
    serviceMayUse(`logs.${region}.amazonaws.com`, {
      ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${scope.partition}:logs:${region}:${account}:log-group:*` },
    }),
  );
  return key;
};

/** The key of the secrets, apart from the data's: who administers one needs no right to the other. */
export const secretsKey = (scope: Construct): Key => newKey(scope, 'SecretsKey', 'Doseline: matching key and credentials');

const newKey = (scope: Construct, id: string, description: string): Key =>
  new Key(scope, id, { description, enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN });
