import { keyedDigest } from '../../../shared/kernel/ids.ts';
import { birthDateOf } from './match/compare-birth.ts';
import { houseOf, phonesOf, streetOf, zipOf } from './match/compare-home.ts';
import { idsOf } from './match/compare-ids.ts';
import { familyOf, givenOf, isJunk, isParticle } from './match/name-words.ts';
import type { Patient } from './match/patient.ts';
import { folded, soundOf } from './match/spelling.ts';
import { everyId, type MatchPolicy } from './match/weights.ts';

export { folded };

/** The secret of the jurisdiction with which everything derived from a patient is hashed. */
export type MatchingKey = string;

export const keyKinds = ['id', 'birth', 'name-year', 'phone', 'home'] as const;
export interface MatchKey {
  readonly kind: (typeof keyKinds)[number];
  /** Keyed hash; the only form in which it is stored or sent. */
  readonly hash: string;
}

/** What a key is made of, before it is hashed: never stored, logged or sent. */
export type KeyParts = readonly [MatchKey['kind'], ...string[]];

/** More words of names, phones and numbers than these of one patient are not looked up: with the full name and the home at most 13 blocks a write. */
const maxOfAKind = { words: 5, phones: 2, ids: 4 } as const;

/** How a word sounds; a word without Latin letters is its own sound. */
const soundKey = (word: string): string => soundOf(word) || word;

/** A double last name is found by each of its words. */
const familyWords = (family: string): string[] => {
  const { whole, words } = familyOf(family);
  if (isJunk(whole)) return [];
  return words.length < 2 ? [whole] : words.filter((word) => !isParticle(word) && !isJunk(word));
};
const givenWord = (given: string): string[] => {
  const { whole, words } = givenOf(given);
  return isJunk(whole) ? [] : words.slice(0, 1);
};

const idParts = (patient: Patient, { idKinds }: MatchPolicy): KeyParts[] =>
  idKinds
    .flatMap((kind) =>
      idsOf(patient, kind)
        .filter(({ authority }) => kind !== 'record' || authority !== '')
        .map(({ signs, authority }): KeyParts => ['id', kind, authority, signs]),
    )
    .slice(0, maxOfAKind.ids);

/**
 * What the keys of a patient are made of. Each is selective, so that a block stays small however many people there are: an identifier; birth date with the
 * sound of a first or a last name (one kind, so that swapped names meet); full name with the year of birth; phone with the year; zip, house number and the
 * sound of the first name. Two spellings of one person share several.
 */
export const keyPartsOf = (patient: Patient, policy: MatchPolicy): KeyParts[] => {
  const [birth, [legal]] = [birthDateOf(patient), patient.names];
  const year = birth?.slice(0, 4);
  const givens = givenWord(legal?.given ?? '');
  const sounds = [...new Set([...givens, ...patient.names.flatMap(({ family }) => familyWords(family))].map(soundKey))].slice(0, maxOfAKind.words);
  const [family, given] = [familyOf(legal?.family ?? '').whole, givenOf(legal?.given ?? '').whole];
  return [
    ...idParts(patient, policy),
    ...(birth === undefined ? [] : sounds.map((sound): KeyParts => ['birth', birth, sound])),
    ...(year === undefined || isJunk(family) || isJunk(given) ? [] : [['name-year', family, given, year] as const]),
    ...(year === undefined ? [] : phonesOf(patient).slice(0, maxOfAKind.phones).map((phone): KeyParts => ['phone', phone, year])),
    ...(patient.addresses ?? []).slice(0, 1).flatMap((address): KeyParts[] => {
      const [zip, house, [first]] = [zipOf(address), houseOf(streetOf(address)), givens];
      return zip === '' || house === '' || first === undefined ? [] : [['home', zip, house, soundKey(first)]];
    }),
  ];
};

/** The keys under which a patient is looked for and found, each once. */
export const matchKeysOf = (patient: Patient, key: MatchingKey, policy: MatchPolicy = everyId): MatchKey[] => {
  const keys = keyPartsOf(patient, policy).map((parts): MatchKey => ({ kind: parts[0], hash: keyedDigest(key, ...parts) }));
  return keys.filter(({ hash }, at) => keys.findIndex((other) => other.hash === hash) === at);
};
