import { describe, expect, it } from '@jest/globals';
import { defaultFigureRules } from '../../functions/allocations/domain/figures/figure-rules.ts';
import type { Correction } from '../../functions/allocations/domain/figures/figure.ts';
import type { SiteFacts, WeekFacts } from '../../functions/allocations/domain/figures/site-facts.ts';
import { siteInput } from '../../functions/allocations/domain/figures/site-input.ts';
import { siteSchema } from '../../functions/allocations/domain/inputs.ts';
import { learnDelays } from '../../functions/allocations/domain/lag.ts';
import { mostDaysOpen, receivingDays } from '../../functions/allocations/domain/receiving.ts';

const [pfizer, moderna, janssen, unknown] = ['59267-1000-01', '80777-0273-10', '59676-0580-05', '80777-0275-05'];
const week = '2021-03-29';
const [fridge, freezer] = [{ unitId: 'R', kind: 'refrigerator', capacityDoses: 500 }, { unitId: 'F', kind: 'freezer', capacityDoses: 1_000 }] as const;

const asks = (product: string, doses = 1_000) => ({ product, doseNumber: 1, doses, onHandDoses: 0, withdrawn: false });
const account = (ndc: string, onHand: number, inTransit = 0) => ({ ndc, onHand, inTransit, transferredIn: 0 });
const promise = (product: string, packs: number, more: object = {}) => ({ product, doseNumber: 1, packDoses: 100, packs, ...more });

/** What a run takes of a site with a refrigerator and a freezer, and the figures behind it. */
const decided = (standing: Partial<SiteFacts['standing']>, more: Partial<SiteFacts> = {}) => {
  const facts: SiteFacts = {
    standing: { siteId: 'sit_elm', group: 'elsewhere', tags: [], weights: { population: 1_000 }, suspended: false, ...standing },
    site: { zip: '06106', state: 'active', storageUnits: [fridge, freezer] },
    rows: [], accounts: [], received: [], attested: [], corrections: [], requests: [], awards: [], promised: [], answered: [], ...more,
  };
  const facts2: WeekFacts = {
    week, thisWeek: '2021-03-22', readOn: '2021-03-24', countedUpTo: '2021-03-22', rules: defaultFigureRules, pattern: learnDelays([], '2021-03-22'),
    supply: [moderna, janssen].map((product) => ({ product: product ?? '', doseNumber: 1, packDoses: 100, packs: 30 })),
    federal: { bySite: new Map(), byZip: new Map(), weeks: 4, products: [] },
  };
  const { input, figures } = siteInput(facts, facts2);
  return { input: siteSchema.parse(input), of: (what: string) => figures.find(({ figureId }) => figureId === `${week}_${what}`) };
};

