import type { CounterDelta, PracticeDimension } from './coverage.ts';

/**
 * Which practices reported of a week: for each site the COVID-19 doses given in the week that it reported itself, by whether the report
 * came in the same week. One item a site and week, whichever worker counts.
 */
const prefix = 'practice:';
export const dimensionOfPractice = (siteId: string): PracticeDimension => `${prefix}${siteId}`;
export const practiceOfDimension = (dimension: string): string | undefined =>
  dimension.startsWith(prefix) ? dimension.slice(prefix.length) : undefined;

const inWeek = 'in-week';
const later = 'later';

/** What a dose adds: `week` is the Monday of the week it was given in, `delayWeeks` how many weeks later its report came. */
export const practiceCounter = (siteId: string, week: string, delayWeeks: number): CounterDelta =>
  ({ day: week, dimension: dimensionOfPractice(siteId), measure: 'reported', value: delayWeeks === 0 ? inWeek : later, delta: 1 });

/** Doses given in a week at one site or at several, and those of them reported in that week. */
export interface PracticeDoses {
  readonly dosesGiven: number;
  readonly reportedInWeek: number;
}
export const noDoses: PracticeDoses = { dosesGiven: 0, reportedInWeek: 0 };

/** A count below 0 is one that a recount has to set right; nobody gave fewer doses than none. */
export const dosesOfCounts = (counts: Iterable<Pick<CounterDelta, 'measure' | 'value' | 'delta'>>): PracticeDoses => {
  const sums = { [inWeek]: 0, [later]: 0 };
  for (const { measure, value, delta } of counts) if (measure === 'reported' && (value === inWeek || value === later)) sums[value] += delta;
  const [reportedInWeek, reportedLater] = [Math.max(0, sums[inWeek]), Math.max(0, sums[later])];
  return { dosesGiven: reportedInWeek + reportedLater, reportedInWeek };
};

export const practiceStates = ['in-time', 'late', 'silent'] as const;
export type PracticeState = (typeof practiceStates)[number];

export const practiceRule =
  'in-time: at least half of the COVID-19 doses that the practice gave in the week, Monday to Sunday, were reported in that week; late: it reported doses of the week, most of them ' +
  'after it; silent: it reported no dose of the week. Practices are the sites that are active now and had applied by the end of the week, or reported of it. A dose counts for the site that reported it itself, once.';

export const practiceStateOf = ({ dosesGiven, reportedInWeek }: PracticeDoses): PracticeState =>
  dosesGiven <= 0 ? 'silent' : 2 * reportedInWeek >= dosesGiven ? 'in-time' : 'late';

/** True when a report of the days up to `lastDay` could be expected of a site: it had applied by then, or did report. */
export const isExpected = (appliedOn: string, lastDay: string, { dosesGiven }: PracticeDoses): boolean => appliedOn <= lastDay || dosesGiven > 0;

const percentOf = (part: number, whole: number): number | undefined => (whole === 0 ? undefined : Math.round((part / whole) * 1_000) / 10);

/** The practices of a week, counted: `reporting` are those in time and those that were late. */
export const weekCounts = (practices: readonly PracticeDoses[]) => {
  const inState = (state: PracticeState): number => practices.filter((one) => practiceStateOf(one) === state).length;
  const sumOf = (what: keyof PracticeDoses): number => practices.reduce((sum, one) => sum + one[what], 0);
  const [inTime, late, silent] = [inState('in-time'), inState('late'), inState('silent')];
  const [enrolled, reporting, dosesGiven, reportedInWeek] = [practices.length, inTime + late, sumOf('dosesGiven'), sumOf('reportedInWeek')];
  return {
    enrolled,
    reporting,
    inTime,
    late,
    silent,
    dosesGiven,
    reportedInWeek,
    reportingPercent: percentOf(reporting, enrolled),
    inTimePercent: percentOf(inTime, enrolled),
    reportedInWeekPercent: percentOf(reportedInWeek, dosesGiven),
  };
};
