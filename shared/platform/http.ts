import middy, { type MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { z } from 'zod';
import { needsToken, type MediaType, type Route } from '../contracts/route.ts';
import { tooLarge, type Fault, type Problem } from '../contracts/problem.ts';
import { maxBodyBytes } from '../kernel/limits.ts';
import { BadCursor } from './dynamo.ts';
import { parseJson } from './json.ts';
import type { Log } from './log.ts';
import { admit, principalOf, systemPrincipal, type Principal, type Tenancy } from './principal.ts';
import { faultsOf, problemDocument, Rejected } from './problems.ts';
import { fieldNames } from './field-names.ts';
import { goodRows, type BadRow } from './good-rows.ts';
import { repeatedParameters } from './repeated-parameters.ts';
import { faultsOfNone, nothing, takesNothing } from './takes-nothing.ts';
import { unknownFields, type KnownElsewhere } from './unknown-fields.ts';

type ParamsOf<Path extends string> = Path extends `${string}{${infer Param}}${infer Rest}` ? { [K in Param]: string } & ParamsOf<Rest> : unknown;

/** What a handler is given: everything is parsed, and the caller is admitted. */
export interface ApiRequest<R extends Route = Route> {
  params: ParamsOf<R['path']>;
  query: R extends { query: infer Q extends z.ZodType } ? z.output<Q> : Record<string, never>;
  body: R extends { body: infer B extends z.ZodType } ? z.output<B> : R extends { accepts: string } ? string : undefined;
  principal: Principal;
  /** The instant at which the gateway received the request: the only clock there is. */
  now: string;
  correlationId: string;
  /** The caller's network address as the gateway saw it; no header can change it. */
  source: string;
  /** Present on routes with `creates`. */
  idempotencyKey: R extends { creates: true } ? string : undefined;
  /** The version the caller read; present on routes with `changes`. */
  ifMatch: R extends { changes: true } ? number : undefined;
  headers: Readonly<Record<string, string>>;
  /** Every value of each query parameter, also of one that was given twice; `query` knows the last. */
  queryLists: Readonly<Record<string, readonly string[]>>;
  /** Where the caller reached this API: what a link in an answer begins with. */
  origin: string;
  /** On routes with `rows`: the rows that cannot be read, which `body` is without; its list may then be empty. */
  badRows: readonly BadRow[];
}

export interface ApiResponse {
  status: number;
  body?: unknown;
  /** Becomes the ETag. */
  version?: number;
  headers?: Readonly<Record<string, string>>;
}

/** One handler a route, named by the route's id and typed by it. */
export type Handlers<Routes extends readonly Route[]> = {
  [R in Routes[number] as R['id']]: (request: ApiRequest<R>) => Promise<ApiResponse>;
};

/** What a request held, as far as it may be needed to say what is wrong with it. */
export interface Sent {
  text: string;
  now: string;
}

export interface ApiDeps extends Tenancy {
  log: Log;
  /** How a route that speaks another format says what problem+json says, with another status where its format asks for one; undefined where the route does not. */
  inItsFormat?: (problem: Problem, route: string, sent: Sent) => { mediaType: MediaType; body: string; status?: number } | undefined;
}

/** Keys of at most 200 printable characters, as most clients make them (a UUID). */
const idempotencyKeyPattern = /^[\x21-\x7e]{8,200}$/;

const lowerCased = (headers: APIGatewayProxyEvent['headers'] | null): Record<string, string> =>
  Object.fromEntries(Object.entries(headers ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), value]])));

const textOf = ({ body, isBase64Encoded }: APIGatewayProxyEvent): string =>
  body === null ? '' : isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
const nowOf = ({ requestContext }: APIGatewayProxyEvent): string => new Date(requestContext.requestTimeEpoch).toISOString();

const sourceOf = ({ requestContext }: APIGatewayProxyEvent): string =>
  (requestContext.identity as { sourceIp?: string } | undefined)?.sourceIp ?? 'unknown';

/** What a route's own forms call things: a body of another form of it is told by these names. */
const knownElsewhere = ({ body, responses, elsewhere = {} }: Route): KnownElsewhere =>
  ({ elsewhere, names: fieldNames([body, ...Object.values(responses).map(({ schema }) => schema)].filter((schema) => schema !== undefined)) });

