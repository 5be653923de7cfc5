import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { instant } from '../../shared/contracts/common.ts';
import { entityFields } from '../../shared/contracts/stored.ts';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { MessageReference } from '../../shared/contracts/message-reference.ts';
import { commit, getItem, queryAll, type Dynamo } from '../../shared/platform/dynamo.ts';
import { commitCreation, createPut, replacePut } from '../../shared/platform/entity.ts';

const answerCounts = z.object({ AA: z.int(), AE: z.int(), AR: z.int() });

/** A file of messages: how far it was read and how its messages were answered. */
export const uploadItem = z.object({
  ...entityFields,
  type: z.literal('upload'),
  uploadId: z.string(),
  subject: z.string(),
  senderId: z.string(),
  objectKey: z.string(),
  /** The file came with the request (a long batch by `POST /hl7`): nobody is asked to put it. */
  isBrought: z.literal(true).optional(),
  state: z.enum(['waiting', 'reading', 'done', 'refused']),
  /** Messages answered so far, in the order of the file. */
  messages: z.int(),
  answers: answerCounts,
  /** The same by part: a part that is put together again is counted again. */
  parts: z.record(z.string(), answerCounts).optional(),
  /** What was odd about the file itself; never a word of its content. */
  remarks: z.array(z.string()),
  answerKeys: z.array(z.string()),
  createdAt: instant,
  finishedAt: instant.optional(),
  requestDigest: z.string(),
});
export type UploadItem = z.infer<typeof uploadItem>;

/** How far a file was handed over to the queue, beside the note of how far it is answered: two workers, two items. */
const sentItem = z.object({
  pk: z.string(),
  sk: z.literal('SENT'),
  type: z.literal('upload-sent'),
  schema: z.literal(1),
  /** Messages handed over, in the order of the file. */
  sent: z.int(),
  /** The file was read to its end. */
  isWhole: z.boolean(),
  /** FHS or BHS of the file, to be answered. */
  header: z.string().optional(),
  /** BHS of each batch, with the place of its first message. */
  batches: z.array(z.object({ from: z.int(), header: z.string() })).optional(),
  remarks: z.array(z.string()),
});
export type SentItem = z.infer<typeof sentItem>;
export type Sent = Pick<SentItem, 'sent' | 'isWhole' | 'header' | 'batches' | 'remarks'>;

/** How one message of a file was answered, until the answers of its part are put together. */
const answerItem = z.object({
  pk: z.string(),
  sk: z.string(),
  type: z.literal('upload-answer'),
  schema: z.literal(1),
  answer: z.enum(['AA', 'AE', 'AR']),
  /** A long one, a history of many doses, is kept packed: an item has room for 400 kB. */
  ack: z.union([z.string(), z.instanceof(Uint8Array).transform((packed) => gunzipSync(packed).toString('utf8'))]),
  expiresAt: z.number(),
  /** Holds the place of a message that was set aside. */
  standsIn: z.literal(true).optional(),
  /** Took such a place later. */
  late: z.literal(true).optional(),
});
export type AnswerItem = z.infer<typeof answerItem>;

const longestPlainAck = 100_000;
const packed = (ack: string): z.input<typeof answerItem>['ack'] => (ack.length <= longestPlainAck ? ack : new Uint8Array(gzipSync(ack)));

/** Answers in one answer file. */
export const messagesPerPart = 200;
const keptAnswersDays = 30;
const numbered = (n: number): string => String(n).padStart(9, '0');
const answerKey = ({ uploadId, position }: Pick<MessageReference, 'uploadId' | 'position'>): { pk: string; sk: string } =>
  ({ pk: partKey(uploadId, partOf({ position })), sk: `ANSWER#${numbered(position)}` });
export const partOf = ({ position }: Pick<MessageReference, 'position'>): number => Math.ceil(position / messagesPerPart);
const partKey = (uploadId: string, part: number): string => `UPLOAD#${uploadId}#PART#${numbered(part)}`;

