import { instantOf, localTime, offsetMinutes } from '../kernel/dates.ts';

/** How much of a date or time was sent; nothing is ever filled in (HL7-77). */
export type Precision = 'year' | 'month' | 'day' | 'minute' | 'second';

/** An HL7 date or time as sent: the date in ISO form at its precision, the rest apart (HL7-77 to HL7-79). */
export type Hl7Date = {
  /** `2021`, `2021-03` or `2021-03-31`. */
  readonly date: string;
  readonly precision: Precision;
  /** `HH:MM:SS`, when at least hour and minute were sent. */
  readonly time?: string;
  /** Minutes east of UTC, when a zone was sent. */
  readonly offsetMinutes?: number;
};

const SHAPE = /^(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.\d{1,9})?)?)?)?)?)?(?:([+-])(\d{1,2})(\d{2}))?$/;

/** `YYYYMMDD`. */
const DAY_DIGITS = 8;

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** Reads `YYYY[MM[DD[HH[MM[SS[.s]]]]]][±ZZZZ]`; a blank inside is dropped, `-500` is `-0500`. Undefined when impossible (HL7-79, HL7-80). */
export const readHl7Date = (text: string): Hl7Date | undefined => {
  const found = SHAPE.exec(text.replaceAll(' ', ''));
  if (!found) return undefined;
  const [, year = '', month, day, hour, minute, second, sign, zoneHours, zoneMinutes] = found;
  if (Number(year) < 1800) return undefined;
  if (month === undefined) return { date: year, precision: 'year' };
  if (Number(month) < 1 || Number(month) > 12) return undefined;
  if (day === undefined) return { date: `${year}-${month}`, precision: 'month' };
  if (Number(day) < 1 || Number(day) > daysIn(Number(year), Number(month))) return undefined;
  const date = `${year}-${month}-${day}`;
  if (Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 59) return undefined;
  if (Number(zoneHours ?? 0) > 14 || Number(zoneMinutes ?? 0) > 59) return undefined;
  const zone = sign === undefined ? {} : { offsetMinutes: (sign === '-' ? -1 : 1) * (60 * Number(zoneHours) + Number(zoneMinutes)) };
  if (hour === undefined || minute === undefined) return { date, precision: 'day', ...zone };
  return { date, precision: second === undefined ? 'minute' : 'second', time: `${hour}:${minute}:${second ?? '00'}`, ...zone };
};

/** A date of which only the day counts: a time or zone that cannot be is cut off and told (HL7-78). */
export const readHl7Day = (text: string): (Hl7Date & { readonly isTimeCut?: true }) | undefined => {
  const whole = readHl7Date(text);
  const plain = text.replaceAll(' ', '');
  if (whole || SHAPE.exec(plain)?.[4] === undefined) return whole;
  const day = readHl7Date(plain.slice(0, DAY_DIGITS));
  return day && { ...day, isTimeCut: true };
};

/**
 * What keeps a text from being the date that is asked for, in words that never repeat it; undefined when nothing does. `least` is how much
 * of a date is needed (HL7-77, HL7-80).
 */
export const whyNoDate = (text: string, least: 'day' | 'month' | 'year' = 'day'): string | undefined => {
  const plain = text.replaceAll(' ', '');
  const date = readHl7Date(plain);
  if (date)
    return least !== 'year' && date.precision === 'year'
      ? 'has a year only'
      : least === 'day' && date.precision === 'month'
        ? 'has no day'
        : undefined;
  if (/^\d{1,4}[-/.]\d{1,2}(?:[-/.]|$)/.test(plain)) return 'is written with signs between its numbers';
  const digits = /^\d*/.exec(plain)?.[0] ?? '';
  if (digits === '' || !/^\d+(?:\.\d+)?(?:[+-]\d+)?$/.test(plain)) return 'is not written in digits';
  const [year, month, day] = [Number(digits.slice(0, 4)), Number(digits.slice(4, 6)), Number(digits.slice(6, 8))];
  if (![4, 6, 8, 10, 12, 14].includes(digits.length)) return `has ${digits.length} digits`;
  if (digits.length >= 6 && (month < 1 || month > 12)) return 'has a month that does not exist';
  if (digits.length >= 8 && (day < 1 || day > daysIn(year, month))) return 'has a day that does not exist';
  return year < 1800 ? 'has a year before 1800' : 'has a time or a time zone that does not exist';
};

/** Last day of what a date covers: an expiry of `2021-06` is good until `2021-06-30` (HL7-81). */
export const lastDayOf = (date: string): string => {
  const [year = '', month, day] = date.split('-');
  if (month === undefined) return `${year}-12-31`;
  return day === undefined ? `${date}-${daysIn(Number(year), Number(month))}` : date;
};

/** The instant (ISO, UTC) of a date with a time; without a zone sent it is taken in `zone` (HL7-79). Undefined without a time. */
export const momentOf = (sent: Hl7Date, zone: string): string | undefined => {
  if (sent.time === undefined) return undefined;
  if (sent.offsetMinutes === undefined) return instantOf(sent.date, sent.time, zone);
  return new Date(Date.parse(`${sent.date}T${sent.time}Z`) - sent.offsetMinutes * 60_000).toISOString();
};

/** `YYYYMMDDHHMMSS±ZZZZ` of an ISO instant in a time zone (HL7-36). */
export const writeHl7Time = (instant: string, zone: string): string => {
  const { day, time } = localTime(instant, zone);
  const offset = offsetMinutes(instant, zone);
  const two = (n: number): string => String(n).padStart(2, '0');
  const size = Math.abs(offset);
  return `${day}${time}`.replace(/[-:]/g, '') + (offset < 0 ? '-' : '+') + two(Math.floor(size / 60)) + two(size % 60);
};
