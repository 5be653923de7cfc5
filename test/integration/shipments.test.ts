import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { makeFindHolder } from '../../functions/shipments/find-site.ts';
import { makeImportShipments } from '../../functions/shipments/import-shipments.ts';
import type { ImportAnswer } from '../../functions/shipments/schemas.ts';
import { CTA } from '../../shared/codes/jurisdiction-cta.ts';
import { jurisdictionGap } from '../../shared/ledger/balances.ts';
import type { Answer } from '../support/api.ts';
import { enrolledSite } from '../support/enrolled.ts';
import { withFaults } from '../support/fault-injection.ts';
import { sharedPath } from '../support/shared.ts';
import { accountsOf, balancesAt, lineOf, openShipmentsDesk, shipmentFile, type Row, type ShipmentsDesk } from '../support/shipments-desk.ts';
import type { Suite } from '../support/suite.ts';

let desk: ShipmentsDesk;
let suite: Suite;
beforeAll(async () => {
  desk = await openShipmentsDesk('shipments');
  suite = desk.suite;
});
afterAll(() => suite.stop());

describe('an imported line', () => {
  it('books its doses as shipped and in transit, in the account of its site', async () => {
    const { siteId, lineId } = await desk.inTransit();
    const line = await desk.asClinic({ route: 'GET /sites/{siteId}/shipments/{lineId}', params: { siteId, lineId } });
    expect(line).toMatchObject({ status: 200, version: 1, body: { state: 'in-transit', doses: 100, ndc: '59676-0580-05', saleNdc: '59676-0580-15', supply: 'jurisdiction', shippedOn: '2021-03-09' } });
    expect(line.body['expiresOn']).toBeUndefined();
    const [account] = await accountsOf(suite, siteId);
    expect(account).toMatchObject({ ref: { ndc: '59676-0580-05', lot: '042A21A', funding: 'covid' }, buckets: { shipped: -100, inTransit: 100 }, vial: { label: 5, counted: 5 } });
    expect(account?.expiresOn).toBeUndefined();
  });

  it.each(['another file', 'the same file', 'several at once'])('is booked once though it comes again in %s', async (how) => {
    const { siteId, row } = await desk.openSite();
    const other = { ...row, ORDER_NUMBER: desk.order() };
    const files = how === 'the same file' ? [[row, other, row]] : [[row, other], [row], [other, row]];
    const answers = how === 'several at once' ? await Promise.all(files.map((rows) => desk.importRows(...rows))) : [];
    if (how !== 'several at once') for (const rows of files) answers.push(await desk.importRows(...rows));
    const sum = (of: (answer: ImportAnswer) => number): number => answers.reduce((all, { body }) => all + of(body as unknown as ImportAnswer), 0);
    expect(sum(({ imported }) => imported.jurisdiction.lines)).toBe(2);
    expect(sum(({ unchanged }) => unchanged)).toBe(files.flat().length - 2);
    expect(await balancesAt(suite, siteId)).toMatchObject({ shipped: 200, inTransit: 200 });
  });

  it('that contradicts what stands under its key is refused, with the column, and changes nothing', async () => {
    const { siteId, row } = await desk.openSite();
    await desk.importRows(row);
    const answer = await desk.importRows({ ...row, DOSES_SHIPPED: '900' }, { ...row, AWARDEE: 'CVS' }, { ...row, NDC: '80777-0273-99' });
    expect(answer.body).toMatchObject({ rows: 3, faulty: 3, faults: [{ path: 'row 2, column DOSES_SHIPPED' }, { path: 'row 3, column AWARDEE' }, { path: 'row 4, column NDC' }].map((fault) => expect.objectContaining(fault) as unknown) });
    expect(await balancesAt(suite, siteId)).toMatchObject({ shipped: 100 });
  });

  it('of one order line in two lots is two lines', async () => {
    const { siteId, row } = await desk.openSite();
    await desk.importRows(row, { ...row, LOT_NUMBER: '043A21A' });
    expect(await accountsOf(suite, siteId)).toHaveLength(2);
  });

  it('that was only announced leaves later, and is not booked again', async () => {
    const { siteId, row } = await desk.openSite();
    await desk.importRows({ ...row, ORDER_SHIPPED_DATE: '' });
    const params = { siteId, lineId: lineOf(row) };
    expect((await desk.asClinic({ route: 'GET /sites/{siteId}/shipments/{lineId}', params })).body['state']).toBe('announced');
    expect((await desk.importRows(row)).body).toMatchObject({ departed: 1, unchanged: 0 });
    expect((await desk.importRows(row)).body).toMatchObject({ departed: 0, unchanged: 1 });
    expect((await desk.asClinic({ route: 'GET /sites/{siteId}/shipments/{lineId}', params })).body).toMatchObject({ state: 'in-transit', version: 2 });
    expect(await balancesAt(suite, siteId)).toMatchObject({ shipped: 100 });
  });

  it.each<[string, (site: { siteId: string; pin: string; name: string }) => Row]>([
    ['its id', ({ siteId }) => ({ SITE_ID: siteId, PROVIDER_NAME: 'ANYTHING', ZIPCODE_SHP: '06000' })],
    ['its PIN with the awardee’s letters', ({ pin }) => ({ VTRCKS_PIN: `CTA${pin}`, PROVIDER_NAME: 'ANYTHING', ZIPCODE_SHP: '06000' })],
    ['its PIN', ({ pin }) => ({ VTRCKS_PIN: pin, PROVIDER_NAME: 'ANYTHING', ZIPCODE_SHP: '06000' })],
    ['its name, however spaced', ({ name }) => ({ PROVIDER_NAME: `  ${name.toLowerCase().replace(' ', '  ')}` })],
  ])('finds its site by %s', async (_, rowFor) => {
    const siteId = desk.fresh('sit');
    const pin = desk.order().slice(-6);
    const { name } = await enrolledSite(suite, siteId, { pin });
    const answer = await desk.importRows({ ...rowFor({ siteId, pin, name }), ORDER_NUMBER: desk.order() });
    expect(answer.body).toMatchObject({ imported: { jurisdiction: { lines: 1 } } });
    expect(await balancesAt(suite, siteId)).toMatchObject({ inTransit: 100 });
  });
});

