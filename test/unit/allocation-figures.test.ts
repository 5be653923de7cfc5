import { describe, expect, it } from '@jest/globals';
import { addDays } from '../../shared/kernel/dates.ts';
import type { FigureRow } from '../../shared/published/site-figures.ts';
import { figuresText, outlookText } from '../../cli/commands/figures.ts';
import { figureOf } from '../../functions/allocations/domain/figures/figure.ts';
import { defaultFigureRules, figureRulesSchema } from '../../functions/allocations/domain/figures/figure-rules.ts';
import { secondDoseDebt, type DueFacts } from '../../functions/allocations/domain/figures/second-doses.ts';
import type { SiteFacts, WeekFacts } from '../../functions/allocations/domain/figures/site-facts.ts';
import { siteInput } from '../../functions/allocations/domain/figures/site-input.ts';
import { capacityOf, keepingDays, suitableKinds } from '../../functions/allocations/domain/figures/storage.ts';
import { apportionTiers } from '../../functions/allocations/domain/figures/tiers.ts';
import { availableIn, reportsOf } from '../../functions/allocations/domain/figures/use.ts';
import { siteSchema } from '../../functions/allocations/domain/inputs.ts';
import { learnDelays } from '../../functions/allocations/domain/lag.ts';

const pfizer = '59267-1000-01';
const week = '2021-03-29';
const thisWeek = '2021-03-22';
const back = (weeks: number): string => addDays(thisWeek, -7 * weeks);
const given = (of: string, doses: number, delayWeeks = 0, doseNumber = 1): FigureRow => ({ kind: 'given', week: of, cvx: '208', doseNumber, delayWeeks, doses });
const dueRow = (of: string, doses: number): FigureRow => ({ kind: 'due', week: of, cvx: '208', doseNumber: 2, doses });

const weekFacts = (more: Partial<WeekFacts> = {}): WeekFacts => ({
  week, thisWeek, readOn: '2021-03-24', countedUpTo: '2021-03-22', rules: defaultFigureRules, pattern: learnDelays([], thisWeek),
  supply: [1, 2].map((doseNumber) => ({ product: pfizer, doseNumber, packDoses: 1170, packs: 3 })),
  federal: { bySite: new Map(), byZip: new Map(), weeks: 4, products: [] }, ...more,
});
const siteFacts = (more: Partial<SiteFacts> = {}): SiteFacts => ({
  standing: { siteId: 'sit_elm', group: 'elsewhere', tags: [], weights: { population: 1000 }, suspended: false },
  site: { zip: '06106', state: 'active', storageUnits: [{ unitId: 'U1', kind: 'ultra-cold', capacityDoses: 3000 }] },
  rows: [], accounts: [], received: [], attested: [], corrections: [], requests: [], awards: [], promised: [], answered: [], ...more,
});
const account = (ndc: string, onHand: number, inTransit = 0) => ({ ndc, onHand, inTransit, transferredIn: 0 });
const decided = (site: Partial<SiteFacts>, more: Partial<WeekFacts> = {}) => {
  const { input, figures } = siteInput(siteFacts(site), weekFacts(more));
  return { input: siteSchema.parse(input), figures, of: (what: string) => figures.find(({ figureId }) => figureId === `${week}_${what}`) };
};

describe('Tier populations', () => {
  it.each([
    ['in one tier only', [{ tiers: ['1b'], people: 40 }], { '1b': 40 }],
    ['in two tiers, counted in the earlier', [{ tiers: ['1b', '1a'], people: 40 }, { tiers: ['1b'], people: 10 }], { '1a': 40, '1b': 10 }],
    ['in tiers that the order does not name, by name', [{ tiers: ['zebra', 'apple'], people: 7 }, { tiers: ['zebra', '2'], people: 3 }], { apple: 7, '2': 3 }],
  ])('count people %s', (_who, cells, expected) => {
    const people = apportionTiers(cells, ['1a', '1b', '1c', '2']);
    expect(Object.fromEntries(people)).toEqual(expected);
    expect([...people.values()].reduce((a, b) => a + b, 0)).toBe(cells.reduce((sum, cell) => sum + cell.people, 0));
  });
});

