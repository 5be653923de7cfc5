import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { addDays } from '../../shared/kernel/dates.ts';
import type { Answer } from '../support/api.ts';
import { janssen, openAllocationDesk, storedSupply, type AllocationDesk } from '../support/allocation-desk.ts';

const sites = ['sit_one', 'sit_two', 'sit_three'];
let desk: AllocationDesk;
beforeAll(async () => {
  desk = await openAllocationDesk('allocation-settling', sites.map((siteId, at) => ({ siteId, group: at === 0 ? 'priority-zips' : 'elsewhere', population: 1000 * (at + 1) })));
});
afterAll(() => desk.stop());
beforeEach(() => { desk.nextWeek(); });

describe('settling', () => {
  const kindsOf = async (runId: string): Promise<string[]> => {
    const { body } = await desk.asAnn({ route: 'GET /allocation-runs/{runId}/awards', params: { runId } });
    return (body['items'] as { explanation: { kind: string }[] }[]).flatMap(({ explanation }) => explanation.map(({ kind }) => kind));
  };
  const settleRun = (runId: string, now: string): Promise<Answer> => desk.asAnn({ route: 'POST /allocation-runs/{runId}/settlement', params: { runId }, now });

  it('a week drafted before the last is over starts from what that one owes; settling a week settles those before it', async () => {
    await desk.supply(5);
    for (const siteId of sites) await desk.ask(siteId, 800);
    const first = await desk.published();
    desk.nextWeek();
    await desk.supply(5);
    for (const siteId of sites) await desk.ask(siteId, 800);
    const second = await desk.published();
    expect(await kindsOf(second)).toContain('debt-brought');
    const over = `${addDays(desk.week(), 7)}T15:00:00.000Z`;
    expect((await settleRun(second, over)).status).toBe(200);
    const before = await desk.asAnn({ route: 'GET /settlements/{week}', params: { week: addDays(desk.week(), -7) } });
    expect(before.body).toMatchObject({ runId: first });
    const rows = (await desk.asAnn({ route: 'GET /settlements/{week}/debts', params: { week: desk.week() } })).body['items'] as { micro: number }[];
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every(({ micro }) => Math.abs(micro) <= 100_000_000)).toBe(true);
  });

  it('carries what rounding owes into the next week, once', async () => {
    await desk.supply(5);
    for (const siteId of sites) await desk.ask(siteId, 800);
    const runId = await desk.published();
    const settle = (now = `${addDays(desk.week(), 7)}T15:00:00.000Z`): Promise<Answer> => desk.asAnn({ route: 'POST /allocation-runs/{runId}/settlement', params: { runId }, now });
    const early = await settle(`${addDays(desk.week(), 7)}T03:00:00.000Z`);
    expect([early.status, early.body['detail']]).toEqual([409, `The week is not over: it can be settled from ${addDays(desk.week(), 7)} on.`]);
    const later = String((await desk.draft()).body['runId']);
    await desk.propose(later);
    const askedLate = (ifMatch: number): Promise<Answer> => desk.asBob({ route: 'POST /allocation-runs/{runId}/publication', params: { runId: later }, ifMatch });
    expect((await askedLate(3)).status).toBe(202);
    const waiting = await desk.runDesk.received();
    const [first, again] = [await settle(), await settle()];
    expect([first.status, again.status]).toEqual([200, 200]);
    await desk.runDesk.deliver(waiting);
    const calledOff = await desk.asAnn({ route: 'GET /allocation-runs/{runId}', params: { runId: later } });
    const refused = await askedLate(Number(calledOff.body['version']));
    expect([calledOff.body['state'], refused.status, refused.body['detail']]).toEqual(['proposed', 409, 'The week was settled: no other run of it can be published.']);
    expect(first.body).toMatchObject({ week: desk.week(), runId, debts: expect.any(Number) as unknown });
    const asked = async (path: `/${string}`, params: Record<string, string>, query = {}): Promise<Answer> => desk.asAnn({ route: `GET ${path}`, params, query });
    const rows = (await asked('/settlements/{week}/debts', { week: desk.week() })).body['items'] as { siteId: string; micro: number; words: string }[];
    expect([(await asked('/settlements/{week}', { week: desk.week() })).body, rows.length, rows.reduce((sum, { micro }) => sum + micro, 0)]).toEqual([first.body, first.body['debts'], 0]);
    const { siteId, words } = rows.find(({ micro }) => micro > 0) ?? { siteId: '' };
    const [ofOne, own] = [await asked('/settlements/{week}/debts', { week: desk.week() }, { siteId }), await desk.asClinic({ route: 'GET /sites/{siteId}/debts', params: { siteId } })];
    expect([words, ofOne.body['items'], own.body]).toEqual([expect.stringMatching(/doses of .* are owed to it$/), rows.filter((row) => row.siteId === siteId), { siteId, week: desk.week(), runId, items: ofOne.body['items'] }]);
    const [line] = (await asked('/supply', {}, { week: desk.week() })).body['items'] as { supplyId: string }[];
    const single = await Promise.all([asked('/supply/{supplyId}', { supplyId: line?.supplyId ?? '' }), ...['1', '2'].map((doseNumber) => asked('/sites/{siteId}/requests/{week}/{ndc}/{doseNumber}', { siteId, week: desk.week(), ndc: janssen, doseNumber })), asked('/settlements/{week}', { week: addDays(desk.week(), 7) })]);
    expect([single[0].body, single[1]?.body['doses'], ...single.map(({ status }) => status)]).toEqual([line, 800, 200, 200, 404, 404]);
    desk.nextWeek();
    await desk.supply(5);
    for (const siteId of sites) await desk.ask(siteId, 800);
    const next = String((await desk.draft()).body['runId']);
    expect(await kindsOf(next)).toContain('debt-brought');
  });
});

