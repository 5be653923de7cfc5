import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jurisdictionFor, type Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { noSums, sumOf, type Sums } from '../../functions/reports/domain/coverage-sums.ts';
import { MEASURES, OUTSIDE, UNKNOWN, type CounterDelta, type Dimension, type Measure } from '../../functions/reports/domain/coverage.ts';
import { mayBeTold, RESIDENTS, toldOf, type ToldMonth } from '../../functions/reports/domain/small-counts.ts';
import { faultsOfCoverageQuery } from '../../functions/reports/check-coverage-query.ts';
import { makeReadProtectedCoverage } from '../../functions/reports/read-protected-coverage.ts';
import { recoveredFrom } from '../support/linear-attacker.ts';

const RUNS = 500;
const MOST = 3;
const COUNTIES = ['c0', 'c1', 'c2'];
const TOWNS = COUNTIES.flatMap((county) => [0, 1, 2].map((town) => `${county} t${town}`));
/** Where somebody may live: a town, a county without a town, no known place, another state. */
const PLACES = [...TOWNS, ...COUNTIES.map((county) => `${county} -`), UNKNOWN, OUTSIDE];
const SEXES = ['F', 'M', 'X', UNKNOWN];
const AGES = ['0-17', '18-64', '65+', UNKNOWN];
const ATOMS = [...PLACES.map((place) => `place ${place}`), ...SEXES.map((sex) => `sex ${sex}`), ...AGES.map((age) => `age ${age}`)];

/** People alike: so many of one place, sex and age, some of whom are complete. */
const groups = (places: readonly string[], most: number, maxLength: number) => fc.array(
  fc.record({ place: fc.constantFrom(...places), sex: fc.constantFrom(...SEXES), age: fc.constantFrom(...AGES), people: fc.integer({ min: 1, max: most }), complete: fc.integer({ min: 0, max: most }) }),
  { minLength: 1, maxLength },
);
/** A usual month, one with few people, and one in which nearly all live elsewhere. */
const month = fc.oneof(
  { weight: 4, arbitrary: groups(PLACES, 12, 30) },
  { weight: 1, arbitrary: groups(PLACES, 2, 6) },
  { weight: 1, arbitrary: fc.tuple(groups(TOWNS, 1, 3), groups([UNKNOWN, OUTSIDE], 12, 12)).map((both) => both.flat()) },
);
type Month = typeof month extends fc.Arbitrary<infer T> ? T : never;

const table = (people: Month, valueOf: (group: Month[number]) => string): Map<string, Sums> =>
  new Map([...Map.groupBy(people, valueOf)].map(([value, members]) => [value, sumOf(members.map((group) => {
    const complete = Math.min(group.people, group.complete);
    return { first: group.people, complete, additional: 0, dosesGiven: group.people + complete };
  }))]));
const countyOf = (place: string): string => (place === UNKNOWN || place === OUTSIDE ? place : (place.split(' ')[0] ?? ''));
const townOf = (place: string): string => (place.endsWith('-') ? UNKNOWN : place);

const countyByTown = new Map(TOWNS.map((town) => [town, countyOf(town)]));
const universes: Readonly<Record<'total' | 'county' | 'town' | 'sex' | 'ageGroup', Parameters<typeof toldOf>[2]>> = {
  total: { values: [RESIDENTS, UNKNOWN, OUTSIDE] },
  county: { values: [...COUNTIES, UNKNOWN, OUTSIDE] },
  town: { values: [...TOWNS, UNKNOWN, OUTSIDE], countyOf: countyByTown },
  sex: { values: SEXES },
  ageGroup: { values: AGES },
};
type Asked = keyof typeof universes;
const ASKED = Object.keys(universes) as Asked[];

/** The people of a value of a dimension, as the atoms they are counted in. */
const atomsOf = (asked: Asked, value: string): string[] => {
  if (asked === 'sex') return [`sex ${value}`];
  if (asked === 'ageGroup') return [`age ${value}`];
  const holds = (place: string): boolean => {
    if (asked === 'total' && value === RESIDENTS) return place !== UNKNOWN && place !== OUTSIDE;
    return (asked === 'town' ? townOf(place) : countyOf(place)) === value;
  };
  return PLACES.filter(holds).map((place) => `place ${place}`);
};
const rowOf = (atoms: readonly string[]): number[] => ATOMS.map((atom) => Number(atoms.includes(atom)));
const startingWith = (word: string, factor: number): number[] => ATOMS.map((atom) => (atom.startsWith(word) ? factor : 0));
const plus = (one: readonly number[], other: readonly number[]): number[] => one.map((each, at) => each + (other[at] ?? 0));
/** Every table of people is of the same people. */
const LINKS = ['sex ', 'age '].map((word) => plus(startingWith('place ', 1), startingWith(word, -1)));

