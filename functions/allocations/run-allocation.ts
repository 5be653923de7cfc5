import { createdId, requestDigest } from '../../shared/kernel/ids.ts';
import type { Created } from '../../shared/platform/entity.ts';
import { allocate } from './domain/allocate.ts';
import type { Infeasible } from './domain/allocation.ts';
import { canonicalDigest } from './domain/canonical.ts';
import { inputsDigest } from './domain/canonical-inputs.ts';
import { engineVersion } from './domain/engine-version.ts';
import { findFaults } from './domain/inputs.ts';
import { SHIPPED_POLICIES } from './domain/policies/connecticut.ts';
import type { Policy } from './domain/policy.ts';
import { awardInWords } from './domain/words.ts';
import { gatherInputs } from './gather-inputs.ts';
import { entryOf, type Act } from './record-supply.ts';
import type { RunAward, RunItem } from './schemas.ts';
import { runKey, type AllocationStore } from './store.ts';
import { storedAward, type RunStore } from './store-runs.ts';

export type DraftOutcome =
  | Created<RunItem>
  | { kind: 'refused' }
  | { kind: 'unknown-policy' }
  | { kind: 'no-supply' }
  | { kind: 'index-behind' }
  | { kind: 'faults'; faults: string[] }
  | Infeasible;

export const awardsDigest = (awards: readonly RunAward[]): string =>
  canonicalDigest([...awards].sort((a, b) => (JSON.stringify([a.siteId, a.ndc, a.doseNumber, a.packDoses]) < JSON.stringify([b.siteId, b.ndc, b.doseNumber, b.packDoses]) ? -1 : 1)));

const policyOf = (given: string | Policy): Policy | undefined => (typeof given === 'string' ? SHIPPED_POLICIES.get(given) : given);

/**
 * Drafts a run: gathers the inputs, shares out, and stores inputs, policy and awards under the attempt's digest; the run item that names
 * them comes last. A retry of the same request meets the finished run, or does it again from scratch beside what was cut off.
 */
export const makeDraftRun =
  (store: AllocationStore, runs: RunStore) =>
  async (form: { week: string; policy: string | Policy }, act: Act & { idempotencyKey: string }): Promise<DraftOutcome> => {
    const runId = createdId('run', act.actor, act.idempotencyKey);
    const standing = await store.run(runId);
    if (standing !== undefined) return standing.requestDigest === requestDigest(form) ? { kind: 'repeated', item: standing } : { kind: 'key-reused' };
    const policy = policyOf(form.policy);
    if (policy === undefined) return { kind: 'unknown-policy' };
    const outcome = await gatherInputs(store, form.week);
    if (outcome.kind !== 'gathered') return outcome;
    const { inputs, supply, pointer } = outcome.gathered;
    const faults = findFaults(inputs, policy);
    if (faults.length > 0) return { kind: 'faults', faults };
    const result = allocate(inputs, policy);
    if (result.kind === 'infeasible') return result;
    const awards = result.awards.map((award) => storedAward(award, awardInWords(award, policy)));
    const digest = canonicalDigest([inputsDigest(inputs), canonicalDigest(policy), engineVersion]);
    const partsPk = `PARTS#${runId}#${digest.slice(0, 16)}#${awardsDigest(awards).slice(0, 8)}`;
    await runs.saveParts(partsPk, { inputs, supply, policy, awards, debts: result.debts });
    const run: RunItem = {
      ...runKey(runId), type: 'run', schema: 1, version: 1, runId, week: form.week, state: 'draft', policyId: policy.id, policyVersion: policy.version,
      engineVersion, inputsDigest: digest, awardsDigest: awardsDigest(awards), partsPk, awards: awards.length,
      awardedDoses: awards.reduce((sum, { doses }) => sum + doses, 0),
      supplyDoses: supply.reduce((sum, { packs, packDoses }) => sum + packs * packDoses, 0),
      summary: result.summary, leftover: result.leftover, answersRead: pointer?.answers ?? 0,
      ...(pointer === undefined ? {} : { supersedes: pointer.runId }),
      draftedAt: act.now, draftedBy: act.actor, requestDigest: requestDigest(form), gsi1pk: `RUNS#${form.week}`, gsi1sk: `${act.now}#${runId}`,
    };
    return runs.create(run, entryOf(act, 'draft', 1, { to: 'draft' }));
  };

/** Shares out the stored inputs of a run again: the same bytes must come out. */
export const makeReplayRun =
  (store: AllocationStore, runs: RunStore) =>
  async (runId: string): Promise<{ kind: 'replayed'; same: boolean; inputsDigest: string; awardsDigest: string; storedAwardsDigest: string } | { kind: 'not-found' }> => {
    const run = await store.run(runId);
    if (run === undefined) return { kind: 'not-found' };
    const { inputs, policy } = await runs.inputs(run.partsPk);
    const result = allocate(inputs, policy);
    const again = result.kind === 'allocated' ? awardsDigest(result.awards.map((award) => storedAward(award, awardInWords(award, policy)))) : 'infeasible';
    const digest = canonicalDigest([inputsDigest(inputs), canonicalDigest(policy), run.engineVersion]);
    return { kind: 'replayed', same: again === run.awardsDigest && digest === run.inputsDigest, inputsDigest: digest, awardsDigest: again, storedAwardsDigest: run.awardsDigest };
  };
