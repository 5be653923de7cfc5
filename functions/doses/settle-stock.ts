import { accountRefSchema, entriesPartition, type Account, type AccountRef } from '../../shared/ledger/account.ts';
import { effectSchema } from '../../shared/ledger/buckets.ts';
import { movementItems } from '../../shared/ledger/items.ts';
import type { LedgerWrite } from '../../shared/ledger/items.ts';
import { reversalOf } from '../../shared/ledger/movement.ts';
import { planMovements, type Posting } from '../../shared/ledger/plan-movements.ts';
import { doseIdOf, type DoseItem } from '../../shared/published/dose.ts';
import { chooseAccount, type AccountChoice } from './domain/choose-account.ts';
import { withoutStock, type DoseAtHand, type GivenAt } from './domain/decrement.ts';
import type { Settled } from './domain/dose-facts.ts';
import type { StockStore } from './store-stock.ts';

/** How a dose meets the stock, and the account updates that belong into its transaction. */
export interface StockMoves {
  readonly settled: Settled;
  readonly moves: readonly LedgerWrite[];
}

interface Moment {
  readonly at: string;
  readonly actor: string;
  readonly reason: string;
}

/** The account that a dose record was booked to, read back from its index key. */
const accountOf = (partition: string): AccountRef => {
  const [, siteId, ndc, lot, funding] = partition.split('#');
  return accountRefSchema.parse({ siteId, ndc, lot, funding });
};

/** One version of one dose moves stock once. */
const movementKey = (key: { pk: string; sk: string }, version: number): string => `DOSE#${doseIdOf(key)}#${version}`;

const administer = (ref: AccountRef, key: { pk: string; sk: string }, version: number): Posting =>
  ({ ref, movement: { kind: 'administer', key: movementKey(key, version), doses: 1 } });

/** Takes back what a dose did to its account. */
const takeBack = (head: DoseItem, reason: string): Posting[] => {
  if (head.gsi1pk === undefined || head.effect === undefined) return [];
  const entry = { key: movementKey(head, head.version), doses: 1, effect: effectSchema.parse(head.effect) };
  return [{ ref: accountOf(head.gsi1pk), movement: reversalOf(entry, reason) }];
};

/** Decides which account a dose comes from and plans the movement; a dose is never refused here, at worst it waits on the worklist. */
export const makeSettleStock = (store: StockStore) => {
  /** First the accounts of the product; all of the site's only when the lot is not there. */
  const choose = async (dose: DoseAtHand, at: GivenAt, siteId: string): Promise<{ choice: AccountChoice; accounts: readonly Account[] }> => {
    const ofProduct = dose.ndc === undefined ? [] : await store.accounts(siteId, dose.ndc);
    const near = chooseAccount(dose, at, ofProduct);
    if (dose.ndc !== undefined && (near.kind !== 'unresolved' || near.why !== 'no-account')) return { choice: near, accounts: ofProduct };
    const accounts = await store.accounts(siteId);
    return { choice: chooseAccount(dose, at, accounts), accounts };
  };

  const accountsFor = async (postings: readonly Posting[], known: readonly Account[]): Promise<Account[]> => {
    const missing = postings.filter(({ ref }) => !known.some((account) => entriesPartition(account.ref) === entriesPartition(ref)));
    const read = await Promise.all(missing.map(({ ref }) => store.accounts(ref.siteId, ref.ndc)));
    return [...known, ...read.flat()];
  };

  const plan = async (reversals: readonly Posting[], given: Posting | undefined, known: readonly Account[], moment: Moment) => {
    const postings = given === undefined ? reversals : [...reversals, given];
    return postings.length === 0 ? undefined : { ...planMovements(await accountsFor(postings, known), postings), stamp: { at: moment.at, actor: moment.actor } };
  };

  /** Only taking back: a dose that is deleted, or that no longer counts against stock. */
  const reverse = async (head: DoseItem | undefined, moment: Moment): Promise<readonly LedgerWrite[]> => {
    const planned = head === undefined ? undefined : await plan(takeBack(head, moment.reason), undefined, [], moment);
    if (planned === undefined) return [];
    if (planned.kind === 'refused') throw new Error(`A dose cannot be taken back from its account: ${planned.refusal.kind}`);
    return movementItems(store.inventoryTable, planned.plan, planned.stamp, { entries: false });
  };

  /**
   * @param key where the dose is stored, `version` the version that is written
   * @param head the dose it replaces, whose stock is taken back in the same transaction
   */
  const settle = async (
    dose: DoseAtHand, at: GivenAt, { key, version, head }: { key: { pk: string; sk: string }; version: number; head?: DoseItem | undefined }, moment: Moment,
  ): Promise<StockMoves> => {
    const untouched = withoutStock(dose, at);
    if (untouched !== undefined || at.site === undefined)
      return { settled: { decrement: untouched ?? { kind: 'not-applicable', why: 'not-our-facility' } }, moves: await reverse(head, moment) };
    const { choice, accounts } = await choose(dose, at, at.site.siteId);
    if (choice.kind === 'unresolved') return { settled: { decrement: { kind: 'unresolved', why: choice.why } }, moves: await reverse(head, moment) };
    const decrement = choice.kind === 'matched' ? { kind: choice.kind } : { kind: choice.kind, why: choice.why };
    const account = entriesPartition(choice.account.ref);
    if (head?.effect !== undefined && head.gsi1pk === account) return { settled: { decrement, account, effect: head.effect }, moves: [] };
    const planned = await plan(head === undefined ? [] : takeBack(head, moment.reason), administer(choice.account.ref, key, version), accounts, moment);
    if (planned?.kind === 'planned') {
      const effect = planned.plan.entries.at(-1)?.effect;
      const moves = movementItems(store.inventoryTable, planned.plan, planned.stamp, { entries: false });
      return { settled: { decrement, account, ...(effect === undefined ? {} : { effect }) }, moves };
    }
    if (planned?.refusal.kind !== 'unresolved') throw new Error(`The ledger refuses a given dose: ${planned?.refusal.kind ?? 'nothing planned'}`);
    return { settled: { decrement: { kind: 'unresolved', why: planned.refusal.why } }, moves: await reverse(head, moment) };
  };
  return { settle, reverse };
};
export type SettleStock = ReturnType<typeof makeSettleStock>;
