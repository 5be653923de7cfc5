import type { Patient, PatientIdentifier } from './patient.ts';
import { editDistance } from './spelling.ts';
import type { LevelOf } from './weights.ts';

/** What an identifier is evidence of. HL70203 codes; a type that is not here is compared like a record number, within its authority. */
export type IdKind = 'ssn' | 'medicaid' | 'record';
const kinds: Readonly<Record<string, IdKind>> = { SS: 'ssn', SSN: 'ssn', MA: 'medicaid', MCD: 'medicaid' };
export const kindOfId = ({ type }: Pick<PatientIdentifier, 'type'>): IdKind => kinds[type.toUpperCase()] ?? 'record';

const signsOf = (id: string): string => id.toUpperCase().replace(/[^A-Z0-9]/g, '');

/** Numbers given where there was none: too short, one digit throughout, counted up, or an area that no SSN has. */
const isPlaceholder = (kind: IdKind, signs: string): boolean =>
  signs === '' || /^(.)\1+$/.test(signs) || signs === '123456789' || (kind === 'ssn' && (signs.length !== 9 || /^(000|666)/.test(signs)));

interface Known {
  readonly signs: string;
  /** Who gave the number; '' when nobody says, and always for SSN and Medicaid, which have one giver. */
  readonly authority: string;
}

/** The identifiers of a kind that a patient has and that mean something. */
export const idsOf = ({ ids = [] }: Pick<Patient, 'ids'>, kind: IdKind): Known[] =>
  ids
    .filter((id) => kindOfId(id) === kind)
    .map(({ id, authority, type }) => ({
      signs: signsOf(id),
      authority: kind === 'record' && authority !== '' ? `${authority.toUpperCase()} ${type.toUpperCase()}` : '',
    }))
    .filter(({ signs }) => !isPlaceholder(kind, signs));

const slipFrom = 6;

const compareSingle = (kind: 'ssn' | 'medicaid') => (one: Patient, other: Patient): LevelOf<'ssn'> | undefined => {
  const pairs = idsOf(one, kind).flatMap((a) => idsOf(other, kind).map((b) => [a.signs, b.signs] as const));
  if (pairs.length === 0) return undefined;
  if (pairs.some(([a, b]) => a === b)) return 'exact';
  return pairs.some(([a, b]) => a.length >= slipFrom && editDistance(a, b, 1) === 1) ? 'slip' : 'different';
};
export const compareSsn = compareSingle('ssn');
export const compareMedicaid = compareSingle('medicaid');

/** Record numbers: the same number of the same giver; two of one giver say that it knows two patients; without a giver they say little. */
export const compareRecordNumbers = (one: Patient, other: Patient): LevelOf<'recordNumber'> | undefined => {
  const pairs = idsOf(one, 'record').flatMap((a) => idsOf(other, 'record').map((b) => [a, b] as const));
  const given = pairs.filter(([a, b]) => a.authority !== '' && a.authority === b.authority);
  if (given.some(([a, b]) => a.signs === b.signs)) return 'exact';
  if (pairs.some(([a, b]) => a.signs === b.signs && (a.authority === '' || b.authority === ''))) return 'no-authority';
  return given.length > 0 ? 'different' : undefined;
};
