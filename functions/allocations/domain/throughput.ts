import { floorDiv, mulDiv } from './quantity.ts';
import type { Share } from './quantity.ts';
import type { WeekEstimate } from './lag.ts';

/** What the engine takes for a site's doses given a week, where that comes from, and what was not believed. */
export interface Throughput {
  readonly doses: number;
  readonly source: 'records' | 'attested' | 'declared' | 'nothing-known';
  readonly weeks: readonly string[];
  /** Attested weeks that records did not bear out in time: they no longer count, nor does any other attestation of the site. */
  readonly reversed: readonly { readonly week: string; readonly attestedDoses: number; readonly recordedAtMostDoses: number }[];
}

export interface ThroughputRules {
  /** The latest so many weeks with a figure are averaged. */
  readonly weeks: number;
  /** A week counts when at least so many of 1,000 doses given are thought to be reported. */
  readonly completePermille: number;
  /** The most a site without any history is taken to give, whatever it declares. */
  readonly declaredCapDoses: number;
  /** A silent site may attest its counts for so many weeks; later ones count once records have taken the place of earlier. */
  readonly attestWeeks: number;
  /** Records must follow within so many weeks (no fewer than reports may take), for at least this share of what was attested. */
  readonly followWeeks: number;
  readonly followShare: Share;
}
export const THROUGHPUT_RULES: ThroughputRules = {
  weeks: 4,
  completePermille: 500,
  declaredCapDoses: 300,
  attestWeeks: 3,
  followWeeks: 6,
  followShare: { num: 4, den: 5 },
};

export interface ThroughputFacts {
  /** The site's weeks, oldest first, from `correctWeeks`. */
  readonly estimates: readonly WeekEstimate[];
  readonly declaredDoses?: number;
  readonly attested?: readonly { readonly week: string; readonly doses: number }[];
}

/** Weeks known well enough to be judged or averaged. A late week is not a bad week: it is left out, whatever it shows so far. */
export const judgedWeeks = (estimates: readonly WeekEstimate[], completePermille: number): WeekEstimate[] =>
  estimates.filter((week) => week.known && week.completePermille >= completePermille);

/** The `use` rows of a site's line for the rule use-it-or-lose-it: judged weeks beside what the site had at hand in them. */
export const judgedUse = (
  estimates: readonly WeekEstimate[],
  availableDoses: ReadonlyMap<string, number>,
  completePermille: number = THROUGHPUT_RULES.completePermille,
): { week: string; availableDoses: number; givenDoses: number; givenAtMostDoses: number }[] =>
  judgedWeeks(estimates, completePermille).flatMap(({ week, givenDoses, givenAtMostDoses }) => {
    const available = availableDoses.get(week);
    return available === undefined ? [] : [{ week, availableDoses: available, givenDoses, givenAtMostDoses }];
  });

/** Attested weeks that are due to be borne out and are not: even the most the records may come to is under the share. */
const reversedOf = ({ estimates, attested = [] }: ThroughputFacts, { followWeeks, followShare }: ThroughputRules) =>
  attested.flatMap(({ week, doses }) => {
    const place = estimates.findIndex((item) => item.week === week);
    const record = estimates[place];
    const ageWeeks = estimates.length - 1 - place;
    if (!record || ageWeeks < followWeeks || record.givenAtMostDoses >= mulDiv(doses, followShare.num, followShare.den))
      return [];
    return [{ week, attestedDoses: doses, recordedAtMostDoses: record.givenAtMostDoses }];
  });

const average = (rows: readonly { week: string; doses: number }[]) => ({
  doses: floorDiv(
    rows.reduce((sum, row) => sum + row.doses, 0),
    Math.max(1, rows.length),
  ),
  weeks: rows.map((row) => row.week),
});

/**
 * Doses a week for the engine: the mean of the latest weeks with a figure, records before attestations; a capped declaration only
 * where there is neither. A site that attested what its records do not bear out is held to its records.
 */
export const throughputOf = (facts: ThroughputFacts, rules: ThroughputRules = THROUGHPUT_RULES): Throughput => {
  const reversed = reversedOf(facts, rules);
  const reported = judgedWeeks(facts.estimates, rules.completePermille).filter((week) => week.reportedDoses > 0);
  const recorded = new Map(reported.map((week) => [week.week, week.givenDoses]));
  const known = new Set(facts.estimates.map((week) => week.week));
  const open = (facts.attested ?? []).filter(({ week }) => known.has(week) && !recorded.has(week));
  const latest = reversed.length > 0 ? [] : open.toSorted((a, b) => (a.week < b.week ? -1 : 1)).slice(0, rules.attestWeeks);
  const rows = [
    ...[...recorded].map(([week, doses]) => ({ week, doses, attested: false })),
    ...latest.map((row) => ({ ...row, attested: true })),
  ];
  const used = rows.sort((a, b) => (a.week < b.week ? -1 : 1)).slice(-rules.weeks);
  if (used.length > 0) return { ...average(used), source: used.some((row) => row.attested) ? 'attested' : 'records', reversed };
  const declared = facts.declaredDoses;
  if (declared === undefined || reversed.length > 0) return { doses: 0, source: 'nothing-known', weeks: [], reversed };
  return { doses: Math.min(declared, rules.declaredCapDoses), source: 'declared', weeks: [], reversed };
};

const SOURCE_WORDS: Readonly<Record<Throughput['source'], string>> = {
  records: 'from its records, doses not reported yet counted in',
  attested: 'from its records and from counts it attested, until records follow',
  declared: 'as it declared, no more than a new site is taken to give',
  'nothing-known': 'nothing is known of what it gives',
};

/** The figure in words, as the site sees it before it accepts or disputes it. */
export const throughputInWords = ({ doses, source, weeks, reversed }: Throughput): string[] => [
  `${doses} doses a week, ${SOURCE_WORDS[source]}${weeks.length > 0 ? ` (weeks of ${weeks.join(', ')})` : ''}`,
  ...reversed.map(
    ({ week, attestedDoses, recordedAtMostDoses }) =>
      `${attestedDoses} doses attested for the week of ${week} are taken back: records come to ${recordedAtMostDoses} at most`,
  ),
];
