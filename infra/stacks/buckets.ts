import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  HttpMethods,
  ObjectLockRetention,
  ObjectOwnership,
  StorageClass,
  type BucketProps,
  type CfnBucket,
  type IBucket,
} from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Deployment } from '../config.ts';
import type { BucketName } from '../contexts.ts';

export interface BucketsProps {
  readonly encryptionKey: IKey;
  /** Told of every object that arrives in the uploads bucket. */
  readonly uploads: Queue;
  readonly deployment: Deployment;
}

const abortUploads = { abortIncompleteMultipartUploadAfter: Duration.days(1) };
const dropOldVersions = { noncurrentVersionExpiration: Duration.days(90) };
const toColdStorage = { transitions: [{ storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(90) }] };

/** Browsers of the portal put files by presigned URL; nothing else crosses an origin. */
const fromPortal = (origins: readonly string[]): Pick<BucketProps, 'cors'> => ({
  cors: [{ allowedMethods: [HttpMethods.PUT], allowedOrigins: [...origins], allowedHeaders: ['content-type', 'content-md5'], maxAge: 3600 }],
});

/** The buckets: private, TLS only, versioned, under the data key, access logged. */
export class Buckets extends Construct {
  readonly byName: Readonly<Record<BucketName, Bucket>>;
  readonly accessLogs: Bucket;

  constructor(scope: Construct, id: string, { encryptionKey, uploads, deployment }: BucketsProps) {
    super(scope, id);
    this.accessLogs = new Bucket(this, 'AccessLogs', {
      ...closed,
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: Duration.days(deployment.logRetentionDays), ...abortUploads }],
    });
    const bucket = (name: BucketName, props: BucketProps): Bucket =>
      new Bucket(this, name.charAt(0).toUpperCase() + name.slice(1), {
        ...closed,
        encryption: BucketEncryption.KMS,
        encryptionKey,
        bucketKeyEnabled: true,
        serverAccessLogsBucket: this.accessLogs as IBucket,
        serverAccessLogsPrefix: `${name}/`,
        ...props,
      });
    this.byName = {
      // Original messages: the evidence of what a sender said, for as long as the jurisdiction keeps it. One of somebody who opted out is put
      // over with nothing; what lay there before is gone after a week.
      messages: bucket('messages', {
        lifecycleRules: [
          {
            ...toColdStorage,
            ...abortUploads,
            expiration: Duration.days(deployment.jurisdiction.retention.messagesDays),
            noncurrentVersionExpiration: Duration.days(7),
          },
        ],
      }),
      // A file is kept until its rows have surely been taken and any question about it asked.
      uploads: bucket('uploads', {
        ...fromPortal(deployment.portalUrls),
        lifecycleRules: [{ expiration: Duration.days(90), ...dropOldVersions, ...abortUploads }],
      }),
      submissions: bucket('submissions', {
        objectLockEnabled: true,
        objectLockDefaultRetention: ObjectLockRetention.governance(Duration.days(deployment.submissionLockDays)),
        lifecycleRules: [{ ...toColdStorage, ...abortUploads }],
      }),
      exports: bucket('exports', { lifecycleRules: [{ expiration: Duration.days(400), ...dropOldVersions, ...abortUploads }] }),
    };
    this.tellOfUploads(uploads, deployment.account);
  }

  /** Written on the bucket itself: CDK's own way is a custom resource with a Lambda that may change every bucket. */
  private tellOfUploads(queue: Queue, account: string): void {
    queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('s3.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    );
    const bucket = this.byName.uploads.node.defaultChild as CfnBucket;
    bucket.notificationConfiguration = { queueConfigurations: [{ event: 's3:ObjectCreated:*', queue: queue.queueArn }] };
    // S3 tries the queue when it is told of it, so the policy must be there first.
    for (const child of queue.node.children) if (child.node.id === 'Policy') bucket.node.addDependency(child);
  }
}

const closed: BucketProps = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  versioned: true,
  removalPolicy: RemovalPolicy.RETAIN,
};
