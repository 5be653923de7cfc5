import { once } from '../../shared/kernel/once.ts';
import { accountRefSchema, entriesPartition, type Account, type AccountRef } from '../../shared/ledger/account.ts';
import { effectSchema } from '../../shared/ledger/buckets.ts';
import { movementItems } from '../../shared/ledger/items.ts';
import type { LedgerWrite } from '../../shared/ledger/items.ts';
import { reversalOf } from '../../shared/ledger/movement.ts';
import { planMovements, type Posting } from '../../shared/ledger/plan-movements.ts';
import type { DoseItem } from '../../shared/published/dose.ts';
import { doseIdOf } from '../../shared/published/dose-keys.ts';
import { decrementAsTold } from './domain/as-told.ts';
import { chooseAccount, type AccountChoice } from './domain/choose-account.ts';
import { isToldPrivate, whyNoMore, withoutStock, type DoseAtHand, type GivenAt } from './domain/decrement.ts';
import type { Settled } from './domain/dose-facts.ts';
import type { StockStore } from './store-stock.ts';

/** How doses meet the stock, and the account updates that belong into their transaction. */
export interface StockMoves {
  readonly settled: readonly Settled[];
  readonly moves: readonly LedgerWrite[];
}

/** One dose of a change. */
export interface StockStep {
  /** Where the dose is stored, and the version that is written. */
  readonly key: { readonly pk: string; readonly sk: string };
  readonly version: number;
  /** The dose it replaces, whose stock is taken back in the same transaction. */
  readonly head?: DoseItem | undefined;
  /** Absent for a dose that only gives back what it took: deleted, or one more report of another dose. */
  readonly wanted?: { readonly dose: DoseAtHand; readonly at: GivenAt } | undefined;
  /** Another organization's report of it is counted: its account is looked for, because its sender is told so, and nothing is taken. */
  readonly onlyLookedFor?: true;
  /** Its sender is told that a dose of its own stands beside it, though among the reports of all it is compared with another organization's. */
  readonly isBeside?: true;
}

