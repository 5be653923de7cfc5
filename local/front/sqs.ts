import type { Need } from '../iam/evaluate.ts';
import type { Queue } from '../storage/queues.ts';
import type { Caller, Callers } from './caller.ts';
import { forward, jsonError } from './reply.ts';
import type { Reply, ServiceCall } from './reply.ts';

/** The permission each operation takes; an operation that is not here is refused. */
const actions: Readonly<Record<string, string>> = {
  SendMessage: 'sqs:SendMessage',
  SendMessageBatch: 'sqs:SendMessage',
  ReceiveMessage: 'sqs:ReceiveMessage',
  DeleteMessage: 'sqs:DeleteMessage',
  DeleteMessageBatch: 'sqs:DeleteMessage',
  ChangeMessageVisibility: 'sqs:ChangeMessageVisibility',
  ChangeMessageVisibilityBatch: 'sqs:ChangeMessageVisibility',
  GetQueueAttributes: 'sqs:GetQueueAttributes',
  GetQueueUrl: 'sqs:GetQueueUrl',
  PurgeQueue: 'sqs:PurgeQueue',
};

/** SQS for functions: permissions first, then fauxqs. */
export const makeSqsFront =
  ({ fauxqsUrl, queues, callers }: { fauxqsUrl: string; queues: readonly Queue[]; callers: Callers }) =>
  async (caller: Caller, call: ServiceCall): Promise<Reply> => {
    const operation = String(call.headers['x-amz-target']).split('.')[1] ?? '';
    const { QueueUrl = '', QueueName } = JSON.parse(call.body.toString()) as { QueueUrl?: string; QueueName?: string };
    const name = QueueName ?? QueueUrl.split('/').pop() ?? '';
    const queue = queues.find((known) => known.name === name);
    const need: Need = { action: actions[operation] ?? `sqs:${operation}`, resource: queue?.arn ?? '*' };
    if (
      actions[operation] === undefined ||
      (queue === undefined && caller !== callers.operator) ||
      callers.lacks(caller, [need]) !== undefined
    ) {
      return jsonError(
        'AccessDeniedException',
        `User: ${caller.roleArn} (${caller.name}) is not authorized to perform: ${need.action} on resource: ${need.resource}`,
        'com.amazonaws.sqs#',
      );
    }
    const url = new URL('/', call.url);
    return forward(fauxqsUrl, { ...call, url });
  };
