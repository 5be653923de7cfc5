import { MEASURES, type CounterDelta, type Measure } from './coverage.ts';

/** People and doses of one value of a dimension over some days. */
export type Sums = Record<Measure, number>;

export const noSums = (): Sums => ({ first: 0, complete: 0, additional: 0, dosesGiven: 0 });
export const isEmpty = (sums: Sums): boolean => MEASURES.every((measure) => sums[measure] === 0);

export const sumOf = (all: Iterable<Sums>): Sums => {
  const total = noSums();
  for (const sums of all) for (const measure of MEASURES) total[measure] += sums[measure];
  return total;
};

/** Adds one count to the sums of its value; what is counted for sites is no coverage. */
export const addTo = (sums: Map<string, Sums>, value: string, { measure, delta }: Pick<CounterDelta, 'measure' | 'delta'>): void => {
  const counted = MEASURES.find((one) => one === measure);
  if (counted === undefined) return;
  const of = sums.get(value) ?? noSums();
  of[counted] += delta;
  sums.set(value, of);
};
