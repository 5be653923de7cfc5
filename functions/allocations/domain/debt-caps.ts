import { lineKey } from './inputs.ts';
import { leastDoses } from './minimums.ts';
import { MICRO } from './quantity.ts';
import type { DebtCap } from './debt.ts';
import type { DebtRow, RunInputs, SiteInput } from './inputs.ts';
import type { Policy } from './policy/policy.ts';

/**
 * The most a rounding debt may be: one pack. Where a product comes in several sizes, the largest of them; where a site takes a
 * clinic or nothing, that clinic, or it would be forgotten before its turn comes. A product without supply keeps its debts.
 */
export const debtCaps =
  ({ supply }: RunInputs, policy: Policy, laidOut: readonly SiteInput[]) =>
  (pool: Pick<DebtRow, 'product' | 'doseNumber' | 'packDoses'>): DebtCap => {
    const sizes = supply.filter((line) => lineKey(line) === lineKey(pool)).map((line) => line.packDoses);
    const rules = (policy.minimums ?? []).length > 0;
    if (sizes.length === 0 && (rules || policy.declares.some((item) => item.rule === 'mixed-packs')))
      return () => Number.MAX_SAFE_INTEGER;
    const packMicro = Math.max(pool.packDoses, ...sizes) * MICRO;
    if (!rules) return () => packMicro;
    return (rank) => {
      const site = laidOut[rank];
      return site ? Math.max(packMicro, leastDoses(policy, site) * MICRO) : packMicro;
    };
  };
