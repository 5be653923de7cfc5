import { fill } from './targets/fill.ts';
import { lineKey, poolKey } from './inputs.ts';
import type { SettledDebt, WriteOff } from './allocation.ts';
import type { DebtRow, RunInputs, SiteInput, SupplyLine } from './inputs.ts';

type PoolId = Pick<DebtRow, 'product' | 'doseNumber' | 'packDoses'>;

/** Rounding debt of one pool while a week runs: micro-doses by a site's rank in the run, always summing to zero. */
export interface DebtBook {
  readonly pool: PoolId;
  readonly micro: Float64Array;
}

export interface Balanced {
  readonly micro: Float64Array;
  /** What each site's debt lost in balancing: positive where the site was owed less afterwards. */
  readonly lost: Float64Array;
}

/** The most a site's debt may be, by its rank: one pack, or more where packs are mixed or a clinic is taken whole. */
export type DebtCap = (rank: number) => number;

/**
 * Caps every debt (at one pack, as a rule) and makes the pool sum to zero again: what was cut from one side is forgiven on the
 * other, in proportion, so no debt grows and none changes sign.
 */
export const balance = (debts: Float64Array, capAt: DebtCap): Balanced => {
  const micro = debts.map((debt, at) => Math.max(-capAt(at), Math.min(capAt(at), debt)));
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

/** Whether this week ships the pool's product in other packs only. A pool merely without supply this week keeps its debts. */
const packChanged = (pool: PoolId, supply: readonly SupplyLine[]): boolean => {
  const sizes = supply.filter((line) => lineKey(line) === lineKey(pool)).map((line) => line.packDoses);
  return sizes.length > 0 && !sizes.includes(pool.packDoses);
};

/** Opens the week's books from stored debt: ended debts are written off by a visible line and the rest balanced again. */
export const openBooks = (
  inputs: RunInputs,
  laidOut: readonly SiteInput[],
  capOf: (pool: PoolId) => DebtCap,
): { books: Map<string, DebtBook>; writtenOff: WriteOff[] } => {
  const rank = new Map(laidOut.map((site, at) => [site.siteId, at]));
  const writtenOff: WriteOff[] = [];
  const books = new Map<string, DebtBook>();
  const pools = byPool(inputs.debts);
  for (const line of inputs.supply) if (!pools.has(poolKey(line))) pools.set(poolKey(line), []);
  for (const [key, rows] of [...pools].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const first = rows[0] ?? inputs.supply.find((line) => poolKey(line) === key);
    if (!first) continue;
    const { product, doseNumber, packDoses } = first;
    const pool = { product, doseNumber, packDoses };
    const debts = new Float64Array(laidOut.length);
    const ended: WriteOff[] = [];
    const changed = packChanged(pool, inputs.supply);
    for (const { siteId, micro } of rows) {
      const at = rank.get(siteId);
      if (at !== undefined && !changed) debts[at] = micro;
      else if (micro !== 0) ended.push({ siteId, ...pool, micro, reason: changed ? 'pack-changed' : 'site-left' });
    }
    ended.sort((a, b) => (a.siteId < b.siteId ? -1 : 1));
    const capAt = capOf(pool);
    const { micro, lost } = balance(debts, capAt);
    const overPack = (at: number) => Math.abs(debts[at] ?? 0) > capAt(at);
    writtenOff.push(...ended, ...writeOffs(pool, laidOut, lost, (at) => (overPack(at) ? 'over-one-pack' : 'balances-another')));
    books.set(key, { pool, micro });
  }
  return { books, writtenOff };
};

const writeOffs = (
  pool: PoolId,
  laidOut: readonly SiteInput[],
  lost: Float64Array,
  reasonAt: (at: number) => WriteOff['reason'],
): WriteOff[] => {
  const rows: WriteOff[] = [];
  lost.forEach((micro, at) => {
    if (micro !== 0) rows.push({ siteId: laidOut[at]?.siteId ?? '', ...pool, micro, reason: reasonAt(at) });
  });
  return rows;
};

/**
 * Settles a pool: `raw` is target + old debt - award by rank. The award offered counts, not what was accepted, so declining
 * earns nothing. Debt past one pack is written off, and forgiven in proportion on the other side.
 */
export const settle = (
  pool: PoolId,
  laidOut: readonly SiteInput[],
  raw: Float64Array,
  capAt: DebtCap,
): { book: DebtBook; lost: Float64Array; writtenOff: WriteOff[] } => {
  const { micro, lost } = balance(raw, capAt);
  const overPack = (at: number) => Math.abs(raw[at] ?? 0) > capAt(at);
  const writtenOff = writeOffs(pool, laidOut, lost, (at) => (overPack(at) ? 'over-one-pack' : 'balances-another'));
  return { book: { pool, micro }, lost, writtenOff };
};

/** The rows to store: every debt that is not nothing. */
export const debtRows = (book: DebtBook, laidOut: readonly SiteInput[]): SettledDebt[] => {
  const rows: SettledDebt[] = [];
  book.micro.forEach((micro, at) => {
    if (micro !== 0) rows.push({ siteId: laidOut[at]?.siteId ?? '', ...book.pool, micro });
  });
  return rows;
};
