import type { PairFacts } from './pair-facts.ts';
import { scoreOf, thresholds } from './score-pair.ts';
import { windowDays } from './windows.ts';

/** `once`: one of the two is counted and moves stock. `both`: each left a vial until somebody says otherwise. */
export type Counts = 'once' | 'both';
export type PairVerdict = { readonly outcome: 'different' } | {
  readonly outcome: 'same' | 'unsure';
  readonly counts: Counts;
  readonly rule: string;
  readonly score?: number;
  readonly reasons: readonly string[];
};

type Row = readonly [rule: string, outcome: 'same' | 'unsure' | 'different', counts: Counts, applies: (pair: PairFacts) => boolean];

const fits = ({ vaccine, lot }: PairFacts): boolean => vaccine !== 'other' && lot !== 'different';
const isGivenThatDay = ({ told, days }: PairFacts): boolean => told === 'none' && days === 0;

/** Something that two doses differ in and two entries of one do not: what was in the vial, which dose it was, or both place and way. */
const isToldApart = (pair: PairFacts): boolean =>
  !fits(pair) ||
  pair.number === 'different' ||
  (pair.product === 'different' && pair.lot !== 'same') ||
  (pair.bodySite === 'different' && pair.route === 'different');
/** Place or way alone: an arm typed wrong, or a second injection. */
const isElsewhereOnBody = ({ bodySite, route }: PairFacts): boolean => bodySite === 'different' || route === 'different';

/** What is certain without weighing, in order; the first row that applies decides. What passes all of them is weighed. */
const rows: readonly Row[] = [
  ['other-vaccine', 'different', 'both', (pair) => pair.groups.length === 0],
  ['same-id', 'same', 'once', (pair) => pair.hasOneId && pair.days === 0 && pair.vaccine !== 'other'],
  ['too-far-apart', 'different', 'both', (pair) => pair.days > windowDays(pair)],
  // Who gave two doses tells them apart in one message; somebody may look, nothing is taken away. Another id alone tells nothing apart.
  ['told-apart', 'unsure', 'both', (pair) => pair.told === 'none' && pair.isOneMessage && (pair.days > 0 || isToldApart(pair))],
  ['perhaps-repeated', 'unsure', 'once', (pair) => isGivenThatDay(pair) && pair.isOneMessage && isElsewhereOnBody(pair)],
  ['repeated', 'same', 'once', (pair) => isGivenThatDay(pair) && pair.isOneMessage],
  ['told-and-given', 'same', 'once', (pair) => pair.told === 'one' && pair.days <= 1 && fits(pair)],
  ['told-twice', 'same', 'once', (pair) => pair.told === 'both' && pair.days <= 1 && fits(pair)],
  ['given-twice-by-one-sender', 'same', 'once', (pair) => isGivenThatDay(pair) && fits(pair) && pair.organization === 'same'],
  // A mass clinic and the patient's own EHR.
  ['given-by-two-senders', 'unsure', 'once', (pair) => isGivenThatDay(pair) && fits(pair)],
  ['two-on-one-day', 'unsure', 'both', isGivenThatDay],
];
/** The order of strength: what was decided by a person, the exact keys, the rules, the scores. */
export const decidedRule = 'decided';
export const ruleStrength = (rule: string): number =>
  rule === decidedRule ? -1 : rule === 'scored' ? rows.length : rows.findIndex(([id]) => id === rule);

/** Beyond a week a score alone makes nothing the same. */
const longestCertainDays = 7;

const reasonsOf = ({ days, vaccine, lot, product, told, organization, bodySite, route, number }: PairFacts): string[] => [
  days === 0 ? 'same-day' : `${days}-days-apart`, `vaccine-${vaccine}`, `lot-${lot}`, ...(product === 'absent' ? [] : [`product-${product}`]),
  `${told}-told`, `organization-${organization}`,
  ...Object.entries({ 'body-site': bodySite, route, number }).flatMap(([what, likeness]) => (likeness === 'different' ? [`${what}-different`] : [])),
];

/** Two reports by who gave them, on different days, are never one dose without a person's word: each may have left a vial. */
const weighed = (pair: PairFacts): PairVerdict => {
  const score = scoreOf(pair);
  if (score < thresholds.different) return { outcome: 'different' };
  const counts: Counts = pair.told === 'none' ? 'both' : 'once';
  const isCertain = score >= thresholds.same && counts === 'once' && pair.vaccine !== 'other' && pair.days <= longestCertainDays;
  return { outcome: isCertain ? 'same' : 'unsure', counts, rule: 'scored', score, reasons: reasonsOf(pair) };
};

/** Whether two reports of one person tell one dose: exact keys first, then rules, then weights (matching.md, section 4). */
export const judgePair = (pair: PairFacts): PairVerdict => {
  const row = rows.find(([, , , applies]) => applies(pair));
  if (row === undefined) return weighed(pair);
  const [rule, outcome, counts] = row;
  return outcome === 'different' ? { outcome } : { outcome, counts, rule, reasons: reasonsOf(pair) };
};
