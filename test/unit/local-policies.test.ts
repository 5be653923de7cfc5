import { describe, expect, it } from '@jest/globals';
import { firstDenied } from '../../local/iam/evaluate.ts';
import type { Need } from '../../local/iam/evaluate.ts';
import { dynamoNeeds } from '../../local/iam/dynamodb-needs.ts';
import type { DynamoRequest } from '../../local/iam/dynamodb-needs.ts';
import { readPolicies } from '../../local/iam/policies.ts';
import { loadTemplate } from '../../local/template.ts';
import { readTables } from '../../local/storage/dynamodb-tables.ts';
import { arnOf, probeFunction, testTable, writeAssembly } from '../support/local-assembly.ts';
import type { Grant, TestResources } from '../support/local-assembly.ts';

const load = (grants: Grant[], more: TestResources = {}) =>
  loadTemplate(
    writeAssembly({ one: { Resources: { ...testTable('Doses'), ...probeFunction('Fn', grants), ...more } } }, { bundle: false }),
    { frontUrl: 'http://127.0.0.1:1', issuerUrl: 'http://127.0.0.1:2' },
  );

const denied = (grants: Grant[], needs: Need[], more: TestResources = {}): Need | undefined => {
  const template = load(grants, more);
  return firstDenied(readPolicies(template), template.ofType('AWS::IAM::Role')[0]?.arn ?? '', needs);
};

const doses = 'arn:aws:dynamodb:us-east-1:000000000000:table/test-doses';
const get = (resource: string, leading?: string[]): Need => ({
  action: 'dynamodb:GetItem',
  resource,
  ...(leading === undefined ? {} : { context: { 'dynamodb:LeadingKeys': leading } }),
});
const mine: Grant = {
  Action: 'dynamodb:GetItem',
  Resource: arnOf('Doses'),
  Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['SITE#*', 'MEMBER#?'] } },
};

const via = (service: string) => ({ StringEquals: { 'kms:ViaService': [`${service}.us-east-1.amazonaws.com`] } });

describe('policies of the local run', () => {
  it.each<[string, Grant[], Need, boolean]>([
    ['what a statement names', [{ Action: 'dynamodb:GetItem', Resource: arnOf('Doses') }], get(doses), true],
    ['nothing without a statement', [], get(doses), false],
    ['another action by a wildcard', [{ Action: 'dynamodb:Get*', Resource: arnOf('Doses') }], get(doses), true],
    ['no action that is not named', [{ Action: 'dynamodb:Query', Resource: arnOf('Doses') }], get(doses), false],
    ['no index by the table alone', [{ Action: 'dynamodb:*', Resource: arnOf('Doses') }], get(`${doses}/index/gsi1`), false],
    [
      'an index that is named',
      [{ Action: 'dynamodb:*', Resource: { 'Fn::Join': ['', [arnOf('Doses'), '/index/*']] } }],
      get(`${doses}/index/gsi1`),
      true,
    ],
    [
      'nothing that is also denied',
      [
        { Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: 'dynamodb:GetItem', Resource: '*' },
      ],
      get(doses),
      false,
    ],
    ['a leading key that fits', [mine], get(doses, ['SITE#1']), true],
    ['no leading key that does not fit', [mine], get(doses, ['PERSON#1']), false],
    ['no batch with one foreign leading key', [mine], get(doses, ['SITE#1', 'PERSON#1']), false],
    ['a question mark for one character only', [mine], get(doses, ['MEMBER#12']), false],
  ])('allow %s', (_name, grants, need, allowed) => {
    expect(denied(grants, [need])).toEqual(allowed ? undefined : need);
  });

  it('deny to everybody what a bucket policy denies, unless its condition does not hold', () => {
    const bucket = (Condition: object): TestResources => ({
      Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'exports' } },
      BucketPolicy: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: {
          PolicyDocument: {
            Statement: [
              { Effect: 'Deny', Principal: { AWS: '*' }, Action: 's3:*', Resource: 'arn:aws:s3:::exports/*', Condition },
            ],
          },
        },
      },
    });
    const put = { action: 's3:PutObject', resource: 'arn:aws:s3:::exports/a.csv' };
    const grants: Grant[] = [{ Action: 's3:*', Resource: '*' }];
    expect(denied(grants, [put], bucket({ Bool: { 'aws:SecureTransport': 'true' } }))).toEqual(put);
    expect(denied(grants, [put], bucket({ Bool: { 'aws:SecureTransport': 'false' } }))).toBeUndefined();
  });

  it.each<[string, Grant[], boolean]>([
    ['without the key', [], false],
    ['with the key', [{ Action: 'kms:Decrypt', Resource: arnOf('Key') }], true],
    ['with the key through this service', [{ Action: 'kms:*', Resource: arnOf('Key'), Condition: via('dynamodb') }], true],
    ['with the key through another service only', [{ Action: 'kms:*', Resource: arnOf('Key'), Condition: via('s3') }], false],
  ])('%s decide over an encrypted table', (_name, grants, allowed) => {
    const encrypted: TestResources = {
      Key: { Type: 'AWS::KMS::Key', Properties: {} },
      Secret: {
        Type: 'AWS::DynamoDB::GlobalTable',
        Properties: {
          TableName: 'test-secret',
          KeySchema: [],
          Replicas: [{ Region: 'us-east-1', SSESpecification: { KMSMasterKeyId: arnOf('Key') } }],
        },
      },
    };
    const get = { action: 'dynamodb:GetItem', resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/test-secret' };
    const refused = denied([{ Action: 'dynamodb:GetItem', Resource: arnOf('Secret') }, ...grants], [get], encrypted);
    expect(refused?.action).toBe(allowed ? undefined : 'kms:Decrypt');
  });

  it.each([
    ['an operator', { DateLessThan: { 'aws:SecureTransport': 'x' } }, 'DateLessThan'],
    ['a key', { StringEquals: { 'aws:RequestedRegion': 'x' } }, 'aws:RequestedRegion'],
  ])('refuse to start with %s they cannot judge', (_name, Condition, message) => {
    expect(() => readPolicies(load([{ Action: 'dynamodb:GetItem', Resource: '*', Condition }]))).toThrow(message);
  });

  it('refuse to start with a managed policy they do not know', () => {
    const admin: TestResources = {
      Admin: { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] } },
    };
    expect(() => readPolicies(load([], admin))).toThrow('AdministratorAccess');
  });
});

