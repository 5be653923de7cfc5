import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeDecideExcursion } from '../../functions/shipments/decide-excursion.ts';
import { makeReportExcursion } from '../../functions/shipments/report-excursion.ts';
import { makeExcursionStore, type ExcursionStore } from '../../functions/shipments/store-excursions.ts';
import { accountGap } from '../../shared/ledger/balances.ts';
import type { Answer } from '../support/api.ts';
import { withFaults } from '../support/fault-injection.ts';
import { accountsOf, balancesAt, lineOf, openShipmentsDesk, type ShipmentsDesk } from '../support/shipments-desk.ts';
import type { Suite } from '../support/suite.ts';

let desk: ShipmentsDesk;
let suite: Suite;
let excursions: ExcursionStore;
beforeAll(async () => {
  desk = await openShipmentsDesk('excursions');
  suite = desk.suite;
  excursions = makeExcursionStore(suite.dynamo, suite.tables['SHIPMENTS_TABLE'] ?? '');
});
afterAll(() => suite.stop());

const report = { unitId: 'R1', minC: 2, maxC: 14.5, from: '2021-03-11T02:00:00.000Z', to: '2021-03-11T11:00:00.000Z', note: 'door was open' };
const act = { actor: 'clinic', now: '2021-03-11T13:00:00.000Z' };

/** Three lots of 100 doses: two in the refrigerator, one in the freezer. */
const stocked = async (): Promise<string> => {
  const { siteId, row } = await desk.openSite();
  for (const [lot, unit] of [['A1', 'R1'], ['B2', 'R1'], ['C3', 'F1']] as const) {
    const line = { ...row, LOT_NUMBER: lot };
    await desk.importRows(line);
    await desk.receive(siteId, lineOf(line), { storageUnit: unit });
  }
  return siteId;
};
const tell = (siteId: string, key = desk.fresh('excursion-key'), body: object = report): Promise<Answer> =>
  desk.asClinic({ route: 'POST /sites/{siteId}/excursions', params: { siteId }, body, key, now: '2021-03-11T16:00:00.000Z' });
const decide = (siteId: string, excursionId: string, decision: string, ifMatch = 2, reason = 'stability data reviewed'): Promise<Answer> =>
  desk.asInventory({ route: 'POST /sites/{siteId}/excursions/{excursionId}/decision', params: { siteId, excursionId }, body: { decision, reason }, ifMatch });

