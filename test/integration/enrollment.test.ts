import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, type Answer, type Call, type Handler } from '../support/api.ts';
import { sectionA, sectionB } from '../support/forms.ts';
import { openSuite, type Suite } from '../support/suite.ts';

let suite: Suite;
let handler: Handler;
let keys = 0;
const freshKey = (): string => `enrollment-${(keys += 1)}`;

const asNurse = (request: Call): Promise<Answer> => call(handler, { subject: 'nurse', role: 'provider-staff', ...request });
const asReviewer = (request: Call): Promise<Answer> => call(handler, { subject: 'reviewer', role: 'dph-reviewer', ...request });

beforeAll(async () => {
  suite = await openSuite('enrollment');
  handler = (await import('../../functions/enrollment/http.ts')).handler;
});
afterAll(() => suite.stop());

const applyOrganization = async (by: Partial<Call> = {}): Promise<string> =>
  String((await asNurse({ ...by, route: 'POST /organizations', body: sectionA(), key: freshKey() })).body['organizationId']);
const applySite = async (organizationId: string, form: object = sectionB(), by: Partial<Call> = {}): Promise<string> =>
  String((await asNurse({ ...by, route: 'POST /organizations/{organizationId}/sites', params: { organizationId }, body: form, key: freshKey() })).body['siteId']);

const walk = async (kind: 'organization' | 'site', id: string, ...moves: string[]): Promise<Answer> => {
  const [param, base] = kind === 'site' ? ['siteId', '/sites/{siteId}'] : ['organizationId', '/organizations/{organizationId}'];
  const params = { [param]: id };
  let version = (await asReviewer({ route: `GET ${base}` as Call['route'], params })).version ?? 0;
  let answer: Answer | undefined;
  for (const move of moves) {
    answer =
      move === 'submit'
        ? await asNurse({ route: `POST ${base}/submission` as Call['route'], params, ifMatch: version })
        : await asReviewer({ route: `POST ${base}/review` as Call['route'], params, body: { move, reason: 'as agreed', ...(move === 'approve' && kind === 'site' ? { pin: pinOf(id) } : {}) }, ifMatch: version });
    version = answer.version ?? version;
  }
  if (answer === undefined) throw new Error('no moves');
  return answer;
};
const pinOf = (id: string): string => String([...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 900_000, 7) + 100_000);

const toActive = ['submit', 'take-in-review', 'approve', 'activate'];

describe('an organization and its site', () => {
  it('go from draft to active, and their history tells who did it and why', async () => {
    const organizationId = await applyOrganization();
    const siteId = await applySite(organizationId);
    expect((await walk('organization', organizationId, ...toActive)).body).toMatchObject({ state: 'active', nextMoves: ['suspend', 'close'] });
    expect((await walk('site', siteId, ...toActive)).body).toMatchObject({ state: 'active', version: 5 });
    const { body } = await asNurse({ route: 'GET /sites/{siteId}/history', params: { siteId } });
    expect(body['items']).toMatchObject([
      { action: 'create', actor: 'nurse' },
      { action: 'submit', from: 'draft', to: 'submitted' },
      { action: 'take-in-review', actor: 'reviewer', reason: 'as agreed' },
      { action: 'approve' },
      { action: 'activate', to: 'active' },
    ]);
  });

  it('a site cannot be active before its organization, and the answer says what is missing', async () => {
    const siteId = await applySite(await applyOrganization());
    const answer = await walk('site', siteId, ...toActive);
    expect(answer.status).toBe(422);
    expect(answer.body['detail']).toContain('its organization must be active first (it is draft)');
  });

  it('two sites cannot answer to one name', async () => {
    const organizationId = await applyOrganization();
    await walk('organization', organizationId, ...toActive);
    const [first, second] = [await applySite(organizationId, sectionB('Twin Clinic')), await applySite(organizationId, sectionB('twin  clinic'))];
    expect((await walk('site', first, ...toActive)).status).toBe(200);
    expect((await walk('site', second, ...toActive)).body).toMatchObject({ status: 409, title: 'It conflicts with what is already there' });
  });

  it.each([
    ['approve', 'draft'],
    ['suspend', 'draft'],
    ['activate', 'draft'],
  ])('%s is refused from %s and names the states it is legal from', async (move) => {
    const organizationId = await applyOrganization();
    const answer = await walk('organization', organizationId, move);
    expect(answer.status).toBe(409);
    expect(answer.body['detail']).toMatch(/It is draft; this is possible from/);
  });
});

