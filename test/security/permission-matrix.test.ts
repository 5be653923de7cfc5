import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { may, tenantRoles } from '../../shared/contracts/permissions.ts';
import { needsToken, type Route } from '../../shared/contracts/route.ts';
import { makeApi, type Handlers } from '../../shared/platform/http.ts';
import type { Log } from '../../shared/platform/log.ts';
import { apiContexts } from '../../infra/contexts.ts';
import { allRoutes, routesByContext } from '../../infra/routes.ts';
import type { Call, Handler } from '../support/api.ts';
import { answerTo, callerName, callers, eventBy, knock, paramsOf, places, verdictOf, type Caller, type Verdict } from '../support/callers.ts';
import { far, near, openHouse, type House } from '../support/house.ts';

let house: House;
beforeAll(async () => { house = await openHouse('matrix'); });
afterAll(() => house.stop());

const handlerOf = (route: Route): Handler => {
  const api = house.apis.find(({ routes }) => routes.includes(route));
  if (api === undefined) throw new Error(`Nobody answers ${route.id}`);
  return api.handler;
};

const slugs: Readonly<Record<Exclude<Verdict, 'admitted'>, string>> = { 401: 'unauthenticated', 403: 'forbidden', 404: 'not-found' };
/** A verdict, or the status and slug of an answer that is none. */
const given = ({ status, text }: { status: number; text: string }): string | number => {
  // A route that speaks FHIR says the same in an OperationOutcome.
  const { type, issue = [] } = JSON.parse(text) as { type?: string; issue?: { details?: { coding?: { code?: string }[] } }[] };
  const slug = type?.split('/').at(-1) ?? issue[0]?.details?.coding?.[0]?.code ?? '';
  if (status === 413 && slug === 'too-large') return 'admitted';
  for (const code of [401, 403, 404] as const) if (status === code && slug === slugs[code]) return code;
  return `${status} ${slug}`;
};

/** Every caller at every place of a route, against the permission table. Empty when they agree. */
const disagreements = async (route: Route, handler: Handler): Promise<string[]> => {
  const faults: string[] = [];
  for (const caller of callers) {
    const answers = await Promise.all(places.map(({ siteId, organizationId }) => knock(handler, route, caller, { siteId, organizationId })));
    const nowhere = answers.at(-1);
    for (const [index, place] of places.entries()) {
      const expected = verdictOf(caller, route, place);
      const answer = answers[index];
      if (answer === undefined || nowhere === undefined) throw new Error('no answer');
      const cell = `${callerName(caller)} at ${place.name}`;
      if (given(answer) !== expected) faults.push(`${cell}: ${given(answer)}, not ${expected}`);
      if (expected === 404 && answer.told !== nowhere.told) faults.push(`${cell}: the answer tells that it exists`);
    }
  }
  return faults;
};

const named = allRoutes.map((route) => [`${route.method} ${route.path}`, route] as const);
const guarded = named.filter(([, { action }]) => needsToken(action));

describe('The permission table', () => {
  it('has a route in every context that keeps data, or the rest of this file would look at nothing', () => {
    expect(apiContexts.filter((context) => routesByContext[context].length === 0)).toEqual([]);
  });

  it.each(guarded)('decides who gets through to %s', async (_name, route) => {
    expect(await disagreements(route, handlerOf(route))).toEqual([]);
  });

  it.each(guarded)('is what a call with nothing in it meets at %s: a caller who may not is told so and nothing else', async (name, route) => {
    const faults: string[] = [];
    for (const caller of callers) for (const place of places) {
      const params = paramsOf(route, { siteId: place.siteId, organizationId: place.organizationId });
      const { status } = await answerTo(handlerOf(route), eventBy(caller, { route: name, params }));
      const expected = verdictOf(caller, route, place);
      const agrees = expected === 'admitted' ? ![401, 403].includes(status) && status < 500 : status === expected;
      // Those who are let in without a membership (a first application, a message) may be refused for that by the use case.
      if (!agrees && !(status === 403 && caller.organizationId === undefined)) faults.push(`${callerName(caller)} at ${place.name}: ${status}, not ${expected}`);
    }
    expect(faults).toEqual([]);
  });

  it('needs nobody to be known for what is public', async () => {
    const [nobody] = callers;
    if (nobody === undefined) throw new Error('no callers');
    for (const route of allRoutes.filter(({ action }) => action === 'public'))
      expect((await answerTo(handlerOf(route), eventBy(nobody, { route: `${route.method} ${route.path}` }))).status).toBe(route.path.includes('{') ? 404 : 200);
  });
});

