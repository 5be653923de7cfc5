import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Issuer } from '../identity/issuer.ts';
import { MAX_PAYLOAD_BYTES } from '../lambda/pool.ts';
import type { LambdaFunction } from '../lambda/pool.ts';
import type { Logs } from '../logs.ts';
import { LOOPBACK, readBody } from '../loopback.ts';
import { logAccess } from './access-log.ts';
import type { Api, ApiMethod } from './api-shape.ts';
import { authorize } from './authorize.ts';
import type { ResponseType } from './gateway-responses.ts';
import { makeMatcher } from './match.ts';
import type { Match } from './match.ts';
import { proxyEvent } from './proxy-event.ts';
import { proxyResponse } from './proxy-response.ts';
import type { HttpAnswer } from './proxy-response.ts';

export interface GatewayDeps {
  readonly issuer: Issuer;
  readonly clock: Clock;
  readonly logs: Logs;
  functionOf(arn: string): LambdaFunction | undefined;
  /** True when a Lambda permission lets this API call the function. */
  mayInvoke(functionArn: string, sourceArn: string): boolean;
}

/** The gateway's own limit on a body (quota of REST APIs). */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

interface Outcome {
  readonly answer: HttpAnswer;
  readonly match?: Match | undefined;
  readonly claims?: Readonly<Record<string, string>> | undefined;
  readonly integrationMs?: number;
  readonly errorType?: ResponseType;
}

/** Serves one REST API as its resources, methods, authorizers and gateway responses declare it. */
export const gatewayListener = (api: Api, deps: GatewayDeps): RequestListener => {
  const match = makeMatcher(api.methods);

  const refuse = (type: ResponseType, requestId: string, found?: Match, message?: string): Outcome => {
    const { status, headers, body } = api.gatewayResponses(type, requestId, message);
    return { answer: { status, headers, body: Buffer.from(body) }, match: found, errorType: type };
  };

  const handle = async (request: IncomingMessage, url: URL, requestId: string, timeMs: number): Promise<Outcome> => {
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body === undefined) return refuse('REQUEST_TOO_LARGE', requestId);
    const found = match(request.method ?? 'GET', url.pathname);
    if (found === undefined) return refuse('MISSING_AUTHENTICATION_TOKEN', requestId);
    const authorization = await authorize(found.method, request.headers.authorization, deps.issuer);
    if (authorization.kind === 'refused') return refuse(authorization.type, requestId, found);
    const missing = missingParameters(found.method, request, url);
    if (missing.length > 0)
      return refuse('BAD_REQUEST_PARAMETERS', requestId, found, `Missing required request parameters: [${missing.join(', ')}]`);
    const { integration } = found.method;
    if (integration.kind === 'mock')
      return { answer: { status: integration.status, headers: integration.headers, body: Buffer.alloc(0) }, match: found };
    const event = proxyEvent({ api, match: found, request, url, body, claims: authorization.claims, requestId, timeMs });
    const started = Date.now();
    const outcome = await invoke(event, integration, request, requestId, found);
    return { ...outcome, integrationMs: Date.now() - started, match: found, claims: authorization.claims };
  };

  const invoke = async (
    event: unknown,
    integration: Extract<ApiMethod['integration'], { kind: 'lambda' }>,
    request: IncomingMessage,
    requestId: string,
    found: Match,
  ): Promise<Outcome> => {
    const target = deps.functionOf(integration.functionArn);
    const sourceArn = `${api.arn}/${api.stage.name}/${request.method ?? ''}${found.method.resourcePath}`;
    if (target === undefined || !deps.mayInvoke(integration.functionArn, sourceArn))
      return refuse('API_CONFIGURATION_ERROR', requestId, found);
    if (Buffer.byteLength(JSON.stringify(event)) > MAX_PAYLOAD_BYTES) return refuse('REQUEST_TOO_LARGE', requestId, found);
    const invocation = await Promise.race([target.invoke(event), limit(integration.timeoutMs)]);
    if (invocation === undefined) return refuse('INTEGRATION_TIMEOUT', requestId, found);
    const answer =
      invocation.kind === 'success' ? proxyResponse(invocation.payload, api.binaryMediaTypes, request.headers.accept) : undefined;
    return answer === undefined ? refuse('INTEGRATION_FAILURE', requestId, found) : { answer };
  };

  return (request, response) => {
    const requestId = randomUUID();
    const timeMs = deps.clock.now();
    const started = Date.now();
    const url = URL.parse(`http://${LOOPBACK}${request.url ?? '/'}`) ?? new URL(`http://${LOOPBACK}/`);
    handle(request, url, requestId, timeMs)
      .catch((error: unknown) => {
        deps.logs.write('gateway', `fault of the local gateway: ${(error as Error).name}`);
        return refuse('API_CONFIGURATION_ERROR', requestId);
      })
      .then((outcome) => {
        send(response, outcome.answer, requestId);
        logAccess(
          deps.logs,
          api.stage.accessLogFormat,
          logContext(api, request, url, outcome, { requestId, timeMs, latencyMs: Date.now() - started }),
        );
      })
      .catch(() => {
        response.destroy();
      });
  };
};

const limit = (ms: number): Promise<undefined> =>
  new Promise((resolve) => {
    setTimeout(() => {
      resolve(undefined);
    }, ms).unref();
  });

const missingParameters = ({ requiredParameters }: ApiMethod, request: IncomingMessage, url: URL): string[] =>
  requiredParameters
    .filter((parameter) => {
      const [place, ...rest] = parameter.split('.');
      const name = rest.join('.');
      if (place === 'header') return (request.headers[name.toLowerCase()] ?? '') === '';
      return place === 'querystring' && (url.searchParams.get(name) ?? '') === '';
    })
    .map((parameter) => parameter.split('.').slice(1).join('.'));

const send = (response: ServerResponse, { status, headers, body }: HttpAnswer, requestId: string): void => {
  const bodiless = status === 204 || status === 304;
  response.writeHead(status, {
    ...headers,
    'x-amzn-requestid': requestId,
    ...(bodiless ? {} : { 'content-length': body.length }),
  });
  response.end(bodiless ? undefined : body);
};

const logContext = (
  api: Api,
  request: IncomingMessage,
  url: URL,
  { answer, match, claims, integrationMs, errorType }: Outcome,
  { requestId, timeMs, latencyMs }: { requestId: string; timeMs: number; latencyMs: number },
) => ({
  requestId,
  extendedRequestId: requestId,
  requestTime: new Date(timeMs).toISOString(),
  requestTimeEpoch: timeMs,
  apiId: api.id,
  stage: api.stage.name,
  domainName: request.headers.host,
  httpMethod: request.method,
  path: url.pathname,
  resourcePath: match?.method.resourcePath,
  protocol: 'HTTP/1.1',
  status: answer.status,
  responseLength: answer.body.length,
  responseLatency: latencyMs,
  'identity.sourceIp': '127.0.0.1',
  'identity.userAgent': request.headers['user-agent'],
  'integration.latency': integrationMs,
  ...Object.fromEntries(Object.entries(claims ?? {}).map(([name, value]) => [`authorizer.claims.${name}`, value])),
  'error.responseType': errorType,
});
