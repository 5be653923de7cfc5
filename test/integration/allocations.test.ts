import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { addDays } from '../../shared/kernel/dates.ts';
import { memberKey } from '../../shared/published/member.ts';
import { siteKey } from '../../shared/published/site.ts';
import { call, type Answer, type Call, type Handler } from '../support/api.ts';
import { sectionB } from '../support/forms.ts';
import { openRunDesk, type RunDesk } from '../support/run-desk.ts';
import { openSuite, type Suite } from '../support/suite.ts';

let suite: Suite;
let runDesk: RunDesk;
let handler: Handler;
let week = '2021-03-01';
let counter = 0;
const ndc = '59676-0580-05';
const sites = ['sit_one', 'sit_two', 'sit_three'];
const freshKey = (): string => `allocation-${(counter += 1)}`;
const beforeCutoff = (): string => `${addDays(week, -7)}T15:00:00.000Z`;
const inWeek = (): string => `${week}T15:00:00.000Z`;

const asNurse = (request: Call): Promise<Answer> => call(handler, { subject: 'nurse', role: 'provider-staff', now: beforeCutoff(), ...request });
const asAllocator = (request: Call): Promise<Answer> => call(handler, { subject: 'ann', role: 'dph-allocator', now: beforeCutoff(), ...request });
const asSecond = (request: Call): Promise<Answer> => asAllocator({ ...request, subject: 'bob' });

const supply = (packs: number): Promise<Answer> => asAllocator({ route: 'POST /supply', body: { week, ndc, doseNumber: 1, packDoses: 100, packs }, key: freshKey() });
const ask = (siteId: string, doses: number, now = beforeCutoff()): Promise<Answer> =>
  asNurse({ route: 'PUT /sites/{siteId}/requests/{week}/{ndc}/{doseNumber}', params: { siteId, week, ndc, doseNumber: '1' }, body: { doses }, ifMatch: 0, now });
const draft = (key = freshKey()): Promise<Answer> =>
  runDesk.settled(asAllocator, asAllocator({ route: 'POST /allocation-runs', body: { week, policy: 'connecticut-2021-03' }, key }), beforeCutoff());
const propose = (runId: string): Promise<Answer> => asAllocator({ route: 'POST /allocation-runs/{runId}/proposal', params: { runId }, ifMatch: 2 });
const publish = (runId: string, by = asSecond): Promise<Answer> =>
  runDesk.settled(by, by({ route: 'POST /allocation-runs/{runId}/publication', params: { runId }, ifMatch: 3 }), beforeCutoff());
const published = async (): Promise<string> => {
  const runId = String((await draft()).body['runId']);
  await propose(runId);
  expect((await publish(runId)).body).toMatchObject({ state: 'published' });
  return runId;
};
type Award = { awardId: string; doses: number; version: number; state: string; words: string[] };
const awardsOf = async (siteId: string): Promise<Award[]> =>
  ((await asNurse({ route: 'GET /sites/{siteId}/awards', params: { siteId } })).body['items'] as (Award & { week: string })[]).filter((award) => award.week === week);
const answer = (siteId: string, award: Award, body: object, now = inWeek()): Promise<Answer> =>
  asNurse({ route: 'POST /sites/{siteId}/awards/{awardId}/answer', params: { siteId, awardId: award.awardId }, body, ifMatch: award.version, now });

beforeAll(async () => {
  suite = await openSuite('allocations');
  runDesk = await openRunDesk();
  handler = (await import('../../functions/allocations/http.ts')).handler;
  const put = (item: object): Promise<unknown> => suite.dynamo.send(new PutCommand({ TableName: suite.tables['ENROLLMENT_TABLE'], Item: { ...item } }));
  await put({ ...memberKey('nurse'), type: 'member', schema: 1, version: 1, subject: 'nurse', organizationIds: ['org_a'], siteIds: [], grantedAt: inWeek(), grantedBy: 'x' });
  for (const [at, siteId] of sites.entries()) {
    const { receivingHours: _hours, ...form } = sectionB(siteId);
    await put({ ...form, ...siteKey(siteId), type: 'site', schema: 1, version: 1, siteId, organizationId: 'org_a', organizationName: 'A', state: 'active', reportingOnly: false, supplyAccount: 'jurisdiction', aliases: [], createdAt: inWeek(), createdBy: 'x', requestDigest: 'x' });
    await asAllocator({ route: 'PUT /sites/{siteId}/standing', params: { siteId }, body: { group: at === 0 ? 'priority-zips' : 'elsewhere', weights: { population: 1000 * (at + 1) } }, ifMatch: 0 });
  }
});
afterAll(async () => {
  await runDesk.stop();
  await suite.stop();
});
beforeEach(() => {
  week = addDays(week, 7);
});

