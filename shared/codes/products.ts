import { COVID_PACKS_TABLE } from './covid-packs-table.ts';
import { ndcForms } from './ndc.ts';
import { PRODUCT_FACTS, type BeyondUse, type MinimumAge, type OrderUnit, type ProductFacts, type StorageBand, type VialDoses }
  from './product-facts.ts';
import { lazyIndex, lazyRows } from './table-rows.ts';

/** A carton: one unit-of-sale NDC of a product, with the days between which it was sold. */
export type Pack = { readonly saleNdc: string; readonly vials: number; readonly from: string; readonly to?: string };

/** A COVID-19 product: what is ordered, stocked and given. Its key is the unit-of-use NDC; a CVX alone covers several seasons. */
export type Product = ProductFacts & {
  readonly useNdc: string; readonly cvx: string; readonly mvx: string; readonly packs: readonly Pack[];
};

type PackRow = Pack & { useNdc: string; cvx: string; mvx: string; single: boolean; name: string };

const packRows = lazyRows(COVID_PACKS_TABLE, (cells): PackRow => {
  const [saleNdc = '', useNdc = '', cvx = '', mvx = '', vials = '', single = '', from = '', to = '', name = ''] = cells;
  return { saleNdc, useNdc, cvx, mvx, vials: Number(vials), single: single === 'S', from, ...(to === '' ? {} : { to }), name };
});

/** What the packaging text alone tells of a syringe or single-dose vial. */
const factsFromPackaging = (row: PackRow): ProductFacts => ({
  id: `ndc-${row.useNdc}`, name: row.name,
  vial: row.single ? [{ from: row.from, accounting: 1, label: 1, basis: 'verified' }] : [],
  orderUnits: [], minimumAge: [], storage: [], beyondUse: [],
});

let products: readonly Product[] | undefined;

/** Every COVID-19 product in CDC's crosswalk, 2020 to autumn 2025. */
export const allProducts = (): readonly Product[] =>
  products ??= [...Map.groupBy(packRows(), (row) => row.useNdc)].flatMap(([useNdc, rows]) => {
    const [first] = rows;
    if (first === undefined) return [];
    const packs = rows.map(({ saleNdc, vials, from, to }): Pack =>
      ({ saleNdc, vials, from, ...(to === undefined ? {} : { to }) }));
    return [{ ...(PRODUCT_FACTS[useNdc] ?? factsFromPackaging(first)), useNdc, cvx: first.cvx, mvx: first.mvx, packs }];
  });

const byUse = lazyIndex(allProducts, (product) => product.useNdc);
const bySale = lazyIndex(packRows, (row) => row.saleNdc);

/** The product of any written NDC, of use or of sale. */
export const productOf = (ndc: string): Product | undefined => {
  for (const form of ndcForms(ndc)) {
    const found = byUse().get(form) ?? byUse().get(bySale().get(form)?.useNdc ?? '');
    if (found !== undefined) return found;
  }
  return undefined;
};

const latestOn = <T extends { readonly from: string }>(rows: readonly T[], day: string): T | undefined =>
  rows.filter((row) => row.from <= day).at(-1) ?? rows[0];

/** The day from which a vaccine was sold in any carton; undefined for what the crosswalk does not hold: unspecified, foreign, other than COVID-19. */
export const firstSoldOn = (cvx: string): string | undefined =>
  allProducts()
    .filter((product) => product.cvx === cvx)
    .flatMap(({ packs }) => packs.map(({ from }) => from))
    .sort()[0];

/** Doses in a vial on a day; before the first period the first holds. Undefined when no figure is known. */
export const vialDosesOn = (product: Product, day: string): VialDoses | undefined => latestOn(product.vial, day);

/** The youngest age in years at which the product was given on a day. */
export const minimumAgeOn = (product: Product, day: string): MinimumAge | undefined => latestOn(product.minimumAge, day);

const holdsOn = (row: { readonly from?: string; readonly to?: string }, day: string): boolean =>
  (row.from ?? '') <= day && (row.to ?? '9999-12-31') >= day;

export const packsOn = (product: Product, day: string): readonly Pack[] => product.packs.filter((pack) => holdsOn(pack, day));
export const orderUnitsOn = (product: Product, day: string): readonly OrderUnit[] =>
  product.orderUnits.filter((unit) => holdsOn(unit, day));
export const storageOn = (product: Product, day: string): readonly StorageBand[] =>
  product.storage.filter((band) => holdsOn(band, day));

/** Accounting doses in a carton on a day. */
export const packDosesOn = (product: Product, pack: Pack, day: string): number | undefined => {
  const vial = vialDosesOn(product, day);
  return vial === undefined ? undefined : vial.accounting * pack.vials;
};

/** At most this many doses of overfill can come from so many vials. */
export const overfillLimit = (product: Product, vials: number, day: string): number => {
  const vial = vialDosesOn(product, day);
  return vial === undefined ? 0 : vials * (vial.label - vial.accounting);
};

/** The earliest end of the beyond-use clocks that run, in hours after their start. */
export const beyondUseOf = (product: Product, after: BeyondUse['after']): BeyondUse | undefined =>
  product.beyondUse.filter((row) => row.after === after).sort((a, b) => a.withinHours - b.withinHours)[0];

/** A lot expiry of this day means that the expiry is not known. It is never a real date. */
export const UNKNOWN_EXPIRY = '2069-12-31';
