import { strangeHubs } from '../../functions/allocations/domain/hubs/faults.ts';
import { connecticutFebruary, connecticutMarch, orderOnDemand } from '../../functions/allocations/domain/policy/connecticut.ts';
import { policySchema } from '../../functions/allocations/domain/policy/policy.ts';
import type { Policy } from '../../functions/allocations/domain/policy/policy.ts';
import type { PriorityGroup } from './priority-towns.ts';

/** What becomes of the state's doses of a two-dose vaccine. */
export type SecondDoseRule =
  /** Second doses wait until they fall due, and nothing else is given from them (Connecticut's practice). */
  | { readonly kind: 'tied' }
  /** One stock; what falls due within so many weeks is set aside, the rest goes out as first doses. */
  | { readonly kind: 'set-aside'; readonly weeks: number }
  /** A share of the packs that come as second doses is sent out as first doses. */
  | { readonly kind: 'relabel'; readonly percent: number };

/** A way to share out the 23 weeks. */
export interface Rival {
  readonly id: string;
  readonly title: string;
  readonly policyIn: (week: string) => Policy;
  readonly priority: PriorityGroup;
  readonly secondDoses: SecondDoseRule;
  /** `share`: sites take what they are sent. `need-when-plenty`: from the first week supply meets need, they ask for what they can use. */
  readonly asking: 'share' | 'need-when-plenty';
}

/** No reserve: the tree and the pool of the shipped documents without their reserve. */
export const proRata: Policy = policySchema.parse({
  ...connecticutMarch,
  id: 'pro-rata',
  version: 1,
  title: 'No reserve: every site by its eligible residents',
  source: 'Lab document: connecticut-2021-03 without its guarantee.',
  stages: connecticutMarch.stages.filter(({ kind }) => kind !== 'reserve'),
  declares: [],
});

/** As published: nothing before February 2021, then ten percent over and above, then the quarter guaranteed from March. */
const asPublished = (week: string): Policy =>
  week < '2021-02-01' ? proRata : week < '2021-03-01' ? connecticutFebruary : connecticutMarch;

const TIED = { kind: 'tied' } as const;
const plain = { priority: 'stand-in', secondDoses: TIED, asking: 'share' } as const;

export const RIVALS: readonly Rival[] = [
  { ...plain, id: 'pro-rata', title: 'No reserve', policyIn: () => proRata },
  { ...plain, id: 'february', title: 'February rule: 10 % over and above', policyIn: () => connecticutFebruary },
  { ...plain, id: 'march', title: 'March rule: 25 % guaranteed', policyIn: () => connecticutMarch },
  {
    ...plain,
    id: 'march-34-towns',
    title: '25 % guaranteed to all 34 flagged towns',
    policyIn: () => connecticutMarch,
    priority: 'flagged-34',
  },
  { ...plain, id: 'as-published', title: 'As published: none, then 10 %, then 25 %', policyIn: asPublished },
  {
    ...plain,
    id: 'on-demand',
    title: 'As published, then on demand once supply meets need',
    policyIn: asPublished,
    asking: 'need-when-plenty',
  },
  {
    ...plain,
    id: 'set-aside-1',
    title: 'Second doses: only what is due this week set aside',
    policyIn: asPublished,
    secondDoses: { kind: 'set-aside', weeks: 1 },
  },
  {
    ...plain,
    id: 'set-aside-3',
    title: 'Second doses: what is due within 3 weeks set aside',
    policyIn: asPublished,
    secondDoses: { kind: 'set-aside', weeks: 3 },
  },
  {
    ...plain,
    id: 'relabel-10',
    title: 'Second doses: 10 % sent out as first doses',
    policyIn: asPublished,
    secondDoses: { kind: 'relabel', percent: 10 },
  },
];

/**
 * A policy of one's own beside the rivals, in every week. Second doses come labelled, as they came in truth; the policy's own rule for them
 * (`secondDoses`) says what becomes of the packs.
 */
export const ownRival = (policy: Policy): Rival => ({ ...plain, id: `own-${policy.id}`, title: `Your own: ${policy.title}`, policyIn: () => policy });

/** What the lab cannot play of a policy of one's own. `sites`: ids of the generated sites. */
export const notPlayed = ({ hubs }: Policy, sites: readonly string[]): string[] =>
  hubs === undefined
    ? []
    : [
        'Hubs have no part in the lab: packs are not shared by the vial there. The weeks of your own policy are those it would give without them.',
        ...strangeHubs(hubs, sites),
      ];

/** What shares out a week of plenty. */
export const plentyPolicy: Policy = orderOnDemand;
