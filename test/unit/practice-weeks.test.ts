import { describe, expect, it } from '@jest/globals';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import { activeSitesPartition } from '../../shared/published/site.ts';
import { byState } from '../../functions/enrollment/store.ts';
import { contributionOf, difference, emptyContribution, type CounterDelta, type CoveragePerson } from '../../functions/reports/domain/coverage.ts';
import { packed } from '../../functions/reports/domain/counter-items.ts';
import { dosesOfCounts, isExpected, noDoses, practiceStateOf, weekCounts, type PracticeState } from '../../functions/reports/domain/practice-weeks.ts';

const CT = jurisdictionFor('CTA');
type Dose = CoveragePerson['doses'][number];
const dose = (given: string, at: string, more: Partial<Dose> = {}): Dose => ({ doseId: `d${given}`, given, cvx: '208', reported: { siteId: 'sit_elm', at }, ...more });
const of = (...doses: Dose[]) => contributionOf({ version: 1, doses }, CT);
const ofPractices = (deltas: readonly CounterDelta[]): string[] =>
  deltas.filter(({ dimension }) => dimension.startsWith('practice:')).map(({ dimension, day, measure, value, delta }) => `${dimension} ${day} ${measure} ${value} ${delta}`);

describe('What a dose counts for its practice', () => {
  it.each<[string, Dose, string[]]>([
    ['reported on its day', dose('2021-03-10', '2021-03-10T17:00:00.000Z'), ['practice:sit_elm 2021-03-08 reported in-week 1']],
    ['given on Sunday and reported before midnight, when it is Monday in Greenwich', dose('2021-03-14', '2021-03-15T03:30:00.000Z'), ['practice:sit_elm 2021-03-08 reported in-week 1']],
    ['given on Sunday and reported after midnight', dose('2021-03-14', '2021-03-15T04:30:00.000Z'), ['practice:sit_elm 2021-03-08 reported later 1']],
    ['reported a year later', dose('2021-03-10', '2022-03-10T17:00:00.000Z'), ['practice:sit_elm 2021-03-08 reported later 1']],
    ['told by others only', { doseId: 'd', given: '2021-03-10', cvx: '208' }, []],
    ['of another vaccine', dose('2021-03-10', '2021-03-10T17:00:00.000Z', { cvx: '03' }), []],
  ])('%s', (_what, one, expected) => expect(ofPractices(difference(undefined, of(one)))).toEqual(expected));

  it('goes when the dose is withdrawn, and to the other site when it is corrected', () => {
    const before = of(dose('2021-03-10', '2021-03-10T17:00:00.000Z'));
    expect(ofPractices(difference(before, emptyContribution(2)))).toEqual(['practice:sit_elm 2021-03-08 reported in-week -1']);
    const after = of(dose('2021-03-10', '2021-03-10T17:00:00.000Z', { reported: { siteId: 'sit_oak', at: '2021-03-10T17:00:00.000Z' } }));
    expect(ofPractices(difference(before, after))).toEqual(['practice:sit_elm 2021-03-08 reported in-week -1', 'practice:sit_oak 2021-03-08 reported in-week 1']);
  });

  it('is one item for all doses of a week at a site, whoever had them', () => {
    const people = Array.from({ length: 40 }, (_, at) => of(dose(at % 2 === 0 ? '2021-03-09' : '2021-03-12', '2021-03-13T17:00:00.000Z')));
    const items = packed(people.flatMap((one) => difference(undefined, one))).filter(({ dimension }) => dimension.startsWith('practice:'));
    expect(items).toEqual([{ dimension: 'practice:sit_elm', day: '2021-03-08', adds: new Map([['p:in-week', 40]]) }]);
  });
});

describe('A practice of a week', () => {
  it.each<[number, number, PracticeState]>([[0, 0, 'silent'], [1, 1, 'in-time'], [2, 1, 'in-time'], [3, 1, 'late'], [5, 0, 'late'], [5, 5, 'in-time']])('that gave %i doses and reported %i in the week is %s', (dosesGiven, reportedInWeek, state) => {
    expect(practiceStateOf({ dosesGiven, reportedInWeek })).toBe(state);
  });

  it('never gave fewer doses than none, however its counters were spoilt', () => {
    const count = (value: string, delta: number) => ({ measure: 'reported' as const, value, delta });
    expect(dosesOfCounts([count('in-week', -3), count('later', 2), { measure: 'given', value: 'later', delta: 9 }])).toEqual({ dosesGiven: 2, reportedInWeek: 0 });
  });

  it.each([
    ['that applied on the last day of the week', '2021-03-14', noDoses, true], ['that applied after it', '2021-03-15', noDoses, false],
    ['that applied after it and reported of it all the same', '2021-03-15', { dosesGiven: 1, reportedInWeek: 0 }, true],
  ])('%s: the last day is Sunday the 14th, it applied on %s', (_what, appliedOn, doses, expected) => expect(isExpected(appliedOn, '2021-03-14', doses)).toBe(expected));

  it('is counted with the others: 150 of 620 is 24.2 percent', () => {
    const practices = [...Array.from({ length: 150 }, () => ({ dosesGiven: 4, reportedInWeek: 3 })), ...Array.from({ length: 470 }, () => noDoses)];
    expect(weekCounts(practices)).toEqual({
      enrolled: 620, reporting: 150, inTime: 150, late: 0, silent: 470, dosesGiven: 600, reportedInWeek: 450, reportingPercent: 24.2, inTimePercent: 24.2, reportedInWeekPercent: 75,
    });
    expect(weekCounts([])).toMatchObject({ enrolled: 0, reportingPercent: undefined, reportedInWeekPercent: undefined });
  });

  it('is found where enrollment lists its active sites', () => expect(byState('SITE', 'active', 'sit_elm').gsi1pk).toBe(activeSitesPartition));
});
