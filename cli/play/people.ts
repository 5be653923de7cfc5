import type { Patient } from './vxu.ts';

const families = ['Alder', 'Birch', 'Cedar', 'Dogwood', 'Elm', 'Fir', 'Gumtree', 'Hazel', 'Ironwood', 'Juniper', 'Kapok', 'Laurel'];
const givens = ['Ada', 'Bruno', 'Clara', 'Dmitri', 'Elena', 'Farid', 'Grace', 'Hugo', 'Ines', 'Jonas', 'Kira', 'Liam', 'Mona'];
const races = ['2106-3', '2054-5', '2028-9', '2106-3', '1002-5', '2131-1'];

/** The nth invented person: the same number is always the same person, and no two numbers share name and birth date. */
export const person = (n: number, place: { city: string; zip: string }, bornIn = 1940): Patient => ({
  id: `P${String(n).padStart(6, '0')}`,
  family: `${families[n % families.length] ?? 'Alder'}${n >= families.length ? String.fromCharCode(97 + (Math.floor(n / families.length) % 26)) : ''}`,
  given: givens[n % givens.length] ?? 'Ada',
  birthDate: `${bornIn + (n % 50)}-${String((n % 12) + 1).padStart(2, '0')}-${String((Math.floor(n / 12) % 28) + 1).padStart(2, '0')}`,
  sex: n % 2 === 0 ? 'F' : 'M',
  race: races[n % races.length] ?? '2106-3',
  ethnicity: n % 7 === 0 ? '2135-2' : '2186-5',
  street: `${n + 1} Sample Street`,
  city: place.city,
  zip: place.zip,
});
