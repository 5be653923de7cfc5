import { productOf, storageOn, type Product } from '../../../../shared/codes/products.ts';

export interface StorageUnit {
  readonly unitId: string;
  readonly kind: 'refrigerator' | 'freezer' | 'ultra-cold';
  readonly capacityDoses: number;
}
const unitKinds: readonly string[] = ['refrigerator', 'freezer', 'ultra-cold'] satisfies StorageUnit['kind'][];

/** A delivery has to last until the next: a unit counts in which the product keeps at least so long. */
const WEEK_HOURS = 168;
const DAY_HOURS = 24;

/** Bands in which a product keeps for a week or longer on a day. */
const longBands = (product: Product, day: string) => {
  const bands = storageOn(product, day);
  const forbidden = new Set(bands.filter((band) => band.forbidden === true).map(({ name }) => name));
  return bands.filter(({ name, maxHours = WEEK_HOURS }) => unitKinds.includes(name) && !forbidden.has(name) && maxHours >= WEEK_HOURS);
};

/** Kinds of units in which a product keeps for a week or longer on a day, in one order; undefined when nothing is known of its storage. */
export const suitableKinds = (ndc: string, day: string): readonly string[] | undefined => {
  const product = productOf(ndc);
  return product === undefined || product.storage.length === 0 ? undefined : [...new Set(longBands(product, day).map(({ name }) => name))].sort();
};

/** The most days that some unit of a site keeps a product; undefined when it keeps to its expiry, or when nothing is known. */
export const keepingDays = (units: readonly StorageUnit[], ndc: string, day: string): { days: number; kind: string } | undefined => {
  const product = productOf(ndc);
  const own = product === undefined ? [] : longBands(product, day).filter(({ name }) => units.some(({ kind, capacityDoses }) => kind === name && capacityDoses > 0));
  const [longest] = own.toSorted((a, b) => (b.maxHours ?? Infinity) - (a.maxHours ?? Infinity));
  return longest?.maxHours === undefined ? undefined : { days: Math.floor(longest.maxHours / DAY_HOURS), kind: longest.name };
};

/** Doses that units of some kinds hold together. */
export const capacityOf = (units: readonly StorageUnit[], kinds: readonly string[]): { doses: number; words: string } => {
  const fit = units.filter(({ kind }) => kinds.includes(kind));
  const doses = fit.reduce((sum, { capacityDoses }) => sum + capacityDoses, 0);
  const named = fit.map(({ unitId, kind, capacityDoses }) => `${kind} ${unitId} ${capacityDoses}`).join(', ');
  const words = fit.length === 0
    ? `none of its units keeps for a week what needs ${kinds.join(' or ')}`
    : `${doses} doses in units that keep for a week or longer what needs ${kinds.join(' or ')} (${named})`;
  return { doses, words };
};
