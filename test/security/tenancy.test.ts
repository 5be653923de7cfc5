import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { may, tenantRoles } from '../../shared/contracts/permissions.ts';
import { needsToken, type Route } from '../../shared/contracts/route.ts';
import { allRoutes } from '../../infra/routes.ts';
import { memberKey } from '../../shared/published/member.ts';
import type { Handler } from '../support/api.ts';
import { answerTo, eventBy, paramsOf, type Answered, type Caller } from '../support/callers.ts';
import type { Asked } from '../support/dynamo-proxy.ts';
import { far, near, openHouse, type House } from '../support/house.ts';
import { bodyFor, queryFor } from '../support/request-samples.ts';

let house: House;
beforeAll(async () => { house = await openHouse('tenancy'); });
afterAll(() => house.stop());

const handlerOf = (route: Route): Handler => {
  const api = house.apis.find(({ routes }) => routes.includes(route));
  if (api === undefined) throw new Error(`Nobody answers ${route.id}`);
  return api.handler;
};

const nurse: Caller = { subject: near.staff, groups: ['provider-staff'] };
const machine: Caller = { subject: near.machine, groups: ['ehr-system'] };
const everyone: Caller = { subject: 'dph', groups: ['dph-reviewer', 'dph-allocator', 'dph-inventory', 'dph-epidemiologist', 'local-health-director', 'auditor'] };
const callersOf = ({ action }: Route): Caller[] =>
  needsToken(action) ? [nurse, machine, everyone].filter(({ groups }) => groups?.some((role) => may(role, action))) : [];
const tenantCallersOf = (route: Route): Caller[] => callersOf(route).filter((caller) => caller !== everyone);

let keys = 0;
const calling = (route: Route, caller: Caller, more: { params?: Record<string, string>; query?: Record<string, string>; body?: unknown }): Promise<Answered> =>
  answerTo(handlerOf(route), eventBy(caller, {
    route: `${route.method} ${route.path}`,
    params: { ...paramsOf(route, { siteId: near.siteId, organizationId: near.organizationId, interfaceId: near.interfaceId, senderId: near.interfaceId }), ...more.params },
    query: more.query ?? queryFor(route, () => 'x'),
    body: more.body,
    key: `tenancy-${(keys += 1)}`,
    ifMatch: 1,
  }));

type Attributes = Record<string, { S?: string }>;
interface Request { Key?: Attributes; Item?: Attributes; ExpressionAttributeValues?: Attributes; TransactItems?: Record<string, Request>[] }

/** Partition keys that a request names. */
const partitionsOf = (request: Request): string[] => [
  ...[request.Key?.['pk'], request.Item?.['pk'], request.ExpressionAttributeValues?.[':pk']].flatMap((value) => (value?.S === undefined ? [] : [value.S])),
  ...(request.TransactItems ?? []).flatMap((item) => Object.values(item).flatMap(partitionsOf)),
];
const asked = (calls: readonly Asked[]): string[] => calls.flatMap(({ body }) => partitionsOf(JSON.parse(body) as Request));

/** True when the first tenant that a key names is the far one: a near id before it means that the key lies in near's own partition. */
const liesWithFar = (pk: string): boolean => /(sit|org|ehr)_(near|far)|(near|far)-(nurse|ehr)/.exec(pk)?.[0].includes('far') === true;

/** Routes that look at another tenant's things on purpose, and what for. Nothing of what they see is answered. */
const looksAbroad: Readonly<Record<string, string>> = {
  registerInterface: 'checks whose the named sites are',
  sendTransfer: 'checks that the receiver is active and opens its account',
  readInterface: 'compares the interface’s organization with the membership',
  readInterfaceHistory: 'compares the interface’s organization with the membership',
  readSoapHistory: 'compares the interface’s organization with the membership',
  listSignIns: 'compares the interface’s organization with the membership',
  issueSoapPassword: 'compares the interface’s organization with the membership',
  listSoapCredentials: 'compares the interface’s organization with the membership',
  revokeSoapPassword: 'compares the interface’s organization with the membership',
  readQuality: 'compares the interface’s organization with the membership',
  readUpload: 'compares the upload’s sender with the caller',
  addMember: 'adds the organization to the colleague’s membership',
  endMembership: 'takes the organization out of the colleague’s membership, once addMember put it there',
};

