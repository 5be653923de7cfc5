import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { engineVersion } from '../../functions/allocations/domain/engine-version.ts';
import type { SiteInput } from '../../functions/allocations/domain/inputs.ts';
import { runDigest } from '../../functions/allocations/run-digests.ts';
import { runItem } from '../../functions/allocations/schemas-run-items.ts';
import { runKey } from '../../functions/allocations/store.ts';
import { makeRunStore } from '../../functions/allocations/store-runs.ts';
import { addDays } from '../../shared/kernel/dates.ts';
import { accountKey } from '../../shared/ledger/account.ts';
import { orderIdOfAward, orderItem, orderKey } from '../../shared/published/order-line.ts';
import { shipmentLineItem, shipmentLineKey } from '../../shared/published/shipment-line.ts';
import { siteKey } from '../../shared/published/site.ts';
import { janssen as ndc, openAllocationDesk, type AllocationDesk } from '../support/allocation-desk.ts';
import type { Answer } from '../support/api.ts';
import { enrolledSite } from '../support/enrolled.ts';

let desk: AllocationDesk;
let week = '';
const sites = ['sit_one', 'sit_two', 'sit_three'];

const put = (variable: string, Item: Record<string, unknown>): Promise<unknown> => desk.suite.dynamo.send(new PutCommand({ TableName: desk.suite.tables[variable], Item }));
const standing = async (siteId: string, more: object): Promise<Answer> => {
  const { version } = await desk.asAnn({ route: 'GET /sites/{siteId}/standing', params: { siteId } });
  return desk.asAnn({ route: 'PUT /sites/{siteId}/standing', params: { siteId }, body: { group: 'elsewhere', weights: { population: 1000 }, ...more }, ifMatch: version ?? 0 });
};
const figures = async (siteId: string) =>
  (await desk.asClinic({ route: 'GET /sites/{siteId}/allocation-figures', params: { siteId }, query: { week } })).body as unknown as { input: SiteInput; figures: { figureId: string; value?: number; words: string[] }[] };

beforeAll(async () => {
  desk = await openAllocationDesk('allocationSiteFacts', sites.map((siteId) => ({ siteId, group: 'elsewhere', population: 1000 })));
});
afterAll(() => desk.stop());
beforeEach(() => {
  week = desk.nextWeek();
});

