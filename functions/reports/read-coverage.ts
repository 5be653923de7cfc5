import { cvxOf } from '../../shared/codes/cvx.ts';
import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { RACES, ETHNICITIES } from '../../shared/codes/people.ts';
import { priorityZipsOn } from '../../shared/codes/places.ts';
import { MEASURES, OUTSIDE, UNKNOWN, type CounterDelta, type Dimension, type Measure } from './domain/coverage.ts';
import type { CoverageAnswer } from './schemas.ts';
import type { CoverageStore } from './store-coverage.ts';

type Asked = Pick<CoverageAnswer, 'dimension' | 'from' | 'to'> & { readonly by: 'range' | 'day' };
type Row = CoverageAnswer['rows'][number];
type Sums = Record<Measure, number>;

const none = (): Sums => ({ first: 0, complete: 0, additional: 0, dosesGiven: 0 });
/** The value under which everybody who lives in the jurisdiction is summed. */
const residents = 'residents';

const numeratorRule =
  'first: people by the day of their first COVID-19 dose; complete: by the day of the second of two doses on different days, whatever the interval, ' +
  'or of a one-dose product; additional: by the day of the first further dose that the jurisdiction counts; dosesGiven: doses by day given, ' +
  'each once. Deleted and refused doses are not counted.';
const residenceRule = 'By where people live now, as their newest record says; people of other states and people who cannot be placed are apart.';

/** Names and populations of the values of a dimension, as far as there are any. */
const factsOf = (jurisdiction: Jurisdiction, dimension: Asked['dimension']): ReadonlyMap<string, { name?: string; population?: number }> => {
  const races: Record<string, string> = { ...RACES, '2135-2': ETHNICITIES['2135-2'] };
  switch (dimension) {
    case 'town':
      return new Map(jurisdiction.towns().map(({ name, population }) => [name, { population }]));
    case 'county':
      return new Map(jurisdiction.counties().map(({ fips, name, population }) => [fips, { name, population }]));
    case 'total':
      return new Map([[residents, { name: jurisdiction.name, population: jurisdiction.towns().reduce((sum, { population }) => sum + population, 0) }]]);
    case 'raceEthnicity':
      return new Map(Object.entries(races).map(([code, name]) => [code, { name }]));
    default:
      return new Map();
  }
};

const percentOf = (people: number, population: number): number => Math.round((people / population) * 10_000) / 100;

const rowOf = (value: string, sums: Sums, { name, population }: { name?: string; population?: number }): Row => ({
  value, ...(name === undefined ? {} : { name }), ...sums,
  ...(population === undefined || population === 0 ? {} : {
    population, firstPercent: percentOf(sums.first, population), completePercent: percentOf(sums.complete, population),
    ...(sums.first > population ? { finding: 'more-people-than-residents' as const } : {}),
  }),
});

const addTo = (sums: Map<string, Sums>, value: string, { measure, delta }: Pick<CounterDelta, 'measure' | 'delta'>): void => {
  const of = sums.get(value) ?? none();
  const counted = MEASURES.find((one) => one === measure);
  if (counted === undefined) return;
  of[counted] += delta;
  sums.set(value, of);
};
const isEmpty = (sums: Sums): boolean => MEASURES.every((measure) => sums[measure] === 0);

/**
 * Coverage of one dimension over a range of days, summed or day by day, with everything needed to judge it: the rules, the newest change
 * counted, what cannot be placed, and population where it is known. Percentages are of a range, never of a single day.
 */
export const makeReadCoverage =
  (coverage: Pick<CoverageStore, 'counts' | 'asOf'>, jurisdiction: Jurisdiction) =>
  async ({ dimension, from, to, by }: Asked): Promise<CoverageAnswer> => {
    const read: Dimension = dimension === 'total' ? 'county' : dimension;
    const valueOf = (value: string): string => (dimension !== 'total' || value === OUTSIDE || value === UNKNOWN ? value : residents);
    const facts = factsOf(jurisdiction, dimension);
    const range = new Map<string, Sums>();
    const daily = new Map<string, Map<string, Sums>>();
    for await (const count of coverage.counts(read, from, to)) {
      addTo(range, valueOf(count.value), count);
      if (by === 'range') continue;
      const ofDay = daily.get(count.day) ?? new Map<string, Sums>();
      daily.set(count.day, ofDay);
      addTo(ofDay, valueOf(count.value), count);
    }
    const placed = (sums: ReadonlyMap<string, Sums>): [string, Sums][] =>
      [...sums].filter(([value, of]) => value !== OUTSIDE && value !== UNKNOWN && !isEmpty(of)).sort(([a], [b]) => (a < b ? -1 : 1));
    const nameOf = (value: string): { name?: string } => {
      const name = dimension === 'product' ? cvxOf(value)?.name : facts.get(value)?.name;
      return name === undefined ? {} : { name };
    };
    const rows = by === 'range'
      ? placed(range).map(([value, sums]) => rowOf(value, sums, { ...facts.get(value), ...nameOf(value) }))
      : [...daily].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([day, sums]) => placed(sums).map(([value, of]): Row => ({ day, ...rowOf(value, of, nameOf(value)) })));
    const asOf = await coverage.asOf();
    return {
      dimension, from, to, ...(asOf === undefined ? {} : { asOf }),
      rule: {
        numerator: numeratorRule, residence: residenceRule,
        denominator: [...facts.values()].some(({ population }) => population !== undefined) ? 'population estimates of the jurisdiction’s configuration' : 'none known here',
        ...(dimension === 'priorityZip' ? { source: priorityZipsOn(jurisdiction, to).source } : {}),
      },
      rows,
      unplaced: range.get(UNKNOWN) ?? none(),
      outside: range.get(OUTSIDE) ?? none(),
      practices: { reporting: null, enrolled: null, why: 'not counted yet' },
    };
  };
