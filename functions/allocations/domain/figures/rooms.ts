import { productOf } from '../../../../shared/codes/products.ts';
import type { Room } from '../inputs.ts';
import type { FigureBook } from './figure.ts';
import type { SiteFacts, WeekFacts } from './site-facts.ts';
import type { Stock } from './stock.ts';
import { capacityOf, hasUnitOf, suitableKinds } from './storage.ts';

/** Storage of which the department holds one figure and no kinds. */
const anyKind = ['any'] as const;

/** Kinds of storage in which a product may lie at a site; undefined when its units, or the product's storage, are not known. */
export const storedIn = (product: string, { standing, site }: SiteFacts, { week }: WeekFacts): readonly string[] | undefined => {
  if (standing.storageDoses !== undefined) return anyKind;
  return (site?.storageUnits ?? []).length === 0 ? undefined : suitableKinds(product, week);
};

/**
 * Kinds of storage in which vials of a product out of a hub's pack may lie at a site, where none of its units keeps the product for a week and
 * one keeps it for a day or longer; undefined where vials are kept as packs are, the department holds one figure for all kinds, or nothing is known.
 */
export const vialsStoredIn = (product: string, { standing, site }: SiteFacts, { week }: WeekFacts): readonly string[] | undefined => {
  const units = site?.storageUnits ?? [];
  const [forPacks, forVials] = [suitableKinds(product, week), suitableKinds(product, week, 'vials')];
  if (standing.storageDoses !== undefined || forPacks === undefined || forVials === undefined) return undefined;
  return hasUnitOf(units, forPacks) || !hasUnitOf(units, forVials) ? undefined : forVials;
};

const isWithin = (some: readonly string[], all: readonly string[]): boolean => some.every((kind) => all.includes(kind));

/** Every union of the sets: no other can bind, because what may lie nowhere else but in it lies in a union within it. */
const unionsOf = (sets: readonly (readonly string[])[]): (readonly string[])[] => {
  const unions = new Map<string, readonly string[]>();
  for (const set of sets)
    for (const known of [...unions.values(), []]) {
      const union = [...new Set([...known, ...set])].sort();
      unions.set(union.join('+'), union);
    }
  return [...unions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, union]) => union);
};

const nameOf = (ndc: string): string => productOf(ndc)?.name ?? `NDC ${ndc}`;

const capacity = ({ standing, site }: SiteFacts, kinds: readonly string[]): { doses: number; words: string } =>
  standing.storageDoses === undefined ? capacityOf(site?.storageUnits ?? [], kinds)
    : { doses: standing.storageDoses, words: `room for ${standing.storageDoses} doses, as the department holds` };

const roomOf = (
  kinds: readonly string[],
  stock: ReadonlyMap<string, Stock>,
  facts: SiteFacts,
  week: WeekFacts,
  book: FigureBook,
): Room | undefined => {
  const { doses, words } = capacity(facts, kinds);
  const held = [...stock].flatMap(([product, { onHandDoses, inTransitDoses }]) => {
    const own = vialsStoredIn(product, facts, week) ?? storedIn(product, facts, week);
    return own !== undefined && isWithin(own, kinds) && onHandDoses + inTransitDoses > 0 ? [{ product, onHandDoses, inTransitDoses }] : [];
  });
  const unknown = [...stock].filter(([product, { onHandDoses }]) => onHandDoses > 0 && storedIn(product, facts, week) === undefined);
  const sum = held.reduce((total, { onHandDoses, inTransitDoses }) => total + onHandDoses + inTransitDoses, 0);
  const named = held.map(
    ({ product, onHandDoses, inTransitDoses }) => `${nameOf(product)} ${onHandDoses}${inTransitDoses > 0 ? ` and ${inTransitDoses} on the way` : ''}`,
  );
  const value = book.enter({
    name: 'storage',
    of: kinds,
    value: Math.max(0, doses - sum),
    source: facts.standing.storageDoses === undefined ? 'enrolment' : 'department',
    words: [
      words,
      ...(sum > 0 ? [`less ${sum} doses of what may lie nowhere else: ${named.join(', ')}`] : []),
      ...(unknown.length > 0
        ? [
            `not counted, because nobody told how they are stored: ${unknown.map(([product, { onHandDoses }]) => `${nameOf(product)} ${onHandDoses}`).join(', ')}`,
          ]
        : []),
    ],
  });
  return value === undefined ? undefined : { kinds: [...kinds], doses: value };
};

/**
 * The storage that a site's products share: for every set of kinds that binds one of `products`, what is left of it beside the stock of
 * all products that may lie nowhere else; vials of a hub's packs are a product of their own where they keep in more kinds. `stock` is what
 * lies there and is on its way, by product.
 */
export const roomsOf = (
  products: readonly string[],
  stock: ReadonlyMap<string, Stock>,
  facts: SiteFacts,
  week: WeekFacts,
  book: FigureBook,
): Room[] => {
  const setsOf = (of: readonly string[]) =>
    of.flatMap((product) => [storedIn(product, facts, week), vialsStoredIn(product, facts, week)]).filter((kinds) => kinds !== undefined);
  const own = setsOf(products);
  return unionsOf([...own, ...setsOf([...stock.keys()])])
    .filter((kinds) => own.some((set) => isWithin(set, kinds)))
    .flatMap((kinds) => roomOf(kinds, stock, facts, week, book) ?? []);
};
