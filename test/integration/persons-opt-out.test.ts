import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { choicesOf, contributionOfView } from '../../functions/reports/domain/withheld.ts';
import { makePeopleStore } from '../../functions/reports/store-people.ts';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import { entriesPartition } from '../../shared/ledger/account.ts';
import type { DoseItem } from '../../shared/published/dose.ts';
import { doseIdOf } from '../../shared/published/dose-keys.ts';
import type { PersonItem, RecordItem } from '../../shared/published/person.ts';
import { call, type Answer, type Call } from '../support/api.ts';
import { openDoseReports, type DoseReports } from '../support/dose-reports.ts';
import { openDoseRoom, order, refOf, siteIds, vxu, type DoseRoom, type VxuFields } from '../support/dose-room.ts';
import { elmEhr, reportHl7Over } from '../support/dose-reporter.ts';
import { somebody } from '../support/people.ts';

/** The department decides that a person is out: nothing is revealed, nothing updated or kept, and stock still tells the truth. */
let room: DoseRoom;
let reports: DoseReports;
beforeAll(async () => {
  room = await openDoseRoom('personsOptOut');
  reports = await openDoseReports(room);
  await room.stock({}, 500, {}, '2021-02-01T12:00:00.000Z');
});
afterAll(() => room.stop());

const because = { reason: 'asked for in writing' };
const epi = (request: Call): Promise<Answer> => call(room.handler, { subject: 'epi', role: 'dph-epidemiologist', ...request });
const items = async <T>(type: string): Promise<T[]> => (await room.items()).filter((item) => item['type'] === type) as T[];
const record = async (id: string): Promise<RecordItem> => {
  const found = (await items<RecordItem>('record')).find(({ ids, sk }) => sk === 'RECORD' && ids.some((known) => known.id === id));
  if (found === undefined) throw new Error(`No record ${id}`);
  return found;
};
const person = async ({ personId }: { personId: string }): Promise<PersonItem> => (await items<PersonItem>('person')).find((one) => one.personId === personId) ?? Promise.reject(new Error('No person'));
const given = async (): Promise<number> => (await room.account())?.buckets.administered ?? 0;

const put = async (personId: string, ifMatch: number, body: object = { on: '2021-03-05', ...because }, now = '2021-03-09T15:00:00.000Z'): Promise<Answer> =>
  epi({ route: 'PUT /persons/{personId}/opt-out', params: { personId }, body, ifMatch, now });
const lift = async (personId: string, ifMatch: number): Promise<Answer> =>
  epi({ route: 'DELETE /persons/{personId}/opt-out', params: { personId }, body: because, ifMatch, now: '2021-03-11T15:00:00.000Z' });
/** Somebody of whom Elm told one dose; opted out unless told otherwise. */
const known = async (name: string, isOut = true): Promise<RecordItem> => {
  await send({ ...somebody(name), id: `E-${name}` }, { filler: `${name}1^ELM` });
  const told = await record(`E-${name}`);
  if (isOut) expect((await put(told.personId, (await person(told)).version)).status).toBe(200);
  return told;
};
const send = (fields: VxuFields, dose: Parameters<typeof order>[0], now = '2021-03-08T15:00:00.000Z', subject = 'elm-ehr'): Promise<Answer> =>
  room.sendHl7(vxu({ ...fields, orders: order(dose) }), subject, { now });
/** What an answer tells beside the ids and times that every answer has. */
const told = ({ text }: Answer): string[] => text.split('\r').filter((line) => /^(MSA|ERR)/.test(line)).map((line) => line.replace(/^(MSA\|..)\|.*/, '$1'));
const coverage = async (): Promise<string> => JSON.stringify((await reports.coverage('town'))['rows']);

