import type { LocalRun } from '../../local/start.ts';
import { arnOf, probeFunction, testTable } from './local-assembly.ts';
import type { TestResources } from './local-assembly.ts';

export const streamArn = (id: string) => ({ 'Fn::GetAtt': [id, 'StreamArn'] });
const readStream = (id: string) => ({
  Action: ['dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:DescribeStream'],
  Resource: streamArn(id),
});
export const readQueue = (id: string) => ({
  Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  Resource: arnOf(id),
});

const queues: TestResources = {
  Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'test-dead' } },
  Work: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: 'test-work',
      VisibilityTimeout: 30,
      RedrivePolicy: { deadLetterTargetArn: arnOf('Dead'), maxReceiveCount: 3 },
    },
  },
  Uploads: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'test-uploads' } },
  UploadsPolicy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      PolicyDocument: {
        Statement: {
          Effect: 'Allow',
          Principal: { Service: 's3.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: arnOf('Uploads'),
        },
      },
    },
  },
  GivenUp: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'test-given-up' } },
};

export const mapping = (target: string, source: unknown, more: object): TestResources => ({
  [`${target}Source`]: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      FunctionName: { Ref: target },
      EventSourceArn: source,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ...more,
    },
  },
});

/** A queue with a worker and a dead-letter queue, a stream with a reader, schedules, a bucket that tells a queue of uploads. */
export const eventResources: TestResources = {
  ...queues,
  ...testTable('Doses', { stream: true }),
  Bucket: {
    Type: 'AWS::S3::Bucket',
    Properties: {
      BucketName: 'test-uploads-bucket',
      NotificationConfiguration: {
        QueueConfigurations: [
          {
            Event: 's3:ObjectCreated:*',
            Queue: arnOf('Uploads'),
            Filter: { S3Key: { Rules: [{ Name: 'suffix', Value: '.csv' }] } },
          },
        ],
      },
    },
  },
  ...probeFunction('Worker', [readQueue('Work')], {}, 'consume'),
  ...mapping('Worker', arnOf('Work'), { BatchSize: 5 }),
  ...probeFunction('Reader', [readStream('Doses'), { Action: 'sqs:SendMessage', Resource: arnOf('GivenUp') }], {}, 'consume'),
  ...mapping('Reader', streamArn('Doses'), {
    BatchSize: 10,
    StartingPosition: 'TRIM_HORIZON',
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 4,
    DestinationConfig: { OnFailure: { Destination: arnOf('GivenUp') } },
    FilterCriteria: {
      Filters: [
        {
          Pattern: JSON.stringify({
            eventName: ['INSERT'],
            dynamodb: { NewImage: { name: { S: [{ 'anything-but': ['ignored'] }] } } },
          }),
        },
      ],
    },
  }),
  ...probeFunction('Nightly', [{ Action: 'sqs:SendMessage', Resource: arnOf('GivenUp') }]),
  NightlyConfig: {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: {
      FunctionName: { Ref: 'Nightly' },
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: arnOf('GivenUp') } },
    },
  },
  Scheduler: {
    Type: 'AWS::IAM::Role',
    Properties: {
      Policies: [
        { PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arnOf('Nightly') }] } },
      ],
    },
  },
  Outsider: { Type: 'AWS::IAM::Role', Properties: {} },
  ...Object.fromEntries(
    (
      [
        ['NightlyRun', 'Scheduler', 'echo'],
        ['Failing', 'Scheduler', 'throw'],
        ['Forbidden', 'Outsider', 'echo'],
      ] as const
    ).map(([id, role, act]) => [
      id,
      {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          Name: `test-${id.toLowerCase()}`,
          ScheduleExpression: 'cron(0 3 * * ? *)',
          ScheduleExpressionTimezone: 'America/New_York',
          Target: {
            Arn: arnOf('Nightly'),
            RoleArn: arnOf(role),
            Input: JSON.stringify({ act, scheduledTime: '<aws.scheduler.scheduled-time>' }),
          },
        },
      },
    ]),
  ),
};

/** The JSON bodies that wait in a queue of a run. */
export const bodiesIn = (run: LocalRun, name: string): Record<string, unknown>[] =>
  (run.queues.find((each) => each.name === name)?.store.inspectMessages().ready ?? []).map(
    ({ body }) => JSON.parse(body) as Record<string, unknown>,
  );
