import { decideMove } from '../../shared/kernel/transitions.ts';
import { canonicalDigest } from './domain/canonical.ts';
import { runMachine } from './domain/machines.ts';
import { entryOf, type Act } from './record-supply.ts';
import type { RunItem } from './schemas-run-items.ts';
import type { AllocationStore } from './store.ts';
import type { FindPolicy } from './store-policy.ts';

export type RunMoveOutcome =
  | { kind: 'moved'; run: RunItem }
  | { kind: 'not-found' }
  | { kind: 'stale'; version: number }
  | { kind: 'illegal-move'; from: string; legalFrom: readonly string[] }
  | { kind: 'same-person' }
  | { kind: 'policy-not-stored' }
  | { kind: 'week-settled' }
  | { kind: 'inputs-changed' };

/** Proposes a draft for publication. Its policy must be stored by id and version, or be a shipped one: what is published can be read. */
export const makeProposeRun =
  (store: AllocationStore, findPolicy: FindPolicy) =>
  async (runId: string, act: Act & { ifMatch: number }): Promise<RunMoveOutcome> => {
    const run = await store.run(runId);
    if (run === undefined) return { kind: 'not-found' };
    if (run.version !== act.ifMatch) return { kind: 'stale', version: run.version };
    const decided = decideMove(runMachine, 'propose', run.state);
    if (decided.kind === 'illegal-move') return decided;
    if (run.state === 'drafting' || run.state === 'refused') throw new Error('the machine lets a run be proposed that was not shared out');
    const policy = await findPolicy(`${run.policyId}@${run.policyVersion}`);
    if (policy === undefined || canonicalDigest(policy) !== run.policyDigest) return { kind: 'policy-not-stored' };
    const next: RunItem = { ...run, state: 'proposed', proposedBy: act.actor, version: run.version + 1 };
    const written = await store.save(next, entryOf(act, 'propose', next.version, { from: 'draft', to: 'proposed' }));
    return written.kind === 'committed' ? { kind: 'moved', run: next } : { kind: 'stale', version: next.version };
  };
