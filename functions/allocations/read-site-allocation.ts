import type { SiteInput } from './domain/inputs.ts';
import type { RunAward, RunItem } from './schemas-run-items.ts';
import type { AllocationStore } from './store.ts';
import type { RunStore } from './store-runs.ts';

export type SiteOfRun = { kind: 'read'; run: RunItem; site: SiteInput; awards: RunAward[] } | { kind: 'not-found' };

/** What a run read about a site and every award that came of it, those of nothing too: no site is left in silence. */
export const makeReadSiteOfRun =
  (store: AllocationStore, runs: RunStore) =>
  async (runId: string, siteId: string): Promise<SiteOfRun> => {
    const run = await store.sharedOut(runId);
    const site = run === undefined ? undefined : await runs.site(run.partsPk, siteId);
    if (run === undefined || site === undefined) return { kind: 'not-found' };
    return { kind: 'read', run, site, awards: await runs.awardsBetween(run.partsPk, siteId, siteId) };
  };

/** The same of the published run of a week, for the site itself. */
export const makeReadSiteAllocation = (store: AllocationStore, runs: RunStore) => {
  const readSiteOfRun = makeReadSiteOfRun(store, runs);
  return async (siteId: string, week: string): Promise<SiteOfRun> => {
    const pointer = await store.pointer(week);
    return pointer === undefined ? { kind: 'not-found' } : readSiteOfRun(pointer.runId, siteId);
  };
};
