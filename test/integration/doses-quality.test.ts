import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { QualityReport } from '../../functions/doses/domain/quality/quality-report.ts';
import type { SenderQuality } from '../../functions/doses/quality/read-quality.ts';
import type { Role } from '../../shared/contracts/permissions.ts';
import { call, type Answer } from '../support/api.ts';
import { cell, doseFile } from '../support/dose-file.ts';
import { openDoseRoom, order, siteIds, vxu, type DoseRoom } from '../support/dose-room.ts';
import { fhirDose, fhirPatient } from '../support/fhir.ts';
import { reportHl7Over, elmEhr } from '../support/dose-reporter.ts';

const now = '2021-03-10T15:00:00.000Z';
const lastWeek = '2021-03-03T15:00:00.000Z';
let room: DoseRoom;
beforeAll(async () => {
  room = await openDoseRoom('dosesQuality');
  const send = (text: string, subject = 'elm-ehr', at = now): Promise<Answer> => room.sendHl7(text, subject, { now: at });
  const full = vxu({ id: 'Q1', orders: order({ filler: 'Q1^ELM', on: '20210310' }) });
  // The same message twice at the same time, and once more: it counts once.
  await Promise.all([send(full), send(full)]);
  await send(full);
  await send(vxu({ id: 'Q2', orders: order({ filler: 'Q2^ELM', on: '20210308', lot: '', expiry: '', vaccine: '212^^CVX' }) }));
  await send(vxu({ id: 'Q3', orders: [...order({ filler: 'Q3^ELM', vaccine: '901^^CVX' }), ...order({ filler: 'Q3b^ELM', on: '20200110', source: '01^^NIP001', vaccine: '88^^CVX' })] }));
  await send(vxu({ id: 'Q4', birth: '' }));
  await send(vxu({ processing: 'X' }));
  await send(vxu({ id: 'Q5', processing: 'T' }));
  await send(vxu({ id: 'Q6', orders: order({ filler: 'Q6^ELM', on: '20210201' }) }), 'elm-ehr', lastWeek);
  await send(vxu({ id: 'O1', authority: 'OAK', orders: order({ filler: 'O1^OAK', on: '20210310', facility: 'Oak Hospital' }) }), 'oak-ehr');
  await send(vxu({ id: 'N1', authority: 'OAK' }), 'new-ehr');
}, 120_000);
afterAll(() => room.stop());

const ask = (senderId: string, subject: string, role: Role, query: Record<string, string> = {}): Promise<Answer> =>
  call(room.handler, { route: 'GET /senders/{senderId}/quality', params: { senderId }, subject, role, query, now });
const qualityOf = async (senderId: string, query: Record<string, string> = {}): Promise<SenderQuality> => (await ask(senderId, 'rita', 'dph-reviewer', query)).body as unknown as SenderQuality;
const week = async (start: string): Promise<QualityReport | undefined> => (await qualityOf('ehr_elm-ehr')).weeks.find((one) => one.week === start);
const share = (report: QualityReport | undefined, field: string): number | undefined => report?.completeness.newDoses.find((one) => one.field === field)?.share;

describe('the measures of a sender', () => {
  it('count each message once, however often it came', async () => {
    expect(await week('2021-03-08')).toMatchObject({ messages: 5, answers: { AA: 0, AE: 4, AR: 1 } });
  });
  it('count doses sent, taken, new and historical', async () => {
    expect((await week('2021-03-08'))?.doses).toEqual({ sent: 5, taken: 3, new: 2, historical: 1, refused: 0, notGiven: 0, deletions: 0 });
  });
  it('say how often a field of a new dose, and of a patient, was filled', async () => {
    const report = await week('2021-03-08');
    expect([share(report, 'lot'), share(report, 'expiry'), share(report, 'NDC'), share(report, 'facility')]).toEqual([0.5, 0.5, 0.5, 1]);
    expect(report?.completeness.patients.find(({ field }) => field === 'phone')).toEqual({ field: 'phone', filled: 3, of: 3, share: 1 });
    expect(report?.completeness.patients.find(({ field }) => field === "mother's maiden name")).toMatchObject({ filled: 0, share: 0 });
  });
  it('say how soon a dose was reported', async () => {
    const soon = (report: QualityReport | undefined): Record<string, number> => Object.fromEntries((report?.timeliness ?? []).filter(({ doses }) => doses > 0).map(({ reported, doses }) => [reported, doses]));
    expect(soon(await week('2021-03-08'))).toEqual({ 'the same day': 1, 'two or three days later': 1 });
    expect(soon(await week('2021-03-01'))).toEqual({ 'within 30 days': 1 });
  });
  it('say which rules are broken, and in how many messages', async () => {
    const rules = (await week('2021-03-08'))?.rules ?? [];
    expect(rules.find(({ rule, severity }) => rule === 'HL7-49' && severity === 'E')).toEqual({ rule: 'HL7-49', severity: 'E', messages: 1, share: 0.2, about: 'validity' });
    // No lot or expiry told; a lot that never came.
    expect(rules.find(({ rule, severity }) => rule === 'HL7-56' && severity === 'W')?.messages).toBe(2);
  });
  it('keep tests apart from what was sent in earnest', async () => {
    expect((await qualityOf('ehr_elm-ehr', { mode: 'trial' })).total).toMatchObject({ messages: 1, answers: { AA: 1 } });
    expect((await qualityOf('ehr_new-ehr')).total.messages).toBe(0);
    expect((await qualityOf('ehr_new-ehr', { mode: 'trial' })).total.messages).toBe(1);
  });
  it('are a trend by week, with empty weeks in it', async () => {
    const { weeks, total } = await qualityOf('ehr_elm-ehr', { weeks: '4' });
    expect(weeks.map((one) => [one.week, one.messages])).toEqual([['2021-02-15', 0], ['2021-02-22', 0], ['2021-03-01', 1], ['2021-03-08', 5]]);
    expect(total.messages).toBe(6);
    expect(weeks[3]?.score).toBeGreaterThan(0);
    expect(weeks[0]).not.toHaveProperty('score');
  });
  it('hold nothing of a patient', async () => {
    const tallies = (await room.items()).filter(({ type }) => type === 'quality-tally');
    expect(tallies.length).toBeGreaterThan(3);
    expect(JSON.stringify(tallies)).not.toMatch(/Okafor|Ada|19560312|5550177/);
    expect(tallies.flatMap((tally) => Object.keys(tally)).every((name) => /^[a-zA-Z0-9_]{1,12}$/.test(name))).toBe(true);
  });
});

