import { MICRO, floorDiv } from '../quantity.ts';
import type { EquitySummary } from '../allocation.ts';
import type { Outcome } from './explain.ts';

const PERMILLE = 1_000;

/**
 * Doses by where the people live whom a site serves: each site's doses times the share of its residents in priority zips. Sites
 * without that figure are counted apart, never guessed. Undefined when no site has it.
 */
export const equityOf = ({ pool, finalMicro }: Outcome): EquitySummary | undefined => {
  if (pool.sites.every((site) => site.priorityResidentsPermille === undefined)) return undefined;
  let [knownDoses, unknownDoses, priorityPermilleDoses] = [0, 0, 0];
  pool.sites.forEach((site, at) => {
    const doses = floorDiv(finalMicro[at] ?? 0, MICRO);
    if (site.priorityResidentsPermille === undefined) unknownDoses += doses;
    else {
      knownDoses += doses;
      priorityPermilleDoses += doses * site.priorityResidentsPermille;
    }
  });
  return {
    knownDoses,
    unknownDoses,
    priorityDoses: floorDiv(priorityPermilleDoses, PERMILLE),
    priorityPermille: knownDoses === 0 ? 0 : floorDiv(priorityPermilleDoses, knownDoses),
  };
};
