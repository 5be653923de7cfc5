import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { addDays } from '../../shared/kernel/dates.ts';
import { awardIdOf, awardItem, awardKey } from '../../shared/published/award.ts';
import { shipmentLineItem, shipmentLineKey } from '../../shared/published/shipment-line.ts';
import { figuresKey } from '../../shared/published/site-figures.ts';
import type { Figure } from '../../functions/allocations/domain/figures/figure.ts';
import type { SiteInput } from '../../functions/allocations/domain/inputs.ts';
import type { RecountResult } from '../../functions/reports/recount.ts';
import { call, type Answer, type Call, type Handler } from '../support/api.ts';
import { openDoseRoom, order, siteIds, vxu, type DoseRoom } from '../support/dose-room.ts';
import { storedSupply } from '../support/allocation-desk.ts';
import { openRunDesk, type RunDesk } from '../support/run-desk.ts';
import { streamEvent } from '../support/stream-event.ts';

/** Doses come in as EHRs send them; reports counts them; allocations reads what reports published. Nothing is put in between. */
let room: DoseRoom;
let runDesk: RunDesk;
let allocations: Handler;
let count: (event: ReturnType<typeof streamEvent>) => Promise<unknown>;
let recount: (event: unknown) => Promise<RecountResult>;

const pfizer = '59267-1000-01';
const { elm, oak } = siteIds;
const week = '2021-03-29';
const thisWeek = '2021-03-22';
const now = '2021-03-22T15:00:00.000Z';
const back = (weeks: number): string => addDays(thisWeek, -7 * weeks);
let keys = 0;
const key = (): string => `figures-${(keys += 1)}`;

const asNurse = (request: Call): Promise<Answer> => call(allocations, { subject: 'nurse', role: 'provider-staff', now, ...request });
const asOak = (request: Call): Promise<Answer> => asNurse({ subject: 'oak-nurse', ...request });
const asAllocator = (request: Call): Promise<Answer> => call(allocations, { subject: 'ann', role: 'dph-allocator', now, ...request });

interface Given { id: string; on: string; reported?: string; number?: number; at?: 'elm' | 'oak' }
const give = async ({ id, on, reported = on, number = 1, at = 'elm' }: Given): Promise<void> => {
  const vaccine = { vaccine: `208^^CVX^${pfizer}^^NDC`, mvx: 'PFR^^MVX', lot: 'EW0150', expiry: '20210731', on: on.replaceAll('-', '') };
  const place = at === 'elm' ? {} : { facility: 'Oak Hospital' };
  // The same person wherever the dose is given: names and birth dates tell persons apart.
  const who = { family: `Fam${id}`, given: `Giv${id}`, birth: `19${40 + (Number(id) % 50)}0${1 + (Number(id) % 9)}1${Number(id) % 10}`, id: `${at}${id}`, ...(at === 'elm' ? {} : { authority: 'OAK', responsible: 'OAK' }) };
  const text = vxu({ ...who, orders: order({ ...vaccine, ...place, filler: `F${id}-${number}^${at.toUpperCase()}` }) });
  const answer = await room.sendHl7(text, `${at}-ehr`, { now: `${reported}T18:00:00.000Z` });
  // The lot never came to the other site: a warning.
  expect(answer.text).toContain(at === 'elm' ? 'MSA|AA' : 'MSA|AE');
};
const counted = async (): Promise<void> => {
  expect(await count(streamEvent(await room.items(), now))).toEqual({ batchItemFailures: [] });
};

const figuresAt = async (siteId = elm, as = asAllocator): Promise<{ input: SiteInput; of: (what: string) => Figure | undefined }> => {
  const { status, body } = await as({ route: 'GET /sites/{siteId}/allocation-figures', params: { siteId }, query: { week } });
  expect(status).toBe(200);
  const { input, figures } = body as unknown as { input: SiteInput; figures: Figure[] };
  return { input, of: (what) => figures.find(({ figureId }) => figureId === `${week}_${what}`) };
};
const draft = async (): Promise<string> => {
  const { status, body } = await runDesk.settled(asAllocator, asAllocator({ route: 'POST /allocation-runs', body: { week, policy: 'connecticut-2021-03' }, key: key() }), now);
  expect([status, body]).toEqual([201, expect.anything()]);
  return String(body['runId']);
};
const inputOf = async (runId: string, siteId = elm): Promise<{ input: SiteInput; figures: Figure[] }> =>
  (await asAllocator({ route: 'GET /allocation-runs/{runId}/inputs/{siteId}', params: { runId, siteId } })).body as unknown as { input: SiteInput; figures: Figure[] };

