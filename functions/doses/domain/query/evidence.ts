import type { PatientFacts } from '../../../../shared/published/person.ts';
import { guards } from '../match/guards.ts';
import { comparePatients } from '../match/match-patients.ts';
import type { Patient } from '../match/patient.ts';
import type { MatchPolicy } from '../match/weights.ts';
import { folded } from '../match-keys.ts';
import type { PatientId } from '../vxu/types.ts';
import type { Wanted } from './query-types.ts';

/** How well a person fits what was asked. `other`: somebody else, of whom nothing may be told. */
export type Verdict = 'certain' | 'possible' | 'other';

/** One record of a candidate, with what makes an identifier weigh more. */
export interface Known extends Pick<
  PatientFacts,
  'ids' | 'names' | 'birthDate' | 'sex' | 'mothersMaidenName' | 'addresses' | 'phones' | 'birthOrder'
> {
  /** The asker's organization told this record itself. */
  readonly isOwn: boolean;
}

type Agreement = boolean | undefined;

/** What both sides said is compared; what one of them left out is no evidence either way (undefined). */
const both = <T>(asked: T | undefined, known: T | undefined, agrees: (asked: T, known: T) => boolean): Agreement =>
  asked === undefined || known === undefined ? undefined : agrees(asked, known);
const same = <T>(asked: T, known: T): boolean => asked === known;
const sameName = (asked: string, known: string): boolean => folded(asked) === folded(known);
const digits = (text: string): string => text.replace(/\D/g, '').slice(-10);

const idKey = ({ id, authority, type }: PatientId): string => JSON.stringify([authority, type, id].map((part) => part.toUpperCase()));

interface Comparison {
  readonly family: Agreement;
  readonly given: Agreement;
  readonly birth: Agreement;
  readonly sex: Agreement;
  readonly birthOrder: Agreement;
  /** The asker says that the child is one of several. */
  readonly ofSeveral: boolean;
  /** An identifier that was asked for is this record's. */
  readonly id: boolean;
  /** Middle name, mother's maiden name, phone, address: what both sides said of them. */
  readonly more: readonly boolean[];
}

const compare = (wanted: Wanted, known: Known): Comparison => {
  const knownIds = new Set(known.ids.map(idKey));
  const [legal] = known.names;
  const initial = (text: string): string => folded(text).slice(0, 1);
  const address = known.addresses?.[0];
  const more: Agreement[] = [
    both(wanted.name?.middle, legal?.middle, (asked, held) => initial(asked) === initial(held)),
    both(wanted.mothersMaidenName, known.mothersMaidenName?.family, sameName),
    both(wanted.phone, known.phones?.find(({ number }) => number !== undefined)?.number, (asked, held) => digits(asked) === digits(held)),
    both(wanted.address?.zip, address?.zip, (asked, held) => asked.slice(0, 5) === held.slice(0, 5)),
  ];
  return {
    family: both(wanted.name?.family, legal?.family, sameName),
    given: both(wanted.name?.given, legal?.given, sameName),
    birth: both(wanted.birthDate, known.birthDate, same),
    sex: both(wanted.sex, known.sex === 'U' ? undefined : known.sex, same),
    birthOrder: both(wanted.birthOrder, known.birthOrder, same),
    ofSeveral: wanted.multipleBirth === true,
    id: wanted.ids.some((id) => knownIds.has(idKey(id))),
    more: more.filter((agrees) => agrees !== undefined),
  };
};

/** HL7-87: a child of several, and another first name: the other twin, whose name may be much like it. */
const isOtherOfSeveral = ({ ofSeveral, given, birth, birthOrder, id }: Comparison): boolean =>
  ofSeveral && given === false && birth !== false && birthOrder !== true && !id;

interface Rule {
  readonly why: string;
  readonly verdict: Verdict;
  readonly holds: (comparison: Comparison, known: Known) => boolean;
}

const isExact = ({ family, given, birth, sex }: Comparison): boolean => family === true && given === true && birth === true && sex !== false;
const nothingElseAsked = ({ family, birth }: Comparison): boolean => family === undefined && birth === undefined;

/**
 * Numbers are short and can be tried one after the other: a number that another sender gave opens nothing by itself, not even a list. Who asks by it
 * knows the birth date with one of the names, or both names, besides.
 */
const isStrangersNumberAlone = ({ id, birth, given, family }: Comparison, { isOwn }: Known): boolean =>
  id && !isOwn && !(birth === true && (given === true || family === true)) && !(given === true && family === true);

