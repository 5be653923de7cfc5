/**
 * How COVID-19 series are judged, by the date a dose was given. Two different questions, kept apart:
 * - statistics ("fully vaccinated"): CDC's reporting rule, where any interval counts;
 * - validity (CDSi): may a dose be counted as dose n of its series; the rule set in force when it was given decides.
 * Sources: CDC reporting definitions; CDSi supporting data 4.14 (August 2021), 4.18 (November 2021), 4.64 (November 2025).
 */
export type SeriesKind = 'pfizer' | 'moderna' | 'janssen' | 'novavax' | 'unknown';

const KIND_BY_CVX: Readonly<Record<string, SeriesKind>> = {
  207: 'moderna', 221: 'moderna', 227: 'moderna', 228: 'moderna', 229: 'moderna', 230: 'moderna', 311: 'moderna',
    312: 'moderna', 334: 'moderna',
  208: 'pfizer', 217: 'pfizer', 218: 'pfizer', 219: 'pfizer', 300: 'pfizer', 301: 'pfizer', 302: 'pfizer', 308: 'pfizer',
    309: 'pfizer',
  310: 'pfizer', 211: 'novavax', 313: 'novavax', 212: 'janssen',
};

/** Which rule family a CVX belongs to; non-US and unspecified vaccines are `unknown`. */
export const seriesKindOf = (cvx: string): SeriesKind => KIND_BY_CVX[cvx] ?? 'unknown';

/**
 * Doses that make a series: one for Janssen, two for all others and for an unknown product (verified); three for maroon
 * (unverified).
 */
export const primaryDosesOf = (cvx: string): number => (cvx === '212' ? 1 : cvx === '219' ? 3 : 2);

/** Days from one primary dose to the next that are recommended (labels: Pfizer 21, Moderna 28, Novavax 21; maroon's third after 56). */
const NEXT_DOSE_DAYS: Readonly<Partial<Record<SeriesKind, number>>> = { pfizer: 21, moderna: 28, novavax: 21 };
const THIRD_MAROON_DAYS = 56;

/** The primary dose that comes after so many of a product, and after how many days; undefined when none is left or none can be told. */
export const nextPrimaryDose = (cvx: string, held: number): { doseNumber: number; afterDays: number } | undefined => {
  const afterDays = cvx === '219' && held === 2 ? THIRD_MAROON_DAYS : NEXT_DOSE_DAYS[seriesKindOf(cvx)];
  return afterDays === undefined || held >= primaryDosesOf(cvx) ? undefined : { doseNumber: held + 1, afterDays };
};

export type EraRule = {
  readonly from: string;
  readonly source: string;
  /** Least days after the previous dose; `mixed` is between different families or after an unknown product. */
  readonly minimumDays: { readonly pfizer: number; readonly moderna: number; readonly novavax: number; readonly mixed: number };
  /** Least days from the dose that ended a primary series to a further dose, by what ended it. */
  readonly furtherDays: { readonly janssen: number; readonly other: number };
  /** Least age in days-of-grace form: years, less four days; absent means that age alone never makes a dose invalid. */
  readonly minimumAgeYears?: Partial<Record<SeriesKind, number>>;
};

/**
 * The era is chosen by the date of the dose judged. "Another day" is the floor everywhere: two records on one day are one dose.
 * After a primary mRNA series the third-dose rule (24 days) decides, because a registry does not know who is immunocompromised.
 */
export const ERA_RULES: readonly EraRule[] = [
  {
    from: '2020-12-12', source: 'CDSi 4.14: allowable interval 0 days, absolute minimum age 0',
    minimumDays: { pfizer: 1, moderna: 1, novavax: 1, mixed: 1 }, furtherDays: { janssen: 1, other: 1 },
  },
  {
    from: '2021-10-25',
    source: 'CDSi 4.18: Pfizer 21-4 days, Moderna and mixed 28-4, after Janssen 8 weeks-4; Moderna from 18 years-4 days',
    minimumDays: { pfizer: 17, moderna: 24, novavax: 1, mixed: 24 }, furtherDays: { janssen: 52, other: 24 },
    minimumAgeYears: { moderna: 18 },
  },
  {
    from: '2022-06-17', source: 'As 4.18; Moderna for children from here on, so age is not judged by family (unverified)',
    minimumDays: { pfizer: 17, moderna: 24, novavax: 1, mixed: 24 }, furtherDays: { janssen: 52, other: 24 },
  },
  {
    from: '2022-07-20', source: 'CDSi 4.64: Novavax 3 weeks-4 days on or after this day',
    minimumDays: { pfizer: 17, moderna: 24, novavax: 17, mixed: 24 }, furtherDays: { janssen: 52, other: 24 },
  },
];
export const AGE_GRACE_DAYS = 4;

/**
 * Least days after the dose before by the products' labels, less CDC's four days of grace: a dose given earlier is an administration
 * error, in every era and whatever CDSi says of its validity (products.md, section 5).
 */
const LABEL_MINIMUM_DAYS = { pfizer: 17, moderna: 24, novavax: 17, mixed: 24, afterJanssen: 52 } as const;

/** Least days that the labels ask for between two doses of these families. */
export const labelMinimumDays = (before: SeriesKind, kind: SeriesKind): number => {
  if (before === 'janssen') return LABEL_MINIMUM_DAYS.afterJanssen;
  return before === kind && kind !== 'unknown' ? LABEL_MINIMUM_DAYS[kind] : LABEL_MINIMUM_DAYS.mixed;
};

export const eraRuleOn = (given: string): EraRule => {
  const rule = ERA_RULES.filter((era) => era.from <= given).at(-1) ?? ERA_RULES[0];
  if (rule === undefined) throw new Error('The table of era rules is empty');
  return rule;
};

/** From this day CDC counts a further dose after the primary series as a booster. */
export const CDC_FIRST_BOOSTER_FROM = '2021-08-13';
