import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BatchWriteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { makeRunStore } from '../../functions/allocations/store-runs.ts';
import { awardItem } from '../../shared/published/award.ts';
import { janssen, openAllocationDesk, type AllocationDesk, type DeskAward } from '../support/allocation-desk.ts';
import type { Answer } from '../support/api.ts';
import { openDynamoProxy, type Asked, type DynamoProxy } from '../support/dynamo-proxy.ts';
import { enrolledSite } from '../support/enrolled.ts';
import { openSuite, type Suite } from '../support/suite.ts';

const sites = [
  { siteId: 'sit_a', group: 'priority-zips', population: 1_000 },
  { siteId: 'sit_b', group: 'elsewhere', population: 2_000 },
  { siteId: 'sit_c', group: 'elsewhere', population: 3_000 },
];

let suite: Suite;
let proxy: DynamoProxy;
let desk: AllocationDesk;
beforeAll(async () => {
  suite = await openSuite('allocationWorker');
  proxy = await openDynamoProxy(process.env['AWS_ENDPOINT_URL_DYNAMODB'] ?? '');
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = proxy.endpoint;
  desk = await openAllocationDesk('worker', sites, suite);
});
afterAll(async () => {
  await proxy.stop();
  await desk.stop();
});

const allocations = async (pk: string, prefix: string): Promise<Record<string, unknown>[]> => {
  const { Items = [] } = await suite.dynamo.send(
    new QueryCommand({ TableName: suite.tables['ALLOCATIONS_TABLE'], KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)', ExpressionAttributeValues: { ':pk': pk, ':sk': prefix }, ConsistentRead: true }),
  );
  return Items;
};
const accepted = async (siteId: string): Promise<DeskAward> => {
  const [award] = await desk.awardsOf(siteId);
  if (award === undefined) throw new Error('no offer');
  await desk.answer(award, { answer: 'accept' });
  return award;
};
const openWeek = async (packs: number): Promise<void> => {
  desk.nextWeek();
  await desk.supply(packs);
  for (const { siteId } of sites) await desk.ask(siteId, 1_000);
};

describe('a run in the hands of its worker', () => {
  const read = (runId: string, now = desk.early()): Promise<Answer> => desk.asAnn({ route: 'GET /allocation-runs/{runId}', params: { runId }, now });
  const historyOf = async (runId: string): Promise<unknown[]> => (await allocations(`HISTORY#RUN#${runId}#RUN`, '0')).map(({ action }) => action);
  const noAwards = ({ operation, body }: Asked) => (operation === 'PutItem' && body.includes('run-awards') ? 'server-error' as const : undefined);

  it('is drafted once, however often it is asked for and delivered, and nothing of it is read before it is whole', async () => {
    await openWeek(6);
    const ask = { route: 'POST /allocation-runs' as const, body: { week: desk.week(), policy: 'connecticut-2021-03' }, key: desk.key() };
    const [first, again] = [await desk.asAnn(ask), await desk.asAnn(ask)];
    const runId = String(first.body['runId']);
    expect([first.status, again.status, first.body['state'], again.body['runId']]).toEqual([202, 202, 'drafting', runId]);
    const messages = await desk.runDesk.received();
    expect(messages).toHaveLength(2);

    let firstWords = 0; // the word of the first site comes late; the word of the last must still be the last
    proxy.trouble((asked) => (asked.body.includes('":read":{"N":"1"}') && ++firstWords === 1 ? 'server-error' : noAwards(asked)));
    expect((await desk.runDesk.deliver(messages.slice(0, 1))).batchItemFailures).toHaveLength(1);
    proxy.trouble(undefined);
    expect(firstWords).toBe(2);
    expect((await read(runId)).body).toMatchObject({ state: 'drafting', version: 1, sitesRead: 3, sites: 3, nextMoves: [] });
    for (const part of ['/awards', '/inputs', '/written-off'] as const)
      expect((await desk.asAnn({ route: `GET /allocation-runs/{runId}${part}`, params: { runId } })).status).toBe(404);
    expect((await desk.propose(runId)).status).toBe(412);
    expect((await desk.asAnn({ route: 'POST /allocation-runs/{runId}/proposal', params: { runId }, ifMatch: 1 })).body['detail']).toBe('It is drafting; this is possible from draft.');

    const deliveries = await Promise.all(messages.map((message) => desk.runDesk.deliver([message])));
    expect(deliveries.flatMap(({ batchItemFailures }) => batchItemFailures)).toEqual([]);
    expect((await read(runId)).body).toMatchObject({ state: 'draft', version: 2, awardedDoses: 600, nextMoves: ['propose'] });
    expect(await historyOf(runId)).toEqual(['ask', 'draft']);
    expect((await desk.asAnn(ask)).status).toBe(200);
    expect(await desk.runDesk.received()).toEqual([]);
  });

  it('says so when its drafting failed for good or took too long, and another can be asked for', async () => {
    await openWeek(6);
    const asked = async (): Promise<string> => String((await desk.askDraft()).body['runId']);
    const [failed, slow, lost] = [await asked(), await asked(), await asked()];
    const [one, two] = await desk.runDesk.received();
    if (one === undefined || two === undefined) throw new Error('nothing was sent');
    proxy.trouble(noAwards);
    const last = await desk.runDesk.deliver([one], { tries: 3 });
    proxy.trouble(undefined);
    expect(last.batchItemFailures).toHaveLength(1); // to the dead letters, where the alarm is
    expect((await read(failed)).body).toMatchObject({ state: 'refused', problem: { status: 500, detail: expect.stringContaining('several times') } });
    expect((await desk.runDesk.deliver([one])).batchItemFailures).toEqual([]);
    expect(await historyOf(failed)).toEqual(['ask', 'refuse']);

    await desk.runDesk.deliver([two], { remainingMs: 1_000 });
    expect((await read(slow)).body).toMatchObject({ state: 'refused', problem: { detail: expect.stringContaining('longer than its worker is given') } });

    expect((await read(lost)).body['notice']).toBeUndefined();
    expect((await read(lost, desk.inWeek())).body['notice']).toMatch(/should have been ready/);
    expect((await desk.draft()).body).toMatchObject({ state: 'draft' });
  });

  it('is refused with every fault its request would have been answered with, to be read as long as anybody likes', async () => {
    await openWeek(6);
    const override = (siteId: string) => ({ siteId, ndc: '59676-0580-05', doseNumber: 1, packDoses: 100, packs: 99, reason: 'a very large clinic' });
    const asked = await desk.askDraft({ overrides: [override('sit_a'), override('sit_b')] });
    const runId = String(asked.body['runId']);
    await desk.runDesk.deliver(await desk.runDesk.received());
    const { body } = await read(runId);
    expect(body).toMatchObject({ state: 'refused', version: 2, overrides: 2, problem: { status: 422, title: 'The request has faults', detail: expect.stringContaining('cannot be met') } });
    expect((body['problem'] as { errors: { message: string }[] }).errors.map(({ message }) => message).join('\n')).toMatch(/sit_a[^]*sit_b/);
    expect((await desk.asAnn({ route: 'POST /allocation-runs/{runId}/proposal', params: { runId }, ifMatch: 2 })).status).toBe(409);
  });

  it('is refused at the place where each fault is mended: in a policy sent with the request, or in the standing of a site', async () => {
    await openWeek(6);
    const inline = await desk.askDraft({ policy: { schema: 1, id: 'Bad Id', version: 1, title: 'T', tree: { id: 'x' }, stages: [{ id: 'open', kind: 'open', weight: 'requests' }, { id: 'r', kind: 'reserve' }] } });
    expect([inline.status, (inline.body['errors'] as { path: string }[]).map(({ path }) => path)]).toEqual([
      400, ['body.policy.id', 'body.policy.stages[1].reserve', 'body.policy.stages[1].share', 'body.policy.stages[1].group', 'body.policy.stages[1].weight', 'body.policy.stages[0].weight'],
    ]);
    const elsewhere = await desk.draft({ policy: { schema: 1, id: 'other', version: 1, title: 'T', tree: { id: 'state', children: [{ id: 'coast' }] }, stages: [{ id: 'open', kind: 'open', weight: 'population' }] } });
    expect((elsewhere.body['errors'] as { path: string; message: string }[])[0]).toEqual({ path: 'sites.sit_a.standing.group', message: 'site sit_a: no leaf priority-zips in the tree, whose leaves are coast' });
  });

  it('goes back to proposed, and says why, when supply changes while it is published', async () => {
    await openWeek(6);
    const runId = String((await desk.draft()).body['runId']);
    await desk.propose(runId);
    expect((await desk.askPublication(runId)).status).toBe(202);
    await desk.changeSupply(5);
    await desk.runDesk.deliver(await desk.runDesk.received(), { now: desk.inWeek() });
    const { body } = await read(runId);
    expect(body).toMatchObject({ state: 'proposed', version: 5, problem: { status: 409, detail: expect.stringContaining('draft it again') } });
    expect(body['publishedBy']).toBeUndefined();
    expect(await desk.awardsOf('sit_a')).toEqual([]);
    expect((await desk.asBob({ route: 'POST /allocation-runs/{runId}/publication', params: { runId }, ifMatch: 5 })).status).toBe(409);
    expect(await historyOf(runId)).toEqual(['ask', 'draft', 'propose', 'publish', 'call-off']);
  });
});

describe('a page of the awards of a site', () => {
  it('reads nothing twice, whatever lies on it: its weeks, their runs and what those gave', async () => {
    desk.nextWeek();
    const products = [janssen, '80777-0273-10'];
    for (const ndc of products) {
      await desk.supply(6, { ndc });
      for (const { siteId } of sites) await desk.ask(siteId, 1_000, ndc);
    }
    await desk.published();
    proxy.clear();
    expect(await desk.awardsOf('sit_a')).toHaveLength(products.length);
    const bodies = proxy.asked.map(({ operation, body }) => `${operation} ${body}`);
    expect(bodies).toEqual([...new Set(bodies)]);
  });
});

describe('publishing thousands of offers', () => {
  /** Few by default: 2,000 sites take a minute (`ALLOCATION_SITES=2000`). */
  const many = Number(process.env['ALLOCATION_SITES'] ?? 300);
  const idOf = (at: number): string => `sit_m${String(at).padStart(4, '0')}`;
  const putAll = async (items: readonly object[]): Promise<void> => {
    const TableName = suite.tables['ALLOCATIONS_TABLE'] ?? '';
    const batches = Array.from({ length: Math.ceil(items.length / 25) }, (_, at) => items.slice(at * 25, at * 25 + 25));
    for (let at = 0; at < batches.length; at += 8)
      await Promise.all(batches.slice(at, at + 8).map((batch) => suite.dynamo.send(new BatchWriteCommand({ RequestItems: { [TableName]: batch.map((Item) => ({ PutRequest: { Item: { ...Item } } })) } }))));
  };
  const shown = async (at: number) => (await desk.awardsOf(idOf(at))).filter(({ state }) => state === 'offered').length;

  it('written in a few blocks, cut off half way shows none of them, asked for again and delivered twice shows all, once', async () => {
    const week = desk.nextWeek();
    const entity = { schema: 1, version: 1 };
    await putAll(Array.from({ length: many }, (_, at) => {
      const siteId = idOf(at);
      return [
        { ...entity, pk: `SITE#${siteId}`, sk: 'STANDING', type: 'standing', siteId, siteName: `Clinic ${at}`, group: at % 4 === 0 ? 'priority-zips' : 'elsewhere', tags: [], weights: { population: 500 + ((at * 37) % 900) }, suspended: false, changedAt: desk.inWeek(), changedBy: 'x', gsi1pk: 'STANDINGS', gsi1sk: siteId },
        { ...entity, pk: `SITE#${siteId}`, sk: `REQUEST#${week}#${janssen}#1`, type: 'request', siteId, week, ndc: janssen, doseNumber: 1, doses: 400, onHandDoses: 0, state: 'submitted', submittedAt: desk.inWeek(), submittedBy: 'x', gsi1pk: `REQUESTS#${week}`, gsi1sk: `${siteId}#${janssen}#1` },
      ];
    }).flat());
    await desk.supply(3 * many);
    const looked = [0, 7, many - 1, ...Array.from({ length: 10 }, (_, at) => Math.floor(((at + 0.5) * many) / 10))];
    for (const at of looked) await enrolledSite(suite, idOf(at));
    proxy.clear();
    const first = String((await desk.draft()).body['runId']);
    const calls = Map.groupBy(proxy.asked, ({ operation }) => operation);
    expect(calls.get('PutItem')?.length).toBeLessThan(30); // what a run read and gave lies in blocks, not site by site
    await desk.propose(first);

    let puts = 0;
    const isOffer = (body: string): boolean => body.includes('"offered"') && body.includes('attribute_not_exists');
    proxy.trouble(({ operation, body }) => (operation === 'PutItem' && isOffer(body) && (puts += 1) > many / 2 ? 'server-error' : undefined));
    const cut = await desk.publish(first);
    proxy.trouble(undefined);
    expect([cut.status, cut.body['state']]).toEqual([200, 'publishing']);
    expect(puts).toBeGreaterThan(many / 2);
    for (const at of looked) expect(await desk.awardsOf(idOf(at))).toEqual([]);

    const again = await desk.askPublication(first); // by who asked first: the answer may have been lost
    const asCat = (request: Parameters<typeof desk.asAnn>[0]): Promise<Answer> => desk.asAnn({ ...request, subject: 'cat' });
    expect([again.status, again.version]).toEqual([202, 4]);
    expect((await desk.askPublication(first, asCat)).status).toBe(412);
    const [reference] = await desk.runDesk.received();
    const deliveries = await Promise.all([1, 2].map(() => desk.runDesk.deliver(reference === undefined ? [] : [reference], { now: desk.inWeek() })));
    expect(deliveries.flatMap(({ batchItemFailures }) => batchItemFailures)).toEqual([]);
    const winner = first;
    const { body } = await desk.asAnn({ route: 'GET /allocation-runs/{runId}', params: { runId: winner } });
    expect(body).toMatchObject({ state: 'published', version: 5, awards: expect.any(Number), awardedDoses: expect.any(Number) });
    const offers = await Promise.all(looked.map(shown));
    expect(new Set(offers)).toEqual(new Set([1]));
    // A worker that was slow lays an offer out again after its site took it: what the site said stands.
    const taken = await accepted(idOf(0));
    const [stored] = await allocations(`SITE#${idOf(0)}`, `AWARD#${week}`);
    const { acceptedDoses: _taken, ...late } = awardItem.parse(stored);
    await makeRunStore(suite.dynamo, suite.tables['ALLOCATIONS_TABLE'] ?? '').stageOffers([{ ...late, state: 'offered', version: 1 }], () => undefined);
    expect(await desk.awardsOf(idOf(0))).toMatchObject([{ awardId: taken.awardId, state: 'accepted' }]);
    const question = { siteId: idOf(3), ndc: janssen, doseNumber: '1', packDoses: '100' };
    const answer = await desk.asAnn({ route: 'GET /allocation-runs/{runId}/what-if', params: { runId: winner }, query: question });
    expect((answer.body['effects'] as object[]).length).toBeGreaterThan(3);
  }, 180_000);
});
