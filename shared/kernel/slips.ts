/** Letters that must be changed, put in, left out or swapped with their neighbour to make one name of the other. */
const slips = (one: string, other: string): number => {
  let [before, row]: [number[], number[]] = [[], Array.from({ length: other.length + 1 }, (_, at) => at)];
  for (let i = 0; i < one.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j += 1) {
      const isSwapped = i > 0 && j > 0 && one[i] === other[j - 1] && one[i - 1] === other[j];
      next.push(
        Math.min(
          (row[j] ?? 0) + (one[i] === other[j] ? 0 : 1),
          (row[j + 1] ?? 0) + 1,
          (next[j] ?? 0) + 1,
          isSwapped ? (before[j - 1] ?? 0) + 1 : Infinity,
        ),
      );
    }
    [before, row] = [row, next];
  }
  return row[other.length] ?? 0;
};
const maxSlips = 2;
/** One letter of three may be wrong: of two short names that share one letter, neither is the other with a slip. */
const lettersASlip = 3;
const longestName = 60;

/** Of the known names, the one that a name is with the fewest slips, two at most; undefined when it is near to none of them. */
export const meantName = (name: string, known: readonly string[]): string | undefined => {
  if (name.length >= longestName) return undefined;
  const near = known
    .map((other) => ({ other, count: slips(name.toLowerCase(), other.toLowerCase()) }))
    .filter(({ other, count }) => count <= Math.min(maxSlips, Math.floor(Math.max(name.length, other.length) / lettersASlip)));
  return near.sort((a, b) => a.count - b.count)[0]?.other;
};
