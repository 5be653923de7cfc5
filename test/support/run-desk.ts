import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient, type Message } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Problem } from '../../shared/contracts/problem.ts';
import type { Answer, Call } from './api.ts';
import { openS3 } from './emulated-s3.ts';

type Caller = (request: Call) => Promise<Answer>;
const longEnough = 600_000;

export interface RunDesk {
  /** References that wait, taken off the queue. */
  received(): Promise<Message[]>;
  /** Hands messages to the worker as Lambda does: `tries` is how often they were delivered. */
  deliver(messages: readonly Message[], options?: { now?: string; tries?: number; remainingMs?: number }): Promise<SQSBatchResponse>;
  /** A draft or a publication as people see it: asked for, worked on, read. Refused, it looks as if the request had been. */
  settled(caller: Caller, asked: Promise<Answer>, now?: string): Promise<Answer>;
  stop(): Promise<void>;
}

/** The queue of runs and its worker, with no poller between them. Call it after openSuite and before importing the API. */
export const openRunDesk = async (endpoint?: string): Promise<RunDesk> => {
  const emulator = endpoint === undefined ? await openS3({}) : undefined;
  const at = endpoint ?? emulator?.endpoint ?? '';
  const sqs = new SQSClient({ endpoint: at, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'runs' }));
  Object.assign(process.env, { RUNS_QUEUE_URL: QueueUrl, AWS_ENDPOINT_URL_SQS: at });

  const received = async (): Promise<Message[]> => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    await Promise.all(Messages.map(({ ReceiptHandle }) => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))));
    return Messages;
  };
  const deliver: RunDesk['deliver'] = async (messages, { now = '2021-03-08T15:00:00.000Z', tries = 1, remainingMs = longEnough } = {}) => {
    const worker = (await import('../../functions/allocations/on-run.ts')).handler;
    const attributes = { SentTimestamp: String(Date.parse(now)), ApproximateReceiveCount: String(tries) };
    const Records = messages.map(({ MessageId, Body }) => ({ messageId: MessageId, body: Body, attributes })) as unknown as SQSEvent['Records'];
    return worker({ Records }, { getRemainingTimeInMillis: () => remainingMs });
  };
  return {
    received,
    deliver,
    async settled(caller, asked, now) {
      const answer = await asked;
      if (answer.status !== 202) return answer;
      await deliver(await received(), now === undefined ? {} : { now });
      const read = await caller({ route: 'GET /allocation-runs/{runId}', params: { runId: String(answer.body['runId']) }, ...(now === undefined ? {} : { now }) });
      const problem = read.body['problem'] as Problem | undefined;
      if (problem !== undefined) return { ...read, status: problem.status, body: { ...problem }, text: JSON.stringify(problem) };
      return { ...read, status: answer.body['state'] === 'drafting' ? 201 : read.status };
    },
    async stop() {
      sqs.destroy();
      await emulator?.stop();
    },
  };
};