describe('A token', () => {
  const route = routesByContext.enrollment.find(({ id }) => id === 'readSite');
  const readNear = (claims: Record<string, unknown> | null): Promise<{ status: number }> => {
    if (route === undefined) throw new Error('no readSite');
    const event = eventBy({ subject: near.staff, groups: [] }, { route: 'GET /sites/{siteId}', params: { siteId: near.siteId } });
    return answerTo(handlerOf(route), { ...event, requestContext: { ...event.requestContext, authorizer: claims === null ? null : { claims } } });
  };

  it.each([
    ['without claims', 401, null],
    ['without a subject', 401, { 'cognito:groups': 'auditor' }],
    ['with an empty subject', 401, { sub: '', 'cognito:groups': 'auditor' }],
    ['with a subject that is no text', 401, { sub: { $ne: '' }, 'cognito:groups': 'auditor' }],
    ['with a group that only looks like a role', 403, { sub: near.staff, 'cognito:groups': 'provider-staffing xauditor auditor2 AUDITOR' }],
    ['of a person in a group called after the machines', 403, { sub: near.machine, 'cognito:groups': 'ehr-system' }],
    ['of a machine that is in a group', 403, { sub: near.machine, scope: 'doseline/submit', 'cognito:groups': 'auditor' }],
    ['with a scope that only looks like the machines’', 403, { sub: near.machine, scope: 'doseline/submitted' }],
    ['whose groups came as a list in text', 200, { sub: near.staff, 'cognito:groups': '[provider-staff, something]' }],
    ['whose groups came as a list', 200, { sub: near.staff, 'cognito:groups': ['provider-staff'] }],
  ] as const)('%s is answered %s', async (_what, status, claims) => {
    expect((await readNear(claims)).status).toBe(status);
  });
});

/** Routes that a tenant may call and whose path names no tenant: what keeps tenants apart there, and where that is tested. */
const keyedByTheCaller: Readonly<Record<string, string>> = {
  applyOrganization: 'creates under an id derived from the subject (below: two subjects, one key)',
  readMembership: 'answers the membership that the platform read for this subject',
  readInterface: 'compares the organization with the membership (below)',
  readInterfaceHistory: 'as readInterface (below)',
  readSoapHistory: 'as readInterface (test/conformance/soap-sign-in.test.ts)',
  issueSoapPassword: 'as readInterface (test/conformance/soap-sign-in.test.ts)',
  listSoapCredentials: 'as readInterface (test/conformance/soap-sign-in.test.ts)',
  revokeSoapPassword: 'as readInterface (test/conformance/soap-sign-in.test.ts)',
  listSignIns: 'compares the organization of the interface with the membership (test/conformance/soap-sign-in.test.ts)',
  reportHl7: 'reads and writes as the sender of its membership (test/integration/doses.test.ts)',
  requestUpload: 'the upload belongs to the sender of its membership',
  readQuality: 'compares the sender with the membership (test/integration/doses-quality.test.ts)',
  readUpload: 'asks for the upload of this subject (below)',
  transactFhir: 'reads and writes as the sender of its membership (test/integration/doses-fhir.test.ts)',
  createFhirPatient: 'as transactFhir',
  createFhirImmunization: 'as transactFhir',
  readFhirPatient: 'answers records of the organizations of its membership only (test/integration/doses-fhir.test.ts)',
  readFhirImmunization: 'as readFhirPatient',
  searchFhirPatients: 'as readFhirPatient',
  searchFhirPatientsByForm: 'as readFhirPatient',
  searchFhirImmunizations: 'as readFhirPatient',
};

