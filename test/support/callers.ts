import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { may, roles, tenantRoles, type Role } from '../../shared/contracts/permissions.ts';
import { needsToken, type Route } from '../../shared/contracts/route.ts';
import { maxBodyBytes } from '../../shared/kernel/limits.ts';
import { eventOf, type Call, type Handler } from './api.ts';
import { far, near } from './house.ts';

/** Somebody who calls: the groups in the token, and what enrollment knows of the subject. */
export interface Caller {
  readonly subject: string;
  /** Undefined: no token at all. */
  readonly groups: readonly Role[] | undefined;
  readonly organizationId?: string;
  /** Set for a machine: the sites its interface names. */
  readonly siteIds?: readonly string[];
}

const jurisdictionRoles = roles.filter((role) => !tenantRoles.includes(role));

/** Every role, with and without a membership, alone and beside another one; nobody; and a token that names no role. */
export const callers: readonly Caller[] = [
  { subject: '', groups: undefined },
  { subject: 'newcomer', groups: [] },
  ...jurisdictionRoles.map((role) => ({ subject: `${role}-person`, groups: [role] })),
  { subject: near.staff, groups: ['provider-staff'], organizationId: near.organizationId },
  { subject: far.staff, groups: ['provider-staff'], organizationId: far.organizationId },
  { subject: 'newcomer', groups: ['provider-staff'] },
  { subject: near.machine, groups: ['ehr-system'], organizationId: near.organizationId, siteIds: [near.siteId] },
  { subject: far.machine, groups: ['ehr-system'], organizationId: far.organizationId, siteIds: [far.siteId] },
  { subject: 'unknown-ehr', groups: ['ehr-system'] },
  ...jurisdictionRoles.map((role): Caller => ({ subject: far.staff, groups: ['provider-staff', role], organizationId: far.organizationId })),
  ...jurisdictionRoles.map((role): Caller => ({ subject: near.staff, groups: [role], organizationId: near.organizationId })),
];

export const callerName = ({ subject, groups }: Caller): string => (groups === undefined ? 'nobody' : `${subject} (${groups.join(' and ') || 'no role'})`);

/** Whom a path names. */
export interface Place {
  readonly name: string;
  readonly siteId: string;
  readonly organizationId: string;
}
export const places: readonly Place[] = [
  { name: 'near', siteId: near.siteId, organizationId: near.organizationId },
  { name: 'near, the other site', siteId: near.siblingId, organizationId: near.organizationId },
  { name: 'far', siteId: far.siteId, organizationId: far.organizationId },
  { name: 'nowhere', siteId: 'sit_nowhere', organizationId: 'org_nowhere' },
];

export type Verdict = 'admitted' | 401 | 403 | 404;

const reaches = (caller: Caller, route: Route, place: Place): boolean => {
  if (route.path.includes('{organizationId}') && caller.organizationId !== place.organizationId) return false;
  if (!route.path.includes('{siteId}')) return true;
  if (caller.siteIds !== undefined) return caller.siteIds.includes(place.siteId);
  return caller.organizationId !== undefined && caller.organizationId === place.organizationId;
};

/** What the permission table says of a call. */
export const verdictOf = (caller: Caller, route: Route, place: Place): Verdict => {
  const { action } = route;
  if (!needsToken(action)) return 'admitted';
  if (caller.groups === undefined) return 401;
  const able = caller.groups.filter((role) => may(role, action));
  if (able.length === 0) return 403;
  if (able.some((role) => !tenantRoles.includes(role))) return 'admitted';
  return reaches(caller, route, place) ? 'admitted' : 404;
};

/** Params of a route's path: the tenant's own names, and something harmless for the rest. */
export const paramsOf = ({ path }: Route, values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, values[name] ?? 'x']));

/** A call's event with the token of a caller, or with none. */
export const eventBy = (caller: Caller, call: Call): APIGatewayProxyEvent => {
  const event = eventOf({ ...call, subject: caller.subject });
  const { groups } = caller;
  const isMachine = groups?.includes('ehr-system') === true;
  const claims = isMachine
    ? { sub: caller.subject, client_id: caller.subject, scope: 'doseline/submit', token_use: 'access' }
    : { sub: caller.subject, scope: 'doseline/portal', token_use: 'access', 'cognito:groups': (groups ?? []).join(' ') };
  return { ...event, requestContext: { ...event.requestContext, authorizer: groups === undefined ? null : { claims } } };
};

/** Longer than any body may be. The size is looked at after the caller was admitted and before anything else, so 413 means: admitted. */
const tooLarge = 'x'.repeat(maxBodyBytes + 1);

export interface Answered {
  readonly status: number;
  readonly text: string;
  /** The answer without what differs from call to call. */
  readonly told: string;
}

export const answerTo = async (handler: Handler, event: APIGatewayProxyEvent): Promise<Answered> => {
  const { statusCode, body, headers } = await handler(event, {} as Context);
  const told = JSON.stringify([statusCode, headers, body.replace(event.requestContext.requestId, '')]);
  return { status: statusCode, text: body, told };
};

/** Calls a route with a body that only an admitted caller is told is too large. */
export const knock = (handler: Handler, route: Route, caller: Caller, values: Readonly<Record<string, string>>): Promise<Answered> =>
  answerTo(handler, eventBy(caller, { route: `${route.method} ${route.path}`, params: paramsOf(route, values), body: tooLarge }));
