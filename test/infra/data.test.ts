import { describe, expect, it } from '@jest/globals';
import { roles } from '../../shared/contracts/permissions.ts';
import { contexts, tables } from '../../infra/contexts.ts';
import { broken, listAt, pick, resourcesOf, synthesised, textOf, type Templates } from '../support/synthesis.ts';

/** What a table lacks of what patient data needs. */
const tableFaults = (templates: Templates): string[] =>
  resourcesOf(templates, 'AWS::DynamoDB::GlobalTable').flatMap(({ id, resource }) => {
    const replica = pick(resource, 'Properties', 'Replicas', 0);
    return [
      pick(replica, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled') === true ? [] : [`${id} cannot be restored`],
      pick(replica, 'DeletionProtectionEnabled') === true ? [] : [`${id} can be deleted`],
      pick(replica, 'SSESpecification', 'KMSMasterKeyId') ? [] : [`${id} has no key of ours`],
      resource.DeletionPolicy === 'Retain' ? [] : [`${id} goes with its stack`],
      pick(resource, 'Properties', 'TimeToLiveSpecification', 'AttributeName') === 'expiresAt' ? [] : [`${id} does not expire by expiresAt`],
    ].flat();
  });

const deniesPlainHttp = (statement: unknown): boolean =>
  pick(statement, 'Effect') === 'Deny' && pick(statement, 'Condition', 'Bool', 'aws:SecureTransport') === 'false';

/** What a bucket lacks. The access logs cannot have our key: S3 delivers only under its own. */
const bucketFaults = (templates: Templates): string[] => {
  const policies = resourcesOf(templates, 'AWS::S3::BucketPolicy').map(({ stack, resource }) => ({
    bucket: textOf(templates, stack, pick(resource, 'Properties', 'Bucket')),
    statements: listAt(resource, 'Properties', 'PolicyDocument', 'Statement'),
  }));
  return resourcesOf(templates, 'AWS::S3::Bucket').flatMap(({ stack, id, resource }) => {
    const block = pick(resource, 'Properties', 'PublicAccessBlockConfiguration') ?? {};
    const encryption = pick(resource, 'Properties', 'BucketEncryption', 'ServerSideEncryptionConfiguration', 0, 'ServerSideEncryptionByDefault');
    const statements = policies.filter(({ bucket }) => bucket === `${stack}/${id}`).flatMap((policy) => policy.statements);
    const anyone = statements.filter((statement) => pick(statement, 'Effect') === 'Allow' && JSON.stringify(pick(statement, 'Principal')).includes('*'));
    return [
      Object.values(block).filter((value) => value === true).length === 4 && anyone.length === 0 ? [] : [`${id} is public`],
      statements.some(deniesPlainHttp) ? [] : [`${id} takes plain HTTP`],
      pick(resource, 'Properties', 'VersioningConfiguration', 'Status') === 'Enabled' ? [] : [`${id} keeps no versions`],
      pick(encryption, 'SSEAlgorithm') === 'aws:kms' || id.includes('AccessLogs') ? [] : [`${id} has no key of ours`],
      resource.DeletionPolicy === 'Retain' ? [] : [`${id} goes with its stack`],
    ].flat();
  });
};

describe.each(['dev', 'prod'] as const)('Data of %s', (stage) => {
  const { templates, deployment } = synthesised(stage);

  it('is in one table for each context, restorable, protected, under our own key', () => {
    expect(resourcesOf(templates, 'AWS::DynamoDB::GlobalTable')).toHaveLength(contexts.length);
    expect(tableFaults(templates)).toEqual([]);
  });

  it('shows a table that lost its protection', () => {
    const open = broken(templates, ({ data }) => {
      for (const resource of Object.values(data.Resources))
        if (resource.Type === 'AWS::DynamoDB::GlobalTable') Object.assign(pick(resource, 'Properties', 'Replicas', 0) ?? {}, { DeletionProtectionEnabled: false });
    });
    expect(tableFaults(open)).toHaveLength(contexts.length);
  });

  it.each(contexts)('has the indexes and the stream that %s declares', (context) => {
    const found = Object.entries(templates.data.Resources).find(([id]) => id.toLowerCase().startsWith(`${context}table`))?.[1];
    expect(listAt(found, 'Properties', 'GlobalSecondaryIndexes').map((index) => pick(index, 'IndexName'))).toEqual(Object.keys(tables[context].indexes));
    expect(pick(found, 'Properties', 'StreamSpecification', 'StreamViewType')).toBe(tables[context].stream ? 'NEW_AND_OLD_IMAGES' : undefined);
  });

  it('keeps patient data out of the dose indexes', () => {
    const doses = Object.entries(templates.data.Resources).find(([id]) => id.startsWith('DosesTable'))?.[1];
    const projections = listAt(doses, 'Properties', 'GlobalSecondaryIndexes').map((index) => pick(index, 'Projection'));
    expect(projections.every((projection) => pick(projection, 'ProjectionType') !== 'ALL')).toBe(true);
    const names = projections.flatMap((projection) => listAt(projection, 'NonKeyAttributes')).map(String);
    expect(names.filter((name) => /name|birth|address|phone|mail|street|zip/i.test(name))).toEqual([]);
  });

  it('is in buckets that are private, TLS only, versioned and under our own key', () => {
    expect(bucketFaults(templates)).toEqual([]);
  });

  it('shows a bucket that anyone may read', () => {
    const open = broken(templates, ({ data }) => {
      const policy = Object.values(data.Resources).find((resource) => resource.Type === 'AWS::S3::BucketPolicy');
      listAt(policy, 'Properties', 'PolicyDocument', 'Statement').push({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 's3:GetObject', Resource: 'x' });
    });
    expect(bucketFaults(open)).toEqual([expect.stringContaining('is public')]);
  });

  it('locks a submission for the days of the configuration', () => {
    const submissions = Object.entries(templates.data.Resources).find(([id, { Type }]) => Type === 'AWS::S3::Bucket' && id.includes('Submissions'))?.[1];
    expect(pick(submissions, 'Properties', 'ObjectLockEnabled')).toBe(true);
    expect(pick(submissions, 'Properties', 'ObjectLockConfiguration', 'Rule', 'DefaultRetention')).toEqual({ Mode: 'GOVERNANCE', Days: deployment.submissionLockDays });
  });

  const messagesRule = (from: Templates) => {
    const messages = Object.entries(from.data.Resources).find(([id, { Type }]) => Type === 'AWS::S3::Bucket' && id.includes('Messages'))?.[1];
    return listAt(messages, 'Properties', 'LifecycleConfiguration', 'Rules')[0];
  };
  it('keeps original messages for the days of the jurisdiction, and what was put over for a week', () => {
    const { messagesDays } = deployment.jurisdiction.retention;
    expect(messagesDays).toBeGreaterThan(365);
    expect(messagesRule(templates)).toMatchObject({ Status: 'Enabled', ExpirationInDays: messagesDays, NoncurrentVersionExpiration: { NoncurrentDays: 7 } });
  });

  it('tells the uploads queue of every object that arrives', () => {
    const uploads = Object.entries(templates.data.Resources).find(([id, { Type }]) => Type === 'AWS::S3::Bucket' && id.includes('Uploads'))?.[1];
    const [told] = listAt(uploads, 'Properties', 'NotificationConfiguration', 'QueueConfigurations');
    expect(textOf(templates, 'data', pick(told, 'Queue'))).toMatch(/^data\/UploadsQueue/);
    expect(pick(told, 'Event')).toBe('s3:ObjectCreated:*');
  });

  it('has a group for every role of people, none for machines, and machine clients with the scopes of the configuration', () => {
    const names = resourcesOf(templates, 'AWS::Cognito::UserPoolGroup').map(({ resource }) => pick(resource, 'Properties', 'GroupName'));
    expect(names.sort()).toEqual(roles.filter((role) => role !== 'ehr-system').sort());
    const machines = resourcesOf(templates, 'AWS::Cognito::UserPoolClient').filter(({ resource }) => listAt(resource, 'Properties', 'AllowedOAuthFlows').includes('client_credentials'));
    expect(machines.map(({ resource }) => pick(resource, 'Properties', 'ClientName'))).toEqual(deployment.machineClients.map(({ name }) => name));
  });
});
