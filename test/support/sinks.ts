import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient, type Message } from '@aws-sdk/client-sqs';
import { buckets } from '../../infra/contexts.ts';
import { toldBy } from './canaries.ts';
import type { House } from './house.ts';

/** Where patient data may lie, and why. Anywhere else it is a leak. */
export interface AllowedAttribute {
  readonly table: string;
  readonly type: string;
  readonly attributes: 'any but keys' | readonly string[];
  readonly why: string;
}

export interface AllowedObject {
  readonly bucket: string;
  readonly key: RegExp;
  readonly why: string;
}

type Item = Record<string, unknown>;
const isKey = (attribute: string): boolean => /^(pk|sk|gsi\d(pk|sk))$/.test(attribute);

const itemsOf = async ({ suite }: House, table: string): Promise<Item[]> => {
  const found: Item[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await suite.dynamo.send(new ScanCommand({ TableName: suite.tables[table] ?? '', ExclusiveStartKey: from }));
    found.push(...Items);
    from = LastEvaluatedKey;
  } while (from !== undefined);
  return found;
};

/** Every attribute of every item of every table that tells of her and may not; keys never may. */
export const leaksInTables = async (house: House, allowed: readonly AllowedAttribute[]): Promise<string[]> => {
  const leaks = new Set<string>();
  for (const table of Object.keys(house.suite.tables)) for (const item of await itemsOf(house, table)) {
    const type = String(item['type']);
    const row = allowed.find((each) => each.table === table && each.type === type);
    for (const [attribute, value] of Object.entries(item)) {
      const isAllowed = !isKey(attribute) && row !== undefined && (row.attributes === 'any but keys' || row.attributes.includes(attribute));
      if (isAllowed) continue;
      for (const told of toldBy(`${attribute} ${typeof value === 'string' ? value : JSON.stringify(value)}`)) leaks.add(`${table} ${type}.${attribute}: ${told}`);
    }
  }
  return [...leaks];
};

/** Every object that tells of her where it may not; names of objects never may. */
export const leaksInBuckets = async ({ s3 }: House, allowed: readonly AllowedObject[]): Promise<string[]> => {
  const leaks = new Set<string>();
  for (const bucket of buckets) {
    const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: bucket }));
    for (const { Key = '' } of Contents) {
      for (const told of toldBy(Key)) leaks.add(`${bucket}: name of an object: ${told}`);
      if (allowed.some((each) => each.bucket === bucket && each.key.test(Key))) continue;
      const text = (await (await s3.client.send(new GetObjectCommand({ Bucket: bucket, Key }))).Body?.transformToString()) ?? '';
      for (const told of toldBy(text)) leaks.add(`${bucket} ${Key}: ${told}`);
    }
  }
  return [...leaks];
};

/** Takes every message that waits on these queues. */
export const waitingIn = async ({ s3 }: House, queueUrls: readonly string[]): Promise<Message[]> => {
  const client = new SQSClient({ endpoint: s3.endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  const taken: Message[] = [];
  for (const QueueUrl of queueUrls) for (;;) {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['MessageGroupId'], WaitTimeSeconds: 0 }));
    if (Messages.length === 0) break;
    // Off the queue with them: of a patient's messages only one is given out at a time.
    await Promise.all(Messages.map(({ ReceiptHandle }) => client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))));
    taken.push(...Messages);
  }
  client.destroy();
  return taken;
};

/** Takes every waiting message of every queue. */
export const leaksInQueues = async (house: House): Promise<{ messages: number; leaks: string[] }> => {
  const bodies = (await waitingIn(house, Object.values(house.queueUrls))).map(({ Body, MessageAttributes, Attributes }) => JSON.stringify([Body, MessageAttributes, Attributes]));
  return { messages: bodies.length, leaks: bodies.flatMap((body) => toldBy(body).map((told) => `a queue: ${told}`)) };
};
