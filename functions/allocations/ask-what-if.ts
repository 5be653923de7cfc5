import type { RunAward } from './schemas-run-items.ts';
import type { AllocationStore } from './store.ts';
import { poolOf, type RunStore } from './store-runs.ts';
import { whatWouldChange, type Effect } from './domain/explain/what-if.ts';
import { effectInWords } from './domain/words/change.ts';

export interface AwardName {
  siteId: string;
  ndc: string;
  doseNumber: number;
  packDoses: number;
}
export type WhatIfOutcome =
  | { kind: 'answered'; award: RunAward; effects: (Effect & { dosesAfter?: number; words: string })[] }
  | { kind: 'not-found' }
  | { kind: 'too-many-sites'; sites: number };

/**
 * An answer shares out one product up to sixty times. Measured on a busy machine's core: 0.6 s for 2,000 sites, 8 s for 10,000, 20 s for
 * 20,000; the gateway waits 29 s, and the run has to be read too. More sites are refused rather than cut off.
 */
export const mostSitesOfWhatIf = 12_000;

/** What would have given an award of a run another size: the stored inputs shared out again with one thing changed at a time. */
export const makeAskWhatIf =
  (store: AllocationStore, runs: RunStore) =>
  async (runId: string, name: AwardName): Promise<WhatIfOutcome> => {
    const run = await store.sharedOut(runId);
    const award = run === undefined ? undefined : (await runs.awardsAt(run.partsPk, name.siteId)).find((one) => poolOf(one) === poolOf(name));
    if (run === undefined || award === undefined) return { kind: 'not-found' };
    const { inputs, policy } = await runs.inputs(run.partsPk);
    if (inputs.sites.length > mostSitesOfWhatIf) return { kind: 'too-many-sites', sites: inputs.sites.length };
    const { ndc: product, ...rest } = name;
    const effects = whatWouldChange(inputs, policy, { product, ...rest });
    if (effects === undefined) return { kind: 'not-found' };
    return {
      kind: 'answered',
      award,
      effects: effects.map((effect) => ({
        ...effect,
        ...(effect.packsAfter === undefined ? {} : { dosesAfter: effect.dosesAfter ?? effect.packsAfter * name.packDoses }),
        words: effectInWords(effect, name.packDoses, policy),
      })),
    };
  };
