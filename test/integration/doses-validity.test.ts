import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { movementItems } from '../../shared/ledger/items.ts';
import { planMovements } from '../../shared/ledger/plan-movements.ts';
import { commit } from '../../shared/platform/dynamo.ts';
import { doseItem, type DoseItem } from '../../shared/published/dose.ts';
import { doseIdOf } from '../../shared/published/dose-keys.ts';
import { call, type Answer, type Call } from '../support/api.ts';
import { openDoseRoom, order, refOf, siteIds, vxu, type DoseRoom, type OrderFields, type VxuFields } from '../support/dose-room.ts';
import { crosswalkRows, derive, lotOf } from '../support/derived-covid.ts';

let room: DoseRoom;
beforeAll(async () => {
  room = await openDoseRoom('dosesValidity');
  const sqs = new SQSClient({});
  await sqs.send(new CreateQueueCommand({ QueueName: 'lots' }));
  sqs.destroy();
  await room.stock({}, 100);
});
afterAll(() => room.stop());

const told = (who: VxuFields, o: OrderFields = {}): Promise<Answer> => room.sendHl7(vxu({ id: who.given ?? '', ...who, orders: order({ filler: `${who.given ?? ''}^ELM`, ...o }) }));
const doseOf = async (filler: string): Promise<DoseItem> => doseItem.parse((await room.items()).find((item) => item['type'] === 'dose' && (item['filler'] as { id?: string } | undefined)?.id === filler));
/** What was found, without the last line that says what was done (HL7-45). */
const errors = ({ text }: Answer): string[] => text.split('\r').filter((line) => line.startsWith('ERR') && !line.includes('vaccination events taken: '));
const asStaff = (request: Omit<Call, 'role'>): Promise<Answer> => call(room.handler, { role: 'dph-inventory', subject: 'stock', ...request });
const params = { siteId: siteIds.elm };
const pfizer: OrderFields = { vaccine: '208^^CVX^59267-1000-01^^NDC', mvx: 'PFR^^MVX', lot: 'EW0150', expiry: '20210731' };

describe('What is questionable about a dose refuses nothing and is kept on it', () => {
  it.each<[string, string, VxuFields, OrderFields, string[]]>([
    ['somebody below the age', 'Young', { birth: '20080101' }, {}, ['age-below']],
    ['a lot that had expired', 'Old', {}, { expiry: '20210201' }, ['lot-expired']],
    ['a product nobody knows', 'Any', {}, { vaccine: '213^^CVX', mvx: '' }, ['product-unknown']],
    ['nothing', 'Fine', {}, {}, []],
  ])('%s', async (_name, given, who, o, facts) => {
    const answer = await told({ given, ...who }, o);
    expect(answer.text).toMatch(/MSA\|A[AE]/);
    expect((await doseOf(given)).validity ?? []).toEqual(facts);
    const { body } = await room.asNurse({ route: 'GET /sites/{siteId}/doses/{doseId}', params: { ...params, doseId: doseIdOf(await doseOf(given)) } });
    expect(body).toMatchObject({ counted: true, validity: facts.map((fact) => ({ fact })) });
  });

  it('an interval too short, judged anew when a dose in between comes later or goes', async () => {
    await told({ given: 'Ivy' }, { ...pfizer, filler: 'I1^ELM', on: '20210201' });
    await told({ given: 'Ivy' }, { ...pfizer, filler: 'I2^ELM', on: '20210301' });
    expect((await doseOf('I2')).validity).toBeUndefined();
    await told({ given: 'Ivy' }, { ...pfizer, filler: 'I0^ELM', on: '20210218' });
    expect([(await doseOf('I0')).validity, (await doseOf('I2')).validity]).toEqual([undefined, ['interval-short']]);
    await told({ given: 'Ivy' }, { ...pfizer, filler: 'I0^ELM', on: '20210218', action: 'D' });
    expect((await doseOf('I2')).validity).toBeUndefined();
  });

  it('a further report of a dose is no second dose that came too early', async () => {
    await told({ given: 'Ike' }, { ...pfizer, filler: 'K1^ELM' });
    await told({ given: 'Ike' }, { ...pfizer, filler: 'K2^ELM' });
    expect([(await doseOf('K1')).validity, (await doseOf('K2')).validity]).toEqual([undefined, undefined]);
  });

  it('a lot of which all, or a part, lay in quarantine', async () => {
    const { INVENTORY_TABLE = '' } = room.suite.tables;
    const quarantine = async (lot: string, doses: number): Promise<void> => {
      await room.stock({ lot }, 10, { vial: { label: 6, counted: 5 } });
      const account = await room.account({ lot });
      const planned = planMovements(account === undefined ? [] : [account], [{ ref: refOf({ lot }), movement: { kind: 'quarantine', key: `q-${lot}`, doses, reason: 'excursion', position: { unit: 'U1', state: 'thawed' } } }]);
      if (planned.kind === 'refused') throw new Error(planned.refusal.kind);
      await commit(room.suite.dynamo, movementItems(INVENTORY_TABLE, planned.plan, { at: '2021-03-08T12:00:00.000Z', actor: 'dock' }));
    };
    await quarantine('PART1', 4);
    await quarantine('WHOLE1', 10);
    await told({ given: 'Part' }, { lot: 'PART1' });
    const answer = await told({ given: 'Whole' }, { lot: 'WHOLE1' });
    expect([(await doseOf('Part')).validity, (await doseOf('Whole')).validity]).toEqual([['storage-unknown'], ['storage-suspect']]);
    expect(errors(answer).join()).toContain('the lot was in quarantine after an excursion');
  });
});