/** Supply in packs that are not shipped (as of earlier weeks), so small that a site of four doses a week gets some; the API takes those in force only. */
const supplied = (line: object): Promise<unknown> => room.suite.dynamo.send(new PutCommand({ TableName: 'allocations_table', Item: storedSupply({ week, ndc: pfizer, doseNumber: 1, packDoses: 1170, packs: 10, ...line }) }));

/** Eight weeks of four first doses each, on Tuesdays; half of them are told a week late. */
const firstDoses = Array.from({ length: 8 }, (_, at) => at + 1).flatMap((ago) =>
  [0, 1, 2, 3].flatMap((n): Given[] => {
    const on = addDays(back(ago), 1);
    const reported = n < 2 ? on : addDays(on, 7);
    return reported >= thisWeek ? [] : [{ id: String(100 + ago * 4 + n), on, reported }];
  }));

beforeAll(async () => {
  room = await openDoseRoom('allocationFigures');
  process.env['COUNTER_SHARDS'] = '2';
  runDesk = await openRunDesk(room.s3.endpoint);
  allocations = (await import('../../functions/allocations/http.ts')).handler;
  count = (await import('../../functions/reports/on-doses-stream.ts')).handler;
  recount = (await import('../../functions/reports/on-recount.ts')).handler;
  for (const siteId of [elm, oak])
    expect((await asAllocator({ route: 'PUT /sites/{siteId}/standing', params: { siteId }, body: { group: 'elsewhere', weights: { population: 1000 }, tiers: [{ tiers: ['1b', '1a'], people: 30 }, { tiers: ['1b'], people: 20 }] }, ifMatch: 0 })).status).toBe(200);
  for (const doseNumber of [1, 2]) await supplied({ week, doseNumber, packDoses: 12, packs: 100 });
  await room.stock({ ndc: pfizer, lot: 'EW0150' }, 1170, {}, '2021-01-04T12:00:00.000Z'); // before the first dose of it
  for (const dose of firstDoses) await give(dose);
  await counted();
});
afterAll(() => runDesk.stop().then(() => room.stop()));

