/** Letters that must be changed, put in or left out to make one name of the other. */
const slips = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j += 1) next.push(Math.min((row[j] ?? 0) + (other[j] === letter ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    row = next;
  }
  return row[other.length] ?? 0;
};
const maxSlips = 2;
const longestName = 60;

/** Of the known names, one that a name is with a slip or two; undefined when it is none of them. */
export const meantName = (name: string, known: readonly string[]): string | undefined =>
  known.find((other) => name.length < longestName && slips(name.toLowerCase(), other.toLowerCase()) <= Math.min(maxSlips, other.length - 1));
