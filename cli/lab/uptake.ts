import { addDays, daysBetween } from '../../shared/kernel/dates.ts';
import type { ConnecticutData, CoverageDay, Town } from './connecticut-data.ts';
import { residents15 } from './connecticut-data.ts';
import { flaggedTowns } from './priority-towns.ts';
import { VACCINES } from './vaccines.ts';

/**
 * The simplest model by which doses could lead to coverage: each town comes nearer to a ceiling as doses are made available
 * to its residents, covered = ceiling (1 - exp(-rate x doses per resident)). Ceiling and rate of each town are fitted by
 * least squares on the days of the fit window only; days outside it judge the model. Doses of all channels count from the
 * week after they were allocated; after the allocation file's last week they go on at the mean of its last four weeks.
 * No result of the model is printed unless it passes (`judge`).
 */
export const FIT_WINDOW = { from: '2021-04-28', to: '2021-06-30' } as const;
/** Days the model is judged on: the first before the window, the second half a year after it. */
export const JUDGED_DAYS = ['2021-04-21', '2021-12-08'] as const;
/** Points of coverage by which a group, or the gap between the groups, may be missed. */
export const TOLERANCE_POINTS = 1;

/** Doses made available per resident of each town up to a day. */
export type Available = (town: string, day: string) => number;

const DAYS_A_WEEK = 7;
const TAIL_WEEKS = 4;

/** Awarded doses of a replay by town and week, and the other channels by residents of 15 and over. */
export const availableUnder = ({ weeks, towns }: ConnecticutData, byTown: readonly ReadonlyMap<string, number>[]): Available => {
  const people = towns.reduce((sum, town) => sum + residents15(town), 0);
  const courses = new Map(
    towns.map((town) => {
      let doses = 0;
      return [
        town.name,
        weeks.map(({ pharmacy, fqhc }, at) => {
          const past = VACCINES.reduce((sum, vaccine) => sum + pharmacy[vaccine] + fqhc[vaccine], 0);
          doses += (byTown[at]?.get(town.name) ?? 0) + (past * residents15(town)) / people;
          return doses / town.population;
        }),
      ];
    }),
  );
  return (name, day) => {
    const course = courses.get(name) ?? [];
    const first = weeks[0]?.week ?? day;
    const at = daysBetween(addDays(first, DAYS_A_WEEK), day) / DAYS_A_WEEK;
    if (at < 0) return 0;
    const last = course.length - 1;
    if (at <= last) return course[Math.floor(at)] ?? 0;
    const end = course[last] ?? 0;
    return end + ((end - (course[last - TAIL_WEEKS] ?? 0)) / TAIL_WEEKS) * (at - last);
  };
};

export interface TownFit {
  readonly ceiling: number;
  readonly rate: number;
}
export type Fit = ReadonlyMap<string, TownFit>;

const LARGEST_RATE = 12;
const RATE_STEPS = 240;

/** For a rate the best ceiling, a part of residents, is a ratio of sums; the best rate is looked for on a fixed grid. */
const fitTown = (points: readonly { doses: number; covered: number }[]): TownFit => {
  let best = { ceiling: 0, rate: 0, error: Number.POSITIVE_INFINITY };
  for (let step = 1; step <= RATE_STEPS; step += 1) {
    const rate = (LARGEST_RATE * step) / RATE_STEPS;
    const shapes = points.map(({ doses }) => 1 - Math.exp(-rate * doses));
    const squares = shapes.reduce((sum, shape) => sum + shape * shape, 0);
    const ceiling =
      squares === 0 ? 0 : Math.min(1, shapes.reduce((sum, shape, at) => sum + shape * (points[at]?.covered ?? 0), 0) / squares);
    const error = shapes.reduce((sum, shape, at) => sum + (ceiling * shape - (points[at]?.covered ?? 0)) ** 2, 0);
    if (error < best.error) best = { ceiling, rate, error };
  }
  return { ceiling: best.ceiling, rate: best.rate };
};

/** Fits every town on the days of the window. */
export const fitUptake = (towns: readonly Town[], coverage: readonly CoverageDay[], available: Available): Fit => {
  const days = coverage.filter(({ day }) => day >= FIT_WINDOW.from && day <= FIT_WINDOW.to);
  return new Map(
    towns.map(({ name, population }) => [
      name,
      fitTown(
        days.map(({ day, initiated }) => ({ doses: available(name, day), covered: (initiated.get(name) ?? 0) / population })),
      ),
    ]),
  );
};

