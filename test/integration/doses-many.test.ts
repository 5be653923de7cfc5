import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { toldDose, toldPatient } from '../../functions/doses/domain/told.ts';
import type { DosesMemory } from '../../functions/doses/record-dose.ts';
import { siteItem, siteKey } from '../../shared/published/site.ts';
import { doseItem, type DoseItem } from '../../shared/published/dose.ts';
import { doseIdOf } from '../../shared/published/dose-keys.ts';
import { call, type Answer } from '../support/api.ts';
import { janssen, openDoseRoom, order, siteIds, vxu, type DoseRoom, type OrderFields, type VxuFields } from '../support/dose-room.ts';
import { elmEhr, reportHl7Over, tellRowOver } from '../support/dose-reporter.ts';
import { suiteClient } from '../support/dynamodb-local.ts';

let room: DoseRoom;
beforeAll(async () => {
  room = await openDoseRoom('dosesMany');
  await room.stock({}, 100);
  await room.stock({ lot: 'OTHER77' }, 100);
});
afterAll(() => room.stop());

const at = (time: string) => ({ now: `2021-03-${time}:00.000Z` });
const elm = (who: VxuFields, o: OrderFields = {}, now = '08T15:00'): Promise<Answer> => room.sendHl7(vxu({ id: who.given ?? '', ...who, orders: order({ filler: `${who.given ?? ''}^ELM`, ...o }) }), 'elm-ehr', at(now));
const oak = (who: VxuFields, now: string): Promise<Answer> =>
  room.sendHl7(vxu({ id: `K${who.given ?? ''}`, authority: 'OAK', responsible: 'OAK', ...who, orders: order({ filler: `K${who.given ?? ''}^OAK`, facility: 'Oak Hospital' }) }), 'oak-ehr', at(now));
const dosesOf = async (given: string): Promise<DoseItem[]> => {
  const items = await room.items();
  const records = items.filter((item) => item['type'] === 'record' && item['sk'] === 'RECORD' && (item['names'] as { given: string }[])[0]?.given === given).map(({ pk }) => pk);
  return items.filter((item) => item['type'] === 'dose' && records.includes(item['pk'])).map((item) => doseItem.parse(item));
};
const idOf = async (filler: string): Promise<string> =>
  doseIdOf(doseItem.parse((await room.items()).find((item) => item['type'] === 'dose' && (item['filler'] as { id?: string } | undefined)?.id === filler)));
const given = async (): Promise<number> => (await room.account())?.buckets.administered ?? 0;
const judge = (request: Omit<Parameters<typeof call>[1], 'role'>): Promise<Answer> => call(room.handler, { role: 'dph-epidemiologist', subject: 'epi', ...request });
const openReviews = async (): Promise<string[]> => ((await judge({ route: 'GET /dose-reviews' })).body['items'] as { doseId: string }[]).map(({ doseId }) => doseId);
const decide = async (filler: string, body: { with: string; outcome: string }): Promise<Answer> => {
  const params = { doseId: await idOf(filler) };
  const { version } = await judge({ route: 'GET /dose-reviews/{doseId}', params });
  return judge({ route: 'POST /dose-reviews/{doseId}/decision', params, ifMatch: version ?? 0, body: { reason: 'asked both sites', ...body }, ...at('13T15:00') });
};