describe('A call at one’s own site that names things of another tenant', () => {
  const tenantRoutes = allRoutes.filter((route) => tenantRoles.some((role) => needsToken(route.action) && may(role, route.action)) && route.action !== 'coverage.read');

  it.each(tenantRoutes.map((route) => [route.id, route] as const))('reads and writes nothing of that tenant: %s', async (_id, route) => {
    const crossings: string[] = [];
    for (const caller of tenantCallersOf(route)) for (const name of [far.siteId, far.organizationId, far.staff, far.interfaceId]) {
      const values = paramsOf(route, {});
      const params = { ...Object.fromEntries(Object.keys(values).map((param) => [param, param === 'week' ? '2021-03-08' : name])), ...('siteId' in values ? { siteId: near.siteId } : {}), ...('organizationId' in values ? { organizationId: near.organizationId } : {}) };
      house.dynamo.clear();
      const { status } = await calling(route, caller, { params, body: route.accepts === undefined ? bodyFor(route, () => name) : name, query: queryFor(route, () => name) });
      crossings.push(...asked(house.dynamo.asked).filter(liesWithFar).map((pk) => `${caller.subject}: ${pk} (${status})`));
    }
    if (route.id in looksAbroad) expect(crossings).not.toEqual([]);
    else expect(crossings).toEqual([]);
  });

  it('is told of a foreign site in its body what it is told of none', async () => {
    const register = async (siteId: string) => {
      const route = allRoutes.find(({ id }) => id === 'registerInterface');
      if (route === undefined) throw new Error('no registerInterface');
      const { status, text } = await calling(route, nurse, { body: { name: 'EHR', clientId: 'some-ehr', siteIds: [near.siteId, siteId], mode: 'query-only' } });
      const { correlationId: _id, ...problem } = JSON.parse(text) as Record<string, unknown>;
      return { status, problem: JSON.stringify(problem).replaceAll(siteId, '') };
    };
    expect((await register(far.siteId)).status).toBe(400);
    expect(await register(far.siteId)).toEqual(await register('sit_nowhere'));
  });

  it('would be seen: the far nurse at the far site asks for far keys', async () => {
    const route = allRoutes.find(({ id }) => id === 'listAccounts');
    if (route === undefined) throw new Error('no listAccounts');
    house.dynamo.clear();
    await calling(route, { subject: far.staff, groups: ['provider-staff'] }, { params: { siteId: far.siteId } });
    expect(asked(house.dynamo.asked).filter(liesWithFar)).toContain(`SITE#${far.siteId}`);
  });
});

const hostile: Readonly<Record<string, string>> = {
  'a key separator': '#', 'its own site and more': `${near.siteId}#ORDER#1`, 'a foreign site and more': `${far.siteId}#`, 'a step up': `../${far.siteId}`, dots: '..', 'a slash': '/', 'an encoded slash': '%2F',
  'very long text': 'x'.repeat(3000), 'long accents': 'é'.repeat(1100), 'a null': 'a\u0000b', 'half a character': 'a\ud800', proto: '__proto__', constructor: 'constructor', 'a method': 'toString',
  blanks: `  ${far.siteId}`, capitals: far.siteId.toUpperCase(), 'an expression': 'attribute_exists(pk) OR :pk', emoji: '💉💉', 'right to left': '\u202e1ti_s',
};