describe('what a run reads of a site', () => {
  it('is whether it can receive: closed for the week, it gets nothing and is told why', async () => {
    await desk.supply(5);
    expect((await standing('sit_two', { receivingDays: ['monday', 'thursday'], closures: [{ from: addDays(week, 1), to: week }] })).status).toBe(400);
    await standing('sit_two', { receivingDays: ['monday', 'thursday'], closures: [{ from: week, to: addDays(week, 4), reason: 'moving house' }] });
    for (const siteId of ['sit_one', 'sit_two']) await desk.ask(siteId, 500);
    const runId = await desk.published();
    expect(await desk.awardsOf('sit_two')).toEqual([]);
    const { body } = await desk.asClinic({ route: 'GET /sites/{siteId}/allocations/{week}', params: { siteId: 'sit_two', week } });
    expect((body['awards'] as { words: string[] }[])[0]?.words).toContain('It can have no more than 0 doses: it can take a delivery on no day of the week: it receives on none, or is closed.');
    expect((await desk.asAnn({ route: 'POST /allocation-runs/{runId}/replay', params: { runId } })).body).toMatchObject({ same: true });
    await standing('sit_two', {});
  });

  it('is doses on their way, once: those of this week’s own award stay with the award', async () => {
    await desk.supply(5);
    await desk.ask('sit_three', 500);
    await desk.published();
    const [award] = await desk.awardsOf('sit_three');
    if (award === undefined) throw new Error('an award was published');
    await desk.answer(award, { answer: 'accept' });
    const orderId = orderIdOfAward('sit_three', award.awardId);
    await put('ORDERS_TABLE', orderItem.parse({
      ...orderKey('sit_three', orderId), type: 'order', schema: 1, version: 1, orderId, siteId: 'sit_three', programme: 'covid-19', awardId: award.awardId, awardVersion: 2, week, state: 'part-shipped',
      lines: [{ line: 1, ndc, saleNdc: '59676-0580-15', cartons: 10, packs: 5, doses: 500, state: 'part-shipped', supply: [], shipments: { a: { version: 1, shipped: 300, counted: 100, pending: false } } }],
      siteName: 'THREE', placedAt: desk.inWeek(), placedBy: 'nurse', requestDigest: 'x', gsi1pk: 'g', gsi1sk: 'g',
    }));
    const ref = { siteId: 'sit_three', ndc, lot: 'L1', funding: 'covid' as const };
    await put('INVENTORY_TABLE', { ...accountKey(ref), type: 'account', schema: 1, version: 1, shipped: -400, inTransit: 240, onHand: 160, 'at:R1:thawed': 160 });
    const { input, figures: all } = await figures('sit_three');
    expect(input.lines[0]).toMatchObject({ onHandDoses: 60, inTransitDoses: 40, fixed: [{ packDoses: 100, packs: 5 }] });
    expect(all.find(({ figureId }) => figureId === `${week}_in-transit_${ndc}`)).toMatchObject({ value: 40, words: [expect.stringContaining('240 doses shipped') as unknown, expect.stringContaining('less 200 of what is promised this week') as unknown] });
  });

  it('is its town by city or zip, whatever the case; federal doses stand in the run beside the state’s', async () => {
    const [one, two, three] = await Promise.all(sites.map(figures));
    expect([one?.input.town, one?.input.townUnknown]).toEqual(['Hartford', undefined]);
    const moved = async (siteId: string, address: object) => {
      const { Item } = await desk.suite.dynamo.send(new GetCommand({ TableName: desk.suite.tables['ENROLLMENT_TABLE'], Key: siteKey(siteId) }));
      await put('ENROLLMENT_TABLE', { ...Item, address: { ...(Item?.['address'] as object), ...address } });
      return (await figures(siteId)).input;
    };
    expect(await moved('sit_one', { city: ' new  haven ', zip: '06511' })).toMatchObject({ town: 'New Haven', county: '09009' });
    expect(await moved('sit_one', { city: 'WILLIMANTIC', zip: '06226' })).toMatchObject({ town: 'Windham' });
    expect(await moved('sit_one', { city: 'Elmtown', zip: '06511' })).toMatchObject({ town: 'New Haven' });
    expect(await moved('sit_one', { city: 'Elmtown', zip: '06999' })).toMatchObject({ town: 'Elmtown', townUnknown: true });
    expect((await standing('sit_one', {})).body).toMatchObject({ town: 'Elmtown', townUnknown: true });
    expect([two?.input.townUnknown, three?.input.townUnknown]).toEqual([undefined, undefined]);

    const line = (orderNumber: string, zip: string, doses: number) => shipmentLineItem.parse({
      ...shipmentLineKey('federal-cvs', `${orderNumber}-000010-L1`), type: 'shipment-line', schema: 1, version: 1, lineId: `${orderNumber}-000010-L1`, holderId: 'federal-cvs', supply: 'federal', awardee: 'CVS',
      orderNumber, orderLineNumber: '000010', ndc, saleNdc: '59676-0580-15', lot: 'L1', doses, shippedOn: addDays(week, -3), shipTo: { name: 'CVS', city: 'X', state: 'CT', zip },
      state: 'in-transit', importedAt: desk.inWeek(), fileId: 'f', gsi1pk: 'LINES#federal#in-transit', gsi1sk: `${addDays(week, -3)}#${orderNumber}-000010-L1`,
    });
    for (const item of [line('N1', '06106', 300), line('N2', '06870', 100), line('N3', '', 50)]) await put('SHIPMENTS_TABLE', item);
    await desk.supply(5);
    await desk.ask('sit_two', 500);
    await standing('sit_two', { priorityResidentsPermille: 400 });
    const runId = String((await desk.draft()).body['runId']);
    const { summary } = (await desk.asAnn({ route: 'GET /allocation-runs/{runId}', params: { runId } })).body as { summary: { federal: unknown } };
    expect(summary.federal).toEqual({
      weeks: 4, doses: 450, ownDoses: 500, products: [{ product: ndc, doses: 450 }],
      equity: {
        federalByDelivery: { knownDoses: 400, unknownDoses: 50, priorityDoses: 300, priorityPermille: 750 },
        ownByResidents: { knownDoses: 500, unknownDoses: 0, priorityDoses: 200, priorityPermille: 400 },
      },
    });
    expect((await desk.asAnn({ route: 'POST /allocation-runs/{runId}/replay', params: { runId } })).body).toMatchObject({ same: true });
  });
});

describe('the group that a standing names', () => {
  it('is told when no policy, stored or shipped, has it, with what is meant; it stands all the same', async () => {
    const notesOf = async (group: string) => (await standing('sit_three', { group })).body['notes'];
    expect(await notesOf('priority-zip')).toEqual(['No policy, stored or shipped, has a group priority-zip: is priority-zips meant? A draft under a policy without it is refused.']);
    expect([await notesOf('priority-zips'), await notesOf('elsewhere')]).toEqual([undefined, undefined]);
    expect(await notesOf('north-east')).toEqual(['No policy, stored or shipped, has a group north-east. A draft under a policy without it is refused.']);
    const policy = { schema: 1, id: 'by-region', version: 1, title: 'By region', tree: { id: 'state', children: [{ id: 'north-east' }, { id: 'south' }] }, stages: [{ id: 'open', kind: 'open', weight: 'population' }] };
    expect((await desk.asAnn({ route: 'POST /policies', body: { policy }, key: desk.key() })).status).toBe(201);
    expect(await notesOf('north-east')).toBeUndefined();
    expect((await desk.asAnn({ route: 'GET /sites/{siteId}/standing', params: { siteId: 'sit_three' } })).body).toMatchObject({ group: 'north-east' });
    await standing('sit_three', {});
  });
});