describe('A message with many doses of one patient', () => {
  const days = Array.from({ length: 30 }, (_, at) => `20${String(11 + Math.floor(at / 4)).padStart(2, '0')}${String(1 + (at % 4) * 3).padStart(2, '0')}05`);
  const flu = (filler: string, on: string, more: OrderFields = {}): string[] => order({ filler, on, vaccine: '141^^CVX', source: '01^^NIP001', lot: '', expiry: '', mvx: '', ...more });
  const long = (name: string, who: VxuFields = {}): string =>
    vxu({ id: name, given: name, birth: '19500101', ...who, orders: [...days.flatMap((on, at) => flu(`${name}${at}^ELM`, on)), ...order({ filler: `${name}N^ELM` }), ...order({ filler: `${name}N2^ELM` })] });

  it('stores each, counts what it repeats under another id once, and reads the person once for all of them', async () => {
    const stock = await given();
    const client = suiteClient('unused');
    const { accessKeyId, secretAccessKey } = await room.suite.dynamo.config.credentials();
    client.config.credentials = () => Promise.resolve({ accessKeyId, secretAccessKey });
    let reads = 0;
    const answer = await reportHl7Over(client, (store) => ({ ...store, ofPerson: (person) => { reads += 1; return store.ofPerson(person); } }))(long('Lou'), elmEhr, '2021-03-08T15:00:00.000Z');
    client.destroy();
    expect([answer.answer, reads]).toEqual(['AA', 1]);
    const doses = await dosesOf('Lou');
    expect([doses.length, doses.filter(({ witnessOf }) => witnessOf !== undefined).map(({ judged }) => judged?.rule)]).toEqual([32, ['repeated']]);
    expect(await given()).toBe(stock + 1);
  });

  it('or a file with many rows of one reads them once too, and again only when somebody else wrote meanwhile', async () => {
    const stock = await given();
    const client = suiteClient('unused');
    const { accessKeyId, secretAccessKey } = await room.suite.dynamo.config.credentials();
    client.config.credentials = () => Promise.resolve({ accessKeyId, secretAccessKey });
    let reads = 0;
    const tellRow = tellRowOver(client, (store) => ({ ...store, ofPerson: (person) => { reads += 1; return store.ofPerson(person); } }));
    const site = siteItem.parse((await room.suite.dynamo.send(new GetCommand({ TableName: room.suite.tables['ENROLLMENT_TABLE'], Key: siteKey(siteIds.elm) }))).Item);
    const memory: DosesMemory = new Map();
    const address = { street: '12 Oak Lane', city: 'Hartford', state: 'CT', zip: '06106' };
    const patient = toldPatient.parse({ ids: [{ id: 'Ro-file' }], name: { family: 'Okafor', given: 'Ro' }, birthDate: '1956-03-12', sex: 'F', phone: '860-555-0177', address });
    const row = async (givenOn: string, n: number): Promise<string> => {
      const dose = toldDose.parse({ givenOn, vaccine: { cvx: '212', ndc: janssen.ndc }, mvx: 'JSN', lot: janssen.lot, expiry: '2021-06-25', route: 'C28161', bodySite: 'LA', eligibility: 'V01', amount: 0.5, unit: 'mL' });
      const toldAs = { messageId: `msg_${'r'.repeat(26)}`, receivedAt: '2021-03-08T15:00:00.000Z' };
      return (await tellRow({ ...dose, patient }, { site, message: toldAs, actor: 'nurse', rowId: `Ro-${n}`, standInId: `Ro-${n}`, root: 'row', memory })).status;
    };
    for (const [n, on] of ['2021-03-01', '2021-03-03', '2021-03-05'].entries()) expect(await row(on, n)).toBe('recorded');
    expect(reads).toBe(1);
    await elm({ given: 'Ro', id: 'Ro' }, { on: '20210308' });
    // What the EHR told meanwhile is seen: the same dose told by the file is one with it.
    expect([await row('2021-03-08', 3), reads]).toEqual(['recorded', 2]);
    client.destroy();
    const doses = await dosesOf('Ro');
    expect([doses.length, doses.filter(({ witnessOf }) => witnessOf !== undefined).length, await given()]).toEqual([5, 1, stock + 4]);
  });

  it('adds, corrects, deletes and adds again in the order told', async () => {
    const stock = await given();
    const orders = [...order({ filler: 'Mo^ELM' }), ...order({ filler: 'Mo^ELM', action: 'U', lot: 'OTHER77' }), ...order({ filler: 'Mo2^ELM', on: '20210301', action: 'D' }), ...order({ filler: 'Mo^ELM', action: 'D', lot: 'OTHER77' }), ...order({ filler: 'Mo^ELM' })];
    const answer = await room.sendHl7(vxu({ id: 'Mo', given: 'Mo', orders }), 'elm-ehr', at('08T15:00'));
    expect(answer.text).toContain('The dose to delete is not known');
    expect((await dosesOf('Mo')).map(({ state, version, lot }) => [state, version, lot])).toEqual([['corrected', 4, '1805018']]);
    expect(await given()).toBe(stock + 1);
  });

  it('sent by two connections at once under other ids is stored whole by both, and each dose counts once', async () => {
    const stock = await given();
    const report = reportHl7Over(room.suite.dynamo);
    const texts = ['Nia', 'Nia'].map((name, n) => long(name, { id: `${name}${n}`, controlId: `nia${n}` }).replaceAll('^ELM\r', `${n}^ELM\r`));
    await Promise.all(texts.map(async (text) => {
      for (let attempt = 1; attempt <= 30; attempt += 1) if (!(await report(text, elmEhr, '2021-03-08T15:00:00.000Z')).isRetry) return;
      throw new Error('never answered');
    }));
    const doses = await dosesOf('Nia');
    expect([doses.length, doses.filter(({ witnessOf }) => witnessOf === undefined).length, (await given()) - stock]).toEqual([64, 31, 1]);
  });

  it('of one organization’s EHR and portal tell one dose', async () => {
    const stock = await given();
    await elm({ given: 'Ola' });
    const patient = { ids: [{ id: 'Ola', authority: 'ELM' }], name: { family: 'Alder', given: 'Ola' }, birthDate: '1961-05-09', sex: 'F' };
    const [who] = (await room.items()).filter((item) => item['type'] === 'record' && (item['names'] as { given: string }[])[0]?.given === 'Ola') as { names: { family: string; given: string }[]; birthDate: string; sex: string }[];
    const dose = { givenOn: '2021-03-08', vaccine: { cvx: '212', ndc: '59676-0580-05' }, mvx: 'JSN', lot: '18O5018', amount: 0.5, unit: 'mL', eligibility: 'V01', patient: { ...patient, name: { family: who?.names[0]?.family, given: 'Ola' }, birthDate: who?.birthDate, sex: who?.sex } };
    const answer = await room.asNurse({ route: 'POST /sites/{siteId}/doses', params: { siteId: siteIds.elm }, body: { doses: [dose] }, key: 'portal-ola-1', ...at('08T18:00') });
    expect([answer.status, JSON.stringify(answer.body['items'])]).toEqual([201, expect.stringContaining('given-twice-by-one-sender')]);
    expect([(await dosesOf('Ola')).filter(({ witnessOf }) => witnessOf !== undefined).length, await given()]).toEqual([1, stock + 1]);
  });
});

describe('Pairs of which somebody must say whether they are one dose', () => {
  it('wait in one list, the oldest question first, page by page, until they are decided', async () => {
    const names = ['Una', 'Tim', 'Ugo', 'Uma', 'Ute'];
    for (const name of names.toReversed()) {
      const day = String(names.indexOf(name) + 8).padStart(2, '0');
      await elm({ given: name }, {}, `${day}T15:00`);
      await oak({ given: name }, `${day}T16:00`);
    }
    const ids = await Promise.all(names.map((name) => idOf(`K${name}`)));
    const waiting = async (): Promise<string[]> => (await openReviews()).filter((id) => ids.includes(id));
    expect(await waiting()).toEqual(ids);
    const paged: string[] = [];
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const { body } = await judge({ route: 'GET /dose-reviews', query: { limit: '1', ...(cursor === undefined ? {} : { cursor }) } });
      paged.push(...(body['items'] as { doseId: string }[]).map(({ doseId }) => doseId));
      cursor = body['nextCursor'] as string | undefined;
    }
    expect(paged).toEqual(await openReviews());
    for (const name of names) await decide(`K${name}`, { with: await idOf(name), outcome: 'same' });
    expect(await waiting()).toEqual([]);
  });
});
