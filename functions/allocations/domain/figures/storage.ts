import { productOf, storageOn } from '../../../../shared/codes/products.ts';

export interface StorageUnit {
  readonly unitId: string;
  readonly kind: 'refrigerator' | 'freezer' | 'ultra-cold';
  readonly capacityDoses: number;
}

/** A delivery has to last until the next: a unit counts in which the product keeps at least so long. */
const WEEK_HOURS = 168;

/** Kinds of units in which a product keeps for a week or longer on a day; undefined when nothing is known of its storage. */
export const suitableKinds = (ndc: string, day: string): ReadonlySet<string> | undefined => {
  const product = productOf(ndc);
  if (product === undefined || product.storage.length === 0) return undefined;
  const bands = storageOn(product, day);
  const forbidden = new Set(bands.filter((band) => band.forbidden === true).map(({ name }) => name));
  return new Set(bands.filter(({ name, maxHours = WEEK_HOURS }) => !forbidden.has(name) && maxHours >= WEEK_HOURS).map(({ name }) => name));
};

/** What a site's units hold of a product; undefined when its units or the product's storage are not known, which caps nothing. */
export const storageOf = (units: readonly StorageUnit[], ndc: string, day: string): { doses: number; words: string } | undefined => {
  const kinds = suitableKinds(ndc, day);
  if (kinds === undefined || units.length === 0) return undefined;
  const fit = units.filter(({ kind }) => kinds.has(kind));
  const doses = fit.reduce((sum, { capacityDoses }) => sum + capacityDoses, 0);
  const named = fit.map(({ unitId, kind, capacityDoses }) => `${kind} ${unitId} ${capacityDoses}`).join(', ');
  const words = fit.length === 0
    ? `none of its units keeps the product for a week: it needs ${[...kinds].join(' or ')}`
    : `${doses} doses in units that keep the product for a week or longer (${named})`;
  return { doses, words };
};
