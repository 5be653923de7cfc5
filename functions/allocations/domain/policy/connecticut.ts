import { policySchema } from './policy.ts';
import type { Policy, PolicyDocument } from './policy.ts';

/**
 * Connecticut's published rules as documents. How the state split doses between its sites was never published: the weights, the
 * share of supply the reserves are taken of, and the groups are stand-ins, said so in `source`; the kinds of reserve, their
 * sizes and their months are the published ones (February 2021: 10 % over and above; March 2021: 25 % minimum guarantee).
 */
const SOURCE =
  'Reserve kinds and sizes: PMC8490915, Table 1. Base of the reserve, weights, groups and pack rounding are assumptions.';

const TREE = {
  id: 'connecticut',
  title: 'Connecticut',
  children: [
    { id: 'priority-zips', title: 'Sites serving priority zips' },
    { id: 'elsewhere', title: 'All other sites' },
  ],
};

const SECOND_DOSES = {
  id: 'second-doses',
  kind: 'second-doses',
  title: 'Second doses falling due',
  withinWeeks: 2,
} as const;
const OPEN = {
  id: 'open',
  kind: 'open',
  title: 'The open pool by eligible population',
  weight: 'population',
  doseNumbers: [1] as number[],
} as const;

const february: PolicyDocument = {
  schema: 1,
  id: 'connecticut-2021-02',
  version: 1,
  title: 'February 2021: ten percent over and above for priority zips',
  source: SOURCE,
  tree: TREE,
  stages: [
    SECOND_DOSES,
    OPEN,
    {
      id: 'priority-reserve',
      kind: 'reserve',
      title: 'Ten percent on top of what priority zips win in the open pool',
      reserve: 'over-and-above',
      share: '10%',
      group: { node: 'priority-zips' },
      weight: 'population',
      doseNumbers: [1],
    },
  ],
};

const march: PolicyDocument = {
  schema: 1,
  id: 'connecticut-2021-03',
  version: 1,
  title: 'March 2021: at least twenty-five percent for priority zips',
  source: SOURCE,
  tree: TREE,
  stages: [
    SECOND_DOSES,
    {
      id: 'priority-guarantee',
      kind: 'reserve',
      title: 'At least a quarter, open-pool doses counting toward it',
      reserve: 'minimum-guarantee',
      share: '25%',
      group: { node: 'priority-zips' },
      weight: 'population',
      doseNumbers: [1],
    },
    OPEN,
  ],
};

/**
 * When supply exceeds demand every site gets what it asks for within its caps, and the rest stays in supply. The same engine
 * does it with the same guarantees, and goes back to fair shares in a week that runs short: there is no switch to forget.
 */
const onDemand: PolicyDocument = {
  schema: 1,
  id: 'order-on-demand',
  version: 1,
  title: 'Order on demand: every request within storage and beyond-use limits',
  source: 'Washington and Texas moved to order-on-demand in spring 2021; the caps are assumptions of this document.',
  tree: { id: 'state', title: 'All sites' },
  stages: [{ ...SECOND_DOSES, withinWeeks: 3 }, { ...OPEN, doseNumbers: undefined }],
  caps: [{ kind: 'storage' }, { kind: 'beyond-use' }],
};

export const connecticutFebruary: Policy = policySchema.parse(february);
export const connecticutMarch: Policy = policySchema.parse(march);
export const orderOnDemand: Policy = policySchema.parse(onDemand);

/** The policies that are shipped, by id. */
export const SHIPPED_POLICIES: ReadonlyMap<string, Policy> = new Map(
  [connecticutFebruary, connecticutMarch, orderOnDemand].map((policy) => [policy.id, policy]),
);
