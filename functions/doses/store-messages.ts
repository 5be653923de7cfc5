import { PutCommand, type PutCommandInput } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { instant } from '../../shared/contracts/common.ts';
import type { Fault } from '../../shared/hl7/index.ts';
import type { Bucket } from '../../shared/platform/bucket.ts';
import { commit, getItem, type Dynamo } from '../../shared/platform/dynamo.ts';
import { tallyUpdate, type TallyOf } from './quality/store-quality.ts';

/** A fault as it was answered: where and what, never a value of the patient. */
const keptFault = z.custom<Fault>((value) => typeof value === 'object' && value !== null && 'rule' in value && 'text' in value);

/** That a message came and how it was answered; the message itself lies in the bucket. */
export const messageItem = z.object({
  pk: z.string(),
  sk: z.literal('MESSAGE'),
  type: z.literal('message'),
  schema: z.literal(1),
  messageId: z.string(),
  form: z.enum(['hl7', 'json', 'fhir', 'csv']),
  senderId: z.string(),
  receivedAt: instant,
  objectKey: z.string(),
  /** Keyed digest of a JSON request, to tell a repeat from another request under its key. */
  digest: z.string().optional(),
  answer: z.enum(['AA', 'AE', 'AR']).optional(),
  faults: z.array(keptFault).optional(),
  stored: z.number().optional(),
  /** What became of each vaccination event that was told: the word for it, and which RXA of the message. */
  done: z.array(z.object({ what: z.string(), position: z.int() })).optional(),
  sent: z.number().optional(),
  /** Its patient opted out: the original is not kept. */
  unseen: z.boolean().optional(),
  /** Ids of what a FHIR request made or found, in the order of its entries: what its repeat is answered. */
  made: z.array(z.string()).optional(),
});
export type MessageItem = z.infer<typeof messageItem>;

const messageKey = (messageId: string): { pk: string; sk: 'MESSAGE' } => ({ pk: `MESSAGE#${messageId}`, sk: 'MESSAGE' });
const mediaTypes: Readonly<Record<MessageItem['form'], string>> = {
  hl7: 'x-application/hl7-v2+er7', json: 'application/json', fhir: 'application/fhir+json', csv: 'text/csv',
};
const endings: Readonly<Record<MessageItem['form'], string>> = { hl7: 'hl7', json: 'json', fhir: 'json', csv: 'csv' };

/** Where the original lies: by day, sender and message, none of which is patient data. */
export const objectKeyOf = ({
  localDay,
  senderId,
  messageId,
  form,
}: {
  localDay: string;
  senderId: string;
  messageId: string;
  form: MessageItem['form'];
}): string => `messages/${localDay}/${senderId}/${messageId}.${endings[form]}`;

type NewMessage = Omit<MessageItem, 'pk' | 'sk' | 'type' | 'schema'>;

/** False when it lies there already. */
const putOnce = async (dynamo: Dynamo, put: PutCommandInput): Promise<boolean> => {
  try {
    await dynamo.send(new PutCommand(put));
    return true;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
    return false;
  }
};

/** Messages: the original in the bucket, what became of it in the table. */
export const makeMessageStore = (dynamo: Dynamo, table: string, bucket: Bucket) => ({
  message: (messageId: string): Promise<MessageItem | undefined> => getItem(dynamo, table, messageKey(messageId), messageItem),
  /** Puts the original; the same message again lands on itself. */
  keep: (objectKey: string, text: string, form: MessageItem['form']): Promise<void> => bucket.put(objectKey, text, mediaTypes[form]),
  /** Puts nothing over an original: of somebody who opted out it is not kept. What lay there leaves by the bucket's lifecycle. */
  forget: (objectKey: string, form: MessageItem['form']): Promise<void> => bucket.put(objectKey, '', mediaTypes[form]),
  original: async (objectKey: string): Promise<string | undefined> => {
    const text = await bucket.text(objectKey);
    return text === '' ? undefined : text;
  },
  /** Writes down how a message was answered, once: a second writer gets what the first wrote. What it counts for its sender goes with it. */
  async finish(message: NewMessage, counted?: Omit<TallyOf, 'messageId' | 'senderId'>): Promise<MessageItem> {
    const { messageId, senderId } = message;
    const item: MessageItem = { ...messageKey(messageId), type: 'message', schema: 1, ...message };
    const put = { TableName: table, Item: item, ConditionExpression: 'attribute_not_exists(pk)' };
    const isFirst =
      counted === undefined
        ? await putOnce(dynamo, put)
        : (await commit(dynamo, [{ Put: put }, tallyUpdate(table, { messageId, senderId, ...counted })])).kind === 'committed';
    return isFirst ? item : ((await getItem(dynamo, table, messageKey(messageId), messageItem)) ?? item);
  },
});
export type MessageStore = ReturnType<typeof makeMessageStore>;