describe('Storage', () => {
  const units = [{ unitId: 'R', kind: 'refrigerator', capacityDoses: 500 }, { unitId: 'F', kind: 'freezer', capacityDoses: 900 }, { unitId: 'X', kind: 'ultra-cold', capacityDoses: 3000 }] as const;
  it.each([
    ['Pfizer purple in January 2021: ultra-cold alone, a refrigerator keeps it five days', pfizer, '2021-01-11', 3000],
    ['Pfizer purple from March: freezers for two weeks too', pfizer, '2021-03-01', 3900],
    ['Pfizer purple from June: refrigerators for a month', pfizer, '2021-06-07', 4400],
    ['Janssen: refrigerators', '59676-0580-05', '2021-03-29', 500],
    ['gray Pfizer, never in a freezer', '59267-1025-01', '2021-11-01', 3500],
  ])('of %s', (_what, ndc, day, doses) => expect(capacityOf(units, suitableKinds(ndc, day) ?? []).doses).toBe(doses));
  it('is unknown where units or the product’s storage are not known, and nought where no unit fits', () => {
    expect(suitableKinds('80777-0275-05', week)).toBeUndefined();
    expect(capacityOf(units.slice(0, 1), suitableKinds(pfizer, '2021-01-11') ?? [])).toMatchObject({ doses: 0, words: 'it has no unit in which the vaccine keeps long enough (ultra-cold)' });
  });
  it.each([
    ['Moderna in a refrigerator alone: thirty days', units.slice(0, 1), '80777-0273-10', week, 30],
    ['Moderna with a freezer too: to its expiry', units.slice(0, 2), '80777-0273-10', week, undefined],
    ['Janssen in a refrigerator: to its expiry', units.slice(0, 1), '59676-0580-05', week, undefined],
    ['Pfizer purple in a freezer alone: two weeks', units.slice(1, 2), pfizer, week, 14],
    ['a product that no unit keeps', units.slice(0, 1), pfizer, '2021-01-11', undefined],
  ])('keeps %s', (_what, own, ndc, day, days) => {
    expect(keepingDays(own, ndc, day)?.days).toBe(days);
  });
});

describe('Second-dose debt', () => {
  const debt = (more: Partial<DueFacts>) => secondDoseDebt({ cvx: '208', doseNumber: 2, week, overdueWeeks: 3, rows: [], estimates: [], awarded: [], ...more });
  it('is by week, the earliest first, and what was awarded for it and not given covers the earliest', () => {
    const rows = [dueRow(addDays(week, 7), 30), dueRow(week, 20), given(addDays(week, -14), 15, 0, 2)];
    const { due } = debt({ rows, awarded: [{ week: addDays(week, -14), doses: 40 }] });
    expect(due.map(({ week: of, covered, owed }) => [of, covered, owed])).toEqual([[week, 20, 0], [addDays(week, 7), 5, 25]]);
  });
  it('is covered by nothing that is no longer there', () => {
    const rows = [dueRow(week, 500)];
    const awarded = [{ week: addDays(week, -7), doses: 500 }];
    expect([undefined, 500, 120, 0].map((stillThereDoses) => debt({ rows, awarded, stillThereDoses }).due[0]?.owed)).toEqual([0, 0, 380, 500]);
  });
  it('counts first doses that are given and not reported yet', () => {
    const estimate = { week: addDays(week, -21), reportedDoses: 60, known: true, givenDoses: 80, givenAtLeastDoses: 70, givenAtMostDoses: 90, completePermille: 750 };
    expect(debt({ estimates: [estimate] }).due).toEqual([{ week, people: 0, late: 20, covered: 0, owed: 20 }]);
    expect(debt({ estimates: [{ ...estimate, known: false }] }).due).toEqual([]);
  });
  it('waits three weeks for those overdue, and names the others apart', () => {
    const rows = [dueRow(addDays(week, -21), 5), dueRow(addDays(week, -28), 7)];
    expect(debt({ rows })).toMatchObject({ due: [{ week: addDays(week, -21), owed: 5 }], overdue: 7 });
  });
});

