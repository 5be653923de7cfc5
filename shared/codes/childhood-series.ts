import { vaccineGroupsOf } from './vaccine-groups.ts';

/**
 * The least that every schedule of a childhood series asks for, by CDC's vaccine group: days of age at its first dose, and days between any two
 * doses. A floor, not a schedule: later doses of some series must be farther apart, and nothing here says whether a dose counts (that is CDSi's).
 * Ages of DTaP, Hib, pneumococcal conjugate, polio and rotavirus (day 42) and of measles and varicella (the first birthday): payers' notices on
 * HEDIS, as the intervals `unverified`.
 */
const FLOORS: Readonly<Record<string, { readonly ageDays: number; readonly intervalDays: number }>> = {
  DTAP: { ageDays: 42, intervalDays: 28 },
  HIB: { ageDays: 42, intervalDays: 28 },
  PneumoPCV: { ageDays: 42, intervalDays: 28 },
  POLIO: { ageDays: 42, intervalDays: 28 },
  ROTAVIRUS: { ageDays: 42, intervalDays: 28 },
  HepB: { ageDays: 0, intervalDays: 28 },
  HepA: { ageDays: 365, intervalDays: 180 },
  MMR: { ageDays: 365, intervalDays: 28 },
  VARICELLA: { ageDays: 365, intervalDays: 28 },
};
/** CDC's days of grace. */
const GRACE_DAYS = 4;
/** Hepatitis A and B together has a licensed series of days 0, 7 and 21. */
const own = new Set(['104']);

/** The floor of one group for a vaccine, grace taken off. */
export interface SeriesFloor {
  readonly group: string;
  readonly leastAgeDays: number;
  readonly leastIntervalDays: number;
}

/** Floors of the childhood series that a vaccine is a dose of; a combination belongs to several. */
export const childhoodFloorsOf = (cvx: string): readonly SeriesFloor[] =>
  own.has(cvx) ? [] : vaccineGroupsOf(cvx).flatMap((group) => {
    const floor = FLOORS[group];
    return floor === undefined
      ? []
      : [{ group, leastAgeDays: Math.max(0, floor.ageDays - GRACE_DAYS), leastIntervalDays: floor.intervalDays - GRACE_DAYS }];
  });
