import { maxDecisionAttempts, maxTransactionItems } from '../kernel/limits.ts';
import { accountKey, accountSchema, entriesPartition } from './account.ts';
import type { Account, AccountRef } from './account.ts';
import { entryKey, movementItems } from './items.ts';
import type { LedgerWrite, Stamp } from './items.ts';
import { entrySchema } from './movement.ts';
import type { LedgerEntry } from './movement.ts';
import { planMovements } from './plan-movements.ts';
import type { Posting, Refusal } from './plan-movements.ts';

/** The accounts and entries of some postings at one instant, in their order; undefined where there is nothing yet. */
export interface LedgerView {
  readonly accounts: readonly (Account | undefined)[];
  readonly entries: readonly (LedgerEntry | undefined)[];
}

/** What posting needs from outside. */
export interface LedgerStore<Write> {
  /** Reads `viewKeys(postings)` in one TransactGetItems: read piece by piece, a repeat could pass for a shortage. See `viewOf`. */
  read(postings: readonly Posting[]): Promise<LedgerView>;
  /** One transaction; reports which conditions failed. */
  commit(items: readonly (LedgerWrite | Write)[]): Promise<{ kind: 'committed' } | { kind: 'refused'; failed: ReadonlyMap<number, unknown> }>;
}

/** Keys of all that posting must see: each account once, then each entry. */
export const viewKeys = (postings: readonly Posting[]): { pk: string; sk: string }[] => [
  ...refsOf(postings).map((ref) => accountKey(ref)),
  ...postings.map(({ ref, movement }) => entryKey(ref, movement.key)),
];

/** The items found under `viewKeys`, in the same order, parsed. */
export const viewOf = (postings: readonly Posting[], items: readonly unknown[]): LedgerView => {
  const accounts = refsOf(postings).length;
  return {
    accounts: items.slice(0, accounts).map((item) => (item === undefined ? undefined : accountSchema.parse(item))),
    entries: items.slice(accounts).map((item) => (item === undefined ? undefined : entrySchema.parse(item))),
  };
};

export type PostOutcome =
  | { kind: 'posted'; accounts: readonly Account[] }
  /** These very movements stand in the ledger already: a retry has met itself. */
  | { kind: 'repeated'; entries: readonly LedgerEntry[] }
  /** A business key is taken by another movement. */
  | { kind: 'key-reused'; key: string }
  | { kind: 'refused'; at: number; refusal: Refusal }
  /** A condition among the `alongside` items failed; positions count from the first of those. */
  | { kind: 'cause-refused'; failed: ReadonlyMap<number, unknown> }
  /** Others were faster every time; try later. */
  | { kind: 'contended' };

/**
 * Posts movements that happen as one, with the items of their cause in the same transaction. Reads, decides, commits; a lost race
 * reads and decides again, at most `maxDecisionAttempts` times. Safe to repeat after any fault: the business keys decide.
 */
export const makePostMovements = <Write>({ store, table }: { store: LedgerStore<Write>; table: string }) =>
  async (postings: readonly Posting[], stamp: Stamp, alongside: readonly Write[] = []): Promise<PostOutcome> => {
    for (let attempt = 1; attempt <= maxDecisionAttempts; attempt += 1) {
      const { accounts, entries } = await store.read(postings);
      const standing = standingOf(postings, entries);
      if (standing !== undefined) return standing;
      const planned = planMovements(accounts.filter((account) => account !== undefined), postings);
      if (planned.kind === 'refused') return planned;
      const own = movementItems(table, planned.plan, stamp);
      if (own.length + alongside.length > maxTransactionItems)
        throw new RangeError(`${own.length + alongside.length} items do not fit one transaction`);
      const outcome = await store.commit([...own, ...alongside]);
      if (outcome.kind === 'committed') return { kind: 'posted', accounts: planned.plan.after };
      const ofCause = new Map([...outcome.failed].filter(([at]) => at >= own.length).map(([at, item]) => [at - own.length, item]));
      if (ofCause.size === outcome.failed.size) return { kind: 'cause-refused', failed: ofCause };
    }
    return standingOf(postings, (await store.read(postings)).entries) ?? { kind: 'contended' };
  };

/** What the entries say: nothing yet, these very movements, or others under their keys. */
const standingOf = (postings: readonly Posting[], entries: LedgerView['entries']): PostOutcome | undefined => {
  const found = entries.filter((entry) => entry !== undefined);
  if (found.length === 0) return undefined;
  const other = postings.find(({ movement }, n) => !tellsTheSame(entries[n], movement));
  return other === undefined ? { kind: 'repeated', entries: found } : { kind: 'key-reused', key: other.movement.key };
};

const tellsTheSame = (entry: LedgerEntry | undefined, movement: Posting['movement']): boolean =>
  entry !== undefined && entry.kind === movement.kind && entry.doses === movement.doses
  && entry.wasteReason === ('wasteReason' in movement ? movement.wasteReason : undefined)
  && entry.counterpart === ('counterpart' in movement ? movement.counterpart : undefined);

const refsOf = (postings: readonly Posting[]): AccountRef[] =>
  [...new Map(postings.map(({ ref }) => [entriesPartition(ref), ref])).values()];
