import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { orderItem, type OrderItem } from '../../shared/published/order-line.ts';
import { hubSites as sites, janssen, openAllocationDesk, type AllocationDesk } from '../support/allocation-desk.ts';

let desk: AllocationDesk;
beforeAll(async () => {
  desk = await openAllocationDesk('hub-weeks', sites);
});
afterAll(() => desk.stop());

/** Two products in packs of 100, with the doses of their vials. */
const products = [{ ndc: janssen, vialDoses: 5 }, { ndc: '80777-0273-10', vialDoses: 10 }] as const;
const lineOf = (at: number): string => `${desk.week()}_${products[at]?.ndc ?? ''}_1_100_jurisdiction`;

/** A week with ten packs of each, in which everybody asks for more than their share. */
const openWeek = async (): Promise<string> => {
  desk.nextWeek();
  for (const { ndc } of products) {
    await desk.supply(10, { ndc });
    for (const { siteId } of sites) await desk.ask(siteId, 1_000, ndc);
  }
  return desk.published();
};

describe('Over any sequence of runs, answers, orders, cuts and top-ups', () => {
  type Step = { kind: 'run'; keep: boolean } | { kind: 'supply'; packs: number; line: number } | { kind: 'answer' | 'order' | 'cancel'; site: number; how: number };
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('run' as const), keep: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('supply' as const), packs: fc.integer({ min: 2, max: 14 }), line: fc.integer({ min: 0, max: 1 }) }) },
    { weight: 10, arbitrary: fc.record({ kind: fc.constantFrom('answer' as const, 'answer' as const, 'answer' as const, 'order' as const, 'cancel' as const), site: fc.constantFrom(0, 0, 1, 2, 3), how: fc.integer({ min: 0, max: 6 }) }) },
  );
  const ordersOf = async (siteId: string): Promise<OrderItem[]> => {
    const { Items = [] } = await desk.suite.dynamo.send(
      new QueryCommand({ TableName: desk.suite.tables['ORDERS_TABLE'], KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)', ExpressionAttributeValues: { ':pk': `SITE#${siteId}`, ':sk': 'ORDER#' }, ConsistentRead: true }),
    );
    return Items.map((item) => orderItem.parse(item));
  };
  /** Doses of a product that a site holds (`ordered`, or taken and not ordered) and may still take this week, in packs and by the vial. */
  const countsOn = async (siteId: string, ndc: string) => {
    const orders = await ordersOf(siteId);
    const sums = { packs: { held: 0, open: 0, ordered: 0 }, vials: { held: 0, open: 0, ordered: 0 } };
    for (const award of (await desk.awardsOf(siteId)).filter(({ awardId }) => awardId.includes(ndc))) {
      const of = award.packs > 0 ? sums.packs : sums.vials;
      const order = orders.find(({ awardId }) => awardId === award.awardId);
      const ordered = order?.lines.filter(({ state }) => !['cancelled', 'rejected'].includes(state)).reduce((sum, { doses }) => sum + doses, 0) ?? 0;
      of.ordered += ordered;
      if (order !== undefined) of.held += ordered;
      else if (award.state === 'accepted' || award.state === 'reduced') of.held += award.acceptedDoses ?? award.doses;
      else if (award.state === 'offered') of.open += award.doses;
    }
    return sums;
  };
  const take = async (drawn: Step, offered: readonly string[]): Promise<string> => {
    if (drawn.kind === 'run') return `run ${(await desk.run(drawn.keep ? { keep: 'ordered' } : {})).status}`;
    if (drawn.kind === 'supply') return `supply ${(await desk.changeSupply(drawn.packs, lineOf(drawn.line))).status}`;
    const siteId = (drawn.kind === 'answer' ? [...offered.slice(drawn.site), ...offered][0] : undefined) ?? sites[drawn.site]?.siteId ?? '';
    if (drawn.kind === 'cancel') {
      const [order] = await ordersOf(siteId);
      return order === undefined ? 'nothing' : `cancel ${(await desk.cancel(siteId, order.orderId)).status}`;
    }
    const awards = await desk.awardsOf(siteId);
    const award = awards.find(({ state }) => state === (drawn.kind === 'answer' ? 'offered' : 'accepted')) ?? awards[0];
    if (award === undefined) return 'nothing';
    if (drawn.kind === 'order') return `order ${(await desk.order(award)).status}`;
    const unit = award.packs > 0 ? 100 : (products.find(({ ndc }) => award.awardId.includes(ndc))?.vialDoses ?? 0);
    const body = drawn.how === 0 ? { answer: 'decline', reason: 'no staff' } : drawn.how === 1 && award.doses > unit ? { answer: 'reduce', doses: award.doses - unit } : { answer: 'accept' };
    return `answer ${award.packs > 0 ? 'packs' : 'vials'} ${(await desk.answer(award, body)).status}`;
  };

  type Counts = Awaited<ReturnType<typeof countsOn>>;
  const heldOf = (all: readonly Counts[], of: 'packs' | 'vials'): number => all.reduce((sum, site) => sum + site[of].held, 0);
  /** A run that keeps what was ordered takes back what was accepted where more is held than there is, vials with their packs, and nothing else. */
  const expectTakenBack = (before: readonly Counts[], after: readonly Counts[], supply: number): 'taken back' | 'kept' => {
    const [hub] = before;
    if (heldOf(before, 'packs') <= supply * 100) {
      expect([heldOf(after, 'packs'), heldOf(after, 'vials')]).toEqual([heldOf(before, 'packs'), heldOf(before, 'vials')]);
      return 'kept';
    }
    expect(heldOf(after, 'packs')).toBe(before.reduce((sum, { packs }) => sum + packs.ordered, 0));
    if (hub?.packs.ordered === 0) expect(heldOf(after, 'vials')).toBe(0);
    return 'taken back';
  };

  it('vials that sites took or may still take are never more than their hub’s packs hold, which are never more than the supply', async () => {
    const seen: Record<string, number> = {};
    const count = (what: string): void => { seen[what] = (seen[what] ?? 0) + 1; };
    let weeks = 0;
    for (const steps of fc.sample(fc.array(step, { minLength: 10, maxLength: 10 }), { numRuns: Number(process.env['ALLOCATION_WEEKS'] ?? 2), seed: 47 })) {
      const runId = await openWeek();
      // In every other week they took what they were offered, one product is cut, and the rest begins there.
      const isTaken = (weeks += 1) % 2 === 1;
      for (const siteId of isTaken ? ['sit_oak', 'sit_hub'] : []) {
        const awards = (await desk.awardsOf(siteId)).filter(({ awardId }) => awardId.endsWith(runId));
        if (awards.length !== products.length) throw new Error('an offer of each product');
        for (const award of awards) if ((await desk.answer(award, { answer: 'accept' })).status !== 200) throw new Error('not taken');
      }
      const supply = products.map(() => 10);
      const countAll = () => Promise.all(products.map(({ ndc }) => Promise.all(sites.map(({ siteId }) => countsOn(siteId, ndc)))));
      let before = await countAll();
      let offered: string[] = [];
      for (const drawn of [...(isTaken ? [{ kind: 'supply', packs: 0, line: 1 } as const, { kind: 'run', keep: true } as const] : []), ...steps]) {
        const did = await take(drawn, offered);
        count(did);
        if (drawn.kind === 'supply' && did === 'supply 200') supply[drawn.line] = drawn.packs;
        const now = await countAll();
        const isOpen = (at: number): boolean => now.some((of) => (of[at]?.packs.open ?? 0) + (of[at]?.vials.open ?? 0) > 0);
        offered = sites.flatMap(({ siteId }, at) => (isOpen(at) ? [siteId] : []));
        now.forEach((of, product) => {
          const [hub, ivy, oak] = of;
          if (hub === undefined || ivy === undefined || oak === undefined) throw new Error('four sites');
          const [held, open] = [ivy.vials.held + oak.vials.held, ivy.vials.open + oak.vials.open];
          expect(held).toBeLessThanOrEqual(hub.packs.held + hub.packs.open);
          expect(held + open).toBeLessThanOrEqual(hub.packs.held + hub.packs.open);
          if (held > 0) count('vials held');
          if (held > 0 && hub.packs.held > 0) count('vials of packs that were taken');
          const packs = of.reduce((sum, site) => sum + site.packs.held + site.packs.open, 0);
          if (did === 'run 200') expect(packs).toBeLessThanOrEqual((supply[product] ?? 0) * 100);
          if (did !== 'run 200' || drawn.kind !== 'run' || !drawn.keep) return;
          const was = before[product] ?? [];
          const what = expectTakenBack(was, of, supply[product] ?? 0);
          if (heldOf(was, 'vials') > 0) count(`vials ${what}`);
        });
        before = now;
      }
    }
    process.stdout.write(`${JSON.stringify(seen)}\n`);
    for (const what of ['run 200', 'answer vials 200', 'answer packs 200', 'vials of packs that were taken', 'vials taken back', 'vials kept']) expect(seen[what]).toBeGreaterThan(0);
  }, 400_000);
});
