import { compareBirthDate, compareBirthOrder, compareSex } from './compare-birth.ts';
import { compareAddresses, compareMother, comparePhones, compareRelatives } from './compare-home.ts';
import { compareMedicaid, compareRecordNumbers, compareSsn } from './compare-ids.ts';
import { compareFamily, compareGiven, compareMiddle, compareSuffix } from './compare-names.ts';
import { guards, type Answer, type Levels } from './guards.ts';
import type { Patient } from './patient.ts';
import { everyId, householdCap, householdFields, thresholds, weights, type Field, type MatchPolicy, type Weight } from './weights.ts';

/** One field of the comparison. Holds no value of a patient: it may be stored and shown beside ids. */
export interface Line {
  readonly field: Field;
  readonly level: string;
  readonly bits: number;
}

/** How two records compare: the score is the sum of the lines, the answer what it comes to under the guards that apply. */
export interface Comparison {
  readonly answer: Answer;
  readonly score: number;
  readonly lines: readonly Line[];
  /** Ids of the guards that apply, whether or not they changed the answer. */
  readonly guards: readonly string[];
}

type Comparator = (one: Patient, other: Patient) => string | undefined;

const comparators: readonly (readonly [Field, Comparator, kind?: MatchPolicy['idKinds'][number]])[] = [
  ['family', compareFamily], ['given', compareGiven], ['middle', compareMiddle], ['suffix', compareSuffix],
  ['birthDate', compareBirthDate], ['sex', compareSex], ['birthOrder', compareBirthOrder],
  ['address', compareAddresses], ['phone', comparePhones], ['mother', compareMother], ['relative', compareRelatives],
  ['ssn', compareSsn, 'ssn'], ['medicaid', compareMedicaid, 'medicaid'], ['recordNumber', compareRecordNumbers, 'record'],
];

const weightOf = (field: Field, level: string): Weight => {
  const found = (weights[field] as Readonly<Record<string, Weight>>)[level];
  if (found === undefined) throw new Error(`No weight for ${field} ${level}`);
  return found;
};

/** Home, phone, mother and relatives beyond the cap are taken off in a line of their own, so that the lines still sum to the score. */
const capLine = (lines: readonly Line[]): Line[] => {
  const shared = lines.filter(({ field }) => householdFields.includes(field)).reduce((sum, { bits }) => sum + bits, 0);
  return shared > householdCap ? [{ field: 'household', level: 'more-than-a-home', bits: householdCap - shared }] : [];
};

const answerOf = (score: number): Answer => (score >= thresholds.match ? 'match' : score >= thresholds.possible ? 'possible' : 'none');
const order: readonly Answer[] = ['none', 'possible', 'match'];
const lower = (one: Answer, other: Answer): Answer => (order.indexOf(one) < order.indexOf(other) ? one : other);

/**
 * Compares two records of patients. Symmetric, pure, and without memory of either: the result names fields, levels and bits only.
 * @param policy which kinds of identifiers may be looked at
 */
export const comparePatients = (one: Patient, other: Patient, policy: MatchPolicy = everyId): Comparison => {
  const compared = comparators.flatMap(([field, compare, kind]): Line[] => {
    const level = kind === undefined || policy.idKinds.includes(kind) ? compare(one, other) : undefined;
    return level === undefined ? [] : [{ field, level, bits: weightOf(field, level).bits }];
  });
  const lines = [...compared, ...capLine(compared)];
  const levels: Levels = Object.fromEntries(compared.map(({ field, level }) => [field, level]));
  const score = lines.reduce((sum, { bits }) => sum + bits, 0);
  const held = guards.filter(({ applies }) => applies(levels));
  return { answer: held.map(({ atMost }): Answer => atMost).reduce(lower, answerOf(score)), score, lines, guards: held.map(({ id }) => id) };
};

/** A comparison in words, one line a field and one a guard: for reviewers, and for those who ask why. */
export const inWords = ({ answer, score, lines, guards: held }: Comparison): string[] => [
  ...lines.map(({ field, level, bits }) => `${bits >= 0 ? '+' : ''}${bits} ${field}: ${level} (${weightOf(field, level).why})`),
  ...guards.filter(({ id }) => held.includes(id)).map(({ id, atMost, why }) => `at most ${atMost}: ${id} (${why})`),
  `${score} bits: ${answer} (match from ${thresholds.match}, possible from ${thresholds.possible})`,
];