describe('Days on which a delivery can come', () => {
  it.each([
    ['on any day', undefined, [], 7],
    ['on two days of the week', [0, 3], [], 2],
    ['on two days, one of them closed', [0, 3], [{ from: '2021-03-29', to: '2021-03-30' }], 1],
    ['on none while the site is closed', undefined, [{ from: '2021-03-20', to: '2021-04-10' }], 0],
  ])('are %s', (_what, days, closed, number) => expect(receivingDays(week, days, closed)).toHaveLength(number));

  it.each([
    ['all of them where nothing is told', undefined, 10],
    ['less a closure', { days: [week], closed: [{ from: '2021-04-01', to: '2021-04-03' }] }, 7],
    ['less closures that overlap, once', { days: [week], closed: [{ from: '2021-04-01', to: '2021-04-03' }, { from: '2021-04-02', to: '2021-04-05' }] }, 5],
    ['on the best receiving day', { days: [week, '2021-04-02'], closed: [{ from: '2021-03-30', to: '2021-04-01' }] }, 10],
    ['only what lies in the time', { days: [week], closed: [{ from: '2021-03-20', to: '2021-03-27' }, { from: '2021-04-07', to: '2021-05-30' }] }, 9],
    ['none where nothing can be received', { days: [], closed: [] }, 0],
  ])('leave of ten days of stock %s', (_what, receiving, days) => expect(mostDaysOpen(receiving, 10)).toBe(days));

  it('are taken into the run with what closes them; a site that tells of none has no entry', () => {
    const closures = [{ from: '2021-03-31', to: '2021-03-31', reason: 'inventory' }, { from: '2021-02-01', to: '2021-02-03' }];
    const { input, of } = decided({ receivingDays: ['monday', 'wednesday'], closures });
    expect(input.receiving).toEqual({ days: [week], closed: [{ from: '2021-03-31', to: '2021-03-31' }] });
    expect(of('receiving-days')).toMatchObject({ value: 1, used: true, words: ['receives on monday, wednesday', 'closed 2021-03-31: inventory', `a delivery is possible on ${week}`] });
    expect(decided({}).input.receiving).toBeUndefined();
    expect(decided({ receivingDays: [] }).input.receiving).toEqual({ days: [], closed: [] });
  });

  it('can be disputed: the corrected number of days stands', () => {
    const corrections: Correction[] = [{ what: 'receiving-days', value: 2, disputeId: 'dsp_1', reason: 'a neighbour signs for us' }];
    expect(decided({ receivingDays: ['friday'] }, { corrections }).input.receiving?.days).toEqual([week, '2021-04-02']);
    expect(decided({ receivingDays: [] }, { corrections }).input.receiving?.days).toHaveLength(2);
  });

  it('shorten what can be used before the product is past use in the units of the site', () => {
    const own = { site: { zip: '06106', state: 'active', storageUnits: [fridge] }, requests: [asks(moderna ?? '')] };
    const closures = [{ from: '2021-03-30', to: '2021-04-08' }];
    expect(decided({ throughputDoses: 70 }, own).input.lines[0]?.beyondUseDoses).toBe(300);
    expect(decided({ throughputDoses: 70, receivingDays: ['monday'], closures }, own).input.lines[0]?.beyondUseDoses).toBe(200);
    const { of } = decided({ throughputDoses: 70, receivingDays: ['monday'], closures }, { ...own, accounts: [account(moderna ?? '', 20, 10)] });
    expect(of(`beyond-use_${moderna}`)).toMatchObject({ value: 170, words: ['its refrigerator keeps the product 30 days; from the best of its receiving days it is open on 20 of them', '200 doses in 20 days at 70 a week', 'less 30 on hand or on the way, which are given first'] });
    expect(decided({}, own).input.lines[0]?.beyondUseDoses).toBeUndefined();
    expect(decided({ throughputDoses: 70 }, { requests: own.requests }).input.lines[0]?.beyondUseDoses).toBeUndefined();
  });
});

