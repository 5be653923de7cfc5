import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BatchWriteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { weekInstants } from '../../functions/allocations/domain/week-rules.ts';
import { standingOf } from '../../functions/allocations/domain/award-standing.ts';
import { addDays } from '../../shared/kernel/dates.ts';
import { awardItem, weekPointer, weekPointerKey, type AwardItem } from '../../shared/published/award.ts';
import { orderItem, type OrderItem } from '../../shared/published/order-line.ts';
import { janssen, openAllocationDesk, type AllocationDesk, type DeskAward } from '../support/allocation-desk.ts';
import { openDynamoProxy, type DynamoProxy } from '../support/dynamo-proxy.ts';
import { enrolledSite } from '../support/enrolled.ts';
import { openSuite, type Suite } from '../support/suite.ts';

const sites = [
  { siteId: 'sit_a', group: 'priority-zips', population: 1_000 },
  { siteId: 'sit_b', group: 'elsewhere', population: 2_000 },
  { siteId: 'sit_c', group: 'elsewhere', population: 3_000 },
];
const dead = ['cancelled', 'rejected', 'cancelled-by-supplier'];

let suite: Suite;
let proxy: DynamoProxy;
let desk: AllocationDesk;
beforeAll(async () => {
  suite = await openSuite('promises');
  proxy = await openDynamoProxy(process.env['AWS_ENDPOINT_URL_DYNAMODB'] ?? '');
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = proxy.endpoint;
  desk = await openAllocationDesk('promises', sites, suite);
});
afterAll(async () => {
  await proxy.stop();
  await desk.stop();
});

const all = async (table: string, pk: string, prefix: string): Promise<Record<string, unknown>[]> => {
  const { Items = [] } = await suite.dynamo.send(
    new QueryCommand({ TableName: suite.tables[table], KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)', ExpressionAttributeValues: { ':pk': pk, ':sk': prefix }, ConsistentRead: true }),
  );
  return Items;
};

/** What is out in a week, read from the tables and not from the room under test: packs ordered, accepted and on offer, beside the supply. */
const outstanding = async (week: string): Promise<{ ordered: number; accepted: number; offered: number; supply: number; held: boolean }> => {
  const [item] = await all('ALLOCATIONS_TABLE', `WEEK#${week}`, weekPointerKey(week).sk);
  const pointer = item === undefined ? undefined : weekPointer.parse(item);
  const supply = (await all('ALLOCATIONS_TABLE', `WEEK#${week}`, 'SUPPLY#')).reduce((sum, line) => sum + Number(line['packs']), 0);
  let [ordered, accepted, offered] = [0, 0, 0];
  for (const { siteId } of sites) {
    const awards = (await all('ALLOCATIONS_TABLE', `SITE#${siteId}`, `AWARD#${week}`)).map((each): AwardItem => awardItem.parse(each));
    const orders = (await all('ORDERS_TABLE', `SITE#${siteId}`, 'ORDER#')).map((each): OrderItem => orderItem.parse(each));
    for (const award of awards) {
      const order = orders.find(({ awardId }) => awardId === award.awardId);
      const packs = (award.acceptedDoses ?? award.doses) / award.packDoses;
      const state = standingOf(award, pointer, desk.inWeek(), weekInstants(week, 'America/New_York').offersLapse);
      if (order !== undefined) ordered += order.lines.filter((line) => !dead.includes(line.state)).reduce((sum, line) => sum + line.doses / award.packDoses, 0);
      else if (state === 'accepted' || state === 'reduced') accepted += packs;
      else if (state === 'offered' && pointer?.held === undefined) offered += packs;
    }
  }
  return { ordered, accepted, offered, supply, held: pointer?.held !== undefined };
};

const lastAward = async (siteId: string): Promise<DeskAward | undefined> => (await desk.awardsOf(siteId))[0];
const accepted = async (siteId: string): Promise<DeskAward> => {
  const award = (await desk.awardsOf(siteId)).find(({ state }) => state === 'offered');
  if (award === undefined) throw new Error('no offer');
  await desk.answer(award, { answer: 'accept' });
  return { ...award, version: award.version + 1 };
};
const openWeek = async (packs: number): Promise<void> => {
  desk.nextWeek();
  await desk.supply(packs);
  for (const { siteId } of sites) await desk.ask(siteId, 1_000);
};

describe('a cut of supply', () => {
  it('holds the week at once: nothing more is accepted or ordered, declining stays possible', async () => {
    await openWeek(12);
    await desk.published();
    const mine = await accepted('sit_c');
    const other = await lastAward('sit_b');
    await desk.changeSupply(8);
    if (other === undefined) throw new Error('no offer');
    expect((await desk.answer(other, { answer: 'accept' })).body['detail']).toMatch(/Supply was cut/);
    const refused = await desk.order(mine);
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('held')]);
    expect((await desk.answer(other, { answer: 'decline', reason: 'no staff' })).status).toBe(200);
    await desk.published();
    expect((await desk.order(mine)).status).toBe(201);
  });

  it('below what was accepted is named with what must give; a run that keeps what was ordered takes the rest back in one write', async () => {
    await openWeek(12);
    await desk.published();
    const [a, b, c] = [await accepted('sit_a'), await accepted('sit_b'), await accepted('sit_c')];
    await desk.order(c);
    expect((await desk.draft({ keep: 'ordered' })).status).toBe(409); // nothing was cut
    await desk.changeSupply(7);
    const refused = await desk.draft();
    expect(refused.status).toBe(409);
    const messages = (refused.body['errors'] as { message: string }[]).map(({ message }) => message);
    expect(messages[0]).toMatch(/^7 packs supplied, but \d+ ordered and \d+ accepted: draft with keep "ordered"/);
    expect(messages.join('\n')).toMatch(/sit_a has 3 packs accepted/);
    await desk.published({ keep: 'ordered' });
    const now = await outstanding(desk.week());
    expect(now.ordered + now.accepted + now.offered).toBeLessThanOrEqual(7);
    expect((await desk.awardsOf('sit_a')).find(({ awardId }) => awardId === a.awardId)?.state).toBe('withdrawn');
    expect((await desk.order(b)).text).toMatch(/withdrawn/);
    expect((await desk.awardsOf('sit_c')).find(({ awardId }) => awardId === c.awardId)?.state).not.toBe('withdrawn');
  });

  it('below what was ordered, to nothing even, says how many packs of orders must go; cancelled orders come back', async () => {
    await openWeek(6);
    await desk.published();
    const mine = await accepted('sit_c');
    const placed = await desk.order(mine);
    await desk.changeSupply(0);
    const refused = await desk.draft({ keep: 'ordered' });
    expect(refused.text).toMatch(/0 packs supplied, but 2 ordered and 0 accepted: cancel or return orders for 2 packs first/);
    await desk.cancel('sit_c', String(placed.body['orderId']));
    await desk.changeSupply(2);
    await desk.published();
    const now = await outstanding(desk.week());
    expect([now.ordered, now.offered, now.supply]).toEqual([0, 2, 2]);
  });
});

