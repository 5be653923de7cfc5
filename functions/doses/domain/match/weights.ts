/**
 * What each agreement is worth, in whole bits: the binary logarithm of how much likelier it is between two records of one person than
 * between records of two people. Set from frequencies that hold for a state's population (365 x 80 birth days, some hundred first
 * names, some thousand last names, forty house numbers a zip), rounded towards caution, not fitted to any file of test pairs.
 */
export interface Weight {
  readonly bits: number;
  readonly why: string;
}

export const weights = {
  family: {
    exact: { bits: 9, why: 'one last name in several hundred, weighted by how many bear it' },
    'exact-common': { bits: 7, why: 'one of the hundred most frequent last names' },
    part: { bits: 6, why: 'a double name and its half, the same words in another order, or with a particle more' },
    former: { bits: 6, why: 'the last name is a former name of the other record' },
    'swapped-with-first': { bits: 6, why: "first and last name stand in each other's place" },
    slip: { bits: 5, why: 'a letter or two other, or cut short' },
    'shared-word': { bits: 3, why: 'two double names with one word in common' },
    'other-middle': { bits: 3, why: "the last name is the other's middle name, as after marriage" },
    sound: { bits: 2, why: 'sounds alike' },
    different: { bits: -4, why: 'another last name: seldom in records of one year, usual after marriage and adoption' },
  },
  given: {
    exact: { bits: 8, why: 'one first name in some hundred, weighted by how many bear it' },
    'exact-common': { bits: 6, why: 'one of the most frequent first names' },
    'swapped-with-last': { bits: 6, why: "first and last name stand in each other's place" },
    'swapped-with-middle': { bits: 6, why: "first and middle name stand in each other's place" },
    nickname: { bits: 5, why: 'a form of the same name' },
    part: { bits: 5, why: 'a double first name and its half' },
    alias: { bits: 5, why: 'the first name is an alias of the other record' },
    slip: { bits: 4, why: 'a letter or two other: also how twins are named' },
    'other-middle': { bits: 3, why: 'goes by the middle name' },
    initial: { bits: 1, why: 'an initial only' },
    sound: { bits: 1, why: 'sounds alike' },
    different: { bits: -8, why: 'another first name: another person of the household, above all when the birth date agrees' },
  },
  birthDate: {
    exact: { bits: 14, why: 'one day in 80 years of births' },
    'month-and-day-swapped': { bits: 7, why: "month and day in each other's place" },
    slip: { bits: 6, why: 'one digit other, two neighbours exchanged, or a day apart' },
    'one-part': { bits: 3, why: 'two of year, month and day agree' },
    different: { bits: -10, why: 'another birth date' },
  },
  middle: {
    exact: { bits: 5, why: 'middle names repeat more than first names' },
    slip: { bits: 3, why: 'a form or a slip of the same middle name' },
    initial: { bits: 3, why: 'an initial: one in about ten' },
    different: { bits: -3, why: 'another middle name: sometimes a second one' },
  },
  suffix: {
    same: { bits: 2, why: 'both Jr, both Sr' },
    different: { bits: -6, why: 'father and son' },
  },
  sex: {
    same: { bits: 1, why: 'half the people' },
    different: { bits: -3, why: 'ticked wrong more often than one thinks, and it may change' },
  },
  birthOrder: {
    same: { bits: 2, why: 'the same child of one birth' },
    different: { bits: -6, why: 'another child of the birth' },
  },
  address: {
    exact: { bits: 10, why: 'one home' },
    near: { bits: 7, why: 'one home with a slip in street or number' },
    'street-elsewhere': { bits: 4, why: 'the same street and number under another zip and town' },
    zip: { bits: 3, why: 'the same zip and no street to compare' },
    'other-street': { bits: 0, why: 'moved within the zip, or a neighbour' },
    different: { bits: -1, why: 'people move' },
  },
  phone: {
    exact: { bits: 8, why: 'one phone or mail address' },
    'other-area': { bits: 5, why: 'seven digits agree, the area does not' },
    slip: { bits: 4, why: 'one digit other' },
    different: { bits: 0, why: 'people have several' },
  },
  mother: {
    exact: { bits: 7, why: 'one last name in several hundred; brothers and sisters share it' },
    slip: { bits: 4, why: 'a letter or two other' },
    different: { bits: -1, why: 'often filled in with another name of the mother' },
  },
  relative: {
    exact: { bits: 5, why: 'a guardian or next of kin of the same first name' },
    slip: { bits: 3, why: 'a form or a slip of the same first name' },
    different: { bits: -1, why: 'father here, mother there' },
  },
  ssn: {
    exact: { bits: 10, why: "one person, but parents' numbers are given for children: never proof" },
    slip: { bits: 5, why: 'one digit other' },
    different: { bits: -4, why: 'mistyped and borrowed numbers are common' },
  },
  medicaid: {
    exact: { bits: 9, why: "one person, but families' numbers are mixed: never proof" },
    slip: { bits: 4, why: 'one digit other' },
    different: { bits: -2, why: 'people get new numbers' },
  },
  recordNumber: {
    exact: { bits: 10, why: 'one giver, one number; charts are mixed up and numbers used again: never proof' },
    'no-authority': { bits: 1, why: 'the same number, but nobody says whose: one in three such pairs is of two people (MAT-07)' },
    different: { bits: -2, why: 'one giver knows two patients, or one patient twice' },
  },
  household: {
    'more-than-a-home': {
      bits: 0,
      why: 'home, phone, mother and relatives are one fact told several times: a household. What exceeds 16 bits is taken off',
    },
  },
} as const satisfies Record<string, Record<string, Weight>>;

export type Field = keyof typeof weights;
export type LevelOf<F extends Field> = keyof (typeof weights)[F] & string;

/** Fields that a whole household shares: they tell a family from others, not its members from each other. */
export const householdFields: readonly Field[] = ['address', 'phone', 'mother', 'relative'];
/** The most that a household may add. */
export const householdCap = 16;

/**
 * Four million people are 22 bits: at 22 the pair is as likely one person as not. 34 is one wrong link in four thousand, and above
 * what name, birth date and sex reach by themselves (32): a further fact must agree. From 20 a person looks.
 */
export const thresholds = { match: 34, possible: 20 } as const;

/** Which kinds of identifiers the jurisdiction lets be compared. */
export interface MatchPolicy {
  readonly idKinds: readonly ('ssn' | 'medicaid' | 'record')[];
}
export const everyId: MatchPolicy = { idKinds: ['ssn', 'medicaid', 'record'] };