describe('a week of allocation', () => {
  it('shares whole packs by what DPH holds, never above a request or the supply, and tells every site why', async () => {
    await supply(12);
    for (const siteId of sites) await ask(siteId, 800);
    const runId = await published();
    const awards = (await Promise.all(sites.map(awardsOf))).flat();
    expect(awards.reduce((sum, { doses }) => sum + doses, 0)).toBe(1200);
    expect(awards.every(({ doses, words }) => doses % 100 === 0 && doses <= 800 && words.length > 0)).toBe(true);
    const { body } = await asAllocator({ route: 'GET /allocation-runs/{runId}/awards', params: { runId } });
    for (const award of body['items'] as { doses: number; explanation: { micro: number }[] }[])
      expect(award.explanation.reduce((sum, { micro }) => sum + micro, 0)).toBe(award.doses * 1_000_000);
  });

  it('gives the same bytes when a run is replayed', async () => {
    await supply(7);
    await ask('sit_one', 500);
    await ask('sit_two', 500);
    const runId = await published();
    expect((await asAllocator({ route: 'POST /allocation-runs/{runId}/replay', params: { runId } })).body).toMatchObject({ same: true });
  });

  it('shows nothing of a draft or a proposal to a site', async () => {
    await supply(5);
    await ask('sit_one', 500);
    const runId = String((await draft()).body['runId']);
    await propose(runId);
    expect(await awardsOf('sit_one')).toEqual([]);
  });

  it('does not read a request that came after noon on the Tuesday before', async () => {
    await supply(5);
    await ask('sit_one', 500);
    const late = await ask('sit_two', 500, `${addDays(week, -6)}T17:00:00.000Z`);
    expect(late.body).toMatchObject({ state: 'late' });
    await published();
    expect(await awardsOf('sit_two')).toEqual([]);
    expect((await awardsOf('sit_one')).map(({ doses }) => doses)).toEqual([500]);
  });

  it('tells a late request which cut-off passed and what now, and goes on reading what was asked for in time', async () => {
    await supply(5);
    const inTime = await ask('sit_one', 300);
    expect(inTime.body['words']).toEqual([`Runs of the week of ${week} read it. It can be changed until Tuesday ${addDays(week, -6)} at 12:00 (America/New_York).`]);
    const late = (doses: number, ifMatch: number, siteId = 'sit_one'): Promise<Answer> =>
      asNurse({ route: 'PUT /sites/{siteId}/requests/{week}/{ndc}/{doseNumber}', params: { siteId, week, ndc, doseNumber: '1' }, body: { doses }, ifMatch, now: `${addDays(week, -5)}T17:00:00.000Z` });
    await late(400, 1);
    expect((await late(500, 2)).body).toMatchObject({
      state: 'late', requestsClose: expect.stringContaining(addDays(week, -6)) as unknown, inTime: { doses: 300 },
      words: [
        `Too late for the week of ${week}: its requests closed on Tuesday ${addDays(week, -6)} at 12:00 (America/New_York).`,
        'It is kept as late. Runs of that week go on reading the 300 doses that were asked for in time.',
        `Ask for the week of ${addDays(week, 7)}: its requests are open until Tuesday ${addDays(week, 1)} at 12:00 (America/New_York). For doses before that, ask the department for a transfer from another site.`,
      ],
    });
    expect((await late(400, 0, 'sit_two')).body['words']).toContain('It is kept as late, and no run of that week reads it.');
    await published();
    expect((await awardsOf('sit_one')).map(({ doses }) => doses)).toEqual([300]);
    expect(await awardsOf('sit_two')).toEqual([]);
    expect((await late(100, 3)).body['words']).toEqual([
      expect.stringContaining('asking for more is too late, asking for less is not'), 'Runs drafted from now on offer you no more than 100 doses.', expect.stringContaining('decline or reduce it'),
    ]);
    await published();
    expect((await awardsOf('sit_one')).filter(({ state }) => state === 'offered').map(({ doses }) => doses)).toEqual([100]);
    expect((await late(0, 4)).body['words']).toContain('Runs drafted from now on offer you none.');
    await published();
    expect((await awardsOf('sit_one')).filter(({ state }) => state === 'offered')).toEqual([]);
  });

  it('takes supply of the channels that there are, and names them to who mistypes one', async () => {
    const line = (channel: string) => asAllocator({ route: 'POST /supply', body: { week, ndc, doseNumber: 1, packDoses: 100, packs: 5, channel }, key: freshKey() });
    expect((await line('pharmacy')).status).toBe(201);
    expect(await line('jurisdicton')).toMatchObject({ status: 400, body: { errors: [{ path: 'body.channel', message: 'must be one of jurisdiction, pharmacy, fqhc, ihs, va, dod, ltc' }] } });
  });

  it('refuses supply of a product that is none, and names the nearest there is', async () => {
    const line = (code: string) => asAllocator({ route: 'POST /supply', body: { week, ndc: code, doseNumber: 1, packDoses: 100, packs: 5 }, key: freshKey() });
    expect(await line('99999-0580-05')).toMatchObject({
      status: 400, body: { errors: [{ path: 'body.ndc', message: expect.stringMatching(/^is no product that can be ordered against an award; the nearest known is 59676-0580-05 \(.*Janssen/) as unknown }] },
    });
    expect(await line('59676-0580-15')).toMatchObject({ status: 400, body: { errors: [{ path: 'body.ndc', message: expect.stringMatching(/^is a carton: give the unit of use, 59676-0580-05/) as unknown }] } });
    expect((await asAllocator({ route: 'GET /supply', query: { week } })).body['items']).toEqual([]);
  });

  it.each([
    ['of 105 doses, a slip', '80777-0273-10', '2021-03-01', 105, 'is no pack in which Moderna 18+ (5 mL vial) is ordered in that week; it is 100'],
    ['that went out a month before', '59267-1000-01', '2021-03-01', 975, /; it is 1170$/],
    ['that go out from June on', '59267-1000-01', '2021-03-01', 450, /; it is 1170$/],
    ['of one of two sizes, a slip', '59267-1000-01', '2021-06-07', 460, /; the nearest of 450, 1170 is 450$/],
    ['of a carton whose orders nobody recorded, a slip', '80777-0282-05', '2022-10-03', 55, /; it is 50$/],
  ])('refuses supply in packs %s, and names those there are', async (_what, code, of, packDoses, message) => {
    const refused = await asAllocator({ route: 'POST /supply', body: { week: of, ndc: code, doseNumber: 1, packDoses, packs: 5 }, key: freshKey() });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: 'body.packDoses', message: typeof message === 'string' ? message : (expect.stringMatching(message) as unknown) }] } });
  });
});

