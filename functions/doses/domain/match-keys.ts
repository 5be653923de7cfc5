import { keyedDigest } from '../../../shared/kernel/ids.ts';
import type { PatientFacts } from '../../../shared/published/dose.ts';

/** The secret of the jurisdiction with which everything derived from a patient is hashed. */
export type MatchingKey = string;

export interface MatchKey {
  readonly kind: 'id' | 'name';
  /** Keyed hash; the only form in which it is stored or sent. */
  readonly hash: string;
}

/** Names that stand for no name: newborns, tests, unknowns. They match nobody (matching.md, "Junk names"). */
const junk = new Set([
  'BABY', 'BABYBOY', 'BABYGIRL', 'BOY', 'GIRL', 'INFANT', 'NEWBORN', 'MALE', 'FEMALE', 'TWIN', 'TEST', 'PATIENT', 'TESTPATIENT', 'UNKNOWN',
  'UNK', 'NONE', 'NONAME', 'NOFIRSTNAME', 'NOLASTNAME', 'NA', 'X', 'XX', 'XXX',
]);
/** Written where nobody knew the day. */
const defaultBirthDates = new Set(['1900-01-01', '1901-01-01', '1800-01-01']);

/** A name for comparing: no accents, no punctuation, no blanks, upper case. What was sent stays as it was. */
export const folded = (name: string): string => name.normalize('NFD').replace(/[^\p{L}]/gu, '').toUpperCase();

const isJunk = (name: string): boolean => name === '' || junk.has(name);

type Identity = Pick<PatientFacts, 'ids' | 'names' | 'birthDate' | 'sex'>;

/** The key of last name, first name, birth date and sex; undefined when they are no evidence. */
const nameKeyOf = ({ names: [legal], birthDate, sex }: Identity): string[] | undefined => {
  const [family, given] = [folded(legal?.family ?? ''), folded(legal?.given ?? '')];
  return isJunk(family) || isJunk(given) || defaultBirthDates.has(birthDate) ? undefined : ['name', family, given, birthDate, sex];
};

/** The keys under which a patient is looked for and found: each identifier with its authority and type, and name with birth date and sex. */
export const matchKeysOf = (patient: Identity, key: MatchingKey): MatchKey[] => {
  const ids = patient.ids.map(({ authority, type, id }) => ['id', authority.toUpperCase(), type.toUpperCase(), id.toUpperCase()]);
  const name = nameKeyOf(patient);
  const keys = [...ids, ...(name === undefined ? [] : [name])].map((parts): MatchKey => ({ kind: parts[0] === 'id' ? 'id' : 'name', hash: keyedDigest(key, ...parts) }));
  return keys.filter(({ hash }, at) => keys.findIndex((other) => other.hash === hash) === at);
};