export interface GroupCoverage {
  readonly flagged: number;
  readonly rest: number;
  /** Points by which the flagged towns are behind. */
  readonly gap: number;
}

const groupCoverage = (towns: readonly Town[], coveredIn: (town: Town) => number): GroupCoverage => {
  const chosen = flaggedTowns(towns);
  const percent = (isIn: boolean): number => {
    const group = towns.filter(({ name }) => chosen.has(name) === isIn);
    return (
      (100 * group.reduce((sum, town) => sum + coveredIn(town), 0)) / group.reduce((sum, { population }) => sum + population, 0)
    );
  };
  const [flagged, rest] = [percent(true), percent(false)];
  return { flagged, rest, gap: rest - flagged };
};

/** People with a first dose in percent of residents, as the state counted them. */
export const observedOn = (towns: readonly Town[], coverage: readonly CoverageDay[], day: string): GroupCoverage => {
  const found = coverage.find((item) => item.day === day);
  return groupCoverage(towns, ({ name }) => found?.initiated.get(name) ?? 0);
};

/** The same, as the model says. */
export const predictedOn = (towns: readonly Town[], fit: Fit, available: Available, day: string): GroupCoverage =>
  groupCoverage(towns, ({ name, population }) => {
    const { ceiling, rate } = fit.get(name) ?? { ceiling: 0, rate: 0 };
    return population * ceiling * (1 - Math.exp(-rate * available(name, day)));
  });

export interface JudgedDay {
  readonly day: string;
  readonly held: 'fitted' | 'held out';
  readonly observed: GroupCoverage;
  readonly predicted: GroupCoverage;
  /** The largest miss of the two groups and of the gap, in points. */
  readonly missPoints: number;
}
/** Coverage of a rival less that under the published policy, in points: only there when the model passes. */
export interface Effect {
  readonly rival: string;
  readonly day: string;
  readonly flaggedPoints: number;
  readonly restPoints: number;
}
export interface Uptake {
  /** Doses made available per 100 residents on the first judged day: the gap if every dose had been given. */
  readonly supplyOnly: GroupCoverage;
  readonly days: readonly JudgedDay[];
  readonly tolerancePoints: number;
  /** Towns whose fitted ceiling is all their residents: the window tells nothing of where they level off. */
  readonly townsWithoutCeiling: number;
  readonly claims: boolean;
  readonly effects: readonly Effect[];
}

const miss = (observed: GroupCoverage, predicted: GroupCoverage): number =>
  Math.max(
    Math.abs(observed.flagged - predicted.flagged),
    Math.abs(observed.rest - predicted.rest),
    Math.abs(observed.gap - predicted.gap),
  );

/**
 * Fits the model under the published policy and judges it on days it has not seen. Only if it misses none of them by more
 * than the tolerance are the rivals' effects worked out.
 */
export const judgeUptake = (
  data: ConnecticutData,
  published: Available,
  rivals: readonly { id: string; available: Available }[],
): Uptake => {
  const { towns, coverage } = data;
  const fit = fitUptake(towns, coverage, published);
  const days = [JUDGED_DAYS[0], FIT_WINDOW.from, FIT_WINDOW.to, JUDGED_DAYS[1]].map((day): JudgedDay => {
    const [observed, predicted] = [observedOn(towns, coverage, day), predictedOn(towns, fit, published, day)];
    return {
      day,
      held: day >= FIT_WINDOW.from && day <= FIT_WINDOW.to ? 'fitted' : 'held out',
      observed,
      predicted,
      missPoints: miss(observed, predicted),
    };
  });
  const claims = days.every(({ missPoints }) => missPoints <= TOLERANCE_POINTS);
  const effects = !claims
    ? []
    : rivals.flatMap(({ id, available }) => {
        const [day] = JUDGED_DAYS;
        const [under, base] = [predictedOn(towns, fit, available, day), predictedOn(towns, fit, published, day)];
        return [{ rival: id, day, flaggedPoints: under.flagged - base.flagged, restPoints: under.rest - base.rest }];
      });
  const supplyOnly = groupCoverage(towns, ({ name, population }) => population * published(name, JUDGED_DAYS[0]));
  return {
    supplyOnly,
    days,
    tolerancePoints: TOLERANCE_POINTS,
    townsWithoutCeiling: [...fit.values()].filter(({ ceiling }) => ceiling >= 1).length,
    claims,
    effects,
  };
};
