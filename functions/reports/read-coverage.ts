import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { groundsOf, makeFactsOf, rowOf, type Asked, type CoverageFigures, type Row } from './describe-coverage.ts';
import { addTo, isEmpty, noSums, type Sums } from './domain/coverage-sums.ts';
import { OUTSIDE, UNKNOWN, type Dimension } from './domain/coverage.ts';
import { RESIDENTS } from './domain/small-counts.ts';
import type { CoverageStore } from './store-coverage.ts';

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
const placed = (sums: ReadonlyMap<string, Sums>): [string, Sums][] =>
  [...sums].filter(([value, of]) => value !== OUTSIDE && value !== UNKNOWN && !isEmpty(of)).sort(byName);

/**
 * Coverage of one dimension over a range of days, summed or day by day, with everything needed to judge it: the rules, the newest change
 * counted, what cannot be placed, and population where it is known. Percentages are of a range, never of a single day. The figures are
 * exact, single persons among them: for those who may see that (`coverage.exact`).
 */
export const makeReadCoverage =
  (coverage: Pick<CoverageStore, 'counts' | 'asOf'>, jurisdiction: Jurisdiction) =>
  async (asked: Asked): Promise<CoverageFigures> => {
    const { dimension, from, to, by } = asked;
    const read: Dimension = dimension === 'total' ? 'county' : dimension;
    const valueOf = (value: string): string => (dimension !== 'total' || value === OUTSIDE || value === UNKNOWN ? value : RESIDENTS);
    const factsOf = makeFactsOf(jurisdiction, dimension);
    const range = new Map<string, Sums>();
    const daily = new Map<string, Map<string, Sums>>();
    for await (const count of coverage.counts(read, from, to)) {
      addTo(range, valueOf(count.value), count);
      if (by === 'range') continue;
      const ofDay = daily.get(count.day) ?? new Map<string, Sums>();
      daily.set(count.day, ofDay);
      addTo(ofDay, valueOf(count.value), count);
    }
    const rowOfDay = (day: string, value: string, sums: Sums): Row => {
      const { population: _, ...names } = factsOf(value);
      return { day, ...rowOf(value, sums, names) };
    };
    const rows = by === 'range'
      ? placed(range).map(([value, sums]) => rowOf(value, sums, factsOf(value)))
      : [...daily].sort(byName).flatMap(([day, sums]) => placed(sums).map(([value, of]) => rowOfDay(day, value, of)));
    return {
      ...groundsOf(jurisdiction, asked, await coverage.asOf()),
      exact: true,
      rows,
      unplaced: range.get(UNKNOWN) ?? noSums(),
      outside: range.get(OUTSIDE) ?? noSums(),
    };
  };