describe('a line of nobody', () => {
  it.each<[string, Row, string]>([
    ['an unknown name', { PROVIDER_NAME: 'NOBODY KNOWS' }, 'no-site-of-that-name'],
    ['an unknown PIN', { VTRCKS_PIN: '999999' }, 'no-site-with-that-pin'],
    ['a known name in another zip', { ZIPCODE_SHP: '06999' }, 'name-in-another-zip'],
  ])('(%s) waits in the worklist and is in no account until staff assign it', async (_, more, why) => {
    const { siteId, row } = await desk.openSite();
    const wrong = { ...row, ...more };
    const lineId = lineOf(row);
    expect((await desk.importRows(wrong)).body).toMatchObject({ waiting: { lines: 1, doses: 100 }, faulty: 0 });
    expect((await desk.importRows(wrong)).body).toMatchObject({ waiting: { lines: 0 }, unchanged: 1 });
    const list = (await desk.asInventory({ route: 'GET /shipments/unassigned', query: { limit: '200' } })).body['items'] as { lineId: string; why: string }[];
    expect(list.find((line) => line.lineId === lineId)).toMatchObject({ why, doses: 100, version: 1 });
    expect(await accountsOf(suite, siteId)).toEqual([]);
    const assign = (to: string, ifMatch = 1): Promise<Answer> => desk.asInventory({ route: 'POST /shipments/unassigned/{lineId}/assignment', params: { lineId }, body: { siteId: to }, ifMatch });
    expect((await assign('sit-none')).status).toBe(400);
    const both = await Promise.all([assign(siteId), assign(siteId), desk.importRows({ ...wrong, SITE_ID: siteId })]);
    expect(both.map(({ status }) => status).filter((status) => status !== 200 && status !== 412)).toEqual([]);
    expect((await assign(siteId)).status).toBe(200);
    expect((await assign((await desk.openSite()).siteId)).status).toBe(409);
    expect(await balancesAt(suite, siteId)).toMatchObject({ shipped: 100, inTransit: 100 });
    expect(((await desk.asInventory({ route: 'GET /shipments/unassigned', query: { limit: '200' } })).body['items'] as { lineId: string }[]).map((line) => line.lineId)).not.toContain(lineId);
  });

  it('is booked by the next import once its site is enrolled', async () => {
    const row = { PROVIDER_NAME: desk.fresh('LATE CLINIC'), ORDER_NUMBER: desk.order() };
    await desk.importRows(row);
    const siteId = desk.fresh('sit');
    await enrolledSite(suite, siteId, { name: row.PROVIDER_NAME });
    expect((await desk.importRows(row)).body).toMatchObject({ imported: { jurisdiction: { lines: 1 } } });
    expect(await balancesAt(suite, siteId)).toMatchObject({ inTransit: 100 });
  });

  it('that names a site by an id nobody has is a fault of its row', async () => {
    expect((await desk.importRows({ ORDER_NUMBER: desk.order(), SITE_ID: 'sit-none' })).body).toMatchObject({ faulty: 1, faults: [{ path: 'row 2, column SITE_ID' }] });
  });
});