describe('a week', () => {
  it.each(['2021-03-02', '0001-01-01', '2021-02-29'])('is no %s', async (no) => {
    const refused = await asAllocator({ route: 'GET /supply', query: { week: no } });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: 'query.week' }] } });
  });
});

describe('publishing', () => {
  it('needs another person than the one who proposed', async () => {
    await supply(5);
    await ask('sit_one', 500);
    const runId = String((await draft()).body['runId']);
    await propose(runId);
    expect((await publish(runId, asAllocator)).body['detail']).toBe('Another person than its proposer must publish it.');
  });

  it('is refused when the supply changed after the draft', async () => {
    const line = await supply(5);
    await ask('sit_one', 500);
    const runId = String((await draft()).body['runId']);
    await propose(runId);
    await asAllocator({ route: 'PUT /supply/{supplyId}', params: { supplyId: String(line.body['supplyId']) }, body: { packs: 2, reason: 'cut by CDC' }, ifMatch: 1 });
    expect((await publish(runId)).status).toBe(409);
    expect(await awardsOf('sit_one')).toEqual([]);
  });

  it('drafts once under one key', async () => {
    await supply(5);
    await ask('sit_one', 500);
    const key = freshKey();
    const [first, again] = [await draft(key), await draft(key)];
    expect([first.status, again.status, again.body['runId']]).toEqual([201, 200, first.body['runId']]);
  });

  it('supersedes with what was accepted kept, and never offers more than there is', async () => {
    await supply(6);
    for (const siteId of sites) await ask(siteId, 600);
    await published();
    const [mine] = await awardsOf('sit_two');
    if (mine === undefined) throw new Error('no award');
    expect((await answer('sit_two', mine, { answer: 'accept' })).body).toMatchObject({ state: 'accepted' });
    await published();
    const all = (await Promise.all(sites.map(awardsOf))).flat();
    const pointerRun = ((await asAllocator({ route: 'GET /allocation-runs', query: { week } })).body['items'] as { runId: string; state: string }[]).find(({ state }) => state === 'published')?.runId ?? '';
    const standing = all.filter(({ awardId, state }) => state === 'accepted' || awardId.endsWith(pointerRun));
    expect(standing.reduce((sum, { doses }) => sum + doses, 0)).toBeLessThanOrEqual(600);
    const old = all.find(({ awardId, state }) => state === 'offered' && !awardId.endsWith(pointerRun));
    if (old !== undefined) expect((await answer('sit_one', old, { answer: 'accept' })).status).not.toBe(200);
  });

  it('is refused when an offer was answered after the superseding draft', async () => {
    await supply(6);
    for (const siteId of sites) await ask(siteId, 600);
    await published();
    const second = String((await draft()).body['runId']);
    await propose(second);
    const [mine] = await awardsOf('sit_two');
    if (mine !== undefined) await answer('sit_two', mine, { answer: 'accept' });
    expect((await publish(second)).status).toBe(409);
  });
});

