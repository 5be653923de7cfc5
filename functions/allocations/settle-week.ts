import { addDays, localDay } from '../../shared/kernel/dates.ts';
import { openBefore, owedBefore } from './owed-before.ts';
import type { AllocationStore } from './store.ts';
import type { RunStore } from './store-runs.ts';

export type SettleOutcome =
  | { kind: 'settled'; settlement: { week: string; runId: string; pools: number; debts: number } }
  | { kind: 'not-found' }
  | { kind: 'not-published' }
  | { kind: 'not-over'; from: string }
  | { kind: 'settled-otherwise' };

const DAYS_A_WEEK = 7;

/**
 * Settles a week once, when it is over, and those before it that are still open: what is owed after it stands from then on. Settling
 * again changes nothing; no run of a settled week can be published any more.
 */
export const makeSettleWeek =
  (store: AllocationStore, runs: RunStore, zone: string) =>
  async (runId: string, now: string): Promise<SettleOutcome> => {
    const run = await store.sharedOut(runId);
    if (run === undefined) return { kind: 'not-found' };
    const standing = await store.settlement(run.week);
    if (standing !== undefined) return standing.runId === runId ? { kind: 'settled', settlement: standing } : { kind: 'settled-otherwise' };
    if (run.state !== 'published') return { kind: 'not-published' };
    const from = addDays(run.week, DAYS_A_WEEK);
    if (localDay(now, zone) < from) return { kind: 'not-over', from };
    const { open } = await openBefore(store, run.week);
    for (const one of [...open, run]) await runs.settle(one, await owedBefore(store, addDays(one.week, DAYS_A_WEEK)));
    const settlement = await store.settlement(run.week);
    if (settlement === undefined) return { kind: 'not-published' };
    return settlement.runId === runId ? { kind: 'settled', settlement } : { kind: 'settled-otherwise' };
  };
