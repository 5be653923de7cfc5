import { ageAgainstLicense } from '../../../../shared/codes/licensed-ages.ts';
import { childhoodFloorsOf } from '../../../../shared/codes/childhood-series.ts';
import { daysBetween } from '../../../../shared/kernel/dates.ts';
import { allNdcUses } from '../../../../shared/codes/ndc.ts';
import { firstSoldOn, UNKNOWN_EXPIRY } from '../../../../shared/codes/products.ts';
import { isUnspecified } from '../../../../shared/codes/vaccine-groups.ts';
import { lastDayOf } from '../../../../shared/hl7/index.ts';
import { validityFacts, type DoseItem, type ValidityFact } from '../../../../shared/published/dose.ts';
import type { Settled } from '../dose-facts.ts';

/** What is known around a dose when it is judged. */
export interface Circumstances {
  /** Birth date of the record. */
  readonly born?: string | undefined;
  /** Of the account it was taken from, as it was just before. */
  readonly lot?: Settled['lot'];
  /** Local day on which the first doses of that account came to the site. */
  readonly lotReceivedOn?: string | undefined;
}

type Vaccine = Pick<DoseItem, 'cvx' | 'ndc' | 'expiry' | 'givenOn' | 'sourceClass'>;
type Row = readonly [fact: ValidityFact, applies: (dose: Vaccine, around: Circumstances) => boolean];

const expiryOf = ({ expiry }: Vaccine, { lot }: Circumstances): string | undefined => {
  const known = [expiry === undefined ? undefined : lastDayOf(expiry), lot?.expiresOn].filter((day) => day !== undefined && day !== UNKNOWN_EXPIRY);
  return known.at(-1); // the account's, which staff may have extended, before the sender's
};

/** Younger than any schedule of a childhood series begins. */
const isBelowFloor = (cvx: string, born: string, on: string): boolean =>
  childhoodFloorsOf(cvx).some(({ leastAgeDays }) => daysBetween(born, on) < leastAgeDays);

/** Each fact of a dose for itself. The interval needs the other doses and stands in short-intervals.ts, a recall its account: ../recall.ts. */
const rows: readonly Row[] = [
  ['before-vaccine-existed', ({ cvx, givenOn }) => givenOn < (firstSoldOn(cvx) ?? givenOn)],
  ['before-lot-received', ({ givenOn }, { lotReceivedOn }) => givenOn < (lotReceivedOn ?? givenOn)],
  ['product-unknown', ({ cvx, ndc }) => isUnspecified(cvx) || (ndc === undefined && !allNdcUses().some((use) => use.cvx === cvx))],
  [
    'age-below',
    ({ cvx, ndc, givenOn: on }, { born }) =>
      born !== undefined && (ageAgainstLicense({ cvx, ndc, on }, born) === 'below' || isBelowFloor(cvx, born, on)),
  ],
  ['age-above', ({ cvx, ndc, givenOn: on }, { born }) => born !== undefined && ageAgainstLicense({ cvx, ndc, on }, born) === 'above'],
  ['lot-expired', (dose, around) => dose.givenOn > (expiryOf(dose, around) ?? dose.givenOn)],
  // All of the lot that was there lay in quarantine; of a part of it nobody can say which vial was taken.
  ['storage-suspect', (_, { lot }) => lot !== undefined && lot.quarantined > 0 && lot.onHand <= 0],
  ['storage-unknown', (_, { lot }) => lot !== undefined && lot.quarantined > 0 && lot.onHand > 0],
];

const ordered = (facts: readonly ValidityFact[]): ValidityFact[] => validityFacts.filter((fact) => facts.includes(fact));

/** What is questionable about a dose by itself; empty when nothing is. */
export const validityOf = (dose: Vaccine, around: Circumstances): ValidityFact[] =>
  ordered(rows.filter(([, applies]) => applies(dose, around)).map(([fact]) => fact));

/** The facts with or without one of them. */
export const withFact = (facts: readonly ValidityFact[], fact: ValidityFact, holds: boolean): ValidityFact[] =>
  ordered([...facts.filter((one) => one !== fact), ...(holds ? [fact] : [])]);

/** In words, for answers and pages. */
export const validityWords: Readonly<Record<ValidityFact, string>> = {
  'before-vaccine-existed': 'the day is before the vaccine was sold; not counted until it is corrected',
  'before-lot-received': 'the day is before the lot came to the site',
  'product-unknown': 'the product is not known',
  'age-below': 'the patient was younger than the product is for',
  'age-above': 'the patient was older than the product is for',
  'interval-short': 'it came earlier after the dose before than the labels allow',
  'lot-expired': 'the lot had expired',
  'lot-recalled': 'the lot is recalled',
  'storage-suspect': 'the lot was in quarantine after an excursion',
  'storage-unknown': 'a part of the lot was in quarantine; which part was given is not known',
};
