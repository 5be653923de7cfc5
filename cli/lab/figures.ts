export const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
export const mean = (values: readonly number[]): number => (values.length === 0 ? 0 : sum(values) / values.length);
export const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;

/** The value that a part of the values lie below; values are sorted here. */
export const quantile = (values: readonly number[], part: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
};

/** Mean change from one week to the next, as a part of the mean week; weeks before the first delivery do not count. */
export const swingOf = (weekly: readonly number[]): number => {
  const from = weekly.findIndex((doses) => doses > 0);
  const served = from < 0 ? [] : weekly.slice(from);
  const changes = served.slice(1).map((doses, at) => Math.abs(doses - (served[at] ?? 0)));
  return served.length < 2 ? 0 : mean(changes) / mean(served);
};

/** The longest run of weeks without a dose. */
export const longestWaitOf = (weekly: readonly number[]): number => {
  let longest = 0;
  let run = 0;
  for (const doses of weekly) {
    run = doses === 0 ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
};

/** Whole doses that add up to the whole: the largest rests are rounded up. */
export const wholeDoses = (exact: ReadonlyMap<string, number>): Map<string, number> => {
  const floors = [...exact].map(([name, doses]) => ({ name, whole: Math.floor(doses), rest: doses - Math.floor(doses) }));
  let left = Math.round(sum([...exact.values()])) - sum(floors.map(({ whole }) => whole));
  for (const row of [...floors].sort((a, b) => b.rest - a.rest || (a.name < b.name ? -1 : 1))) {
    if (left === 0) break;
    row.whole += 1;
    left -= 1;
  }
  return new Map(floors.map(({ name, whole }) => [name, whole]));
};