describe('who may see them', () => {
  it.each<readonly [string, string, Role, string, number]>([
    ['a machine its own', 'elm-ehr', 'ehr-system', 'ehr_elm-ehr', 200],
    ['a machine another’s: as if it were not there', 'elm-ehr', 'ehr-system', 'ehr_oak-ehr', 404],
    ['staff those of their organization', 'oak-nurse', 'provider-staff', 'ehr_oak-ehr', 200],
    ['staff another’s: as if it were not there', 'nurse', 'provider-staff', 'ehr_oak-ehr', 404],
    ['staff what nobody is', 'nurse', 'provider-staff', 'ehr_nowhere', 404],
    ['somebody without a membership', 'stranger', 'provider-staff', 'ehr_elm-ehr', 404],
    ['the department what nobody is', 'rita', 'dph-reviewer', 'Quimby Ariadne', 404],
    ['the department all', 'rita', 'dph-epidemiologist', 'ehr_oak-ehr', 200],
  ])('%s', async (_, subject, role, senderId, status) => { expect((await ask(senderId, subject, role)).status).toBe(status); });

  it('only the department compares senders, the worst first', async () => {
    const list = (subject: string, role: Role): Promise<Answer> => call(room.handler, { route: 'GET /senders', subject, role, query: { day: '2021-03-12' }, now });
    expect((await list('nurse', 'provider-staff')).status).toBe(403);
    const { body } = await list('rita', 'dph-reviewer');
    const items = body['items'] as { senderId: string; mode: string; score: number; dosesLost: number }[];
    expect(body['week']).toBe('2021-03-08');
    expect(items.map(({ senderId, mode }) => `${senderId} ${mode}`).sort()).toEqual(['ehr_elm-ehr live', 'ehr_elm-ehr trial', 'ehr_new-ehr trial', 'ehr_oak-ehr live']);
    expect(items[0]).toMatchObject({ senderId: 'ehr_elm-ehr', mode: 'live', dosesLost: 2 });
    expect(items.map(({ score }) => score)).toEqual(items.map(({ score }) => score).toSorted((a, b) => a - b));
  });
});

