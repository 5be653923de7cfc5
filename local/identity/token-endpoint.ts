import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { answerJson, readBody } from '../loopback.ts';
import type { Issuer } from './issuer.ts';
import type { Client } from './user-pool.ts';

const METADATA = ['/.well-known/openid-configuration', '/.well-known/jwks.json'];
const MAX_FORM_BYTES = 10_000;

/**
 * The issuer's HTTP side: discovery, keys and `POST /oauth2/token` for client credentials. oauth2-mock-server would give any
 * client any scope and has further endpoints that sign in anybody, so nothing else of it is reachable.
 */
export const issuerListener =
  (issuer: Issuer): RequestListener =>
  (request, response) => {
    const path = new URL(request.url ?? '/', issuer.url).pathname;
    if (request.method === 'GET' && METADATA.includes(path)) issuer.metadata(request, response);
    else if (request.method === 'POST' && path === '/oauth2/token')
      grant(issuer, request, response).catch(() => {
        answerJson(response, 400, { error: 'invalid_request' });
      });
    else answerJson(response, 404, { error: 'not_found' });
  };

const grant = async (issuer: Issuer, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const form = new URLSearchParams((await readBody(request, MAX_FORM_BYTES))?.toString() ?? '');
  const refuse = (error: string): void => {
    answerJson(response, 400, { error });
  };
  const client = authenticated(issuer, request, form);
  if (client === undefined) {
    refuse('invalid_client');
    return;
  }
  if (form.get('grant_type') !== 'client_credentials' || !client.flows.includes('client_credentials')) {
    refuse('unauthorized_client');
    return;
  }
  const scopes = form
    .get('scope')
    ?.split(' ')
    .filter((scope) => scope !== '') ?? [...client.scopes];
  if (scopes.some((scope) => !client.scopes.includes(scope))) {
    refuse('invalid_scope');
    return;
  }
  const token = await issuer.machineToken(client, scopes);
  answerJson(response, 200, { access_token: token, expires_in: client.accessTokenSeconds, token_type: 'Bearer' });
};

/** The client whose id and secret the request carries, in the Authorization header or in the form. */
const authenticated = (issuer: Issuer, request: IncomingMessage, form: URLSearchParams): Client | undefined => {
  const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const [id = '', secret = ''] =
    basic === undefined
      ? [form.get('client_id') ?? '', form.get('client_secret') ?? '']
      : Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent);
  const client = issuer.client(id);
  if (client?.id !== id || client.secret === undefined) return undefined;
  return sameText(client.secret, secret) ? client : undefined;
};

const sameText = (one: string, other: string): boolean => {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
};
