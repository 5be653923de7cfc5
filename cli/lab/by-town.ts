import { residents15 } from './connecticut-data.ts';
import type { Town } from './connecticut-data.ts';
import { round, sum } from './figures.ts';
import type { LabSite } from './generate-sites.ts';
import { priorityTowns } from './priority-towns.ts';
import type { PriorityGroup } from './priority-towns.ts';
import type { Replay } from './replay-weeks.ts';

/** First doses awarded per 100 residents, cumulative by week, in the towns of a group and in all others. */
export interface GroupCourse {
  readonly group: PriorityGroup;
  readonly inside: readonly number[];
  readonly outside: readonly number[];
}

/** For each site which part of its doses goes to each town's residents: by residents of 15 and over whom it serves. */
const townParts = (sites: readonly LabSite[], towns: readonly Town[]): Map<string, number>[] => {
  const byName = new Map(towns.map((town) => [town.name, town]));
  return sites.map(({ serves }) => {
    const people = [...serves].map(([name, part]): [string, number] => {
      const town = byName.get(name);
      return [name, town === undefined ? 0 : part * residents15(town)];
    });
    const all = sum(people.map(([, count]) => count));
    return new Map(people.map(([name, count]) => [name, count / all]));
  });
};

/** First doses awarded by week and town of residence. */
export const dosesByTown = (replay: Replay, sites: readonly LabSite[], towns: readonly Town[]): Map<string, number>[] => {
  const parts = townParts(sites, towns);
  return replay.weeks.map(({ firstBySite }) => {
    const doses = new Map(towns.map(({ name }) => [name, 0]));
    firstBySite.forEach((awarded, at) =>
      parts[at]?.forEach((part, town) => doses.set(town, (doses.get(town) ?? 0) + awarded * part)),
    );
    return doses;
  });
};

/** How the towns of a group fared against all others. */
export const courseOf = (group: PriorityGroup, weekly: readonly Map<string, number>[], towns: readonly Town[]): GroupCourse => {
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
