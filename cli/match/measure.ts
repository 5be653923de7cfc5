import { comparePatients, type Comparison } from '../../functions/doses/domain/match/match-patients.ts';
import type { Answer } from '../../functions/doses/domain/match/guards.ts';
import type { Patient } from '../../functions/doses/domain/match/patient.ts';
import { labels, type Label, type Pair } from './read-pairs.ts';

export const answers = ['match', 'possible', 'none'] as const satisfies readonly Answer[];
/** Pairs by label and answer. */
export type Confusion = Readonly<Record<Label, Readonly<Record<Answer, number>>>>;

export interface Judged {
  readonly pair: Pair;
  readonly answer: Answer;
}
export interface Compared extends Judged {
  readonly comparison: Comparison;
}

export interface Measures {
  readonly pairs: number;
  /** Right links of all links, over the pairs labelled Match or Not a Match; null when nothing was linked. */
  readonly precision: number | null;
  readonly recall: number | null;
  /** Sent to people, of the pairs labelled Match or Not a Match. */
  readonly reviewShare: number | null;
  /** Linked without a person, of the pairs labelled Possible Match. */
  readonly possibleMerged: number | null;
  readonly confusion: Confusion;
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : Math.round((part / whole) * 1e6) / 1e6);

const countIn = (judged: readonly Judged[]): Confusion => {
  const count = (label: Label, answer: Answer): number => judged.filter((each) => each.pair.label === label && each.answer === answer).length;
  return Object.fromEntries(
    labels.map((label) => [label, Object.fromEntries(answers.map((answer) => [answer, count(label, answer)]))]),
  ) as unknown as Confusion;
};

const sum = (row: Readonly<Record<Answer, number>>): number => row.match + row.possible + row.none;

/** The figures of a set of pairs that were answered. */
export const measure = (judged: readonly Judged[]): Measures => {
  const confusion = countIn(judged);
  const { Match: same, 'Not a Match': other, 'Possible Match': open } = confusion;
  return {
    pairs: judged.length,
    precision: share(same.match, same.match + other.match),
    recall: share(same.match, sum(same)),
    reviewShare: share(same.possible + other.possible, sum(same) + sum(other)),
    possibleMerged: share(open.match, sum(open)),
    confusion,
  };
};

export const compareAll = (pairs: readonly Pair[]): Compared[] =>
  pairs.map((pair) => {
    const comparison = comparePatients(pair.a, pair.b);
    return { pair, comparison, answer: comparison.answer };
  });

const upper = (text: string | undefined): string => (text ?? '').toUpperCase();
const naiveParts = ({ names: [name], birthDate }: Patient): string[] => [upper(name?.family), upper(name?.given), birthDate ?? ''];

/** The baseline: last name, first name and birth date equal after upper-casing is a match, all else is none. */
export const judgeNaively = (pairs: readonly Pair[]): Judged[] =>
  pairs.map((pair) => {
    const [here, there] = [naiveParts(pair.a), naiveParts(pair.b)];
    const isEqual = here.every((part, at) => part !== '' && part === there[at]);
    return { pair, answer: isEqual ? 'match' : 'none' };
  });

export const setNames = ['all', 'unanimous', 'aira-c'] as const;
export type SetName = (typeof setNames)[number];

/** The sets that are reported: all; those on which every labeller agreed; those of them in the latest edition, AIRA-C. */
const sets: Readonly<Record<SetName, (pair: Pair) => boolean>> = {
  all: () => true,
  unanimous: ({ isUnanimous }) => isUnanimous === true,
  'aira-c': ({ isUnanimous, isAiraC }) => isUnanimous === true && isAiraC === true,
};
export const pairsOf = (set: SetName, pairs: readonly Pair[]): Pair[] => pairs.filter(sets[set]);
export const hasSet = (set: SetName, pairs: readonly Pair[]): boolean => set === 'all' || pairs.some(sets[set]);

/** What a pair's scenario is about, without its running number and the quality of its records: pairs of one kind are tuned or reported together. */
export const familyOf = (scenario: string): string => {
  const [first = '', second, third] = scenario.split(':');
  if (/^[SD]-\d+$/.test(first) && second !== undefined) return second;
  return /^PM-\d+$/.test(first) && second !== undefined
    ? `${second}:${third ?? ''}`
    : first.replace(/-\d+.*$/, (tail) => (first.startsWith('AART') ? tail : ''));
};

const halves = ['tuned', 'held-out'] as const;
export type Half = (typeof halves)[number];

/** Which half of the split by family of scenarios: a stable sum of the name's letters, so that no pair is moved by hand. */
export const halfOf = ({ scenario }: Pick<Pair, 'scenario'>): Half =>
  halves[[...familyOf(scenario)].reduce((total, letter) => (total * 31 + letter.charCodeAt(0)) % 65_521, 7) % 2] ?? 'tuned';

const wrongness: Readonly<Record<Label, Readonly<Record<Answer, number>>>> = {
  Match: { match: 0, possible: 1, none: 4 },
  'Possible Match': { match: 3, possible: 0, none: 2 },
  'Not a Match': { match: 9, possible: 1, none: 0 },
};
export const wrongnessOf = ({ pair, answer }: Judged): number => wrongness[pair.label][answer];
