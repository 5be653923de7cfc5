import { cvxOf, type Cvx } from './cvx.ts';
import { mvxOf, type Mvx } from './mvx.ts';
import { allNdcUses, isSaleNdc, ndcUseOf, normaliseNdc } from './ndc.ts';

export type NdcFact = { readonly useNdc: string; readonly saleNdc?: string; readonly cvx: string; readonly mvx?: string };

/** What a message builder or reader needs to know of vaccine codes; any written NDC form goes in. */
export type VaccineCodes = {
  cvx(code: string): Cvx | undefined;
  ndc(code: string): NdcFact | undefined;
  mvx(code: string): Mvx | undefined;
  /** Manufacturers of a COVID-19 vaccine; undefined for all others, whose old products CDC's NDC list no longer has. */
  makersOf(cvx: string): ReadonlySet<string> | undefined;
};

let covidMakers: Map<string, Set<string>> | undefined;
const makersByVaccine = (): Map<string, Set<string>> => {
  if (covidMakers !== undefined) return covidMakers;
  covidMakers = new Map();
  for (const { cvx, mvx } of allNdcUses()) {
    if (mvx === undefined || cvxOf(cvx)?.covid !== true) continue;
    const makers = covidMakers.get(cvx) ?? new Set<string>();
    makers.add(mvx);
    covidMakers.set(cvx, makers);
  }
  return covidMakers;
};

/**
 * CDC's code lists as one object. `ndc` names a carton only when it is certain: the code given was a carton, or the unit of
 * use comes in one carton only.
 */
export const vaccineCodes: VaccineCodes = {
  cvx: cvxOf,
  mvx: mvxOf,
  makersOf: (cvx) => makersByVaccine().get(cvx),
  ndc: (code) => {
    const use = ndcUseOf(code);
    if (use === undefined) return undefined;
    const form = normaliseNdc(code) ?? '';
    const saleNdc = isSaleNdc(form) ? form : use.saleNdcs.length === 1 ? use.saleNdcs[0] : undefined;
    return {
      useNdc: use.useNdc,
      cvx: use.cvx,
      ...(use.mvx === undefined ? {} : { mvx: use.mvx }),
      ...(saleNdc === undefined ? {} : { saleNdc }),
    };
  },
};
