import { fill } from './fill.ts';
import { lineKey, poolKey } from './inputs.ts';
import { MICRO } from './quantity.ts';
import type { SettledDebt, WriteOff } from './allocation.ts';
import type { DebtRow, RunInputs, SiteInput, SupplyLine } from './inputs.ts';

type PoolId = Pick<DebtRow, 'product' | 'doseNumber' | 'packDoses'>;

/** Rounding debt of one pool while a week runs: sites in laid-out order, micro-doses, always summing to zero. */
export interface DebtBook {
  readonly pool: PoolId;
  readonly siteIds: readonly string[];
  readonly micro: Float64Array;
}

export interface Balanced {
  readonly micro: Float64Array;
  /** What each site's debt lost in balancing: positive where the site was owed less afterwards. */
  readonly lost: Float64Array;
}

/**
 * Caps every debt at one pack and makes the pool sum to zero again: what was cut from one side is forgiven on the other, in
 * proportion, so no debt grows and none changes sign.
 */
export const balance = (debts: Float64Array, packMicro: number): Balanced => {
  const micro = debts.map((debt) => Math.max(-packMicro, Math.min(packMicro, debt)));
  const sum = micro.reduce((total, debt) => total + debt, 0);
  if (sum !== 0) {
    const sign = sum > 0 ? 1 : -1;
    const size = micro.map((debt) => Math.max(0, debt * sign));
    const sizes = size.reduce((total, debt) => total + debt, 0);
    const kept = new Float64Array(size.length);
    fill({ low: new Float64Array(size.length), high: size, weight: size }, 0, size.length, sizes - sum * sign, kept);
    kept.forEach((debt, at) => { if ((size[at] ?? 0) > 0) micro[at] = debt * sign; });
  }
  return { micro, lost: debts.map((debt, at) => debt - (micro[at] ?? 0)) };
};

const byPool = (rows: readonly DebtRow[]): Map<string, DebtRow[]> => {
  const pools = new Map<string, DebtRow[]>();
  for (const row of rows) {
    const key = poolKey(row);
    const pool = pools.get(key);
    if (pool) pool.push(row);
    else pools.set(key, [row]);
  }
  return pools;
};

/** Why debt of a row ends before the week begins, if it does. A pool merely without supply this week keeps its debts. */
const endOf = (row: DebtRow, known: ReadonlyMap<string, number>, supply: readonly SupplyLine[]): WriteOff['reason'] | undefined => {
  if (!known.has(row.siteId)) return 'site-left';
  const sizes = supply.filter((line) => lineKey(line) === lineKey(row)).map((line) => line.packDoses);
  return sizes.length > 0 && !sizes.includes(row.packDoses) ? 'pack-changed' : undefined;
};

/** Opens the week's books from stored debt: ended debts are written off by a visible line and the rest balanced again. */
export const openBooks = (inputs: RunInputs, laidOut: readonly SiteInput[]): { books: Map<string, DebtBook>; writtenOff: WriteOff[] } => {
  const rank = new Map(laidOut.map((site, at) => [site.siteId, at]));
  const writtenOff: WriteOff[] = [];
  const books = new Map<string, DebtBook>();
  const pools = byPool(inputs.debts);
  for (const line of inputs.supply) if (!pools.has(poolKey(line))) pools.set(poolKey(line), []);
  for (const key of [...pools.keys()].sort()) {
    const rows = pools.get(key) ?? [];
    const first = rows[0] ?? inputs.supply.find((line) => poolKey(line) === key);
    if (!first) continue;
    const { product, doseNumber, packDoses } = first;
    const kept: DebtRow[] = [];
    const ended: WriteOff[] = [];
    for (const row of rows) {
      const reason = endOf(row, rank, inputs.supply);
      if (!reason) kept.push(row);
      else if (row.micro !== 0) ended.push({ ...row, reason });
    }
    kept.sort((a, b) => (rank.get(a.siteId) ?? 0) - (rank.get(b.siteId) ?? 0));
    ended.sort((a, b) => (a.siteId < b.siteId ? -1 : 1));
    const { micro, lost } = balance(Float64Array.from(kept, (row) => row.micro), packDoses * MICRO);
    writtenOff.push(...ended);
    kept.forEach((row, at) => {
      const gone = lost[at] ?? 0;
      if (gone !== 0) writtenOff.push({ ...row, micro: gone, reason: 'balances-another' });
    });
    books.set(key, { pool: { product, doseNumber, packDoses }, siteIds: kept.map((row) => row.siteId), micro });
  }
  return { books, writtenOff };
};

/** What each of a pool's sites brings, in the pool's order. */
export const broughtDebt = (book: DebtBook, siteIds: readonly string[]): Float64Array => {
  if (book.siteIds.length === 0) return new Float64Array(siteIds.length);
  const debts = new Map(book.siteIds.map((siteId, at) => [siteId, book.micro[at] ?? 0]));
  return Float64Array.from(siteIds, (siteId) => debts.get(siteId) ?? 0);
};

/**
 * Settles a pool at week end: debt = target + old debt - award, for sites that took part; others carry theirs. The award
 * offered counts, not what was accepted, so declining earns nothing.
 */
export const settle = (book: DebtBook, siteIds: readonly string[], raw: Float64Array): { book: DebtBook; balanced: Balanced; raw: Float64Array } => {
  const packMicro = book.pool.packDoses * MICRO;
  const present = new Set(siteIds);
  const others = book.siteIds.map((siteId, at) => ({ siteId, micro: book.micro[at] ?? 0 })).filter((row) => !present.has(row.siteId));
  const all = new Float64Array(raw.length + others.length);
  all.set(raw);
  others.forEach((row, at) => { all[raw.length + at] = row.micro; });
  const balanced = balance(all, packMicro);
  const ids = [...siteIds, ...others.map((row) => row.siteId)];
  return { book: { pool: book.pool, siteIds: ids, micro: balanced.micro }, balanced, raw: all };
};

/** The rows to store: every debt that is not nothing. */
export const debtRows = (book: DebtBook): SettledDebt[] =>
  book.siteIds.flatMap((siteId, at) => {
    const micro = book.micro[at] ?? 0;
    return micro === 0 ? [] : [{ siteId, ...book.pool, micro }];
  });