describe('a top-up late in its week', () => {
  it('takes back what nobody answered, and its offers may still be answered for a day', async () => {
    await openWeek(5);
    const early = await desk.published();
    const saturday = `${addDays(desk.week(), 5)}T15:00:00.000Z`;
    await desk.changeSupply(9);
    const drafted = String((await desk.draft()).body['runId']);
    await desk.propose(drafted);
    const late = await desk.publish(drafted, desk.asBob, saturday);
    expect(late.status).toBe(200);
    const offers = await desk.awardsOf('sit_c');
    const [old, fresh] = [offers.find(({ awardId }) => awardId.endsWith(early)), offers.find(({ awardId }) => awardId.endsWith(drafted))];
    if (old === undefined || fresh === undefined) throw new Error('two offers were made');
    expect([old.state, fresh.state]).toEqual(['lapsed', 'offered']);
    expect((await desk.answer(fresh, { answer: 'accept' }, `${addDays(desk.week(), 6)}T15:00:00.000Z`)).body['detail']).toMatch(/It lapsed at/);
    expect((await desk.answer(fresh, { answer: 'accept' }, `${addDays(desk.week(), 6)}T14:59:00.000Z`)).status).toBe(200);
  });
});

describe('a run in the hands of its worker', () => {
  const read = (runId: string, now = desk.early()): Promise<Answer> => desk.asAnn({ route: 'GET /allocation-runs/{runId}', params: { runId }, now });
  const historyOf = async (runId: string): Promise<unknown[]> => (await all('ALLOCATIONS_TABLE', `HISTORY#RUN#${runId}#RUN`, '0')).map(({ action }) => action);
  const noAwards = ({ operation, body }: { operation: string; body: string }) => (operation === 'PutItem' && body.includes('run-awards') ? 'server-error' as const : undefined);

  it('is drafted once, however often it is asked for and delivered, and nothing of it is read before it is whole', async () => {
    await openWeek(6);
    const ask = { route: 'POST /allocation-runs' as const, body: { week: desk.week(), policy: 'connecticut-2021-03' }, key: desk.key() };
    const [first, again] = [await desk.asAnn(ask), await desk.asAnn(ask)];
    const runId = String(first.body['runId']);
    expect([first.status, again.status, first.body['state'], again.body['runId']]).toEqual([202, 202, 'drafting', runId]);
    const messages = await desk.runDesk.received();
    expect(messages).toHaveLength(2);

    proxy.trouble(noAwards);
    expect((await desk.runDesk.deliver(messages.slice(0, 1))).batchItemFailures).toHaveLength(1);
    proxy.trouble(undefined);
    expect((await read(runId)).body).toMatchObject({ state: 'drafting', version: 1, nextMoves: [] });
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

type Step = { kind: 'run'; keep: boolean } | { kind: 'supply'; packs: number } | { kind: 'answer' | 'order' | 'cancel'; site: number; how: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('run' as const), keep: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('supply' as const), packs: fc.integer({ min: 0, max: 14 }) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom('answer' as const, 'answer' as const, 'order' as const, 'cancel' as const), site: fc.integer({ min: 0, max: 2 }), how: fc.integer({ min: 0, max: 5 }) }) },
);

describe('over any sequence of runs, answers, orders, cuts and top-ups', () => {
  it('submitted and open awards never exceed the supply, and after a cut below what is promised no step promises more', async () => {
    const seen: Record<string, number> = {};
    const count = (what: string): void => { seen[what] = (seen[what] ?? 0) + 1; };
    const take = async (drawn: Step): Promise<void> => {
      if (drawn.kind === 'run') {
        const { status } = await desk.run(drawn.keep ? { keep: 'ordered' } : {});
        return count(`run ${drawn.keep ? 'ordered ' : ''}${status}`);
      }
      if (drawn.kind === 'supply') {
        await desk.changeSupply(drawn.packs);
        return count('supply');
      }
      const { siteId } = sites[drawn.site] ?? { siteId: '' };
      const awards = await desk.awardsOf(siteId);
      const wanted = drawn.kind === 'answer' ? 'offered' : 'accepted';
      const award = (drawn.how === 5 ? undefined : awards.find(({ state }) => state === wanted)) ?? awards[drawn.how % Math.max(1, awards.length)];
      if (award === undefined) return;
      if (drawn.kind === 'answer') {
        const body = drawn.how === 0 ? { answer: 'decline', reason: 'no staff' } : drawn.how < 3 && award.doses > 100 ? { answer: 'reduce', doses: award.doses - 100 } : { answer: 'accept' };
        count(`answer ${(await desk.answer(award, body)).status}`);
      } else if (drawn.kind === 'order') count(`order ${(await desk.order(award)).status}`);
      else {
        const [order] = await all('ORDERS_TABLE', `SITE#${siteId}`, 'ORDER#');
        if (order !== undefined) count(`cancel ${(await desk.cancel(siteId, String(order['orderId']))).status}`);
      }
    };
    for (const steps of fc.sample(fc.array(step, { minLength: 14, maxLength: 14 }), { numRuns: Number(process.env['ALLOCATION_WEEKS'] ?? 5), seed: 31 })) {
      await openWeek(10);
      await desk.run();
      let before = await outstanding(desk.week());
      for (const drawn of steps) {
        await take(drawn);
        const now = await outstanding(desk.week());
        const promised = now.ordered + now.accepted;
        const isCut = now.held && promised > now.supply;
        if (isCut) expect(promised).toBeLessThanOrEqual(before.ordered + before.accepted);
        else expect(promised + now.offered).toBeLessThanOrEqual(now.supply);
        if (isCut) expect(now.offered).toBe(0);
        count(isCut ? 'cut below promises' : 'within supply');
        before = now;
      }
    }
    process.stdout.write(`${JSON.stringify(seen)}\n`);
    for (const what of ['run 200', 'answer 200', 'order 201', 'cut below promises', 'within supply']) expect(seen[what]).toBeGreaterThan(0);
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
    const drafting = performance.now();
    const first = String((await desk.draft()).body['runId']);
    const calls = Map.groupBy(proxy.asked, ({ operation }) => operation);
    process.stdout.write(`draft of ${many} sites: ${Math.round(performance.now() - drafting)} ms, ${[...calls].map(([operation, asked]) => `${asked.length} ${operation}`).join(', ')}\n`);
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

    const publishing = performance.now();
    const again = await desk.askPublication(first); // by who asked first: the answer may have been lost
    const asCat = (request: Parameters<typeof desk.asAnn>[0]) => desk.asAnn({ ...request, subject: 'cat' });
    expect([again.status, again.version]).toEqual([202, 4]);
    expect((await desk.askPublication(first, asCat)).status).toBe(412);
    const [reference] = await desk.runDesk.received();
    const deliveries = await Promise.all([1, 2].map(() => desk.runDesk.deliver(reference === undefined ? [] : [reference], { now: desk.inWeek() })));
    process.stdout.write(`two deliveries of ${many} offers: ${Math.round(performance.now() - publishing)} ms\n`);
    expect(deliveries.flatMap(({ batchItemFailures }) => batchItemFailures)).toEqual([]);
    const winner = first;
    const { body } = await desk.asAnn({ route: 'GET /allocation-runs/{runId}', params: { runId: winner } });
    expect(body).toMatchObject({ state: 'published', version: 5, awards: expect.any(Number), awardedDoses: expect.any(Number) });
    const offers = await Promise.all(looked.map(shown));
    expect(new Set(offers)).toEqual(new Set([1]));
    const question = { siteId: idOf(3), ndc: janssen, doseNumber: '1', packDoses: '100' };
    const started = performance.now();
    const answer = await desk.asAnn({ route: 'GET /allocation-runs/{runId}/what-if', params: { runId: winner }, query: question });
    process.stdout.write(`what-if at ${many} sites: ${Math.round(performance.now() - started)} ms, its parts read from the table\n`);
    expect((answer.body['effects'] as object[]).length).toBeGreaterThan(3);
  }, 180_000);
});