describe('A recalled lot', () => {
  const form = { lot: 'RC-77', mvx: 'JSN', from: '2021-03-05', reason: 'the manufacturer took it back' };
  it('is recorded by the department, seen by the sites that have it, warned of in answers, and lifted', async () => {
    await room.stock({ lot: 'RC77' }, 10);
    const recorded = await asStaff({ route: 'POST /recalls', body: form, key: 'recall-key-1' });
    expect([recorded.status, (await asStaff({ route: 'POST /recalls', body: form, key: 'recall-key-2' })).status]).toEqual([201, 200]);
    expect((await asStaff({ route: 'POST /recalls', body: { ...form, from: '2021-03-06' }, key: 'recall-key-3' })).status).toBe(409);
    expect((await room.asNurse({ route: 'GET /sites/{siteId}/recalls', params })).body['items']).toMatchObject([{ lot: 'RC-77', onHand: 10, administered: 0 }]);
    expect((await asStaff({ route: 'GET /recalls' })).body['items']).toMatchObject([{ lot: 'RC-77', state: 'standing', version: 1 }]);

    expect(errors(await told({ given: 'Rex' }, { lot: 'rc77' })).join()).toMatch(/\|W\|.*the lot is recalled/);
    await told({ given: 'Ray' }, { lot: 'RC77', on: '20210304' });
    expect([(await doseOf('Rex')).validity, (await doseOf('Ray')).validity]).toEqual([['lot-recalled'], undefined]);

    const recall = { recallId: String(recorded.body['recallId']) };
    const lift = (ifMatch: number) => asStaff({ route: 'PUT /recalls/{recallId}', params: recall, body: { state: 'lifted', reason: 'it was another lot' }, ifMatch });
    expect([(await lift(2)).status, (await lift(1)).status, (await lift(2)).status]).toEqual([412, 200, 409]);
    await told({ given: 'Rio' }, { lot: 'RC77' });
    expect((await doseOf('Rio')).validity).toBeUndefined();
    expect((await room.asNurse({ route: 'GET /sites/{siteId}/recalls', params })).body['items']).toEqual([]);
    expect((await room.asNurse({ route: 'POST /recalls', body: form, key: 'recall-key-4' })).status).toBe(403);
  });

  it('is known by the product it was taken from, not by the maker that somebody typed; one of another maker is another lot', async () => {
    await room.stock({ lot: 'RC88' }, 10);
    const record = (mvx: string) => asStaff({ route: 'POST /recalls', body: { ...form, lot: 'RC88', mvx }, key: `recall-88-${mvx}` });
    expect((await record('JSN')).body['remark']).toMatch(/^No dose of this lot/);
    const facts = async (name: string, o: OrderFields): Promise<unknown> => {
      await told({ given: name }, { lot: 'RC88', ...o });
      return (await doseOf(name)).validity;
    };
    expect(await facts('Typo', { mvx: 'PFR^^MVX' })).toEqual(['lot-recalled']);
    expect(await facts('Coded', { vaccine: '212^^CVX', mvx: 'PFR^^MVX' })).toEqual(['lot-recalled']); // by the account
    expect(await facts('Pfizer', { ...pfizer, lot: 'RC88', expiry: '20210625', mvx: 'JSN^^MVX' })).toBeUndefined();
    const pfizers = await record('PFR');
    expect(pfizers.body).toMatchObject({ mvx: 'PFR', remark: expect.stringContaining('are of JSN, none of PFR') });
    expect((await room.asNurse({ route: 'GET /sites/{siteId}/recalls', params })).body['items']).toMatchObject([{ lot: 'RC88', mvx: 'JSN' }]);
    for (const mvx of ['JSN', 'PFR']) await asStaff({ route: 'PUT /recalls/{recallId}', params: { recallId: String((await record(mvx)).body['recallId']) }, body: { state: 'lifted', reason: 'a test of makers' }, ifMatch: 1 });
  });
});

