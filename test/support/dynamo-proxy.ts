import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to a call instead of its answer. `lost`: it takes effect and the connection breaks. `silent`: nobody ever answers. */
export type Trouble = 'server-error' | 'throttled' | 'refused' | 'lost' | 'silent';

export interface Asked {
  /** `GetItem`, `Query`, `TransactWriteItems` ... */
  readonly operation: string;
  /** The request as it was sent: table, keys, expressions. */
  readonly body: string;
}

/** DynamoDB Local behind a door that listens and can be shut. */
export interface DynamoProxy {
  readonly endpoint: string;
  /** Every call since the last `clear`. */
  readonly asked: readonly Asked[];
  clear(): void;
  /** Decides the fate of each call from now on; undefined lets it through. */
  trouble(decide: ((asked: Asked) => Trouble | undefined) | undefined): void;
  stop(): Promise<void>;
}

const faults: Readonly<Record<'server-error' | 'throttled', readonly [status: number, type: string]>> = {
  'server-error': [500, 'InternalServerError'],
  throttled: [400, 'ThrottlingException'],
};

/** What a fault of AWS says besides its code; a test looks for it in answers, where it must not be. */
export const causeText = 'the cause that nobody outside may read';

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
};

const pass = (target: string, request: IncomingMessage, body: Buffer): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> =>
  new Promise((resolve, reject) => {
    const onward = forward(target, { method: 'POST', headers: { ...request.headers, host: new URL(target).host } }, (answer) => {
      bodyOf(answer).then((read) => { resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: read }); }, reject);
    });
    onward.on('error', reject);
    onward.end(body);
  });

/** Opens a door on loopback in front of a DynamoDB. */
export const openDynamoProxy = async (target: string): Promise<DynamoProxy> => {
  const asked: Asked[] = [];
  let decide: ((asked: Asked) => Trouble | undefined) | undefined;
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const call = { operation: String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? '', body: body.toString() };
    asked.push(call);
    const trouble = decide?.(call);
    if (trouble === 'silent') return;
    if (trouble === 'refused') { response.destroy(); return; }
    if (trouble === 'server-error' || trouble === 'throttled') {
      const [status, type] = faults[trouble];
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: causeText }));
      return;
    }
    const answer = await pass(target, request, body);
    if (trouble === 'lost') { response.destroy(); return; }
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  };
  const server = createServer((request, response) => { serve(request, response).catch(() => response.destroy()); });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    clear: () => { asked.length = 0; },
    trouble: (next) => { decide = next; },
    stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(() => { resolve(); }); }),
  };
};
