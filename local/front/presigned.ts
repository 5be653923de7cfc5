import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Caller } from './caller.ts';
import type { ServiceCall } from './reply.ts';

export type PresignedCheck =
  | { readonly kind: 'not-presigned' }
  | { readonly kind: 'valid' }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/**
 * Checks a presigned URL as S3 does: not expired (by wall time, as the SDK signs with it), and signed for exactly this method,
 * path, query and signed headers (Signature Version 4, query form).
 */
export const checkPresigned = (call: ServiceCall, caller: Caller, nowMs = Date.now()): PresignedCheck => {
  const query = call.url.searchParams;
  const signature = query.get('X-Amz-Signature');
  if (signature === null) return { kind: 'not-presigned' };
  const stamp = query.get('X-Amz-Date') ?? '';
  const signedAt = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const expiresMs = signedAt + Number(query.get('X-Amz-Expires')) * 1000;
  if (!(nowMs <= expiresMs)) return { kind: 'refused', code: 'AccessDenied', message: 'Request has expired' };
  const expected = signatureOf(call, caller.secretAccessKey, stamp);
  const [left, right] = [Buffer.from(signature), Buffer.from(expected)];
  if (left.length === right.length && timingSafeEqual(left, right)) return { kind: 'valid' };
  return {
    kind: 'refused',
    code: 'SignatureDoesNotMatch',
    message: 'The request signature we calculated does not match the signature you provided.',
  };
};

const signatureOf = ({ method, url, headers }: ServiceCall, secret: string, stamp: string): string => {
  const query = url.searchParams;
  const [, ...scope] = (query.get('X-Amz-Credential') ?? '').split('/');
  const [date = '', region = '', service = '', terminator = ''] = scope;
  const signedHeaders = query.get('X-Amz-SignedHeaders') ?? '';
  const canonicalQuery = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const canonicalHeaders = signedHeaders
    .split(';')
    .map(
      (name) =>
        `${name}:${String(headers[name] ?? '')
          .trim()
          .replaceAll(/\s+/g, ' ')}\n`,
    )
    .join('');
  const payload = query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD';
  const request = [method, url.pathname, canonicalQuery, canonicalHeaders, signedHeaders, payload].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', stamp, scope.join('/'), createHash('sha256').update(request).digest('hex')].join('\n');
  const key = [region, service, terminator].reduce(hmac, hmac(`AWS4${secret}`, date));
  return hmac(key, toSign).toString('hex');
};