describe('permissions that a DynamoDB call needs', () => {
  const [table] = readTables(load([]));
  const needs = (operation: string, request: DynamoRequest) =>
    dynamoNeeds(operation, request, (name) => (name === table?.name ? table : undefined));
  const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'x' } });

  it.each<[string, string, DynamoRequest, [string, string, string[] | undefined][]]>([
    ['one item', 'PutItem', { TableName: 'test-doses', Item: key('A') }, [['dynamodb:PutItem', doses, ['A']]]],
    [
      'each item of a transaction',
      'TransactWriteItems',
      {
        TransactItems: [
          { Put: { TableName: 'test-doses', Item: key('A') } },
          { ConditionCheck: { TableName: 'test-doses', Key: key('B') } },
        ],
      },
      [
        ['dynamodb:PutItem', doses, ['A']],
        ['dynamodb:ConditionCheckItem', doses, ['B']],
      ],
    ],
    [
      'all keys of a batch',
      'BatchGetItem',
      { RequestItems: { 'test-doses': { Keys: [key('A'), key('B')] } } },
      [['dynamodb:BatchGetItem', doses, ['A', 'B']]],
    ],
    [
      'the partition that a query names, wherever it stands',
      'Query',
      {
        TableName: 'test-doses',
        KeyConditionExpression: 'sk = :s AND #p = :p',
        ExpressionAttributeNames: { '#p': 'pk' },
        ExpressionAttributeValues: { ':s': { S: 'x' }, ':p': { S: 'A' } },
      },
      [['dynamodb:Query', doses, ['A']]],
    ],
    [
      'the index and its own partition',
      'Query',
      {
        TableName: 'test-doses',
        IndexName: 'gsi1',
        KeyConditionExpression: 'gsi1pk = :p',
        ExpressionAttributeValues: { ':p': { S: 'G' } },
      },
      [['dynamodb:Query', `${doses}/index/gsi1`, ['G']]],
    ],
  ])('are those of %s', (_name, operation, request, expected) => {
    expect(
      needs(operation, request)?.map(({ action, resource, context }) => [action, resource, context?.['dynamodb:LeadingKeys']]),
    ).toEqual(expected);
  });

  it('are unknown for an operation that is not in the table', () => {
    expect(needs('ExecuteStatement', {})).toBeUndefined();
  });
});
