/** Exact fractions, for figures that are worked out once a week and rounded once at the end. The denominator is above zero. */
export interface Ratio {
  readonly num: bigint;
  readonly den: bigint;
}

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
const size = (value: bigint): bigint => (value < 0n ? -value : value);

/** num / den in lowest terms; den above zero. */
export const ratio = (num: bigint, den = 1n): Ratio => {
  const common = gcd(size(num), den);
  return { num: num / common, den: den / common };
};
export const plus = (a: Ratio, b: Ratio): Ratio => ratio(a.num * b.den + b.num * a.den, a.den * b.den);
export const minus = (a: Ratio, b: Ratio): Ratio => ratio(a.num * b.den - b.num * a.den, a.den * b.den);
export const times = (a: Ratio, b: Ratio): Ratio => ratio(a.num * b.num, a.den * b.den);
/** a / b for b above zero. */
export const over = (a: Ratio, b: Ratio): Ratio => ratio(a.num * b.den, a.den * b.num);
export const least = (...values: readonly [Ratio, ...Ratio[]]): Ratio =>
  values.reduce((low, value) => (value.num * low.den < low.num * value.den ? value : low));

/** The nearest whole number, halves up; for values of zero or more. */
export const nearest = ({ num, den }: Ratio): bigint => (2n * num + den) / (2n * den);
export const roundUp = ({ num, den }: Ratio): bigint => (num + den - 1n) / den;

/** The smallest whole number whose square is at least a value of zero or more. */
export const rootUp = (value: Ratio): bigint => {
  const goal = roundUp(value);
  let low = 0n;
  let high = 1n;
  while (high * high < goal) high *= 2n;
  while (low < high) {
    const middle = (low + high) / 2n;
    if (middle * middle < goal) low = middle + 1n;
    else high = middle;
  }
  return low;
};