describe('reports that are no HL7, and queries, count by the same measures', () => {
  const later = '2021-03-17T15:00:00.000Z';
  const weekOf = async (senderId: string, query: Record<string, string> = {}): Promise<QualityReport | undefined> =>
    (await qualityOf(senderId, { day: '2021-03-17', ...query })).weeks.find((one) => one.week === '2021-03-15');
  const patient = { ids: [{ id: 'J1' }], name: { family: 'Marsh', given: 'Cleo' }, birthDate: '1950-06-01', sex: 'F', phone: '860-555-0188' };
  const told = { givenOn: '2021-03-17', vaccine: { cvx: '212' }, lot: 'L1', patient };
  const params = { siteId: siteIds.elm };

  it('JSON: each dose once, however often the request comes', async () => {
    const doses = [told, { ...told, vaccine: { cvx: '901' } }, { ...told, givenOn: '2021-03-01', patient: { ...patient, ids: [{ id: 'J2' }], name: { family: 'Quigley', given: 'Bo' } } }];
    for (const now of [later, '2021-03-17T16:00:00.000Z']) await room.asNurse({ route: 'POST /sites/{siteId}/doses', params, body: { doses }, key: 'quality-json', now });
    expect(await weekOf('nurse')).toMatchObject({ messages: 3, answers: { AE: 3 }, doses: { sent: 3, taken: 2, new: 2 } });
    expect((await weekOf('nurse'))?.rules.find(({ rule, severity }) => rule === 'HL7-49' && severity === 'E')).toMatchObject({ messages: 1 });
    expect((await weekOf('nurse'))?.completeness.newDoses.find(({ field }) => field === 'lot')).toMatchObject({ filled: 2, of: 2 });
    const [unread, mended] = [{ doses: [{ ...told, givenOn: '13.3.2021' }] }, { doses: [told] }].map((body) => () => room.asNurse({ route: 'POST /sites/{siteId}/doses', params, body, key: 'quality-json-2', now: later }));
    expect([(await unread?.())?.body, (await unread?.())?.status]).toMatchObject([{ status: 400, errors: [{ path: 'body.doses[0].givenOn' }] }, 400]);
    expect(await weekOf('nurse')).toMatchObject({ messages: 4, answers: { AE: 4 }, doses: { sent: 4, taken: 2 } });
    expect((await mended?.())?.status).toBe(201);
  });
  it('CSV: each row, those that cannot be read too', async () => {
    const file = doseFile([cell({ patient_id: 'K1', given_on: '2021-03-16' }), cell({ patient_id: 'K2', zip: 'CT' })]);
    for (const now of [later, later]) await room.asNurse({ route: 'POST /sites/{siteId}/dose-files', params, body: file, subject: 'oak-nurse', now });
    await room.asNurse({ route: 'POST /sites/{siteId}/dose-files', params: { siteId: siteIds.oak }, body: file, subject: 'oak-nurse', now: later });
    expect(await weekOf('oak-nurse')).toMatchObject({ messages: 2, doses: { sent: 2, taken: 1 } });
  });
  it('FHIR: a patient with its doses is one report, a refused request one that lost all of them', async () => {
    const entry = (resource: object, fullUrl: string) => ({ fullUrl, resource, request: { method: 'POST', url: (resource as { resourceType: string }).resourceType } });
    const bundle = (more: object) => ({ resourceType: 'Bundle', type: 'transaction', entry: [entry(fhirPatient('Quora'), 'urn:uuid:1'), entry(fhirDose('Q-1', 'urn:uuid:1', more), 'urn:uuid:2')] });
    const tell = (body: object, key: string) => call(room.handler, { route: 'POST /fhir', body: JSON.stringify(body), subject: 'oak-ehr', role: 'ehr-system', now: later, headers: { 'idempotency-key': key, 'content-type': 'application/fhir+json' } });
    await tell(bundle({}), 'q-fhir-1');
    await tell(bundle({}), 'q-fhir-1');
    await tell(bundle({ status: 'perhaps' }), 'q-fhir-2');
    expect(await weekOf('ehr_oak-ehr')).toMatchObject({ messages: 2, doses: { sent: 2, taken: 1 } });
  });
  it('queries are counted apart, by what was found', async () => {
    const asking = (qpd: string): string => ['MSH|^~\\&|EHR|ELM|||20210317100000-0500||QBP^Q11^QBP_Q11|Q1|P|2.5.1|||ER|AL|||||Z34^CDCPHINVS|ELM', `QPD|Z34^Request Immunization History^CDCPHINVS|T1|${qpd}`, 'RCP|I|5^RD&records&HL70126', ''].join('\r');
    for (const qpd of ['Q1^^^ELM^MR|Okafor^Ada||19560312', '|Nobody^At^All||19000101', '']) await room.sendHl7(asking(qpd), 'elm-ehr', { now: later });
    expect(await weekOf('ehr_elm-ehr')).toMatchObject({ messages: 0, queries: { asked: 3, AA: 2, AE: 1, AR: 0, found: 1, nobody: 1, tooMany: 0 } });
    expect((await weekOf('ehr_elm-ehr'))?.rules).toContainEqual({ rule: 'HL7-89', severity: 'E', messages: 1, share: 0.3333, about: 'other' });
  });
});

it('a message that cannot be written down is not counted either (negative control of the one transaction)', async () => {
  const before = (await qualityOf('ehr_elm-ehr')).total.messages;
  const failing = Object.assign(Object.create(room.suite.dynamo) as typeof room.suite.dynamo, {
    send: (command: { input?: { TransactItems?: { Put?: { Item?: { type?: string } } }[] } }) => {
      const isFinish = command.input?.TransactItems?.some(({ Put }) => Put?.Item?.type === 'message') === true;
      return isFinish ? Promise.reject(new Error('power cut')) : room.suite.dynamo.send(command as never);
    },
  });
  const text = vxu({ id: 'Q9', orders: order({ filler: 'Q9^ELM', on: '20210310' }) });
  await expect(reportHl7Over(failing)(text, elmEhr, now)).rejects.toThrow('power cut');
  expect((await qualityOf('ehr_elm-ehr')).total.messages).toBe(before);
  await reportHl7Over(room.suite.dynamo)(text, elmEhr, now);
  await reportHl7Over(room.suite.dynamo)(text, elmEhr, now);
  expect((await qualityOf('ehr_elm-ehr')).total.messages).toBe(before + 1);
});
