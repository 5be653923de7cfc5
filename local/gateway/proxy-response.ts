import { isBinary } from './proxy-event.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

interface ProxyResult {
  statusCode?: unknown;
  headers?: unknown;
  multiValueHeaders?: unknown;
  body?: unknown;
  isBase64Encoded?: unknown;
}

const KNOWN = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded']);
/** Response headers of a function that the gateway gives another name. */
const REMAPPED = new Set(['authorization', 'connection', 'date', 'server', 'www-authenticate']);
const DROPPED = new Set(['content-length', 'transfer-encoding']);

/** What goes to the caller for a function's result, or undefined when the gateway would call it malformed (502). */
export const proxyResponse = (
  payload: string,
  binaryMediaTypes: readonly string[],
  accept: string | undefined,
): HttpAnswer | undefined => {
  const result = JSON.parse(payload) as ProxyResult | null;
  if (typeof result !== 'object' || result === null || Object.keys(result).some((key) => !KNOWN.has(key))) return undefined;
  const { statusCode = 200, body = '', isBase64Encoded = false } = result;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599 || !(typeof body === 'string' || body === null)) return undefined;
  const [firstAccepted] = (accept ?? '').split(',');
  const decode = isBase64Encoded === true && isBinary(binaryMediaTypes, firstAccepted);
  return { status, headers: headersOf(result), body: Buffer.from(body ?? '', decode ? 'base64' : 'utf8') };
};

const headersOf = ({ headers, multiValueHeaders }: ProxyResult): Record<string, string | string[]> => {
  const merged: Record<string, string | string[]> = { 'content-type': 'application/json' };
  const set = (name: string, value: string | string[]): void => {
    const lower = name.toLowerCase();
    if (DROPPED.has(lower)) return;
    merged[REMAPPED.has(lower) ? `x-amzn-remapped-${lower}` : lower] = value;
  };
  for (const [name, value] of Object.entries((headers ?? {}) as Record<string, unknown>)) set(name, String(value));
  for (const [name, values] of Object.entries((multiValueHeaders ?? {}) as Record<string, unknown[]>))
    set(name, values.map(String));
  return merged;
};
