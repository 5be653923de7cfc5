import { Stack, type StackProps } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Deployment } from '../config.ts';
import { contexts, orderedQueues, queues, tables, type BucketName, type Context, type QueueName } from '../contexts.ts';
import { DomainTable } from '../constructs/domain-table.ts';
import { WorkQueue } from '../constructs/work-queue.ts';
import { readerOf } from '../functions.ts';
import type { DataResources } from '../grants.ts';
import { Buckets } from './buckets.ts';
import { Credentials } from './credentials.ts';
import { Identity } from './identity.ts';
import { dataKey, secretsKey } from './keys.ts';

const recordOf = <K extends string, V>(names: readonly K[], value: (name: K) => V): Readonly<Record<K, V>> =>
  Object.fromEntries(names.map((name) => [name, value(name)])) as Record<K, V>;

const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** Everything that holds state: tables, buckets, queues, secrets, users. Nothing in it is deleted with the stack. */
export class DataStack extends Stack {
  readonly dataKey: Key;
  readonly secretsKey: Key;
  readonly tables: Readonly<Record<Context, DomainTable>>;
  readonly queues: Readonly<Record<QueueName, WorkQueue>>;
  readonly buckets: Buckets;
  readonly credentials: Credentials;
  readonly identity: Identity;
  readonly operations: Topic;

  constructor(scope: Construct, id: string, deployment: Deployment, props: StackProps) {
    super(scope, id, props);
    this.dataKey = dataKey(this, deployment);
    this.secretsKey = secretsKey(this);
    const encryptionKey = this.dataKey;
    this.tables = recordOf(contexts, (name) => new DomainTable(this, `${pascal(name)}Table`, { spec: tables[name], encryptionKey }));
    this.queues = recordOf(queues, (name) => {
      const reader = readerOf(name);
      const { maxReceives } = reader.trigger;
      return new WorkQueue(this, `${pascal(name)}Queue`, {
        encryptionKey,
        timeoutSeconds: reader.timeoutSeconds,
        maxReceives,
        isOrdered: orderedQueues.includes(name),
      });
    });
    this.buckets = new Buckets(this, 'Buckets', { encryptionKey, uploads: this.queues.uploads.queue, deployment });
    this.credentials = new Credentials(this, 'Credentials', { encryptionKey: this.secretsKey, prefix: deployment.prefix });
    this.identity = new Identity(this, 'Identity', deployment);
    this.operations = this.operationsTopic(deployment);
  }

  private operationsTopic(deployment: Deployment): Topic {
    const topic = new Topic(this, 'OperationsTopic', { masterKey: this.dataKey, enforceSSL: true, displayName: `${deployment.prefix} operations` });
    topic.addSubscription(new EmailSubscription(deployment.operationsEmail));
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com'), new ServicePrincipal('budgets.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': deployment.account } },
      }),
    );
    return topic;
  }

  /** The names and ARNs that policies and environments of the other stacks use. */
  resources(): DataResources {
    return {
      tables: recordOf(contexts, (name) => {
        const { tableArn, tableName, tableStreamArn } = this.tables[name];
        return { arn: tableArn, name: tableName, streamArn: tables[name].stream ? tableStreamArn : undefined };
      }),
      buckets: recordOf<BucketName, { arn: string; name: string }>(['messages', 'uploads', 'submissions', 'exports'], (name) => {
        const { bucketArn, bucketName } = this.buckets.byName[name];
        return { arn: bucketArn, name: bucketName };
      }),
      queues: recordOf(queues, (name) => {
        const { queueArn, queueUrl } = this.queues[name].queue;
        return { arn: queueArn, url: queueUrl };
      }),
      secrets: this.credentials.byName,
      dataKey: this.dataKey,
      secretsKey: this.secretsKey,
    };
  }
}
