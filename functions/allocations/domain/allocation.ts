import type { SupplyMove } from './set-aside.ts';

import type { Override, RequestIs } from './inputs.ts';

/** What a run gives back. All `micro` figures are millionths of a dose. */

/** One line of an award's explanation. The `micro` of an award's lines add up exactly to its doses. */
export type ExplanationLine =
  /** All of it is promised, more than its share; or, with `micro` 0, so many doses of the award are. */
  | { readonly kind: 'fixed'; readonly micro: number; readonly promisedDoses?: number }
  /** What its request is, where it is not what the site asked for. */
  | { readonly kind: 'request-is'; readonly micro: 0; readonly what: RequestIs; readonly doses: number }
  | { readonly kind: 'stage'; readonly stage: string; readonly stageKind: string; readonly micro: number }
  | { readonly kind: 'whole-packs'; readonly micro: number }
  | { readonly kind: 'debt-brought'; readonly micro: number }
  | { readonly kind: 'rounding'; readonly micro: number; readonly carriedMicro: number }
  | { readonly kind: 'override'; readonly micro: number; readonly reason: string }
  | { readonly kind: 'written-off'; readonly micro: 0; readonly writtenOffMicro: number }
  | { readonly kind: 'cap'; readonly micro: 0; readonly rule: CeilingRule; readonly limitDoses: number; readonly openDays?: number }
  | { readonly kind: 'group-limit'; readonly micro: 0; readonly node: string; readonly limitDoses: number }
  /** Nothing is shared out to it: it has none of these weights, or, where none is named, no stage in force is for its group. */
  | { readonly kind: 'no-weight'; readonly micro: 0; readonly weights: readonly string[] }
  /** A tier gave it all it may give one site. */
  | { readonly kind: 'stage-limit'; readonly micro: 0; readonly stage: string; readonly limitDoses: number }
  /** Other groups have their minimum and nothing above it, which comes before its share. */
  | { readonly kind: 'others-minimum'; readonly micro: 0; readonly nodes: readonly string[] }
  /** A guarantee was kept in whole packs where rounding alone would have missed it. */
  | { readonly kind: 'guarantee-kept'; readonly micro: 0; readonly stage: string; readonly limitDoses: number }
  /** With room and a weight it got nothing: earlier stages took everything, or it has no second dose due in time. */
  | { readonly kind: 'nothing-left' | 'nothing-due'; readonly micro: 0 }
  /** Second doses of its that fall due from a day on and get no pack; `after`: stages that gave doses before those due were served. */
  | { readonly kind: 'due-unserved'; readonly micro: 0; readonly dueDoses: number; readonly day: string; readonly after: readonly string[] }
  | { readonly kind: 'hub-shares'; readonly micro: number; readonly members: readonly { readonly siteId: string; readonly doses: number }[] }
  | { readonly kind: 'from-hub'; readonly micro: number; readonly hub: string }
  /** It expects under a pack and its hub brings it nothing. */
  | { readonly kind: 'no-hub'; readonly micro: 0; readonly hub: string; readonly why: NoHubReason }
  | { readonly kind: 'other-packs'; readonly micro: number; readonly packDoses: number };

export type NoHubReason = 'not-asked' | 'suspended' | 'no-receiving-day' | 'declined' | 'vials-unknown' | 'no-packs' | 'no-vial';

export type CeilingRule =
  | 'request' | 'throughput' | 'storage' | 'beyond-use' | 'days-of-stock' | 'share-of-supply' | 'suspended' | 'supply' | 'fixed'
  | 'smallest-clinic' | 'use-it-or-lose-it' | 'shared-storage' | 'vials-beyond-use' | 'no-receiving-day';

/** What a site is offered of one pool, in whole packs; a site that asked and gets nothing has an award of 0. */
export interface Award {
  readonly siteId: string;
  readonly product: string;
  readonly doseNumber: number;
  readonly packDoses: number;
  readonly packs: number;
  readonly doses: number;
  readonly requestDoses: number;
  /** The fair share before whole packs, in micro-doses. */
  readonly targetMicro: number;
  readonly explanation: readonly ExplanationLine[];
}

/** What a site gets by the vial out of its hub's packs, its own part included. Per hub and pool they add up to its packs. */
export interface HubShare {
  readonly hub: string;
  readonly siteId: string;
  readonly product: string;
  readonly doseNumber: number;
  readonly packDoses: number;
  readonly vialDoses: number;
  readonly vials: number;
  readonly doses: number;
}

/** Debt to store when the week is settled. Per pool the rows sum to zero. */
export interface SettledDebt {
  readonly siteId: string;
  readonly product: string;
  readonly doseNumber: number;
  readonly packDoses: number;
  readonly micro: number;
}

/** Debt that ended without being paid, and why. */
export interface WriteOff extends SettledDebt {
  readonly reason: 'site-left' | 'pack-changed' | 'over-one-pack' | 'balances-another';
}

export type LeftReason =
  | 'every-ceiling-reached' | 'reserve-held' | 'set-by-a-person' | 'group-maximum' | 'stage-limit' | 'no-weight'
  | 'no-stage-places-the-rest' | 'due-served' | 'no-combination-fits' | 'none';

