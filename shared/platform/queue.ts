import type { SQSClient } from '@aws-sdk/client-sqs';

/** A message of a queue that keeps order: those of a group are read one after the other; an id that was sent within five minutes is sent once. */
export interface OrderedMessage {
  readonly group: string;
  readonly id: string;
  readonly message: object;
}

export interface Queue {
  /** Sends a reference to what is to be done; never patient data. It is read after `delaySeconds` (at most 900). */
  send(message: object, delaySeconds?: number): Promise<void>;
  /** Sends up to ten to a queue that keeps order. Throws when one was not taken: send them all again. */
  sendInOrder(messages: readonly OrderedMessage[]): Promise<void>;
}

/** SQS takes no more in one call. */
export const mostPerSend = 10;

let shared: Promise<SQSClient> | undefined;
const client = (): Promise<SQSClient> => {
  shared ??= import('@aws-sdk/client-sqs').then(({ SQSClient: Client }) => new Client({ useQueueUrlAsEndpoint: false }));
  return shared;
};

/** The queue at that address; the client is loaded at the first message. */
export const makeQueue = (url: string): Queue => ({
  async send(message, delaySeconds) {
    const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
    await (
      await client()
    ).send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: JSON.stringify(message),
        ...(delaySeconds === undefined ? {} : { DelaySeconds: delaySeconds }),
      }),
    );
  },
  async sendInOrder(messages) {
    if (messages.length === 0) return;
    const { SendMessageBatchCommand } = await import('@aws-sdk/client-sqs');
    const Entries = messages.map(({ group, id, message }, n) => ({
      Id: String(n), MessageBody: JSON.stringify(message), MessageGroupId: group, MessageDeduplicationId: id,
    }));
    const { Failed = [] } = await (await client()).send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
    if (Failed.length > 0) throw new Error(`${Failed.length} of ${Entries.length} messages were not taken by the queue`);
  },
});