describe('An opt-out', () => {
  it('is dated, with a reason, over the version that was read, in the history, and can be lifted', async () => {
    const told = await known('Dated', false);
    const { version } = await person(told);
    expect((await put(told.personId, version + 3)).status).toBe(412);
    expect((await put(told.personId, version, { on: '2021-03-05' })).status).toBe(400);
    expect((await put(told.personId, version, { on: '2021-03-10', ...because })).status).toBe(400);
    expect((await lift(told.personId, version)).status).toBe(409);
    expect((await put(told.personId, version)).body).toMatchObject({ optOut: { on: '2021-03-05' }, version: version + 1 });
    expect((await put(told.personId, version)).status).toBe(200);
    expect((await lift(told.personId, version + 1)).body['optOut']).toBeUndefined();
    const { body } = await epi({ route: 'GET /persons/{personId}', params: { personId: told.personId } });
    expect(body['history']).toMatchObject([{ action: 'lift opt-out', from: '2021-03-05' }, { action: 'opt out', to: '2021-03-05', actor: 'epi', reason: because.reason }]);
    expect((await call(room.handler, { route: 'PUT /persons/{personId}/opt-out', params: { personId: told.personId }, body: { on: '2021-03-05', ...because }, ifMatch: 1, subject: 'nurse', role: 'provider-staff' })).status).toBe(403);
  });
});

