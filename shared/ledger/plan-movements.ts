import { emptyAccount, entriesPartition, sameAccount, withEffect } from './account.ts';
import type { Account, AccountFacts, AccountRef } from './account.ts';
import { NO_EFFECT, plus, total } from './buckets.ts';
import type { Effect, Position } from './buckets.ts';
import { decideMovement } from './decide-movement.ts';
import type { MovementOutcome } from './decide-movement.ts';
import type { Movement, Reversal } from './movement.ts';

/** A movement of one account. `facts` describe the account if this movement opens it. */
export interface Posting {
  readonly ref: AccountRef;
  readonly movement: Movement | Reversal;
  readonly facts?: AccountFacts;
}

/** What one commit does to one account: the sum of its movements. */
export interface AccountChange {
  readonly ref: AccountRef;
  readonly effect: Effect;
  readonly facts: AccountFacts;
  /** The account must still have this version when it is written (0: must not exist); undefined: its holdings are enough. */
  readonly exactVersion?: number;
}

export interface PlannedEntry {
  readonly ref: AccountRef;
  readonly movement: Movement | Reversal;
  readonly effect: Effect;
}

/** One commit: every account once, every entry once. */
export interface MovementPlan {
  readonly changes: readonly AccountChange[];
  readonly entries: readonly PlannedEntry[];
  /** The accounts as they will be, in the order of `changes`. */
  readonly after: readonly Account[];
}

export type Refusal = Exclude<MovementOutcome, { kind: 'moves' }> | { kind: 'unpaired-transfer'; doses: number };
export type PlanOutcome = { kind: 'planned'; plan: MovementPlan } | { kind: 'refused'; at: number; refusal: Refusal };

/**
 * Decides several movements that happen as one: a receipt's good, damaged and short doses, both sides of a transfer.
 * All or nothing; each movement is decided on the account as the ones before it leave it. Transfers must be there with both sides.
 * @param accounts the accounts that exist, as read; postings of others open them
 */
export const planMovements = (accounts: readonly Account[], postings: readonly Posting[]): PlanOutcome => {
  const touched = new Map<string, Touched>();
  const entries: PlannedEntry[] = [];
  for (const [at, { ref, movement, facts }] of postings.entries()) {
    const path = entriesPartition(ref);
    if (entries.some((entry) => entry.movement.key === movement.key && sameAccount(entry.ref, ref)))
      return { kind: 'refused', at, refusal: { kind: 'illegal-movement', faults: ['the key is used twice in one plan'] } };
    const known = touched.get(path) ?? begin(accounts.find((account) => sameAccount(account.ref, ref)), ref, facts ?? senderFacts(accounts, ref));
    const outcome = decideMovement(known.now, movement, ref);
    if (outcome.kind !== 'moves') return { kind: 'refused', at, refusal: outcome };
    entries.push({ ref, movement, effect: outcome.effect });
    touched.set(path, {
      ...known, effect: plus(known.effect, outcome.effect), exact: known.exact || outcome.exactVersion,
      now: withEffect(known.now ?? emptyAccount(ref, known.facts), outcome.effect),
    });
  }
  const unpaired = unpairedDoses(entries);
  if (unpaired !== 0) return { kind: 'refused', at: postings.length - 1, refusal: { kind: 'unpaired-transfer', doses: unpaired } };
  return { kind: 'planned', plan: planOf([...touched.values()], entries) };
};

/** Both sides of a transfer, under one business key: out here, on its way there. Plan and commit them together. */
export const transferPostings = (transfer: {
  key: string; from: AccountRef; toSiteId: string; doses: number; position?: Position; reason?: string;
}): [out: Posting, into: Posting] => {
  const { from, toSiteId, position, ...movement } = transfer;
  const common = { key: movement.key, doses: movement.doses, ...(movement.reason === undefined ? {} : { reason: movement.reason }) };
  return [
    { ref: from, movement: { kind: 'transfer-out', ...common, counterpart: toSiteId, ...(position === undefined ? {} : { position }) } },
    { ref: { ...from, siteId: toSiteId }, movement: { kind: 'transfer-in', ...common, counterpart: from.siteId } },
  ];
};

interface Touched {
  readonly ref: AccountRef;
  readonly read: Account | undefined;
  readonly now: Account | undefined;
  readonly facts: AccountFacts;
  readonly effect: Effect;
  readonly exact: boolean;
}

const begin = (read: Account | undefined, ref: AccountRef, facts: AccountFacts): Touched =>
  ({ ref, read, now: read, facts, effect: NO_EFFECT, exact: false });

const planOf = (touched: readonly Touched[], entries: readonly PlannedEntry[]): MovementPlan => ({
  entries,
  changes: touched.map(({ ref, effect, facts, exact, read }) =>
    ({ ref, effect, facts, ...(exact ? { exactVersion: read?.version ?? 0 } : {}) })),
  after: touched.map(({ ref, read, effect, facts }) => withEffect(read ?? emptyAccount(ref, facts), effect)),
});

/** Vials that come from another site are the vials they were there. */
const senderFacts = (accounts: readonly Account[], ref: AccountRef): AccountFacts => {
  const sender = accounts.find((account) => sameAccount({ ...account.ref, siteId: ref.siteId }, ref));
  if (sender === undefined) return {};
  const { lotText, expiresOn, vial } = sender;
  return {
    ...(lotText === undefined ? {} : { lotText }), ...(expiresOn === undefined ? {} : { expiresOn }), ...(vial === undefined ? {} : { vial }),
  };
};

/** What leaves sites and what is announced to sites must be the same doses of the same product, lot and funding source. */
const unpairedDoses = (entries: readonly PlannedEntry[]): number => {
  const open = new Map<string, number>();
  for (const { ref, effect: { buckets } } of entries) {
    const product = entriesPartition({ ...ref, siteId: '' });
    open.set(product, (open.get(product) ?? 0) + total({ out: buckets.transferredOut ?? 0, into: buckets.transferredIn ?? 0 }));
  }
  return [...open.values()].find((doses) => doses !== 0) ?? 0;
};