describe('Doses reported at a site', () => {
  it('make second doses due in the next draft, by week, the unreported counted in, and the site is offered a pack it never asked for', async () => {
    const runId = await draft();
    const { input, figures } = await inputOf(runId);
    const [line] = input.lines;
    expect(line).toMatchObject({ product: pfizer, doseNumber: 2, requestDoses: 24, requestIs: 'due' });
    // Of last week's four first doses two are told; the delay of all weeks says that two are still to come.
    expect(line?.due).toEqual([back(2), back(1), thisWeek, week, addDays(week, 7)].map((day) => ({ day, doses: 4 })));
    expect(figures.find(({ figureId }) => figureId.endsWith(`_${addDays(week, 7)}`))?.words).toContain('2 more are expected from doses given and not reported yet');
    const awards = (await asAllocator({ route: 'GET /allocation-runs/{runId}/awards', params: { runId } })).body['items'] as { siteId: string; doseNumber: number; packs: number; words: string[] }[];
    expect(awards).toMatchObject([{ siteId: elm, doseNumber: 2, packs: 2 }]); // 16 fall due by the end of the week: two packs of 12
    expect(awards[0]?.words.slice(0, 2)).toEqual([expect.stringMatching(/; it asked for none\.$/), '24 doses stand for its request: its second doses due by the end of the week, in whole packs.']);
    expect((await asAllocator({ route: 'POST /allocation-runs/{runId}/replay', params: { runId } })).body).toMatchObject({ same: true });
    const listed = (await asAllocator({ route: 'GET /allocation-runs/{runId}/inputs', params: { runId } })).body['items'] as { siteId: string }[];
    expect(listed.map(({ siteId }) => siteId).sort()).toEqual([elm, oak].sort());
  });

  it('come to a lag-corrected throughput, stock by the ledger and what was at hand', async () => {
    const { input, of } = await figuresAt(elm, asNurse);
    expect(input.throughputDoses).toBe(4);
    expect(of('throughput')).toMatchObject({ source: 'records', words: expect.arrayContaining([`week of ${back(1)}: 2 reported, 4 given (4 at most)`]) as unknown });
    expect(of(`on-hand_${pfizer}`)).toMatchObject({ value: 1170 - firstDoses.length, source: 'ledger' });
    expect(of(`used_${pfizer}_${back(4)}`)).toMatchObject({ value: 4 });
    expect(of('weight_tier-1a')).toMatchObject({ value: 30 });
    expect(of('weight_tier-1b')).toMatchObject({ value: 20 });
    const one = await asNurse({ route: 'GET /sites/{siteId}/allocation-figures/{figureId}', params: { siteId: elm, figureId: `${week}_throughput` } });
    expect([one.status, one.body]).toEqual([200, expect.objectContaining({ value: 4, unit: 'doses a week', siteId: elm })]);
    for (const figureId of ['nonsense', `${week}_throughput_x`]) expect((await asNurse({ route: 'GET /sites/{siteId}/allocation-figures/{figureId}', params: { siteId: elm, figureId } })).status).toBe(404);
  });

  it('owe nothing for who had the second dose anywhere, whose first was withdrawn, or who refused', async () => {
    const [first, second, third] = firstDoses.filter(({ on }) => on === addDays(back(2), 1));
    await give({ id: first?.id ?? '', on: '2021-03-21', number: 2, at: 'oak' });
    const doses = await room.items();
    const withdrawn = doses.find((item) => item['type'] === 'dose' && (item['filler'] as { id?: string } | undefined)?.id === `F${second?.id ?? ''}-1`) as { pk: string; sk: string } | undefined;
    const doseId = `dos_${withdrawn?.pk.slice('RECORD#rec_'.length) ?? ''}_${withdrawn?.sk.slice('DOSE#'.length) ?? ''}`;
    expect((await room.asNurse({ route: 'DELETE /sites/{siteId}/doses/{doseId}', params: { siteId: elm, doseId }, ifMatch: 1, body: { reason: 'it was not given' }, now })).status).toBe(200);
    await counted();
    expect((await figuresAt()).of(`due_${pfizer}_2_${week}`)).toMatchObject({ value: 2 });
    const who = { family: `Fam${third?.id ?? ''}`, given: `Giv${third?.id ?? ''}`, birth: `19${40 + (Number(third?.id) % 50)}0${1 + (Number(third?.id) % 9)}1${Number(third?.id) % 10}`, id: `elm${third?.id ?? ''}` };
    const refusal = order({ vaccine: '208^^CVX', lot: '', expiry: '', mvx: '', on: '20210320', completion: 'RE', refusal: '00^Parental decision^NIP002', amount: '999', filler: 'REF1^ELM', obx: [] });
    await room.sendHl7(vxu({ ...who, orders: refusal }), 'elm-ehr', { now });
    await counted();
    expect((await figuresAt()).of(`due_${pfizer}_2_${week}`)).toMatchObject({ value: 1 });
  });

  it('are covered first by what was awarded for them and not given yet', async () => {
    const name = { week: thisWeek, ndc: pfizer, doseNumber: 2, packDoses: 1170, runId: 'run_before' };
    const award = awardItem.parse({ ...awardKey(elm, name), ...name, type: 'award', schema: 1, version: 1, awardId: awardIdOf(name), siteId: elm, packs: 1, doses: 1170, acceptedDoses: 10, state: 'accepted', channel: 'jurisdiction' });
    await room.suite.dynamo.send(new PutCommand({ TableName: 'allocations_table', Item: award }));
    const { input, of } = await figuresAt();
    expect([back(2), back(1), thisWeek, week].map((day) => of(`due_${pfizer}_2_${day}`)?.value)).toEqual([0, 0, 2, 1]);
    expect(of(`due_${pfizer}_2_${thisWeek}`)?.words.join()).toContain('2 are covered by doses awarded earlier');
    expect(input.lines.find(({ doseNumber }) => doseNumber === 2)?.due[0]).toEqual({ day: thisWeek, doses: 2 });
  });

  it('equal a recount from the dose records; a figure bent by hand is found and set right', async () => {
    const clean = { wrongPersons: 0, wrongCounters: 0, movingCounters: 0 };
    expect(await recount({ scheduledTime: '2021-03-22T16:00:00Z' })).toMatchObject(clean);
    const bent = { ...figuresKey(elm, back(3), 0) };
    await room.suite.dynamo.send(new UpdateCommand({ TableName: 'reports_table', Key: bent, UpdateExpression: 'SET #t = :t, #s = :one ADD #a :five', ExpressionAttributeNames: { '#a': 'u:208|2', '#t': 'type', '#s': 'schema' }, ExpressionAttributeValues: { ':five': 5, ':t': 'site-figures', ':one': 1 } }));
    expect(await recount({ scheduledTime: '2021-03-22T16:01:00Z' })).toMatchObject({ wrongPersons: 0, wrongCounters: 1, counters: [{ counter: `site:${elm}|${back(3)}|u:208|2` }] });
    expect(await recount({ scheduledTime: '2021-03-22T16:02:00Z', repair: true })).toMatchObject({ repaired: 1 });
    expect(await recount({ scheduledTime: '2021-03-22T16:03:00Z' })).toMatchObject(clean);
  });
});

