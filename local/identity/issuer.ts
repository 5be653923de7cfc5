import { randomUUID } from 'node:crypto';
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { OAuth2Issuer, OAuth2Service } from 'oauth2-mock-server';
import type { RequestListener } from 'node:http';
import type { Client, UserPool } from './user-pool.ts';

export interface Person {
  readonly sub: string;
  /** Cognito groups; each must exist in the template. */
  readonly groups?: readonly string[];
  /** Default: all scopes the client is allowed. */
  readonly scopes?: readonly string[];
  /** Client id, client name or logical id; default: the first client without a secret, else the first. */
  readonly clientId?: string;
}

export interface Issuer {
  readonly url: string;
  readonly pools: readonly UserPool[];
  client(idOrName: string): Client | undefined;
  /** An access token for a person. Throws when the template does not grant the client, a scope or a group. */
  readonly tokenFor: (person: Person) => Promise<string>;
  /** An access token for a machine client by its own credentials: subject is the client. */
  machineToken(client: Client, scopes: readonly string[]): Promise<string>;
  /** Claims of a token that this issuer signed and that has not expired; throws jose's errors otherwise. */
  verify(token: string): Promise<JWTPayload>;
  /** Discovery and key set, as they are served. */
  readonly metadata: RequestListener;
}

const ALGORITHM = 'RS256';

/** Signs with keys made at boot. `url` is where the issuer listens. */
export const makeIssuer = async (url: string, pools: readonly UserPool[]): Promise<Issuer> => {
  const issuer = new OAuth2Issuer();
  issuer.url = url;
  // Not `keys.generate`: it compares prototypes, which differ inside jest's own global scope.
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  await issuer.keys.add({ ...(await exportJWK(privateKey)), alg: ALGORITHM, kid: randomUUID() });
  const keys = createLocalJWKSet({ keys: issuer.keys.toJSON() });
  const service = new OAuth2Service(issuer, { jwks: '/.well-known/jwks.json', token: '/oauth2/token' });

  const clients = pools.flatMap((pool) => pool.clients);
  const client = (idOrName: string): Client | undefined =>
    clients.find(({ id, name, logicalId }) => [id, name, logicalId].includes(idOrName));

  const sign = (to: Client, scopes: readonly string[], claims: Record<string, unknown>): Promise<string> => {
    const missing = scopes.find((scope) => !to.scopes.includes(scope));
    if (missing !== undefined) throw new Error(`The template does not grant the client ${to.name} the scope ${missing}`);
    return issuer.buildToken({
      expiresIn: to.accessTokenSeconds,
      scopesOrTransform: (_header, payload) => {
        const now = payload.iat;
        Object.assign(payload, {
          token_use: 'access',
          version: 2,
          client_id: to.id,
          scope: scopes.join(' '),
          jti: randomUUID(),
          auth_time: now,
          nbf: undefined,
          ...claims,
        });
      },
    });
  };

  const tokenFor = async ({ sub, groups = [], scopes, clientId }: Person): Promise<string> => {
    const chosen = clientId === undefined ? (clients.find(({ secret }) => secret === undefined) ?? clients[0]) : client(clientId);
    if (chosen === undefined) throw new Error(`The template has no user pool client ${clientId ?? 'at all'}`);
    const known = new Set(pools.flatMap((pool) => pool.groups));
    const unknown = groups.find((group) => !known.has(group));
    if (unknown !== undefined) throw new Error(`The template has no user pool group ${unknown}`);
    const person = { sub, username: sub, ...(groups.length === 0 ? {} : { 'cognito:groups': [...groups] }) };
    return sign(chosen, scopes ?? chosen.scopes, person);
  };

  return {
    url,
    pools,
    client,
    tokenFor,
    machineToken: (to, scopes) => sign(to, scopes, { sub: to.id }),
    verify: async (token) => (await jwtVerify(token, keys, { issuer: url, algorithms: [ALGORITHM] })).payload,
    metadata: service.requestHandler,
  };
};