describe('A site’s day', () => {
  it('lists the doses with something questionable and counts each kind, further reports left out', async () => {
    const { body } = await room.asNurse({ route: 'GET /sites/{siteId}/validity', params, query: { day: '2021-03-08' } });
    expect(body).toMatchObject({ day: '2021-03-08', complete: true, counts: { 'age-below': 1, 'lot-expired': 1, 'product-unknown': 1, 'storage-suspect': 1, 'storage-unknown': 1, 'lot-recalled': 3 } });
    expect((body['items'] as { validity: unknown[] }[]).every(({ validity }) => validity.length > 0)).toBe(true);
    expect((body['items'] as unknown[]).length).toBe(8);
    expect(body['doses']).toBeGreaterThan(8);
  });
});

describe('A day that is probably wrong', () => {
  const given = async (): Promise<number> => (await room.account())?.buckets.administered ?? 0;
  const worklist = async (doseId: string): Promise<unknown[]> => {
    const { body } = await room.asNurse({ route: 'GET /sites/{siteId}/worklist', params, query: { limit: '200' } });
    return (body['items'] as { doseId: string; why: string; explanation: string }[]).filter((item) => item.doseId === doseId).map(({ why, explanation }) => [why, explanation]);
  };
  const idOf = async (filler: string): Promise<string> => doseIdOf(await doseOf(filler));
  const confirm = async (filler: string, ifMatch?: number): Promise<Answer> => {
    const dose = await doseOf(filler);
    return room.asNurse({ route: 'POST /sites/{siteId}/doses/{doseId}/date-confirmation', params: { ...params, doseId: doseIdOf(dose) }, body: { reason: 'the delivery was counted late' }, ifMatch: ifMatch ?? dose.version });
  };

  it('because the vaccine was not sold yet: said with the day that is known, on the worklist, not counted; the vial is gone', async () => {
    const before = await given();
    const answer = await told({ given: 'Early' }, { on: '20201224' });
    expect([/MSA\|(A\w)/.exec(answer.text)?.[1], errors(answer).join()]).toEqual(['AE', expect.stringMatching(/RXA\^1\^3\|102\^.*\|W\|.*first sold on 2021-02-01 - dose stored, not counted/)]);
    expect(await doseOf('Early')).toMatchObject({ validity: ['before-vaccine-existed', 'before-lot-received'], reportable: false, decrement: { kind: 'matched' }, lotReceivedOn: '2021-03-01' });
    expect([await given(), await worklist(await idOf('Early'))]).toEqual([before + 1, [['before-vaccine-existed', 'the day is before the vaccine was sold; not counted until it is corrected']]]);
    const { body } = await room.asNurse({ route: 'GET /sites/{siteId}/doses/{doseId}', params: { ...params, doseId: await idOf('Early') } });
    expect(body).toMatchObject({ counted: false, reportable: false, validity: [{ explanation: expect.stringContaining('not counted until it is corrected') }, {}] });
    const refused = await confirm('Early');
    expect([refused.status, refused.body['detail'], (await doseOf('Early')).version, (await worklist(await idOf('Early'))).length]).toEqual([409, expect.stringContaining('can only be corrected'), 1, 1]);

    await told({ given: 'Early' }, { on: '20210308', action: 'U' });
    const corrected = await doseOf('Early');
    expect([corrected.validity, corrected.lotReceivedOn, corrected.dateConfirmed, corrected.reportable]).toEqual([undefined, undefined, undefined, true]);
    expect([await given(), await worklist(await idOf('Early'))]).toEqual([before + 1, []]);
  });

  it('because the lot had not come yet: said with the day it came, on the worklist until the site says that the day is right', async () => {
    const answer = await told({ given: 'Ahead' }, { on: '20210226' });
    expect(errors(answer).join()).toMatch(/RXA\^1\^3.*\|W\|.*the lot came to the site on 2021-03-01/);
    expect(await doseOf('Ahead')).toMatchObject({ validity: ['before-lot-received'], reportable: true, decrement: { kind: 'matched' } });
    expect(await worklist(await idOf('Ahead'))).toEqual([['before-lot-received', 'the day is before the lot came to the site']]);
    expect(errors(await told({ given: 'Ahead' }, { on: '20210226' })).join()).toMatch(/RXA\^1\^3.*\|W\|.*the lot came to the site on 2021-03-01/);
    expect([(await confirm('Ahead', 7)).status, (await confirm('Ahead')).status, (await confirm('Ahead')).status, (await confirm('Fine')).status]).toEqual([412, 200, 409, 409]);
    expect([await worklist(await idOf('Ahead')), (await doseOf('Ahead')).dateConfirmed]).toEqual([[], { at: expect.any(String), by: 'nurse', reason: 'the delivery was counted late' }]);
    expect(errors(await told({ given: 'Ahead' }, { on: '20210226' })).join()).not.toContain('came to the site');
  });

  it('is said in JSON with its path; history without a site is not counted either', async () => {
    const patient = { ids: [{ id: 'Json1' }], name: { family: 'Alder', given: 'Jolan' }, birthDate: '1958-05-09', sex: 'F' };
    const dose = { givenOn: '2019-03-08', vaccine: { cvx: '208' }, source: '01', patient };
    const { body } = await room.asNurse({ route: 'POST /sites/{siteId}/doses', params, body: { doses: [dose] }, key: 'json-early-1' });
    expect(body['items']).toMatchObject([{ status: 'recorded', dose: { reportable: false }, remarks: expect.arrayContaining([expect.objectContaining({ path: 'body.doses[0].givenOn', rule: 'DOSE-04', severity: 'W' })]) }]);
  });
});

