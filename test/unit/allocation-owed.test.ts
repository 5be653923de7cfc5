import { describe, expect, it } from '@jest/globals';
import type { DebtRow } from '../../functions/allocations/domain/inputs.ts';
import { carryOn, owedBefore } from '../../functions/allocations/owed-before.ts';
import { makeOffers } from '../../functions/allocations/offer-awards.ts';
import { answeredOf, overPromised, promisedOf, type Promised } from '../../functions/allocations/promised.ts';
import { unansweredVials } from '../../functions/allocations/promised-vials.ts';
import type { RunItem } from '../../functions/allocations/schemas-run-items.ts';
import { storedAward } from '../../functions/allocations/stored-award.ts';
import { awardIdOf, awardItem, awardKey, type AwardItem } from '../../shared/published/award.ts';
import { PRODUCT, allocated, smallInputs, smallPolicy } from '../support/allocation.ts';

const book = (...micros: readonly number[]): DebtRow[] =>
  micros.map((micro, at) => ({ siteId: `sit_${at}`, product: '59676-0580-05', doseNumber: 1, packDoses: 100, micro })).filter(({ micro }) => micro !== 0);

describe('What is owed after a run', () => {
  it.each([
    ['what its books say, when it brought what was owed', book(30, -30), book(30, -30), book(10, -10), book(10, -10)],
    ['what was owed before too, when it brought nothing', book(30, -30), [], book(10, -10), book(40, -40)],
    ['what came of the week before when that was published anew', book(50, -20, -30), book(30, -30), book(10, 0, -10), book(30, 10, -40)],
    ['nothing, when it paid all', book(30, -30), book(30, -30), [], []],
  ])('is %s', (_what, before, brought, debts, owed) => {
    expect(carryOn(before, { brought, debts })).toEqual(owed);
  });
});

describe('What a week starts from', () => {
  interface Open { readonly brought: DebtRow[]; readonly debts: DebtRow[] }
  /** Books of weeks that are published and not settled, after a settlement in February. */
  const booksOf = (open: Readonly<Record<string, Open>>): Parameters<typeof owedBefore>[0] => {
    const found = <T>(value: unknown): Promise<T> => Promise.resolve(value as T);
    return {
      settlementBefore: () => found({ week: '2021-02-22', partsPk: 'settled' }),
      pointer: (week) => found(open[week] && { runId: week }),
      sharedOut: (runId) => found({ partsPk: runId }),
      debtRows: (pk, name) => found(pk === 'settled' ? book(5, -5) : open[pk]?.[name === 'DEBT' ? 'debts' : 'brought'] ?? []),
    };
  };

  it.each<[string, Record<string, Open>, DebtRow[]]>([
    ['what was settled, while no week since is published', {}, book(5, -5)],
    ['what an open week owes', { '2021-03-08': { brought: book(5, -5), debts: book(30, -30) } }, book(30, -30)],
    ['what every open week owes, of those that were drafted before another was published', { '2021-03-01': { brought: book(5, -5), debts: book(30, -30) }, '2021-03-08': { brought: book(5, -5), debts: book(15, -15) } }, book(40, -40)],
  ])('is %s', async (_what, open, owed) => {
    expect(await owedBefore(booksOf(open), '2021-03-15')).toEqual(owed);
  });
});

describe('What a site said it takes of a product in the week', () => {
  const award = (runId: string, state: AwardItem['state'], doses: number, more: Partial<AwardItem> = {}): AwardItem =>
    ({ siteId: 'sit_0', ndc: '59676-0580-05', doseNumber: 1, packDoses: 100, packs: doses / 100, doses, week: '2021-03-08', runId, awardId: `award of ${runId}`, state, ...more }) as AwardItem;
  const half = { packDoses: 450, packs: 1 };
  const byVial = (runId: string, state: AwardItem['state'], doses: number, more: Partial<AwardItem> = {}): AwardItem => award(runId, state, doses, { packs: 0, ...more });

  // Whether what it took stands is no part of the answer: a cut, a cancelled order or a hub that declines unsays nothing.
  it.each<[string, AwardItem[], number[]]>([
    ['nothing, while it declined no offer and reduced none', [award('one', 'accepted', 300)], []],
    ['no dose, when it declined', [award('one', 'declined', 300, { acceptedDoses: 0 })], [0]],
    ['what it took, when it reduced', [award('one', 'reduced', 300, { acceptedDoses: 200 })], [200]],
    ['what it had when it was offered more and declined', [award('one', 'ordered', 300), award('two', 'declined', 100, { heldDoses: 300 })], [300]],
    ['what it had, and what it took of more', [award('one', 'ordered', 300), award('two', 'reduced', 200, { heldDoses: 300, acceptedDoses: 100 })], [400]],
    ['and the offer of another size that it may still answer', [award('one', 'declined', 300), award('one', 'offered', 450, half)], [450]],
    ['but no offer of another run', [award('one', 'offered', 450, half), award('two', 'declined', 300)], [0]],
    ['what it took, once, when that ended and it was offered it again', [award('one', 'reduced', 300, { acceptedDoses: 200 }), award('two', 'offered', 200)], [200]],
    ['what it took, once, when that ended and it took it again', [award('one', 'reduced', 300, { acceptedDoses: 200 }), award('two', 'accepted', 200)], [200]],
    ['less, when it took less of that', [award('one', 'reduced', 300, { acceptedDoses: 200 }), award('two', 'reduced', 200, { acceptedDoses: 100 })], [100]],
    ['by the vial as by the pack', [byVial('one', 'reduced', 40, { acceptedDoses: 20 }), byVial('two', 'offered', 10), byVial('three', 'accepted', 20)], [20]],
  ])('is %s', (_what, awards, most) => {
    expect(answeredOf(awards).map(({ mostDoses }) => mostDoses)).toEqual(most);
  });
});