describe('Storage that products share', () => {
  it('is told for every set of kinds that binds, less the stock of all products that may lie nowhere else', () => {
    const accounts = [account(moderna ?? '', 100, 50), account(janssen ?? '', 200), account(pfizer ?? '', 30), account(unknown ?? '', 9)];
    const { input, of } = decided({}, { accounts, requests: [asks(moderna ?? ''), asks(janssen ?? '')] });
    expect(input.lines.map(({ storedIn }) => storedIn)).toEqual([['refrigerator'], ['freezer', 'refrigerator']]);
    expect(input.rooms).toEqual([
      { kinds: ['freezer', 'refrigerator'], doses: 1_500 - 100 - 50 - 200 },
      { kinds: ['freezer', 'refrigerator', 'ultra-cold'], doses: 1_500 - 100 - 50 - 200 - 30 },
      { kinds: ['refrigerator'], doses: 300 },
    ]);
    expect(of('storage_refrigerator')).toMatchObject({
      source: 'enrolment', words: ['500 doses in units in which the vaccine keeps long enough: refrigerator R 500', 'less 200 doses of what may lie nowhere else: Janssen 18+ 200', 'not counted, because nobody told how they are stored: Moderna 50 mcg/0.5 mL 9'],
    });
  });

  it('is one figure where the department holds one, and that can be disputed', () => {
    const of = decided({ storageDoses: 400 }, { accounts: [account(janssen ?? '', 150)], requests: [asks(moderna ?? '')] });
    expect([of.input.rooms, of.input.lines[0]?.storedIn, of.of('storage_any')?.source]).toEqual([[{ kinds: ['any'], doses: 250 }], ['any'], 'department']);
    const corrections: Correction[] = [{ what: 'storage_any', value: 900, disputeId: 'dsp_1', reason: 'a second refrigerator' }];
    expect(decided({ storageDoses: 400 }, { corrections, requests: [asks(moderna ?? '')] }).input.rooms).toEqual([{ kinds: ['any'], doses: 900 }]);
  });

  it('is not known without units: it caps nothing, until a dispute tells', () => {
    const site = { zip: '06106', state: 'active', storageUnits: [] };
    const { input, of } = decided({}, { site, requests: [asks(moderna ?? '')] });
    expect([input.rooms, input.lines[0]?.storedIn, of(`storage_${moderna}`)?.value]).toEqual([undefined, undefined, undefined]);
    const corrections: Correction[] = [{ what: `storage_${moderna}`, value: 80, disputeId: 'dsp_1', reason: 'one shelf' }];
    expect(decided({}, { site, corrections, requests: [asks(moderna ?? '')] }).input.lines[0]?.storageDoses).toBe(80);
  });
});

describe('Vials out of a hub\'s pack', () => {
  const inFridge = { site: { zip: '06106', state: 'active', storageUnits: [fridge] }, requests: [asks(pfizer ?? '', 60)] };
  const every = ['freezer', 'refrigerator', 'ultra-cold'];

  it('may lie where the product keeps for days only, for a site that can keep no pack: no more than it gives in those days, less its stock', () => {
    const { input, of } = decided({ throughputDoses: 70 }, { ...inFridge, accounts: [account(pfizer ?? '', 12)] });
    expect(input.lines[0]).toMatchObject({ storedIn: ['freezer', 'ultra-cold'], byVial: { storedIn: every, beyondUseDoses: 50 - 12 } });
    expect(input.lines[0]?.beyondUseDoses).toBeUndefined();
    expect(input.rooms).toEqual([{ kinds: every, doses: 500 - 12 }, { kinds: ['freezer', 'ultra-cold'], doses: 0 }]);
    expect(of(`vials-beyond-use_${pfizer}`)).toMatchObject({
      value: 38, unit: 'doses', disputable: true, source: 'enrolment',
      words: ["none of its units keeps the product for a week, so it can have no packs; vials out of a hub's pack keep 5 days in its refrigerator", '50 doses in 5 days at 70 a week', 'less 12 on hand or on the way, which are given first'],
    });
    expect(of('storage_freezer_ultra-cold')?.words).toEqual(['it has no unit in which the vaccine keeps long enough (freezer, ultra-cold)']);
  });

  it('are bounded by the days on which the site is open, by a corrected figure, by storage alone where its doses a week are not known', () => {
    const closures = [{ from: '2021-03-31', to: '2021-04-30' }];
    expect(decided({ throughputDoses: 70, receivingDays: ['monday'], closures }, inFridge).input.lines[0]?.byVial?.beyondUseDoses).toBe(20);
    const corrections: Correction[] = [{ what: `vials-beyond-use_${pfizer}`, value: 90, disputeId: 'dsp_1', reason: 'a clinic of 90 on Tuesday' }];
    expect(decided({ throughputDoses: 70 }, { ...inFridge, corrections }).input.lines[0]?.byVial?.beyondUseDoses).toBe(90);
    const { input, of } = decided({}, inFridge);
    expect([input.lines[0]?.byVial, of(`vials-beyond-use_${pfizer}`)?.source]).toEqual([{ storedIn: every }, 'nothing-known']);
  });

  it.each([
    ['a unit keeps it for a week', { storageUnits: [fridge, freezer] }, {}, pfizer],
    ['its refrigerator keeps it for weeks', {}, {}, moderna],
    ['no unit keeps it for a day', { storageUnits: [freezer] }, {}, janssen],
    ['the department holds one figure for its storage', {}, { storageDoses: 400 }, pfizer],
    ['its units are not known', { storageUnits: [] }, {}, pfizer],
  ])('are kept as packs are where %s', (_why, site, standing, product) => {
    const own = { site: { ...inFridge.site, ...site }, requests: [asks(product ?? '')] };
    const { input, of } = decided({ throughputDoses: 70, ...standing }, own);
    expect([input.lines[0]?.byVial, of(`vials-beyond-use_${product}`)]).toEqual([undefined, undefined]);
  });
});

