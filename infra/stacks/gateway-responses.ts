import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';

interface Answer {
  readonly status: number;
  /** Last part of the problem type. */
  readonly type: string;
  readonly title: string;
}

/** What the gateway answers before a Lambda is reached, in the same shape as everything else. It never repeats what was sent. */
const answers: readonly (readonly [ResponseType, Answer])[] = [
  [ResponseType.MISSING_AUTHENTICATION_TOKEN, { status: 404, type: 'not-found', title: 'There is no such route.' }],
  [ResponseType.UNAUTHORIZED, { status: 401, type: 'unauthorized', title: 'A valid token is required.' }],
  [ResponseType.EXPIRED_TOKEN, { status: 401, type: 'unauthorized', title: 'The token has expired.' }],
  [ResponseType.ACCESS_DENIED, { status: 403, type: 'forbidden', title: 'The token does not reach this route.' }],
  [ResponseType.WAF_FILTERED, { status: 403, type: 'forbidden', title: 'The firewall refused the request.' }],
  [ResponseType.THROTTLED, { status: 429, type: 'too-many-requests', title: 'Too many requests: try again in a moment.' }],
  [ResponseType.REQUEST_TOO_LARGE, { status: 413, type: 'too-large', title: 'The body is too large: upload it as a file.' }],
  [ResponseType.INTEGRATION_FAILURE, { status: 502, type: 'fault', title: 'The service could not answer. Try again.' }],
  [ResponseType.INTEGRATION_TIMEOUT, { status: 504, type: 'fault', title: 'The service did not answer in time. Try again.' }],
  [ResponseType.DEFAULT_4XX, { status: 400, type: 'bad-request', title: 'The request cannot be read.' }],
  [ResponseType.DEFAULT_5XX, { status: 500, type: 'fault', title: 'The service failed. Try again.' }],
];

/** Makes the gateway's own answers problem+json. */
export const addGatewayResponses = (api: RestApi): void => {
  for (const [type, { status, type: name, title }] of answers)
    api.addGatewayResponse(`Problem-${type.responseType}`, {
      type,
      statusCode: String(status),
      responseHeaders: { 'Content-Type': "'application/problem+json'" },
      templates: {
        'application/json': JSON.stringify({ type: `urn:doseline:problem:${name}`, title, status, correlationId: '$context.requestId' }),
      },
    });
};
