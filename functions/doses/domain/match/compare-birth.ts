import type { Patient } from './patient.ts';
import { editDistance } from './spelling.ts';
import type { LevelOf } from './weights.ts';

/** Written where nobody knew the day. */
const defaultBirthDates: ReadonlySet<string> = new Set(['1900-01-01', '1901-01-01', '1800-01-01', '1753-01-01', '9999-12-31']);

/** A birth date that says something; undefined for a missing, impossible or default one. */
export const birthDateOf = ({ birthDate = '' }: Pick<Patient, 'birthDate'>): string | undefined =>
  /^\d{4}-\d{2}-\d{2}$/.test(birthDate) && !defaultBirthDates.has(birthDate) ? birthDate : undefined;

const daysBetween = (one: string, other: string): number => Math.abs(Date.parse(one) - Date.parse(other)) / 86_400_000;

/** How two birth dates agree: written otherwise in one way a hand or a form does, or in only one of year, month and day. */
export const compareBirthDate = (one: Patient, other: Patient): LevelOf<'birthDate'> | undefined => {
  const [a, b] = [birthDateOf(one), birthDateOf(other)];
  if (a === undefined || b === undefined) return undefined;
  if (a === b) return 'exact';
  const [yearA, monthA, dayA] = a.split('-');
  const [yearB, monthB, dayB] = b.split('-');
  if (yearA === yearB && monthA === dayB && dayA === monthB) return 'month-and-day-swapped';
  if (editDistance(a, b, 1) === 1) return 'slip';
  if (daysBetween(a, b) <= 1) return 'slip';
  const same = [yearA === yearB, monthA === monthB, dayA === dayB].filter(Boolean).length;
  return same === 2 ? 'one-part' : 'different';
};

/** Unknown and other are no evidence: only two that are named can agree or not. */
export const compareSex = (one: Patient, other: Patient): LevelOf<'sex'> | undefined => {
  const [a, b] = [one.sex, other.sex];
  if ((a !== 'F' && a !== 'M') || (b !== 'F' && b !== 'M')) return undefined;
  return a === b ? 'same' : 'different';
};

const isOfSeveral = ({ multipleBirth, birthOrder }: Patient): boolean => multipleBirth === true || (birthOrder !== undefined && birthOrder > 1);

/** Which child of a birth: only asked where at least one side says that there were several. */
export const compareBirthOrder = (one: Patient, other: Patient): LevelOf<'birthOrder'> | undefined => {
  if (!isOfSeveral(one) && !isOfSeveral(other)) return undefined;
  if (one.birthOrder === undefined || other.birthOrder === undefined) return undefined;
  return one.birthOrder === other.birthOrder ? 'same' : 'different';
};