const readBody = (route: Route, event: APIGatewayProxyEvent): { value: unknown; faults: Fault[]; badRows?: readonly BadRow[] } => {
  const text = textOf(event);
  if (Buffer.byteLength(text) > maxBodyBytes)
    throw new Rejected(413, 'too-large', { detail: tooLarge });
  if (route.accepts !== undefined && route.accepts !== 'application/json') return { value: text, faults: [] };
  if (route.body === undefined) return { value: undefined, faults: takesNothing(route, 'body') ? faultsOfNone(text) : [] };
  const without = text.trim() === '' ? route.body.safeParse({}) : undefined;
  // Without a body what must stand in it is missing, field by field.
  if (without?.success === false) return { value: undefined, faults: faultsOf(without.error, 'body', {}) };
  const parsed = parseJson(text);
  if (parsed.kind === 'not-json') throw new Rejected(400, 'not-json', { detail: 'Send a JSON document, encoded in UTF-8.' });
  const checked = route.body.safeParse(parsed.value);
  const unknown = unknownFields(route.body, parsed.value, 'body');
  if (checked.success && unknown.length === 0) return { value: checked.data, faults: [] };
  const named = unknown.length === 0 ? [] : unknownFields(route.body, parsed.value, 'body', knownElsewhere(route));
  const faults = [...(checked.success ? [] : faultsOf(checked.error, 'body', parsed.value)), ...named];
  const good = route.rows === undefined ? undefined : goodRows(route.rows, parsed.value, faults);
  return good === undefined
    ? { value: undefined, faults }
    : { value: good.hasRows ? route.body.parse(good.body) : good.body, faults: [], badRows: good.badRows };
};

const readIfMatch = (route: Route, headers: Record<string, string>): number | undefined => {
  if (route.changes !== true) return undefined;
  const version = /^(?:W\/)?"?(\d{1,15})"?$/.exec(headers['if-match']?.trim() ?? '')?.[1];
  if (version === undefined) throw new Rejected(428, 'missing-if-match', { detail: 'Send If-Match: "<version>", the ETag of what you read.' });
  return Number(version);
};

const readIdempotencyKey = (route: Route, headers: Record<string, string>): string | undefined => {
  if (route.creates !== true) return undefined;
  const key = headers['idempotency-key']?.trim() ?? '';
  if (!idempotencyKeyPattern.test(key))
    throw new Rejected(400, 'missing-idempotency-key', {
      detail: 'Send Idempotency-Key: 8 to 200 printable characters, new for each thing you create.',
    });
  return key;
};

const listsOf = ({ multiValueQueryStringParameters: lists, queryStringParameters: single }: APIGatewayProxyEvent): Record<string, string[]> =>
  Object.fromEntries(Object.entries({ ...Object.fromEntries(Object.entries(single ?? {}).map(([name, value]) => [name, [value]])), ...lists })
    .map(([name, values]) => [name, (values ?? []).filter((value) => value !== undefined)]));

/** The gateway's own name and stage, as the caller wrote them: `https://id.execute-api.region.amazonaws.com/v1`. */
const originOf = ({ path, requestContext }: APIGatewayProxyEvent, headers: Record<string, string>): string => {
  const whole = requestContext.path ?? path;
  const stage = whole.endsWith(path) ? whole.slice(0, whole.length - path.length) : '';
  return `${headers['x-forwarded-proto'] === 'http' ? 'http' : 'https'}://${requestContext.domainName ?? headers['host'] ?? 'localhost'}${stage}`;
};

/** Reads a request against its route. Every fault of query and body is named in one answer. */
const readRequest = (route: Route, event: APIGatewayProxyEvent, principal: Principal): ApiRequest => {
  const headers = lowerCased(event.headers);
  const faults: Fault[] = [];
  let query: unknown = {};
  const known = takesNothing(route, 'query') ? nothing : route.query;
  if (known !== undefined) {
    const sent = event.queryStringParameters ?? {};
    const checked = known.safeParse(sent);
    if (checked.success) query = checked.data;
    else faults.push(...faultsOf(checked.error, 'query', sent));
    // Passed over, a misspelt one would widen the answer without a word. Strangers' addresses bring all sorts of them (a WSDL's).
    if (needsToken(route.action)) faults.push(...unknownFields(known, sent, 'query'), ...repeatedParameters(known, listsOf(event)));
  }
  const body = readBody(route, event);
  faults.push(...body.faults);
  if (faults.length > 0) throw new Rejected(400, 'invalid-request', { errors: faults });
  return {
    params: event.pathParameters ?? {},
    query,
    body: body.value,
    principal,
    now: nowOf(event),
    correlationId: event.requestContext.requestId,
    source: sourceOf(event),
    idempotencyKey: readIdempotencyKey(route, headers),
    ifMatch: readIfMatch(route, headers),
    headers,
    queryLists: listsOf(event),
    origin: originOf(event, headers),
    badRows: body.badRows ?? [],
  } as ApiRequest;
};

