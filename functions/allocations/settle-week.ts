import type { AllocationStore } from './store.ts';
import type { RunStore } from './store-runs.ts';

export type SettleOutcome =
  | { kind: 'settled'; settlement: { week: string; runId: string; pools: number; debts: number } }
  | { kind: 'not-found' }
  | { kind: 'not-published' }
  | { kind: 'settled-otherwise' };

/** Settles a week once: the debts of its published run become what the next week starts from. Settling again changes nothing. */
export const makeSettleWeek =
  (store: AllocationStore, runs: RunStore) =>
  async (runId: string): Promise<SettleOutcome> => {
    const run = await store.sharedOut(runId);
    if (run === undefined) return { kind: 'not-found' };
    const standing = await store.settlement(run.week);
    if (standing !== undefined) return standing.runId === runId ? { kind: 'settled', settlement: standing } : { kind: 'settled-otherwise' };
    if (run.state !== 'published') return { kind: 'not-published' };
    await runs.settle(run, await runs.debts(run.partsPk));
    const settlement = await store.settlement(run.week);
    if (settlement === undefined) throw new Error('a settlement was not written');
    return settlement.runId === runId ? { kind: 'settled', settlement } : { kind: 'settled-otherwise' };
  };
