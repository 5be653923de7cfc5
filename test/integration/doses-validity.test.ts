import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { CreateQueueCommand, DeleteMessageCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { movementItems } from '../../shared/ledger/items.ts';
import { planMovements } from '../../shared/ledger/plan-movements.ts';
import { commit } from '../../shared/platform/dynamo.ts';
import { doseItem, type DoseItem } from '../../shared/published/dose.ts';
import { doseIdOf } from '../../shared/published/dose-keys.ts';
import { call, type Answer, type Call } from '../support/api.ts';
import { openDoseRoom, order, refOf, siteIds, vxu, type DoseRoom, type OrderFields, type VxuFields } from '../support/dose-room.ts';
import { excursionItem } from '../../functions/shipments/schemas.ts';
import { streamEvent } from '../support/stream-event.ts';
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
});

describe('A recall recorded after the doses', () => {
  const form = { lot: 'LATE-5', mvx: 'JSN', from: '2021-03-05', reason: 'glass was found in it' };
  const queueUrl = (): string => process.env['LOTS_QUEUE_URL'] ?? '';
  const asEpi = (request: Omit<Call, 'role'>): Promise<Answer> => call(room.handler, { role: 'dph-epidemiologist', subject: 'epi', ...request });
  const given: Record<string, string> = {};
  let judge: (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>) => Promise<SQSBatchResponse>;
  let recallId = '';
  let sqs: SQSClient;
  const run = (body: object, remainingMs = 300_000): Promise<SQSBatchResponse> => judge(
    { Records: [{ messageId: 'm', body: JSON.stringify(body), attributes: { SentTimestamp: String(Date.parse('2021-03-10T15:00:00.000Z')) } } as SQSRecord] }, { getRemainingTimeInMillis: () => remainingMs },
  );
  const waiting = async (): Promise<object[]> => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl(), MaxNumberOfMessages: 10 }));
    await Promise.all(Messages.map(({ ReceiptHandle }) => sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl(), ReceiptHandle }))));
    return Messages.map(({ Body = '{}' }) => JSON.parse(Body) as object);
  };
  const recalled = async (): Promise<string[]> => {
    const names = await Promise.all(['Liv', 'Lars', 'Lena', 'Loki', 'Lump'].map(async (name) => [name, (await doseOf(name)).validity ?? []] as const));
    return names.filter(([, facts]) => facts.includes('lot-recalled')).map(([name]) => name);
  };
  const stored = async (): Promise<unknown[]> => (await room.items()).filter(({ type }) => ['dose', 'dose-version', 'person'].includes(String(type)));

  beforeAll(async () => {
    sqs = new SQSClient({});
    judge = (await import('../../functions/doses/on-lot.ts')).handler;
    await room.stock({ lot: 'LATE5' }, 10);
    await room.stock({ lot: 'LATE5', siteId: siteIds.oak }, 10);
    await told({ given: 'Liv' }, { lot: 'LATE5' });
    await told({ given: 'Lars' }, { lot: 'late-5', on: '20210304' });
    await room.sendHl7(vxu({ id: 'Lena', given: 'Lena', authority: 'OAK', responsible: 'OAK', orders: order({ filler: 'Lena^OAK', lot: 'LATE5', facility: 'Oak Hospital' }) }), 'oak-ehr');
    await told({ given: 'Loki' }, { lot: 'LATE5', source: '01^^NIP001', facility: 'Somewhere else' });
    await told({ given: 'Lump' }, { lot: 'LATE6' });
    for (const name of ['Liv', 'Lars', 'Lena', 'Loki', 'Lump']) given[name] = doseIdOf(await doseOf(name));
  });
  afterAll(() => { sqs.destroy(); });

  it('asks for its lot to be judged again, after whatever was being written', async () => {
    const delayed = async (): Promise<number> =>
      Number((await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl(), AttributeNames: ['ApproximateNumberOfMessagesDelayed'] }))).Attributes?.['ApproximateNumberOfMessagesDelayed']);
    const before = await delayed();
    const { body, status } = await asStaff({ route: 'POST /recalls', body: form, key: 'recall-late-1' });
    recallId = String(body['recallId']);
    expect([status, await delayed(), await recalled()]).toEqual([201, before + 1, []]);
  });

  it('stands on every dose of the lot from its day on, at whichever site, also where no stock moved, each written once', async () => {
    const [before, stock] = [await stored(), await room.account({ lot: 'LATE5' })];
    expect(await run({ recallId })).toEqual({ batchItemFailures: [] });
    expect(await recalled()).toEqual(['Liv', 'Lena', 'Loki']);
    const after = await stored();
    expect([after.length - before.length, await room.account({ lot: 'LATE5' })]).toEqual([3, stock]);
    await run({ recallId });
    expect(await stored()).toEqual(after);
  });

  it('is cut off and goes on where it stopped', async () => {
    await asStaff({ route: 'PUT /recalls/{recallId}', params: { recallId }, body: { state: 'lifted', reason: 'it was another lot' }, ifMatch: 1 });
    await run({ recallId }, 0);
    const [rest] = await waiting();
    expect([await recalled(), rest]).toEqual([expect.not.arrayContaining(['Loki']), { recallId, cursor: expect.any(String) }]);
    for (let next = rest, turns = 0; next !== undefined && turns < 5; [next] = await waiting(), turns += 1) await run(next, 0);
    expect(await recalled()).toEqual([]);
    expect((await run({ recallId, cursor: 'x' })).batchItemFailures).toEqual([{ itemIdentifier: 'm' }]);
    expect((await run({ recallId: 'rcl_none' })).batchItemFailures).toEqual([]);
  });

  it('is traced by the department to the persons who got it, page by page, every one of whom is told in the audit', async () => {
    const traced: { doseId: string; personId: string; siteId?: string }[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await asEpi({ route: 'GET /recalls/{recallId}/doses', params: { recallId }, query: { limit: '1', ...(cursor === undefined ? {} : { cursor }) } });
      traced.push(...(body['items'] as typeof traced));
      cursor = body['nextCursor'] as string | undefined;
    } while (cursor !== undefined);
    expect(traced.map(({ doseId }) => doseId).sort()).toEqual([given['Liv'], given['Lena'], given['Loki']].sort());
    for (const { personId } of traced) {
      const { body } = await call(room.handler, { route: 'GET /persons/{personId}/reads', params: { personId }, role: 'auditor', subject: 'auditor' });
      expect(body['items']).toMatchObject([{ what: 'recall', of: recallId, actor: 'epi' }]);
    }
    const refused = [await asStaff({ route: 'GET /recalls/{recallId}/doses', params: { recallId } }), await asEpi({ route: 'GET /recalls/{recallId}/doses', params: { recallId: 'rcl_none' } }), await asEpi({ route: 'GET /recalls/{recallId}/doses', params: { recallId }, query: { cursor: 'x' } })];
    expect(refused.map(({ status }) => status)).toEqual([403, 404, 400]);
  });
});

