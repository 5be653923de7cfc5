import { cvxOf } from '../../shared/codes/cvx.ts';
import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { ETHNICITIES, RACES } from '../../shared/codes/people.ts';
import { priorityZipsOn } from '../../shared/codes/places.ts';
import type { Sums } from './domain/coverage-sums.ts';
import { RESIDENTS } from './domain/small-counts.ts';
import type { CoverageAnswer } from './schemas.ts';

export type Asked = Pick<CoverageAnswer, 'dimension' | 'from' | 'to'> & { readonly by: 'range' | 'day' };
/** An answer but for the practices behind it (count-practices.ts). */
export type CoverageFigures = Omit<CoverageAnswer, 'practices'>;
export type Row = CoverageAnswer['rows'][number];
interface ValueFacts {
  readonly name?: string;
  readonly population?: number;
}

const numeratorRule =
  'first: people by the day of their first COVID-19 dose; complete: by the day of the second of two doses on different days, whatever the interval, ' +
  'or of a one-dose product; additional: by the day of the first further dose that the jurisdiction counts; dosesGiven: doses by day given, ' +
  'each once. Deleted and refused doses are not counted.';
const residenceRule = 'By where people live now, as their newest record says; people of other states and people who cannot be placed are apart.';

const knownFacts = (jurisdiction: Jurisdiction, dimension: Asked['dimension']): ReadonlyMap<string, ValueFacts> => {
  const races: Record<string, string> = { ...RACES, '2135-2': ETHNICITIES['2135-2'] };
  switch (dimension) {
    case 'town':
      return new Map(jurisdiction.towns().map(({ name, population }) => [name, { population }]));
    case 'county':
      return new Map(jurisdiction.counties().map(({ fips, name, population }) => [fips, { name, population }]));
    case 'total':
      return new Map([
        [RESIDENTS, { name: jurisdiction.name, population: jurisdiction.towns().reduce((sum, { population }) => sum + population, 0) }],
      ]);
    case 'raceEthnicity':
      return new Map(Object.entries(races).map(([code, name]) => [code, { name }]));
    default:
      return new Map();
  }
};

/** Name and population of a value of a dimension, as far as there are any. */
export const makeFactsOf = (jurisdiction: Jurisdiction, dimension: Asked['dimension']): ((value: string) => ValueFacts) => {
  const known = knownFacts(jurisdiction, dimension);
  return (value) => {
    const name = dimension === 'product' ? cvxOf(value)?.name : known.get(value)?.name;
    return { ...known.get(value), ...(name === undefined ? {} : { name }) };
  };
};

const percentOf = (people: number, population: number): number => Math.round((people / population) * 10_000) / 100;

/** The row of a value over the whole range, with what share of the population it is. */
export const rowOf = (value: string, sums: Sums, { name, population }: ValueFacts): Row => ({
  value, ...(name === undefined ? {} : { name }), ...sums,
  ...(population === undefined || population === 0 ? {} : {
    population, firstPercent: percentOf(sums.first, population), completePercent: percentOf(sums.complete, population),
    ...(sums.first > population ? { finding: 'more-people-than-residents' as const } : {}),
  }),
});

/** What the figures rest on: the rules they were counted by, and the newest change counted. */
export const groundsOf = (jurisdiction: Jurisdiction, { dimension, from, to }: Asked, asOf: string | undefined) => ({
  dimension, from, to, ...(asOf === undefined ? {} : { asOf }),
  rule: {
    numerator: numeratorRule, residence: residenceRule,
    denominator: [...knownFacts(jurisdiction, dimension).values()].some(({ population }) => population !== undefined)
      ? 'population estimates of the jurisdiction’s configuration' : 'none known here',
    ...(dimension === 'priorityZip' ? { source: priorityZipsOn(jurisdiction, to).source } : {}),
  },
});
