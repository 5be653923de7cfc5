import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, Call } from '../support/api.ts';
import { janssen, openDoseRoom, order, siteIds, vxu, type DoseRoom } from '../support/dose-room.ts';

let room: DoseRoom;
beforeAll(async () => {
  room = await openDoseRoom('dosesJson');
  await room.stock({}, 100);
});
afterAll(() => room.stop());

const patient = (given = 'Cleo', more: object = {}) => ({
  ids: [{ id: `N-${given}` }], name: { family: 'Marsh', given }, birthDate: '1950-06-01', sex: 'F', races: ['2106-3'], ethnicity: '2186-5',
  address: { street: '3 Pine Road', city: 'Hartford', state: 'CT', zip: '06106' }, phone: '860-555-0188', ...more,
});
const dose = (more: object = {}) => ({
  givenOn: '2021-03-08', vaccine: { cvx: janssen.cvx, ndc: janssen.ndc }, mvx: 'JSN', lot: janssen.lot, expiry: '2021-06-25', amount: 0.5, unit: 'mL', route: 'C28161', bodySite: 'LA',
  eligibility: 'V01', administeredBy: { id: '77', family: 'Nurse' }, ...more,
});
const params = { siteId: siteIds.elm };
const report = (doses: object[], key: string, more: Partial<Call> = {}): Promise<Answer> =>
  room.asNurse({ route: 'POST /sites/{siteId}/doses', params, body: { doses }, key, ...more });
const rows = ({ body }: Answer) => body['items'] as { status: string; dose?: { doseId: string; version: number; decrement: object }; remarks: { path: string; message: string; rule: string; severity: string }[] }[];
const onHand = async (): Promise<number> => (await room.account())?.buckets.onHand ?? 0;

