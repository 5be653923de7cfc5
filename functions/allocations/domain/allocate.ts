import { debtRows, openBooks } from './debt.ts';
import { debtCaps } from './debt-caps.ts';
import { engineVersion } from './engine-version.ts';
import { hubSharesOf } from './hubs/hubs.ts';
import { federalOf } from './federal.ts';
import { findFaults } from './inputs.ts';
import { isJoint } from './joint/layout.ts';
import { TakenDoses, layOutColumns, layOutSites, poolsByLine } from './pool.ts';
import { labelSupply } from './set-aside.ts';
import { shareOutPool, shareOutProduct } from './share-out.ts';
import type { Allocation, Infeasible } from './allocation.ts';
import type { RunInputs } from './inputs.ts';
import type { Policy } from './policy/policy.ts';
import type { Run, SharedOut } from './share-out.ts';

/**
 * Shares out a week's supply, as the policy's rule for second doses labels it. Pure and exact: equal inputs give equal bytes, whatever the order of their rows.
 * Never awards more than the supply, more than a ceiling, or part of a pack. `debts` are to be stored when the week is
 * settled and at no other time; until then every run of the week starts from the same old debts.
 * Throws RangeError when the inputs do not fit the policy (see `findFaults`, to be asked before).
 */
export const allocate = (asWritten: RunInputs, policy: Policy): Allocation => {
  const faults = findFaults(asWritten, policy);
  if (faults.length > 0) throw new RangeError(`inputs do not fit the policy: ${faults[0] ?? ''}`);
  const { supply, moves } = labelSupply(asWritten, policy);
  const inputs: RunInputs = moves.length === 0 ? asWritten : { ...asWritten, supply: [...supply] };
  const laidOut = layOutSites(inputs, policy);
  const caps = debtCaps(inputs, policy, laidOut);
  const { books, writtenOff } = openBooks(inputs, laidOut, caps);
  const run: Run = {
    inputs,
    policy,
    laidOut,
    columns: layOutColumns(laidOut),
    taken: new TakenDoses(laidOut),
    books,
    caps,
  };
  const all: SharedOut[] = [];
  const infeasible: Infeasible[] = [];
  for (const supplies of poolsByLine(inputs.supply)) {
    const home = supplies.at(-1);
    if (!home) continue;
    const shared = isJoint(policy, inputs, supplies) ? shareOutProduct(run, supplies, home) : shareOutPool(run, home);
    if ('kind' in shared) {
      infeasible.push(shared); // the other pools are looked at too, so that every clash is named at once
      continue;
    }
    run.taken.take(shared.outcome.pool, shared.outcome.finalMicro);
    writtenOff.push(...shared.writtenOff);
    all.push(shared);
  }
  const [clash, ...more] = infeasible;
  if (clash) {
    const others = [...(clash.others ?? []), ...more.flatMap(({ kind: _kind, others: own = [], ...first }) => [first, ...own])];
    return others.length === 0 ? clash : { ...clash, others };
  }
  const hubShares = all.flatMap(({ outcome }) => hubSharesOf(outcome.pool, outcome.finalMicro));
  const awards = all.flatMap((shared) => shared.awards);
  const federal = federalOf(inputs, awards);
  return {
    kind: 'allocated',
    awards,
    ...(hubShares.length > 0 && { hubShares }),
    debts: [...books.values()].flatMap((book) => debtRows(book, laidOut)),
    leftover: all.flatMap((shared) => shared.leftover),
    summary: {
      engineVersion,
      policy: { id: policy.id, version: policy.version },
      week: inputs.week,
      pools: all.flatMap((shared) => shared.pools),
      writtenOff,
      ...(moves.length > 0 && { moves }),
      ...(federal && { federal }),
    },
  };
};
