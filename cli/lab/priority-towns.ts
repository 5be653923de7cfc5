import type { Town } from './connecticut-data.ts';

/**
 * STAND-IN for the priority zips, whose list is not in the data: the largest of the flagged towns, by population, as many as
 * come nearest to a share of the state's residents. Whole towns instead of zips, and large ones; nothing else is meant by it.
 */
export const standInTowns = (towns: readonly Town[], share: number): ReadonlySet<string> => {
  const aim = share * towns.reduce((sum, { population }) => sum + population, 0);
  const chosen = new Set<string>();
  let people = 0;
  for (const { name, population } of towns
    .filter(({ flagged }) => flagged)
    .sort((a, b) => b.population - a.population || (a.name < b.name ? -1 : 1))) {
    if (Math.abs(people + population - aim) >= Math.abs(people - aim)) break;
    chosen.add(name);
    people += population;
  }
  return chosen;
};

/** Every town with any census tract of SVI 0.75 or more: the state's own coarse flag, 48.8 % of residents. */
export const flaggedTowns = (towns: readonly Town[]): ReadonlySet<string> =>
  new Set(towns.filter(({ flagged }) => flagged).map(({ name }) => name));

/** The share the stand-in aims at: what Connecticut's March 2021 guarantee was a share of. */
export const STAND_IN_SHARE = 0.25;

/** Which towns a policy favours. */
export type PriorityGroup = 'stand-in' | 'flagged-34';
export const priorityTowns = (towns: readonly Town[], group: PriorityGroup): ReadonlySet<string> =>
  group === 'stand-in' ? standInTowns(towns, STAND_IN_SHARE) : flaggedTowns(towns);
