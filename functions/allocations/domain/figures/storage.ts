import { productOf, storageOn, type Product } from '../../../../shared/codes/products.ts';

export interface StorageUnit {
  readonly unitId: string;
  readonly kind: 'refrigerator' | 'freezer' | 'ultra-cold';
  readonly capacityDoses: number;
}
const unitKinds: readonly string[] = ['refrigerator', 'freezer', 'ultra-cold'] satisfies StorageUnit['kind'][];

const DAY_HOURS = 24;
/** How long a product keeps at the least in a unit that counts. A delivery of packs has to last until the next; vials come by transfer, for a clinic. */
export const LEAST_HOURS = { packs: 168, vials: DAY_HOURS } as const;
export type Comes = keyof typeof LEAST_HOURS;

/** Bands of units in which a product keeps long enough on a day. Room temperature and transport are no storage. */
const bandsOf = (product: Product, day: string, comes: Comes) => {
  const bands = storageOn(product, day);
  const forbidden = new Set(bands.filter((band) => band.forbidden === true).map(({ name }) => name));
  return bands.filter(({ name, maxHours = Infinity }) => unitKinds.includes(name) && !forbidden.has(name) && maxHours >= LEAST_HOURS[comes]);
};

/** Kinds of units in which a product keeps long enough on a day, in one order; undefined when nothing is known of its storage. */
export const suitableKinds = (ndc: string, day: string, comes: Comes = 'packs'): readonly string[] | undefined => {
  const product = productOf(ndc);
  return product === undefined || product.storage.length === 0
    ? undefined
    : [...new Set(bandsOf(product, day, comes).map(({ name }) => name))].sort();
};

/** Whether a site has a unit of one of these kinds. */
export const hasUnitOf = (units: readonly StorageUnit[], kinds: readonly string[]): boolean =>
  units.some(({ kind, capacityDoses }) => kinds.includes(kind) && capacityDoses > 0);

/** The most days that some unit of a site keeps a product; undefined when it keeps to its expiry, or when nothing is known. */
export const keepingDays = (
  units: readonly StorageUnit[],
  ndc: string,
  day: string,
  comes: Comes = 'packs',
): { days: number; kind: string } | undefined => {
  const product = productOf(ndc);
  const own = product === undefined ? [] : bandsOf(product, day, comes).filter(({ name }) => hasUnitOf(units, [name]));
  const [longest] = own.toSorted((a, b) => (b.maxHours ?? Infinity) - (a.maxHours ?? Infinity));
  return longest?.maxHours === undefined ? undefined : { days: Math.floor(longest.maxHours / DAY_HOURS), kind: longest.name };
};

/** Doses that units of some kinds hold together. */
export const capacityOf = (units: readonly StorageUnit[], kinds: readonly string[]): { doses: number; words: string } => {
  const fit = units.filter(({ kind }) => kinds.includes(kind));
  const doses = fit.reduce((sum, { capacityDoses }) => sum + capacityDoses, 0);
  const named = fit.map(({ unitId, kind, capacityDoses }) => `${kind} ${unitId} ${capacityDoses}`).join(', ');
  const words = fit.length === 0
    ? `it has no unit in which the vaccine keeps long enough (${kinds.join(', ')})`
    : `${doses} doses in units in which the vaccine keeps long enough: ${named}`;
  return { doses, words };
};
