import type { FigureBook } from './figure.ts';
import type { SiteFacts } from './site-facts.ts';

/** Stock of one product at a site, by the figures that count. */
export interface Stock {
  readonly onHandDoses: number;
  readonly inTransitDoses: number;
}

const sumOf = <T>(rows: readonly T[], dosesOf: (row: T) => number): number => rows.reduce((sum, row) => sum + dosesOf(row), 0);

/** Doses that packs promised this week have brought already: they are counted with the promise, not once more as stock. */
const ofThisWeek = (product: string, { promised }: SiteFacts): { arrived: number; onTheWay: number } => {
  const own = promised.filter((one) => one.product === product);
  return { arrived: sumOf(own, ({ arrivedDoses = 0 }) => arrivedDoses), onTheWay: sumOf(own, ({ onTheWayDoses = 0 }) => onTheWayDoses) };
};

/** What lies at the site: the ledger decides where it has an account, else what the site states. */
const onHand = (product: string, federalOnHand: number, facts: SiteFacts, book: FigureBook): number => {
  const held = facts.accounts.filter(({ ndc }) => ndc === product);
  const stated = facts.requests.find((asked) => asked.product === product && asked.onHandDoses > 0)?.onHandDoses;
  const ledger = sumOf(held, (account) => account.onHand);
  const isKept = held.length > 0;
  const arrived = isKept ? Math.min(ledger, ofThisWeek(product, facts).arrived) : 0;
  const words = [
    isKept
      ? `${ledger} doses on hand in ${held.length} account${held.length === 1 ? '' : 's'} of the ledger, which decides`
      : 'the ledger has no account of this product here: what the site states counts',
    ...(arrived > 0 ? [`less ${arrived} that arrived of what is promised this week: they are counted there`] : []),
    ...(stated === undefined ? [] : [`the site stated ${stated} with its request`]),
    ...(federalOnHand > 0 ? [`${federalOnHand} federal doses are counted with it`] : []),
  ];
  const value = (isKept ? ledger - arrived : (stated ?? 0)) + federalOnHand;
  return (
    book.enter({ name: 'on-hand', of: [product], value, source: isKept ? 'ledger' : stated === undefined ? 'nothing-known' : 'site', words }) ?? 0
  );
};

/** What was shipped to the site and is not counted at its dock yet. Nothing is entered where the ledger has no account. */
const inTransit = (product: string, facts: SiteFacts, book: FigureBook): number => {
  const held = facts.accounts.filter(({ ndc }) => ndc === product);
  if (held.length === 0) return 0;
  const ledger = sumOf(held, (account) => account.inTransit);
  const ofWeek = Math.min(ledger, ofThisWeek(product, facts).onTheWay);
  const words = [
    `${ledger} doses shipped and not counted at the dock yet, by the ledger: stock, like what is on hand`,
    ...(ofWeek > 0 ? [`less ${ofWeek} of what is promised this week: they are counted there`] : []),
  ];
  return book.enter({ name: 'in-transit', of: [product], value: ledger - ofWeek, source: 'ledger', words }) ?? 0;
};

export const stockOf = (product: string, federalOnHand: number, facts: SiteFacts, book: FigureBook): Stock => ({
  onHandDoses: onHand(product, federalOnHand, facts, book), inTransitDoses: inTransit(product, facts, book),
});
