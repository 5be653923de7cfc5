import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, type Call } from '../support/api.ts';
import { janssen, order, siteIds, vxu, type DoseRoom } from '../support/dose-room.ts';
import { fhirDose, fhirPatient, post, transaction } from '../support/fhir.ts';
import { expressions, idIn, openFhirRoom, type FhirAnswer, type FhirRoom } from '../support/fhir-room.ts';

let fhir: FhirRoom;
let room: DoseRoom;
beforeAll(async () => {
  fhir = await openFhirRoom('dosesFhir');
  ({ room } = fhir);
  await room.stock({}, 100);
});
afterAll(() => room.stop());

const ask: FhirRoom['ask'] = (request) => fhir.ask(request);
const tellPatient: FhirRoom['tellPatient'] = (patient, more) => fhir.tellPatient(patient, more);
const tellDose: FhirRoom['tellDose'] = (dose, more) => fhir.tellDose(dose, more);
const tellBundle: FhirRoom['tellBundle'] = (bundle, more) => fhir.tellBundle(bundle, more);
const readDose: FhirRoom['readDose'] = (id, more) => fhir.readDose(id, more);
const kept = (): Promise<string> => fhir.kept();
const readPatient: FhirRoom['readPatient'] = (id, more) => fhir.readPatient(id, more);
const onHand = (): Promise<number> => fhir.onHand();

