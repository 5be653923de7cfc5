import { folded, type MatchKey } from './match-keys.ts';

/** What tells two people apart; the first name of `names` is the legal one. */
export interface Who {
  readonly names: readonly { readonly family: string; readonly given: string }[];
  readonly birthDate: string;
  readonly sex: string;
  readonly multipleBirth?: boolean | undefined;
  readonly birthOrder?: number | undefined;
}

const agreement = (one: Who, other: Who): { birth: boolean; given: boolean; family: boolean; sex: boolean } => ({
  birth: one.birthDate === other.birthDate,
  given: folded(one.names[0]?.given ?? '') === folded(other.names[0]?.given ?? ''),
  family: folded(one.names[0]?.family ?? '') === folded(other.names[0]?.family ?? ''),
  sex: one.sex === other.sex || one.sex === 'U' || other.sex === 'U',
});

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
  const { birth, given, family } = agreement(known, told);
  if (!given && mayBeTwins(known, told)) return false;
  return [birth, given, family].filter(Boolean).length >= 2;
};

export type Link =
  | { kind: 'new' }
  | { kind: 'link'; personId: string }
  /** Kept apart under a provisional person until someone decides (HL7-100). */
  | { kind: 'apart'; why: 'several-persons' | 'id-contradicts' | 'may-be-twins'; candidates: readonly string[] };

export interface KeyHolder {
  readonly key: MatchKey;
  readonly personId: string;
}

/**
 * Whom a new record belongs to. Deterministic and strict: an exact name, birth date and sex, or an identifier that neither birth date,
 * first name nor sex contradicts. Never picks one of several, and never links what may be a twin.
 * @param recordsOf what is known of each candidate
 */
export const decideLink = (patient: Who, holders: readonly KeyHolder[], recordsOf: (personId: string) => readonly Who[]): Link => {
  const candidates = [...new Set(holders.map(({ personId }) => personId))];
  const [personId] = candidates;
  if (personId === undefined) return { kind: 'new' };
  if (candidates.length > 1) return { kind: 'apart', why: 'several-persons', candidates };
  const records = recordsOf(personId);
  const byId = holders.some(({ key }) => key.kind === 'id');
  const byName = holders.some(({ key }) => key.kind === 'name');
  if (byId) {
    const fits = records.some((record) => {
      const { birth, given, sex } = agreement(record, patient);
      return birth && given && sex;
    });
    return byName || fits ? { kind: 'link', personId } : { kind: 'apart', why: 'id-contradicts', candidates };
  }
  return records.some((record) => mayBeTwins(record, patient)) ? { kind: 'apart', why: 'may-be-twins', candidates } : { kind: 'link', personId };
};