describe('A message about somebody who opted out', () => {
  it.each([
    ['a further dose', { filler: '2^ELM', on: '20210306' }],
    ['the dose that is known', { filler: '1^ELM' }],
    ['the dose that is known, with another lot', { filler: '1^ELM', lot: '1805019' }],
    ['an update of a dose that is not known', { filler: '9^ELM', action: 'U', on: '20210306' }],
    ['a deletion of the dose that is known', { filler: '1^ELM', action: 'D' }],
    ['a deletion of a dose that is not known', { filler: '8^ELM', action: 'D', on: '20210307' }],
    ['a dose of a lot that the site never had', { filler: '3^ELM', on: '20210306', lot: 'NEVER1' }],
    ['a refusal', { filler: '9999', completion: 'RE', refusal: '00^^NIP002', on: '20210307', amount: '999', lot: '', mvx: '', expiry: '' }],
  ])('of %s is answered as for anybody else, and again the same', async (name, dose) => {
    const id = name.replaceAll(/[^a-z]/g, '').slice(0, 20);
    const [out, plain] = [`Out${id}`, `Plain${id}`];
    await known(out);
    await known(plain, false);
    const of = (family: string) => ({ ...dose, filler: dose.filler === '9999' ? '9999' : `${family}${dose.filler}` });
    const message = (family: string): string => vxu({ ...somebody(family), id: `E-${family}`, orders: order(of(family)) });
    const [hidden, usual] = [message(out), message(plain)];
    const later = { now: '2021-03-08T16:00:00.000Z' };
    const first = await room.sendHl7(hidden, 'elm-ehr', later);
    expect(told(first)).toEqual(told(await room.sendHl7(usual, 'elm-ehr', later)));
    expect((await room.sendHl7(hidden)).text).toBe(first.text);
  });

  it('one after the other is answered as for anybody else, of a dose of the time before as of a later one', async () => {
    await known('Seqout');
    await known('Seqplain', false);
    const administered = await given();
    const [later, early] = [{ filler: '2^ELM', on: '20210306' }, { filler: '3^ELM', on: '20210110', lot: 'NEVER2' }]; // early: said again whenever it is told again
    const [lot, back] = [{ action: 'U', lot: 'NEVER1' }, { lot: 'NEVER1' }] as const;
    const steps: Partial<Parameters<typeof order>[0]>[] = [{ action: 'D' }, { action: 'D' }, {}, {}, lot, lot, { action: 'U' }, { action: 'D' }, back, back];
    const [answers, doneOf] = [new Map<string, string[][]>(), (lines: string[]) => /taken: [^(]*/.exec(lines.join(' '))?.[0] ?? '-'];
    for (const name of ['Seqout', 'Seqplain']) {
      const told_: string[][] = [];
      for (const [at, step] of [...steps.map((one) => ({ filler: '1^ELM', ...one })), ...[{}, {}, ...steps].map((one) => ({ ...later, ...one })), early, early].entries())
        told_.push(told(await send({ ...somebody(name), id: `E-${name}`, controlId: `SEQ${at}` }, { ...step, filler: `${name}${step.filler}` }, '2021-03-08T17:00:00.000Z')));
      answers.set(name, told_);
    }
    expect(answers.get('Seqout')).toEqual(answers.get('Seqplain'));
    expect(answers.get('Seqplain')?.slice(0, 6).map(doneOf)).toEqual(['deleted', 'already deleted', 'taken back in', 'already known', 'corrected', 'already known'].map((word) => `taken: 1 ${word} `));
    // The plain one gave its first dose back and its lot is none here; of the other the dose of the time before is where it was.
    expect(await given()).toBe(administered - 1);
  });

  it('updates nothing of the record, stores no dose and keeps no original', async () => {
    const before = await known('Silent');
    const message = vxu({ ...somebody('Silent', { 11: '9 New Street^^Groton^CT^06340^USA^H' }), id: 'E-Silent', orders: order({ filler: 'Silent2^ELM', on: '20210306' }) });
    const doses = async () => (await items<DoseItem>('dose')).filter(({ pk }) => pk === before.pk).length;
    const [stored, version] = [await doses(), (await person(before)).version];
    await room.sendHl7(message);
    expect(await record('E-Silent')).toEqual(before);
    expect([await doses(), (await person(before)).version]).toEqual([stored, version]);
    const [kept] = (await items<{ unseen?: boolean; objectKey: string }>('message')).filter(({ unseen }) => unseen === true).slice(-1);
    for (const { objectKey } of (await items<{ unseen?: boolean; objectKey: string }>('message')).filter(({ unseen }) => unseen === true))
      expect(await (await room.s3.client.send(new GetObjectCommand({ Bucket: 'messages', Key: objectKey }))).Body?.transformToString()).toBe('');
    expect(kept).toBeDefined();
    // From another sender, under its own number: no record is made.
    await room.sendHl7(vxu({ ...somebody('Silent'), id: 'K-Silent', authority: 'OAK', responsible: 'OAK', orders: order({ filler: 'Silent3^OAK', facility: 'Oak Hospital' }) }), 'oak-ehr');
    expect((await items<RecordItem>('record')).filter(({ ids }) => ids.some(({ id }) => id === 'K-Silent'))).toEqual([]);
  });

  it('moves stock once, follows its correction and deletion, and leaves no trace of whose dose it was', async () => {
    const before = await known('Stock');
    const administered = await given();
    const message = (controlId: string, dose: Parameters<typeof order>[0]): string => vxu({ controlId, ...somebody('Stock'), id: 'E-Stock', orders: order({ filler: 'Stock2^ELM', on: '20210306', ...dose }) });
    await room.sendHl7(message('S1', {}));
    await room.sendHl7(message('S2', {}));
    expect(await given()).toBe(administered + 1);
    const [trace] = (await items<Record<string, unknown>>('unseen-dose')).filter(({ gsi1pk }) => gsi1pk === entriesPartition(refOf())).slice(-1);
    expect(Object.keys(trace ?? {}).sort()).toEqual(['cvx', 'decrement', 'digest', 'effect', 'givenOn', 'gsi1pk', 'gsi1sk', 'messageId', 'pk', 'receivedAt', 'schema', 'sk', 'state', 'type', 'version']);
    const part = before.pk.slice('RECORD#rec_'.length);
    expect(JSON.stringify(trace)).not.toContain(part);
    expect(JSON.stringify(trace)).not.toContain('Stock2');
    await room.sendHl7(message('S3', { lot: 'NEVER1', action: 'U' }));
    expect(await given()).toBe(administered);
    await room.sendHl7(message('S4', { action: 'U' }));
    expect(await given()).toBe(administered + 1);
    await room.sendHl7(message('S5', { action: 'D' }));
    expect(await given()).toBe(administered);
  });

  it('in JSON is answered alike, and its row alone is left out of what is kept', async () => {
    await known('Json');
    await known('Jsonplain', false);
    const row = (name: string) => ({ id: `J1${name}`, patient: { ids: [{ id: `E-${name}`, authority: 'ELM' }], name: { family: name, given: somebody(name).given }, birthDate: (somebody(name).birth ?? '').replace(/(....)(..)(..)/, '$1-$2-$3'), sex: 'M' }, givenOn: '2021-03-06', vaccine: { ndc: '59676-0580-05', cvx: '212' }, lot: '1805018', mvx: 'JSN' });
    const answer = await room.asNurse({ route: 'POST /sites/{siteId}/doses', params: { siteId: siteIds.elm }, body: { doses: [row('Json'), row('Jsonplain')] }, key: 'json-opt-out', now: '2021-03-08T16:00:00.000Z' });
    expect(answer.status).toBe(201);
    const [hidden, plain] = answer.body['items'] as { status: string; remarks: unknown; dose: { doseId: string } }[];
    const shape = (one: typeof hidden) => [one?.status, JSON.stringify(one?.remarks).replaceAll(/doses\[.\]/g, ''), Object.keys(one?.dose ?? {}).sort()];
    expect(shape(hidden)).toEqual(shape(plain));
    // The same dose again and with another lot, twice: likeness to another report, version and times as for anybody.
    const again = async (key: string, more: object) => {
      const { body } = await room.asNurse({ route: 'POST /sites/{siteId}/doses', params: { siteId: siteIds.elm }, body: { doses: ['Json', 'Jsonplain'].map((name) => ({ ...row(name), ...more })) }, key, now: '2021-03-08T17:00:00.000Z' });
      const found = body['items'] as { status: string; remarks: unknown; dose: Record<string, unknown> }[];
      return found.map(({ status, remarks, dose: { doseId: _, id, messageId, reason, ...dose } }) =>
        JSON.stringify([status, remarks, { ...dose, hasId: typeof id, isFirst: messageId === body['messageId'], reason: typeof reason }]).replaceAll(/doses\[.\]/g, ''));
    };
    for (const [key, more, status] of [['j2', {}, 'unchanged'], ['j3', { lot: '1805019' }, 'corrected'], ['j4', { lot: '1805019' }, 'unchanged']] as const) {
      const [out, usual] = await again(`json-again-${key}`, more);
      expect(out).toEqual(usual);
      expect(out).toContain(`["${status}"`);
      expect(out).toContain('"likeness"');
    }
    const message = (await items<{ form: string; objectKey: string }>('message')).find(({ form }) => form === 'json');
    const kept = await (await room.s3.client.send(new GetObjectCommand({ Bucket: 'messages', Key: message?.objectKey }))).Body?.transformToString();
    expect(kept).toContain('Jsonplain');
    expect(kept).not.toContain('"E-Json"');
    const read = (doseId: string) => room.asNurse({ route: 'GET /sites/{siteId}/doses/{doseId}', params: { siteId: siteIds.elm, doseId } });
    expect([(await read(hidden?.dose.doseId ?? '')).status, (await read(plain?.dose.doseId ?? '')).status]).toEqual([404, 200]);
  });
});

describe('A waiting dose of somebody who opted out', () => {
  it('told again once its lot came takes its share of the stock, and is answered like anybody’s', async () => {
    const people = [await known('Waitout'), await known('Waitplain', false)].map((_, at) => ['Waitout', 'Waitplain'][at] ?? '');
    const answers = async (): Promise<string[][]> => Promise.all(people.map(async (name) => told(await send({ ...somebody(name), id: `E-${name}` }, { filler: `${name}2^ELM`, on: '20210305', lot: 'WAITLOT' }))));
    const before = await answers();
    expect([before[0], before[0]?.join()]).toEqual([before[1], expect.stringContaining('no such lot')]);
    await room.stock({ lot: 'WAITLOT' }, 5);
    const after = await answers();
    expect([after[0], after[0]?.[0], (await room.account({ lot: 'WAITLOT' }))?.buckets]).toMatchObject([after[1], 'MSA|AA', { onHand: 3, administered: 2 }]);
  });
});

describe('Where the jurisdiction keeps for its reports what is told of those who opted out', () => {
  it('the dose and its original are kept, the record stays as it was, a new one is made, and nobody finds either', async () => {
    const before = await known('Keeping');
    const kept = reportHl7Over(room.suite.dynamo, undefined, { ...jurisdictionFor('CTA'), optOut: { keepsForReports: true } });
    const message = (fields: VxuFields, filler: string): string => vxu({ ...somebody('Keeping'), ...fields, orders: order({ filler, on: '20210228' }) });
    const first = await kept(message({ id: 'E-Keeping', pidMore: { 11: '9 New Street^^Groton^CT^06340^USA^H' } }, 'Keeping2^ELM'), elmEhr, '2021-03-08T16:00:00.000Z');
    const second = await kept(message({ id: 'B-Keeping', authority: 'BIRCH', responsible: 'BIRCH' }, 'Keeping3^BIRCH'), elmEhr, '2021-03-08T16:01:00.000Z');
    expect([first.ack, second.ack].map((ack) => /MSA\|(\w\w)/.exec(ack)?.[1])).toEqual(['AA', 'AA']);
    expect([first.isUnseen, second.isUnseen]).toEqual([undefined, undefined]);
    expect(await record('E-Keeping')).toEqual(before);
    const doses = (await items<DoseItem>('dose')).filter(({ filler }) => filler?.id.startsWith('Keeping') === true);
    expect(doses.length).toBe(3);
    expect((await record('B-Keeping')).personId).toBe(before.personId);
    for (const dose of doses)
      expect((await room.asNurse({ route: 'GET /sites/{siteId}/doses/{doseId}', params: { siteId: siteIds.elm, doseId: doseIdOf(dose) } })).status).toBe(404);
  });

  it('they are counted, and elsewhere they are not', async () => {
    const view = await makePeopleStore(room.suite.dynamo, room.suite.tables['DOSES_TABLE'] ?? '').view((await record('E-Keeping')).personId);
    if (view === undefined) throw new Error('No person');
    const counted = (keepsForReports: boolean) => contributionOfView(view, { ...jurisdictionFor('CTA'), optOut: { keepsForReports } }).doses.length;
    expect([counted(true) > 0, counted(false)]).toEqual([true, 0]);
    expect([choicesOf({ optOut: { keepsForReports: true } }), choicesOf({ optOut: { keepsForReports: false } })]).toEqual([{ optedOut: 'send' }, { optedOut: 'withhold' }]);
  });
});

describe('Doses told before the opt-out', () => {
  it('leave the answers, the counters and CDC’s truth, and come back when it is lifted', async () => {
    const told = await known('Before', false);
    const [dose] = (await items<DoseItem>('dose')).filter(({ pk }) => pk === told.pk);
    const doseId = dose === undefined ? '' : doseIdOf(dose);
    const params = { siteId: siteIds.elm, doseId };
    await send({ ...somebody('Before'), id: 'E-Before' }, { filler: 'Before2^ELM', on: '20210201', lot: 'NEVER2' });
    await send({ ...somebody('Before'), id: 'E-Before' }, { filler: 'Before3^ELM', on: '20210110', lot: 'NEVER3', facility: 'Van at the church' });
    const placeless = async () => (await room.asNurse({ route: 'GET /organizations/{organizationId}/worklist', params: { organizationId: 'org_elm' } })).body['items'] as { id?: string; doseId: string }[];
    const ofVan = { organizationId: 'org_elm', doseId: (await placeless()).find(({ id }) => id === 'Before3')?.doseId ?? '' };
    const ofOrganization = (method: 'GET' | 'PUT' | 'DELETE', body: object) => ({ route: `${method} /organizations/{organizationId}/doses/{doseId}`, params: ofVan, ifMatch: 1, body }) as const;
    const atNoSite = [ofOrganization('GET', {}), ofOrganization('DELETE', because), ofOrganization('PUT', { dose: { givenOn: '2021-01-10', vaccine: { cvx: '212' } }, ...because })];
    const list = async (route: 'GET /sites/{siteId}/worklist' | 'GET /sites/{siteId}/doses', query = {}): Promise<string[]> =>
      ((await room.asNurse({ route, params: { siteId: siteIds.elm }, query })).body['items'] as { doseId: string }[]).map((one) => one.doseId);
    const listed = async (): Promise<number[]> => {
      const mine = (await items<DoseItem>('dose')).filter(({ pk }) => pk === told.pk).map(doseIdOf);
      return [await list('GET /sites/{siteId}/worklist'), await list('GET /sites/{siteId}/doses', { day: '2021-03-08', limit: '100' })].map((ids) => ids.filter((id) => mine.includes(id)).length);
    };
    expect(await listed()).toEqual([1, 2]);
    await reports.night({ scheduledTime: '2021-03-09T08:00:00Z' });
    const [counted, { version }] = [await coverage(), await person(told)];
    expect([(await room.asNurse({ route: 'GET /sites/{siteId}/doses/{doseId}', params })).status, (await room.asNurse(ofOrganization('GET', {}))).status]).toEqual([200, 200]);

    expect([(await put(told.personId, version)).status, (await coverage()) === counted]).toEqual([200, false]);
    expect([await listed(), (await placeless()).filter(({ doseId: id }) => id === ofVan.doseId)]).toEqual([[0, 0], []]);
    for (const request of [
      { route: 'GET /sites/{siteId}/doses/{doseId}', params },
      { route: 'DELETE /sites/{siteId}/doses/{doseId}', params, ifMatch: 1, body: because }, ...atNoSite,
    ] as const) expect((await room.asNurse(request)).status).toBe(404);
    await reports.night({ scheduledTime: '2021-03-10T08:00:00Z' });
    const restated = async (day: string): Promise<string[]> => (await reports.restatements(day)).filter((one) => one.doseId === doseId).map(({ change }) => change);
    expect(await restated('2021-03-09')).toEqual(['delete']);

    expect([(await lift(told.personId, version + 1)).status, await coverage(), await listed()]).toEqual([200, counted, [1, 2]]);
    await reports.night({ scheduledTime: '2021-03-12T08:00:00Z' });
    expect([await restated('2021-03-10'), await restated('2021-03-11')].flat()).toEqual(['update']);
  });

  it('that no file has yet are held, and sent when it is lifted', async () => {
    const now = '2021-03-12T15:00:00.000Z';
    await send({ ...somebody('Held'), id: 'E-Held' }, { filler: 'Held1^ELM', on: '20210312' }, now);
    const told = await record('E-Held');
    const { version } = await person(told);
    await put(told.personId, version, { on: '2021-03-12', ...because }, now);
    const { recipId } = await person(told);
    await reports.night({ scheduledTime: '2021-03-13T08:00:00Z' });
    expect(await reports.fileOf('2021-03-12')).not.toContain(recipId);
    await epi({ route: 'DELETE /persons/{personId}/opt-out', params: { personId: told.personId }, body: because, ifMatch: version + 1, now: '2021-03-13T15:00:00.000Z' });
    await reports.night({ scheduledTime: '2021-03-14T08:00:00Z' });
    expect(await reports.fileOf('2021-03-13')).toContain(recipId);
  });
});