describe('An excursion reported after the doses', () => {
  const report = { excursionId: 'exc_1', unitId: 'U1', from: '2021-03-05T20:00:00.000Z', to: '2021-03-06T02:00:00.000Z', reportedAt: '2021-03-08T14:00:00.000Z' };
  let handlers: { judge: (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>) => Promise<SQSBatchResponse>; hear: (event: ReturnType<typeof streamEvent>) => Promise<unknown> };
  const excursion = (state: string, version = 1): Record<string, unknown> => excursionItem.parse({
    ...report, pk: `SITE#${siteIds.elm}`, sk: 'EXCURSION#exc_1', gsi1pk: `EXCURSIONS#${state}`, gsi1sk: 'x', type: 'excursion', schema: 1, version, siteId: siteIds.elm, state,
    minC: 2, maxC: 20, doses: 1, accounts: 1, reportedBy: 'nurse', requestDigest: 'd',
  });
  const put = (Item: Record<string, unknown>) => room.suite.dynamo.send(new PutCommand({ TableName: room.suite.tables['SHIPMENTS_TABLE'] ?? '', Item }));
  const run = () => handlers.judge(
    { Records: [{ messageId: 'm', body: JSON.stringify({ siteId: siteIds.elm, excursionId: 'exc_1' }), attributes: { SentTimestamp: String(Date.parse('2021-03-10T15:00:00.000Z')) } } as SQSRecord] }, { getRemainingTimeInMillis: () => 300_000 },
  );
  const facts = async (): Promise<unknown[]> => Promise.all(['Before', 'Day', 'Between', 'Told', 'Late'].map(async (name) => (await doseOf(`X${name}`)).validity ?? []));

  it('is said on the doses of its unit: suspect between, unknown on the day it began and the day it was told, and withdrawn when the vaccine was good', async () => {
    handlers = { judge: (await import('../../functions/doses/on-lot.ts')).handler, hear: (await import('../../functions/doses/on-shipments-stream.ts')).handler };
    await room.stock({ lot: 'COLD1' }, 20);
    const days = { Before: '20210304', Day: '20210305', Between: '20210306', Told: '20210308' };
    for (const [name, on] of Object.entries(days)) await told({ given: `X${name}` }, { lot: 'COLD1', on });
    await room.stock({ lot: 'COLD2' }, 20, {}, '2021-03-07T12:00:00.000Z');
    await told({ given: 'XLate' }, { lot: 'COLD2', on: '20210307' });
    await put(excursion('quarantined'));
    const stock = await room.account({ lot: 'COLD1' });
    await run();
    expect(await facts()).toEqual([[], ['storage-unknown'], ['storage-suspect'], ['storage-unknown'], []]);
    const versions = (await room.items()).filter(({ type }) => type === 'dose-version').length;
    await run();
    expect([(await room.items()).filter(({ type }) => type === 'dose-version').length, await room.account({ lot: 'COLD1' })]).toEqual([versions, stock]);
    await put(excursion('released', 2));
    await run();
    expect(await facts()).toEqual([[], [], [], [], []]);
  });

  it('is heard of when its vaccine is held and when it is decided, and nothing else of the shipments is', async () => {
    const sqs = new SQSClient({});
    const asked = async (): Promise<number> =>
      Number((await sqs.send(new GetQueueAttributesCommand({ QueueUrl: process.env['LOTS_QUEUE_URL'], AttributeNames: ['ApproximateNumberOfMessagesDelayed'] }))).Attributes?.['ApproximateNumberOfMessagesDelayed']);
    const before = await asked();
    await handlers.hear(streamEvent([excursion('reported'), excursion('quarantined'), excursion('deciding'), { type: 'shipment-line' }]));
    expect(await asked()).toBe(before + 1);
    sqs.destroy();
  });
});

