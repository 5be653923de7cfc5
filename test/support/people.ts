import type { VxuFields } from './dose-room.ts';

const givens = ['Gil', 'Ada', 'Kim', 'Una', 'Ben', 'Dot', 'Eli', 'Fay', 'Hal', 'Ivy', 'Jon', 'Lea', 'Max', 'Noa', 'Oda', 'Pim'] as const;
const numbers = new Map<string, number>();

/** Somebody of that last name who resembles nobody else here: with a first name, birth date, address and telephone number of their own. */
export const somebody = (family: string, pidMore: Record<number, string> = {}): VxuFields => {
  const n = numbers.get(family) ?? numbers.size + 1;
  numbers.set(family, n);
  return {
    family, given: givens[n % givens.length] ?? 'Gil', birth: `${1931 + (n * 7) % 60}${String(1 + (n * 5) % 12).padStart(2, '0')}${String(1 + (n * 11) % 28).padStart(2, '0')}`, sex: 'M',
    pidMore: { 11: `${n * 13} ${family} Street^^Hartford^CT^06106^USA^H`, 13: `^PRN^PH^^^860^${5_550_100 + n}`, ...pidMore },
  };
};
