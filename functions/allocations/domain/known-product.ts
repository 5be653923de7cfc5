import { allProducts, orderUnitsOn, packDosesOn, packsOn, productOf, type Product } from '../../../shared/codes/products.ts';

/** In how many places two codes differ; a code of another length differs everywhere. */
const differences = (one: string, other: string): number =>
  one.length === other.length ? [...one].filter((char, at) => char !== other[at]).length : one.length;

/**
 * What is wrong with the NDC of a supply line; undefined when it is the unit of use of a product that can be ordered against an award.
 * A carton's code is answered with that of its vials, a mistyped one with the known code that differs in the fewest places.
 */
export const supplyNdcFault = (ndc: string): string | undefined => {
  const product = productOf(ndc);
  if (product?.useNdc === ndc) return undefined;
  if (product !== undefined) return `is a carton: give the unit of use, ${product.useNdc} (${product.name})`;
  const [nearest] = allProducts().map(({ useNdc, name }) => ({ useNdc, name, apart: differences(useNdc, ndc) })).sort((a, b) => a.apart - b.apart);
  return `is no product that can be ordered against an award${nearest === undefined ? '' : `; the nearest known is ${nearest.useNdc} (${nearest.name})`}`;
};

const isNumber = (value: number | undefined): value is number => value !== undefined;

/** Doses of the packs in which a product is ordered in a week: as it was allocated, else as its cartons were sold, else (it was not sold yet, or no longer) those of any week. */
const packSizesIn = (product: Product, week: string): number[] => {
  const inForce = orderUnitsOn(product, week).map(({ doses }) => doses);
  const sold = packsOn(product, week).map((pack) => packDosesOn(product, pack, week));
  const ever = [...product.orderUnits.map(({ doses }) => doses), ...product.packs.map((pack) => packDosesOn(product, pack, week))];
  return [inForce, sold.filter(isNumber), ever.filter(isNumber)].find((sizes) => sizes.length > 0) ?? [];
};

/** What is wrong with the doses of a supply line's packs; undefined when the product is ordered in such packs in that week, or no size of it is known. */
export const supplyPackFault = (ndc: string, packDoses: number, week: string): string | undefined => {
  const product = productOf(ndc);
  const sizes = product === undefined ? [] : [...new Set(packSizesIn(product, week))].sort((a, b) => a - b);
  if (product === undefined || sizes.length === 0 || sizes.includes(packDoses)) return undefined;
  const nearest = sizes.reduce((best, size) => (Math.abs(size - packDoses) < Math.abs(best - packDoses) ? size : best));
  return `is no pack in which ${product.name} is ordered in that week; ${sizes.length === 1 ? 'it is' : `the nearest of ${sizes.join(', ')} is`} ${nearest}`;
};
