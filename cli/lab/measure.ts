import type { ConnecticutData, Town } from './connecticut-data.ts';
import { residents15 } from './connecticut-data.ts';
import type { LabSite } from './generate-sites.ts';
import { priorityTowns } from './priority-towns.ts';
import type { PriorityGroup } from './priority-towns.ts';
import type { Replay } from './replay-weeks.ts';
import { VACCINES } from './vaccines.ts';
import type { Doses, Vaccine } from './vaccines.ts';

/** First doses awarded per 100 residents, cumulative by week, in the towns of a group and in all others. */
export interface GroupCourse {
  readonly group: PriorityGroup;
  readonly inside: readonly number[];
  readonly outside: readonly number[];
}
export interface ReserveCount {
  readonly vaccine: Vaccine;
  readonly weeks: number;
  readonly weeksBound: number;
  readonly gainedDoses: number;
}
export interface Measures {
  readonly rival: { readonly id: string; readonly title: string };
  readonly awardedFirst: Doses;
  readonly awardedSecond: Doses;
  readonly courses: readonly GroupCourse[];
  /** Part of all first doses that went to clinics and hubs lying in the stand-in's towns, whoever lives there. */
  readonly shareByPlace: number;
  readonly towns: readonly { readonly town: string; readonly firstDoses: number; readonly per100: number }[];
  readonly reserves: readonly ReserveCount[];
  readonly secondDoses: {
    readonly given: number; readonly stockOuts: number; readonly worstWeek: string; readonly worstWeekDoses: number;
    readonly doseWeeksWaited: number; readonly overdueAtEnd: number; readonly pastLatestAtEnd: number; readonly beyondCapacity: number;
  };
  readonly unused: { readonly meanFirst: number; readonly firstBeforeMay: number; readonly firstAtEnd: number; readonly secondAtEnd: number; readonly keptByState: number };
  readonly packs: {
    readonly underPack: readonly { readonly vaccine: Vaccine; readonly meanSites: number }[];
    readonly medianLongestWait: number; readonly longestWait: number; readonly largestDebtPacks: number; readonly writtenOffDoses: number;
  };
  /** Mean change from week to week over a site's mean week, by site in their order; and of the state's own supply. */
  readonly swing: { readonly bySite: readonly number[]; readonly p10: number; readonly p50: number; readonly p90: number; readonly ofSupply: number };
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const mean = (values: readonly number[]): number => (values.length === 0 ? 0 : sum(values) / values.length);
const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;

/** The value that a part of the values lie below; values are sorted here. */
export const quantile = (values: readonly number[], part: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
};

/** Mean change from one week to the next, as a part of the mean week; weeks before the first delivery do not count. */
export const swingOf = (weekly: readonly number[]): number => {
  const from = weekly.findIndex((doses) => doses > 0);
  const served = from < 0 ? [] : weekly.slice(from);
  const changes = served.slice(1).map((doses, at) => Math.abs(doses - (served[at] ?? 0)));
  return served.length < 2 ? 0 : mean(changes) / mean(served);
};

/** The longest run of weeks without a dose, from the first week of the site's vaccines on. */
export const longestWaitOf = (weekly: readonly number[]): number => {
  let longest = 0;
  let run = 0;
  for (const doses of weekly) {
    run = doses === 0 ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
};

/** For each site which part of its doses goes to each town's residents: by residents of 15 and over whom it serves. */
const townParts = (sites: readonly LabSite[], towns: readonly Town[]): Map<string, number>[] => {
  const byName = new Map(towns.map((town) => [town.name, town]));
  return sites.map(({ serves }) => {
    const people = [...serves].map(([name, part]): [string, number] => { const town = byName.get(name); return [name, town === undefined ? 0 : part * residents15(town)]; });
    const all = sum(people.map(([, count]) => count));
    return new Map(people.map(([name, count]) => [name, count / all]));
  });
};

/** First doses awarded by week and town of residence. */
export const dosesByTown = (replay: Replay, sites: readonly LabSite[], towns: readonly Town[]): Map<string, number>[] => {
  const parts = townParts(sites, towns);
  return replay.weeks.map(({ firstBySite }) => {
    const doses = new Map(towns.map(({ name }) => [name, 0]));
    firstBySite.forEach((awarded, at) => parts[at]?.forEach((part, town) => doses.set(town, (doses.get(town) ?? 0) + awarded * part)));
    return doses;
  });
};

const courseOf = (group: PriorityGroup, weekly: readonly Map<string, number>[], towns: readonly Town[]): GroupCourse => {
  const favoured = priorityTowns(towns, group);
  const per100 = (isIn: boolean): number[] => {
    const names = towns.filter(({ name }) => favoured.has(name) === isIn);
    const people = sum(names.map(({ population }) => population));
    let doses = 0;
    return weekly.map((week) => {
      doses += sum(names.map(({ name }) => week.get(name) ?? 0));
      return round((100 * doses) / people, 3);
    });
  };
  return { group, inside: per100(true), outside: per100(false) };
};

/** Whole doses that add up to the whole: the largest rests are rounded up. */
export const wholeDoses = (exact: ReadonlyMap<string, number>): Map<string, number> => {
  const floors = [...exact].map(([name, doses]) => ({ name, whole: Math.floor(doses), rest: doses - Math.floor(doses) }));
  let left = Math.round(sum([...exact.values()])) - sum(floors.map(({ whole }) => whole));
  for (const row of [...floors].sort((a, b) => b.rest - a.rest || (a.name < b.name ? -1 : 1))) {
    if (left === 0) break;
    row.whole += 1;
    left -= 1;
  }
  return new Map(floors.map(({ name, whole }) => [name, whole]));
};

const awardedOf = (replay: Replay, doseNumber: 1 | 2): Doses => {
  const doses = { pfizer: 0, moderna: 0, janssen: 0 };
  for (const { pools } of replay.weeks) for (const pool of pools) if (pool.doseNumber === doseNumber) doses[pool.vaccine] += pool.awardedPacks * pool.packDoses;
  return doses;
};

const reservesOf = (replay: Replay): ReserveCount[] =>
  VACCINES.flatMap((vaccine) => {
    const weeks = replay.weeks.map(({ reserves }) => reserves.filter((row) => row.vaccine === vaccine)).filter((rows) => rows.length > 0);
    if (weeks.length === 0) return [];
    const gainedDoses = sum(weeks.flat().map((row) => row.gainedDoses));
    return [{ vaccine, weeks: weeks.length, weeksBound: weeks.filter((rows) => rows.some(({ bound }) => bound)).length, gainedDoses }];
  });

const secondDosesOf = ({ weeks }: Replay): Measures['secondDoses'] => {
  const worst = weeks.reduce<(typeof weeks)[number] | undefined>((most, week) => (most === undefined || week.given.stockOut > most.given.stockOut ? week : most), undefined);
  const last = weeks.at(-1)?.given;
  return {
    given: sum(weeks.map(({ given }) => given.second)), stockOuts: sum(weeks.map(({ given }) => given.stockOut)), worstWeek: worst?.week ?? '', worstWeekDoses: worst?.given.stockOut ?? 0,
    doseWeeksWaited: sum(weeks.map(({ given }) => given.overdue)), overdueAtEnd: last?.overdue ?? 0, pastLatestAtEnd: last?.pastLatest ?? 0, beyondCapacity: sum(weeks.map(({ given }) => given.beyondCapacity)),
  };
};

const packsOf = ({ weeks }: Replay, weekly: readonly (readonly number[])[]): Measures['packs'] => {
  const waits = weekly.map(longestWaitOf);
  return {
    underPack: VACCINES.map((vaccine) => ({ vaccine, meanSites: round(mean(weeks.flatMap(({ pools }) => pools.filter((pool) => pool.vaccine === vaccine && pool.doseNumber === 1 && pool.packDoses !== 140).map(({ sitesUnderPack }) => sitesUnderPack))), 1) })),
    medianLongestWait: quantile(waits, 0.5), longestWait: Math.max(0, ...waits),
    largestDebtPacks: round(Math.max(0, ...weeks.map(({ largestDebtPacks }) => largestDebtPacks)), 3), writtenOffDoses: Math.round(sum(weeks.map(({ writtenOffDoses }) => writtenOffDoses))),
  };
};

const MAY = '2021-05-01';

/** What a replay came to. */
export const measure = (replay: Replay, { towns, weeks }: ConnecticutData, sites: readonly LabSite[]): Measures => {
  const weekly = dosesByTown(replay, sites, towns);
  const bySite = sites.map((_, at) => replay.weeks.map(({ firstBySite }) => firstBySite[at] ?? 0));
  const swings = bySite.map((doses) => round(swingOf(doses), 4));
  const totals = new Map(towns.map(({ name }) => [name, sum(weekly.map((week) => week.get(name) ?? 0))]));
  const whole = wholeDoses(totals);
  const all = sum(bySite.flat());
  const standIn = priorityTowns(towns, 'stand-in');
  const last = replay.weeks.at(-1);
  return {
    rival: { id: replay.rival.id, title: replay.rival.title }, awardedFirst: awardedOf(replay, 1), awardedSecond: awardedOf(replay, 2),
    courses: [courseOf('stand-in', weekly, towns), courseOf('flagged-34', weekly, towns)],
    shareByPlace: round(sum(sites.map(({ town }, at) => (standIn.has(town) ? sum(bySite[at] ?? []) : 0))) / all, 4),
    towns: towns.map(({ name, population }) => ({ town: name, firstDoses: whole.get(name) ?? 0, per100: round((100 * (totals.get(name) ?? 0)) / population, 2) })),
    reserves: reservesOf(replay), secondDoses: secondDosesOf(replay),
    unused: {
      meanFirst: Math.round(mean(replay.weeks.map(({ unusedFirst }) => unusedFirst))), firstBeforeMay: replay.weeks.findLast(({ week }) => week < MAY)?.unusedFirst ?? 0,
      firstAtEnd: last?.unusedFirst ?? 0, secondAtEnd: last?.unusedSecond ?? 0, keptByState: last?.keptDoses ?? 0,
    },
    packs: packsOf(replay, bySite),
    swing: { bySite: swings, p10: quantile(swings, 0.1), p50: quantile(swings, 0.5), p90: quantile(swings, 0.9), ofSupply: round(swingOf(weeks.map(({ state }) => sum(VACCINES.map((vaccine) => state[vaccine])))), 4) },
  };
};
