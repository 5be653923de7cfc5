import { allProducts, productOf } from '../../../shared/codes/products.ts';

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