describe('a repeated or overtaken request', () => {
  it('creates once under one key, and tells another request under the same key apart', async () => {
    const key = freshKey();
    const first = await asNurse({ route: 'POST /organizations', body: sectionA(), key });
    const again = await asNurse({ route: 'POST /organizations', body: sectionA(), key });
    const other = await asNurse({ route: 'POST /organizations', body: sectionA('Another, Inc.'), key });
    expect([first.status, again.status, other.status]).toEqual([201, 200, 422]);
    expect(again.body['organizationId']).toBe(first.body['organizationId']);
  });

  it('creates once when two arrive at the same moment', async () => {
    const key = freshKey();
    const request: Call = { route: 'POST /organizations', body: sectionA(), key, subject: 'twin' };
    const answers = await Promise.all([asNurse(request), asNurse(request), asNurse(request)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
  });

  it('is refused when the version it read is no longer there, or was not named', async () => {
    const organizationId = await applyOrganization();
    const params = { organizationId };
    const edit: Call = { route: 'PUT /organizations/{organizationId}', params, body: sectionA('Renamed, Inc.') };
    expect((await asNurse({ ...edit, ifMatch: 1 })).body).toMatchObject({ legalName: 'Renamed, Inc.', version: 2 });
    expect((await asNurse({ ...edit, ifMatch: 1 })).status).toBe(412);
    expect((await asNurse(edit)).status).toBe(428);
  });
});

describe('a faulty form', () => {
  it('is answered with every fault and its place, and never with what was sent', async () => {
    const body = { ...sectionA(), email: 'CANARY', chiefMedicalOfficer: { ...sectionA().chiefMedicalOfficer, signedOn: '2021-02-30' } };
    const answer = await asNurse({ route: 'POST /organizations', body, key: freshKey() });
    expect(answer.status).toBe(400);
    expect((answer.body['errors'] as { path: string }[]).map(({ path }) => path)).toEqual(['body.email', 'body.chiefMedicalOfficer.signedOn']);
    expect(answer.text).not.toContain('CANARY');
  });
  it('that is no JSON is not quoted', async () => {
    const answer = await asNurse({ route: 'POST /organizations', body: 'JANE DOE 1950-01-02', key: freshKey() });
    expect(answer).toMatchObject({ status: 400, body: { title: 'The body is not JSON' } });
    expect(answer.text).not.toContain('JANE');
  });
});

describe('an EHR interface', () => {
  it('speaks for the sites of its organization only, and is listed to it and to the reviewer', async () => {
    const organizationId = await applyOrganization();
    const siteId = await applySite(organizationId);
    const foreign = await applySite(await applyOrganization());
    const register = (body: object): Promise<Answer> =>
      asNurse({ route: 'POST /organizations/{organizationId}/interfaces', params: { organizationId }, body, key: freshKey() });
    const form = { name: 'Elm EHR', clientId: 'elm-ehr', siteIds: [siteId], mode: 'bidirectional' };
    expect((await register({ ...form, siteIds: [foreign] })).body['errors']).toEqual([{ path: 'body.siteIds[0]', message: 'is no site of this organization' }]);
    const { status, body } = await register(form);
    expect([status, body['state'], body['nextMoves']]).toEqual([201, 'registered', ['start-testing']]);
    const list = (request: Partial<Call> = {}): Promise<Answer> => asNurse({ route: 'GET /organizations/{organizationId}/interfaces', params: { organizationId }, ...request });
    const own = await list();
    expect(own.body['items']).toMatchObject([{ interfaceId: body['interfaceId'], clientId: 'elm-ehr', siteIds: [siteId], state: 'registered', nextMoves: ['start-testing'] }]);
    expect(own.text).not.toMatch(/gsi1|requestDigest/);
    expect((await list({ subject: 'reviewer', role: 'dph-reviewer' })).body).toEqual(own.body);
    expect([(await list({ subject: 'stranger' })).status, (await list({ role: 'ehr-system', subject: 'elm-ehr' })).status]).toEqual([404, 403]);
    const interfaceId = String(body['interfaceId']);
    const waiting = async (state: string): Promise<unknown[]> =>
      ((await asReviewer({ route: 'GET /interfaces', query: { state } })).body['items'] as { interfaceId: string }[]).filter((item) => item.interfaceId === interfaceId);
    expect([(await waiting('registered')).length, (await asNurse({ route: 'GET /interfaces', query: { state: 'registered' } })).status]).toEqual([1, 403]);
    await asReviewer({ route: 'POST /interfaces/{interfaceId}/review', params: { interfaceId }, body: { move: 'start-testing', reason: 'its first messages came' }, ifMatch: 1 });
    expect([(await waiting('registered')).length, (await waiting('testing')).length]).toEqual([0, 1]);
    const { body: history } = await asNurse({ route: 'GET /interfaces/{interfaceId}/history', params: { interfaceId } });
    expect(history['items']).toMatchObject([{ action: 'create' }, { action: 'start-testing', actor: 'reviewer', reason: 'its first messages came' }]);
  });

  it('has its client once the department lets it test: whoever registers the client first neither catches it nor keeps the owner out', async () => {
    const register = async (subject: string, clientId = 'vendor-ehr'): Promise<{ interfaceId: string; siteId: string; status: number }> => {
      const organizationId = await applyOrganization({ subject });
      const siteId = await applySite(organizationId, sectionB(), { subject });
      const { status, body } = await asNurse({ route: 'POST /organizations/{organizationId}/interfaces', subject, params: { organizationId }, key: freshKey(), body: { name: 'EHR', clientId, siteIds: [siteId], mode: 'bidirectional' } });
      return { interfaceId: String(body['interfaceId']), siteId, status };
    };
    const move = (interfaceId: string, word: string, ifMatch: number): Promise<Answer> =>
      asReviewer({ route: 'POST /interfaces/{interfaceId}/review', params: { interfaceId }, body: { move: word, reason: 'who it is was asked by telephone' }, ifMatch });
    const membership = async (clientId = 'vendor-ehr'): Promise<Record<string, unknown>> => (await call(handler, { route: 'GET /membership', subject: clientId, role: 'ehr-system' })).body;
    const read = (interfaceId: string, more: Partial<Call>): Promise<Answer> => call(handler, { route: 'GET /interfaces/{interfaceId}', params: { interfaceId }, subject: 'reviewer', role: 'dph-reviewer', ...more });

    const first = await register('squatter');
    expect([first.status, await membership()]).toMatchObject([201, { organizationIds: [], siteIds: [] }]);
    const owner = await register('owner');
    expect(owner.status).toBe(201);
    expect((await read(owner.interfaceId, {})).body['clientAlsoClaimedBy']).toEqual([first.interfaceId]);
    expect((await read(owner.interfaceId, { subject: 'owner', role: 'provider-staff' })).body['clientAlsoClaimedBy']).toBeUndefined();

    // Let in by mistake, the first one has it; the owner is refused to the reviewer, by name, until that one is suspended.
    expect((await move(first.interfaceId, 'start-testing', 1)).status).toBe(200);
    expect(await membership()).toMatchObject({ interfaceId: first.interfaceId, siteIds: [first.siteId] });
    const refused = await move(owner.interfaceId, 'start-testing', 1);
    expect([refused.status, refused.body['detail']]).toEqual([409, expect.stringContaining(first.interfaceId)]);
    await move(first.interfaceId, 'suspend', 2);
    expect((await move(owner.interfaceId, 'start-testing', 1)).status).toBe(200);
    expect(await membership()).toMatchObject({ interfaceId: owner.interfaceId, siteIds: [owner.siteId] });
    expect((await move(first.interfaceId, 'resume', 3)).status).toBe(409);
    expect(await membership()).toMatchObject({ interfaceId: owner.interfaceId });

    // Suspended and taken up again, the owner's is its own still; a person is nobody's client.
    await move(owner.interfaceId, 'suspend', 2);
    expect((await move(owner.interfaceId, 'resume', 3)).status).toBe(200);
    const person = await register('squatter', 'owner');
    expect((await move(person.interfaceId, 'start-testing', 1)).status).toBe(409);
    expect((await membership('owner'))['interfaceId']).toBeUndefined();
  });
});

describe('a membership', () => {
  it('tells a person its own organizations and nobody else’s', async () => {
    const organizationId = await applyOrganization();
    const { body } = await asNurse({ route: 'GET /membership' });
    expect(body['organizationIds']).toContain(organizationId);
    const stranger = await call(handler, { route: 'GET /membership', subject: 'nobody-yet', role: 'provider-staff' });
    expect(stranger).toMatchObject({ status: 200, body: { subject: 'nobody-yet', organizationIds: [], siteIds: [] } });
  });
});

describe('somebody who leaves', () => {
  it('is taken out of the organization by a colleague or the department, and reaches nothing of it from the next request on', async () => {
    const organizationId = await applyOrganization();
    const siteId = await applySite(organizationId);
    const params = { organizationId };
    const asColleague = (request: Call): Promise<Answer> => call(handler, { subject: 'colleague', role: 'provider-staff', ...request });
    const read = async (): Promise<number> => (await asColleague({ route: 'GET /sites/{siteId}', params: { siteId } })).status;
    const end = (subject: string, request: Partial<Call> = {}): Promise<Answer> =>
      asNurse({ route: 'DELETE /organizations/{organizationId}/members/{subject}', params: { ...params, subject }, body: { reason: 'works elsewhere now' }, ...request });
    await asNurse({ route: 'POST /organizations/{organizationId}/members', params, body: { subject: 'colleague' } });
    expect(await read()).toBe(200);
    expect([(await end('nurse')).status, (await end('nobody-here')).status, (await end('colleague', { subject: 'stranger' })).status]).toEqual([409, 404, 404]);
    expect((await end('colleague')).body).toMatchObject({ subject: 'colleague', organizationIds: [] });
    expect(await read()).toBe(404);
    expect((await end('colleague')).status).toBe(404);
    const { body } = await asReviewer({ route: 'GET /organizations/{organizationId}/members', params });
    expect(body['items']).toMatchObject([{ subject: 'colleague', endedAt: '2021-03-08T15:00:00.000Z', endedBy: 'nurse', reason: 'works elsewhere now' }, { subject: 'nurse' }]);
    await asNurse({ route: 'POST /organizations/{organizationId}/members', params, body: { subject: 'colleague' } });
    expect(await read()).toBe(200);
    expect((await end('colleague', { subject: 'reviewer', role: 'dph-reviewer' })).status).toBe(200);
    expect(await read()).toBe(404);
  });
});

describe('another tenant', () => {
  it('sees nothing of an organization, its sites or its interfaces', async () => {
    const organizationId = await applyOrganization();
    const siteId = await applySite(organizationId);
    const asStranger = (request: Call): Promise<Answer> => call(handler, { subject: 'stranger', role: 'provider-staff', ...request });
    for (const request of [
      { route: 'GET /organizations/{organizationId}', params: { organizationId } },
      { route: 'GET /sites/{siteId}', params: { siteId } },
      { route: 'PUT /sites/{siteId}', params: { siteId }, body: sectionB(), ifMatch: 1 },
      { route: 'GET /organizations/{organizationId}/sites', params: { organizationId } },
    ] as const)
      expect((await asStranger(request)).status).toBe(404);
  });
  it('cannot page into another partition with a forged cursor', async () => {
    const cursor = Buffer.from(JSON.stringify({ pk: 'ORGANIZATION#other', sk: 'SITE#x' })).toString('base64url');
    const organizationId = await applyOrganization();
    const answer = await asNurse({ route: 'GET /organizations/{organizationId}/sites', params: { organizationId }, query: { cursor } });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'query.cursor' }] } });
  });
});
