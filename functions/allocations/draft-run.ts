import { allocate } from './domain/allocate.ts';
import { canonicalDigest } from './domain/canonical.ts';
import { engineVersion } from './domain/engine-version.ts';
import { strangeHubs } from './domain/hubs/faults.ts';
import { findFaults, type Override, type RunInputs } from './domain/inputs.ts';
import type { Hub, Policy } from './domain/policy/policy.ts';
import { publicTableOf } from './domain/explain/public-table.ts';
import { moveInWords, shortageInWords } from './domain/words/supply.ts';
import { awardInWords, namesIn } from './domain/words/words.ts';
import type { Allocated } from './domain/allocation.ts';
import type { DescribeSites } from './describe-sites.ts';
import { gatherInputs, type Gathered } from './gather-inputs.ts';
import type { Keep, Promised } from './promised.ts';
import { lostOverrides } from './lost-overrides.ts';
import { promisesInWords } from './say-promises.ts';
import { awardsDigest, runDigest, storedSummary } from './run-digests.ts';
import { entryOf } from './record-supply.ts';
import { sayRefusal, type Refused } from './say-refusal.ts';
import type { DraftForm, DraftingItem, RunItem } from './schemas-run-items.ts';
import type { AllocationStore } from './store.ts';
import type { DraftingStore } from './store-drafting.ts';
import type { RunStore } from './store-runs.ts';
import { storedAward } from './stored-award.ts';
import { OutOfTime, type Turn } from './turn.ts';

const overridesOf = ({ overrides = [] }: DraftForm): { overrides?: Override[] } =>
  overrides.length === 0 ? {} : { overrides: overrides.map(({ ndc: product, ...row }) => ({ product, ...row })) };

/** A policy that says nothing of hubs shares by those that standings name; one that cannot (all-or-nothing minimums, mixed packs) has none. */
const withHubs = (policy: Policy, hubs: readonly Hub[]): Policy => {
  const cannot = policy.hubs !== undefined || (policy.minimums ?? []).length > 0 || policy.declares.some(({ rule }) => rule === 'mixed-packs');
  return cannot || hubs.length === 0 ? policy : { ...policy, hubs: [...hubs] };
};

/** What a reader of the run is told of hubs that standings name and that it does not use, or that can bring nothing; of products, where their vials are not known. */
const hubNotes = (hubs: readonly Hub[], { hubs: used }: Policy, { supply, sites }: RunInputs): string[] => {
  if (used === undefined) {
    const why = 'the policy shares several sizes of packs out together, or gives clinics all or nothing';
    return hubs.length === 0
      ? []
      : [`Hubs are left out (${hubs.map(({ hub }) => hub).join(', ')}): ${why}. Their sites get packs of their own or nothing.`];
  }
  const notes = supply
    .filter(({ vialDoses }) => vialDoses === undefined)
    .map(({ product }) => `No hub shares ${product}: the doses in its vials are not known.`);
  return [...strangeHubs(used, sites.map(({ siteId }) => siteId)), ...new Set(notes)];
};

/** What this run takes back, by the id that awards of a run and pool share at every site. */
const revokedBy = (takenBack: readonly Promised[]): { revokes?: string[] } => {
  const awards = [...new Set(takenBack.map(({ awardId }) => awardId))].sort();
  return awards.length === 0 ? {} : { revokes: awards };
};

/** Progress is told with the first site, once for so many, and with the last. */
const sitesATold = 250;

export interface DraftDeps {
  readonly store: AllocationStore;
  readonly runs: RunStore;
  readonly drafting: DraftingStore;
  readonly describe: DescribeSites;
}

interface SharedOut {
  readonly kind: 'shared-out';
  readonly inputs: RunInputs;
  readonly policy: Policy;
  readonly result: Allocated;
  readonly gathered: Gathered;
}

const shareOut = async ({ store, drafting, describe }: DraftDeps, run: DraftingItem, form: DraftForm, turn: Turn): Promise<SharedOut | Refused> => {
  const keep = form.keep ?? 'accepted';
  let told = Promise.resolve();
  const watch = async (sitesRead: number, sites: number): Promise<void> => {
    turn.check();
    if (sitesRead !== 1 && sitesRead !== sites && sitesRead % sitesATold !== 0) return;
    // One word after the other: sites are read side by side, and a late word must not be the last.
    told = told.then(() => drafting.tell(run.runId, sitesRead, sites));
    await told;
  };
  const outcome = await gatherInputs(store, describe, { week: form.week, now: turn.now, keep, policy: form.policy, watch });
  if (outcome.kind !== 'gathered') return outcome;
  const { gathered } = outcome;
  const policy = withHubs(form.policy, gathered.hubs);
  const inputs = { ...gathered.inputs, ...overridesOf(form) };
  const faults = findFaults(inputs, policy);
  if (faults.length > 0) return { kind: 'faults', faults };
  const result = allocate(inputs, policy);
  return result.kind === 'infeasible' ? result : { kind: 'shared-out', inputs, policy, result, gathered };
};

