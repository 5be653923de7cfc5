/** Days and weeks of a jurisdiction. Instants are ISO strings in UTC with milliseconds; days are `YYYY-MM-DD`. */
export const dayMs = 86_400_000;

const formatters = new Map<string, Intl.DateTimeFormat>();

/** A formatter costs more than all the rest, so one is kept for each zone. */
const formatterOf = (zone: string): Intl.DateTimeFormat => {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formatters.set(zone, formatter);
  }
  return formatter;
};

/** The wall clock of a zone at an instant: `{ day: '2021-03-14', time: '03:00:00' }`. */
export const localTime = (instant: string, zone: string): { day: string; time: string } => {
  const parts = Object.fromEntries(
    formatterOf(zone)
      .formatToParts(new Date(instant))
      .map(({ type, value }) => [type, value]),
  );
  return { day: `${parts['year']?.padStart(4, '0')}-${parts['month']}-${parts['day']}`, time: `${parts['hour']}:${parts['minute']}:${parts['second']}` };
};

/** The day it is in a zone at an instant. */
export const localDay = (instant: string, zone: string): string => localTime(instant, zone).day;

/** Minutes by which a zone is ahead of UTC at an instant (New York: -300 or -240). */
export const offsetMinutes = (instant: string, zone: string): number => {
  const { day, time } = localTime(instant, zone);
  const asUtc = Date.parse(`${day}T${time}Z`);
  return Math.round((asUtc - Math.floor(Date.parse(instant) / 1000) * 1000) / 60_000);
};

/**
 * The instant of a wall-clock time of a zone. A time that daylight saving skips is read as the moment after the jump;
 * one that occurs twice is its first occurrence.
 */
export const instantOf = (day: string, time: string, zone: string): string => {
  const wall = Date.parse(`${day}T${time.length === 5 ? `${time}:00` : time}Z`);
  const before = offsetMinutes(new Date(wall - dayMs).toISOString(), zone);
  const after = offsetMinutes(new Date(wall + dayMs).toISOString(), zone);
  const candidates = [wall - before * 60_000, wall - after * 60_000].sort((a, b) => a - b);
  const exact = candidates.find((at) => at + offsetMinutes(new Date(at).toISOString(), zone) * 60_000 === wall);
  return new Date(exact ?? wall - before * 60_000).toISOString();
};

/** Days are few and asked for again and again: reading and writing them is most of the cost of counting with them. */
const mostDaysKept = 20_000;
const keeping = <K, V>(work: (key: K) => V): ((key: K) => V) => {
  const kept = new Map<K, V>();
  return (key) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    const value = work(key);
    if (kept.size >= mostDaysKept) kept.clear();
    kept.set(key, value);
    return value;
  };
};
/** Days since 1970; NaN for what is no day. */
const numberOf = keeping((day: string) => Date.parse(`${day}T00:00:00Z`) / dayMs);
const dayOf = keeping((days: number) => new Date(days * dayMs).toISOString().slice(0, 10));

export const addDays = (day: string, days: number): string => dayOf(numberOf(day) + days);

/** Whole days from one day to another; negative when the second is earlier. */
export const daysBetween = (from: string, to: string): number => Math.round(numberOf(to) - numberOf(from));

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** True for a real day of the calendar written `YYYY-MM-DD`. Arithmetic, because files of a million rows ask it for every date. */
export const isDay = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8))];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day >= 1 && day <= (month === 2 && isLeap ? 29 : (monthDays[month - 1] ?? 0));
};

/** 0 for Sunday. 1970 began on a Thursday. */
const weekDayOf = (day: string): number => (((numberOf(day) + 4) % 7) + 7) % 7;

/** The Sunday that starts the MMWR week (Sunday to Saturday) of a day. */
export const weekStart = (day: string): string => addDays(day, -weekDayOf(day));

/** The Monday on or before a day: the first day of its allocation week. */
export const mondayOf = (day: string): string => addDays(day, -((weekDayOf(day) + 6) % 7));

/** CDC's MMWR week: week 1 is the first with at least four January days. */
export const mmwrWeek = (day: string): { year: number; week: number } => {
  const wednesday = addDays(weekStart(day), 3);
  const year = Number(wednesday.slice(0, 4));
  const fourthOfJanuary = weekStart(`${year}-01-04`);
  return { year, week: daysBetween(fourthOfJanuary, weekStart(day)) / 7 + 1 };
};

/** Full years lived on a day. */
export const ageInYears = (birthDate: string, on: string): number => {
  const years = Number(on.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return on.slice(5) < birthDate.slice(5) ? years - 1 : years;
};
