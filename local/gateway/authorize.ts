import { errors } from 'jose';
import type { JWTPayload } from 'jose';
import type { Issuer } from '../identity/issuer.ts';
import type { ApiMethod } from './api-shape.ts';
import type { ResponseType } from './gateway-responses.ts';

export type Authorization =
  | { readonly kind: 'allowed'; readonly claims: Readonly<Record<string, string>> | undefined }
  | { readonly kind: 'refused'; readonly type: ResponseType };

/**
 * What a Cognito user pool authorizer does: signature, issuer, expiry, a client of the pool; with scopes on the method an access
 * token that carries one of them, without scopes an ID token (which the local run never issues, so such a method answers 401).
 */
export const authorize = async (method: ApiMethod, header: string | undefined, issuer: Issuer): Promise<Authorization> => {
  const { authorization } = method;
  if (authorization.kind === 'none') return { kind: 'allowed', claims: undefined };
  const token = (header ?? '').replace(/^Bearer /i, '').trim();
  if (token === '') return { kind: 'refused', type: 'UNAUTHORIZED' };
  let claims: JWTPayload;
  try {
    claims = await issuer.verify(token);
  } catch (error) {
    return { kind: 'refused', type: error instanceof errors.JWTExpired ? 'EXPIRED_TOKEN' : 'UNAUTHORIZED' };
  }
  const known = issuer.pools.some(
    ({ arn, clients }) => authorization.poolArns.includes(arn) && clients.some(({ id }) => id === claims['client_id']),
  );
  if (!known || claims['token_use'] !== 'access' || authorization.scopes.length === 0)
    return { kind: 'refused', type: 'UNAUTHORIZED' };
  const granted = typeof claims['scope'] === 'string' ? claims['scope'].split(' ') : [];
  if (!authorization.scopes.some((scope) => granted.includes(scope))) return { kind: 'refused', type: 'ACCESS_DENIED' };
  return { kind: 'allowed', claims: asText(claims) };
};

const DATES = new Set(['exp', 'iat']);

/** Claims reach a function as texts: lists joined by commas, `exp` and `iat` as dates in words. */
const asText = (claims: JWTPayload): Record<string, string> =>
  Object.fromEntries(
    Object.entries(claims).map(([name, value]) => {
      if (Array.isArray(value)) return [name, value.join(',')];
      if (DATES.has(name)) return [name, inWords(Number(value))];
      return [name, String(value)];
    }),
  );

const inWords = (epochSeconds: number): string => {
  const [weekday, day, month, year, time] = new Date(epochSeconds * 1000).toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${day} ${time} UTC ${year}`;
};