describe('a faulty file', () => {
  it('has its good rows taken and every fault named, never what was written', async () => {
    const { siteId, row } = await desk.openSite();
    const answer = await desk.importRows({ ...row, NDC: 'CANARY', DOSES_SHIPPED: 'CANARY' }, row, { ORDER_NUMBER: 'CANARY!' });
    expect(answer.body).toMatchObject({ rows: 3, imported: { jurisdiction: { lines: 1 } }, faulty: 2, faultsInAll: 3 });
    expect((answer.body['faults'] as { path: string }[]).map(({ path }) => path)).toEqual(['row 2, column NDC', 'row 2, column DOSES_SHIPPED', 'row 4, column ORDER_NUMBER']);
    expect(answer.text).not.toContain('CANARY');
    expect(await balancesAt(suite, siteId)).toMatchObject({ shipped: 100 });
  });

  it('lists a bounded number of faults and counts them all', async () => {
    const { body } = await desk.importRows(...Array.from({ length: 250 }, () => ({ NDC: 'x' })));
    expect([(body['faults'] as unknown[]).length, body['faultsInAll'], body['faulty']]).toEqual([200, 250, 250]);
  });

  it.each([['no column NDC', shipmentFile({}).replace('NDC', 'XXX'), 'row 1, column NDC'], ['too many rows', shipmentFile(...Array.from({ length: 2001 }, () => ({}))), 'row 2002']])('with %s is refused whole', async (_, body, path) => {
    expect(await desk.importFile(body)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });

  it('may come from the inventory role only', async () => {
    for (const role of ['provider-staff', 'dph-allocator', 'auditor'] as const) expect((await desk.as(role)({ route: 'POST /shipment-files', body: shipmentFile({}) })).status).toBe(403);
  });
});

describe('an import that fails half way', () => {
  it('is finished by sending the file again, and nothing is booked twice', async () => {
    const { siteId, row } = await desk.openSite();
    const rows = Array.from({ length: 12 }, (_, n) => ({ ...row, ORDER_NUMBER: desk.order(), LOT_NUMBER: `L${n % 5}` }));
    const { store } = desk;
    const importOnce = makeImportShipments(store, () => makeFindHolder(store, CTA));
    const act = { actor: 'dph-inventory', now: '2021-03-10T15:00:00.000Z' };
    const faults = withFaults(suite.dynamo, { seed: 11, rates: { serverError: 0.08, throttle: 0.05, conflict: 0.1, lostResponse: 0.12 } });
    for (let n = 0; n < 3; n += 1) await importOnce(shipmentFile(...rows), act).catch(() => undefined);
    faults.stop();
    expect(faults.injected.lostResponse).toBeGreaterThan(2);
    const last = await importOnce(shipmentFile(...rows), act);
    if (last.kind !== 'imported') throw new Error('not imported');
    expect([last.answer.imported.jurisdiction.lines + last.answer.unchanged, last.answer.faulty]).toEqual([12, 0]);
    expect(await balancesAt(suite, siteId)).toMatchObject({ shipped: 1200, inTransit: 1200 });
  });

  it('would be seen if the writer had no business key', async () => {
    const { siteId, row } = await desk.openSite();
    const { store } = desk;
    let n = 0;
    const careless: typeof store = {
      ...store,
      lineKey: () => Promise.resolve(undefined),
      create: (item) => ({ Put: { TableName: suite.tables['SHIPMENTS_TABLE'] ?? '', Item: item } }),
      entry: (of) => ({ Put: { TableName: suite.tables['SHIPMENTS_TABLE'] ?? '', Item: { ...of, sk: `E${(n += 1)}` } } }),
      post: (postings, ...rest) => store.post(postings.map((posting) => ({ ...posting, movement: { ...posting.movement, key: `${posting.movement.key}:${(n += 1)}` } })), ...rest),
    };
    const importOnce = makeImportShipments(careless, () => makeFindHolder(store, CTA));
    for (let again = 0; again < 2; again += 1) await importOnce(shipmentFile(row), { actor: 'x', now: '2021-03-10T15:00:00.000Z' });
    expect(await balancesAt(suite, siteId)).toMatchObject({ shipped: 200 });
  });
});

describe('federal doses', () => {
  it('stay with their awardee, also at a site that the state supplies, and are seen apart', async () => {
    const { siteId, row } = await desk.openSite();
    const federal = await desk.openSite({ supplyAccount: 'federal' });
    const awardee = desk.fresh('Ahold');
    await desk.importRows({ ...row, AWARDEE: awardee }, { ...federal.row, AWARDEE: awardee, DOSES_SHIPPED: '300' }, { ORDER_NUMBER: desk.order(), PROVIDER_NAME: 'SOME SHOP', AWARDEE: awardee, DOSES_SHIPPED: '200' });
    expect(await accountsOf(suite, siteId)).toEqual([]);
    const { items } = (await desk.asInventory({ route: 'GET /shipments/federal', query: { limit: '200' } })).body;
    const own = (items as { awardee: string; holderId: string }[]).filter((one) => one.awardee === awardee);
    expect(own).toMatchObject([
      { holderId: awardee.toLowerCase().replace('ahold', 'federal-ahold'), products: [{ ndc: '59676-0580-05', shipped: 300, inTransit: 300, gap: 0 }] },
      { holderId: federal.siteId, products: [{ shipped: 300, inTransit: 300, gap: 0 }] },
    ]);
    const lines = (await desk.asInventory({ route: 'GET /shipments', query: { supply: 'federal', limit: '200' } })).body['items'] as { siteId?: string; awardee: string }[];
    expect(lines.filter((line) => line.awardee === awardee)).toHaveLength(3);
    expect(lines.find((line) => line.siteId === siteId)).toMatchObject({ holderId: own[0]?.holderId, supply: 'federal' });
  });
});

describe('the lines really shipped to Connecticut in March 2021', () => {
  it('are 393, of which 148 with 62,100 doses are the state’s own; a second import changes nothing; all balances', async () => {
    const { suite: real, store } = await openShipmentsDesk('shipments-real');
    const text = readFileSync(sharedPath('data/tiberius_shipments_janssen_CT_2021-03.csv'), 'utf8');
    const rows: Record<string, string>[] = parse(text, { columns: true });
    const own = rows.filter((row) => row['AWARDEE'] === 'Connecticut');
    const places = new Map(own.map((row) => [row['PROVIDER_NAME'] ?? '', row]));
    expect(places.size).toBe(80);
    let n = 0;
    for (const [name, row] of places)
      await enrolledSite(real, `sit_${(n += 1)}`, { name, pin: String(300_000 + n), address: { city: row['CITY_SHP'] ?? '', state: 'CT', zip: row['ZIPCODE_SHP'] ?? '' } });
    const importOnce = makeImportShipments(store, () => makeFindHolder(store, CTA));
    const act = { actor: 'dph-inventory', now: '2021-06-02T13:00:00.000Z' };

    const first = await importOnce(text, act);
    expect(first).toMatchObject({ answer: { rows: 393, imported: { jurisdiction: { lines: 148, doses: 62_100 }, federal: { lines: 245, doses: 36_700 } }, unchanged: 0, waiting: { lines: 0 }, faulty: 0 } });
    expect(await importOnce(text, act)).toMatchObject({ answer: { imported: { jurisdiction: { lines: 0 }, federal: { lines: 0 } }, unchanged: 393 } });

    const sites = await balancesAt(real, ...Array.from({ length: n }, (_, at) => `sit_${at + 1}`));
    expect(sites).toMatchObject({ shipped: 62_100, inTransit: 62_100, onHand: 0 });
    const holders = (await store.federalHolders({ limit: 200 })).items;
    const federal = await balancesAt(real, ...holders.map(({ holderId }) => holderId));
    await real.stop();
    expect([holders.length, federal.shipped, federal.inTransit, jurisdictionGap(sites), jurisdictionGap(federal)]).toEqual([14, 36_700, 36_700, 0, 0]);
  });
});
