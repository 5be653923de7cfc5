import { allCvx, cvxOf } from '../../../shared/codes/cvx.ts';
import type { Jurisdiction } from '../../../shared/codes/jurisdiction.ts';
import { RACES, type Ethnicity, type RaceOrUnsaid, type Sex } from '../../../shared/codes/people.ts';
import { placeOf, priorityZipsOn, type Place, type PostalAddress } from '../../../shared/codes/places.ts';
import { AGE_GROUPS, ageGroupOn } from './age-groups.ts';
import type { HistoryDose } from './dose-number.ts';
import { dueAfter, siteCounters, sitePart } from './site-figures.ts';
import { vaccinationStatus } from './vaccination-status.ts';

export const MEASURES = ['first', 'complete', 'additional', 'dosesGiven'] as const;
export type Measure = (typeof MEASURES)[number];
/**
 * Counted at a site in a week (shared/published/site-figures.ts): doses given by lag of report, by residents of whom, next doses due; and
 * for the practices of a week (practice-weeks.ts): doses given, by whether their report came in the same week.
 */
export type SiteMeasure = 'given' | 'residents' | 'due' | 'reported';
export type CounterMeasure = Measure | SiteMeasure;
export const DIMENSIONS = ['town', 'county', 'ageGroup', 'sex', 'raceEthnicity', 'product', 'priorityZip'] as const;
export type Dimension = (typeof DIMENSIONS)[number];
/** A site, or all of them: `site:<siteId>`. The day of its counters is the first day of a week. */
export type SiteDimension = `site:${string}`;
/** A site among all that reported of a week: `practice:<siteId>`. Its day is the first day of the week. */
export type PracticeDimension = `practice:${string}`;

/** What a person adds to the counters is worked out from this; nothing of it but the derived groups is kept. */
export type CoveragePerson = {
  /** Rises with every change of the person or of a dose of theirs. */
  readonly version: number;
  readonly born?: string;
  readonly sex?: Sex;
  readonly races?: readonly RaceOrUnsaid[];
  readonly ethnicity?: Ethnicity;
  readonly address?: PostalAddress;
  /** COVID-19 doses that count: not deleted, not refused. */
  readonly doses: readonly HistoryDose[];
  /** Nobody waits for a next dose of the dead, or after it was refused. */
  readonly dead?: boolean;
  readonly refusedOn?: string;
};

/**
 * What a person adds to the counters now, at a version. Compact JSON under 1 KB, no identity: groups only, and each dose as
 * `day|cvx|age group|priority zip`, and where its site reported it `|site|number|weeks of delay`. `first`, `complete`, `additional`
 * point into `doses`; `due` is the primary dose that is still to come, as `site|cvx|number|week`.
 */
export type Contribution = {
  readonly v: number;
  readonly town: string;
  readonly county: string;
  readonly sex: string;
  readonly race: string;
  readonly doses: readonly string[];
  readonly first?: number;
  readonly complete?: number;
  readonly additional?: number;
  readonly due?: string;
};

export type CounterKey = {
  readonly day: string;
  readonly dimension: Dimension | SiteDimension | PracticeDimension;
  readonly value: string;
  readonly measure: CounterMeasure;
};
export type CounterDelta = CounterKey & { readonly delta: number };

export const UNKNOWN = 'UNK';
/** Residents of another state are counted, apart. */
export const OUTSIDE = 'OUT';
export const SEVERAL_RACES = 'MULTI';
/** More COVID-19 doses under one person are an error of matching; only the earliest are counted, so an item stays small. */
export const COUNTED_DOSES_LIMIT = 24;

/** Hispanic or Latino regardless of race, as the state's table says; else the one race told. */
const raceEthnicityOf = (person: CoveragePerson): string => {
  if (person.ethnicity === '2135-2') return person.ethnicity;
  const races = [...new Set(person.races ?? [])].filter((race) => Object.hasOwn(RACES, race));
  return races.length > 1 ? SEVERAL_RACES : (races[0] ?? UNKNOWN);
};

const priorityOf = (jurisdiction: Jurisdiction, zip: string | undefined, day: string): string => {
  const five = /^\d{5}/.exec(zip?.trim() ?? '')?.[0];
  if (five === undefined) return UNKNOWN;
  return priorityZipsOn(jurisdiction, day).zips.has(five) ? 'yes' : 'no';
};

const valueOf = (place: Place, part: 'town' | 'county'): string =>
  (place.residence === 'outside' ? OUTSIDE : (place[part] ?? UNKNOWN));

