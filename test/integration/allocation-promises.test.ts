import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { addDays } from '../../shared/kernel/dates.ts';
import { FIGURE_LETTERS, figuresKey } from '../../shared/published/site-figures.ts';
import { janssen, openAllocationDesk, type AllocationDesk, type DeskAward } from '../support/allocation-desk.ts';
import { itemsOf, outstandingIn, type OutstandingWeek } from '../support/allocation-outstanding.ts';
import { openSuite, type Suite } from '../support/suite.ts';

const sites = [
  { siteId: 'sit_a', group: 'priority-zips', population: 1_000 },
  { siteId: 'sit_b', group: 'elsewhere', population: 2_000 },
  { siteId: 'sit_c', group: 'elsewhere', population: 3_000 },
];

let suite: Suite;
let desk: AllocationDesk;
beforeAll(async () => {
  suite = await openSuite('promises');
  desk = await openAllocationDesk('promises', sites, suite);
  all = itemsOf(suite);
  outstanding = (week) => outstandingIn(all, sites.map(({ siteId }) => siteId), week, desk.inWeek());
});
afterAll(() => desk.stop());

let all: (table: string, pk: string, prefix: string) => Promise<Record<string, unknown>[]>;
let outstanding: (week: string) => Promise<OutstandingWeek>;

const lastAward = async (siteId: string): Promise<DeskAward | undefined> => (await desk.awardsOf(siteId))[0];
const offersOf = async (siteId: string, runId: string) => (await desk.awardsOf(siteId)).filter(({ awardId, state }) => awardId.endsWith(runId) && state === 'offered').map(({ doses }) => doses);
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
    await desk.changeSupply(12);
    const all = await desk.draft({ keep: 'ordered' });
    expect([all.body['revokes'], (all.body['notes'] as string[])[0]]).toEqual([undefined, expect.stringMatching(/^It takes nothing back: of no product is more promised/)]);
    await desk.changeSupply(7);
    await desk.published({ keep: 'ordered' });
    const now = await outstanding(desk.week());
    expect(now.ordered + now.accepted + now.offered).toBeLessThanOrEqual(7);
    expect((await desk.awardsOf('sit_a')).find(({ awardId }) => awardId === a.awardId)).toMatchObject({ state: 'withdrawn', words: expect.arrayContaining([expect.stringMatching(/^These doses ended: a cut of supply/)]) as unknown });
    expect((await desk.answer(a, { answer: 'decline', reason: 'no staff' })).body['detail']).toMatch(/^It is withdrawn; this is possible from offered\. These doses ended: a cut of supply/);
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

describe('a site that declined its offer or took less of it', () => {
  it('is offered no more of it by the runs that follow, and what it left goes to the others', async () => {
    await openWeek(12);
    await desk.published();
    const [a, c] = [await lastAward('sit_a'), await lastAward('sit_c')];
    if (a === undefined || c === undefined) throw new Error('no offer');
    await desk.answer(a, { answer: 'decline', reason: 'no staff' });
    await desk.answer(c, { answer: 'reduce', doses: 200 });
    const next = await desk.published();
    expect([await offersOf('sit_a', next), await offersOf('sit_b', next), await offersOf('sit_c', next)]).toEqual([[], [1_000], []]);
    const figures = (await desk.asClinic({ route: 'GET /sites/{siteId}/allocation-figures', params: { siteId: 'sit_c' }, query: { week: desk.week() }, now: desk.inWeek() })).body['figures'] as { name: string; value: number; words: string[] }[];
    expect(figures.find(({ name }) => name === 'request')).toMatchObject({ value: 200, words: expect.arrayContaining([expect.stringContaining('no more than the 200 it took')]) as unknown });
    expect((await outstanding(desk.week())).accepted).toBe(2);
  });

  it('is offered so much again, once, when a cut took back what it took', async () => {
    await openWeek(12);
    await desk.published();
    for (const siteId of ['sit_a', 'sit_b']) await accepted(siteId);
    for (const c of await desk.awardsOf('sit_c')) await desk.answer(c, { answer: 'reduce', doses: 200 });
    await desk.changeSupply(1);
    await desk.published({ keep: 'ordered' });
    await desk.changeSupply(12);
    for (const doses of [[200], [200]]) expect(await offersOf('sit_c', await desk.published())).toEqual(doses);
    await accepted('sit_c');
    expect(await offersOf('sit_c', await desk.published())).toEqual([]);
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
    expect([old.nextMoves, fresh.nextMoves]).toEqual([[], ['accept', 'reduce', 'decline']]);
    expect([old.words[0], fresh.words[0]]).toEqual([expect.stringContaining('newer run'), expect.not.stringContaining('newer run')]);
    expect((await desk.answer(fresh, { answer: 'accept' }, `${addDays(desk.week(), 6)}T15:00:00.000Z`)).body['detail']).toMatch(/It lapsed at/);
    expect((await desk.answer(fresh, { answer: 'accept' }, `${addDays(desk.week(), 6)}T14:59:00.000Z`)).status).toBe(200);
  });
});