const answersTo = (people: Month, judge: typeof toldOf): Map<Asked, ToldMonth> => {
  const counties = table(people, ({ place }) => countyOf(place));
  const values: Record<Asked, () => Map<string, Sums>> = {
    total: () => counties, county: () => counties, town: () => table(people, ({ place }) => townOf(place)),
    sex: () => table(people, ({ sex }) => sex), ageGroup: () => table(people, ({ age }) => age),
  };
  return new Map(ASKED.map((asked) => [asked, judge(asked as Dimension | 'total', { counties, values: values[asked]() }, universes[asked], MOST)]));
};

/** Small counts (of a measure) that the answers to all questions give away together. */
const givenAway = (people: Month, answers: ReadonlyMap<Asked, ToldMonth>, measure: Measure): number => {
  const exact = answersTo(people, (_asked, { counties, values }, { values: all }) => ({
    told: new Map(all.map((value) => [value, value === RESIDENTS ? sumOf([...counties].filter(([place]) => place !== UNKNOWN && place !== OUTSIDE).map(([, sums]) => sums)) : (values.get(value) ?? noSums())])),
    hidden: new Set(),
  }));
  const known = [...LINKS, ...[...answers].flatMap(([asked, { told }]) => [...told.keys()].map((value) => rowOf(atomsOf(asked, value))))];
  const isSmall = (sums: Sums | undefined): boolean => (sums?.[measure] ?? 0) > 0 && (sums?.[measure] ?? 0) <= MOST;
  const cells = [...exact].flatMap(([asked, { told }]) => [...told].filter(([, sums]) => isSmall(sums)).map(([value]) => rowOf(atomsOf(asked, value))));
  const withoutTown = [...table(people.filter(({ place }) => place.endsWith('-')), ({ place }) => place)].filter(([, sums]) => isSmall(sums)).map(([place]) => rowOf([`place ${place}`]));
  // Together, those that a table leaves out are a count too.
  const together = [...answers].flatMap(([asked, { hidden }]) => {
    const sums = sumOf([...hidden].map((value) => exact.get(asked)?.told.get(value) ?? noSums()));
    return isSmall(sums) ? [rowOf([...hidden].flatMap((value) => atomsOf(asked, value)))] : [];
  });
  return recoveredFrom(known, [...cells, ...withoutTown, ...together]).length;
};

describe('Coverage as told to those who see no exact figures', () => {
  it('cannot be added and subtracted into a small count, whatever tables are put side by side', () => {
    let told = 0;
    let hidden = 0;
    fc.assert(
      fc.property(month, (drawn) => {
        const answers = answersTo(drawn, toldOf);
        for (const answer of answers.values()) {
          told += answer.told.size;
          hidden += answer.hidden.size;
          for (const sums of answer.told.values()) expect(mayBeTold(sums, MOST)).toBe(true);
        }
        expect(givenAway(drawn, answers, 'first') + givenAway(drawn, answers, 'complete')).toBe(0);
      }),
      { numRuns: RUNS, seed: 83 },
    );
    expect(told).toBeGreaterThan(RUNS); // tables that tell nothing would pass too
    expect(hidden).toBeGreaterThan(RUNS);
  });

  it('would give small counts away in many months if only they were left out (negative control)', () => {
    const onlySmall: typeof toldOf = (asked, counts, universe, most) => {
      const { told, hidden } = toldOf(asked, counts, universe, 0);
      const small = [...told].filter(([, sums]) => !mayBeTold(sums, most)).map(([value]) => value);
      return { told: new Map([...told].filter(([value]) => !small.includes(value))), hidden: new Set([...hidden, ...small]) };
    };
    const broken = fc.sample(month, { numRuns: RUNS, seed: 89 }).filter((drawn) => givenAway(drawn, answersTo(drawn, onlySmall), 'first') > 0);
    expect(broken.length).toBeGreaterThan(RUNS / 5);
  });

  const onlyFirst = (first: number): Sums => ({ ...noSums(), first, dosesGiven: first });
  const sexes = (...counts: [string, number][]) => {
    const values = new Map(counts.map(([value, count]) => [value, onlyFirst(count)]));
    return toldOf('sex', { counties: new Map([['c0', sumOf(values.values())]]), values }, universes.sex, MOST);
  };

  it.each<[string, [string, number][], string[]]>([
    ['every count above the limit', [['F', 9], ['M', 4]], ['F', 'M', 'UNK', 'X']],
    ['none when a small one stands beside one large one', [['F', 9], ['M', 2]], []],
    ['the largest when the small one can hide behind another', [['F', 9], ['M', 2], ['X', 5]], ['F']],
    ['no nought beside a small count, which may be one too', [['F', 9], ['M', 2], ['X', 3]], ['F']],
    ['nothing of four people of four kinds, each of whom would be told', [['F', 1], ['M', 1], ['X', 1], ['UNK', 1]], []],
  ])('tells %s', (_what, counts, told) => {
    expect([...sexes(...counts).told.keys()].sort()).toEqual(told);
  });
});

