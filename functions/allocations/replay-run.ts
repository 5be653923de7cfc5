import { allocate } from './domain/allocate.ts';
import { engineVersion } from './domain/engine-version.ts';
import { findFaults, type RunInputs } from './domain/inputs.ts';
import type { Policy } from './domain/policy/policy.ts';
import { publicTableOf } from './domain/explain/public-table.ts';
import { resultDigests, resultParts, runDigest, storedSummary, type ResultPart } from './run-digests.ts';
import type { RunItem } from './schemas-run-items.ts';
import type { AllocationStore } from './store.ts';
import type { RunStore } from './store-runs.ts';
import { storedAward } from './stored-award.ts';

export interface Replayed {
  /** `other-engine`: the run was shared out by another version of the engine than this one, which may give other awards by its own rules. */
  readonly outcome: 'same' | 'differs' | 'other-engine';
  /** Whether every byte came out again. */
  readonly same: boolean;
  readonly differs: ('inputs' | ResultPart)[];
  readonly engineVersion: string;
  readonly engineVersionOfRun: string;
  readonly inputsDigest: string;
  readonly awardsDigest: string;
  readonly storedAwardsDigest: string;
  readonly words: string[];
}
export type ReplayOutcome = ({ kind: 'replayed' } & Replayed) | { kind: 'not-found' };

/** Digests of what comes out now; none where these inputs have faults or clashes under the rules of this engine. */
const shareOutAgain = (inputs: RunInputs, policy: Policy): Record<ResultPart, string> | undefined => {
  if (findFaults(inputs, policy).length > 0) return undefined;
  const result = allocate(inputs, policy);
  if (result.kind === 'infeasible') return undefined;
  const { debts, leftover, summary: { writtenOff } } = result;
  const awards = result.awards.map((award) => storedAward(award, []));
  return resultDigests({
    awards,
    debts,
    writtenOff,
    publicPools: publicTableOf(inputs, policy, result).pools,
    ...storedSummary(result.summary, leftover),
  });
};

/** What is stored now, read back. */
const storedDigests = async (runs: RunStore, { partsPk, summary, leftover }: RunItem): Promise<Record<ResultPart, string>> => {
  const [awards, debts, writtenOff, publicPools] = await Promise.all([
    runs.awards(partsPk),
    runs.debts(partsPk),
    runs.writtenOff(partsPk),
    runs.publicPools(partsPk),
  ]);
  return resultDigests({ awards, debts, writtenOff, publicPools, summary, leftover });
};

const said = ({ engineVersion: ofRun }: RunItem, differs: readonly string[]): string[] => {
  const otherInputs = differs.includes('inputs') ? ['What is stored of its inputs and policy is not what it read.'] : [];
  if (ofRun !== engineVersion) {
    const came =
      differs.length === 0
        ? 'Both give the same.'
        : `They differ in: ${differs.join(', ')}. That may be the newer rules, and is no proof against the run.`;
    return [`The run was shared out by engine ${ofRun}; this is ${engineVersion}. ${came}`, ...otherInputs];
  }
  return differs.length === 0 ? ['Every figure came out again.'] : [`Another result than is stored: ${differs.join(', ')}.`, ...otherInputs];
};

/**
 * Shares out the stored inputs of a run again and holds everything that is stored of its result against what comes out: awards, debts,
 * write-offs, the public table, summary and what is left. A run of another version of the engine is answered as such.
 */
export const makeReplayRun =
  (store: AllocationStore, runs: RunStore) =>
  async (runId: string): Promise<ReplayOutcome> => {
    const run = await store.sharedOut(runId);
    if (run === undefined) return { kind: 'not-found' };
    const { inputs, policy } = await runs.inputs(run.partsPk);
    const [again, stored] = [shareOutAgain(inputs, policy), await storedDigests(runs, run)];
    const digest = runDigest(inputs, policy, run.engineVersion);
    const differs = [
      ...(digest === run.inputsDigest ? [] : ['inputs' as const]),
      ...resultParts.filter((part) => again?.[part] !== stored[part] || (part === 'awards' && stored.awards !== run.awardsDigest)),
    ];
    const same = differs.length === 0;
    return {
      kind: 'replayed', same, differs, words: said(run, differs),
      outcome: run.engineVersion === engineVersion ? (same ? 'same' : 'differs') : 'other-engine',
      engineVersion, engineVersionOfRun: run.engineVersion,
      inputsDigest: digest, awardsDigest: again?.awards ?? 'infeasible', storedAwardsDigest: run.awardsDigest,
    };
  };
