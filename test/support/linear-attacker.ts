/** What follows from published sums by adding and subtracting, exactly: an attacker with patience and fractions. */

type Ratio = readonly [bigint, bigint];
const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? (a < 0n ? -a : a) : gcd(b, a % b));
const ratio = (n: bigint, d: bigint): Ratio => {
  const by = gcd(n, d) * (d < 0n ? -1n : 1n);
  return by === 0n ? [0n, 1n] : [n / by, d / by];
};
const minus = ([a, b]: Ratio, [c, d]: Ratio): Ratio => ratio(a * d - c * b, b * d);
const times = ([a, b]: Ratio, [c, d]: Ratio): Ratio => ratio(a * c, b * d);
const over = ([a, b]: Ratio, [c, d]: Ratio): Ratio => ratio(a * d, b * c);

/** The rows reduced: an attacker's whole knowledge. */
const reduced = (rows: readonly (readonly number[])[]): Ratio[][] => {
  const left = rows.map((row) => row.map((cell): Ratio => [BigInt(cell), 1n]));
  const done: Ratio[][] = [];
  for (let column = 0; column < (rows[0]?.length ?? 0); column += 1) {
    const at = left.findIndex((row) => row[column]?.[0] !== 0n);
    const found = at < 0 ? undefined : left.splice(at, 1)[0];
    if (found === undefined) continue;
    const pivot = found.map((cell) => over(cell, found[column] ?? [1n, 1n]));
    const clear = (row: Ratio[]): Ratio[] => row.map((cell, each) => minus(cell, times(row[column] ?? [0n, 1n], pivot[each] ?? [0n, 1n])));
    left.forEach((row, index) => (left[index] = clear(row)));
    done.forEach((row, index) => (done[index] = clear(row)));
    done.push(pivot);
  }
  return done;
};

/** Which of the suspects follow from what is known. A row is a sum of unknowns: a factor for each of them. */
export const recoveredFrom = (known: readonly (readonly number[])[], suspects: readonly (readonly number[])[]): (readonly number[])[] => {
  const rows = reduced(known);
  return suspects.filter((suspect) => {
    let target = suspect.map((cell): Ratio => [BigInt(cell), 1n]);
    for (const row of rows) {
      const lead = row.findIndex((cell) => cell[0] !== 0n);
      const factor = target[lead] ?? [0n, 1n];
      target = target.map((cell, each) => minus(cell, times(factor, row[each] ?? [0n, 1n])));
    }
    return target.every(([n]) => n === 0n);
  });
};