describe('Doses on their way', () => {
  it('are stock, shown as a figure of their own', () => {
    const { input, of } = decided({}, { accounts: [account(moderna ?? '', 40, 300)], requests: [asks(moderna ?? '')] });
    expect(input.lines[0]).toMatchObject({ onHandDoses: 40, inTransitDoses: 300 });
    expect(of(`in-transit_${moderna}`)).toMatchObject({ value: 300, source: 'ledger', unit: 'doses', disputable: true });
  });

  it('of what is promised this week are counted with the promise and not once more, on the way or arrived', () => {
    const promised = [promise(moderna ?? '', 4, { arrivedDoses: 100, onTheWayDoses: 200 })];
    const { input, of } = decided({}, { accounts: [account(moderna ?? '', 140, 300)], promised, requests: [asks(moderna ?? '')] });
    expect(input.lines[0]).toMatchObject({ onHandDoses: 40, inTransitDoses: 100, fixed: [{ packDoses: 100, packs: 4 }] });
    expect(input.rooms?.[0]?.doses).toBe(1_500 - 140);
    expect(of(`on-hand_${moderna}`)?.words).toContain('less 100 that arrived of what is promised this week: they are counted there');
    expect(of(`in-transit_${moderna}`)?.words).toContain('less 200 of what is promised this week: they are counted there');
  });

  it('may be disputed; what the ledger has no account of is not told', () => {
    const corrections: Correction[] = [{ what: `in-transit_${moderna}`, value: 0, disputeId: 'dsp_1', reason: 'it went to another site' }];
    expect(decided({}, { corrections, accounts: [account(moderna ?? '', 40, 300)], requests: [asks(moderna ?? '')] }).input.lines[0]?.inTransitDoses).toBeUndefined();
    expect(decided({}, { requests: [asks(moderna ?? '')] }).of(`in-transit_${moderna}`)).toBeUndefined();
  });
});

describe('The town of a site', () => {
  const placed = (place: NonNullable<SiteFacts['site']>['place']) => decided({ siteName: 'Elm Clinic', town: 'hartford ' }, { site: { zip: '06106', state: 'active', storageUnits: [], ...(place && { place }) } });
  it('is the one enrolment says it lies in; one that nobody knows is flagged and stays as it was written', () => {
    expect(placed({ town: 'Hartford', isKnown: true, county: '09003' }).input).toMatchObject({ name: 'Elm Clinic', town: 'Hartford', county: '09003' });
    const { input, of } = placed({ town: 'Springfield', isKnown: false });
    expect(input).toMatchObject({ town: 'Springfield', townUnknown: true });
    expect(of('town')?.words[0]).toBe('"Springfield" as it was written: no town of the jurisdiction is known by that name, nor by zip 06106');
    expect(placed(undefined).input).toMatchObject({ town: 'hartford ' });
  });
});