describe('a replay', () => {
  it('names every stored part that does not come out again, and a run of another engine as one', async () => {
    await desk.supply(5);
    for (const siteId of sites) await desk.ask(siteId, 500);
    const runId = await desk.published();
    const table = desk.suite.tables['ALLOCATIONS_TABLE'] ?? '';
    const runs = makeRunStore(desk.suite.dynamo, table);
    const write = (Key: { pk: string; sk: string }, field: string, value: unknown): Promise<unknown> =>
      desk.suite.dynamo.send(new UpdateCommand({ TableName: table, Key, UpdateExpression: 'SET #f = :v', ExpressionAttributeNames: { '#f': field }, ExpressionAttributeValues: { ':v': value } }));
    const replayed = async () => (await desk.asAnn({ route: 'POST /allocation-runs/{runId}/replay', params: { runId } })).body;
    expect(await replayed()).toMatchObject({ outcome: 'same', same: true, differs: [], words: ['Every figure came out again.'] });
    const { Item } = await desk.suite.dynamo.send(new GetCommand({ TableName: table, Key: runKey(runId) }));
    const { pk, partsPk } = runItem.parse(Item);
    const debts = await runs.debts(partsPk);
    expect(debts.length).toBeGreaterThan(0);
    await write({ pk: partsPk, sk: 'DEBT#000000' }, 'rows', debts.map((row) => ({ ...row, micro: row.micro + 1 })));
    await write({ pk, sk: 'RUN' }, 'leftover', []);
    expect(await replayed()).toMatchObject({ outcome: 'differs', same: false, differs: ['debts', 'leftover'], words: ['Another result than is stored: debts, leftover.'] });
    const { inputs, policy } = await runs.inputs(partsPk);
    await write({ pk, sk: 'RUN' }, 'engineVersion', '1.1.0');
    expect((await replayed())['differs']).toContain('inputs');
    await write({ pk, sk: 'RUN' }, 'inputsDigest', runDigest(inputs, policy, '1.1.0'));
    expect(await replayed()).toMatchObject({ outcome: 'other-engine', engineVersion, engineVersionOfRun: '1.1.0', differs: ['debts', 'leftover'], words: [expect.stringContaining('shared out by engine 1.1.0')] });
  });
});

describe('vaccine that a hub keeps ultra-cold and its sites keep in a refrigerator for days', () => {
  const pfizer = '59267-1000-01';
  const stages = [{ id: 'open', kind: 'open', weight: 'population' }];
  const policy = { schema: 1, id: 'ultra-cold', version: 1, title: 'Ultra-cold', tree: { id: 'state', children: [{ id: 'elsewhere' }] }, stages, caps: [{ kind: 'storage' }, { kind: 'beyond-use' }] };

  it('reaches them by the vial, for what they give in those days; the figures say so', async () => {
    await desk.supply(3, { ndc: pfizer, packDoses: 1_170 });
    for (const siteId of sites) await enrolledSite(desk.suite, siteId, { storageUnits: [{ unitId: 'U1', kind: siteId === 'sit_one' ? 'ultra-cold' : 'refrigerator', capacityDoses: 3_000 }] });
    await standing('sit_one', {});
    await standing('sit_two', { weights: { population: 300 }, hub: 'sit_one', throughputDoses: 70 });
    await standing('sit_three', { weights: { population: 300 }, hub: 'sit_one' });
    for (const [siteId, doses] of [['sit_one', 1_170], ['sit_two', 60], ['sit_three', 30]] as const) await desk.ask(siteId, doses, pfizer);
    const run = await desk.draft({ policy });
    const { body } = await desk.asAnn({ route: 'GET /allocation-runs/{runId}/awards', params: { runId: String(run.body['runId']) } });
    const awards = body['items'] as { siteId: string; packs: number; byVial?: { hub: string; doses: number }; words: string[] }[];
    const rowOf = (siteId: string) => awards.find((award) => award.siteId === siteId);
    expect(rowOf('sit_two')).toMatchObject({ packs: 0, byVial: { hub: 'sit_one', doses: 48 } }); // whole vials of 6 within 50 doses in 5 days
    expect(rowOf('sit_three')).toMatchObject({ packs: 0, byVial: { hub: 'sit_one', doses: 30 } });
    expect(rowOf('sit_two')?.words).toContain("It can have no more than 50 doses: what it gives in the days that its units keep vials out of a hub's pack, less what it has.");
    const told = (await figures('sit_two')).figures.find(({ figureId }) => figureId === `${week}_vials-beyond-use_${pfizer}`);
    expect(told).toMatchObject({ value: 50, words: [expect.stringMatching(/vials out of a hub's pack keep 5 days in its refrigerator$/), '50 doses in 5 days at 70 a week'] });
  });
});