describe('a policy of one pack size', () => {
  it('does not mind a line of another that was set to nothing, and a draft says which two there are else', async () => {
    await desk.supply(10);
    for (const siteId of sites) await desk.ask(siteId, 800);
    const line = (packs: number): Promise<unknown> => desk.suite.dynamo.send(new PutCommand({
      TableName: desk.suite.tables['ALLOCATIONS_TABLE'], Item: storedSupply({ week: desk.week(), ndc: janssen, doseNumber: 1, packDoses: 105, packs }),
    }));
    await line(1);
    expect((await desk.draft()).text).toContain('has two pack sizes (100, 105 doses): declare mixed-packs, or record no packs of one of them');
    await line(0);
    expect((await desk.draft()).body).toMatchObject({ state: 'draft', supplyDoses: 1_000 });
    const policy = { schema: 1, id: 'set', version: 1, title: 'Set', tree: { id: 'state', children: [{ id: 'priority-zips' }, { id: 'elsewhere' }] }, secondDoses: 'hold-back-all' };
    const stages = [{ id: 'second', kind: 'second-doses', withinWeeks: 2 }, { id: 'open', kind: 'open', weight: 'population', doseNumbers: [1] }];
    expect((await desk.draft({ policy: { ...policy, stages } })).body).toMatchObject({ state: 'draft', supplyDoses: 1_000 });
  });
});

describe('a site that had some already when it declined more', () => {
  it('may have those again when a cut took them back, and no more', async () => {
    const offers = async () => (await desk.awardsOf('sit_three')).filter(({ state }) => state === 'offered');
    await desk.supply(6);
    for (const siteId of sites) await desk.ask(siteId, 1_000);
    await desk.published();
    const [had] = await offers();
    if (had === undefined) throw new Error('nothing was offered');
    await desk.answer(had, { answer: 'accept' });
    await desk.changeSupply(12);
    await desk.published();
    const [more] = await offers();
    if (more === undefined) throw new Error('no more was offered');
    await desk.answer(more, { answer: 'decline', reason: 'no staff' });
    await desk.changeSupply(1);
    await desk.published({ keep: 'ordered' });
    await desk.changeSupply(12);
    await desk.published();
    const [again] = await offers();
    expect(again?.doses).toBeGreaterThan(0);
    expect(again?.doses).toBeLessThanOrEqual(had.doses); // what rounding owes of weeks before may make it less
  });
});
