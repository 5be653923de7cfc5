import type { SQSClient } from '@aws-sdk/client-sqs';

export interface Queue {
  /** Sends a reference to what is to be done; never patient data. */
  send(message: object): Promise<void>;
}

let shared: Promise<SQSClient> | undefined;
const client = (): Promise<SQSClient> => {
  shared ??= import('@aws-sdk/client-sqs').then(({ SQSClient: Client }) => new Client({ useQueueUrlAsEndpoint: false }));
  return shared;
};

/** The queue at that address; the client is loaded at the first message. */
export const makeQueue = (url: string): Queue => ({
  async send(message) {
    const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
    await (await client()).send(new SendMessageCommand({ QueueUrl: url, MessageBody: JSON.stringify(message) }));
  },
});
