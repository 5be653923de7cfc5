import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient, type Message } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';

/** When every file of these tests comes in. */
export const receivedAt = '2021-03-08T16:00:00.000Z';

export interface UploadDesk {
  /** Runs the worker of files over these queue messages, as Lambda would. */
  run(bodies: readonly (object | string)[], remainingMs?: number): Promise<SQSBatchResponse>;
  /** References that wait, in the order in which the queue gives them out; they stay in flight until they are taken. */
  receive(): Promise<Message[]>;
  /** Runs the worker of messages over them and takes those off the queue that it did not fail. */
  take(messages: readonly Message[]): Promise<SQSBatchResponse>;
  /** Everything that waits on the queue of messages, to its end. */
  drain(): Promise<void>;
  stop(): void;
}

export const s3Event = (key: string): object => ({ Records: [{ s3: { object: { key: encodeURIComponent(key).replaceAll('%2F', '/') } } }] });

/** The two workers of uploaded files over real queues, with no poller between them, so that a test decides what comes when. */
export const openUploadDesk = async (endpoint: string): Promise<UploadDesk> => {
  const sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  const create = async (QueueName: string, Attributes?: Record<string, string>): Promise<string> => (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? '';
  const UPLOADS_QUEUE_URL = await create('uploads');
  const MESSAGES_QUEUE_URL = await create('messages.fifo', { FifoQueue: 'true', DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' });
  Object.assign(process.env, { UPLOADS_QUEUE_URL, MESSAGES_QUEUE_URL, AWS_ENDPOINT_URL_SQS: endpoint });
  const onUpload = (await import('../../functions/doses/on-upload.ts')).handler;
  const onMessage = (await import('../../functions/doses/on-message.ts')).handler;
  const record = (messageId: string, body: string, more: object = {}): SQSRecord =>
    ({ messageId, body, attributes: { SentTimestamp: String(Date.parse(receivedAt)), ...more } }) as unknown as SQSRecord;

  const receive = async (): Promise<Message[]> =>
    (await sqs.send(new ReceiveMessageCommand({ QueueUrl: MESSAGES_QUEUE_URL, MaxNumberOfMessages: 10, VisibilityTimeout: 600, MessageSystemAttributeNames: ['MessageGroupId'] }))).Messages ?? [];
  const take = async (messages: readonly Message[]): Promise<SQSBatchResponse> => {
    const Records = messages.map(({ MessageId = '', Body = '', Attributes = {} }) => record(MessageId, Body, Attributes));
    const answer = await onMessage({ Records }, { getRemainingTimeInMillis: () => 120_000 });
    const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const done = messages.filter(({ MessageId = '' }) => !failed.has(MessageId));
    await Promise.all(done.map(({ ReceiptHandle }) => sqs.send(new DeleteMessageCommand({ QueueUrl: MESSAGES_QUEUE_URL, ReceiptHandle }))));
    return answer;
  };
  return {
    run: (bodies, remainingMs = 200_000) =>
      onUpload({ Records: bodies.map((body, n) => record(`m${n}`, typeof body === 'string' ? body : JSON.stringify(body))) }, { getRemainingTimeInMillis: () => remainingMs }),
    receive,
    take,
    async drain() {
      for (let messages = await receive(); messages.length > 0; messages = await receive()) await take(messages);
    },
    stop: () => sqs.destroy(),
  };
};