describe('doses told in JSON', () => {
  it('are stored like any other and draw no remark when all is said', async () => {
    const before = await onHand();
    const answer = await report([{ ...dose(), patient: patient() }], 'json-key-1');
    expect(answer.status).toBe(201);
    expect(rows(answer)).toMatchObject([{ status: 'recorded', dose: { version: 1, decrement: { kind: 'matched', explanation: 'one dose was taken from its account' } }, remarks: [] }]);
    expect(await onHand()).toBe(before - 1);
  });

  it('sent again under the same key answer what is there; under the same key with another body they are refused', async () => {
    const body = [{ ...dose(), patient: patient('Again') }];
    const first = await report(body, 'json-key-2');
    const before = await onHand();
    const second = await report(body, 'json-key-2', { now: '2021-03-09T15:00:00.000Z' });
    expect([second.status, rows(second)[0]?.status, rows(second)[0]?.dose?.doseId]).toEqual([200, 'unchanged', rows(first)[0]?.dose?.doseId]);
    expect(await onHand()).toBe(before);
    expect((await report([{ ...dose({ lot: 'X' }), patient: patient('Again') }], 'json-key-2')).status).toBe(422);
  });

  it('with a field that nobody knows are refused, and the field is named or its place told', async () => {
    const before = await onHand();
    const answer = await report([{ ...dose({ lots: 'A1', 'Jane Doe': 1 }), patient: patient('Typo') }], 'json-key-9');
    expect([answer.status, await onHand()]).toEqual([400, before]);
    expect(answer.body['errors']).toEqual([
      { path: 'body.doses[0].lots', message: expect.stringContaining('is lot meant?') }, { path: 'body.doses[0]', message: expect.stringMatching(/^field number \d+ is not known here/) },
    ]);
    expect(answer.text).not.toContain('Jane');
  });

  it.each<[string, string, object, { path: string; message: string }[]]>([
    ['eligibility is missing', 'Agnes', { eligibility: undefined }, [{ path: 'eligibility', message: 'eligibility is missing' }]],
    ['eligibility is no code', 'Boris', { eligibility: 'ZZ9' }, [{ path: 'eligibility', message: 'eligibility is not in the table - observation ignored' }]],
    ['route and place of the body are missing', 'Clarissa', { route: undefined, bodySite: undefined }, [{ path: 'route', message: 'route and site are missing' }]],
    ['place of the body is no code', 'Dmitri', { bodySite: 'QQ' }, [{ path: 'bodySite', message: 'site is not in the table - value ignored' }]],
  ])('whose %s are told so once, where it is told', async (_what, given, change, told) => {
    const somebody = patient(given, { birthDate: `19${String(40 + given.length)}-02-03`, phone: `860-555-01${String(given.length * 11)}`, address: { street: `${given.length} ${given} Row`, city: 'Hartford', state: 'CT', zip: '06106' } });
    const answer = await report([{ ...dose(change), patient: somebody }], `json-where-${given}`);
    expect(rows(answer)[0]?.remarks.map(({ path, message }) => ({ path, message }))).toEqual(told.map(({ path, message }) => ({ path: `body.doses[0].${path}`, message })));
  });

  it('in a batch: the good ones are taken and the bad ones named with their path', async () => {
    const answer = await report(
      [{ ...dose(), patient: patient('Good') }, { ...dose({ vaccine: { cvx: '777' } }), patient: patient('Bad') }, { ...dose({ lot: undefined, route: 'ZZ' }), patient: patient('Half') }],
      'json-key-3',
    );
    expect(answer.status).toBe(201);
    expect(rows(answer).map(({ status }) => status)).toEqual(['recorded', 'rejected', 'recorded']);
    expect(rows(answer)[1]?.remarks).toContainEqual(expect.objectContaining({ path: 'body.doses[1].vaccine', rule: 'HL7-49', severity: 'E' }));
    expect(rows(answer)[2]?.remarks.map(({ path }) => path)).toEqual(expect.arrayContaining(['body.doses[2].lot', 'body.doses[2].route']));
  });

  it('in a batch: a row that cannot be read costs no other row, and keeps its place', async () => {
    const before = await onHand();
    const sent: object[] = [{ ...dose({ givenOn: '13.3.2021' }), patient: patient('Unread') }, { ...dose(), patient: patient('Read') }, { ...dose({ lots: 'A1' }), patient: patient('Unknown') }];
    const [first, again] = [await report(sent, 'json-key-rows'), await report(sent, 'json-key-rows')];
    expect([first, again].map(({ status }) => status)).toEqual([201, 200]);
    expect(rows(first).map(({ status }) => status)).toEqual(['rejected', 'recorded', 'rejected']);
    expect(rows(again).map(({ status }) => status)).toEqual(['rejected', 'unchanged', 'rejected']);
    expect(rows(first).map(({ remarks }) => remarks.filter(({ severity }) => severity === 'E').map(({ path }) => path))).toEqual([['body.doses[0].givenOn'], [], ['body.doses[2].lots']]);
    expect(await onHand()).toBe(before - 1);
    expect((await report([...sent].reverse().slice(1), 'json-key-rows')).status).toBe(422);
  });

  it('of which none can be stored are a bad request that names every fault', async () => {
    const answer = await report([{ ...dose({ givenOn: '2031-01-01' }), patient: patient('Future') }], 'json-key-4');
    expect(answer.status).toBe(400);
    expect(answer.body['errors']).toContainEqual(expect.objectContaining({ path: 'body.doses[0].givenOn' }));
  });

  it('with faults of form are refused before anything is read', async () => {
    const answer = await report([{ ...dose(), patient: { ...patient(), birthDate: '1950-02-30' } }], 'json-key-5');
    expect(answer.status).toBe(400);
    expect(answer.body['errors']).toEqual([{ path: 'body.doses[0].patient.birthDate', message: 'must be a real day, written YYYY-MM-DD' }]);
  });

  it('are read, listed by day, and shown to no other organization', async () => {
    const doseId = rows(await report([{ ...dose(), patient: patient('Listed') }], 'json-key-6'))[0]?.dose?.doseId ?? '';
    const read = await room.asNurse({ route: 'GET /sites/{siteId}/doses/{doseId}', params: { ...params, doseId } });
    expect(read).toMatchObject({ status: 200, version: 1, body: { doseId, cvx: '212', patient: { birthDate: '1950-06-01' } } });
    expect(JSON.stringify(read.body)).not.toMatch(/gsi|RECORD#|"digest"/);
    const list = await room.asNurse({ route: 'GET /sites/{siteId}/doses', params, query: { day: '2021-03-08', limit: '200' } });
    expect((list.body['items'] as { doseId: string }[]).map((item) => item.doseId)).toContain(doseId);
    expect(JSON.stringify(list.body)).not.toContain('Marsh');
    const foreign = { subject: 'oak-nurse', params: { siteId: siteIds.oak, doseId } };
    expect((await room.asNurse({ route: 'GET /sites/{siteId}/doses/{doseId}', ...foreign })).status).toBe(404);
    expect((await room.asNurse({ route: 'DELETE /sites/{siteId}/doses/{doseId}', ...foreign, ifMatch: 1, body: { reason: 'not mine' } })).status).toBe(404);
    expect((await room.asNurse({ route: 'GET /sites/{siteId}/doses/{doseId}', subject: 'oak-nurse', params: { ...params, doseId } })).status).toBe(404);
  });

  it('are found by the sender’s own id, as told by HL7 or JSON: in the list of the day and the dose itself; what stands in for one is not shown', async () => {
    await report([{ ...dose({ id: 'CARD-7' }), patient: patient('Carded') }, { ...dose(), patient: patient('Cardless') }], 'json-key-11');
    await room.sendHl7(vxu({ id: 'FOUND1', given: 'Fiona', orders: order({ filler: 'EHR-55^ELM' }) }));
    const list = await room.asNurse({ route: 'GET /sites/{siteId}/doses', params, query: { day: '2021-03-08', limit: '200' } });
    const ids = (list.body['items'] as { id?: string; doseId: string }[]).flatMap(({ id, doseId }) => (id === undefined ? [] : [[id, doseId] as const]));
    expect(ids.map(([id]) => id)).toEqual(expect.arrayContaining(['CARD-7', 'EHR-55']));
    expect(list.text).not.toMatch(/"id":"msg_/);
    const twice = await room.asNurse({ route: 'GET /sites/{siteId}/doses', params, query: { day: '2021-03-08' }, queryLists: { day: ['2021-03-07', '2021-03-08'] } });
    expect([twice.status, twice.body['errors']]).toEqual([400, [{ path: 'query.day', message: 'is given twice; give it once' }]]);
    const read = await room.asNurse({ route: 'GET /sites/{siteId}/doses/{doseId}', params: { ...params, doseId: new Map(ids).get('EHR-55') ?? '' } });
    expect(read.body).toMatchObject({ id: 'EHR-55', patient: { names: [{ given: 'Fiona' }] } });
    expect(list.text).not.toContain('Fiona');
  });

  it('that another organization told of our site are not shown to us, because the record is theirs', async () => {
    await room.sendHl7(vxu({ id: 'OAK1', given: 'Olga', orders: order({ filler: 'OAK1^OAK', facility: 'Elm Street Clinic' }) }), 'oak-ehr');
    const list = await room.asNurse({ route: 'GET /sites/{siteId}/doses', params, query: { day: '2021-03-08', limit: '200' } });
    const stored = (await room.items()).find((item) => item['type'] === 'dose' && (item['filler'] as { id: string }).id === 'OAK1');
    expect(stored).toMatchObject({ siteId: siteIds.elm, decrement: { why: 'foreign-site' } });
    expect((list.body['items'] as { messageId: string }[]).map((item) => item.messageId)).not.toContain(stored?.['messageId']);
  });
});

describe('a stored dose', () => {
  const stored = async (key: string): Promise<string> => rows(await report([{ ...dose(), patient: patient(key) }], `json-${key}`))[0]?.dose?.doseId ?? '';
  const correct = (doseId: string, ifMatch: number | undefined, body: object) =>
    room.asNurse({ route: 'PUT /sites/{siteId}/doses/{doseId}', params: { ...params, doseId }, body, ...(ifMatch === undefined ? {} : { ifMatch }) });

  it('is corrected over the version that was read, and by nobody who read another', async () => {
    const doseId = await stored('Corrected');
    const body = { dose: dose({ bodySite: 'RA' }), reason: 'other arm' };
    expect((await correct(doseId, undefined, body)).status).toBe(428);
    expect(await correct(doseId, 1, body)).toMatchObject({ status: 200, version: 2, body: { dose: { bodySite: 'RA', state: 'corrected', decrement: { kind: 'matched' } } } });
    expect((await correct(doseId, 1, body)).status).toBe(412);
    expect((await correct(doseId, 2, { dose: dose({ vaccine: { cvx: '777' } }), reason: 'a slip' })).body).toMatchObject({ status: 400, errors: [{ path: 'body.dose.vaccine' }] });
  });

  it('is deleted with a reason; its stock goes back and it cannot be corrected any more', async () => {
    const doseId = await stored('Deleted');
    const before = await onHand();
    const answer = await room.asNurse({ route: 'DELETE /sites/{siteId}/doses/{doseId}', params: { ...params, doseId }, ifMatch: 1, body: { reason: 'entered twice' } });
    expect(answer).toMatchObject({ status: 200, body: { dose: { state: 'deleted', reason: 'entered twice' } } });
    expect(await onHand()).toBe(before + 1);
    expect((await correct(doseId, 2, { dose: dose(), reason: 'no, it was' })).status).toBe(409);
  });

  it('is neither deleted without a body, which says that the reason is missing, nor corrected by the form it was posted in, which says where the rest is told', async () => {
    const doseId = await stored('Unsaid');
    const none = await room.asNurse({ route: 'DELETE /sites/{siteId}/doses/{doseId}', params: { ...params, doseId }, ifMatch: 1 });
    expect(none).toMatchObject({ status: 400, body: { errors: [{ path: 'body.reason', message: 'is missing' }] } });
    const posted = await correct(doseId, 1, { dose: { ...dose(), id: 'x-1', patient: patient('Unsaid'), doseId, 'Jane Doe': 1 }, reason: 'a slip' });
    expect(posted.body['errors']).toEqual([
      { path: 'body.dose.id', message: 'is not taken here: a dose keeps its id' },
      { path: 'body.dose.patient', message: 'is not taken here: the patient is corrected by POST of a dose with the same id' },
      { path: 'body.dose', message: expect.stringMatching(/^doseId, field number \d+ are not known here; known are givenOn, /) },
    ]);
  });

  it('of many hands at once is corrected once', async () => {
    const doseId = await stored('Race');
    const answers = await Promise.all([1, 2, 3, 4].map((n) => correct(doseId, 1, { dose: dose({ bodySite: n % 2 === 0 ? 'RA' : 'RD' }), reason: `hand ${n}` })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
  });
});