/** What a reader of the run is told in words beside its figures. */
const notesOf = async (deps: DraftDeps, { inputs, policy, result, gathered }: SharedOut, keep: Keep): Promise<{ notes?: string[] }> => {
  const lost = await lostOverrides(deps, gathered.pointer, inputs.overrides ?? [], namesIn(inputs));
  const notes = [
    ...lost,
    ...promisesInWords(inputs, result, keep, gathered),
    ...hubNotes(gathered.hubs, policy, inputs),
    ...(result.summary.moves ?? []).map(moveInWords),
    ...shortageInWords(inputs, policy),
  ];
  return notes.length === 0 ? {} : { notes };
};

/** Stores the parts of a run under the digest of the attempt, and gives the run that names them. */
const storeParts = async (
  deps: DraftDeps,
  { sitesRead: _read, sites: _sites, ...asked }: DraftingItem,
  form: DraftForm,
  shared: SharedOut,
): Promise<RunItem> => {
  const {
    inputs,
    policy,
    result,
    gathered: { supply, pointer, takenBack, figures },
  } = shared;
  const nameOf = namesIn(inputs);
  const awards = result.awards.map((award) => storedAward(award, awardInWords(award, policy, nameOf)));
  const [inputsDigest, digestOfAwards] = [runDigest(inputs, policy, engineVersion), awardsDigest(awards)];
  const partsPk = `PARTS#${asked.runId}#${inputsDigest.slice(0, 16)}#${digestOfAwards.slice(0, 8)}`;
  const { writtenOff } = result.summary;
  await deps.runs.saveParts(partsPk, {
    inputs,
    figures,
    supply,
    policy,
    awards,
    debts: result.debts,
    writtenOff,
    table: publicTableOf(inputs, policy, result),
  });
  return {
    ...asked,
    version: asked.version + 1,
    state: 'draft',
    policyDigest: canonicalDigest(form.policy),
    engineVersion,
    inputsDigest,
    awardsDigest: digestOfAwards,
    partsPk,
    awards: awards.length,
    awardedDoses: awards.reduce((sum, { doses }) => sum + doses, 0),
    supplyDoses: supply.reduce((sum, { packs, packDoses }) => sum + packs * packDoses, 0),
    ...storedSummary(result.summary, result.leftover),
    ...(await notesOf(deps, shared, form.keep ?? 'accepted')),
    ...revokedBy(takenBack),
    answersRead: pointer?.answers ?? 0,
    ...(pointer === undefined ? {} : { supersedes: pointer.runId }),
  };
};

export type DraftEnd = 'drafted' | 'refused' | 'was-ended';

/**
 * Drafts a run that was asked for: gathers the inputs, shares out, and stores inputs, policy and awards under the attempt's digest; the
 * run item that names them comes last. A delivery that was cut off leaves parts that nobody names, and the next starts from scratch; of
 * two at once the first to end it counts.
 */
export const makeDraftRun =
  (deps: DraftDeps) =>
  async (runId: string, turn: Turn): Promise<DraftEnd> => {
    const run = await deps.store.run(runId);
    if (run?.state !== 'drafting') return 'was-ended';
    const form = await deps.drafting.form(runId);
    const outcome = await shareOut(deps, run, form, turn).catch((error: unknown): Refused => {
      if (error instanceof OutOfTime) return { kind: 'took-too-long' };
      throw error;
    });
    if (outcome.kind !== 'shared-out') return refuseDraft(deps.store, run, outcome, turn.now, overridesOf(form).overrides);
    const next = await storeParts(deps, run, form, outcome);
    const written = await deps.store.save(
      next,
      entryOf({ actor: run.draftedBy, now: turn.now }, 'draft', next.version, { from: 'drafting', to: 'draft' }),
    );
    return written.kind === 'committed' ? 'drafted' : 'was-ended';
  };

/** Ends the drafting of a run with what a person is told. */
export const refuseDraft = async (
  store: AllocationStore,
  { sitesRead: _read, sites: _sites, ...run }: DraftingItem,
  refused: Refused,
  now: string,
  asked: readonly Override[] = [],
): Promise<DraftEnd> => {
  const next = { ...run, state: 'refused' as const, version: run.version + 1, refusal: sayRefusal(refused, asked) };
  const written = await store.save(
    next,
    entryOf({ actor: run.draftedBy, now }, 'refuse', next.version, { from: 'drafting', to: 'refused', reason: refused.kind }),
  );
  return written.kind === 'committed' ? 'refused' : 'was-ended';
};