describe('A strange id', () => {
  it.each(allRoutes.filter((route) => needsToken(route.action)).map((route) => [route.id, route] as const))('never breaks %s nor leads out of the tenant', async (_id, route) => {
    const faults: string[] = [];
    for (const [what, value] of Object.entries(hostile)) for (const caller of callersOf(route)) {
      const places = Object.keys(paramsOf(route, {})).map((param) => ({ where: param, more: { params: { [param]: value }, body: bodyFor(route, () => 'x') } }));
      const texts = { where: 'texts', more: { body: route.accepts === undefined ? bodyFor(route, () => value) : value, query: queryFor(route, () => value) } };
      for (const { where, more } of [...places, texts]) {
        house.dynamo.clear();
        const { status } = await calling(route, caller, more);
        if (status >= 500) faults.push(`${what} as ${where}: ${status} for ${caller.subject}`);
        const abroad = caller === everyone || route.id in looksAbroad ? [] : asked(house.dynamo.asked).filter(liesWithFar);
        // A site or organization that is asked for by its whole id is refused after its key was looked up; nothing of it is answered.
        if (abroad.length > 0 && status < 400) faults.push(`${what} as ${where}: ${abroad.join(', ')}`);
        if (['siteId', 'organizationId'].includes(where) && caller !== everyone && status !== 404) faults.push(`${what} as ${where}: ${status} for ${caller.subject}`);
      }
    }
    expect(faults).toEqual([]);
  });

  it.each(allRoutes.filter(({ body }) => body !== undefined).map((route) => [route.id, route] as const))('as a name in the body of %s changes no prototype and breaks nothing', async (_id, route) => {
    const text = JSON.stringify(bodyFor(route, () => 'x'));
    const poisoned = [
      text.replace('{', '{"__proto__":{"siteId":"sit_far1","polluted":true},"constructor":{"prototype":{"polluted":true}},'),
      text.replaceAll('{}', '{"__proto__":1,"constructor":1}'), '{"__proto__":null}', '[]', 'null', '"__proto__"', '1e999', `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
    ];
    const statuses: number[] = [];
    for (const caller of callersOf(route)) for (const body of poisoned) statuses.push((await calling(route, caller, { body })).status);
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

const cursorOf = (key: unknown): string => Buffer.from(JSON.stringify(key)).toString('base64url');
const everyKey = (pk: string, sk: string): Record<string, string> => ({ pk, sk, gsi1pk: pk, gsi1sk: sk, gsi2pk: pk, gsi2sk: sk });

const hangsOnAThing: Readonly<Record<string, string>> = { listRunAwards: 'a run', listRunInputs: 'a run', compareRuns: 'a run', listWrittenOff: 'a run', listDebts: 'a settlement', traceRecall: 'a recall', listSubmissionHeld: 'a submission' };

describe('A cursor', () => {
  const lists = allRoutes.filter(({ query }) => query !== undefined && 'cursor' in query.shape);

  it.each(lists.map((route) => [route.id, route] as const))('that was not given by %s itself is refused there', async (_id, route) => {
    const faults: string[] = [];
    let tried = 0;
    for (const caller of callersOf(route)) {
      house.dynamo.clear();
      const first = await calling(route, caller, {});
      const queries = house.dynamo.asked.filter(({ operation }) => operation === 'Query');
      if (first.status !== 200 || queries.length === 0) continue;
      tried += 1;
      const own = (JSON.parse(queries.at(-1)?.body ?? '{}') as Request).ExpressionAttributeValues?.[':pk']?.S ?? '';
      const forged: Record<string, string> = {
        'of another partition': cursorOf(everyKey(`SITE#${far.siteId}`, 'ACCOUNT#x')),
        'of a partition that begins alike': cursorOf(everyKey(`${own}#x`, 'x')),
        'without a sort key': cursorOf({ pk: own, gsi1pk: own, gsi2pk: own }),
        'with keys of its partition alone': cursorOf({ pk: own }),
        'with more than a key': cursorOf({ ...everyKey(own, '\u0000'), more: 'x' }),
        'with a list for a key': cursorOf([own]),
        'with a key in a key': cursorOf({ pk: { S: own }, sk: 'x' }),
        'with an empty sort key': cursorOf(everyKey(own, '')),
        'that is null': cursorOf(null),
        'that is no JSON': Buffer.from('JANE DOE 1950').toString('base64url'),
        'that is not base64': '%%%',
        'that is long': cursorOf(everyKey(own, 'x'.repeat(1200))),
        'with prototype names': Buffer.from(`{"__proto__":{"pk":"${own}"},"constructor":"x"}`).toString('base64url'),
      };
      for (const [what, cursor] of Object.entries(forged)) {
        const { status, text } = await calling(route, caller, { query: { ...queryFor(route, () => 'x'), cursor } });
        if (status !== 400) faults.push(`${what}: ${status} for ${caller.subject}`);
        if (text.includes('JANE')) faults.push(`${what}: quoted`);
      }
    }
    // A list of what hangs on a thing that does not exist here is never queried, so its cursor is never read.
    expect(tried > 0 || route.id in hangsOnAThing).toBe(true);
    expect(faults).toEqual([]);
  });
});