describe('More promised of a pool than there is', () => {
  const promise = (packs: number, kind: Promised['kind'], doseNumber = 1): Promised =>
    ({ siteId: 'sit_0', awardId: 'award', runId: 'one', product: '59676-0580-05', doseNumber, packDoses: 100, packs, kind, arrivedDoses: 0, onTheWayDoses: 0 });
  const first = '59676-0580-05#1#100';
  const supply = { product: '59676-0580-05', doseNumber: 1, packDoses: 100, packs: 5 };

  it.each<[string, Promised[], string[], number[]]>([
    ['is none while promises fit', [promise(3, 'ordered'), promise(2, 'accepted')], [], []],
    ['is what was accepted too', [promise(3, 'ordered'), promise(3, 'accepted')], [], [5]],
    ['is none where that is taken back', [promise(3, 'ordered'), promise(3, 'accepted')], [first], []],
    ['is what was ordered, whatever is taken back', [promise(6, 'ordered')], [first], [5]],
    ['is all of a pool that the supply does not name: its packs went back to what they were labelled for', [promise(1, 'accepted', 2)], [first], [0]],
  ])('%s', (_what, promised, back, packs) => {
    expect(overPromised([supply], promised, new Set(back)).map(({ supplyPacks }) => supplyPacks)).toEqual(packs);
  });
});

describe('an offer', () => {
  it('says what of its product the site had when it was made, packs for others and vials too', async () => {
    const sites = [{ id: 'clinic', requestDoses: 300, line: { fixed: [{ packDoses: 100, packs: 1, othersDoses: 10 }] } }, { id: 'office', requestDoses: 50, line: { vials: [{ hub: 'clinic', packDoses: 100, doses: 10 }] } }, { id: 'farm', requestDoses: 100 }];
    const plain = smallInputs({ packs: 9, sites });
    const inputs = { ...plain, supply: plain.supply.map((line) => ({ ...line, vialDoses: 10 })) };
    const awards = allocated(inputs, smallPolicy({ hubs: [{ hub: 'clinic', members: ['office'] }] })).awards.map((award) => storedAward(award, []));
    const offers = await makeOffers({ awardsBetween: () => Promise.resolve([]) })({ runId: 'run_2', week: inputs.week } as RunItem, awards, inputs);
    expect(offers.map(({ siteId, heldDoses }) => [siteId, heldDoses]).sort()).toEqual([['clinic', 100], ['farm', undefined], ['office', 10]]);
  });
});

describe('vials that a site took before its hub answered', () => {
  const name = { week: '2021-03-01', ndc: PRODUCT, doseNumber: 1, packDoses: 100 };
  const award = (siteId: string, runId: string, more: Partial<AwardItem>): AwardItem =>
    awardItem.parse({ ...awardKey(siteId, { ...name, runId }), ...name, runId, type: 'award', schema: 1, version: 2, awardId: awardIdOf({ ...name, runId }), siteId, packs: 1, doses: 100, state: 'accepted', channel: 'jurisdiction', ...more });
  const outOf = ['run_1', 'run_2'].map((runId) => awardIdOf({ ...name, runId }));
  const office = (more: Partial<AwardItem> = {}): AwardItem => award('office', 'run_2', { packs: 0, doses: 40, byVial: { hub: 'clinic', vialDoses: 10, outOf, leastDoses: 140 }, ...more });
  const [earlier, offered] = [award('clinic', 'run_1', {}), award('clinic', 'run_2', { state: 'offered' })];
  const pointer = { runId: 'run_2' };

  it.each<[string, number[], AwardItem[]]>([
    ['while its packs are on offer to the hub', [40], [earlier, offered, office()]],
    ['as many as it took', [30], [earlier, offered, office({ state: 'reduced', acceptedDoses: 30 })]],
    ['not where the hub took the packs', [], [earlier, award('clinic', 'run_2', {}), office()]],
    ['not where the hub declined them: they ended with that', [], [earlier, award('clinic', 'run_2', { state: 'declined', acceptedDoses: 0 }), office()]],
    ['not where what the hub had before is too little beside the offer', [], [award('clinic', 'run_1', { state: 'declined', acceptedDoses: 0 }), offered, office()]],
    ['not of a run that was replaced: its offers ended with it', [], [earlier, award('clinic', 'run_2', { state: 'offered' }), award('clinic', 'run_3', {}), office()].map((one) => (one.runId === 'run_2' && one.siteId === 'clinic' ? { ...one, runId: 'run_0' } : one))],
    ['not where it did not answer itself, or declined', [], [earlier, offered, office({ state: 'offered' }), office({ siteId: 'practice', state: 'declined', acceptedDoses: 0 })]],
    ['not of packs on offer to another site', [], [earlier, award('hospital', 'run_2', { state: 'offered' }), office()]],
  ])('are kept by no draft: %s', (_which, doses, awards) => {
    expect(unansweredVials(awards, promisedOf(awards, new Map(), pointer), pointer.runId).map((vials) => vials.doses)).toEqual(doses);
  });
});
