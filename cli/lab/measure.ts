import { courseOf, dosesByTown } from './by-town.ts';
import type { GroupCourse } from './by-town.ts';
import type { ConnecticutData } from './connecticut-data.ts';
import { longestWaitOf, mean, quantile, round, sum, swingOf, wholeDoses } from './figures.ts';
import type { LabSite } from './generate-sites.ts';
import { priorityTowns } from './priority-towns.ts';
import type { Replay } from './replay-weeks.ts';
import { VACCINES } from './vaccines.ts';
import type { Doses, Vaccine } from './vaccines.ts';

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
    readonly given: number;
    readonly stockOuts: number;
    readonly worstWeek: string;
    readonly worstWeekDoses: number;
    readonly doseWeeksWaited: number;
    readonly overdueAtEnd: number;
    readonly pastLatestAtEnd: number;
    readonly beyondCapacity: number;
  };
  readonly unused: {
    readonly meanFirst: number;
    readonly firstBeforeMay: number;
    readonly firstAtEnd: number;
    readonly secondAtEnd: number;
    readonly keptByState: number;
  };
  readonly packs: {
    readonly underPack: readonly { readonly vaccine: Vaccine; readonly meanSites: number }[];
    readonly medianLongestWait: number;
    readonly longestWait: number;
    readonly largestDebtPacks: number;
    readonly writtenOffDoses: number;
  };
  /** Mean change from week to week over a site's mean week, by site in their order; and of the state's own supply. */
  readonly swing: {
    readonly bySite: readonly number[];
    readonly p10: number;
    readonly p50: number;
    readonly p90: number;
    readonly ofSupply: number;
  };
}

const awardedOf = (replay: Replay, doseNumber: 1 | 2): Doses => {
  const doses = { pfizer: 0, moderna: 0, janssen: 0 };
  for (const { pools } of replay.weeks)
    for (const pool of pools) if (pool.doseNumber === doseNumber) doses[pool.vaccine] += pool.awardedPacks * pool.packDoses;
  return doses;
};

const reservesOf = (replay: Replay): ReserveCount[] =>
  VACCINES.flatMap((vaccine) => {
    const weeks = replay.weeks
      .map(({ reserves }) => reserves.filter((row) => row.vaccine === vaccine))
      .filter((rows) => rows.length > 0);
    if (weeks.length === 0) return [];
    const gainedDoses = sum(weeks.flat().map((row) => row.gainedDoses));
    return [
      { vaccine, weeks: weeks.length, weeksBound: weeks.filter((rows) => rows.some(({ bound }) => bound)).length, gainedDoses },
    ];
  });

const secondDosesOf = ({ weeks }: Replay): Measures['secondDoses'] => {
  const worst = weeks.reduce<(typeof weeks)[number] | undefined>(
    (most, week) => (most === undefined || week.given.stockOut > most.given.stockOut ? week : most),
    undefined,
  );
  const last = weeks.at(-1)?.given;
  return {
    given: sum(weeks.map(({ given }) => given.second)),
    stockOuts: sum(weeks.map(({ given }) => given.stockOut)),
    worstWeek: worst?.week ?? '',
    worstWeekDoses: worst?.given.stockOut ?? 0,
    doseWeeksWaited: sum(weeks.map(({ given }) => given.overdue)),
    overdueAtEnd: last?.overdue ?? 0,
    pastLatestAtEnd: last?.pastLatest ?? 0,
    beyondCapacity: sum(weeks.map(({ given }) => given.beyondCapacity)),
  };
};

/** Sites whose fair share was under a pack, in the mean week; of two pack sizes in a week the usual one counts. */
const meanUnderPack = ({ weeks }: Replay, vaccine: Vaccine): number => {
  const usual = weeks.flatMap(({ pools }) => pools.find((pool) => pool.vaccine === vaccine && pool.doseNumber === 1) ?? []);
  return round(mean(usual.map(({ sitesUnderPack }) => sitesUnderPack)), 1);
};

/** The longest wait of each site, from the first week in which any site of its kind was sent doses. */
const waitsOf = (sites: readonly LabSite[], bySite: readonly (readonly number[])[]): number[] => {
  const firstWeek = (kind: LabSite['kind']): number =>
    Math.min(
      ...bySite
        .flatMap((weekly, at) => (sites[at]?.kind === kind ? weekly.findIndex((doses) => doses > 0) : []))
        .filter((at) => at >= 0),
    );
  const from = { clinic: firstWeek('clinic'), hub: firstWeek('hub') };
  return sites.map(({ kind }, at) => longestWaitOf((bySite[at] ?? []).slice(from[kind])));
};

const packsOf = (replay: Replay, waits: readonly number[]): Measures['packs'] => ({
  underPack: VACCINES.map((vaccine) => ({ vaccine, meanSites: meanUnderPack(replay, vaccine) })),
  medianLongestWait: quantile(waits, 0.5),
  longestWait: Math.max(0, ...waits),
  largestDebtPacks: round(Math.max(0, ...replay.weeks.map(({ largestDebtPacks }) => largestDebtPacks)), 3),
  writtenOffDoses: Math.round(sum(replay.weeks.map(({ writtenOffDoses }) => writtenOffDoses))),
});

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
    rival: { id: replay.rival.id, title: replay.rival.title },
    awardedFirst: awardedOf(replay, 1),
    awardedSecond: awardedOf(replay, 2),
    courses: [courseOf('stand-in', weekly, towns), courseOf('flagged-34', weekly, towns)],
    shareByPlace: round(sum(sites.map(({ town }, at) => (standIn.has(town) ? sum(bySite[at] ?? []) : 0))) / all, 4),
    towns: towns.map(({ name, population }) => ({
      town: name,
      firstDoses: whole.get(name) ?? 0,
      per100: round((100 * (totals.get(name) ?? 0)) / population, 2),
    })),
    reserves: reservesOf(replay),
    secondDoses: secondDosesOf(replay),
    unused: {
      meanFirst: Math.round(mean(replay.weeks.map(({ unusedFirst }) => unusedFirst))),
      firstBeforeMay: replay.weeks.findLast(({ week }) => week < MAY)?.unusedFirst ?? 0,
      firstAtEnd: last?.unusedFirst ?? 0,
      secondAtEnd: last?.unusedSecond ?? 0,
      keptByState: last?.keptDoses ?? 0,
    },
    packs: packsOf(replay, waitsOf(sites, bySite)),
    swing: {
      bySite: swings,
      p10: quantile(swings, 0.1),
      p50: quantile(swings, 0.5),
      p90: quantile(swings, 0.9),
      ofSupply: round(swingOf(weeks.map(({ state }) => sum(VACCINES.map((vaccine) => state[vaccine])))), 4),
    },
  };
};
