import type { PatientFacts } from '../../../../shared/published/dose.ts';

export const agreements = ['agrees', 'differs', 'one-sided'] as const;
export type Agreement = (typeof agreements)[number];
export interface FieldAgreement {
  readonly field: string;
  readonly agreement: Agreement;
}

/** For comparing: no accents, no punctuation, no blanks, upper case. */
const plain = (text: string): string => text.normalize('NFD').replace(/[^\p{L}\p{N}]/gu, '').toUpperCase();
const texts = (...values: readonly (string | undefined)[]): string[] => values.flatMap((value) => (value === undefined || plain(value) === '' ? [] : [plain(value)]));
const lastDigits = (number: string | undefined): string | undefined => number?.replace(/\D/g, '').slice(-10);

/** What each side says of a field, in whatever order and number; they agree when they have a value in common. */
const fields: Readonly<Record<string, (patient: PatientFacts) => string[]>> = {
  identifier: ({ ids }) => ids.map(({ authority, type, id }) => [authority, type, id].map(plain).join('|')),
  lastName: ({ names }) => texts(...names.map(({ family }) => family)),
  firstName: ({ names }) => texts(...names.map(({ given }) => given)),
  middleName: ({ names }) => texts(...names.map(({ middle }) => middle)),
  birthDate: ({ birthDate }) => [birthDate],
  sex: ({ sex }) => (sex === 'U' ? [] : [sex]),
  mothersMaidenName: ({ mothersMaidenName }) => texts(mothersMaidenName?.family),
  street: ({ addresses = [] }) => texts(...addresses.map(({ street }) => street)),
  zip: ({ addresses = [] }) => texts(...addresses.map(({ zip }) => zip?.slice(0, 5))),
  phone: ({ phones = [] }) => texts(...phones.map(({ number }) => lastDigits(number))),
  email: ({ phones = [] }) => texts(...phones.map(({ email }) => email)),
  birthOrder: ({ birthOrder }) => (birthOrder === undefined ? [] : [String(birthOrder)]),
  relative: ({ relatives = [] }) => texts(...relatives.map(({ family, given }) => `${family}${given ?? ''}`)),
};
export const comparedFields: readonly string[] = Object.keys(fields);

/** Field by field, whether two patients say the same; a field that neither speaks of is left out. It names fields, never what they say. */
export const compareFields = (one: PatientFacts, other: PatientFacts): FieldAgreement[] =>
  Object.entries(fields).flatMap(([field, read]): FieldAgreement[] => {
    const [left, right] = [read(one), read(other)];
    if (left.length === 0 && right.length === 0) return [];
    if (left.length === 0 || right.length === 0) return [{ field, agreement: 'one-sided' }];
    return [{ field, agreement: left.some((value) => right.includes(value)) ? 'agrees' : 'differs' }];
  });
