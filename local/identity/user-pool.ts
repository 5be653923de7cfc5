import { randomBytes } from 'node:crypto';
import { keepOnce } from '../kept.ts';
import type { Kept } from '../kept.ts';
import type { JsonObject } from '../template/assembly.ts';
import type { Resource, Template } from '../template.ts';
import { text } from '../template/values.ts';

/** What the template grants: which clients exist, which scopes each may ask for, which groups a person can be in. */
export interface UserPool {
  readonly id: string;
  readonly arn: string;
  readonly clients: readonly Client[];
  readonly groups: readonly string[];
}

export interface Client {
  readonly logicalId: string;
  readonly name: string;
  readonly id: string;
  /** Undefined for a public client. */
  readonly secret: string | undefined;
  readonly flows: readonly string[];
  readonly scopes: readonly string[];
  readonly accessTokenSeconds: number;
}

const SECONDS: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };
const DEFAULT_VALIDITY_HOURS = 1;
/** Scopes that Cognito itself grants. */
const STANDARD_SCOPES = ['openid', 'email', 'phone', 'profile', 'aws.cognito.signin.user.admin'];

/** The user pools of the template. Throws when a client is allowed a scope that no resource server declares. */
export const readUserPools = (template: Template, kept: Kept): UserPool[] =>
  template.ofType('AWS::Cognito::UserPool').map((pool) => {
    const belongs = ({ properties }: Resource): boolean => properties['UserPoolId'] === pool.ref;
    const scopes = new Set([
      ...STANDARD_SCOPES,
      ...template.ofType('AWS::Cognito::UserPoolResourceServer').filter(belongs).flatMap(scopesOf),
    ]);
    return {
      id: pool.ref,
      arn: pool.arn,
      clients: template
        .ofType('AWS::Cognito::UserPoolClient')
        .filter(belongs)
        .map((client) => clientOf(client, scopes, kept)),
      groups: template
        .ofType('AWS::Cognito::UserPoolGroup')
        .filter(belongs)
        .map(({ ref }) => ref),
    };
  });

const scopesOf = ({ ref, properties }: Resource): string[] =>
  ((properties['Scopes'] ?? []) as { ScopeName: string }[]).map(({ ScopeName }) => `${ref}/${ScopeName}`);

const clientOf = ({ id, logicalId, ref, properties }: Resource, declared: ReadonlySet<string>, kept: Kept): Client => {
  const scopes = (properties['AllowedOAuthScopes'] ?? []) as string[];
  const unknown = scopes.find((scope) => !declared.has(scope));
  if (unknown !== undefined) throw new Error(`${id} is allowed the scope ${unknown}, which no resource server declares`);
  const unit = ((properties['TokenValidityUnits'] ?? {}) as JsonObject)['AccessToken'] ?? 'hours';
  return {
    logicalId,
    scopes,
    id: ref,
    name: typeof properties['ClientName'] === 'string' ? properties['ClientName'] : logicalId,
    secret:
      properties['GenerateSecret'] === true ? keepOnce(kept, `client/${id}`, () => randomBytes(32).toString('hex')) : undefined,
    flows: (properties['AllowedOAuthFlows'] ?? []) as string[],
    accessTokenSeconds: Number(properties['AccessTokenValidity'] ?? DEFAULT_VALIDITY_HOURS) * (SECONDS[text(unit)] ?? 3600),
  };
};
