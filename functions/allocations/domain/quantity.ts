/**
 * Exact quantities. Everything the engine counts is a whole number of micro-doses (millionths of a dose) held in a `number`
 * below 2^53, where addition, subtraction and remainder are exact; a product that could pass 2^53 goes through BigInt.
 * No fraction is ever held in a `number`, so the same inputs give the same bytes on any machine.
 */
export const MICRO = 1_000_000;

/** The most doses one pool may hold, so that its micro-doses stay below 2^53. */
export const MAX_POOL_DOSES = 9_000_000_000;

/** A share such as one quarter, in whole numbers. */
export interface Share {
  readonly num: number;
  readonly den: number;
}

const SHARE = /^(?:(\d{1,9})\/(\d{1,9})|(\d{1,3})(?:\.(\d{1,6}))?%)$/;

/** Reads `1/4`, `25%` or `12.5%`; undefined for anything else, a zero denominator, or more than the whole. */
export const parseShare = (text: string): Share | undefined => {
  const match = SHARE.exec(text);
  if (!match) return undefined;
  const [, num, den, percent, decimals = ''] = match;
  const share =
    num !== undefined && den !== undefined
      ? { num: Number(num), den: Number(den) }
      : { num: Number(`${percent ?? ''}${decimals}`), den: 100 * Number(`1${'0'.repeat(decimals.length)}`) };
  return share.den > 0 && share.num <= share.den ? share : undefined;
};

/** floor(a / b) for whole numbers, b > 0. */
export const floorDiv = (a: number, b: number): number => {
  const rest = a % b;
  return (a - (rest < 0 ? rest + b : rest)) / b;
};

/** ceil(a / b) for whole numbers, b > 0. */
export const ceilDiv = (a: number, b: number): number => -floorDiv(-a, b);

/** floor(a * b / c) for whole numbers >= 0, c > 0, whatever the size of the product. */
export const mulDiv = (a: number, b: number, c: number): number => {
  const product = a * b;
  return product <= Number.MAX_SAFE_INTEGER ? floorDiv(product, c) : Number((BigInt(a) * BigInt(b)) / BigInt(c));
};

/** The part of an amount that a share gives, in whole units, rounded down. */
export const shareOf = (amount: number, share: Share): number => mulDiv(amount, share.num, share.den);

/** Micro-doses as doses in words, without a fraction ever being computed: 12500000 -> `12.5`. */
export const formatMicro = (micro: number): string => {
  const size = Math.abs(micro);
  const whole = floorDiv(size, MICRO);
  const fraction = String(size - whole * MICRO).padStart(6, '0').replace(/0+$/, '');
  return `${micro < 0 ? '-' : ''}${whole}${fraction && `.${fraction}`}`;
};
