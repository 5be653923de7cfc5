import { movesFrom } from '../../shared/kernel/transitions.ts';
import { makeApi, reject, type ApiResponse, type Handlers } from '../../shared/platform/http.ts';
import { actsForJurisdiction } from '../../shared/platform/principal.ts';
import { maxOrganizations, type MemberItem } from '../../shared/published/member.ts';
import { siteKey } from '../../shared/published/site.ts';
import { makeApplyOrganization, makeApplySite } from './apply.ts';
import { makeDeps } from './deps.ts';
import { enrollmentMachine, interfaceMachine } from './domain/machines.ts';
import { makeAddMember, makeEditOrganization, makeEditSite, makeEndMembership } from './edit.ts';
import { makeMoveInterface, makeMoveOrganization, makeMoveSite, type MoveResult } from './move.ts';
import { makeRegisterInterface } from './register-interface.ts';
import { soapHandlers, visibleInterface } from './http-soap.ts';
import { routes } from './routes.ts';
import type { InterfaceItem, OrganizationItem, OwnSiteItem } from './schemas.ts';
import { interfaceKey, organizationKey } from './store.ts';

type Thing = OrganizationItem | OwnSiteItem | InterfaceItem;

/** A thing as its reader sees it, with what can be done next. */
const shown = (item: Thing): object => ({
  ...item,
  nextMoves: item.type === 'interface' ? movesFrom(interfaceMachine, item.state) : movesFrom(enrollmentMachine, item.state),
});
const found = (item: Thing | undefined): ApiResponse =>
  item === undefined ? reject(404, 'not-found') : { status: 200, body: shown(item), version: item.version };

const created = (outcome: { kind: 'created' | 'repeated'; item: Thing } | { kind: 'key-reused' | 'refused' }): ApiResponse => {
  switch (outcome.kind) {
    case 'created':
      return { status: 201, body: shown(outcome.item), version: outcome.item.version };
    case 'repeated':
      return { status: 200, body: shown(outcome.item), version: outcome.item.version };
    case 'key-reused':
      return reject(422, 'idempotency-key-reused');
    case 'refused':
      return reject(409, 'try-again', 'Something else was written at the same moment; send the same request again.');
  }
};

/** A membership as a colleague may see it: where else somebody belongs is not this organization's affair. */
const membershipIn = (organizationId: string, member: MemberItem): ApiResponse => ({
  status: 200, body: { ...member, organizationIds: member.organizationIds.filter((id) => id === organizationId), siteIds: [] },
});

const cannotJoin = (): never =>
  reject(409, 'conflict', `A machine belongs to its interface, and a person to at most ${maxOrganizations} organizations.`);

const moved = (outcome: MoveResult<Thing>): ApiResponse => {
  switch (outcome.kind) {
    case 'moved':
      return { status: 200, body: shown(outcome.item), version: outcome.item.version };
    case 'not-found':
      return reject(404, 'not-found');
    case 'stale':
      return reject(412, 'stale-version', 'Read it again and repeat what you meant to do.');
    case 'illegal-move':
      return reject(409, 'illegal-move', `It is ${outcome.from}; this is possible from ${outcome.legalFrom.join(', ')}.`);
    case 'not-ready':
      return reject(422, 'invalid-request', `It cannot be active yet: it needs ${outcome.missing.join('; ')}.`);
    case 'alias-taken':
      return reject(409, 'conflict', 'Its PIN, its name or one of its aliases already belongs to another site: give it another alias.');
    case 'client-taken':
      return reject(
        409,
        'conflict',
        `Its client already speaks for ${outcome.by ?? 'somebody else'}. Ask whose it is; if it is this one's, suspend the other and try again.`,
      );
  }
};

const { store, random, api } = makeDeps();
const applyOrganization = makeApplyOrganization(store);
const applySite = makeApplySite(store);
const editOrganization = makeEditOrganization(store);
const editSite = makeEditSite(store);
const addMember = makeAddMember(store);
const endMembership = makeEndMembership(store);
const moveOrganization = makeMoveOrganization(store);
const moveSite = makeMoveSite(store);
const registerInterface = makeRegisterInterface(store);
const moveInterface = makeMoveInterface(store);