describe('A patient told in FHIR', () => {
  it('is made once, named by Location and ETag, read as told, and the same when told again', async () => {
    const made = await tellPatient(fhirPatient('Once'));
    expect(made).toMatchObject({ status: 201, headers: { etag: 'W/"1"', 'last-modified': 'Mon, 08 Mar 2021 15:00:00 GMT' } });
    const id = idIn(made.headers['location']);
    expect(made.headers['location']).toMatch(/^https?:\/\/[^/]+\/fhir\/Patient\/[0-9a-z]{26}\/_history\/1$/);
    const read = await readPatient(id);
    expect(read).toMatchObject({ status: 200, headers: { etag: 'W/"1"' }, body: { resourceType: 'Patient', id, gender: 'female', birthDate: '1961-05-09', multipleBirthInteger: 2, name: [{ use: 'official', family: 'Rivers', given: ['Once', 'Q'] }] } });
    const before = await kept();
    expect(await tellPatient(fhirPatient('Once'), { now: '2021-03-08T16:00:00.000Z' })).toMatchObject({ status: 200, headers: { etag: 'W/"1"' } });
    expect((await tellPatient(read.body)).status).toBe(200);
    expect(await kept()).toBe(before);
  });

  it('says more the second time: what was not said again stays', async () => {
    const id = idIn((await tellPatient(fhirPatient('Moved'))).headers['location']);
    const { extension: _, telecom: __, ...rest } = fhirPatient('Moved', { address: [{ line: ['1 New Street'], city: 'Avon', state: 'CT', postalCode: '06001' }] });
    expect(await tellPatient(rest)).toMatchObject({ status: 200, headers: { etag: 'W/"2"' } });
    expect((await readPatient(id)).body).toMatchObject({ address: [{ city: 'Avon' }], telecom: [{ value: '8605550123' }, {}] });
  });

  it('is found by identifier and by name with birth date, and by nothing less', async () => {
    const id = idIn((await tellPatient(fhirPatient('Found'))).headers['location']);
    const ids = async (query: Record<string, string>): Promise<unknown[]> => ((await ask({ route: 'GET /fhir/Patient', query })).body.entry ?? []).map(({ resource }) => resource?.['id']);
    expect(await ids({ identifier: 'urn:oid:2.16.840.1.99.1|F-Found' })).toEqual([id]);
    expect(await ids({ identifier: 'urn:oid:2.16.840.1.99.2|F-Found' })).toEqual([]);
    expect(await ids({ family: 'rivers', given: 'FOUND', birthdate: '1961-05-09' })).toEqual([id]);
    expect(await ids({ family: 'rivers', given: 'FOUND', birthdate: '1961-05-08' })).toEqual([]);
    expect(await ids({ family: 'rivers', given: 'FOUND', birthdate: '1961-05-09', gender: '__proto__' })).toEqual([id]);
    const form = await ask({ route: 'POST /fhir/Patient/_search', body: 'family=Rivers&given=Found&birthdate=1961-05-09', headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    expect(form.body).toMatchObject({ type: 'searchset', total: 1, link: [{ relation: 'self' }] });
    expect(JSON.stringify(form.body.link)).not.toContain('Rivers');
    expect((await ask({ route: 'GET /fhir/Patient', query: { family: 'Rivers' } })).status).toBe(400);
    expect((await ask({ route: 'GET /fhir/Patient', query: { identifier: 'x|y', phone: '1' } })).status).toBe(400);
  });

  it('of one organization is to another as if it did not exist', async () => {
    const made = await tellPatient(fhirPatient('Private'));
    const id = idIn(made.headers['location']);
    const strangers = { subject: 'oak-ehr' };
    const foreign = await readPatient(id, strangers);
    const { body: none } = await readPatient('0'.repeat(26), strangers);
    expect([foreign.status, { ...foreign.body, issue: foreign.body.issue?.map(({ details }) => details) }]).toEqual([404, { ...none, issue: none.issue?.map(({ details }) => details) }]);
    for (const query of [{ identifier: 'urn:oid:2.16.840.1.99.1|F-Private' }, { family: 'Rivers', given: 'Private', birthdate: '1961-05-09' }] as Record<string, string>[])
      expect((await ask({ route: 'GET /fhir/Patient', query, ...strangers })).body.total).toBe(0);
    expect((await tellDose(fhirDose('foreign-1', `Patient/${id}`), strangers)).status).toBe(422);
  });

  it('that is not FHIR, not JSON or of another kind is refused with an OperationOutcome', async () => {
    expect((await tellPatient({ resourceType: 'Observation' })).status).toBe(400);
    expect((await ask({ route: 'POST /fhir/Patient', body: '<Patient/>' })).status).toBe(400);
    expect((await ask({ route: 'POST /fhir/Patient', body: '<Patient/>', headers: { 'content-type': 'application/fhir+xml' } })).status).toBe(415);
    const faulty = await tellPatient(fhirPatient('Faulty', { birthDate: '2031-01-01', identifier: undefined, modifierExtension: [{ url: 'x' }] }));
    expect([faulty.status, expressions(faulty)]).toEqual([422, expect.arrayContaining(['Patient.identifier', 'Patient.birthDate', 'Patient.modifierExtension'])]);
    expect(JSON.stringify(faulty.body)).not.toMatch(/2031|Rivers/);
  });
});

describe('A dose told in FHIR', () => {
  const patientId = async (given: string): Promise<string> => idIn((await tellPatient(fhirPatient(given))).headers['location']);

  it('takes one dose from its account, is read as told, and changes nothing when what was read is sent again', async () => {
    const patient = await patientId('Dora');
    const before = await onHand();
    const made = await tellDose(fhirDose('dora-1', `Patient/${patient}`));
    expect(made).toMatchObject({ status: 201, headers: { etag: 'W/"1"' } });
    expect(await onHand()).toBe(before - 1);
    const read = await readDose(idIn(made.headers['location']));
    expect(read.body).toMatchObject({
      status: 'completed', occurrenceDateTime: '2021-03-08', primarySource: true, lotNumber: janssen.lot, patient: { reference: `Patient/${patient}` }, location: { identifier: { value: siteIds.elm } },
      protocolApplied: [{ doseNumberPositiveInt: 1 }],
    });
    const state = await kept();
    expect(await tellDose(read.body)).toMatchObject({ status: 200, headers: { etag: 'W/"1"' } });
    expect(await tellDose(fhirDose('dora-1', `Patient/${patient}`), { now: '2021-03-08T16:00:00.000Z' })).toMatchObject({ status: 200, headers: { etag: 'W/"1"' } });
    expect(await kept()).toBe(state);
    const stored = (await room.items()).find((item) => item['type'] === 'dose' && (item['filler'] as { id: string } | undefined)?.id === 'dora-1');
    expect(stored).toMatchObject({ cvx: '212', ndc: janssen.ndc, siteId: siteIds.elm, decrement: { kind: 'matched' }, reportable: true, sourceClass: 'own' });
  });

  it('is corrected under its identifier and taken back with entered-in-error; stock follows', async () => {
    const patient = await patientId('Corrected');
    const id = idIn((await tellDose(fhirDose('corr-1', `Patient/${patient}`))).headers['location']);
    const before = await onHand();
    const corrected = await tellDose(fhirDose('corr-1', `Patient/${patient}`, { site: { coding: [{ code: 'RA' }] } }));
    expect(corrected).toMatchObject({ status: 200, headers: { etag: 'W/"2"' } });
    expect((await readDose(id)).body).toMatchObject({ site: { coding: [{ code: 'RA' }] } });
    expect(await tellDose(fhirDose('corr-1', `Patient/${patient}`, { status: 'entered-in-error' }))).toMatchObject({ status: 200, headers: { etag: 'W/"3"' } });
    expect(await onHand()).toBe(before + 1);
    expect((await readDose(id)).body['status']).toBe('entered-in-error');
    expect((await ask({ route: 'GET /fhir/Immunization', query: { patient } })).body.total).toBe(0);
    const nothing = await tellDose(fhirDose('never-told', `Patient/${patient}`, { status: 'entered-in-error', occurrenceDateTime: '2021-03-01' }));
    expect([nothing.status, nothing.body.issue?.[0]?.code]).toEqual([200, 'not-found']);
  });

  it.each([
    ['a refusal', { status: 'not-done', statusReason: { coding: [{ code: '01' }] }, primarySource: undefined, lotNumber: undefined, doseQuantity: undefined }, { status: 'not-done', _primarySource: {} }],
    ['an old dose told by the parents', { primarySource: false, reportOrigin: { coding: [{ code: 'recall' }] }, location: { display: 'Far Hospital' } }, { primarySource: false, reportOrigin: { coding: [{ code: 'recall' }, { code: '04' }] }, location: { display: 'Far Hospital' } }],
    ['a dose given in part', { isSubpotent: true }, { isSubpotent: true }],
    ['a dose of which nobody says who told it', { primarySource: undefined }, { _primarySource: {} }],
    ['a dose with a number and nothing else', { route: undefined, site: undefined, performer: undefined, programEligibility: undefined, protocolApplied: undefined, identifier: undefined, manufacturer: undefined }, {}],
    ['public money', { fundingSource: { coding: [{ code: 'VXC52' }] }, doseQuantity: { value: 0.25, unit: 'mL' } }, { fundingSource: { coding: [{ code: 'public' }, { code: 'VXC52' }] } }],
  ])('is read as it was told, and sending that changes nothing: %s', async (what, more, expected) => {
    const patient = await patientId(`Round${what.replace(/[^a-z]/g, '')}`);
    const made = await tellDose(fhirDose(`round ${what}`, `Patient/${patient}`, more));
    expect(made.status).toBe(201);
    const id = idIn(made.headers['location']);
    const first = await readDose(id);
    expect(first.body).toMatchObject(expected);
    expect(await tellDose(first.body)).toMatchObject({ status: 200, headers: { etag: 'W/"1"' } });
    expect((await readDose(id)).body).toEqual(first.body);
  });

  it('may bring its patient along, and answers the resource when asked to', async () => {
    const contained = { ...fhirPatient('Inside'), id: 'p1' };
    const made = await tellDose(fhirDose('inside-1', '#p1', { contained: [contained] }), { headers: { prefer: 'return=representation' } });
    expect([made.status, made.body['resourceType'], made.body['patient']]).toEqual([201, 'Immunization', { reference: expect.stringMatching(/^Patient\/[0-9a-z]{26}$/) }]);
  });

  it('of no patient we know is refused, and nothing is written', async () => {
    const before = await kept();
    for (const reference of [`Patient/${'0'.repeat(26)}`, '#p1']) expect((await tellDose(fhirDose('x-1', reference))).status).toBe(422);
    expect(await kept()).toBe(before);
  });

  it('is found by its patient and day, page by page, by its own organization only', async () => {
    const patient = await patientId('Paged');
    for (const [index, day] of ['2021-01-05', '2021-02-05', '2021-03-05'].entries())
      await tellDose(fhirDose(`paged-${index}`, `Patient/${patient}`, { occurrenceDateTime: day, primarySource: false }));
    const page = async (query: Record<string, string>, more: Partial<Call> = {}) => ask({ route: 'GET /fhir/Immunization', query, ...more });
    const days = ({ body }: FhirAnswer): unknown[] => (body.entry ?? []).map(({ resource }) => resource?.['occurrenceDateTime']);
    const first = await page({ patient: `Patient/${patient}`, _count: '2' });
    expect([days(first), first.body.total]).toEqual([['2021-03-05', '2021-02-05'], 3]);
    expect(first.body.entry?.[0]?.fullUrl).toMatch(/^https?:\/\/[^/]+\/fhir\/Immunization\/[0-9a-z]{26}-[0-9a-z]{26}$/);
    const next = new URL(first.body.link?.find(({ relation }) => relation === 'next')?.url ?? '');
    const second = await page(Object.fromEntries(next.searchParams));
    expect([days(second), second.body.link?.map(({ relation }) => relation)]).toEqual([['2021-01-05'], ['self']]);
    expect(days(await page({ patient, date: 'ge2021-02-01' }))).toEqual(['2021-03-05', '2021-02-05']);
    expect((await page({ patient }, { subject: 'oak-ehr' })).body.total).toBe(0);
    expect((await page({ patient }, { subject: 'nurse', role: 'provider-staff' })).body.total).toBe(3);
    expect((await page({ date: '2021' })).status).toBe(400);
  });

  it('told by HL7 is read by FHIR too', async () => {
    await room.sendHl7(vxu({ id: 'BOTH1', given: 'Both', orders: order({ filler: 'BOTH1^ELM' }) }));
    const found = await ask({ route: 'GET /fhir/Patient', query: { identifier: 'https://doseline.org/fhir/sid/authority/ELM|BOTH1' } });
    const id = String(found.body.entry?.[0]?.resource?.['id']);
    expect(found.body.total).toBe(1);
    expect((await ask({ route: 'GET /fhir/Immunization', query: { patient: id } })).body).toMatchObject({ total: 1, entry: [{ resource: { identifier: [{ value: 'BOTH1' }], primarySource: true } }] });
  });
});

describe('A person who opted out', () => {
  it('is answered like anybody and found no more; what is told afterwards is not kept, and stock moves', async () => {
    const patient = fhirPatient('Optout', { name: [{ use: 'official', family: 'Vanish', given: ['Optout'] }], birthDate: '1948-11-30', telecom: undefined, contact: undefined });
    const bundle = (dose: string, day: string) => transaction([post('Patient', 'urn:uuid:p1', patient), post('Immunization', 'urn:uuid:i1', fhirDose(dose, 'urn:uuid:p1', { occurrenceDateTime: day }))]);
    const [told, dose] = (await tellBundle(bundle('opt-1', '2021-02-08'))).body.entry ?? [];
    const [patientId, doseId] = [idIn(told?.response?.location), idIn(dose?.response?.location)];
    const record = (await room.items()).find(({ recordId, sk }) => recordId === `rec_${patientId}` && sk === 'RECORD');
    const person = (await room.items()).find(({ type, personId }) => type === 'person' && personId === record?.['personId']);
    const decided = await call(room.handler, { route: 'PUT /persons/{personId}/opt-out', params: { personId: String(person?.['personId']) }, body: { on: '2021-03-05', reason: 'asked for in writing' }, ifMatch: Number(person?.['version']), subject: 'epi', role: 'dph-epidemiologist' });
    expect(decided.status).toBe(200);
    expect([(await readPatient(patientId)).status, (await readDose(doseId)).status, (await ask({ route: 'GET /fhir/Immunization', query: { patient: patientId } })).body.total]).toEqual([404, 404, 0]);
    expect((await ask({ route: 'GET /fhir/Patient', query: { identifier: 'urn:oid:2.16.840.1.99.1|F-Optout' } })).body.total).toBe(0);
    const [before, stock] = [await kept(), await onHand()];
    const later = await tellBundle(bundle('opt-2', '2021-03-06'), { key: 'opt-out-bundle' });
    expect(later.body.entry?.map(({ response }) => response?.status)).toEqual(['200 OK', '201 Created']);
    expect((await tellDose(fhirDose('opt-3', `Patient/${patientId}`, { occurrenceDateTime: '2021-01-06' }))).status).toBe(201);
    expect([await kept(), await onHand()]).toEqual([before, stock - 2]);
    const originals = await Promise.all((await room.items()).filter(({ type, form }) => type === 'message' && form === 'fhir').map(async ({ objectKey }) =>
      (await room.s3.client.send(new GetObjectCommand({ Bucket: 'messages', Key: String(objectKey) }))).Body?.transformToString()));
    expect(originals.filter((text) => /opt-2|opt-3/.test(text ?? ''))).toEqual([]);
    expect(originals.some((text) => text?.includes('opt-1') === true)).toBe(true);
  });
});

describe('A transaction', () => {
  const bundleOf = (given: string, doses: object[][], more: object = {}): object => transaction([
    post('Patient', 'urn:uuid:p1', fhirPatient(given)),
    ...doses.map(([change], index) => post('Immunization', `urn:uuid:i${index}`, fhirDose(`${given}-${index}`, 'urn:uuid:p1', change))),
  ], more);

  it('stores its patients and doses and says of each what became of it', async () => {
    const before = await onHand();
    const answer = await tellBundle(bundleOf('Whole', [[{}], [{ occurrenceDateTime: '2021-02-01', primarySource: false, route: { coding: [{ code: 'ZZ' }] } }]]));
    expect(answer).toMatchObject({ status: 200, body: { type: 'transaction-response' } });
    expect(answer.body.entry?.map(({ response }) => response?.status)).toEqual(['201 Created', '201 Created', '201 Created']);
    expect(answer.body.entry?.[2]?.response?.outcome).toMatchObject({ issue: [{ expression: ['Bundle.entry[2].resource.route'] }] });
    expect(await onHand()).toBe(before - 1);
    const [, location] = (answer.body.entry ?? []).map(({ response }) => response?.location);
    expect((await readDose(idIn(location))).body).toMatchObject({ identifier: [{ value: 'Whole-0' }] });
  });

  it('with one bad entry writes nothing and names every fault of every entry', async () => {
    const before = [await kept(), await onHand()];
    const answer = await tellBundle(bundleOf('Half', [[{}], [{ vaccineCode: { coding: [{ system: 'http://www.whocc.no/atc', code: 'J07BX03' }] } }], [{ occurrenceDateTime: '2031-01-01', status: undefined }]]));
    expect(answer.status).toBe(422);
    expect(expressions(answer)).toEqual(expect.arrayContaining(['Bundle.entry[2].resource.vaccineCode', 'Bundle.entry[3].resource.occurrence', 'Bundle.entry[3].resource.status']));
    expect([await kept(), await onHand()]).toEqual(before);
  });

  it('sent again under its identifier writes nothing, and under another one meets what is there', async () => {
    const identifier = { system: 'urn:ietf:rfc:3986', value: 'urn:uuid:8d0f6d0e-0001' };
    const first = await tellBundle(bundleOf('Twice', [[{}]], { identifier }));
    const items = (await room.items()).length;
    const state = await kept();
    const again = await tellBundle(bundleOf('Twice', [[{}]], { identifier }), { now: '2021-03-09T15:00:00.000Z' });
    expect(again.body.entry?.map(({ response }) => [response?.status, idIn(response?.location)])).toEqual(first.body.entry?.map(({ response }) => ['200 OK', idIn(response?.location)]));
    expect([(await room.items()).length, await kept()]).toEqual([items, state]);
    expect((await tellBundle(bundleOf('Twice', [[{ lotNumber: 'OTHER' }]], { identifier }))).status).toBe(422);
    const other = await tellBundle(bundleOf('Twice', [[{}]]), { now: '2021-03-09T16:00:00.000Z' });
    expect(other.body.entry?.map(({ response }) => response?.status)).toEqual(['200 OK', '200 OK']);
    expect(await kept()).toBe(state);
  });

  it('sent by ten at once stores each dose once', async () => {
    const before = await onHand();
    const bundle = bundleOf('Race', [[{}], [{ occurrenceDateTime: '2021-03-01' }]]);
    const answers = await Promise.all(Array.from({ length: 10 }, () => tellBundle(bundle)));
    // Whoever lost too often is asked to send again: it then meets what is there.
    for (const answer of answers) if (answer.status === 409) expect((await tellBundle(bundle)).status).toBe(200);
    expect(await onHand()).toBe(before - 2);
    expect((await room.items()).filter((item) => item['type'] === 'dose' && /^Race-/.test((item['filler'] as { id?: string } | undefined)?.id ?? '')).length).toBe(2);
  });

  it.each([
    ['of another type', { resourceType: 'Bundle', type: 'history', entry: [] }, 'Bundle.type'],
    ['without entries', transaction([]), 'Bundle.entry'],
    ['that is no Bundle', { resourceType: 'Patient' }, 'Bundle.resourceType'],
    ['with a resource we do not take', transaction([{ resource: { resourceType: 'Practitioner' }, request: { method: 'POST', url: 'Practitioner' } }]), 'Bundle.entry[0].resource'],
    ['that updates', transaction([{ resource: fhirPatient(), request: { method: 'PUT', url: 'Patient/1' } }]), 'Bundle.entry[0].request'],
    ['that asks for what is not there yet', transaction([{ resource: fhirPatient(), request: { method: 'POST', url: 'Patient', ifNoneExist: 'identifier=1' } }]), 'Bundle.entry[0].request.ifNoneExist'],
    ['with a name used twice', transaction([post('Patient', 'urn:uuid:1', fhirPatient()), post('Patient', 'urn:uuid:1', fhirPatient())]), 'Bundle.entry[1].fullUrl'],
    ['with a dose of nobody', transaction([post('Immunization', 'urn:uuid:1', fhirDose('z', 'urn:uuid:2'))]), 'Bundle.entry[0].resource.patient'],
  ])('%s is refused where it is wrong', async (_what, bundle, expression) => {
    const answer = await tellBundle(bundle);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(expressions(answer)).toContain(expression);
  });

  it('of an interface in test is judged and stores nothing; of a closed one or of nobody it is refused', async () => {
    const before = await kept();
    const trial = await tellBundle(bundleOf('Trial', [[{}]]), { subject: 'new-ehr' });
    expect([trial.status, trial.body['resourceType'], await kept()]).toEqual([200, 'OperationOutcome', before]);
    expect((await ask({ route: 'GET /fhir/Patient', query: { identifier: 'a|b' }, subject: 'new-ehr' })).status).toBe(403);
    expect((await tellBundle(bundleOf('Trial', [[{}]]), { subject: 'shut-ehr' })).status).toBe(403);
    expect((await tellBundle(bundleOf('Trial', [[{}]]), { subject: 'stranger' })).status).toBe(403);
  });
});