describe('A site whose records do not come in', () => {
  const attest = (of: string, doses: number, ifMatch = 0): Promise<Answer> => asOak({ route: 'PUT /sites/{siteId}/attestations/{week}', params: { siteId: oak, week: of }, body: { doses }, ifMatch });

  it('may attest weeks that are over, which count until records follow, and are taken back when they do not', async () => {
    expect((await figuresAt(oak)).of('throughput')).toMatchObject({ source: 'records', value: 2 });
    expect((await attest(back(2), 400)).status).toBe(200);
    expect((await attest(thisWeek, 400)).status).toBe(409);
    expect((await attest('2021-03-23', 400)).status).toBe(400);
    expect((await attest(back(2), 300)).status).toBe(412);
    expect((await figuresAt(oak)).of('throughput')).toMatchObject({ source: 'site', value: 201 });
    expect((await attest(back(7), 500)).status).toBe(200);
    const { input, of } = await figuresAt(oak);
    expect([input.throughputDoses, of('throughput')?.source]).toEqual([2, 'records']);
    expect(of('throughput')?.words).toContain(`500 doses attested for the week of ${back(7)} are taken back: records come to 0 at most`);
    const { body } = await asOak({ route: 'GET /sites/{siteId}/attestations', params: { siteId: oak } });
    expect(body['items']).toMatchObject([{ week: back(2), doses: 400 }, { week: back(7), doses: 500 }]);
  });
});

