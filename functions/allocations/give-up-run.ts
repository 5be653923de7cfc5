import type { RunMessage } from '../../shared/contracts/run-message.ts';
import { refuseDraft } from './draft-run.ts';
import { callOff } from './publish-run.ts';
import type { AllocationStore } from './store.ts';

/** Says on a run that its drafting or publication failed for good. What was ended meanwhile stays as it is. */
export const makeGiveUp =
  (store: AllocationStore) =>
  async ({ runId, job }: RunMessage, now: string): Promise<void> => {
    const run = await store.run(runId);
    if (job === 'draft' && run?.state === 'drafting') await refuseDraft(store, run, { kind: 'fault' }, now);
    if (job === 'publish' && run?.state === 'publishing') await callOff(store, run, { kind: 'fault' }, now);
  };