describe('an excursion', () => {
  it('quarantines what lies in its unit and nothing else', async () => {
    const siteId = await stocked();
    const { status, body, version } = await tell(siteId);
    expect([status, version, body['state'], body['doses'], body['accounts']]).toEqual([201, 2, 'quarantined', 200, 2]);
    expect(await balancesAt(suite, siteId)).toMatchObject({ onHand: 100, quarantined: 200 });
    expect((await accountsOf(suite, siteId)).map(({ positions }) => positions).filter((positions) => Object.values(positions).some((doses) => doses > 0))).toEqual([{ 'F1:frozen': 100 }]);
    const read = await desk.asClinic({ route: 'GET /sites/{siteId}/excursions/{excursionId}', params: { siteId, excursionId: String(body['excursionId']) } });
    expect(read.body['held']).toMatchObject([{ ref: { lot: 'A1' }, positions: { 'R1:thawed': 100 }, state: 'held' }, { ref: { lot: 'B2' } }]);
    const queue = (await desk.asInventory({ route: 'GET /excursions', query: { limit: '200' } })).body['items'] as { excursionId: string }[];
    expect(queue.map(({ excursionId }) => excursionId)).toContain(body['excursionId']);
  });

  it('leaves alone a lot that came after it had ended, and holds one that came before, however late that was counted', async () => {
    const { siteId, row } = await desk.openSite();
    for (const [lot, receivedAt] of [['A1', '2021-03-11T10:59:00.000Z'], ['B2', '2021-03-11T11:01:00.000Z']] as const) {
      const line = { ...row, LOT_NUMBER: lot };
      await desk.importRows(line);
      await desk.asClinic({
        route: 'POST /sites/{siteId}/shipments/{lineId}/receipt', params: { siteId, lineId: lineOf(line) }, ifMatch: 1, now: '2021-03-11T15:02:00.000Z',
        body: { received: 100, storageUnit: 'R1', receivedAt, temperatureOk: true },
      });
    }
    const { body } = await tell(siteId);
    expect([body['state'], body['doses'], body['accounts'], await balancesAt(suite, siteId)]).toMatchObject(['quarantined', 100, 1, { onHand: 100, quarantined: 100 }]);
    expect((await accountsOf(suite, siteId)).filter(({ buckets }) => buckets.quarantined > 0).map(({ ref, stockedAt }) => [ref.lot, stockedAt])).toEqual([['A1', '2021-03-11T10:59:00.000Z']]);
  });

  it('is reported once however often it is sent, and another report under its key is told apart', async () => {
    const siteId = await stocked();
    const key = desk.fresh('excursion-key');
    const sent = await Promise.all([tell(siteId, key), tell(siteId, key), tell(siteId, key)]);
    expect(sent.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    expect(await balancesAt(suite, siteId)).toMatchObject({ onHand: 100, quarantined: 200 });
    expect((await tell(siteId, key, { ...report, maxC: 20 })).status).toBe(422);
  });

  it.each([['body.unitId', { unitId: 'X9' }], ['body.maxC', { maxC: 1 }], ['body.to', { to: '2021-03-10T00:00:00.000Z' }], ['body.to', { to: '2999-03-11T00:00:00.000Z' }]])('with a fault in %s holds nothing', async (path, more) => {
    const siteId = await stocked();
    expect(await tell(siteId, undefined, { ...report, ...more })).toMatchObject({ status: 400, body: { errors: [{ path }] } });
    expect(await balancesAt(suite, siteId)).toMatchObject({ quarantined: 0 });
  });

  it.each([['release', 'released', { onHand: 300, quarantined: 0, wasted: 0 }], ['waste', 'wasted', { onHand: 100, quarantined: 0, wasted: 200 }]])('is decided by DPH: %s', async (decision, state, balances) => {
    const siteId = await stocked();
    const excursionId = String((await tell(siteId)).body['excursionId']);
    const own = await desk.asClinic({ route: 'POST /sites/{siteId}/excursions/{excursionId}/decision', params: { siteId, excursionId }, body: { decision, reason: 'we think so' }, ifMatch: 2 });
    expect(own.status).toBe(403);
    expect((await decide(siteId, excursionId, decision, 1)).status).toBe(412);
    expect(await decide(siteId, excursionId, decision)).toMatchObject({ status: 200, body: { state, decision: { reason: 'stability data reviewed', actor: 'dph-inventory' } } });
    expect((await decide(siteId, excursionId, decision)).status).toBe(200);
    expect((await decide(siteId, excursionId, decision === 'waste' ? 'release' : 'waste', 4)).status).toBe(409);
    const after = await balancesAt(suite, siteId);
    expect(after).toMatchObject(balances);
    expect(accountGap(after)).toBe(0);
    if (decision === 'release') expect((await accountsOf(suite, siteId)).map(({ positions }) => positions)).toEqual([{ 'R1:thawed': 100 }, { 'R1:thawed': 100 }, { 'F1:frozen': 100 }]);
  });

  it('of two decisions at the same moment keeps one, whole', async () => {
    const siteId = await stocked();
    const excursionId = String((await tell(siteId)).body['excursionId']);
    const both = await Promise.all([decide(siteId, excursionId, 'release'), decide(siteId, excursionId, 'waste')]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    const { onHand, quarantined, wasted } = await balancesAt(suite, siteId);
    expect([[300, 0, 0], [100, 0, 200]]).toContainEqual([onHand, quarantined, wasted]);
  });

  it('says so when its doses have left quarantine otherwise, and leaves the rest decided', async () => {
    const siteId = await stocked();
    const excursionId = String((await tell(siteId)).body['excursionId']);
    const [first] = await accountsOf(suite, siteId);
    if (first === undefined) throw new Error('no account');
    await desk.store.post([{ ref: first.ref, movement: { kind: 'waste', key: 'mov_x', doses: 1, from: 'quarantined', wasteReason: 'other' } }], { at: act.now, actor: 'clinic' });
    expect(await decide(siteId, excursionId, 'release')).toMatchObject({ status: 409 });
    expect(await balancesAt(suite, siteId)).toMatchObject({ onHand: 200, quarantined: 99, wasted: 1 });
  });
});

describe('an excursion that stops half way', () => {
  it('is finished by the same request from wherever it stopped, and holds every dose once', async () => {
    const siteId = await stocked();
    const idempotencyKey = desk.fresh('excursion-key');
    for (let steps = 0; steps < 4; steps += 1) {
      let left = steps;
      const dying = <A extends unknown[], R>(write: (...args: A) => Promise<R>) => (...args: A): Promise<R> => ((left -= 1) < 0 ? Promise.reject(new Error('stopped')) : write(...args));
      const store = { ...desk.store, post: dying(desk.store.post) };
      const dyingExcursions = { ...excursions, createExcursion: dying(excursions.createExcursion), replaceExcursion: dying(excursions.replaceExcursion) };
      await makeReportExcursion(store, dyingExcursions)(siteId, report, { ...act, idempotencyKey }).catch(() => undefined);
    }
    const outcome = await makeReportExcursion(desk.store, excursions)(siteId, report, { ...act, idempotencyKey });
    expect(outcome).toMatchObject({ kind: 'repeated', item: { state: 'quarantined', doses: 200, accounts: 2 } });
    expect(await balancesAt(suite, siteId)).toMatchObject({ onHand: 100, quarantined: 200 });
  });

  it('is decided whole although calls fail and answers are lost', async () => {
    const siteId = await stocked();
    const excursionId = String((await tell(siteId)).body['excursionId']);
    const decideOnce = makeDecideExcursion(desk.store, excursions);
    const said = { decision: 'waste' as const, reason: 'stability data reviewed' };
    const faults = withFaults(suite.dynamo, { seed: 4, rates: { serverError: 0.1, conflict: 0.15, lostResponse: 0.2 } });
    let state: string | undefined;
    for (let n = 0; n < 30 && state !== 'wasted'; n += 1) {
      const outcome = await decideOnce(siteId, excursionId, said, { ...act, ifMatch: 2 }).catch(() => undefined);
      state = outcome !== undefined && 'item' in outcome ? outcome.item.state : undefined;
    }
    faults.stop();
    expect(faults.injected.lostResponse).toBeGreaterThan(0);
    expect([state, await balancesAt(suite, siteId)]).toMatchObject(['wasted', { onHand: 100, quarantined: 0, wasted: 200 }]);
  });
});
