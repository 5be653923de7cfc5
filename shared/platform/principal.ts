import type { APIGatewayProxyEvent } from 'aws-lambda';
import { may, roles, tenantRoles, type Action, type Role } from '../contracts/permissions.ts';
import { interfaceStanding, interfaceStandingKey } from '../published/interface.ts';
import { memberItem, memberKey, type MemberItem } from '../published/member.ts';
import { organizationStanding, organizationStandingKey, wasLetIn } from '../published/organization.ts';
import { siteItem, siteKey } from '../published/site.ts';
import { getItem, type Dynamo } from './dynamo.ts';
import { Rejected } from './problems.ts';

/** Who calls: proven by the gateway's authorizer, narrowed by the membership that enrollment holds. */
export interface Principal {
  readonly subject: string;
  readonly roles: readonly Role[];
  /** Undefined for the jurisdiction's roles. */
  readonly member?: MemberItem | undefined;
}

/** The one who acts in a public route or a scheduled job. */
export const systemPrincipal = (subject: string): Principal => ({ subject, roles: [] });

/** True when the caller acts for the whole jurisdiction in this action, not for its own sites. */
export const actsForJurisdiction = (principal: Principal, action: Action): boolean =>
  principal.roles.some((role) => !tenantRoles.includes(role) && may(role, action));

const textClaim = (claims: Record<string, unknown>, claim: string): string =>
  typeof claims[claim] === 'string' ? claims[claim] : Array.isArray(claims[claim]) ? claims[claim].join(' ') : '';

/**
 * Subject and roles of an access token. People have their groups; a client that carries the `submit` scope is an EHR system.
 * The gateway has verified signature, expiry and scope before this runs.
 */
export const principalOf = (event: Pick<APIGatewayProxyEvent, 'requestContext'>): Principal => {
  const authorizer = event.requestContext.authorizer as { claims?: Record<string, unknown> } | null | undefined;
  const claims = authorizer?.claims ?? {};
  const subject = textClaim(claims, 'sub') || textClaim(claims, 'client_id');
  if (subject === '') throw new Rejected(401, 'unauthenticated');
  const groups = textClaim(claims, 'cognito:groups').split(/[\s,[\]]+/);
  const isMachine = textClaim(claims, 'scope').split(' ').some((scope) => scope.endsWith('/submit'));
  return { subject, roles: isMachine ? ['ehr-system'] : roles.filter((role) => role !== 'ehr-system' && groups.includes(role)) };
};

export interface Tenancy {
  dynamo: Dynamo;
  enrollmentTable: string;
}

/** Records and stock of a site are open to a machine only in production. Messages have their own trial: what they are answered is an acknowledgement. */
const admitInterface = async ({ dynamo, enrollmentTable }: Tenancy, interfaceId: string): Promise<void> => {
  const standing = await getItem(dynamo, enrollmentTable, interfaceStandingKey(interfaceId), interfaceStanding);
  if (standing?.state !== 'production') throw new Rejected(403, 'forbidden', { detail: 'Your interface is not in production.' });
};

/** What concerns an application; everything else waits until the site, or the organization, was let in. */
const isEnrollment = (action: Action): boolean => ['enrollment.', 'interface.', 'member.'].some((of) => action.startsWith(of));

const notLetIn = (of: 'site' | 'organization'): never => {
  throw new Rejected(403, 'forbidden', { detail: `The ${of} is not active yet: until the department lets it in, it is open to its application alone.` });
};

const admitOrganization = async ({ dynamo, enrollmentTable }: Tenancy, organizationId: string): Promise<void> => {
  const standing = await getItem(dynamo, enrollmentTable, organizationStandingKey(organizationId), organizationStanding);
  if (!wasLetIn(standing?.state)) notLetIn('organization');
};

/**
 * Lets the caller through or rejects: 403 when no role of its own may do the action, or the site or organization was never let in, 404 when the site or organization is not its own,
 * which tells nothing about whether it exists. Returns the principal with its membership.
 */
export const admit = async (
  { dynamo, enrollmentTable }: Tenancy,
  principal: Principal,
  action: Action,
  tenant: { siteId?: string | undefined; organizationId?: string | undefined },
): Promise<Principal> => {
  if (!principal.roles.some((role) => may(role, action))) throw new Rejected(403, 'forbidden');
  if (actsForJurisdiction(principal, action)) return principal;
  const member = await getItem(dynamo, enrollmentTable, memberKey(principal.subject), memberItem);
  const { siteId, organizationId } = tenant;
  if (organizationId !== undefined && !(member?.organizationIds.includes(organizationId) ?? false)) throw new Rejected(404, 'not-found');
  if (organizationId !== undefined && !isEnrollment(action)) await admitOrganization({ dynamo, enrollmentTable }, organizationId);
  if (siteId !== undefined && !(member?.siteIds.includes(siteId) ?? false)) {
    const site = member === undefined ? undefined : await getItem(dynamo, enrollmentTable, siteKey(siteId), siteItem);
    // A machine client reaches only the sites its interface names; people reach every site of their organizations.
    const isOwn = site !== undefined && member?.interfaceId === undefined && member?.organizationIds.includes(site.organizationId);
    if (isOwn !== true) throw new Rejected(404, 'not-found');
    if (!isEnrollment(action) && !wasLetIn(site.state)) notLetIn('site');
  }
  if (siteId !== undefined && member?.interfaceId !== undefined) await admitInterface({ dynamo, enrollmentTable }, member.interfaceId);
  return { ...principal, member };
};
