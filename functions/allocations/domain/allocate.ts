import { awardPacks, keepGuarantees } from './awards.ts';
import { floorMicro, packBounds } from './bounds.ts';
import { debtRows, openBooks, settle } from './debt.ts';
import { engineVersion } from './engine-version.ts';
import { explainPool } from './explain.ts';
import { findFaults, poolKey } from './inputs.ts';
import { applyOverrides } from './overrides.ts';
import { TakenDoses, layOutColumns, layOutPool, layOutSites, poolOrder } from './pool.ts';
import { leftoverOf, summarizePool } from './summary.ts';
import { findTargets } from './targets.ts';
import type { Allocation, Award, Infeasible, Leftover, PoolSummary, WriteOff } from './allocation.ts';
import type { DebtBook } from './debt.ts';
import type { Outcome } from './explain.ts';
import type { Override, RunInputs, SiteInput } from './inputs.ts';
import type { Policy } from './policy.ts';
import type { Pool } from './pool.ts';

interface SharedOut {
  readonly outcome: Outcome;
  readonly book: DebtBook;
  readonly writtenOff: readonly WriteOff[];
}

/** One pool's awards and its book as it will stand at week end, or where its bounds clash. */
const shareOutPool = (
  pool: Pool,
  policy: Policy,
  laidOut: readonly SiteInput[],
  book: DebtBook,
  overrides: readonly Override[],
): SharedOut | Infeasible => {
  const feasible = packBounds(pool);
  if ('clash' in feasible) return { kind: 'infeasible', pool: book.pool, ...feasible.clash };
  const targets = findTargets(pool, policy, floorMicro(pool));
  const at = (values: Float64Array) => Float64Array.from(pool.ranks, (rank) => values[rank] ?? 0);
  const brought = at(book.micro);
  const bounds = keepGuarantees(pool, policy, targets, feasible.bounds);
  const shared = awardPacks(pool, bounds, targets, brought);
  const overridden = applyOverrides(pool, bounds, shared, overrides);
  if ('clash' in overridden) return { kind: 'infeasible', pool: book.pool, ...overridden.clash };
  const raw = book.micro.slice();
  pool.ranks.forEach((rank, site) => {
    raw[rank] = (targets.micro[site] ?? 0) + (brought[site] ?? 0) - (shared[site] ?? 0) * pool.packMicro;
  });
  const settled = settle(book.pool, laidOut, raw);
  const outcome = { pool, targets, shared, ...overridden, brought, carried: at(settled.book.micro), lost: at(settled.lost) };
  return { outcome, book: settled.book, writtenOff: settled.writtenOff };
};

/**
 * Shares out a week's supply. Pure and exact: equal inputs give equal bytes, whatever the order of their rows.
 * Never awards more than the supply, more than a ceiling, or part of a pack. `debts` are to be stored when the week is
 * settled and at no other time; until then every run of the week starts from the same old debts.
 * Throws RangeError when the inputs do not fit the policy (see `findFaults`, to be asked before).
 */
export const allocate = (inputs: RunInputs, policy: Policy): Allocation => {
  const faults = findFaults(inputs, policy);
  if (faults.length > 0) throw new RangeError(`inputs do not fit the policy: ${faults[0] ?? ''}`);
  const laidOut = layOutSites(inputs, policy);
  const { books, writtenOff } = openBooks(inputs, laidOut);
  const columns = layOutColumns(laidOut);
  const taken = new TakenDoses(laidOut.length);
  const awards: Award[][] = [];
  const leftover: Leftover[] = [];
  const pools: PoolSummary[] = [];
  for (const line of poolOrder(inputs.supply)) {
    const pool = layOutPool(inputs.week, policy, columns, line, taken);
    const book = books.get(poolKey(line));
    if (!book) throw new RangeError(`no debt book was opened for ${poolKey(line)}`);
    const shared = shareOutPool(pool, policy, laidOut, book, inputs.overrides ?? []);
    if ('kind' in shared) return shared;
    const { outcome } = shared;
    books.set(poolKey(line), shared.book);
    writtenOff.push(...shared.writtenOff);
    taken.take(pool, outcome.packs);
    awards.push(explainPool(outcome));
    leftover.push(leftoverOf(outcome));
    pools.push(summarizePool(outcome, policy));
  }
  return {
    kind: 'allocated',
    awards: awards.flat(),
    debts: [...books.values()].flatMap((book) => debtRows(book, laidOut)),
    leftover,
    summary: { engineVersion, policy: { id: policy.id, version: policy.version }, week: inputs.week, pools, writtenOff },
  };
};
