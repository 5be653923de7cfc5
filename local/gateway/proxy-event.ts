import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Api } from './api-shape.ts';
import type { Match } from './match.ts';

export interface Call {
  readonly api: Api;
  readonly match: Match;
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: Buffer;
  readonly claims: Readonly<Record<string, string>> | undefined;
  readonly requestId: string;
  readonly timeMs: number;
}

/** The event that API Gateway's Lambda proxy integration (payload format 1.0) gives a function for this call. */
export const proxyEvent = (call: Call): APIGatewayProxyEvent => {
  const { api, match, request, url, body } = call;
  const headers = multiple(headerPairs(request));
  const query = multiple([...url.searchParams]);
  const binary = isBinary(api.binaryMediaTypes, request.headers['content-type']);
  return {
    resource: match.method.resourcePath,
    path: url.pathname,
    httpMethod: request.method ?? 'GET',
    headers: last(headers),
    multiValueHeaders: headers,
    queryStringParameters: noneAsNull(last(query)),
    multiValueQueryStringParameters: noneAsNull(query),
    pathParameters: noneAsNull({ ...match.pathParameters }),
    stageVariables: api.stage.variables,
    requestContext: requestContext(call),
    body: body.length === 0 ? null : body.toString(binary ? 'base64' : 'utf8'),
    isBase64Encoded: body.length > 0 && binary,
  };
};

const requestContext = ({
  api,
  match,
  request,
  url,
  claims,
  requestId,
  timeMs,
}: Call): APIGatewayProxyEvent['requestContext'] => ({
  accountId: api.arn.split(':')[4] ?? '',
  apiId: api.id,
  authorizer: claims === undefined ? null : { claims },
  domainName: request.headers.host ?? url.host,
  domainPrefix: api.id,
  extendedRequestId: requestId,
  httpMethod: request.method ?? 'GET',
  identity: {
    accessKey: null,
    accountId: null,
    apiKey: null,
    apiKeyId: null,
    caller: null,
    clientCert: null,
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    sourceIp: '127.0.0.1',
    user: null,
    userAgent: request.headers['user-agent'] ?? null,
    userArn: null,
  },
  path: url.pathname,
  protocol: 'HTTP/1.1',
  requestId,
  requestTime: inLogForm(timeMs),
  requestTimeEpoch: timeMs,
  resourceId: match.method.resourceId,
  resourcePath: match.method.resourcePath,
  stage: api.stage.name,
});

/** Headers in the spelling of the client, plus those that the gateway adds. */
const headerPairs = ({ rawHeaders, headers, socket }: IncomingMessage): [string, string][] => {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.toLowerCase() !== 'connection') pairs.push([name, rawHeaders[index + 1] ?? '']);
  }
  if (headers['x-forwarded-for'] === undefined) pairs.push(['X-Forwarded-For', '127.0.0.1']);
  return [...pairs, ['X-Forwarded-Port', String(socket.localPort ?? '')], ['X-Forwarded-Proto', 'http']];
};

const multiple = (pairs: readonly (readonly [string, string])[]): Record<string, string[]> => {
  const values: Record<string, string[]> = {};
  for (const [name, value] of pairs) (values[name] ??= []).push(value);
  return values;
};

const last = (values: Readonly<Record<string, string[]>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? '']));

const noneAsNull = <T extends object>(values: T): T | null => (Object.keys(values).length === 0 ? null : values);

/** True when a media type (without its parameters) is declared binary. */
export const isBinary = (declared: readonly string[], mediaType: string | undefined): boolean => {
  const plain = (mediaType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return declared.some((type) => type === '*/*' || (plain !== '' && type.toLowerCase() === plain));
};

/** `12/Mar/2021:19:03:58 +0000` */
const inLogForm = (timeMs: number): string => {
  const [, day, month, year, time] = new Date(timeMs).toUTCString().replace(',', '').split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
};