/** The contribution of a person under the jurisdiction's rules. Equal input gives equal output: a recount can be compared. */
export const contributionOf = (person: CoveragePerson, jurisdiction: Jurisdiction): Contribution => {
  const place = placeOf(jurisdiction, person.address ?? {});
  const { doses, ...status } = vaccinationStatus(person.doses, jurisdiction.additionalDoseFrom);
  const counted = doses.slice(0, COUNTED_DOSES_LIMIT).map((dose, at) =>
    [
      dose.given, cvxOf(dose.cvx)?.covid === true ? dose.cvx : UNKNOWN, ageGroupOn(person.born, dose.given),
      priorityOf(jurisdiction, person.address?.zip, dose.given), ...sitePart(doses, at, jurisdiction.timeZone),
    ].join('|'));
  const due = status.complete === undefined ? dueAfter(doses, person) : undefined;
  const within = Object.fromEntries(Object.entries(status).filter(([, at]) => at < COUNTED_DOSES_LIMIT));
  return {
    v: person.version, town: valueOf(place, 'town'), county: valueOf(place, 'county'),
    sex: person.sex === undefined || person.sex === 'U' ? UNKNOWN : person.sex, race: raceEthnicityOf(person),
    doses: counted, ...within, ...(due === undefined ? {} : { due }),
  };
};

/** A person who adds nothing any more: merged into another, or withdrawn. It keeps the version, so that older news stays old. */
export const emptyContribution = (version: number): Contribution =>
  ({ v: version, town: UNKNOWN, county: UNKNOWN, sex: UNKNOWN, race: UNKNOWN, doses: [] });

const valuesOfDose = (of: Contribution, dose: string): { day: string; values: Record<Dimension, string> } => {
  const [day = '', product = UNKNOWN, ageGroup = UNKNOWN, priorityZip = UNKNOWN] = dose.split('|');
  const { town, county, sex, race: raceEthnicity } = of;
  return { day, values: { town, county, ageGroup, sex, raceEthnicity, product, priorityZip } };
};

/** Every counter a contribution adds to. On a day, each dimension of people sums to the same total of a measure. */
export const countersOf = (of: Contribution): CounterDelta[] => {
  const marks = [...MEASURES.slice(0, 3).flatMap((measure) => {
    const at = of[measure as 'first' | 'complete' | 'additional'];
    return at === undefined ? [] : [{ measure, at }];
  }), ...of.doses.map((_, at) => ({ measure: 'dosesGiven' as const, at }))];
  const ofPeople = marks.flatMap(({ measure, at }): CounterDelta[] => {
    const { day, values } = valuesOfDose(of, of.doses[at] ?? '');
    return DIMENSIONS.map((dimension) => ({ day, dimension, value: values[dimension], measure, delta: 1 }));
  });
  return [...ofPeople, ...siteCounters(of)];
};

const textOf = ({ day, dimension, value, measure }: CounterKey): string => [day, dimension, value, measure].join('|');

/** Sums deltas of one counter, leaves out those that come to nothing, and orders the rest. */
export const summed = (deltas: readonly CounterDelta[]): CounterDelta[] => {
  const sums = new Map<string, CounterDelta>();
  for (const delta of deltas) {
    const key = textOf(delta);
    sums.set(key, { ...delta, delta: (sums.get(key)?.delta ?? 0) + delta.delta });
  }
  return [...sums].filter(([, { delta }]) => delta !== 0).sort(([a], [b]) => (a < b ? -1 : 1)).map(([, delta]) => delta);
};

/** What must be added to the counters when a person's contribution becomes another; `undefined` is a person never counted. */
export const difference = (before: Contribution | undefined, after: Contribution): CounterDelta[] => summed([
  ...(before === undefined ? [] : countersOf(before).map((counter) => ({ ...counter, delta: -counter.delta }))),
  ...countersOf(after),
]);

export type Advance = { readonly kind: 'advanced'; readonly deltas: readonly CounterDelta[] } | { readonly kind: 'stale' };

/**
 * The guarded step: news of a version already counted, or older, changes nothing. The store makes the same test a condition
 * of the transaction that ADDs the deltas, so redelivery, reordering and crashes leave the counters right.
 */
export const advance = (stored: Contribution | undefined, next: Contribution): Advance =>
  stored !== undefined && next.v <= stored.v ? { kind: 'stale' } : { kind: 'advanced', deltas: difference(stored, next) };

/** The closed list of values of a dimension: nothing else can become part of a counter's key. */
export const valuesOf = (dimension: Dimension, jurisdiction: Jurisdiction): readonly string[] => {
  const lists: Record<Dimension, () => readonly string[]> = {
    town: () => [...jurisdiction.towns().map(({ name }) => name), OUTSIDE],
    county: () => [...jurisdiction.counties().map(({ fips }) => fips), OUTSIDE],
    ageGroup: () => AGE_GROUPS,
    sex: () => ['M', 'F', 'X'],
    raceEthnicity: () => [...Object.keys(RACES), '2135-2', SEVERAL_RACES],
    product: () => allCvx().filter(({ covid }) => covid).map(({ code }) => code),
    priorityZip: () => ['yes', 'no'],
  };
  return [...new Set([...lists[dimension](), UNKNOWN])];
};

export const valuesAllowed = (dimension: Dimension, jurisdiction: Jurisdiction): ((value: string) => boolean) => {
  const values = new Set(valuesOf(dimension, jurisdiction));
  return (value) => values.has(value);
};
