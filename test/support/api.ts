import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { Role } from '../../shared/contracts/permissions.ts';

export type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

export interface Call {
  /** `POST /sites/{siteId}/orders` */
  route: `${'GET' | 'POST' | 'PUT' | 'DELETE'} /${string}`;
  params?: Record<string, string>;
  query?: Record<string, string>;
  /** Parameters that are given more than once. */
  queryLists?: Record<string, string[]>;
  body?: unknown;
  headers?: Record<string, string>;
  subject?: string;
  role?: Role;
  /** The clock: the instant at which the gateway receives the call. */
  now?: string;
  /** Shorthand for Idempotency-Key and If-Match. */
  key?: string;
  ifMatch?: number;
}

export interface Answer {
  status: number;
  body: Record<string, unknown>;
  text: string;
  version: number | undefined;
}

const claimsOf = ({ subject = 'someone', role }: Call): Record<string, string> =>
  role === 'ehr-system'
    ? { sub: subject, client_id: subject, scope: 'doseline/submit', token_use: 'access' }
    : { sub: subject, scope: 'doseline/portal', token_use: 'access', ...(role === undefined ? {} : { 'cognito:groups': role }) };

/** A proxy event as API Gateway makes it. */
export const eventOf = (call: Call): APIGatewayProxyEvent => {
  const [httpMethod = '', resource = ''] = call.route.split(' ');
  const headers: Record<string, string> = {
    ...(call.key === undefined ? {} : { 'Idempotency-Key': call.key }),
    ...(call.ifMatch === undefined ? {} : { 'If-Match': `"${call.ifMatch}"` }),
    ...call.headers,
  };
  const path = resource.replace(/\{(\w+)\}/g, (_, name: string) => call.params?.[name] ?? '');
  const body = call.body === undefined ? null : typeof call.body === 'string' ? call.body : JSON.stringify(call.body);
  return {
    httpMethod,
    resource,
    path,
    headers,
    body,
    isBase64Encoded: false,
    pathParameters: call.params ?? null,
    queryStringParameters: call.query ?? null,
    multiValueHeaders: {},
    multiValueQueryStringParameters: call.queryLists ?? null,
    stageVariables: null,
    requestContext: {
      requestId: randomUUID(),
      requestTimeEpoch: Date.parse(call.now ?? '2021-03-08T15:00:00.000Z'),
      authorizer: { claims: claimsOf(call) },
    } as unknown as APIGatewayProxyEvent['requestContext'],
  };
};

/** Calls an API Lambda as the gateway does and reads its answer. */
export const call = async (handler: Handler, request: Call): Promise<Answer> => {
  const answer = await handler(eventOf(request), {} as Context);
  const etag = answer.headers?.['etag'];
  const isJson = String(answer.headers?.['content-type'] ?? '').includes('json');
  return {
    status: answer.statusCode,
    text: answer.body,
    body: isJson && answer.body !== '' ? (JSON.parse(answer.body) as Record<string, unknown>) : {},
    version: typeof etag === 'string' ? Number(etag.replaceAll('"', '')) : undefined,
  };
};