const handlers: Handlers<typeof routes> = {
  readMembership: ({ principal: { subject, member } }) =>
    Promise.resolve({ status: 200, body: { subject, organizationIds: [], siteIds: [], ...member } }),
  applyOrganization: async ({ body, principal, now, idempotencyKey }) => {
    const outcome = await applyOrganization(body, { actor: principal.subject, now, idempotencyKey });
    return outcome.kind === 'cannot-join' ? cannotJoin() : created(outcome);
  },
  listOrganizations: async ({ query }) => {
    const page = await store.organizationsInState(query.state, query);
    return { status: 200, body: { ...page, items: page.items.map(shown) } };
  },
  readOrganization: async ({ params }) => found(await store.organization(params.organizationId)),
  editOrganization: async ({ params, body, principal, now, ifMatch }) =>
    moved(await editOrganization(params.organizationId, body, { actor: principal.subject, now, ifMatch })),
  submitOrganization: async ({ params, principal, now, ifMatch }) =>
    moved(await moveOrganization(params.organizationId, { move: 'submit', actor: principal.subject, now, ifMatch })),
  reviewOrganization: async ({ params, body, principal, now, ifMatch }) =>
    moved(await moveOrganization(params.organizationId, { ...body, actor: principal.subject, now, ifMatch })),
  readOrganizationHistory: async ({ params, query }) => ({
    status: 200,
    body: await store.history(organizationKey(params.organizationId), query),
  }),
  addMember: async ({ params, body, principal, now }) => {
    const outcome = await addMember(params.organizationId, body.subject, { actor: principal.subject, now });
    if (outcome.kind === 'granted') return membershipIn(params.organizationId, outcome.member);
    if (outcome.kind === 'cannot-join') return cannotJoin();
    return outcome.kind === 'stale' ? reject(409, 'try-again') : reject(404, 'not-found');
  },
  listMembers: async ({ params, query }) => ({ status: 200, body: await store.members(params.organizationId, query) }),
  endMembership: async ({ params, body, principal, now }) => {
    const outcome = await endMembership(params.organizationId, params.subject, { actor: principal.subject, now, reason: body.reason });
    switch (outcome.kind) {
      case 'ended':
        return membershipIn(params.organizationId, outcome.member);
      case 'own':
        return reject(409, 'conflict', 'Somebody else must end your access, so that the organization is left with a member.');
      case 'stale':
        return reject(409, 'try-again', 'Send the same request again.');
      case 'not-found':
        return reject(404, 'not-found');
    }
  },
  applySite: async ({ params, body, principal, now, idempotencyKey }) => {
    const outcome = await applySite(params.organizationId, body, { actor: principal.subject, now, idempotencyKey });
    return outcome.kind === 'not-found' ? reject(404, 'not-found') : created(outcome);
  },
  listOrganizationSites: async ({ params, query }) => {
    const page = await store.sitesOf(params.organizationId, query);
    return { status: 200, body: { ...page, items: page.items.map(shown) } };
  },
  listSites: async ({ query }) => {
    const page = await store.sitesInState(query.state, query);
    return { status: 200, body: { ...page, items: page.items.map(shown) } };
  },
  readSite: async ({ params }) => found(await store.site(params.siteId)),
  editSite: async ({ params, body, principal, now, ifMatch }) =>
    moved(await editSite(params.siteId, body, { actor: principal.subject, now, ifMatch })),
  submitSite: async ({ params, principal, now, ifMatch }) =>
    moved(await moveSite(params.siteId, { move: 'submit', actor: principal.subject, now, ifMatch })),
  reviewSite: async ({ params, body, principal, now, ifMatch }) =>
    moved(await moveSite(params.siteId, { ...body, actor: principal.subject, now, ifMatch })),
  readSiteHistory: async ({ params, query }) => ({ status: 200, body: await store.history(siteKey(params.siteId), query) }),
  registerInterface: async ({ params, body, principal, now, idempotencyKey }) => {
    const outcome = await registerInterface(params.organizationId, body, { actor: principal.subject, now, idempotencyKey });
    switch (outcome.kind) {
      case 'foreign-sites':
        return reject(
          400,
          'invalid-request',
          undefined,
          outcome.at.map((index) => ({ path: `body.siteIds[${index}]`, message: 'is no site of this organization' })),
        );
      default:
        return created(outcome);
    }
  },
  listOrganizationInterfaces: async ({ params, query }) => {
    const page = await store.interfacesOf(params.organizationId, query);
    return { status: 200, body: { ...page, items: page.items.map(shown) } };
  },
  listInterfaces: async ({ query }) => {
    const page = await store.interfacesInState(query.state, query);
    return { status: 200, body: { ...page, items: page.items.map(shown) } };
  },
  readInterface: async ({ params, principal }) => {
    const item = await visibleInterface(store, params.interfaceId, principal, 'interface.read');
    // Who else claims its client is for the department to see, and for no competitor.
    const others = actsForJurisdiction(principal, 'interface.read')
      ? (await store.claimsOf(item.clientId)).filter((id) => id !== item.interfaceId)
      : [];
    return { status: 200, body: { ...shown(item), ...(others.length === 0 ? {} : { clientAlsoClaimedBy: others }) }, version: item.version };
  },
  readInterfaceHistory: async ({ params, query, principal }) => {
    const { interfaceId } = await visibleInterface(store, params.interfaceId, principal, 'interface.read');
    return { status: 200, body: await store.history(interfaceKey(interfaceId), query) };
  },
  reviewInterface: async ({ params, body, principal, now, ifMatch }) =>
    moved(await moveInterface(params.interfaceId, { ...body, actor: principal.subject, now, ifMatch })),
  ...soapHandlers(store, random),
};

export const handler = makeApi(routes, handlers, api);
