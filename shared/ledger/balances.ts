import type { Account } from './account.ts';
import { NO_EFFECT, plus } from './buckets.ts';
import type { Bucket, Effect } from './buckets.ts';

/** An account, or the sum of several, in the words of a report: every figure counts doses and none is negative but netAdjustments. */
export interface Balances {
  readonly shipped: number;
  readonly inTransit: number;
  readonly short: number;
  /** Shipped and counted at the dock, whatever their state: shipped - inTransit - short. */
  readonly received: number;
  /** Arrived from other sites. */
  readonly transferredIn: number;
  /** Sent by other sites and not counted yet. */
  readonly inTransfer: number;
  readonly overfill: number;
  readonly onHand: number;
  readonly quarantined: number;
  readonly administered: number;
  readonly wasted: number;
  readonly transferredOut: number;
  readonly returned: number;
  readonly expired: number;
  readonly lost: number;
  /** Counted away less counted up. */
  readonly netAdjustments: number;
}

/** The balances of one account, or of all accounts of a site, a product or a jurisdiction together. */
export const balancesOf = (accounts: readonly Pick<Account, 'buckets'>[]): Balances => {
  const doses = (bucket: Bucket): number =>
    Math.abs(accounts.reduce((sum, { buckets }) => sum + buckets[bucket], 0));
  const same = ['shipped', 'inTransit', 'short', 'inTransfer', 'overfill', 'onHand', 'quarantined', 'administered', 'wasted',
    'transferredOut', 'returned', 'expired', 'lost'] as const;
  return {
    ...(Object.fromEntries(same.map((bucket) => [bucket, doses(bucket)])) as Record<(typeof same)[number], number>),
    received: doses('shipped') - doses('inTransit') - doses('short'),
    transferredIn: doses('transferredIn') - doses('inTransfer'),
    netAdjustments: doses('adjusted') - doses('found'),
  };
};

const gone = ({ onHand, quarantined, administered, wasted, returned, expired, lost, netAdjustments }: Balances): number =>
  onHand + quarantined + administered + wasted + returned + expired + lost + netAdjustments;

/**
 * What is missing (+) or too much (-) in the account equation; 0 when it holds:
 * received + transferred in + overfill = on hand + quarantined + administered + wasted + transferred out + returned + expired
 * + lost + net adjustments.
 */
export const accountGap = (balances: Balances): number =>
  balances.received + balances.transferredIn + balances.overfill - gone(balances) - balances.transferredOut;

/**
 * The same over all accounts of a jurisdiction, where transfers cancel out:
 * shipped + overfill = the sum of the above without transfers + in transit + in transfer + short.
 */
export const jurisdictionGap = (balances: Balances): number =>
  balances.shipped + balances.overfill - gone(balances) - balances.inTransit - balances.inTransfer - balances.short;

/** The balances that entries add up to. An entry is anything with an effect: a ledger entry or a dose record. */
export const recompute = (entries: Iterable<Effect>): Effect => {
  let sum = NO_EFFECT;
  for (const entry of entries) sum = plus(sum, entry);
  return sum;
};

export interface Difference {
  /** A bucket, or a position as `unit:state`. */
  readonly name: string;
  readonly account: number;
  readonly entries: number;
}

/** Where an account and its entries disagree; empty when they do not. */
export const difference = (account: Pick<Account, 'buckets' | 'positions'>, recomputed: Effect): Difference[] => {
  const compare = (held: Readonly<Partial<Record<string, number>>>, told: Readonly<Partial<Record<string, number>>>): Difference[] =>
    [...new Set([...Object.keys(held), ...Object.keys(told)])]
      .map((name) => ({ name, account: held[name] ?? 0, entries: told[name] ?? 0 }))
      .filter((line) => line.account !== line.entries);
  return [...compare(account.buckets, recomputed.buckets), ...compare(account.positions, recomputed.positions)];
};