const moderna = '80777-0273-10';
const modernaLine = (doseNumber: number): string => `${desk.week()}_${moderna}_${doseNumber}_100_jurisdiction`;
/** A product of two doses beside the first: supply of both, requests for first doses, and second doses that fall due, counted by reports, for which nobody asks. */
const openTwoDoses = async (): Promise<void> => {
  for (const doseNumber of [1, 2]) await desk.supply(doseNumber === 1 ? 4 : 3, { ndc: moderna, doseNumber });
  for (const { siteId } of sites) {
    await desk.asClinic({ route: 'PUT /sites/{siteId}/requests/{week}/{ndc}/{doseNumber}', params: { siteId, week: desk.week(), ndc: moderna, doseNumber: '1' }, body: { doses: 400 }, ifMatch: 0 });
    await suite.dynamo.send(new PutCommand({ TableName: suite.tables['REPORTS_TABLE'], Item: { ...figuresKey(siteId, desk.week(), 0), type: 'site-figures', [`${FIGURE_LETTERS.due}:207|2`]: 140 } }));
  }
};

type Step = { kind: 'run'; keep: boolean } | { kind: 'supply'; packs: number; line: number } | { kind: 'answer' | 'order' | 'cancel'; site: number; how: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('run' as const), keep: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('supply' as const), packs: fc.integer({ min: 0, max: 14 }), line: fc.integer({ min: 0, max: 3 }) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom('answer' as const, 'answer' as const, 'order' as const, 'cancel' as const), site: fc.integer({ min: 0, max: 2 }), how: fc.integer({ min: 0, max: 5 }) }) },
);

