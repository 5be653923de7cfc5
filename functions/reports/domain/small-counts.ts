import { leftOutOf } from '../../../shared/kernel/small-cells.ts';
import { MEASURES, OUTSIDE, UNKNOWN, type Dimension } from './coverage.ts';
import { isEmpty, noSums, sumOf, type Sums } from './coverage-sums.ts';

/**
 * What of one month's figures may be told to those who may not see exact ones (ADR 0025). A value is told when each of its measures is 0
 * or above `most`. What is left out must not follow either: not by subtracting within a table, not between the tables of towns,
 * counties and the whole, and not through the sum that every table of people shares.
 */

/** One month of one dimension, with the counties, which all places hang on. Values that nobody was counted under may be missing. */
export interface MonthCounts {
  readonly counties: ReadonlyMap<string, Sums>;
  readonly values: ReadonlyMap<string, Sums>;
}
/** What may be told: sums by value. `hidden` values are left out; `UNK` and `OUT` are among either. */
export interface ToldMonth {
  readonly told: ReadonlyMap<string, Sums>;
  readonly hidden: ReadonlySet<string>;
}
/** The closed list of a dimension's values, `UNK` and `OUT` among them, and for towns the county of each. */
export interface Universe {
  readonly values: readonly string[];
  readonly countyOf?: ReadonlyMap<string, string>;
}

/** The name of everybody who lives in the jurisdiction, as one value. */
export const RESIDENTS = 'residents';

export const mayBeTold = (sums: Sums, most: number): boolean => MEASURES.every((measure) => sums[measure] === 0 || sums[measure] > most);

/**
 * The values left out of a table whose sum may be known. Where one is left out, those that nobody was counted under are too: nobody can
 * tell them from the small ones. `atLeastOne`: the sum must not follow from the table.
 */
const leftOut = (table: ReadonlyMap<string, Sums>, most: number, atLeastOne = false): ReadonlySet<string> => {
  const cells = [...table].map(([name, sums]) => ({ name, sums, size: sums.dosesGiven }));
  const some = cells.filter(({ sums }) => !isEmpty(sums));
  const choose = (kept: (name: string) => boolean) =>
    leftOutOf(some, ({ name, sums }) => kept(name) && mayBeTold(sums, most), (missing) => mayBeTold(sumOf(missing.map(({ sums }) => sums)), most));
  const smallest = some.toSorted((a, b) => a.size - b.size || (a.name < b.name ? -1 : 1))[0]?.name;
  const small = choose(() => true);
  const out = small.size === 0 && atLeastOne ? choose((name) => name !== smallest) : small;
  return out.size === 0 ? out : new Set([...out, ...cells.filter(({ sums }) => isEmpty(sums)).map(({ name }) => name)]);
};

const placed = (counts: ReadonlyMap<string, Sums>): [string, Sums][] => [...counts].filter(([value]) => value !== UNKNOWN && value !== OUTSIDE);
const pick = (counts: ReadonlyMap<string, Sums>, values: Iterable<string>): Map<string, Sums> =>
  new Map([...values].map((value) => [value, counts.get(value) ?? noSums()]));

/** Residents, those without a place and those of other states; `allKnown` says whether the sum of the three may follow. */
const wholeOf = (counties: ReadonlyMap<string, Sums>, most: number) => {
  const residents = sumOf(placed(counties).map(([, sums]) => sums));
  const elsewhere = pick(counties, [UNKNOWN, OUTSIDE]);
  const hidden = leftOut(elsewhere, most);
  const allKnown = mayBeTold(residents, most) && mayBeTold(sumOf(pick(elsewhere, hidden).values()), most);
  return { residents, elsewhere, hidden, allKnown };
};

/** Towns are left out within their county, among them who lives in it without a town; in a county that is left out, all are. */
const townsLeftOut = (
  values: ReadonlyMap<string, Sums>,
  counties: ReadonlyMap<string, Sums>,
  hiddenCounties: ReadonlySet<string>,
  countyOf: ReadonlyMap<string, string>,
  most: number,
) => {
  const hidden = new Set<string>();
  let someWithoutTown = false;
  for (const [county, towns] of Map.groupBy(countyOf.keys(), (town) => countyOf.get(town) ?? '')) {
    const table = pick(values, towns);
    const sums = sumOf(table.values());
    const all = counties.get(county) ?? noSums();
    const rest: Sums = { ...noSums() };
    for (const measure of MEASURES) rest[measure] = all[measure] - sums[measure];
    someWithoutTown ||= !isEmpty(rest);
    const out = hiddenCounties.has(county) ? new Set(towns) : leftOut(table.set(UNKNOWN, rest), most);
    for (const town of towns) if (out.has(town)) hidden.add(town);
  }
  return { hidden, someWithoutTown };
};

/** What of one month of a dimension may be told to whom exact figures are not. */
export const toldOf = (dimension: Dimension | 'total', { counties, values }: MonthCounts, universe: Universe, most: number): ToldMonth => {
  const whole = wholeOf(counties, most);
  const countyNames =
    universe.countyOf === undefined ? placed(pick(counties, universe.values)).map(([name]) => name) : [...new Set(universe.countyOf.values())];
  // Few residents are few in each county: then all of them are left out.
  const hiddenCounties = (): ReadonlySet<string> => leftOut(pick(counties, countyNames), most);
  const split = (all: ReadonlyMap<string, Sums>, hidden: ReadonlySet<string>): ToldMonth =>
    ({ told: new Map([...all].filter(([value]) => !hidden.has(value))), hidden });
  switch (dimension) {
    case 'total':
      return split(
        new Map([...whole.elsewhere, [RESIDENTS, whole.residents]]),
        new Set([...whole.hidden, ...(mayBeTold(whole.residents, most) ? [] : [RESIDENTS])]),
      );
    case 'county':
      return split(pick(counties, [...countyNames, UNKNOWN, OUTSIDE]), new Set([...whole.hidden, ...hiddenCounties()]));
    case 'town': {
      const countyOf = universe.countyOf ?? new Map<string, string>();
      const { hidden, someWithoutTown } = townsLeftOut(values, counties, hiddenCounties(), countyOf, most);
      // Who has a county and no town is a difference of two tables: it is not told by itself.
      return split(
        pick(values, [...countyOf.keys(), UNKNOWN, OUTSIDE]),
        new Set([...hidden, ...whole.hidden, ...(someWithoutTown ? [UNKNOWN] : [])]),
      );
    }
    default: {
      const table = pick(values, universe.values);
      return split(table, leftOut(table, most, !whole.allKnown));
    }
  }
};
