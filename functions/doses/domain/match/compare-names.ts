import { familyOf, generationOf, givenOf, isCommonFamily, isCommonGiven, isJunk, isParticle, type FamilyName } from './name-words.ts';
import { isNickname } from './nicknames.ts';
import type { Patient, PatientName } from './patient.ts';
import { folded, isSlip, soundOf } from './spelling.ts';
import type { LevelOf } from './weights.ts';

const none: PatientName = { family: '', given: '' };
const legalOf = ({ names }: Patient): PatientName => names[0] ?? none;
const aliasesOf = ({ names }: Patient): readonly PatientName[] => names.slice(1);
const firstOf = (patient: Patient): string => givenOf(legalOf(patient).given).whole;
const middleOf = (patient: Patient): string => folded(legalOf(patient).middle ?? '') || givenOf(legalOf(patient).given).initial;

/** Long enough to be a word of its own and not an initial. */
const isWord = (text: string): boolean => text.length > 1;

/** All words of the one stand in the other, in whatever order: a double name and its half, or a particle more. */
const holds = (one: readonly string[], other: readonly string[]): boolean =>
  one.some((word) => isWord(word) && !isParticle(word)) && one.every((word) => other.includes(word));
const shareWord = (one: readonly string[], other: readonly string[]): boolean =>
  one.some((word) => isWord(word) && !isParticle(word) && other.includes(word));

/** First and last name stand in each other's place. */
const areSwapped = (one: Patient, other: Patient): boolean => {
  const [here, there] = [legalOf(one), legalOf(other)];
  const [given, family] = [firstOf(one), familyOf(here.family).whole];
  return given !== family && isWord(given) && isWord(family) && given === familyOf(there.family).whole && family === firstOf(other);
};

/** A first name of one is an alias of the other, or they have an alias in common. */
const meetsAlias = (one: Patient, other: Patient): boolean => {
  const givens = (patient: Patient): string[] =>
    aliasesOf(patient)
      .map(({ given }) => folded(given))
      .filter((given) => isWord(given) && !isJunk(given));
  const isOneOf = (given: string, list: readonly string[]): boolean => list.some((each) => each === given || isNickname(each, given));
  return isOneOf(firstOf(one), givens(other)) || isOneOf(firstOf(other), givens(one));
};

/** How two first names agree; undefined when one of them is missing or names nobody. */
export const compareGiven = (one: Patient, other: Patient): LevelOf<'given'> | undefined => {
  const [here, there] = [givenOf(legalOf(one).given), givenOf(legalOf(other).given)];
  const [a, b] = [here.whole, there.whole];
  if (isJunk(a) || isJunk(b)) return undefined;
  if (a === b) return isCommonGiven(a) ? 'exact-common' : 'exact';
  if (areSwapped(one, other)) return 'swapped-with-last';
  if (isNickname(a, b)) return 'nickname';
  const [middleA, middleB] = [middleOf(one), middleOf(other)];
  if (isWord(a) && isWord(b) && a === middleB && b === middleA) return 'swapped-with-middle';
  if (shareWord(here.words, there.words) || a + middleA === b || b + middleB === a) return 'part';
  if (meetsAlias(one, other)) return 'alias';
  if (isSlip(a, b)) return 'slip';
  if ((isWord(a) && a === middleB) || (isWord(b) && b === middleA)) return 'other-middle';
  if (!isWord(a) || !isWord(b)) return a[0] === b[0] ? 'initial' : 'different';
  return soundOf(a) !== '' && soundOf(a) === soundOf(b) && a[0] === b[0] ? 'sound' : 'different';
};

const formerFamilies = (patient: Patient): string[] =>
  aliasesOf(patient)
    .map(({ family }) => familyOf(family).whole)
    .filter((family) => !isJunk(family));

/** The same words but for a slip in one, or one name the beginning of the other. */
const isSlipOfFamily = (one: FamilyName, other: FamilyName): boolean =>
  isSlip(one.whole, other.whole) || isCut(one.whole, other.whole) || isCut(other.whole, one.whole);
const cutFrom = 3;
const isCut = (short: string, long: string): boolean => short.length >= cutFrom && long.length > short.length && long.startsWith(short);

/** How two last names agree; a double name shares a word with its half, a former name stands among the aliases. */
export const compareFamily = (one: Patient, other: Patient): LevelOf<'family'> | undefined => {
  const [a, b] = [familyOf(legalOf(one).family), familyOf(legalOf(other).family)];
  if (isJunk(a.whole) || isJunk(b.whole)) return undefined;
  if (a.whole === b.whole) return isCommonFamily(a.whole) ? 'exact-common' : 'exact';
  if (areSwapped(one, other)) return 'swapped-with-first';
  if (holds(a.words, b.words) || holds(b.words, a.words)) return 'part';
  if (formerFamilies(one).includes(b.whole) || formerFamilies(other).includes(a.whole)) return 'former';
  if (isSlipOfFamily(a, b)) return 'slip';
  if (shareWord(a.words, b.words)) return 'shared-word';
  if ((isWord(a.whole) && a.whole === middleOf(other)) || (isWord(b.whole) && b.whole === middleOf(one))) return 'other-middle';
  return soundOf(a.whole) !== '' && soundOf(a.whole) === soundOf(b.whole) ? 'sound' : 'different';
};

/** How two middle names agree; undefined when one of them is missing, or already explained by a swap with the first name. */
export const compareMiddle = (one: Patient, other: Patient): LevelOf<'middle'> | undefined => {
  const [a, b] = [middleOf(one), middleOf(other)];
  if (isJunk(a) && isWord(a) || isJunk(b) && isWord(b) || a === '' || b === '') return undefined;
  if (a === firstOf(other) || b === firstOf(one)) return undefined;
  if (a === b) return isWord(a) ? 'exact' : 'initial';
  if (!isWord(a) || !isWord(b)) return a[0] === b[0] ? 'initial' : 'different';
  if (isSlip(a, b) || isNickname(a, b) || a.startsWith(b) || b.startsWith(a)) return 'slip';
  return 'different';
};

const generationIn = (patient: Patient): string | undefined => {
  const { family, suffix = '' } = legalOf(patient);
  return generationOf(suffix) ?? familyOf(family).generation;
};

/** Jr and Sr. One that is missing says nothing: most senders leave it out. */
export const compareSuffix = (one: Patient, other: Patient): LevelOf<'suffix'> | undefined => {
  const [a, b] = [generationIn(one), generationIn(other)];
  if (a === undefined || b === undefined) return undefined;
  return a === b ? 'same' : 'different';
};
