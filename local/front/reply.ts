import { Agent, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { randomUUID } from 'node:crypto';

/** A request to an AWS service as the front received it. */
export interface ServiceCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const agent = new Agent({ keepAlive: true });
const HOP_BY_HOP = new Set(['connection', 'host', 'transfer-encoding', 'content-length', 'expect', 'keep-alive']);

/** Sends a call on to an emulator, with other headers where given. Headers of a single connection stay behind. */
export const forward = (
  to: string,
  { method, url, headers, body }: ServiceCall,
  changed: Readonly<Record<string, string>> = {},
): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
    const target = new URL(url.pathname + url.search, to);
    const outgoing = httpRequest(
      target,
      { method, agent, headers: { ...kept, ...changed, 'content-length': body.length } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const { connection: _connection, 'transfer-encoding': _encoding, 'keep-alive': _alive, ...rest } = answer.headers;
          resolve({ status: answer.statusCode ?? 500, headers: rest, body: Buffer.concat(chunks) });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });

/** Closes the kept connections; a run that ends leaves none behind. */
export const closeConnections = (): void => {
  agent.destroy();
};

/** An answer in the JSON protocols (DynamoDB, SQS, Secrets Manager). */
export const jsonReply = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': randomUUID(), ...headers },
  body: Buffer.from(JSON.stringify(body)),
});

export const jsonError = (code: string, message: string, namespace = ''): Reply =>
  jsonReply(400, { __type: `${namespace}${code}`, message, Message: message }, { 'x-amzn-errortype': code });

/** An error in S3's XML. A HEAD answer has no body, so the status alone says it. */
export const s3Error = (status: number, code: string, message: string): Reply => ({
  status,
  headers: { 'content-type': 'application/xml', 'x-amz-request-id': randomUUID() },
  body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`),
});
