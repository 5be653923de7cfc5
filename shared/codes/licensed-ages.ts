import { cvxOf } from './cvx.ts';
import { allProducts, minimumAgeOn, productOf } from './products.ts';
import type { Basis } from './product-facts.ts';

/** The age in years from which a COVID-19 product is no longer for a person; products without a row have no upper age. */
const BELOW_YEARS: Readonly<Record<string, { readonly years: number; readonly basis: Basis }>> = {
  218: { years: 12, basis: 'verified' },
  219: { years: 5, basis: 'unverified' },
  227: { years: 12, basis: 'unverified' },
  228: { years: 6, basis: 'unverified' },
  230: { years: 6, basis: 'unverified' },
  301: { years: 12, basis: 'unverified' },
  302: { years: 5, basis: 'unverified' },
  308: { years: 5, basis: 'unverified' },
  310: { years: 12, basis: 'verified' },
  311: { years: 12, basis: 'verified' },
};

/** Years and months lived on a day, as years (0.5 is six months). */
const ageOn = (born: string, on: string): number => {
  const months =
    (Number(on.slice(0, 4)) - Number(born.slice(0, 4))) * 12 +
    Number(on.slice(5, 7)) -
    Number(born.slice(5, 7)) -
    (on.slice(8) < born.slice(8) ? 1 : 0);
  return months / 12;
};

/** The youngest age at which the vaccine was given on a day: of the product, else of any product of the vaccine. */
const leastYearsOn = (cvx: string, ndc: string | undefined, day: string): number | undefined => {
  const product = ndc === undefined ? undefined : productOf(ndc);
  const ages = (product === undefined ? allProducts().filter((one) => one.cvx === cvxOf(cvx)?.code) : [product]).flatMap(
    (one) => minimumAgeOn(one, day)?.years ?? [],
  );
  return ages.length === 0 ? undefined : Math.min(...ages);
};

/** The ages in years for which a vaccine was licensed or authorised on a day: from `least`, to below `below`; what is not known is absent. */
export const licensedYears = ({ cvx, ndc, on }: { cvx: string; ndc?: string | undefined; on: string }): { least?: number; below?: number } => {
  const least = leastYearsOn(cvx, ndc, on);
  const below = BELOW_YEARS[cvx]?.years;
  return { ...(least === undefined ? {} : { least }), ...(below === undefined ? {} : { below }) };
};

/** Whether somebody was below or above those ages. Only COVID-19 products have facts. */
export const ageAgainstLicense = (dose: { cvx: string; ndc?: string | undefined; on: string }, born: string): 'fits' | 'below' | 'above' => {
  const age = ageOn(born, dose.on);
  const { least, below } = licensedYears(dose);
  if (least !== undefined && age < least) return 'below';
  return below !== undefined && age >= below ? 'above' : 'fits';
};
