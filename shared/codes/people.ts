/** Codes that describe a person in CVRS, HL7 v2 (HL70005, HL70189, HL70001) and the coverage counters. */
export const RACES = {
  '1002-5': 'American Indian or Alaska Native',
  '2028-9': 'Asian',
  '2076-8': 'Native Hawaiian or Other Pacific Islander',
  '2054-5': 'Black or African American',
  '2106-3': 'White',
  '2131-1': 'Other race',
} as const;
export const RACES_NOT_SAID = { UNK: 'Unknown', POL: 'Not reportable by policy or law' } as const;
export const ETHNICITIES = {
  '2135-2': 'Hispanic or Latino',
  '2186-5': 'Not Hispanic or Latino',
  UNK: 'Unknown',
  POL: 'Not reportable by policy or law',
} as const;
/** CVRS knows M, F and U; HL70001 also has X (and messages send O), reported to CDC as U. */
export const SEXES = { M: 'Male', F: 'Female', X: 'Non-binary', U: 'Unknown' } as const;

export type Race = keyof typeof RACES;
export type RaceOrUnsaid = Race | keyof typeof RACES_NOT_SAID;
export type Ethnicity = keyof typeof ETHNICITIES;
export type Sex = keyof typeof SEXES;

/** Codes that older senders still use (seen in CDC's own code sets), and what they mean today. */
const OLD_RACES: Record<string, Race | 'UNK'> = {
  I: '1002-5', B: '2054-5', W: '2106-3', O: '2131-1', U: 'UNK', A: '2028-9',
  '2034-7': '2028-9', '2036-2': '2028-9', '2039-6': '2028-9',
};
const OLD_ETHNICITIES: Record<string, Ethnicity> = { H: '2135-2', N: '2186-5', U: 'UNK' };
const OLD_SEXES: Record<string, Sex> = { O: 'X', A: 'U', N: 'U', UNK: 'U' };

const read = <T extends string>(table: Record<string, unknown>, old: Record<string, string>, code: string): T | undefined => {
  const upper = code.trim().toUpperCase();
  const now = Object.hasOwn(old, upper) ? old[upper] : upper;
  return now !== undefined && Object.hasOwn(table, now) ? (now as T) : undefined;
};

/** The code in force for a race as written; undefined when the code is not known at all. */
export const raceOf = (code: string): RaceOrUnsaid | undefined =>
  read<RaceOrUnsaid>({ ...RACES, ...RACES_NOT_SAID }, OLD_RACES, code);
export const ethnicityOf = (code: string): Ethnicity | undefined => read<Ethnicity>(ETHNICITIES, OLD_ETHNICITIES, code);
export const sexOf = (code: string): Sex | undefined => read<Sex>(SEXES, OLD_SEXES, code);
