import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { groundsOf, makeFactsOf, rowOf, type Asked, type CoverageFigures, type Row } from './describe-coverage.ts';
import { addTo, isEmpty, noSums, sumOf, type Sums } from './domain/coverage-sums.ts';
import { OUTSIDE, UNKNOWN, valuesOf, type Dimension } from './domain/coverage.ts';
import { RESIDENTS, toldOf, type ToldMonth, type Universe } from './domain/small-counts.ts';
import type { CoverageStore } from './store-coverage.ts';

const nothing = { first: null, complete: null, additional: null, dosesGiven: null } as const;
const monthOf = (day: string): string => day.slice(0, 7);

const universeOf = (jurisdiction: Jurisdiction, dimension: Asked['dimension']): Universe => ({
  values: dimension === 'total' ? [RESIDENTS, UNKNOWN, OUTSIDE] : valuesOf(dimension, jurisdiction),
  ...(dimension === 'town' ? { countyOf: new Map(jurisdiction.towns().map(({ name, county }) => [name, county])) } : {}),
});

/** A value over all months: the sum of those in which it may be told, and the months in which it may not. */
const overMonths = (months: ReadonlyMap<string, ToldMonth>, value: string) => {
  const leftOut = [...months].filter(([, { hidden }]) => hidden.has(value)).map(([month]) => month);
  const sums = sumOf([...months.values()].map(({ told }) => told.get(value) ?? noSums()));
  return { leftOut, sums, suppressed: leftOut.length === 0 ? {} : { suppressed: true as const, leftOut } };
};

/**
 * Coverage for those who may not see exact figures: whole months only, each judged by itself and the same whatever is asked beside it, so
 * that no two answers can be subtracted into a day or a small count. A row tells the sum of the months in which its value may be told,
 * names the others, and has figures of null when there is none to tell.
 */
export const makeReadProtectedCoverage =
  (coverage: Pick<CoverageStore, 'counts' | 'asOf'>, jurisdiction: Jurisdiction) =>
  async (asked: Omit<Asked, 'by'>): Promise<CoverageFigures> => {
    const { dimension, from, to } = asked;
    const { most } = jurisdiction.smallCells;
    const universe = universeOf(jurisdiction, dimension);
    const countsOf = async (read: Dimension): Promise<Map<string, Map<string, Sums>>> => {
      const months = new Map<string, Map<string, Sums>>();
      for await (const count of coverage.counts(read, from, to)) {
        const month = monthOf(count.day);
        const of = months.get(month) ?? new Map<string, Sums>();
        months.set(month, of);
        addTo(of, count.value, count);
      }
      return months;
    };
    const places = await countsOf('county');
    const counted = dimension === 'total' || dimension === 'county' ? places : await countsOf(dimension);
    const all = [...new Set([...places.keys(), ...counted.keys()])].sort();
    const months = new Map(all.map((month) => {
      const counts = { counties: places.get(month) ?? new Map<string, Sums>(), values: counted.get(month) ?? new Map<string, Sums>() };
      return [month, toldOf(dimension, counts, universe, most)];
    }));
    const factsOf = makeFactsOf(jurisdiction, dimension);
    const figures = (value: string) => {
      const { leftOut, sums, suppressed } = overMonths(months, value);
      return { ...(leftOut.length > 0 && isEmpty(sums) ? nothing : sums), ...suppressed };
    };
    const rows = universe.values.filter((value) => value !== UNKNOWN && value !== OUTSIDE).sort().flatMap((value): Row[] => {
      const { leftOut, sums } = overMonths(months, value);
      const { name, population } = factsOf(value);
      if (leftOut.length === 0) return isEmpty(sums) ? [] : [rowOf(value, sums, factsOf(value))];
      return [{ value, ...(name === undefined ? {} : { name }), ...(population === undefined ? {} : { population }), ...figures(value) }];
    });
    const { rule, ...grounds } = groundsOf(jurisdiction, { ...asked, by: 'range' }, await coverage.asOf());
    const smallCells = `In each month, counts of 1 to ${most} are left out, and others with them where a sum would tell them; rows say in which months (leftOut) and sum the others.`;
    return { ...grounds, rule: { ...rule, smallCells }, exact: false, rows, unplaced: figures(UNKNOWN), outside: figures(OUTSIDE) };
  };
