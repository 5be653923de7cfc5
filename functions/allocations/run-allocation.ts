import type { z } from 'zod';
import { createdId, requestDigest } from '../../shared/kernel/ids.ts';
import type { Created } from '../../shared/platform/entity.ts';
import { allocate } from './domain/allocate.ts';
import type { Infeasible } from './domain/allocation.ts';
import { canonicalDigest } from './domain/canonical.ts';
import { inputsDigest } from './domain/canonical-inputs.ts';
import { engineVersion } from './domain/engine-version.ts';
import { findFaults, type Override } from './domain/inputs.ts';
import type { Hub, Policy } from './domain/policy.ts';
import { publicTableOf } from './domain/public-table.ts';
import { awardInWords, namesIn } from './domain/words.ts';
import type { DescribeSites } from './describe-sites.ts';
import { gatherInputs } from './gather-inputs.ts';
import { entryOf, type Act } from './record-supply.ts';
import { overPromised, type Keep, type OverPromised, type Promised } from './promised.ts';
import { runSummary, type RunAward, type RunItem, type overrideForm } from './schemas.ts';
import { runKey, type AllocationStore } from './store.ts';
import type { FindPolicy } from './store-policy.ts';
import { storedAward, type RunStore } from './store-runs.ts';

export type DraftOutcome =
  | Created<RunItem>
  | { kind: 'refused' }
  | { kind: 'unknown-policy' }
  | { kind: 'no-supply' }
  | { kind: 'index-behind' }
  | { kind: 'not-held' }
  | { kind: 'over-promised'; pools: OverPromised[]; keep: Keep }
  | { kind: 'faults'; faults: string[] }
  | Infeasible;

const keyOf = ({ siteId, ndc, doseNumber, packDoses }: RunAward): string => JSON.stringify([siteId, ndc, doseNumber, packDoses]);
/** Digest of what was awarded and why, as data. Its words may be put better one day without making it another run. */
export const awardsDigest = (awards: readonly RunAward[]): string =>
  canonicalDigest([...awards].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)).map(({ words: _words, ...award }) => award));

export interface DraftForm {
  week: string;
  policy: string | Policy;
  overrides?: z.output<typeof overrideForm>[] | undefined;
  keep?: Keep | undefined;
}

const overridesOf = ({ overrides = [] }: DraftForm): { overrides?: Override[] } =>
  overrides.length === 0 ? {} : { overrides: overrides.map(({ ndc: product, ...row }) => ({ product, ...row })) };

/** A policy that says nothing of hubs shares by those that standings name; one that cannot (all-or-nothing minimums, mixed packs) has none. */
const withHubs = (policy: Policy, hubs: readonly Hub[]): Policy => {
  const cannot = policy.hubs !== undefined || (policy.minimums ?? []).length > 0 || policy.declares.some(({ rule }) => rule === 'mixed-packs');
  return cannot || hubs.length === 0 ? policy : { ...policy, hubs: [...hubs] };
};

/** Runs whose accepted awards this run takes back: those with promises that it does not keep. */
const revokedBy = (promised: readonly Promised[], keep: Keep): { revokes?: string[] } => {
  const runs = keep === 'ordered' ? [...new Set(promised.filter(({ kind }) => kind === 'accepted').map(({ runId }) => runId))].sort() : [];
  return runs.length === 0 ? {} : { revokes: runs };
};

/**
 * Drafts a run: gathers the inputs, shares out, and stores inputs, policy and awards under the attempt's digest; the run item that names
 * them comes last. A retry of the same request meets the finished run, or does it again from scratch beside what was cut off.
 */
export const makeDraftRun =
  (store: AllocationStore, runs: RunStore, findPolicy: FindPolicy, describe: DescribeSites) =>
  async (form: DraftForm, act: Act & { idempotencyKey: string }): Promise<DraftOutcome> => {
    const runId = createdId('run', act.actor, act.idempotencyKey);
    const standing = await store.run(runId);
    if (standing !== undefined) return standing.requestDigest === requestDigest(form) ? { kind: 'repeated', item: standing } : { kind: 'key-reused' };
    const found = typeof form.policy === 'string' ? await findPolicy(form.policy) : form.policy;
    if (found === undefined) return { kind: 'unknown-policy' };
    const keep = form.keep ?? 'accepted';
    const outcome = await gatherInputs(store, describe, { week: form.week, now: act.now, keep });
    if (outcome.kind !== 'gathered') return outcome;
    const { supply, pointer, promised, figures } = outcome.gathered;
    const policy = withHubs(found, outcome.gathered.hubs);
    const pools = overPromised(outcome.gathered.inputs.supply, promised, keep);
    if (pools.length > 0) return { kind: 'over-promised', pools, keep };
    const inputs = { ...outcome.gathered.inputs, ...overridesOf(form) };
    const faults = findFaults(inputs, policy);
    if (faults.length > 0) return { kind: 'faults', faults };
    const result = allocate(inputs, policy);
    if (result.kind === 'infeasible') return result;
    const nameOf = namesIn(inputs);
    const awards = result.awards.map((award) => storedAward(award, awardInWords(award, policy, nameOf)));
    const policyDigest = canonicalDigest(found);
    const digest = canonicalDigest([inputsDigest(inputs), canonicalDigest(policy), engineVersion]);
    const partsPk = `PARTS#${runId}#${digest.slice(0, 16)}#${awardsDigest(awards).slice(0, 8)}`;
    const { writtenOff } = result.summary;
    await runs.saveParts(partsPk, { inputs, figures, supply, policy, awards, debts: result.debts, writtenOff, table: publicTableOf(inputs, policy, result) });
    const run: RunItem = {
      ...runKey(runId), type: 'run', schema: 1, version: 1, runId, week: form.week, state: 'draft', policyId: policy.id, policyVersion: policy.version, policyDigest,
      engineVersion, inputsDigest: digest, awardsDigest: awardsDigest(awards), partsPk, awards: awards.length,
      awardedDoses: awards.reduce((sum, { doses }) => sum + doses, 0),
      supplyDoses: supply.reduce((sum, { packs, packDoses }) => sum + packs * packDoses, 0),
      summary: runSummary.parse({ ...result.summary, writtenOff: writtenOff.length }), leftover: [...result.leftover],
      ...(form.overrides === undefined ? {} : { overrides: form.overrides.length }),
      ...(form.keep === undefined ? {} : { keep: form.keep }), ...revokedBy(promised, keep), answersRead: pointer?.answers ?? 0,
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
    const again = result.kind === 'allocated' ? awardsDigest(result.awards.map((award) => storedAward(award, []))) : 'infeasible';
    const digest = canonicalDigest([inputsDigest(inputs), canonicalDigest(policy), run.engineVersion]);
    return { kind: 'replayed', same: again === run.awardsDigest && digest === run.inputsDigest, inputsDigest: digest, awardsDigest: again, storedAwardsDigest: run.awardsDigest };
  };
