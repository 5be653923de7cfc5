import type { Patient } from '../functions/doses/domain/match/patient.ts';
import { seededRandom } from '../test/support/seeded-random.ts';

// An invented population whose names are as unevenly spread as in the United States: the most frequent last name is borne by about 0.8 %, the most
// frequent first name of a sex by about 1.5 %. Households share a home, mostly a last name and often a phone.

const [starts, middles, ends] = [
  ['B', 'Br', 'C', 'Ch', 'D', 'F', 'G', 'Gr', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'R', 'S', 'St', 'T', 'V', 'W', 'A', 'E', 'O'],
  ['a', 'e', 'i', 'o', 'u', 'ar', 'en', 'il', 'on', 'ul', 'and', 'ell', 'orm', 'ist'],
  ['son', 'ez', 'er', 'man', 'ley', 'ton', 'a', 'ski', 'en', 'ard', 'ini', 'eau', 'ick', 'oy', 'us', 'eth'],
] as const;
const wordOf = (n: number): string => {
  const [start, middle, end] = [
    starts[n % starts.length],
    middles[Math.floor(n / starts.length) % middles.length],
    ends[Math.floor(n / 336) % ends.length],
  ];
  const extra = Math.floor(n / 5376);
  return `${start ?? ''}${middle ?? ''}${extra === 0 ? '' : `${'bdglmnrst'[extra % 9] ?? ''}${middles[extra % middles.length] ?? ''}`}${end ?? ''}`;
};

/** Draws ranks with probability 1 / (rank + offset): a few are frequent, most are rare. */
const makeRanks = (ranks: number, offset: number): ((random: () => number) => number) => {
  const total = Math.log((ranks + offset) / offset);
  return (random) => Math.min(ranks - 1, Math.floor(offset * Math.exp(random() * total) - offset));
};
const familyRank = makeRanks(20_000, 15);
const givenRank = makeRanks(1_200, 12);
/** Neighbouring ranks should not begin alike. */
const spread = (rank: number, prime: number, of: number): number => (rank * prime) % of;

const two = (n: number): string => String(n).padStart(2, '0');
const personsAHousehold = 2.5;
const personsAZip = 10_000;
const years = 85;

/** One person by number; the same number of the same population is always the same person. */
export const personOf = (n: number, population: number): Patient => {
  const random = seededRandom(n + 1);
  const household = Math.floor(n / personsAHousehold);
  const home = seededRandom(household + 5_000_000);
  const [family, street] = [familyRank(home), Math.floor(home() * 400)];
  const zip = 6001 + Math.floor(home() * Math.max(1, population / personsAZip));
  const shared = `860${String(1_000_000 + Math.floor(home() * 8_999_999))}`;
  const own = `203${String(1_000_000 + Math.floor(random() * 8_999_999))}`;
  const sex = random() < 0.5 ? 'F' : 'M';
  const ownFamily = random() < 0.8 ? family : familyRank(random);
  return {
    names: [{
      family: wordOf(spread(ownFamily, 7_919, 20_000)),
      given: wordOf(spread(givenRank(random), 331, 1_200) + (sex === 'F' ? 0 : 1_200)),
      ...(random() < 0.6 ? { middle: wordOf(spread(givenRank(random), 331, 1_200)) } : {}),
    }],
    birthDate: `${2021 - Math.floor(random() * years)}-${two(1 + Math.floor(random() * 12))}-${two(1 + Math.floor(random() * 28))}`,
    sex,
    addresses: [{ street: `${1 + Math.floor(home() * 300)} ${wordOf(street + 3_000)} Street`, zip: `0${zip}`, city: 'Hartford' }],
    phones: [{ number: random() < 0.5 ? shared : own }],
  };
};

/** How many senders know a person. */
export const sendersOf = (n: number): number => {
  const draw = seededRandom(n + 20_000_000)();
  return draw < 0.4 ? 1 : draw < 0.7 ? 2 : draw < 0.9 ? 3 : 4;
};

const slipped = (name: string): string => `${name.slice(0, 2)}${name.slice(3)}`;

/** What one more sender says of a person: mostly the same; some moved, changed the phone, are misspelt, or left the middle name out. */
export const toldAgain = (patient: Patient, seed: number): Patient => {
  const random = seededRandom(seed + 40_000_000);
  const [name] = patient.names;
  const { middle, ...short } = name ?? { family: '', given: '' };
  const given = random() < 0.03 ? slipped(short.given) : short.given;
  return {
    ...patient,
    names: [{ ...short, given, ...(middle === undefined || random() < 0.3 ? {} : { middle }) }],
    ...(random() < 0.1 ? { addresses: [{ street: `${1 + Math.floor(random() * 300)} Elsewhere Road`, zip: '06905', city: 'Stamford' }] } : {}),
    ...(random() < 0.1 ? { phones: [{ number: `475${String(1_000_000 + Math.floor(random() * 8_999_999))}` }] } : {}),
  };
};
