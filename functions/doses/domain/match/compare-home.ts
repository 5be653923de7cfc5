import { isNickname } from './nicknames.ts';
import { isJunk } from './name-words.ts';
import type { Patient, PatientAddress } from './patient.ts';
import { editDistance, folded, isSlip, words } from './spelling.ts';
import type { LevelOf } from './weights.ts';

/** Words of a street that are written in several ways, in the form in which they are compared. */
const streetWords: Readonly<Record<string, string>> = {
  STREET: 'ST',
  STR: 'ST',
  AVENUE: 'AVE',
  AV: 'AVE',
  ROAD: 'RD',
  DRIVE: 'DR',
  LANE: 'LN',
  COURT: 'CT',
  PLACE: 'PL',
  CIRCLE: 'CIR',
  BOULEVARD: 'BLVD',
  TERRACE: 'TER',
  TERR: 'TER',
  HIGHWAY: 'HWY',
  PARKWAY: 'PKWY',
  SQUARE: 'SQ',
  TURNPIKE: 'TPKE',
  TRAIL: 'TRL',
  NORTH: 'N',
  SOUTH: 'S',
  EAST: 'E',
  WEST: 'W',
  NORTHEAST: 'NE',
  NORTHWEST: 'NW',
  SOUTHEAST: 'SE',
  SOUTHWEST: 'SW',
  APARTMENT: 'APT',
  FLOOR: 'FL',
  MOUNT: 'MT',
  SAINT: 'ST',
  FIRST: '1ST',
  SECOND: '2ND',
  THIRD: '3RD',
};
/** What follows names a part of the house: two records of one home differ in it too often. */
const unitWords: ReadonlySet<string> = new Set(['APT', 'UNIT', 'STE', 'SUITE', 'FL', 'RM', 'ROOM', 'LOT', 'TRLR', 'BLDG']);

const atHash = (street: string): string => street.split('#')[0] ?? '';

/** A street for comparing: `12 North Main Street, Apt 3` and `12 N MAIN ST` are one; '' where there is none. */
export const streetOf = ({ street = '' }: PatientAddress): string => {
  const all = words(atHash(street)).map((word) => streetWords[word] ?? word);
  const unit = all.findIndex((word, at) => at > 1 && unitWords.has(word));
  return (unit < 0 ? all : all.slice(0, unit)).join(' ');
};

/** Five digits: of 5+4 the five; of four the leading zero that a spreadsheet lost. '' for anything else. */
export const zipOf = ({ zip = '' }: PatientAddress): string => {
  const digits = zip.replace(/\D/g, '');
  if (digits.length === 9 || digits.length === 5) return digits.slice(0, 5);
  if (digits.length === 8) return `0${digits}`.slice(0, 5);
  return digits.length === 4 ? `0${digits}` : '';
};

export const houseOf = (street: string): string => /^\d+/.exec(street)?.[0] ?? '';
const nameOfStreet = (street: string): string => street.replace(/^\d+ ?/, '');

/** One letter or digit in eight may be a slip. */
const lettersASlip = 8;
const isNearStreet = (a: string, b: string): boolean => {
  const most = Math.max(1, Math.floor(Math.max(a.length, b.length) / lettersASlip));
  if (editDistance(a, b, most) <= most) return true;
  return houseOf(a) !== '' && houseOf(a) === houseOf(b) && editDistance(nameOfStreet(a), nameOfStreet(b), 2) <= 2;
};

type AddressLevel = LevelOf<'address'>;
const addressOrder: readonly AddressLevel[] = ['exact', 'near', 'street-elsewhere', 'zip', 'other-street', 'different'];

const compareAddress = (one: PatientAddress, other: PatientAddress): AddressLevel | undefined => {
  const [streetA, streetB, zipA, zipB] = [streetOf(one), streetOf(other), zipOf(one), zipOf(other)];
  const [cityA, cityB] = [folded(one.city ?? ''), folded(other.city ?? '')];
  const bothZips = zipA !== '' && zipB !== '';
  const isSameCity = cityA !== '' && cityA === cityB;
  const isSamePlace = bothZips ? zipA === zipB || isSameCity : isSameCity || cityA === '' || cityB === '';
  if (streetA !== '' && streetB !== '') {
    if (streetA === streetB) return isSamePlace || (bothZips && editDistance(zipA, zipB, 1) === 1) ? 'exact' : 'street-elsewhere';
    if (isSamePlace && isNearStreet(streetA, streetB)) return 'near';
    return bothZips && zipA === zipB ? 'other-street' : 'different';
  }
  if (!bothZips) return undefined;
  return zipA === zipB ? 'zip' : 'different';
};

/** The best agreement among the addresses of both. */
export const compareAddresses = (one: Patient, other: Patient): AddressLevel | undefined => {
  const levels = (one.addresses ?? []).flatMap((a) => (other.addresses ?? []).map((b) => compareAddress(a, b)));
  return addressOrder.find((level) => levels.includes(level));
};

const isRealPhone = (digits: string): boolean =>
  digits.length >= 7 && !/^(\d)\1*$/.test(digits) && !/^(\d{3})?5550{4}$/.test(digits) && !/^0+/.test(digits.slice(-7, -4));
export const phonesOf = ({ phones = [] }: Patient): string[] =>
  phones.map(({ number = '' }) => number.replace(/\D/g, '').replace(/^1(?=\d{10}$)/, '')).filter(isRealPhone);
const mailsOf = ({ phones = [] }: Patient): string[] => phones.flatMap(({ email = '' }) => (email.includes('@') ? [email.trim().toLowerCase()] : []));

/** The best agreement among phones and mail addresses of both. */
export const comparePhones = (one: Patient, other: Patient): LevelOf<'phone'> | undefined => {
  if (mailsOf(one).some((mail) => mailsOf(other).includes(mail))) return 'exact';
  const pairs = phonesOf(one).flatMap((a) => phonesOf(other).map((b) => [a, b] as const));
  if (pairs.length === 0) return undefined;
  if (pairs.some(([a, b]) => a === b)) return 'exact';
  if (pairs.some(([a, b]) => a.slice(-7) === b.slice(-7))) return 'other-area';
  return pairs.some(([a, b]) => editDistance(a, b, 1) === 1) ? 'slip' : 'different';
};

/** The mother's name before marriage: last names, since senders seldom give the first. */
export const compareMother = (one: Patient, other: Patient): LevelOf<'mother'> | undefined => {
  const [a, b] = [folded(one.mothersMaidenName?.family ?? ''), folded(other.mothersMaidenName?.family ?? '')];
  if (isJunk(a) || isJunk(b)) return undefined;
  if (a === b) return 'exact';
  return isSlip(a, b) ? 'slip' : 'different';
};

/** Guardians and next of kin by first name: the last name is mostly the patient's own and says nothing new. */
export const compareRelatives = (one: Patient, other: Patient): LevelOf<'relative'> | undefined => {
  const givens = ({ relatives = [] }: Patient): string[] => relatives.map(({ given = '' }) => folded(given)).filter((given) => !isJunk(given));
  const pairs = givens(one).flatMap((a) => givens(other).map((b) => [a, b] as const));
  if (pairs.length === 0) return undefined;
  if (pairs.some(([a, b]) => a === b)) return 'exact';
  return pairs.some(([a, b]) => isNickname(a, b) || isSlip(a, b)) ? 'slip' : 'different';
};