describe('over any sequence of runs, answers, orders, cuts and top-ups', () => {
  it('submitted and open awards never exceed the supply, and after a cut below what is promised no step promises more', async () => {
    const seen: Record<string, number> = {};
    const count = (what: string): void => { seen[what] = (seen[what] ?? 0) + 1; };
    let policy = 'connecticut-2021-03';
    const take = async (drawn: Step): Promise<void> => {
      if (drawn.kind === 'run') {
        const { status } = await desk.run({ policy, ...(drawn.keep ? { keep: 'ordered' } : {}) });
        if (status === 200) count(policy);
        return count(`run ${drawn.keep ? 'ordered ' : ''}${status}`);
      }
      if (drawn.kind === 'supply') {
        if (drawn.line < 2 || policy === 'connecticut-2021-03') await desk.changeSupply(drawn.packs);
        else await desk.changeSupply(Math.min(drawn.packs, 5), modernaLine(drawn.line - 1));
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
      policy = policy === 'connecticut-2021-02' ? 'connecticut-2021-03' : 'connecticut-2021-02';
      if (policy === 'connecticut-2021-02') await openTwoDoses();
      await desk.run({ policy });
      let before = await outstanding(desk.week());
      for (const drawn of steps) {
        await take(drawn);
        const now = await outstanding(desk.week());
        for (const [pool, is] of now.pools) {
          const promised = is.ordered + is.accepted;
          const was = before.pools.get(pool) ?? { ordered: 0, accepted: 0 };
          const isCut = now.held && promised > is.supply;
          if (drawn.kind === 'run' && drawn.keep && !now.held && before.held) {
            // Only what was too much was taken back, and all of that.
            const isOver = was.ordered + was.accepted > (before.pools.get(pool)?.supply ?? 0);
            expect(is.accepted).toBe(isOver ? 0 : was.accepted);
            if (was.accepted > 0) count(isOver ? 'taken back' : 'kept through a cut');
            if (was.accepted > 0 && !isOver && [...before.pools.values()].some((other) => other.accepted > 0 && other.ordered + other.accepted > other.supply)) count('kept beside what was taken back');
          }
          if (isCut) expect(promised).toBeLessThanOrEqual(was.ordered + was.accepted);
          else expect(promised + is.offered).toBeLessThanOrEqual(is.supply);
          if (isCut) expect(is.offered).toBe(0);
          count(isCut ? 'cut below promises' : 'within supply');
          if (pool === `${moderna} 2` && promised + is.offered > 0) count(promised > 0 ? 'second doses promised' : 'second doses offered');
        }
        before = now;
      }
    }
    process.stdout.write(`${JSON.stringify(seen)}\n`);
    for (const what of ['run 200', 'connecticut-2021-02', 'connecticut-2021-03', 'answer 200', 'order 201', 'cut below promises', 'within supply', 'second doses offered', 'second doses promised', 'taken back', 'kept through a cut', 'kept beside what was taken back']) expect(seen[what]).toBeGreaterThan(0);
  });
});

describe('a cut of one product', () => {
  it('takes back what was accepted of it only: of others every award stays and can be ordered', async () => {
    await openWeek(12);
    await openTwoDoses();
    await desk.published({ policy: 'connecticut-2021-02' });
    for (const { siteId } of sites) for (const award of await desk.awardsOf(siteId)) await desk.answer(award, { answer: 'accept' });
    const ids = (awards: readonly DeskAward[], state: string) => awards.flatMap(({ awardId, state: is }) => (is === state ? [awardId] : [])).sort();
    const isJanssen = (id: string): boolean => id.includes(janssen);
    const [a, c] = [await desk.awardsOf('sit_a'), await desk.awardsOf('sit_c')];
    await desk.changeSupply(5);
    const run = await desk.draft({ policy: 'connecticut-2021-02', keep: 'ordered' });
    expect(run.body['revokes']).toEqual(ids(c, 'accepted').filter(isJanssen));
    expect((run.body['notes'] as string[])[0]).toMatch(/^Supply was cut below .* where that is so: Janssen 18\+, dose 1, packs of 100: 12 packs of 3 sites\. What they are offered again.* What was accepted of everything else stays\.$/);
    await desk.published({ policy: 'connecticut-2021-02', keep: 'ordered' });
    const now = await desk.awardsOf('sit_c');
    expect(ids(now, 'withdrawn')).toEqual(ids(c, 'accepted').filter(isJanssen));
    expect([ids(now, 'accepted'), ids(await desk.awardsOf('sit_a'), 'accepted')]).toEqual([ids(c, 'accepted').filter((id) => !isJanssen(id)), ids(a, 'accepted').filter((id) => !isJanssen(id))]);
    expect(ids(now, 'accepted').length).toBe(2);
    for (const award of now.filter(({ state }) => state === 'accepted')) expect((await desk.order(award)).status).toBe(201);
  });
});

describe('a cut of first doses beside second doses', () => {
  it('is not paid out of second doses by a policy that sets packs aside for them: refused as without', async () => {
    await openWeek(12);
    await desk.supply(9, { doseNumber: 2 });
    await desk.published();
    for (const { siteId } of sites) await accepted(siteId);
    await desk.changeSupply(7);
    const stages = [{ id: 'second', kind: 'second-doses', withinWeeks: 2 }, { id: 'open', kind: 'open', weight: 'population', doseNumbers: [1] }];
    const policy = { schema: 1, id: 'aside', version: 1, title: 'Second doses set aside', tree: { id: 'state', children: [{ id: 'priority-zips' }, { id: 'elsewhere' }] }, stages };
    for (const secondDoses of [undefined, { setAsideWeeks: 2 }, 'hold-back-all'])
      expect((await desk.draft({ policy: { ...policy, secondDoses } })).text).toMatch(/7 packs supplied, but 0 ordered and 12 accepted/);
    expect((await desk.draft({ policy: { ...policy, secondDoses: 'release' } })).body['state']).toBe('draft'); // nobody is due
  });
});