describe('A membership', () => {
  const route = (id: string): Route => {
    const found = allRoutes.find((each) => each.id === id);
    if (found === undefined) throw new Error(`no ${id}`);
    return found;
  };
  const addMember = (subject: string, organizationId: string = near.organizationId, caller = nurse) =>
    calling(route('addMember'), caller, { params: { organizationId }, body: { subject } });

  it('of a machine is given by its interface alone: no colleague’s form widens it to every site of an organization', async () => {
    const added = await addMember(near.machine);
    const beyond = await calling(route('listDoses'), machine, { params: { siteId: near.siblingId } });
    expect({ added: added.status, beyond: beyond.status }).toEqual({ added: 409, beyond: 404 });
  });

  it('does not tell a colleague where else its holder belongs', async () => {
    const TableName = house.suite.tables['ENROLLMENT_TABLE'] ?? '';
    await house.suite.dynamo.send(new UpdateCommand({ TableName, Key: memberKey(far.staff), UpdateExpression: 'SET siteIds = :sites', ExpressionAttributeValues: { ':sites': [far.siteId] } }));
    const added = await addMember(far.staff);
    const ended = await calling(route('endMembership'), nurse, { params: { organizationId: near.organizationId, subject: far.staff }, body: { reason: 'left' } });
    expect({ added: JSON.parse(added.text) as unknown, ended: JSON.parse(ended.text) as unknown }).toMatchObject({ added: { organizationIds: [near.organizationId], siteIds: [] }, ended: { organizationIds: [], siteIds: [] } });
  });

  it('cannot be filled up by others until its holder is locked out', async () => {
    const busy: Caller = { subject: 'busy-nurse', groups: ['provider-staff'] };
    const statuses = new Set<number>();
    for (let made = 0; made < 52; made += 1) {
      const { status } = await calling(route('applyOrganization'), busy, { body: bodyFor(route('applyOrganization'), () => 'x') });
      statuses.add(status);
    }
    expect([...statuses].sort()).toEqual([201, 409]);
    expect((await calling(route('readSite'), busy, {})).status).toBe(404);
  });

  it.each(['registered', 'suspended'])('of a machine whose interface is %s opens nothing', async (state) => {
    const item = { pk: `INTERFACE#${near.interfaceId}`, sk: 'INTERFACE' };
    const set = (to: string) => house.suite.dynamo.send(new UpdateCommand({
      TableName: house.suite.tables['ENROLLMENT_TABLE'] ?? '', Key: item, UpdateExpression: 'SET #state = :to', ExpressionAttributeNames: { '#state': 'state' }, ExpressionAttributeValues: { ':to': to },
    }));
    await set(state);
    const reported = await calling(route('reportDoses'), machine, { body: bodyFor(route('reportDoses'), () => 'x') });
    const read = await calling(route('listDoses'), machine, {});
    await set('production');
    expect({ reported: reported.status, read: read.status }).toEqual({ reported: 403, read: 403 });
  });
});