describe('What was at hand in a week', () => {
  it('is what lies there now and was given since, less what came later: in the site’s favour', () => {
    const stock = { cvx: '208', onHandDoses: 100, transferredInDoses: 10, received: [{ day: back(1), doses: 50 }, { day: back(3), doses: 900 }], rows: [given(back(2), 200), given(back(3), 400)] };
    expect(availableIn(back(2), stock)).toBe(100 + 200 - 50 - 10);
    expect(availableIn(back(1), { ...stock, received: [] })).toBe(90);
  });
});

describe('What a run takes of a site', () => {
  /** Weeks of which half is told at once and half a week later. */
  const halfLate = Array.from({ length: 10 }, (_, at) => at + 1).flatMap((ago) => [given(back(ago), 100), ...(ago > 1 ? [given(back(ago), 100, 1)] : [])]);

  it('is a throughput that counts reports still to come', () => {
    const pattern = learnDelays(reportsOf(halfLate), thisWeek);
    const { input, of } = decided({ rows: halfLate }, { pattern });
    expect(input.throughputDoses).toBe(200);
    expect(of('throughput')).toMatchObject({ source: 'records', words: expect.arrayContaining([`week of ${back(1)}: 100 reported, 200 given (200 at most)`]) as unknown });
    expect(decided({ rows: halfLate.filter((row) => row.week !== back(1)) }, { pattern }).input.throughputDoses).toBe(200);
  });

  it.each([
    ['nothing known: no ceiling', {}, {}, undefined, 'nothing-known'],
    ['a declaration, capped', { declaredDoses: 900 }, {}, 300, 'site'],
    ['what the department holds before a declaration', { declaredDoses: 900, throughputDoses: 750 }, {}, 750, 'department'],
    ['attested weeks', {}, { attested: [{ week: back(1), doses: 120 }, { week: back(2), doses: 80 }] }, 100, 'site'],
    ['attested weeks that no records bore out in six weeks: taken back', {}, { attested: [{ week: back(8), doses: 500 }, { week: back(1), doses: 500 }] }, 0, 'nothing-known'],
    ['an attested week that records bore out', {}, { attested: [{ week: back(8), doses: 100 }], rows: [given(back(8), 90)] }, 90, 'records'],
  ] as const)('is %s', (_what, held, facts, doses, source) => {
    const { input, of } = decided({ ...facts, standing: { ...siteFacts().standing, ...held } });
    expect(input.throughputDoses).toBe(doses);
    expect(of('throughput')).toMatchObject({ source });
    if (doses === 0) expect(of('throughput')?.words.join()).toContain(`500 doses attested for the week of ${back(8)} are taken back`);
  });

  it('is stock by the ledger, whatever the site states, and what the site states where the ledger has no account', () => {
    const requests = [{ product: pfizer, doseNumber: 1, doses: 2340, onHandDoses: 77, withdrawn: false }];
    const kept = decided({ requests, accounts: [account(pfizer, 40), account(pfizer, 2)] });
    expect(kept.input.lines[0]).toMatchObject({ onHandDoses: 42, storedIn: ['freezer', 'ultra-cold'] });
    expect(kept.of(`on-hand_${pfizer}`)).toMatchObject({ source: 'ledger', words: expect.arrayContaining(['the site stated 77 with its request']) as unknown });
    expect(decided({ requests }).input.lines[0]).toMatchObject({ onHandDoses: 77 });
  });

  it('is second doses that fall due, in whole packs where the site asked for none', () => {
    const rows = [dueRow(week, 57), dueRow(addDays(week, 7), 20)];
    expect(decided({ rows }).input.lines).toMatchObject([{ doseNumber: 2, requestDoses: 1170, due: [{ day: week, doses: 57 }, { day: addDays(week, 7), doses: 20 }] }]);
    expect(decided({ rows }, { rules: figureRulesSchema.parse({ dueStandsForRequest: false }) }).input.lines).toEqual([]);
    const withdrawn = { product: pfizer, doseNumber: 2, doses: 0, onHandDoses: 0, withdrawn: true };
    expect(decided({ rows, requests: [withdrawn] }).input.lines).toEqual([]);
    const promised = [{ product: pfizer, doseNumber: 2, packDoses: 1170, packs: 2, arrivedDoses: 0, onTheWayDoses: 0 }];
    const answered = [{ siteId: 'sit_elm', product: pfizer, doseNumber: 2, mostDoses: 0 }];
    const asks = (doses: number) => [{ ...withdrawn, doses, withdrawn: false }];
    expect(decided({ rows, answered: [{ product: pfizer, doseNumber: 2, mostDoses: 60 }], requests: asks(1170) }).input.lines).toMatchObject([{ requestDoses: 60, due: [{ day: week, doses: 57 }, { doses: 3 }] }]);
    // What a person set above its answer, and it took, is its answer too.
    expect(decided({ rows, answered, promised, requests: asks(1170) }).input.lines).toMatchObject([{ requestDoses: 2340, mostDoses: 2340, due: [{ doses: 57 }, { doses: 20 }] }]);
    const said = (more: Partial<SiteFacts>) => decided({ rows, ...more }).input.lines.map(({ requestDoses, requestIs }) => [requestDoses, requestIs]);
    expect([said({}), said({ requests: asks(1170) }), said({ promised, requests: [withdrawn] }), said({ promised, requests: asks(1170) }), said({ answered, requests: asks(1170) }), said({ promised })]).toEqual([
      [[1170, 'due']], [[1170, undefined]], [[2340, 'withdrawn']], [[2340, 'promised']], [[0, 'answer']], [[2340, 'promised']],
    ]);
  });

  it('asks for what is owed of a vaccine once, though two products of it are in supply', () => {
    const moderna = ['80777-0273-10', '80777-0273-15'];
    const supply = moderna.map((product, at) => ({ product, doseNumber: 2, packDoses: at === 0 ? 100 : 140, packs: 5 }));
    const rows: FigureRow[] = [{ kind: 'due', week, cvx: '207', doseNumber: 2, doses: 90 }];
    const { input } = decided({ rows, requests: moderna.map((product) => ({ product, doseNumber: 2, doses: 280, onHandDoses: 0, withdrawn: false })) }, { supply });
    expect(input.lines.map(({ product, due }) => [product, due.length])).toEqual([[moderna[0], 0], [moderna[1], 1]]);
  });

  it('is judged use where the ledger has an account, never without', () => {
    const requests = [{ product: pfizer, doseNumber: 1, doses: 1170, onHandDoses: 0, withdrawn: false }];
    const rows = [given(back(7), 100), given(back(8), 50)];
    const accounts = [account(pfizer, 1000)];
    expect(decided({ requests, rows, accounts }).input.lines[0]?.use).toEqual([
      { week: back(8), availableDoses: 1150, givenDoses: 50, givenAtMostDoses: 50 }, { week: back(7), availableDoses: 1100, givenDoses: 100, givenAtMostDoses: 100 },
    ]);
    const weeksOfUse = (weeks: readonly number[]) => decided({ requests, rows: weeks.map((ago) => given(back(ago), 50)), accounts }).input.lines[0]?.use?.map(({ week: of }) => of);
    expect([weeksOfUse([7, 8, 10]), weeksOfUse([8, 9])]).toEqual([[back(8), back(7)], []]);
    expect(decided({ requests, rows }).input.lines[0]?.use).toBeUndefined();
  });

  it('is what the department corrected, with what was computed beside it', () => {
    const { input, of } = decided({ corrections: [{ what: 'throughput', value: 640, disputeId: 'dsp_1', reason: 'counted at the clinic' }] });
    expect(input.throughputDoses).toBe(640);
    expect(of('throughput')).toMatchObject({ value: 640, source: 'correction', disputeId: 'dsp_1' });
    expect(decided({ corrections: [{ what: 'federal-doses', value: 1, disputeId: 'dsp_1', reason: 'not a figure in dispute' }] }).of('federal-doses')).toMatchObject({ value: 0, source: 'shipments' });
  });

  it('is the part of priority zips among those it vaccinated, unless the department holds a figure', () => {
    const rows: FigureRow[] = [['yes', 6], ['no', 18], ['UNK', 50]].map(([priority, doses]) => ({ kind: 'residents', week: back(1), priority: String(priority), doses: Number(doses) }));
    expect(decided({ rows }).input.priorityResidentsPermille).toBe(250);
    expect(decided({ rows: rows.slice(0, 1) }).input.priorityResidentsPermille).toBeUndefined();
    expect(decided({ rows, standing: { ...siteFacts().standing, priorityResidentsPermille: 900 } }).input.priorityResidentsPermille).toBe(900);
  });

  it('shows federal doses, and counts them with what is on hand only where the rules say so', () => {
    const requests = [{ product: pfizer, doseNumber: 1, doses: 1170, onHandDoses: 5, withdrawn: false }];
    const federal = { bySite: new Map([['sit_elm', 100]]), byZip: new Map([['06106', 350]]), weeks: 4, products: [] };
    const shown = decided({ requests }, { federal });
    expect([shown.of('federal-doses')?.value, shown.of('federal-nearby')?.value, shown.input.lines[0]?.onHandDoses]).toEqual([100, 250, 5]);
    expect(decided({ requests }, { federal, rules: figureRulesSchema.parse({ federalDoses: 'count-on-hand' }) }).input.lines[0]?.onHandDoses).toBe(105);
  });

  it('is suspended as enrolment says now', () => {
    expect(decided({ site: { zip: '06106', state: 'suspended', storageUnits: [] } }).input.suspended).toBe(true);
  });
});