describe('A site’s day', () => {
  it('lists the doses with something questionable and counts each kind, further reports left out', async () => {
    const { body } = await room.asNurse({ route: 'GET /sites/{siteId}/validity', params, query: { day: '2021-03-08' } });
    expect(body).toMatchObject({ day: '2021-03-08', complete: true, counts: { 'age-below': 1, 'lot-expired': 1, 'product-unknown': 1, 'storage-suspect': 1, 'storage-unknown': 1, 'lot-recalled': 1 } });
    expect((body['items'] as { validity: unknown[] }[]).every(({ validity }) => validity.length > 0)).toBe(true);
    expect((body['items'] as unknown[]).length).toBe(6);
    expect(body['doses']).toBeGreaterThan(6);
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
    expect([await given(), await worklist(await idOf('Early'))]).toEqual([before + 1, [['before-vaccine-existed', 'the day is before the vaccine was sold']]]);
    expect([(await confirm('Early')).status, (await worklist(await idOf('Early'))).length]).toEqual([200, 1]);
    expect((await confirm('Early')).status).toBe(409);

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
    expect([(await confirm('Ahead', 7)).status, (await confirm('Ahead')).status, (await confirm('Ahead')).status, (await confirm('Fine')).status]).toEqual([412, 200, 409, 409]);
    expect([await worklist(await idOf('Ahead')), (await doseOf('Ahead')).dateConfirmed]).toEqual([[], { at: expect.any(String), by: 'nurse', reason: 'the delivery was counted late' }]);
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
