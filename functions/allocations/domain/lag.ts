import { addDays, daysBetween } from '../../../shared/kernel/dates.ts';
import { least, minus, nearest, over, plus, ratio, rootUp, times } from './ratio.ts';
import type { Ratio } from './ratio.ts';

/**
 * Doses given, corrected for reports still to come: the chain ladder over weeks of delay, with Mack's error of it (1993). What a
 * week has so far is raised by the factors that earlier weeks grew by at the same age. Fractions are exact; figures are rounded
 * once, at the end. Delays are learned over many sites together, since one site's weeks are few; each is corrected by itself.
 */
export interface DoseReport {
  readonly givenOn: string;
  readonly reportedOn: string;
  readonly doses: number;
}

export interface LagRules {
  /** Reports later than this many weeks are not expected. */
  readonly delayWeeks: number;
  /** How many past weeks are learned from and corrected. */
  readonly historyWeeks: number;
}
export const LAG_RULES: LagRules = { delayWeeks: 6, historyWeeks: 20 };

/** How weeks grow from one age to the next: by what factor, how unevenly, and over how many doses that was seen. */
interface Step {
  readonly factor: Ratio;
  readonly spread: Ratio;
  readonly seen: bigint;
}
/** One step for each week of delay; undefined where too little has been seen to say. */
export interface DelayPattern {
  readonly steps: readonly (Step | undefined)[];
}

/** A week of a site: reported so far, and what it comes to. `known` is false where nothing can be said of it yet. */
export interface WeekEstimate {
  readonly week: string;
  readonly reportedDoses: number;
  readonly known: boolean;
  readonly givenDoses: number;
  /** Two standard errors below and above, never under what is reported. */
  readonly givenAtLeastDoses: number;
  readonly givenAtMostDoses: number;
  /** Of 1,000 doses given, those reported. */
  readonly completePermille: number;
}

const DAYS_A_WEEK = 7;
const PERMILLE = 1_000;
const STANDARD_ERRORS = 2n;
const ZERO = ratio(0n);
const ONE = ratio(1n);

/** Weeks before the current one: 0 for the week that ended the day before `weekStart`. */
const weeksAgo = (day: string, weekStart: string): number => Math.floor((daysBetween(day, weekStart) - 1) / DAYS_A_WEEK);

/** Doses reported by the end of each week of delay: one row a week given, the latest week first, as long as it is old. */
const triangle = (reports: readonly DoseReport[], weekStart: string, rules: LagRules): bigint[][] => {
  const rows = Array.from({ length: rules.historyWeeks }, (_, age) =>
    new Array<bigint>(Math.min(age, rules.delayWeeks) + 1).fill(0n),
  );
  for (const { givenOn, reportedOn, doses } of reports) {
    const [given, reported] = [weeksAgo(givenOn, weekStart), weeksAgo(reportedOn, weekStart)];
    const row = rows[given];
    if (!row || reported < 0) continue;
    const delay = Math.max(0, Math.min(given - reported, rules.delayWeeks));
    for (let at = delay; at < row.length; at += 1) row[at] = (row[at] ?? 0n) + BigInt(doses);
  }
  return rows;
};

/** How unevenly weeks grew, by Mack: the mean of doses x (own factor - factor)^2, one less than the weeks in the divisor. */
const spreadOf = (pairs: readonly (readonly [bigint, bigint])[], factor: Ratio): Ratio | undefined => {
  const grown = pairs.filter(([before]) => before > 0n);
  if (grown.length < 2) return undefined;
  const sum = grown.reduce((total, [before, after]) => {
    const gap = minus(ratio(after, before), factor);
    return plus(total, times(ratio(before), times(gap, gap)));
  }, ZERO);
  return over(sum, ratio(BigInt(grown.length - 1)));
};

/** Mack's rule for a step seen in one week only: no more uneven than the steps before it, and falling as they fall. */
const spreadBeyond = (before: Ratio | undefined, last: Ratio | undefined): Ratio | undefined => {
  if (!before || !last) return last ?? before;
  return before.num === 0n ? ZERO : least(over(times(last, last), before), before, last);
};

/** Learns how reports come in, from all reports that arrived before the week that begins on `weekStart`. */
export const learnDelays = (reports: readonly DoseReport[], weekStart: string, rules: LagRules = LAG_RULES): DelayPattern => {
  const rows = triangle(reports, weekStart, rules);
  const spreads: (Ratio | undefined)[] = [];
  const steps = Array.from({ length: rules.delayWeeks }, (_, age): Step | undefined => {
    const pairs = rows.filter((row) => row.length > age + 1).map((row) => [row[age] ?? 0n, row[age + 1] ?? 0n] as const);
    const [seen, after] = [0, 1].map((side) => pairs.reduce((sum, pair) => sum + (pair[side] ?? 0n), 0n));
    if (seen === undefined || after === undefined || seen === 0n) {
      spreads.push(undefined);
      return undefined;
    }
    const factor = ratio(after, seen);
    const spread = spreadOf(pairs, factor) ?? spreadBeyond(spreads[age - 2], spreads[age - 1]);
    spreads.push(spread);
    return spread && { factor, spread, seen };
  });
  return { steps };
};

/** What a week's doses so far come to, and the square of its standard error; undefined when that cannot be said. */
const project = (reported: bigint, age: number, { steps }: DelayPattern): { given: Ratio; errorSquare: Ratio } | undefined => {
  const ahead = steps.slice(age);
  if (ahead.length === 0) return { given: ratio(reported), errorSquare: ZERO };
  if (reported === 0n) return undefined;
  let given = ratio(reported);
  let relative = ZERO;
  for (const step of ahead) {
    if (!step) return undefined;
    const unevenness = over(step.spread, times(step.factor, step.factor));
    relative = plus(relative, times(unevenness, plus(over(ONE, given), ratio(1n, step.seen))));
    given = times(given, step.factor);
  }
  return { given, errorSquare: times(times(given, given), relative) };
};

/** A site's past weeks, the oldest first, each corrected for what is still to be reported. */
export const correctWeeks = (
  reports: readonly DoseReport[],
  pattern: DelayPattern,
  weekStart: string,
  rules: LagRules = LAG_RULES,
): WeekEstimate[] =>
  triangle(reports, weekStart, rules)
    .map((row, age): WeekEstimate => {
      const week = addDays(weekStart, -DAYS_A_WEEK * (age + 1));
      const reported = row.at(-1) ?? 0n;
      const reportedDoses = Number(reported);
      const projected = project(reported, age, pattern);
      if (!projected) {
        const nothing = { givenDoses: reportedDoses, givenAtLeastDoses: reportedDoses, givenAtMostDoses: reportedDoses };
        return { week, reportedDoses, known: false, ...nothing, completePermille: 0 };
      }
      const given = nearest(projected.given);
      const error = STANDARD_ERRORS * rootUp(projected.errorSquare);
      const below = given - error;
      return {
        week,
        reportedDoses,
        known: true,
        givenDoses: Number(given),
        givenAtLeastDoses: Number(below > reported ? below : reported),
        givenAtMostDoses: Number(given + error),
        completePermille: given === 0n ? PERMILLE : Number((reported * BigInt(PERMILLE)) / given),
      };
    })
    .reverse();
