import { BODY_SITES, HL70162_TO_NCIT, ROUTES } from '../../../shared/codes/administration.ts';
import { cvxOf } from '../../../shared/codes/cvx.ts';
import { mvxOf } from '../../../shared/codes/mvx.ts';
import { isSaleNdc, ndcForms, ndcUseOf } from '../../../shared/codes/ndc.ts';
import { ETHNICITIES, RACES, RACES_NOT_SAID } from '../../../shared/codes/people.ts';
import { PROVIDER_TYPES } from '../../../shared/codes/provider-types.ts';
import { isCounty, stateOf } from '../../../shared/codes/states.ts';
import type { ValueSetName } from './cvrs-columns.ts';

/** Whether a value (upper case) belongs to a set. */
export type ValueSets = Readonly<Record<ValueSetName, (upper: string) => boolean>>;

const oneOf = (...values: readonly string[]): ((upper: string) => boolean) => {
  const set = new Set(values.map((value) => value.toUpperCase()));
  return (upper) => set.has(upper);
};
const knownNdc = (ndc: string): boolean => ndcUseOf(ndc) !== undefined || ndcForms(ndc).some(isSaleNdc);

/** The sets in force, from our own code lists: those shipped with CDC's validator date from late 2020 and lack most products. */
export const CURRENT_VALUE_SETS: ValueSets = {
  SEX: oneOf('M', 'F', 'U'),
  COUNTY: isCounty,
  STATE: (usps) => stateOf(usps) !== undefined,
  RACE_OR_UNSAID: oneOf(...Object.keys(RACES), ...Object.keys(RACES_NOT_SAID)),
  RACE: oneOf(...Object.keys(RACES)),
  ETHNICITY: oneOf(...Object.keys(ETHNICITIES)),
  CVX: (code) => cvxOf(code) !== undefined,
  NDC: knownNdc,
  MVX: (code) => mvxOf(code) !== undefined,
  SITE: oneOf(...Object.keys(BODY_SITES)),
  ROUTE: oneOf(...Object.keys(ROUTES), ...Object.keys(HL70162_TO_NCIT), 'OTH'),
  DOSE: oneOf('1', '2', '3', '4', '5', '6', 'INV', 'UNK'),
  YES_NO_UNK: oneOf('YES', 'NO', 'UNK'),
  YES_NO: oneOf('YES', 'NO'),
  PROVIDER_TYPE: oneOf(...Object.keys(PROVIDER_TYPES), 'UNK'),
};

/** The codes that CDC invented for development, before a vaccine had a name: only for reading CDC's own samples. */
const development: Partial<Record<ValueSetName, (upper: string) => boolean>> = {
  CVX: oneOf('900', '901', '902'),
  MVX: oneOf('AAA', 'BBB'),
  NDC: oneOf('80777-9999-00', '99999-9999-01'),
};

export const withDevelopmentCodes = (sets: ValueSets): ValueSets => {
  const either = (name: 'CVX' | 'MVX' | 'NDC') => (upper: string): boolean =>
    sets[name](upper) || development[name]?.(upper) === true;
  return { ...sets, CVX: either('CVX'), MVX: either('MVX'), NDC: either('NDC') };
};