export const uploadKey = (uploadId: string): { pk: string; sk: 'UPLOAD' } => ({ pk: `UPLOAD#${uploadId}`, sk: 'UPLOAD' });
const folder = 'uploads';
export const uploadObjectKey = (senderId: string, uploadId: string): string => `${folder}/${senderId}/${uploadId}`;
/** Answers lie outside the folder of uploads: the bucket tells of every new object, and nobody answers an answer. */
export const answerObjectKey = (senderId: string, uploadId: string, part: number): string =>
  `answers/${senderId}/${uploadId}/${String(part).padStart(6, '0')}.hl7`;
export const uploadIdOf = (objectKey: string): string | undefined => new RegExp(`^${folder}/[^/]+/(upl_[0-9a-z]{26})$`).exec(objectKey)?.[1];

const answerOf = (reference: MessageReference, { answer, ack }: Pick<AnswerItem, 'answer' | 'ack'>): z.input<typeof answerItem> => ({
  ...answerKey(reference), type: 'upload-answer', schema: 1, answer, ack: packed(ack),
  expiresAt: Math.floor(Date.parse(reference.receivedAt) / 1000) + keptAnswersDays * 86_400,
});

export const makeUploadStore = (dynamo: Dynamo, table: string) => ({
  upload: (uploadId: string): Promise<UploadItem | undefined> => getItem(dynamo, table, uploadKey(uploadId), uploadItem),
  create: (item: UploadItem) => commitCreation(dynamo, item, uploadItem, [createPut(table, item)]),
  /** Writes how far the file was answered; `refused` when another run was further or elsewhere. */
  advance: (next: UploadItem) => commit(dynamo, [replacePut(table, next)]),

  sent: (uploadId: string): Promise<SentItem | undefined> => getItem(dynamo, table, { ...uploadKey(uploadId), sk: 'SENT' }, sentItem),
  /** Notes how far the file was handed over; `refused` when another run was further. */
  noteSent: (uploadId: string, sent: Sent) => {
    const Item: SentItem = { ...uploadKey(uploadId), sk: 'SENT', type: 'upload-sent', schema: 1, ...sent };
    return commit(dynamo, [
      {
        Put: {
          TableName: table,
          Item,
          ConditionExpression: 'attribute_not_exists(pk) OR sent <= :sent',
          ExpressionAttributeValues: { ':sent': sent.sent },
        },
      },
    ]);
  },

  /**
   * Keeps the answer of one message; the same message has the same answer, so the last writer changes nothing.
   * @returns `late` when it took the place of one that was set aside: its part may have been put together without it
   */
  keepAnswer: async (reference: MessageReference, answered: Pick<AnswerItem, 'answer' | 'ack'>): Promise<'in-time' | 'late'> => {
    const before = await getItem(dynamo, table, answerKey(reference), answerItem);
    const isLate = before?.standsIn === true || before?.late === true;
    await dynamo.send(new PutCommand({ TableName: table, Item: { ...answerOf(reference, answered), ...(isLate ? { late: true } : {}) } }));
    return isLate ? 'late' : 'in-time';
  },
  /** Holds the place of a message that cannot be answered now; an answer that is there stays. */
  holdPlace: (reference: MessageReference, answered: Pick<AnswerItem, 'answer' | 'ack'>) =>
    commit(dynamo, [
      { Put: { TableName: table, Item: { ...answerOf(reference, answered), standsIn: true }, ConditionExpression: 'attribute_not_exists(pk)' } },
    ]),
  isAnswered: async (reference: MessageReference): Promise<boolean> => {
    const found = await getItem(dynamo, table, answerKey(reference), answerItem);
    return found !== undefined && found.standsIn !== true;
  },
  /** The answers of a part that are there, in the order of the file; at most `messagesPerPart`. */
  async answersOfPart(uploadId: string, part: number): Promise<AnswerItem[]> {
    const answers: AnswerItem[] = [];
    for await (const item of queryAll(dynamo, { table, pk: partKey(uploadId, part), consistent: true }, answerItem, { maxPages: 10 }))
      answers.push(item);
    return answers;
  },
});
export type UploadStore = ReturnType<typeof makeUploadStore>;