describe('A route without a tenant in its path', () => {
  const open = allRoutes.filter(({ action, path }) => needsToken(action) && action !== 'coverage.read' && !/\{(siteId|organizationId)\}/.test(path)
    && tenantRoles.some((role) => may(role, action)));

  it('is listed here with what keeps tenants apart, when a tenant may call it and it answers more than counts', () => {
    expect(open.map(({ id }) => id).sort()).toEqual(Object.keys(keyedByTheCaller).sort());
  });

  const ask = (caller: Caller, call: Call) => {
    const route = allRoutes.find(({ method, path }) => call.route === `${method} ${path}`);
    if (route === undefined) throw new Error(`no ${call.route}`);
    return answerTo(handlerOf(route), eventBy(caller, call));
  };
  const staff: Caller = { subject: near.staff, groups: ['provider-staff'] };

  it('answers of a foreign interface what it answers of none', async () => {
    const read = (interfaceId: string) => ask(staff, { route: 'GET /interfaces/{interfaceId}', params: { interfaceId } });
    expect((await read(near.interfaceId)).status).toBe(200);
    expect((await read(far.interfaceId)).status).toBe(404);
    expect((await read(far.interfaceId)).told).toBe((await read('ehr_nowhere')).told);
    const history = (interfaceId: string) => ask(staff, { route: 'GET /interfaces/{interfaceId}/history', params: { interfaceId } });
    expect([(await history(near.interfaceId)).status, (await history(far.interfaceId)).status]).toEqual([200, 404]);
  });

  it('answers of a foreign upload what it answers of none', async () => {
    const machine = (subject: string): Caller => ({ subject, groups: ['ehr-system'] });
    const made = await ask(machine(far.machine), { route: 'POST /uploads', key: 'far-upload-1' });
    const { uploadId } = JSON.parse(made.text) as { uploadId: string };
    const read = (subject: string, id: string) => ask(machine(subject), { route: 'GET /uploads/{uploadId}', params: { uploadId: id } });
    expect((await read(far.machine, uploadId)).status).toBe(200);
    expect((await read(near.machine, uploadId)).told).toBe((await read(near.machine, 'upl_nowhere')).told);
  });
});

describe('The matrix itself', () => {
  const sample = routesByContext.inventory.find(({ id }) => id === 'listAccounts');
  const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const gate = (route: Route): Handler => {
    const routes = [route];
    const handlers: Handlers<Route[]> = { [route.id]: () => Promise.resolve({ status: 200, body: {} }) };
    return makeApi(routes, handlers, { dynamo: house.suite.dynamo, enrollmentTable: house.suite.tables['ENROLLMENT_TABLE'] ?? '', log: silent });
  };

  it('finds nothing in a gate that keeps the table', async () => {
    if (sample === undefined) throw new Error('no sample');
    expect(await disagreements(sample, gate(sample))).toEqual([]);
  });

  it.each([
    ['asks nobody who they are', (route: Route): Handler => gate({ ...route, action: 'public' }), 'nobody at near: admitted, not 401'],
    ['looks at another row of the table', (route: Route): Handler => gate({ ...route, action: 'coverage.read' }), 'dph-reviewer-person (dph-reviewer) at near: admitted, not 403'],
    ['forgets the tenant', (route: Route): Handler => {
      const other = gate(route);
      return (event, context) => other({ ...event, pathParameters: null }, context);
    }, 'far-nurse (provider-staff) at near: admitted, not 404'],
    ['lets a machine reach every site of its organization', (route: Route): Handler => {
      const other = gate({ ...route, action: 'dose.read' });
      return (event, context) => other({ ...event, pathParameters: { siteId: event.pathParameters?.['siteId'] === near.siblingId ? near.siteId : event.pathParameters?.['siteId'] ?? '' } }, context);
    }, 'near-ehr (ehr-system) at near, the other site: admitted'],
    ['tells whether a foreign thing exists', (route: Route): Handler => {
      const other = gate(route);
      return async (event, context) => {
        const answer = await other(event, context);
        return event.pathParameters?.['siteId'] === far.siteId ? { ...answer, headers: { ...answer.headers, etag: '"5"' } } : answer;
      };
    }, 'near-nurse (provider-staff) at far: the answer tells that it exists'],
  ])('finds a gate that %s', async (_what, broken, fault) => {
    if (sample === undefined) throw new Error('no sample');
    expect(await disagreements(sample, broken(sample))).toEqual(expect.arrayContaining([expect.stringContaining(fault)]));
  });
});
