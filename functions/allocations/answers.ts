import { canonicalDigest } from './domain/canonical.ts';
import { reject, type ApiResponse } from '../../shared/platform/http.ts';
import type { Differences } from './compare-stored-runs.ts';
import type { WhatIfOutcome } from './ask-what-if.ts';
import type { Policy } from './domain/policy/policy.ts';
import type { RunItem } from './schemas-run-items.ts';
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
      return reject(
        409,
        'conflict',
        `A run of ${outcome.sites} sites is too large to be shared out again while you wait: draft it with the change instead.`,
      );
  }
};

export const ofSiteOfRun = (outcome: SiteOfRun): ApiResponse => {
  if (outcome.kind === 'not-found') return reject(404, 'not-found');
  const { run, site, awards } = outcome;
  const { runId, week, policyId, policyVersion, inputsDigest } = run;
  return { status: 200, body: { runId, week, policyId, policyVersion, inputsDigest, read: site, awards } };
};
