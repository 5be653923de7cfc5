import { ndcUseOf } from '../../../shared/codes/ndc.ts';
import { lotKey, type Account } from '../../../shared/ledger/account.ts';
import { lotsAlike } from './same-dose/lot-forms.ts';
import { fundingOfDose, isCovid, isToldPrivate, type DecrementReason, type DoseAtHand, type GivenAt } from './decrement.ts';

export type AccountChoice =
  | { kind: 'matched'; account: Account }
  | { kind: 'resolved'; account: Account; why: DecrementReason }
  | { kind: 'unresolved'; why: DecrementReason; nearLot?: string; lotIsOf?: string };

/** Accounts that are left, and by which rule if not by what was told. */
type Narrowed = { accounts: readonly Account[]; by?: DecrementReason } | { why: DecrementReason; nearLot?: string; lotIsOf?: string };

/** The product: by its own code, else by the vaccine. */
const byProduct = (accounts: readonly Account[], { ndc, cvx }: DoseAtHand): Narrowed => {
  const sameVaccine = accounts.filter((account) => ndcUseOf(account.ref.ndc)?.cvx === cvx);
  return ndc === undefined ? { accounts: sameVaccine, by: 'only-product' } : { accounts: accounts.filter((account) => account.ref.ndc === ndc) };
};

/** The lot, whatever its case, spaces and hyphens. Without one, the single lot on hand. */
const byLot = (accounts: readonly Account[], all: readonly Account[], dose: DoseAtHand): Narrowed => {
  if (dose.lot === undefined || lotKey(dose.lot) === '') {
    const onHand = accounts.filter((account) => account.buckets.onHand > 0);
    const lots = new Set(onHand.map((account) => account.ref.lot));
    return lots.size === 1 ? { accounts: onHand, by: 'only-lot' } : { why: lots.size === 0 ? 'lot-not-named' : 'lot-missing' };
  }
  const wanted = lotKey(dose.lot);
  const isWanted = (account: Account): boolean => lotKey(account.ref.lot) === wanted;
  const told = accounts.filter(isWanted);
  if (told.length > 0) return { accounts: told };
  const otherCode = all.filter((account) => isWanted(account) && ndcUseOf(account.ref.ndc)?.cvx === dose.cvx);
  if (otherCode.length > 0) return { accounts: otherCode, by: 'same-vaccine' };
  const [otherProduct] = all.filter(isWanted);
  if (otherProduct !== undefined) return { why: 'lot-of-other-product', lotIsOf: otherProduct.ref.ndc };
  const nearLot = nearLotOf(dose, all);
  return { why: 'no-account', ...(nearLot === undefined ? {} : { nearLot }) };
};

/** The one lot of the vaccine there that looks like the lot told: an O for a zero, a word behind it. Never taken for it, only named. */
const nearLotOf = ({ lot, cvx }: DoseAtHand, all: readonly Account[]): string | undefined => {
  const likes = all.filter(({ ref }) => ndcUseOf(ref.ndc)?.cvx === cvx && ['near', 'same'].includes(lotsAlike(ref.lot, lot)));
  const lots = new Map(likes.map(({ ref }) => [lotKey(ref.lot), ref.lot]));
  return lots.size === 1 ? [...lots.values()][0] : undefined;
};

/** The funding source: never guessed between two, never taken from one that was not meant. */
const byFunding = (accounts: readonly Account[], dose: DoseAtHand): Narrowed => {
  const funding = fundingOfDose(dose);
  if (funding === 'ambiguous') return accounts.length === 1 ? { accounts, by: 'only-funding' } : { why: 'funding-ambiguous' };
  const told = accounts.filter((account) => account.ref.funding === funding);
  if (told.length > 0) return { accounts: told };
  const programme = isToldPrivate(dose) && isCovid(dose.cvx) ? accounts.filter((account) => account.ref.funding === 'covid') : [];
  return programme.length > 0 ? { accounts: programme, by: 'covid-not-private' } : { why: 'funding-differs' };
};

/**
 * The account that a given dose comes from, among all accounts of its site: site, product, lot and funding source must lead to exactly
 * one. What was not told may be settled by a single candidate, and the dose then says by which rule; else it goes to the worklist.
 */
export const chooseAccount = (dose: DoseAtHand, at: GivenAt, siteAccounts: readonly Account[]): AccountChoice => {
  const rules: DecrementReason[] = at.facility === 'inferred' ? ['only-site'] : [];
  let accounts = siteAccounts;
  for (const narrow of [byProduct, (left: readonly Account[]) => byLot(left, siteAccounts, dose), byFunding]) {
    const narrowed = narrow(accounts, dose);
    if ('why' in narrowed) return { kind: 'unresolved', ...narrowed };
    if (narrowed.by !== undefined) rules.push(narrowed.by);
    accounts = narrowed.accounts;
  }
  const [account, ...others] = accounts;
  if (account === undefined) return { kind: 'unresolved', why: 'no-account' };
  if (others.length > 0) return { kind: 'unresolved', why: 'product-ambiguous' };
  const [why] = rules;
  return why === undefined ? { kind: 'matched', account } : { kind: 'resolved', account, why };
};