describe('an offer', () => {
  const offered = async (): Promise<Award> => {
    await supply(5);
    await ask('sit_one', 500);
    await published();
    const [award] = await awardsOf('sit_one');
    if (award === undefined) throw new Error('no award');
    return award;
  };
  it.each([
    ['is accepted whole', { answer: 'accept' }, 200, { state: 'accepted', acceptedDoses: 500 }],
    ['is reduced to fewer packs', { answer: 'reduce', doses: 300 }, 200, { state: 'reduced', acceptedDoses: 300 }],
    ['is declined with a reason', { answer: 'decline', reason: 'no staff this week' }, 200, { state: 'declined', acceptedDoses: 0 }],
    ['is not reduced to part of a pack', { answer: 'reduce', doses: 250 }, 422, {}],
    ['is not raised', { answer: 'reduce', doses: 600 }, 422, {}],
  ])('%s', async (_, body, status, expected) => {
    const result = await answer('sit_one', await offered(), body);
    expect(result.status).toBe(status);
    expect(result.body).toMatchObject(expected);
  });
  it('is answered once', async () => {
    const award = await offered();
    const answers = await Promise.all([answer('sit_one', award, { answer: 'accept' }), answer('sit_one', award, { answer: 'decline', reason: 'changed my mind' })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });
  it('lapses on Friday at 17:00', async () => {
    expect((await answer('sit_one', await offered(), { answer: 'accept' }, `${addDays(week, 4)}T22:00:00.000Z`)).body['detail']).toMatch(/It lapsed at/);
  });
  it('becomes ordered when the orders stream shows its order, however often', async () => {
    const award = await offered();
    await answer('sit_one', award, { answer: 'accept' });
    const worker = (await import('../../functions/allocations/on-orders-stream.ts')).handler;
    const image = marshall({ type: 'order', siteId: 'sit_one', awardId: award.awardId });
    const event = { Records: [{ eventID: '1', dynamodb: { NewImage: image, SequenceNumber: '1', ApproximateCreationDateTime: 1615000000 } }] } as unknown as DynamoDBStreamEvent;
    expect(await worker(event)).toEqual({ batchItemFailures: [] });
    expect(await worker(event)).toEqual({ batchItemFailures: [] });
    expect((await awardsOf('sit_one'))[0]).toMatchObject({ state: 'ordered', version: 3 });
  });
});