/** Of every answer: never kept on the way, never taken for something else than it says, never asked for without TLS. */
const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'strict-transport-security': 'max-age=31536000' } as const;

/** Only declared fields leave: the body passes the response schema of its status. */
const writeResponse = (route: Route, { status, body, version, headers = {} }: ApiResponse): APIGatewayProxyResult => {
  const declared = route.responses[status];
  if (declared === undefined) throw new Error(`${route.id} does not declare status ${status}`);
  const mediaType = declared.mediaType ?? 'application/json';
  const checked: unknown = declared.schema === undefined ? body : declared.schema.parse(body);
  return {
    statusCode: status,
    headers: {
      'content-type': mediaType === 'application/json' ? mediaType : `${mediaType}; charset=utf-8`,
      ...always,
      ...(version === undefined ? {} : { etag: `"${version}"` }),
      ...headers,
    },
    body: checked === undefined ? '' : typeof checked === 'string' ? checked : JSON.stringify(checked),
  };
};

const problemOf = (error: unknown, correlationId: string): Problem => {
  const known =
    error instanceof Rejected
      ? error
      : error instanceof BadCursor
        ? new Rejected(400, 'invalid-request', { errors: [{ path: 'query.cursor', message: 'must be the nextCursor of the page before' }] })
        : new Rejected(500, 'fault', { detail: 'Nothing was lost on your side. Try again, and name the correlation id if it stays.' });
  return problemDocument(known, correlationId);
};

const tenantOf = (event: APIGatewayProxyEvent): { siteId?: string | undefined; organizationId?: string | undefined } => ({
  siteId: event.pathParameters?.['siteId'],
  organizationId: event.pathParameters?.['organizationId'],
});

/** No id of ours is longer, and DynamoDB takes no key of more than 1 to 2 KB. */
const maxIdChars = 200;
const hasUsableIds = ({ pathParameters }: APIGatewayProxyEvent): boolean =>
  Object.values(pathParameters ?? {}).every((value) => value !== undefined && value !== '' && value.length <= maxIdChars);

const routeOf = ({ httpMethod, resource }: APIGatewayProxyEvent): string => `${httpMethod} ${resource}`;

/** Logs one line a request: route, status, correlation id; never a path parameter, a query or a body. What is thrown becomes a problem. */
const answering = ({ log, inItsFormat }: ApiDeps): MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult> => ({
  after: ({ event, response }) =>
    log.info('REQUEST_DONE', { route: routeOf(event), status: response?.statusCode, correlationId: event.requestContext.requestId }),
  onError: (request) => {
    const { event, error } = request;
    const body = problemOf(error, event.requestContext.requestId);
    const fields = { route: routeOf(event), status: body.status, correlationId: body.correlationId };
    if (body.status >= 500) log.error('REQUEST_FAULT', { fields, cause: error });
    else log.info('REQUEST_DONE', fields);
    const other = inItsFormat?.(body, fields.route, { text: textOf(event), now: nowOf(event) });
    request.response = {
      statusCode: other?.status ?? body.status,
      headers: { 'content-type': other?.mediaType ?? 'application/problem+json', ...always },
      body: other?.body ?? JSON.stringify(body),
    };
  },
});

export type ApiHandler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/** The one middy stack of every API Lambda: find the route, admit the caller, read, run its handler, write. */
export const makeApi = <const Routes extends readonly Route[]>(routes: Routes, handlers: Handlers<Routes>, deps: ApiDeps): ApiHandler => {
  const byResource = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  const run = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
    const route = byResource.get(routeOf(event));
    if (route === undefined) throw new Rejected(404, 'not-found');
    const { action } = route;
    const caller = needsToken(action) ? principalOf(event) : systemPrincipal(action);
    if (!hasUsableIds(event)) throw new Rejected(404, 'not-found');
    const principal = needsToken(action) ? await admit(deps, caller, action, tenantOf(event)) : caller;
    const handle = handlers[route.id as keyof Handlers<Routes>] as (request: ApiRequest) => Promise<ApiResponse>;
    return writeResponse(route, await handle(readRequest(route, event, principal)));
  };
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>().use(answering(deps)).handler(run);
};

/** Sugar for a handler that ends in a rejection: keeps the exhaustive switch of http.ts one line a case. */
export const reject = (status: number, slug: string, detail?: string, errors?: readonly Fault[]): never => {
  throw new Rejected(status, slug, { ...(detail === undefined ? {} : { detail }), ...(errors === undefined ? {} : { errors }) });
};