describe('Coverage over several months', () => {
  const CT = jurisdictionFor('CTA');
  const small: Jurisdiction = { ...CT, smallCells: { most: 10 } };
  const count = (day: string, dimension: Dimension, value: string, delta: number): CounterDelta[] =>
    MEASURES.slice(0, 1).flatMap((measure) => [{ day, dimension, value, measure, delta }, { day, dimension, value, measure: 'dosesGiven', delta }]);
  const counted = [
    ...count('2021-01-15', 'county', '09003', 70), ...count('2021-01-15', 'town', 'Hartford', 40), ...count('2021-01-16', 'town', 'Avon', 4), ...count('2021-01-16', 'town', 'Canton', 26),
    ...count('2021-02-03', 'county', '09003', 90), ...count('2021-02-03', 'town', 'Hartford', 60), ...count('2021-02-28', 'town', 'Avon', 30),
  ];
  const read = makeReadProtectedCoverage({
    asOf: () => Promise.resolve('2021-03-01T12:00:00.000Z'),
    counts: async function* (dimension: Dimension, from: string, to: string) {
      yield* await Promise.resolve(counted.filter((each) => each.dimension === dimension && each.day >= from && each.day <= to));
    },
  }, small);
  const towns = async (from: string, to: string) => {
    const { rows } = await read({ dimension: 'town', from, to });
    return new Map(rows.map(({ value, first, leftOut = [] }) => [value, [first, ...leftOut]]));
  };

  it('sums the months in which a town may be told and names the others', async () => {
    const { exact, rows, rule } = await read({ dimension: 'town', from: '2021-01-01', to: '2021-02-28' });
    const row = (value: string) => rows.find((each) => each.value === value);
    expect([exact, rule.smallCells]).toEqual([false, expect.stringContaining('counts of 1 to 10')]);
    expect(row('Hartford')).toMatchObject({ first: 100, firstPercent: expect.any(Number) as unknown });
    expect(row('Hartford')).not.toHaveProperty('suppressed');
    expect(row('Avon')).toMatchObject({ first: 30, suppressed: true, leftOut: ['2021-01'] });
    expect(row('Avon')).not.toHaveProperty('firstPercent');
    expect(row('Canton')).toMatchObject({ first: null, dosesGiven: null, suppressed: true, leftOut: ['2021-01'] });
  });

  it('tells of two months what it tells of each, so that their difference tells nothing new', async () => {
    const [january, february, both] = [await towns('2021-01-01', '2021-01-31'), await towns('2021-02-01', '2021-02-28'), await towns('2021-01-01', '2021-02-28')];
    const of = (table: typeof both, town: string): number => Number(table.get(town)?.[0] ?? 0);
    for (const town of ['Hartford', 'Avon', 'Canton']) expect(of(both, town)).toBe(of(january, town) + of(february, town));
  });

  it.each<[string, { from?: string; to?: string; by?: 'day' | 'range' }, string[]]>([
    ['whole months that are over', {}, []],
    ['a range that ends within a month, a day longer each day', { to: '2021-02-27' }, ['query.to']],
    ['one that begins within a month', { from: '2021-01-02' }, ['query.from']],
    ['single days', { by: 'day', from: '2021-02-01' }, ['query.by']],
    ['the month that still runs', { to: '2021-03-31' }, ['query.to']],
  ])('judges %s', (_what, more, paths) => {
    const asked = { dimension: 'town', from: '2021-01-01', to: '2021-02-28', by: 'range', ...more } as const;
    const now = '2021-03-20T12:00:00.000Z';
    expect(faultsOfCoverageQuery(asked, false, now, CT).map(({ path }) => path)).toEqual(paths);
    expect(faultsOfCoverageQuery(asked, true, now, CT)).toEqual([]);
  });
});
