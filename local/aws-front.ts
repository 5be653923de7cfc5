import type { OutgoingHttpHeaders, RequestListener } from 'node:http';
import type { Caller, Callers } from './front/caller.ts';
import type { DynamoFront } from './front/dynamodb.ts';
import { jsonError } from './front/reply.ts';
import type { Reply, ServiceCall } from './front/reply.ts';
import type { S3Front } from './front/s3.ts';
import type { Logs } from './logs.ts';
import { LOOPBACK, readBody } from './loopback.ts';

export interface Fronts {
  readonly callers: Callers;
  readonly dynamodb: DynamoFront;
  readonly s3: S3Front;
  sqs(caller: Caller, call: ServiceCall): Promise<Reply>;
  secrets(caller: Caller, call: ServiceCall): Promise<Reply> | Reply;
}

/** The one address that every SDK call of every function goes through, whatever the service. */
export const awsFront =
  (fronts: Fronts, logs: Logs): RequestListener =>
  (request, response) => {
    const answer = async (): Promise<Reply> => {
      const url = URL.parse(`http://${LOOPBACK}${request.url ?? '/'}`) ?? new URL(`http://${LOOPBACK}/`);
      const call: ServiceCall = {
        method: request.method ?? 'GET',
        url,
        headers: request.headers,
        body: (await readBody(request)) ?? Buffer.alloc(0),
      };
      return dispatch(fronts, call);
    };
    answer()
      .catch((error: unknown) => {
        logs.write('aws-front', `fault of the local front: ${(error as Error).name}`);
        return { ...jsonError('InternalFailure', 'The local run failed to answer'), status: 500 };
      })
      .then((reply) => {
        response.writeHead(reply.status, outgoing(reply));
        response.end(request.method === 'HEAD' ? undefined : reply.body);
      })
      .catch(() => {
        response.destroy();
      });
  };

/** A HEAD answer keeps the length that its GET would have. */
const outgoing = ({ status, headers, body }: Reply): OutgoingHttpHeaders => {
  const all: OutgoingHttpHeaders = { ...headers };
  if (status !== 204) all['content-length'] ??= body.length;
  return all;
};

const dispatch = (fronts: Fronts, call: ServiceCall): Promise<Reply> | Reply => {
  const caller = fronts.callers.identify(call.headers, call.url);
  const target = String(call.headers['x-amz-target'] ?? '');
  if (target === '') return fronts.s3(caller, call);
  if (caller === undefined)
    return jsonError('UnrecognizedClientException', 'The security token included in the request is invalid.');
  if (target.startsWith('DynamoDB_')) return fronts.dynamodb(caller, call);
  if (target.startsWith('AmazonSQS.')) return fronts.sqs(caller, call);
  if (target.startsWith('secretsmanager.')) return fronts.secrets(caller, call);
  return jsonError('UnknownOperationException', 'The local run does not emulate this service.');
};
