import type { Comparison } from './match/match-patients.ts';
import { folded } from './match/spelling.ts';

/** What tells two people apart; the first name of `names` is the legal one. */
export interface Who {
  readonly names: readonly { readonly family: string; readonly given: string }[];
  readonly birthDate: string;
  readonly multipleBirth?: boolean | undefined;
  readonly birthOrder?: number | undefined;
}

/** One of several children of a birth, unless both say the same place among them. */
const mayBeTwins = (one: Who, other: Who): boolean => {
  if (one.birthOrder !== undefined && other.birthOrder !== undefined) return one.birthOrder !== other.birthOrder;
  return one.multipleBirth === true || other.multipleBirth === true;
};

/**
 * Whether what a sender says now of its record can still be the patient it spoke of before: of birth date, first and last name two must
 * stand. A twin is never taken for a changed first name.
 */
export const isSamePatient = (known: Who, told: Who): boolean => {
  const birth = known.birthDate === told.birthDate;
  const given = folded(known.names[0]?.given ?? '') === folded(told.names[0]?.given ?? '');
  const family = folded(known.names[0]?.family ?? '') === folded(told.names[0]?.family ?? '');
  if (!given && mayBeTwins(known, told)) return false;
  return [birth, given, family].filter(Boolean).length >= 2;
};

/** A person that a record resembles, by the record of that person which it resembles most. */
export interface Resembling {
  readonly personId: string;
  readonly recordId: string;
  readonly comparison: Comparison;
}

export type Link =
  | { kind: 'new' }
  | { kind: 'link'; personId: string }
  /** Kept apart under a provisional person until someone decides (HL7-100). */
  | { kind: 'apart'; why: string; candidates: readonly Resembling[] };

/** Why a pair that could not be linked is asked about, by the guard that held; the first that applies. */
const whyByGuard: readonly (readonly [guard: string, why: string])[] = [
  ['first-name-contradicts-id', 'id-contradicts'], ['birth-date-contradicts-id', 'id-contradicts'],
  ['other-child-of-the-birth', 'may-be-twins'], ['birth-order-contradicts', 'may-be-twins'],
];
const whyOf = ({ comparison }: Resembling): string => whyByGuard.find(([guard]) => comparison.guards.includes(guard))?.[1] ?? 'possible-match';

const rank = { match: 2, possible: 1, none: 0 } as const;
/** The better answer first, then the higher score; ids decide between equals, so that two tries order alike. */
export const byLikeness = (one: Resembling, other: Resembling): number =>
  rank[other.comparison.answer] - rank[one.comparison.answer] ||
  other.comparison.score - one.comparison.score ||
  (one.recordId < other.recordId ? -1 : 1);

/**
 * Whom a new record belongs to (MAT-01): to the one person it matches; to nobody yet when it matches several, or none but may be one of some. Never picks one of
 * several.
 * @param resembling one entry a person
 */
export const decideLink = (resembling: readonly Resembling[]): Link => {
  const candidates = resembling.filter(({ comparison }) => comparison.answer !== 'none').toSorted(byLikeness);
  const [best, second] = candidates;
  if (best === undefined) return { kind: 'new' };
  if (second?.comparison.answer === 'match') return { kind: 'apart', why: 'several-persons', candidates };
  return best.comparison.answer === 'match' ? { kind: 'link', personId: best.personId } : { kind: 'apart', why: whyOf(best), candidates };
};