describe('DERIVED messages through the API', () => {
  it('move one dose for each maker, put it back when deleted, and count what is told again once', async () => {
    for (const row of [...Map.groupBy(crosswalkRows(), ({ mvx }) => mvx).values()].flatMap(([first]) => first ?? [])) {
      const ref = { ndc: row.useNdc, lot: lotOf(row) };
      await room.stock(ref, 10, {}, '2020-12-01T12:00:00.000Z');
      const now = { now: '2026-01-05T15:00:00.000Z' };
      const given = async (): Promise<number> => (await room.account(ref))?.buckets.administered ?? 0;
      const send = async (variant: Parameters<typeof derive>[1], expected: number): Promise<void> => {
        const { text } = derive(row, variant);
        expect([row.mvx, variant, /MSA\|(A\w)/.exec((await room.sendHl7(text, 'elm-ehr', now)).text)?.[1], await given()]).toEqual([row.mvx, variant, 'AA', expected]);
      };
      await send('as told', 1);
      await send('as told', 1);
      await send('sale NDC', 1);
      await send('update', 1);
      const other = derive(row, 'CVX only').text.replaceAll(`ORC|RE|5237^NIST-AA-IZ-2|DERIVED-`, 'ORC|RE|5237^NIST-AA-IZ-2|AGAIN-');
      expect([(await room.sendHl7(other, 'elm-ehr', now)).status, await given()]).toEqual([200, 1]);
      await send('deletion', 1);
      await room.sendHl7(other.replace(/\|CP\|A/, '|CP|D'), 'elm-ehr', now);
      expect([row.mvx, await given()]).toEqual([row.mvx, 0]);
    }
  });
});
