import { poolName, plural } from './domain/words.ts';
import { canonicalDigest } from './domain/canonical.ts';
import { reject, type ApiResponse } from '../../shared/platform/http.ts';
import type { Differences } from './compare-stored-runs.ts';
import type { WhatIfOutcome } from './ask-what-if.ts';
import type { OverPromised } from './promised.ts';
import type { Infeasible } from './domain/allocation.ts';
import type { Policy } from './domain/policy.ts';
import type { RunItem } from './schemas.ts';
import type { SiteOfRun } from './read-site-allocation.ts';
import type { PolicyItem } from './store-policies.ts';

/** What is answered for what use cases of runs and policies came to. */

export const shownPolicy = ({ policyId, policyVersion, title, digest, policy, storedAt, storedBy }: PolicyItem): object => ({
  policyId, policyVersion, title, digest, policy, storedAt, storedBy, shipped: false,
});
export const shippedPolicy = (policy: Policy): object => ({
  policyId: policy.id, policyVersion: policy.version, title: policy.title, digest: canonicalDigest(policy), policy, shipped: true,
});

const sideOf = ({ runId, state, policyId, policyVersion, policyDigest, inputsDigest, awardedDoses, supplyDoses }: RunItem): object => ({
  runId, state, policyId, policyVersion, policyDigest, inputsDigest, awardedDoses, supplyDoses,
});
export const shownDifferences = ({ before, after, ...rest }: Differences): object => ({ before: sideOf(before), after: sideOf(after), ...rest });

export const ofWhatIf = (outcome: WhatIfOutcome): ApiResponse => {
  switch (outcome.kind) {
    case 'answered':
      return { status: 200, body: outcome };
    case 'not-found':
      return reject(404, 'not-found');
    case 'too-many-sites':
      return reject(409, 'conflict', `A run of ${outcome.sites} sites is too large to be shared out again while you wait: draft it with the change instead.`);
  }
};

export const ofSiteOfRun = (outcome: SiteOfRun): ApiResponse => {
  if (outcome.kind === 'not-found') return reject(404, 'not-found');
  const { run, site, awards } = outcome;
  const { runId, week, policyId, policyVersion, inputsDigest } = run;
  return { status: 200, body: { runId, week, policyId, policyVersion, inputsDigest, read: site, awards } };
};

/** Promises listed with a clash: enough to know whom to call. */
const mostNamed = 50;

/** Supply was cut below what is promised: each pool, what of it could give, and whose it is. */
export const overPromisedFaults = (pools: readonly OverPromised[]): { path: string; message: string }[] =>
  pools.flatMap((pool) => {
    const path = `supply.${poolName(pool)}`;
    const { supplyPacks, orderedPacks, acceptedPacks } = pool;
    const advice =
      orderedPacks <= supplyPacks
        ? 'draft with keep "ordered": what is accepted and not ordered is then taken back and shared out again'
        : `cancel or return orders for ${plural(orderedPacks - supplyPacks, 'pack')} first`;
    return [
      { path, message: `${plural(supplyPacks, 'pack')} supplied, but ${orderedPacks} ordered and ${acceptedPacks} accepted: ${advice}` },
      ...pool.promises.slice(0, mostNamed).map(({ siteId, awardId, packs, kind }) => ({ path, message: `${siteId} has ${plural(packs, 'pack')} ${kind} (award ${awardId})` })),
    ];
  });

/** Every clash of bounds and overrides: the pool and group, and the rules that clash there. */
export const clashFaults = (run: Infeasible): { path: string; message: string }[] =>
  [run, ...(run.others ?? [])].flatMap(({ pool, node, rules }) => rules.map((message) => ({ path: `${poolName(pool)}, ${node}`, message })));
