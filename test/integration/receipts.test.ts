import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jurisdictionGap } from '../../shared/ledger/balances.ts';
import type { Answer } from '../support/api.ts';
import { accountsOf, balancesAt, openShipmentsDesk, type ShipmentsDesk } from '../support/shipments-desk.ts';
import type { Suite } from '../support/suite.ts';

const decide = (siteId: string, lineId: string, decision: string, ifMatch = 2): Promise<Answer> =>
  desk.asInventory({ route: 'POST /sites/{siteId}/shipments/{lineId}/decision', params: { siteId, lineId }, body: { decision, reason: 'manufacturer says so' }, ifMatch });

let desk: ShipmentsDesk;
let suite: Suite;
beforeAll(async () => {
  desk = await openShipmentsDesk('receipts');
  suite = desk.suite;
});
afterAll(() => suite.stop());

describe('a receipt', () => {
  it.each([
    ['of everything', {}, 'received', { onHand: 100, quarantined: 0, short: 0, netAdjustments: 0 }],
    ['that is short', { received: 90, short: 10 }, 'short', { onHand: 90, quarantined: 0, short: 10, netAdjustments: 0 }],
    ['of more than was announced', { received: 105 }, 'over', { onHand: 105, quarantined: 0, short: 0, netAdjustments: -5 }],
    ['with broken vials', { received: 95, damaged: 5 }, 'damaged', { onHand: 95, quarantined: 5, short: 0, netAdjustments: 0 }],
    ['of a warm box', { temperatureOk: false }, 'quarantined', { onHand: 0, quarantined: 100, short: 0, netAdjustments: 0 }],
    ['of nothing at all', { received: 0, short: 100 }, 'lost', { onHand: 0, quarantined: 0, short: 100, netAdjustments: 0 }],
  ])('%s moves what was counted, and the account balances', async (_, body, state, balances) => {
    const { siteId, lineId } = await desk.inTransit();
    expect(await desk.receive(siteId, lineId, body)).toMatchObject({ status: 200, version: 2, body: { state } });
    const after = await balancesAt(suite, siteId);
    expect(after).toMatchObject({ inTransit: 0, ...balances });
    expect(jurisdictionGap(after)).toBe(0);
  });

  it('puts the doses into their unit, with the expiry read from the carton', async () => {
    const { siteId, lineId } = await desk.inTransit();
    await desk.receive(siteId, lineId, { storageUnit: 'F1', expiresOn: '2021-06-30' });
    expect(await accountsOf(suite, siteId)).toMatchObject([{ positions: { 'F1:frozen': 100 }, expiresOn: '2021-06-30' }]);
  });

  it('is booked once though it is sent again, and another count of the same line is refused', async () => {
    const { siteId, lineId } = await desk.inTransit();
    const both = await Promise.all([desk.receive(siteId, lineId, {}), desk.receive(siteId, lineId, {}), desk.receive(siteId, lineId, {})]);
    expect(both.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await desk.receive(siteId, lineId, { received: 90, short: 10 })).status).toBe(412);
    expect((await desk.receive(siteId, lineId, { received: 90, short: 10 }, 2)).status).toBe(409);
    expect(await balancesAt(suite, siteId)).toMatchObject({ onHand: 100, short: 0 });
  });

  it.each([
    ['body.received', { received: 90 }],
    ['body.received', { received: 105, short: 1 }],
    ['body.storageUnit', { storageUnit: 'X9' }],
    ['body.short', { short: -1 }],
  ])('with a fault in %s books nothing', async (path, body) => {
    const { siteId, lineId } = await desk.inTransit();
    expect(await desk.receive(siteId, lineId, body)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
    expect(await balancesAt(suite, siteId)).toMatchObject({ inTransit: 100 });
  });

  it('is not for strangers', async () => {
    const { siteId, lineId } = await desk.inTransit();
    const stranger = desk.as('provider-staff', 'stranger');
    expect((await stranger({ route: 'POST /sites/{siteId}/shipments/{lineId}/receipt', params: { siteId, lineId }, ifMatch: 1, body: {} })).status).toBe(404);
    expect((await stranger({ route: 'GET /sites/{siteId}/shipments', params: { siteId } })).status).toBe(404);
    expect((await stranger({ route: 'GET /shipments' })).status).toBe(403);
  });

  it.each([['release', 'released', { onHand: 100, quarantined: 0, wasted: 0 }], ['waste', 'wasted', { onHand: 0, quarantined: 0, wasted: 100 }]])('of a warm box can be decided: %s', async (decision, state, balances) => {
    const { siteId, lineId } = await desk.inTransit();
    await desk.receive(siteId, lineId, { temperatureOk: false });
    expect((await desk.asClinic({ route: 'POST /sites/{siteId}/shipments/{lineId}/decision', params: { siteId, lineId }, body: { decision, reason: 'we think so' }, ifMatch: 2 })).status).toBe(403);
    expect(await decide(siteId, lineId, decision)).toMatchObject({ status: 200, body: { state } });
    expect((await decide(siteId, lineId, decision)).status).toBe(200);
    expect((await decide(siteId, lineId, decision === 'waste' ? 'release' : 'waste', 3)).status).toBe(409);
    expect(await balancesAt(suite, siteId)).toMatchObject(balances);
    const { items } = (await desk.asClinic({ route: 'GET /sites/{siteId}/shipments/{lineId}/history', params: { siteId, lineId } })).body;
    expect(items).toMatchObject([{ action: 'import' }, { action: 'receive-warm', actor: 'clinic' }, { action: decision, actor: 'dph-inventory', reason: 'manufacturer says so' }]);
  });
});