describe('A dispute of a figure', () => {
  const raise = (body: object, as = asNurse, idempotencyKey = key(), siteId = elm): Promise<Answer> => as({ route: 'POST /sites/{siteId}/disputes', params: { siteId }, body, key: idempotencyKey });
  const decide = (disputeId: unknown, body: object, ifMatch = 1): Promise<Answer> => asAllocator({ route: 'POST /sites/{siteId}/disputes/{disputeId}/answer', params: { siteId: elm, disputeId: String(disputeId) }, body, ifMatch });
  const figureId = `${week}_throughput`;
  const reason = 'our clinic gave more than that';

  it('is listed to the department and, when it is accepted, changes what the next draft takes in', async () => {
    const again = key();
    const raised = await raise({ figureId, claimed: 700, reason }, asNurse, again);
    expect([raised.status, raised.body]).toEqual([201, expect.objectContaining({ state: 'open', used: 3, claimed: 700, nextMoves: ['accept', 'decline', 'withdraw'] })]);
    expect((await raise({ figureId, claimed: 700, reason }, asNurse, again)).status).toBe(200);
    expect((await raise({ figureId, claimed: 800, reason }, asNurse, again)).status).toBe(422);
    const { disputeId } = raised.body;
    const open = await asAllocator({ route: 'GET /disputes' });
    expect(open.body['items']).toMatchObject([{ disputeId, siteId: elm, figureId }]);

    const before = await inputOf(await draft());
    expect((await decide(disputeId, { answer: 'accept', value: 640, reason: 'counted with the clinic', untilWeek: '2021-03-22' })).status).toBe(422);
    const accepted = await decide(disputeId, { answer: 'accept', value: 640, reason: 'counted with the clinic', untilWeek: '2021-04-05' });
    expect(accepted.body).toMatchObject({ state: 'accepted', answer: { value: 640, answeredBy: 'ann' }, nextMoves: [] });
    const after = await inputOf(await draft());
    expect([before.input.throughputDoses, after.input.throughputDoses]).toEqual([3, 640]);
    expect(after.figures.find((one) => one.name === 'throughput')).toMatchObject({ source: 'correction', computed: 3, disputeId });
    expect((await asAllocator({ route: 'GET /disputes' })).body['items']).toEqual([]);
    expect((await decide(disputeId, { answer: 'decline', reason: 'a second thought' }, 2)).status).toBe(409);
    const history = { route: 'GET /sites/{siteId}/disputes/{disputeId}/history' as const, params: { siteId: elm, disputeId: String(disputeId) } };
    for (const as of [asNurse, asAllocator])
      expect((await as(history)).body['items']).toMatchObject([{ action: 'dispute', actor: 'nurse', to: 'open', reason }, { action: 'accept', actor: 'ann', from: 'open', to: 'accepted', reason: 'counted with the clinic' }]);
    expect((await asOak(history)).status).toBe(404);
    const later = await asAllocator({ route: 'GET /sites/{siteId}/allocation-figures', params: { siteId: elm }, query: { week: '2021-04-12' } });
    expect((later.body['figures'] as Figure[]).find(({ name }) => name === 'throughput')?.source).toBe('records');
  });

  it('may be declined or withdrawn, changes nothing then, and is no one else’s', async () => {
    const declined = (await raise({ figureId: `${week}_on-hand_${pfizer}`, reason })).body;
    expect((await decide(declined['disputeId'], { answer: 'decline', reason: 'the count agrees with the ledger' })).body).toMatchObject({ state: 'declined' });
    const withdrawn = (await raise({ figureId: `${week}_on-hand_${pfizer}`, reason })).body;
    const params = { siteId: elm, disputeId: String(withdrawn['disputeId']) };
    expect((await asNurse({ route: 'POST /sites/{siteId}/disputes/{disputeId}/withdrawal', params, ifMatch: 1 })).body).toMatchObject({ state: 'withdrawn' });
    expect((await figuresAt()).of(`on-hand_${pfizer}`)?.source).toBe('ledger');
    expect((await asOak({ route: 'GET /sites/{siteId}/disputes/{disputeId}', params })).status).toBe(404);
    expect((await raise({ figureId, reason }, asOak)).status).toBe(404);
    for (const wrong of [`${week}_federal-doses`, `${week}_due_${pfizer}_2_2021-12-06`, 'nonsense']) expect((await raise({ figureId: wrong, reason })).status).toBe(422);
    expect((await asNurse({ route: 'GET /sites/{siteId}/disputes', params: { siteId: elm } })).body['items']).toHaveLength(3);
  });
});

describe('A small site whose standing names a hub', () => {
  it('gets its vials out of the hub’s packs in the next draft, with the vial of the product, and the run replays', async () => {
    const of = '2021-04-19';
    const standing = { group: 'elsewhere', weights: { population: 100 }, hub: elm };
    expect((await asAllocator({ route: 'PUT /sites/{siteId}/standing', params: { siteId: oak }, body: standing, ifMatch: 1 })).status).toBe(200);
    await supplied({ week: of, doseNumber: 1, packDoses: 60, packs: 2 });
    const ask = (as: typeof asNurse, siteId: string, doses: number): Promise<Answer> =>
      as({ route: 'PUT /sites/{siteId}/requests/{week}/{ndc}/{doseNumber}', params: { siteId, week: of, ndc: pfizer, doseNumber: '1' }, body: { doses }, ifMatch: 0 });
    expect([(await ask(asNurse, elm, 120)).status, (await ask(asOak, oak, 30)).status]).toEqual([200, 200]);
    const { body } = await runDesk.settled(asAllocator, asAllocator({ route: 'POST /allocation-runs', body: { week: of, policy: 'connecticut-2021-03' }, key: key() }), now);
    const runId = String(body['runId']);
    const awards = (await asAllocator({ route: 'GET /allocation-runs/{runId}/awards', params: { runId } })).body['items'] as { siteId: string; packs: number; explanation: { kind: string; hub?: string; micro: number }[] }[];
    const small = awards.find(({ siteId }) => siteId === oak);
    const fromHub = small?.explanation.find(({ kind }) => kind === 'from-hub');
    expect([small?.packs, fromHub?.hub, (Math.abs(fromHub?.micro ?? 0) / 1_000_000) % 6]).toEqual([0, elm, 0]);
    expect(fromHub?.micro).not.toBe(0);
    expect(awards.reduce((sum, { packs }) => sum + packs, 0)).toBe(2);
    expect((await asAllocator({ route: 'POST /allocation-runs/{runId}/replay', params: { runId } })).body).toMatchObject({ same: true });
  });
});

