import type { Resource } from '../template.ts';
import { text } from '../template/values.ts';

/** The gateway's own answers that the local run can give: default status and message, as API Gateway has them. */
const defaults = {
  ACCESS_DENIED: { status: 403, message: 'User is not authorized to access this resource' },
  API_CONFIGURATION_ERROR: { status: 500, message: 'Internal server error' },
  BAD_REQUEST_PARAMETERS: { status: 400, message: 'Missing required request parameters' },
  EXPIRED_TOKEN: { status: 401, message: 'The incoming token has expired' },
  INTEGRATION_FAILURE: { status: 502, message: 'Internal server error' },
  INTEGRATION_TIMEOUT: { status: 504, message: 'Endpoint request timed out' },
  MISSING_AUTHENTICATION_TOKEN: { status: 403, message: 'Missing Authentication Token' },
  REQUEST_TOO_LARGE: { status: 413, message: 'Request Too Long' },
  UNAUTHORIZED: { status: 401, message: 'Unauthorized' },
} as const;

export type ResponseType = keyof typeof defaults;

export interface GatewayAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type GatewayResponses = (type: ResponseType, requestId: string, message?: string) => GatewayAnswer;

interface Declared {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly templates: Readonly<Record<string, string>>;
}

const HEADER = 'gatewayresponse.header.';
const PLAIN_TEMPLATE = '{"message":$context.error.messageString}';

/**
 * Answers as the template's GatewayResponses declare them: the own type first, then DEFAULT_4XX or DEFAULT_5XX, then API
 * Gateway's.
 */
export const readGatewayResponses = (resources: readonly Resource[]): GatewayResponses => {
  const declared = new Map(resources.map(({ properties }) => [text(properties['ResponseType']), declarationOf(properties)]));
  return (type, requestId, message = defaults[type].message) => {
    const own = declared.get(type);
    const { headers, templates } = own ??
      declared.get(defaults[type].status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX') ?? { headers: {}, templates: {} };
    const [mediaType = 'application/json', template = PLAIN_TEMPLATE] = Object.entries(templates)[0] ?? [];
    return {
      status: own?.status ?? defaults[type].status,
      headers: { 'content-type': mediaType, 'x-amzn-errortype': type, ...headers },
      body: render(template, { type, requestId, message }),
    };
  };
};

const declarationOf = (properties: Resource['properties']): Declared => ({
  status: properties['StatusCode'] === undefined ? undefined : Number(properties['StatusCode']),
  templates: (properties['ResponseTemplates'] ?? {}) as Record<string, string>,
  headers: Object.fromEntries(
    Object.entries((properties['ResponseParameters'] ?? {}) as Record<string, string>)
      .filter(([name]) => name.startsWith(HEADER))
      .map(([name, value]) => [name.slice(HEADER.length).toLowerCase(), value.replaceAll(/^'|'$/g, '')]),
  ),
});

const render = (template: string, { type, requestId, message }: { type: string; requestId: string; message: string }): string =>
  template
    .replaceAll('$context.error.messageString', JSON.stringify(message))
    .replaceAll('$context.error.message', message)
    .replaceAll('$context.error.responseType', type)
    .replaceAll('$context.requestId', requestId);
