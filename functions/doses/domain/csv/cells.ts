import { isSaleNdc, normaliseNdc } from '../../../../shared/codes/ndc.ts';
import { vaccineCodes } from '../../../../shared/codes/vaccines.ts';
import { isDay } from '../../../../shared/kernel/dates.ts';

/** What a cell was read as; `remark` when it was not written as it should be, `fault` when it cannot be read. Neither repeats the cell. */
export type Cell = { readonly value: unknown; readonly remark?: string } | { readonly fault: string };
/** Reads a cell that is not empty. */
export type ReadCell = (text: string) => Cell;

const scientific = /^\d(?:[.,]\d+)?E\+?\d+$/i;
const shortened = 'was shortened by a spreadsheet (as 5.9E+10): set the column to Text and enter it again';

export const plain: ReadCell = (text) => ({ value: text });
/** A number that is a name: as written, capitals and zeros too. */
export const exact: ReadCell = (text) => (scientific.test(text) ? { fault: shortened } : { value: text });
export const code: ReadCell = (text) => (scientific.test(text) ? { fault: shortened } : { value: text.toUpperCase() });
/** Codes of two digits that a spreadsheet makes a number: 0 is 00. */
export const twoDigits: ReadCell = (text) => ({ value: /^\d$/.test(text) ? `0${text}` : text.toUpperCase() });
export const listOfCodes: ReadCell = (text) => ({ value: text.split(/[;|]/).map((part) => part.trim()).filter((part) => part !== '') });

export const number: ReadCell = (text) => {
  const value = Number(text.replace(/^(\d*),(\d+)$/, '$1.$2'));
  return Number.isFinite(value) && /\d/.test(text) ? { value } : { fault: 'must be a number' };
};

const words: Readonly<Record<string, boolean>> = { Y: true, YES: true, TRUE: true, 1: true, N: false, NO: false, FALSE: false, 0: false };
export const yesNo: ReadCell = (text) => {
  const upper = text.toUpperCase();
  return Object.hasOwn(words, upper) ? { value: words[upper] } : { fault: 'must be Y or N' };
};

const sexes: Readonly<Record<string, string>> = {
  F: 'F',
  FEMALE: 'F',
  M: 'M',
  MALE: 'M',
  U: 'U',
  UNKNOWN: 'U',
  X: 'X',
  OTHER: 'X',
  O: 'X',
  NONBINARY: 'X',
  'NON-BINARY': 'X',
};
export const sex: ReadCell = (text) => {
  const upper = text.toUpperCase();
  return Object.hasOwn(sexes, upper) ? { value: sexes[upper] } : { fault: 'must be F, M, X or U' };
};

const twoPlaces = (part: string): string => part.padStart(2, '0');
const american = 'was read as month/day/year; write YYYY-MM-DD to be sure';

/** A day as spreadsheets and people write it. An order of day and month that cannot be told is not guessed: it is America's. */
export const day: ReadCell = (text) => {
  const [date = ''] = text.split(/[T ]/);
  if (isDay(date)) return { value: date };
  const digits = /^(\d{4})(\d{2})(\d{2})$/.exec(date);
  if (digits !== null) return dayOf(digits[1], digits[2], digits[3]);
  const slashed = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})$/.exec(date);
  if (slashed !== null)
    return slashed[3]?.length === 2 ? { fault: 'must have a year of four digits: YYYY-MM-DD' } : dayOf(slashed[3], slashed[1], slashed[2], american);
  if (/^\d{4,5}(\.\d+)?$/.test(text)) return { fault: 'is a spreadsheet’s number of a day: set the column to Date, YYYY-MM-DD' };
  return { fault: 'must be a day, written YYYY-MM-DD' };
};

const dayOf = (year = '', month = '', dayOfMonth = '', remark?: string): Cell => {
  const value = `${year}-${twoPlaces(month)}-${twoPlaces(dayOfMonth)}`;
  return isDay(value)
    ? { value, ...(remark === undefined ? {} : { remark }) }
    : { fault: 'is no day of the calendar as month/day/year; write YYYY-MM-DD' };
};

/** An expiry may be a month: 2021-06 or 06/2021. */
export const monthOrDay: ReadCell = (text) => {
  const month = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text) ?? undefined;
  if (month !== undefined) return { value: text };
  const slashed = /^(0?[1-9]|1[0-2])\/(\d{4})$/.exec(text);
  return slashed === null ? day(text) : { value: `${slashed[2]}-${twoPlaces(slashed[1] ?? '')}` };
};

const lostZeros = 'had lost its leading zeros; they were put back. Set the column to Text';

export const zip: ReadCell = (text) => {
  if (/^\d{5}(-\d{4})?$/.test(text)) return { value: text };
  if (/^\d{3,4}$/.test(text)) return { value: text.padStart(5, '0'), remark: lostZeros };
  const long = /^\d{7,9}$/.test(text) ? text.padStart(9, '0') : undefined;
  if (long === undefined) return { fault: 'must be a zip code: 5 digits, or 5+4' };
  return { value: `${long.slice(0, 5)}-${long.slice(5)}`, ...(text.length === 9 ? {} : { remark: lostZeros }) };
};

const isKnownNdc = (text: string): boolean => {
  const form = normaliseNdc(text);
  return form !== undefined && (vaccineCodes.ndc(form) !== undefined || isSaleNdc(form));
};

/** An NDC keeps its form; bare digits get the zeros back that make it a known one. */
export const ndc: ReadCell = (text) => {
  if (scientific.test(text)) return { fault: shortened };
  if (!/^\d{6,10}$/.test(text) || isKnownNdc(text)) return { value: text };
  const padded = text.padStart(11, '0');
  return isKnownNdc(padded) ? { value: padded, remark: lostZeros } : { value: text };
};
