import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { tooLarge } from '../../shared/contracts/problem.ts';

interface Answer {
  readonly status: number;
  /** Last part of the problem type. */
  readonly slug: string;
  readonly title: string;
  readonly detail?: string;
}

/** What the gateway answers before a Lambda is reached, in the same shape as everything else. It never repeats what was sent. */
const answers: readonly (readonly [ResponseType, Answer])[] = [
  [ResponseType.MISSING_AUTHENTICATION_TOKEN, { status: 404, slug: 'not-found', title: 'There is no such route' }],
  [ResponseType.UNAUTHORIZED, { status: 401, slug: 'unauthenticated', title: 'A valid access token is needed' }],
  [ResponseType.EXPIRED_TOKEN, { status: 401, slug: 'unauthenticated', title: 'The access token has expired' }],
  // API Gateway answers so when a token is good but lacks every scope of the route.
  [ResponseType.ACCESS_DENIED, { status: 403, slug: 'forbidden', title: 'Your access token does not reach this route' }],
  [ResponseType.WAF_FILTERED, { status: 403, slug: 'forbidden', title: 'The firewall refused the request' }],
  [ResponseType.THROTTLED, { status: 429, slug: 'try-again', title: 'Too many requests at once; try again' }],
  [ResponseType.REQUEST_TOO_LARGE, { status: 413, slug: 'too-large', title: 'The body is too large', detail: tooLarge }],
  [ResponseType.INTEGRATION_FAILURE, { status: 502, slug: 'fault', title: 'Something failed on our side' }],
  [ResponseType.INTEGRATION_TIMEOUT, { status: 504, slug: 'fault', title: 'It took too long on our side' }],
  [ResponseType.DEFAULT_4XX, { status: 400, slug: 'invalid-request', title: 'The request has faults' }],
  [ResponseType.DEFAULT_5XX, { status: 500, slug: 'fault', title: 'Something failed on our side' }],
];

/** Makes the gateway's own answers problem+json. */
export const addGatewayResponses = (api: RestApi): void => {
  for (const [type, { status, slug, title, detail }] of answers)
    api.addGatewayResponse(`Problem-${type.responseType}`, {
      type,
      statusCode: String(status),
      responseHeaders: { 'Content-Type': "'application/problem+json'" },
      templates: {
        'application/json': JSON.stringify({
          type: `https://doseline.org/problems/${slug}`,
          title,
          status,
          ...(detail === undefined ? {} : { detail }),
          correlationId: '$context.requestId',
        }),
      },
    });
};