/** What is evidence of one person, rule by rule; the first that holds decides (docs/adr, docs/hl7-rules.md: HL7-90, HL7-100). */
export const evidenceRules: readonly Rule[] = [
  { why: 'another child of the same birth', verdict: 'other', holds: ({ birthOrder }) => birthOrder === false },
  { why: 'birth date and first name are another’s', verdict: 'other', holds: ({ birth, given }) => birth === false && given === false },
  { why: 'birth date and last name are another’s', verdict: 'other', holds: ({ birth, family, id }) => birth === false && family === false && !id },
  { why: 'the asker’s own number and nothing else', verdict: 'certain', holds: (found, { isOwn }) => found.id && isOwn && nothingElseAsked(found) },
  {
    why: 'the asker’s own number, birth date and one name',
    verdict: 'certain',
    holds: ({ id, birth, given, family, sex }, { isOwn }) => id && isOwn && birth === true && (given === true || family === true) && sex !== false,
  },
  { why: 'a number of any sender, and everything else agrees', verdict: 'certain', holds: (found) => found.id && isExact(found) },
  {
    why: 'name, birth date and sex, and something more or nothing more to compare',
    verdict: 'certain',
    holds: (found) => isExact(found) && (found.more.length === 0 || found.more.some(Boolean)),
  },
  { why: 'name, birth date and sex, but nothing else agrees', verdict: 'possible', holds: isExact },
  { why: 'a number, with birth date or first name', verdict: 'possible', holds: ({ id, birth, given }) => id && (birth !== false || given === true) },
  {
    why: 'birth date and one of the names',
    verdict: 'possible',
    holds: ({ birth, given, family }) => birth === true && (given === true || family === true),
  },
];

/** Whom a query describes, in the words of the matcher. */
export const patientOf = ({ name, address, phone, mothersMaidenName, ...wanted }: Wanted): Patient => ({
  ...wanted,
  names: name === undefined ? [] : [name],
  ...(address === undefined ? {} : { addresses: [address] }),
  ...(phone === undefined ? {} : { phones: [{ number: phone }] }),
  ...(mothersMaidenName === undefined ? {} : { mothersMaidenName: { family: mothersMaidenName } }),
});

/**
 * Guards that contradict nothing. Spelling is judged by the rules themselves. That a name or birth date was not said matters only where no number
 * stands for it; a name that stands for no name (baby, patient) is not said either.
 */
const contradictsNothing = (guardId: string, hasNumber: boolean): boolean =>
  guardId === 'not-written-alike' || (guardId === 'one-is-missing' && hasNumber);

/**
 * How one record fits. Certain is what the matcher calls a match, so that a query finds whom a report would be linked to, and what a rule below
 * calls certain while no guard of the matcher contradicts. Somebody whom a guard excludes (a brother, a twin, a namesake) is not even listed.
 */
export const judgeRecord = (wanted: Wanted, known: Known, policy: MatchPolicy): { verdict: Verdict; why: string; score: number } => {
  const { answer, score, guards: held } = comparePatients(patientOf(wanted), known, policy);
  const byRule = ruleFor(wanted, known);
  const comparison = compare(wanted, known);
  const contradicting = guards.filter(({ id }) => held.includes(id) && !contradictsNothing(id, comparison.id));
  if (isStrangersNumberAlone(comparison, known)) return { verdict: 'other', why: 'another sender’s number, and too little besides', score };
  if (isOtherOfSeveral(comparison)) return { verdict: 'other', why: 'one of several children, and another first name', score };
  if (contradicting.some(({ atMost }) => atMost === 'none') && !nothingElseAsked(comparison))
    return { verdict: 'other', why: contradicting[0]?.why ?? '', score };
  if (answer === 'match') return { verdict: 'certain', why: 'the matcher calls it a match', score };
  if (byRule.verdict === 'certain' && contradicting.length === 0) return { ...byRule, score };
  if (byRule.verdict === 'other' && answer === 'none') return { ...byRule, score };
  return { verdict: 'possible', why: contradicting[0]?.why ?? byRule.why, score };
};

/** The rule that holds. */
const ruleFor = (wanted: Wanted, known: Known): { verdict: Verdict; why: string } => {
  const comparison = compare(wanted, known);
  const rule = evidenceRules.find(({ holds }) => holds(comparison, known));
  return rule === undefined ? { verdict: 'other', why: 'too little agrees' } : { verdict: rule.verdict, why: rule.why };
};

const rank: Readonly<Record<Verdict, number>> = { certain: 2, possible: 1, other: 0 };

/** How a person fits, by the record that fits best; and whether an identifier that was asked for is its own. */
export const judgePerson = <R extends Known>(
  wanted: Wanted,
  records: readonly R[],
  policy: MatchPolicy,
): { verdict: Verdict; record: R | undefined; holdsId: boolean } => {
  const [best] = records
    .map((record) => ({ record, ...judgeRecord(wanted, record, policy) }))
    .filter(({ verdict }) => verdict !== 'other')
    .toSorted((a, b) => rank[b.verdict] - rank[a.verdict] || b.score - a.score);
  return { verdict: best?.verdict ?? 'other', record: best?.record, holdsId: records.some((record) => compare(wanted, record).id) };
};
