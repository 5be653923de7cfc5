import type { SiteInput } from './inputs.ts';
import type { Policy } from './policy/policy.ts';

/** The least a site takes of a product in a week, in doses, if any: its smallest viable clinic, or the policy's own figure. */
export const leastDoses = (policy: Policy, site: SiteInput): number =>
  (policy.minimums ?? []).reduce((least, rule) => {
    const doses = rule.kind === 'smallest-clinic' ? (site.smallestClinicDoses ?? 0) : rule.doses;
    return Math.max(least, doses);
  }, 0);
