import { maxDecisionAttempts, maxTransactionItems } from '../kernel/limits.ts';
import { entriesPartition } from './account.ts';
import type { Account, AccountRef } from './account.ts';
import { movementItems } from './items.ts';
import type { LedgerWrite, Stamp } from './items.ts';
import type { LedgerEntry } from './movement.ts';
import { planMovements } from './plan-movements.ts';
import type { Posting, Refusal } from './plan-movements.ts';

/** What posting needs from outside. Reads are consistent; `commit` is one transaction and reports which conditions failed. */
export interface LedgerStore<Write> {
  readAccount(ref: AccountRef): Promise<Account | undefined>;
  readEntry(ref: AccountRef, key: string): Promise<LedgerEntry | undefined>;
  commit(items: readonly (LedgerWrite | Write)[]): Promise<{ kind: 'committed' } | { kind: 'refused'; failed: ReadonlyMap<number, unknown> }>;
}

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
      // Accounts before entries: what an account already shows, its entry then shows too, so a repeat is never taken for a shortage.
      const accounts = await readAccounts(store, postings);
      const standing = await findStanding(store, postings);
      if (standing !== undefined) return standing;
      const planned = planMovements(accounts, postings);
      if (planned.kind === 'refused') return planned;
      const own = movementItems(table, planned.plan, stamp);
      if (own.length + alongside.length > maxTransactionItems) throw new RangeError(`${own.length + alongside.length} items do not fit one transaction`);
      const outcome = await store.commit([...own, ...alongside]);
      if (outcome.kind === 'committed') return { kind: 'posted', accounts: planned.plan.after };
      const ofCause = new Map([...outcome.failed].filter(([at]) => at >= own.length).map(([at, item]) => [at - own.length, item]));
      if (ofCause.size === outcome.failed.size) return { kind: 'cause-refused', failed: ofCause };
    }
    return (await findStanding(store, postings)) ?? { kind: 'contended' };
  };

const findStanding = async <Write>(store: LedgerStore<Write>, postings: readonly Posting[]): Promise<PostOutcome | undefined> => {
  const entries = await Promise.all(postings.map(({ ref, movement }) => store.readEntry(ref, movement.key)));
  const found = entries.filter((entry) => entry !== undefined);
  if (found.length === 0) return undefined;
  const other = postings.find(({ movement }, n) => !tellsTheSame(entries[n], movement));
  return other === undefined ? { kind: 'repeated', entries: found } : { kind: 'key-reused', key: other.movement.key };
};

const tellsTheSame = (entry: LedgerEntry | undefined, movement: Posting['movement']): boolean =>
  entry !== undefined && entry.kind === movement.kind && entry.doses === movement.doses
  && entry.wasteReason === ('wasteReason' in movement ? movement.wasteReason : undefined)
  && entry.counterpart === ('counterpart' in movement ? movement.counterpart : undefined);

const readAccounts = async <Write>(store: LedgerStore<Write>, postings: readonly Posting[]): Promise<Account[]> => {
  const refs = new Map(postings.map(({ ref }) => [entriesPartition(ref), ref]));
  const accounts = await Promise.all([...refs.values()].map((ref) => store.readAccount(ref)));
  return accounts.filter((account) => account !== undefined);
};
