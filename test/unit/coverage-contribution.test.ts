import { describe, expect, it } from '@jest/globals';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import { AGE_GROUPS, ageGroupOn, PUBLISHED_AGE_GROUPS } from '../../functions/reports/domain/age-groups.ts';
import {
  advance, contributionOf, COUNTED_DOSES_LIMIT, difference, emptyContribution, type CoveragePerson,
} from '../../functions/reports/domain/coverage.ts';

const CT = jurisdictionFor('CTA');
const person: CoveragePerson = {
  version: 1, born: '1945-03-02', sex: 'F', races: ['2106-3'], ethnicity: '2186-5',
    address: { city: 'hartford', state: 'CT', zip: '06106' },
  doses: [{ doseId: 'a', given: '2021-03-01', cvx: '208' }],
};
const of = (change: Partial<CoveragePerson>) => contributionOf({ ...person, ...change }, CT);

describe('what a person adds to the counters', () => {
  it('is one first dose and one dose given, in each of seven dimensions', () => {
    const deltas = difference(undefined, of({}));
    expect(deltas).toHaveLength(14);
    expect(deltas.every(({ delta, day }) => delta === 1 && day === '2021-03-01')).toBe(true);
    expect(deltas.filter(({ measure }) => measure === 'first').map(({ dimension, value }) =>
      `${dimension}=${value}`).sort()).toEqual([
      'ageGroup=75+', 'county=09003', 'priorityZip=yes', 'product=208', 'raceEthnicity=2106-3', 'sex=F', 'town=Hartford',
    ]);
  });
  it.each([
    ['Hispanic regardless of race', { ethnicity: '2135-2' }, 'race', '2135-2'],
    ['of several races', { races: ['2106-3', '2028-9'] }, 'race', 'MULTI'],
    ['of a race not told', { races: ['POL'] }, 'race', 'UNK'],
    ['of New York', { address: { city: 'Hartford', state: 'NY', zip: '13413' } }, 'town', 'OUT'],
    ['of no known place', { address: {} }, 'county', 'UNK'],
    ['of a zip in no list', { address: { zip: '06999' } }, 'town', 'UNK'],
    ['of a village', { address: { city: 'Storrs Mansfield', state: 'CT' } }, 'town', 'Mansfield'],
    ['of a zip in two towns', { address: { zip: '06513' } }, 'county', '09009'],
  ] as const)('for a person %s', (_who, change, field, expected) => {
    expect(of(change)[field]).toBe(expected);
  });
  it('moves with the person: the old town loses what the new one gains', () => {
    const deltas = difference(of({}), of({ version: 2, address: { city: 'New Haven', state: 'CT', zip: '06511' } }));
    expect(deltas.filter(({ dimension }) => dimension === 'town').map(({ value, delta }) => `${value} ${delta}`).sort())
      .toEqual(['Hartford -1', 'Hartford -1', 'New Haven 1', 'New Haven 1']);
    expect(deltas.some(({ dimension }) => dimension === 'sex')).toBe(false);
  });
  it('goes to nothing when the person is withdrawn', () => {
    const before = of({});
    expect(difference(before, emptyContribution(2))).toEqual(difference(undefined, before).map((row) => ({ ...row, delta: -1 })));
  });
  it('changes nothing when the news is old or the same', () => {
    const stored = of({ version: 3 });
    expect(advance(stored, of({ version: 3, doses: [] })).kind).toBe('stale');
    expect(advance(stored, of({ version: 2, doses: [] })).kind).toBe('stale');
  });
  it('stays under a kilobyte and holds no name, birth date or address', () => {
    const doses = Array.from({ length: 60 }, (_, i) =>
      ({ doseId: `d${i}`, given: `2021-0${1 + (i % 9)}-1${i % 10}`, cvx: '208' }));
    const text = JSON.stringify(of({ doses, address: { ...person.address, city: 'North Stonington' } }));
    expect(text.length).toBeLessThan(1024);
    expect(of({ doses }).doses).toHaveLength(COUNTED_DOSES_LIMIT);
    expect(text).not.toMatch(/1945|06106/);
  });
});

describe('age groups', () => {
  it.each([
    ['2021-03-01', '2021-03-01', '0-4'], ['2016-03-02', '2021-03-01', '0-4'], ['2016-03-01', '2021-03-01', '5-11'],
    ['2005-03-01', '2021-03-01', '16-17'], ['1946-03-02', '2021-03-01', '65-74'], ['1946-03-01', '2021-03-01', '75+'],
    ['1946-03', '2021-03-01', '75+'], [undefined, '2021-03-01', 'UNK'], ['2021-03-02', '2021-03-01', 'UNK'],
      ['1880-01-01', '2021-03-01', 'UNK'],
  ])('of someone born %s on %s is %s', (born, day, expected) => {
    expect(ageGroupOn(born, day)).toBe(expected);
  });
  it.each(Object.entries(PUBLISHED_AGE_GROUPS))('%s is a sum of counted groups', (name, groups) => {
    expect(groups.length).toBeGreaterThan(0);
    expect(AGE_GROUPS).toEqual(expect.arrayContaining([...groups]));
    expect(groups[0]?.startsWith(/^\d+/.exec(name)?.[0] ?? '?')).toBe(true);
  });
});