export interface Leftover {
  readonly product: string;
  readonly doseNumber: number;
  readonly packDoses: number;
  readonly packs: number;
  readonly reason: LeftReason;
  /** What else kept sites that had room from having more. */
  readonly besides?: readonly LeftReason[];
  /** Groups that are filled to their maximum while a site in them had room. */
  readonly nodes?: readonly string[];
}

/**
 * How good the split of a pool is that has several pack sizes or all-or-nothing minimums. Judged by the sum of squares of what
 * groups and sites miss their due by, in square doses; `lowestSquareDoses`: no split placing as many doses can have less.
 */
export type Optimality =
  | { readonly kind: 'exact' }
  | {
      readonly kind: 'within';
      readonly squareDoses: number;
      readonly lowestSquareDoses: number;
      readonly placedDoses: number;
      readonly mostPlacedDoses: number;
    };

export interface StageSummary {
  readonly stage: string;
  readonly kind: string;
  readonly availableMicro: number;
  readonly usedMicro: number;
}

/** How a reserve came out: what its group was meant to get at least, its fair share, and what whole packs gave it. */
export interface ReserveSummary {
  readonly stage: string;
  readonly reserve: 'over-and-above' | 'minimum-guarantee';
  readonly shareMicro: number;
  readonly usedMicro: number;
  readonly groupTargetMicro: number;
  readonly groupDoses: number;
  /** A minimum guarantee binds when its group wins nothing beyond it; an over-and-above reserve whenever it places doses. */
  readonly bound: boolean;
  /**
   * Of a minimum guarantee, doses by which whole packs fell below it: only possible for a group that crosses the tree. Of an
   * over-and-above reserve, doses of its share that were not there any more when its turn came.
   */
  readonly shortDoses: number;
  /**
   * For a minimum guarantee to a group that crosses the tree, in a pool of one pack size without hubs: what of it a solution that
   * planned group and tree together, placing as many packs, could have met in whole packs.
   */
  readonly jointMetDoses?: number;
}

/** Doses by residence: expected doses to residents of priority zips, of the doses at sites whose share of them is known. */
export interface EquitySummary {
  readonly knownDoses: number;
  readonly unknownDoses: number;
  readonly priorityDoses: number;
  readonly priorityPermille: number;
}

export interface PoolSummary {
  readonly product: string;
  readonly doseNumber: number;
  readonly packDoses: number;
  readonly supplyPacks: number;
  readonly awardedPacks: number;
  readonly requestedDoses: number;
  readonly sitesAsking: number;
  readonly sitesShort: number;
  readonly sitesUnderOnePack: number;
  readonly stages: readonly StageSummary[];
  readonly reserves: readonly ReserveSummary[];
  readonly groups: readonly { readonly node: string; readonly targetMicro: number; readonly doses: number }[];
  readonly equity?: EquitySummary;
  /** Only for several pack sizes or all-or-nothing minimums; of several sizes the smallest pool tells it for all. */
  readonly optimality?: Optimality;
  /** Doses by which groups miss their minimums because no whole packs or clinics make them up. */
  readonly minimumsShortDoses?: number;
}

/** Doses on federal accounts in the weeks before, beside those of the run. The two equity figures measure differently, and say so. */
export interface FederalSummary {
  readonly weeks: number;
  readonly doses: number;
  readonly ownDoses: number;
  readonly products: readonly { readonly product: string; readonly doses: number }[];
  readonly equity: { readonly federalByDelivery: EquitySummary; readonly ownByResidents?: EquitySummary };
}

export interface RunSummary {
  readonly engineVersion: string;
  readonly policy: { readonly id: string; readonly version: number };
  readonly week: string;
  readonly pools: readonly PoolSummary[];
  readonly writtenOff: readonly WriteOff[];
  /** Only where the policy's rule for second doses moved packs between dose numbers before they were shared out. */
  readonly moves?: readonly SupplyMove[];
  /** Only where the inputs tell of federal doses. */
  readonly federal?: FederalSummary;
}

export interface Allocated {
  readonly kind: 'allocated';
  readonly awards: readonly Award[];
  /** Only where a policy has hubs and one shares. */
  readonly hubShares?: readonly HubShare[];
  readonly debts: readonly SettledDebt[];
  readonly leftover: readonly Leftover[];
  readonly summary: RunSummary;
}

/** The lowest group whose bounds clash, and the fewest rules that clash there: dropping any one of them ends the clash. */
export interface Infeasible {
  readonly kind: 'infeasible';
  readonly pool: { readonly product: string; readonly doseNumber: number; readonly packDoses: number };
  readonly node: string;
  readonly rules: readonly string[];
  /** What would be allowed instead, where that can be said. */
  readonly advice?: string;
  /** The overrides that clash, where a person's awards do. */
  readonly overrides?: readonly Override[];
  /** Further clashes, of this pool and of the others: absent when this is the only one. */
  readonly others?: readonly Omit<Infeasible, 'kind' | 'others'>[];
}

export type Allocation = Allocated | Infeasible;