describe('The id of a figure', () => {
  it.each([
    ['2021-03-29_throughput', 'throughput'], [`2021-03-29_on-hand_${pfizer}`, 'on-hand'], [`2021-03-29_due_${pfizer}_2_2021-04-05`, 'due'], ['2021-03-29_weight_tier-1a', 'weight'],
  ])('%s names the figure %s', (id, name) => expect(figureOf(id)).toMatchObject({ week, name }));
  it.each(['', 'throughput', '2021-03-29_nonsense', '2021-03-29_on-hand#x', '2021-03-29_'])('%j names none', (id) => expect(figureOf(id)).toBeUndefined());
});

describe('On the command line', () => {
  it('every figure has its line, and below it how it was worked out', () => {
    const { figures } = siteInput(siteFacts({ rows: [dueRow(week, 57)] }), weekFacts());
    const text = figuresText({ siteId: 'sit_elm', week, figures: figures.map(({ value, ...rest }) => ({ ...rest, ...(value === undefined ? {} : { value }) })) });
    expect(text).toMatch(/^due_59267-1000-01_2_2021-03-29 +57 +doses +records +2021-03-22 +used$/m);
    expect(text).toContain('  57 people had dose 1 of this vaccine here, 21 days before, and no dose 2 anywhere');
  });
  it('an outlook says what is not known', () => {
    const ahead = { week, firmDoses: 0, likelyDoses: 0, likelyLowDoses: 0, likelyHighDoses: 0, planningLowDoses: 0, planningHighDoses: 0, plannedDoses: 40 };
    expect(outlookText({ siteId: 'sit_elm', scenarios: 0, isThin: true, onHandDoses: 7, words: [], weeks: [ahead, { ...ahead, cancelRiskPermille: 250, announcedDoses: 1170 }] })).toMatch(/^sit_elm: 7 doses on hand, on the way or promised; 0 past runs of weeks are known: too few to trust the bands\n[^]*40 {2}not known\n.*1,170 +40 {2}250 in 1,000$/);
  });
});