interface Decided {
  readonly settled: Settled;
  readonly known: readonly Account[];
  readonly takes: DoseItem | undefined;
  readonly gives?: Posting;
  /** What it would give if it were counted. */
  readonly wouldGive?: Posting | undefined;
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
const takeBack = (head: DoseItem | undefined, reason: string): Posting[] => {
  if (head?.gsi1pk === undefined || head.effect === undefined) return [];
  const entry = { key: movementKey(head, head.version), doses: 1, effect: effectSchema.parse(head.effect) };
  return [{ ref: accountOf(head.gsi1pk), movement: reversalOf(entry, reason) }];
};

type ReadAccounts = (siteId: string, ndc?: string) => Promise<readonly Account[]>;
/** The doses of one change mostly come from the same few accounts. */
const readOnce = (store: Pick<StockStore, 'accounts'>): ReadAccounts => {
  const read = once(
    ([siteId, ndc]: [string, string | undefined]) => store.accounts(siteId, ndc),
    ([siteId, ndc = '']) => `${siteId}#${ndc}`,
  );
  return (siteId, ndc) => read([siteId, ndc]);
};

const notCounted: Settled['decrement'] = { kind: 'not-applicable', why: 'same-dose' };

/** A dose that moves nothing, with what it would do; one that was counted until now, with what it did. */
const onlyLookedFor = ({ settled: { decrement, lot }, known, gives }: Decided, { head, wanted }: StockStep): Decided => ({
  settled: {
    decrement: notCounted,
    alone: wanted === undefined && head !== undefined ? decrementAsTold(head) : decrement,
    ...(lot === undefined ? {} : { lot }),
  },
  known,
  takes: head,
  wouldGive: gives,
});

const withBeside = (settled: Settled): Settled => ({ ...settled, alone: { ...decrementAsTold(settled), beside: true } });

/** A dose that its account cannot explain. */
const waitingFor = (reason: string, lot: Settled['lot']): Settled => {
  const why = reason === 'beyond-overfill' ? whyNoMore(lot) : reason;
  return { decrement: { kind: 'unresolved', why }, ...(why === 'lot-in-quarantine' && lot !== undefined ? { lot } : {}) };
};

/** Decides which account a dose comes from and plans the movement; a dose is never refused here, at worst it waits on the worklist. */
export const makeSettleStock = (store: StockStore) => {
  /** First the accounts of the product; all of the site's only when the lot is not there. */
  const choose = async (
    dose: DoseAtHand,
    at: GivenAt,
    siteId: string,
    accountsOf: ReadAccounts,
  ): Promise<{ choice: AccountChoice; accounts: readonly Account[] }> => {
    const ofProduct = dose.ndc === undefined ? [] : await accountsOf(siteId, dose.ndc);
    const near = chooseAccount(dose, at, ofProduct);
    if (dose.ndc !== undefined && (near.kind !== 'unresolved' || near.why !== 'no-account')) return { choice: near, accounts: ofProduct };
    const accounts = await accountsOf(siteId);
    return { choice: chooseAccount(dose, at, accounts), accounts };
  };

  const accountsFor = async (postings: readonly Posting[], known: readonly Account[]): Promise<Account[]> => {
    const missing = postings.filter(({ ref }) => !known.some((account) => entriesPartition(account.ref) === entriesPartition(ref)));
    const partitions = [...new Map(missing.map(({ ref }) => [`${ref.siteId}#${ref.ndc}`, ref])).values()];
    const read = await Promise.all(partitions.map(({ siteId, ndc }) => store.accounts(siteId, ndc)));
    return [...known, ...read.flat()];
  };

  const decide = async ({ key, version, head, wanted }: StockStep, accountsOf: ReadAccounts): Promise<Decided> => {
    const given = wanted === undefined ? undefined : withoutStock(wanted.dose, wanted.at);
    if (wanted === undefined) return { settled: { decrement: notCounted }, known: [], takes: head };
    if (given !== undefined || wanted.at.site === undefined)
      return { settled: { decrement: given ?? { kind: 'not-applicable', why: 'not-our-facility' } }, known: [], takes: head };
    const { choice, accounts } = await choose(wanted.dose, wanted.at, wanted.at.site.siteId, accountsOf);
    // What was bought privately is in no account here: only a lot that is makes a question of it.
    if (choice.kind === 'unresolved')
      return {
        settled: { decrement: isToldPrivate(wanted.dose) ? { kind: 'not-applicable', why: 'private-stock' } : choice },
        known: [],
        takes: head,
      };
    const decrement = choice.kind === 'matched' ? { kind: choice.kind } : { kind: choice.kind, why: choice.why };
    const account = entriesPartition(choice.account.ref);
    const { expiresOn, stockedAt, buckets: { onHand, quarantined, administered, inTransit, inTransfer } } = choice.account;
    const lot = {
      ...(expiresOn === undefined ? {} : { expiresOn }),
      ...(stockedAt === undefined ? {} : { stockedAt }),
      onHand,
      quarantined,
      onItsWay: inTransit + inTransfer,
      isUntouched: administered <= 0,
    };
    if (head?.effect !== undefined && head.gsi1pk === account)
      return { settled: { decrement, account, lot, effect: head.effect }, known: [], takes: undefined };
    return { settled: { decrement, account, lot }, known: accounts, takes: head, gives: administer(choice.account.ref, key, version) };
  };

  /** A dose that is only looked for, as if it were the next that its account gives. */
  const withoutOthers = ({ settled, takes, wouldGive }: Decided, known: readonly Account[], { reason }: Moment): Settled => {
    const planned = wouldGive === undefined ? undefined : planMovements(known, [...takeBack(takes, reason), wouldGive]);
    if (planned?.kind !== 'refused') return settled;
    if (planned.refusal.kind !== 'unresolved') throw new Error(`The ledger refuses a dose: ${planned.refusal.kind}`);
    const { decrement: alone, ...waiting } = waitingFor(planned.refusal.why, settled.lot);
    return { ...waiting, decrement: notCounted, alone };
  };

  /** Plans what is taken back, then what is given; a dose that its account cannot explain waits on the worklist and the rest is planned anew. */
  const plan = async (decided: Decided[], moment: Moment): Promise<{ settled: Settled[]; moves: readonly LedgerWrite[] }> => {
    const known = await accountsFor(
      decided.flatMap(({ takes, gives, wouldGive = gives }) => [
        ...takeBack(takes, moment.reason),
        ...(wouldGive === undefined ? [] : [wouldGive]),
      ]),
      [...new Map(decided.flatMap((one) => one.known).map((account) => [entriesPartition(account.ref), account])).values()],
    );
    const settled = decided.map((one) => withoutOthers(one, known, moment));
    const waiting = new Set<number>();
    for (;;) {
      const taken = decided.flatMap(({ takes }) => takeBack(takes, moment.reason));
      const givers = decided.flatMap(({ gives }, at) => (gives === undefined || waiting.has(at) ? [] : [{ gives, at }]));
      if (taken.length + givers.length === 0) return { settled, moves: [] };
      const planned = planMovements(known, [...taken, ...givers.map(({ gives }) => gives)]);
      if (planned.kind === 'planned') {
        for (const [n, { at }] of givers.entries()) {
          const effect = planned.plan.entries[taken.length + n]?.effect;
          settled[at] = { ...decided[at]?.settled, decrement: settled[at]?.decrement ?? notCounted, ...(effect === undefined ? {} : { effect }) };
        }
        return { settled, moves: movementItems(store.inventoryTable, planned.plan, { at: moment.at, actor: moment.actor }, { entries: false }) };
      }
      const giver = givers[planned.at - taken.length];
      if (giver === undefined || planned.refusal.kind !== 'unresolved') throw new Error(`The ledger refuses a dose: ${planned.refusal.kind}`);
      waiting.add(giver.at);
      const { lot } = decided[giver.at]?.settled ?? {};
      settled[giver.at] = waitingFor(planned.refusal.why, lot);
    }
  };

  return {
    /** How each of these doses meets the stock after a change, in their order, and what that moves: one update an account. */
    async settle(steps: readonly StockStep[], moment: Moment): Promise<StockMoves> {
      const accountsOf = readOnce(store);
      const decided: Decided[] = [];
      for (const step of steps) {
        const one = await decide(step, accountsOf);
        decided.push(step.onlyLookedFor === true ? onlyLookedFor(one, step) : one);
      }
      const { settled, moves } = await plan(decided, moment);
      return { settled: settled.map((one, at) => (steps[at]?.isBeside === true ? withBeside(one) : one)), moves };
    },
    site: store.site,
  };
};
export type SettleStock = ReturnType<typeof makeSettleStock>;
