import { allocate } from './domain/allocate.ts';
import { awardsDigest, runDigest } from './run-digests.ts';
import type { AllocationStore } from './store.ts';
import { storedAward, type RunStore } from './store-runs.ts';

export type ReplayOutcome =
  | { kind: 'replayed'; same: boolean; inputsDigest: string; awardsDigest: string; storedAwardsDigest: string }
  | { kind: 'not-found' };

/** Shares out the stored inputs of a run again: the same bytes must come out. */
export const makeReplayRun =
  (store: AllocationStore, runs: RunStore) =>
  async (runId: string): Promise<ReplayOutcome> => {
    const run = await store.sharedOut(runId);
    if (run === undefined) return { kind: 'not-found' };
    const { inputs, policy } = await runs.inputs(run.partsPk);
    const result = allocate(inputs, policy);
    const again = result.kind === 'allocated' ? awardsDigest(result.awards.map((award) => storedAward(award, []))) : 'infeasible';
    const digest = runDigest(inputs, policy, run.engineVersion);
    return { kind: 'replayed', same: again === run.awardsDigest && digest === run.inputsDigest, inputsDigest: digest, awardsDigest: again, storedAwardsDigest: run.awardsDigest };
  };