describe('Around a site', () => {
  it('federal doses to the same place are shown, and count with its stock only by the rules', async () => {
    const line = (orderNumber: string, siteId: string | undefined, doses: number) => shipmentLineItem.parse({
      ...shipmentLineKey('federal-cvs', `${orderNumber}-000010-L1`), type: 'shipment-line', schema: 1, version: 1, lineId: `${orderNumber}-000010-L1`, holderId: 'federal-cvs', siteId, supply: 'federal', awardee: 'CVS',
      orderNumber, orderLineNumber: '000010', ndc: pfizer, saleNdc: '59267-1000-02', lot: 'L1', doses, shippedOn: '2021-03-15', shipTo: { name: 'CVS', city: 'Hartford', state: 'CT', zip: '06106' },
      state: 'in-transit', importedAt: now, fileId: 'f', gsi1pk: 'LINES#federal#in-transit', gsi1sk: `2021-03-15#${orderNumber}-000010-L1`,
    });
    for (const item of [line('0000000001', elm, 100), line('0000000002', undefined, 250)]) await room.suite.dynamo.send(new PutCommand({ TableName: 'shipments_table', Item: item }));
    const shown = await figuresAt();
    expect([shown.of('federal-doses')?.value, shown.of('federal-nearby')?.value]).toEqual([100, 250]);
    const onHand = shown.of(`on-hand_${pfizer}`)?.value ?? 0;
    const rules = (await asAllocator({ route: 'GET /figure-rules' })).body['rules'] as object;
    const set = (ifMatch: number): Promise<Answer> => asAllocator({ route: 'PUT /figure-rules', body: { rules: { ...rules, federalDoses: 'count-on-hand' }, reason: 'pharmacies serve the same people' }, ifMatch });
    expect([(await set(0)).status, (await set(0)).status]).toEqual([200, 412]);
    expect((await figuresAt()).of(`on-hand_${pfizer}`)?.value).toBe(onHand + 100);
    expect((await asNurse({ route: 'PUT /figure-rules', body: { rules: {}, reason: 'we would like more' }, ifMatch: 1 })).status).toBe(403);
  });

  it('three weeks ahead follow from announced supply and from what weeks brought the site', async () => {
    const put = (Item: Record<string, unknown>): Promise<unknown> => room.suite.dynamo.send(new PutCommand({ TableName: 'allocations_table', Item }));
    for (const past of [6, 5, 4, 3, 2, 1].map(back)) {
      await supplied({ week: past });
      const name = { week: past, ndc: pfizer, doseNumber: 1, packDoses: 1170, runId: 'run_past' };
      await put(awardItem.parse({ ...awardKey(oak, name), ...name, type: 'award', schema: 1, version: 1, awardId: awardIdOf(name), siteId: oak, packs: 1, doses: 1170, state: 'ordered', channel: 'jurisdiction' }));
    }
    await asAllocator({ route: 'POST /supply', body: { week: addDays(back(1), 14), ndc: pfizer, doseNumber: 1, packDoses: 1170, packs: 5 }, key: key() });
    const { status, body } = await asOak({ route: 'GET /sites/{siteId}/outlook', params: { siteId: oak }, query: { week: back(1) } });
    expect(status).toBe(200);
    // Supply of the week of the 29th is announced (2,400 doses of the suite, five trays of here): a tenth of 11,700 a week went to the site. Its neighbours are not.
    expect(body).toMatchObject({ siteId: oak, scenarios: 3, isThin: true, weeks: [{ week: thisWeek, likelyDoses: 1170 }, { week, announcedDoses: 2400 + 5 * 1170, firmDoses: 0, likelyDoses: 825, planningLowDoses: 825 }, { week: addDays(week, 7) }] });
    expect((body['words'] as string[])[0]).toContain(`week of ${thisWeek}:`);
    expect((await asOak({ route: 'GET /sites/{siteId}/outlook', params: { siteId: elm }, query: { week } })).status).toBe(404);
  });
});