describe('An organization that the department never let in', () => {
  const applicant: Caller = { subject: 'applicant', groups: ['provider-staff'] };
  const route = (id: string): Route => {
    const found = allRoutes.find((each) => each.id === id);
    if (found === undefined) throw new Error(`no ${id}`);
    return found;
  };
  const message = 'MSH|^~\\&|A|B|C|D|20210308100000-0500||VXU^V04^VXU_V04|a1|P|2.5.1\rPID|1||7^^^A^MR||DOE^JANE||20000101|F\r';
  const query = 'MSH|^~\\&|A|B|C|D|20210308100000-0500||QBP^Q11^QBP_Q11|q1|P|2.5.1|||ER|AL|||||Z34^CDCPHINVS\rQPD|Z34^x^CDCPHINVS|q1|7^^^A^MR|DOE^JANE^^^^^L||20000101|F\rRCP|I|5^RD^HL70126\r';
  const hl7 = (caller: Caller, body: string) => calling(route('reportHl7'), caller, { body });
  const stateOf = (organizationId: string, to: string) => house.suite.dynamo.send(new UpdateCommand({
    TableName: house.suite.tables['ENROLLMENT_TABLE'] ?? '', Key: { pk: `ORGANIZATION#${organizationId}`, sk: 'ORGANIZATION' }, UpdateExpression: 'SET #state = :to', ExpressionAttributeNames: { '#state': 'state' }, ExpressionAttributeValues: { ':to': to },
  }));

  it('is open to its application alone: its applicant, a member at once, asks of nobody, tells nothing and moves no stock', async () => {
    const { organizationId = '' } = JSON.parse((await calling(route('applyOrganization'), applicant, { body: bodyFor(route('applyOrganization'), () => 'x') })).text) as { organizationId?: string };
    const { siteId = '' } = JSON.parse((await calling(route('applySite'), applicant, { params: { organizationId }, body: bodyFor(route('applySite'), () => 'x') })).text) as { siteId?: string };
    expect([organizationId, siteId]).toEqual([expect.stringMatching(/^org_/), expect.stringMatching(/^sit_/)]);
    house.dynamo.clear();
    for (const text of [message, query]) {
      const answer = await hl7(applicant, text);
      expect(answer.text).toMatch(/\rMSA\|A[ER]\|/);
      expect(answer.text).not.toMatch(/\rQAK\|/);
    }
    expect(house.dynamo.asked.filter(({ body }) => /KEY#|RECORD#|PERSON#/.test(body))).toEqual([]);
    for (const id of ['requestUpload', 'transactFhir', 'searchFhirPatientsByForm']) expect([id, (await calling(route(id), applicant, { body: '{}' })).status]).toEqual([id, 403]);
    const its = allRoutes.filter(({ path, action }) => /\{(siteId|organizationId)\}/.test(path) && needsToken(action) && may('provider-staff', action));
    for (const [of, most] of [[/{siteId}/, 20], [/{organizationId}.*(doses|worklist)/, 4]] as const) expect(its.filter(({ path }) => of.test(path)).length).toBeGreaterThan(most);
    for (const each of its) {
      const { status } = await calling(each, applicant, { params: each.path.includes('{siteId}') ? { siteId } : { organizationId }, body: each.accepts === undefined ? bodyFor(each, () => 'x') : 'x' });
      expect([each.id, status === 403]).toEqual([each.id, !/^(enrollment|interface|member)\./.test(each.action)]);
    }
  });

  it('is not one that was suspended: that tells what was given, and asks of nobody, by machine or by hand', async () => {
    const asks = async (): Promise<boolean[]> => [await hl7(nurse, query), await hl7(machine, query)].map(({ text }) => text.includes('\rQAK|'));
    expect(await asks()).toEqual([true, true]);
    await stateOf(near.organizationId, 'suspended');
    expect(await asks()).toEqual([false, false]);
    expect((await hl7(nurse, message)).text).toMatch(/\rMSA\|A[AE]\|a1/);
    expect((await calling(route('listDoses'), nurse, {})).status).toBe(200);
    await stateOf(near.organizationId, 'active');
    expect(await asks()).toEqual([true, true]);
  });
});
