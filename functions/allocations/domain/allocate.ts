import { awardPacks, keepGuarantees } from './awards.ts';
import { floorMicro, packBounds } from './bounds.ts';
import { broughtDebt, debtRows, openBooks, settle } from './debt.ts';
import { engineVersion } from './engine-version.ts';
import { explainPool } from './explain.ts';
import { findFaults, poolKey } from './inputs.ts';
import { TakenDoses, layOutPool, layOutSites, poolOrder } from './pool.ts';
import { MICRO } from './quantity.ts';
import { leftoverOf, summarizePool } from './summary.ts';
import { findTargets } from './targets.ts';
import type { Allocation, Award, Infeasible, Leftover, PoolSummary, WriteOff } from './allocation.ts';
import type { DebtBook } from './debt.ts';
import type { Outcome } from './explain.ts';
import type { RunInputs } from './inputs.ts';
import type { Policy } from './policy.ts';
import type { Pool } from './pool.ts';

/** One pool's awards and its book as it will stand at week end, or where its bounds clash. */
const shareOutPool = (pool: Pool, policy: Policy, book: DebtBook): { outcome: Outcome; book: DebtBook } | Infeasible => {
  const { product, doseNumber, packDoses } = pool.supply;
  const feasible = packBounds(pool);
  if ('clash' in feasible) return { kind: 'infeasible', pool: { product, doseNumber, packDoses }, ...feasible.clash };
  const targets = findTargets(pool, policy, floorMicro(pool));
  const siteIds = pool.sites.map((site) => site.siteId);
  const brought = broughtDebt(book, siteIds);
  const packs = awardPacks(pool, keepGuarantees(pool, policy, targets, feasible.bounds), targets, brought);
  const raw = targets.micro.map((micro, at) => micro + (brought[at] ?? 0) - (packs[at] ?? 0) * pool.packMicro);
  const settled = settle(book, siteIds, raw);
  return { outcome: { pool, targets, packs, brought, carried: settled.balanced.micro, lost: settled.balanced.lost }, book: settled.book };
};

const settledWriteOffs = (book: DebtBook, lost: Float64Array, packs: Float64Array): WriteOff[] =>
  book.siteIds.flatMap((siteId, at) => {
    const micro = lost[at] ?? 0;
    if (micro === 0) return [];
    const capped = Math.abs(book.micro[at] ?? 0) === book.pool.packDoses * MICRO && at < packs.length;
    return [{ siteId, ...book.pool, micro, reason: capped ? 'over-one-pack' as const : 'balances-another' as const }];
  });

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
  const taken = new TakenDoses();
  const awards: Award[] = [];
  const leftover: Leftover[] = [];
  const pools: PoolSummary[] = [];
  for (const line of poolOrder(inputs.supply)) {
    const pool = layOutPool(inputs, policy, laidOut, line, taken);
    const book = books.get(poolKey(line));
    if (!book) throw new RangeError(`no debt book was opened for ${poolKey(line)}`);
    const shared = shareOutPool(pool, policy, book);
    if ('kind' in shared) return shared;
    const { outcome } = shared;
    books.set(poolKey(line), shared.book);
    writtenOff.push(...settledWriteOffs(shared.book, outcome.lost, outcome.packs));
    for (const award of explainPool(outcome)) {
      awards.push(award);
      if (award.doses > 0) taken.take(award.siteId, line, award.doses);
    }
    leftover.push(leftoverOf(outcome));
    pools.push(summarizePool(outcome, policy));
  }
  return {
    kind: 'allocated',
    awards,
    debts: [...books.keys()].sort().flatMap((key) => debtRows(books.get(key) as DebtBook)),
    leftover,
    summary: { engineVersion, policy: { id: policy.id, version: policy.version }, week: inputs.week, pools, writtenOff },
  };
};
