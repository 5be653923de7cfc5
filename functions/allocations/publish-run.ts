import { decideMove } from '../../shared/kernel/transitions.ts';
import { awardIdOf, type AwardItem } from '../../shared/published/award.ts';
import { canonicalDigest } from './domain/canonical.ts';
import { runMachine } from './domain/machines.ts';
import { fixedKey } from './gather-inputs.ts';
import { entryOf, type Act } from './record-supply.ts';
import type { RunAward, RunItem } from './schemas.ts';
import type { AllocationStore } from './store.ts';
import type { FindPolicy } from './store-policy.ts';
import { offerOf, type RunStore } from './store-runs.ts';

export type RunMoveOutcome =
  | { kind: 'moved'; run: RunItem }
  | { kind: 'not-found' }
  | { kind: 'stale'; version: number }
  | { kind: 'illegal-move'; from: string; legalFrom: readonly string[] }
  | { kind: 'same-person' }
  | { kind: 'policy-not-stored' }
  | { kind: 'inputs-changed' };

const movable = (run: RunItem | undefined, move: 'propose' | 'publish', ifMatch: number): RunMoveOutcome | undefined => {
  if (run === undefined) return { kind: 'not-found' };
  if (run.version !== ifMatch) return { kind: 'stale', version: run.version };
  const decided = decideMove(runMachine, move, run.state);
  return decided.kind === 'illegal-move' ? decided : undefined;
};

/** Proposes a draft for publication. Its policy must be stored by id and version, or be a shipped one: what is published can be read. */
export const makeProposeRun =
  (store: AllocationStore, findPolicy: FindPolicy) =>
  async (runId: string, act: Act & { ifMatch: number }): Promise<RunMoveOutcome> => {
    const run = await store.run(runId);
    const refused = movable(run, 'propose', act.ifMatch);
    if (run === undefined || refused !== undefined) return refused ?? { kind: 'not-found' };
    const policy = await findPolicy(`${run.policyId}@${run.policyVersion}`);
    if (policy === undefined || canonicalDigest(policy) !== run.policyDigest) return { kind: 'policy-not-stored' };
    const next: RunItem = { ...run, state: 'proposed', proposedBy: act.actor, version: run.version + 1 };
    const written = await store.save(next, entryOf(act, 'propose', next.version, { from: 'draft', to: 'proposed' }));
    return written.kind === 'committed' ? { kind: 'moved', run: next } : { kind: 'stale', version: next.version };
  };

/** What a run offers beyond what earlier runs of the week have promised: only whole packs that are new. */
const offersOf = (run: RunItem, awards: readonly RunAward[], fixedPacks: ReadonlyMap<string, number>): AwardItem[] =>
  awards.flatMap((award) => {
    const { siteId, ndc, doseNumber, packDoses } = award;
    const fixed = fixedPacks.get(fixedKey(siteId, { product: ndc, doseNumber, packDoses })) ?? 0;
    return award.packs > fixed ? [offerOf(award, fixed, run, awardIdOf({ week: run.week, ndc, doseNumber, packDoses, runId: run.runId }))] : [];
  });

/**
 * Publishes a proposed run; whoever proposed it may not. The offers are laid out first, where no reader takes them for true; one
 * transaction then switches the week's pointer, if supply and answers are still those that the run has read. Can be cut off and repeated.
 */
export const makePublishRun =
  (store: AllocationStore, runs: RunStore) =>
  async (runId: string, act: Act & { ifMatch: number }): Promise<RunMoveOutcome> => {
    const run = await store.run(runId);
    const refused = movable(run, 'publish', act.ifMatch);
    if (run === undefined || refused !== undefined) return refused ?? { kind: 'not-found' };
    if (run.proposedBy === act.actor) return { kind: 'same-person' };
    const { inputs, supplyVersions } = await runs.inputs(run.partsPk);
    const fixedPacks = new Map(
      inputs.sites.flatMap(({ siteId, lines }) =>
        lines.flatMap(({ product, doseNumber, fixed }) => fixed.map(({ packDoses, packs }) => [fixedKey(siteId, { product, doseNumber, packDoses }), packs] as const)),
      ),
    );
    await runs.stageOffers(offersOf(run, await runs.awards(run.partsPk), fixedPacks));
    const superseded = run.supersedes === undefined ? undefined : await store.run(run.supersedes);
    const next: RunItem = { ...run, state: 'published', publishedBy: act.actor, publishedAt: act.now, version: run.version + 1 };
    const old: RunItem | undefined = superseded === undefined ? undefined : { ...superseded, state: 'superseded', version: superseded.version + 1 };
    const written = await runs.publish(next, old, supplyVersions, entryOf(act, 'publish', next.version, { from: 'proposed', to: 'published' }));
    if (written.kind === 'committed') return { kind: 'moved', run: next };
    return written.failed.has(0) ? { kind: 'stale', version: next.version } : { kind: 'inputs-changed' };
  };
