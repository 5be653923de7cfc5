import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import { residents15 } from './connecticut-data.ts';
import type { Town } from './connecticut-data.ts';
import { drawFor } from './seeded-random.ts';

/**
 * GENERATED sites: which sites Connecticut had, where, and of what size is not public for Pfizer and Moderna. The rule:
 * - clinics (fridge and freezer: Moderna, Janssen): one for each 15,000 residents of a town, rounded, at least one;
 * - hubs (ultra-cold: Pfizer): one in each town of 45,000 residents or more, and in the largest town of a county that has none;
 * - a town's residents split over its clinics by drawn weights; for Pfizer they go to their town's hub, or else are split over
 *   the hubs of their county by the size of the hubs' towns;
 * - a site gives in a week one dose for each 25 residents (15 and over) it serves, times a drawn factor; at least one pack.
 */
export const SITE_RULE = {
  residentsPerClinic: 15_000,
  hubTownResidents: 45_000,
  residentsPerWeeklyDose: 25,
  clinicWeights: [0.6, 1.4],
  weeklyFactor: [0.75, 1.25],
  leastWeekly: { clinic: 100, hub: 1170 },
} as const;

export interface LabSite {
  readonly siteId: string;
  readonly kind: 'clinic' | 'hub';
  readonly town: string;
  /** Which part of each town's residents it serves; over all clinics, and over all hubs, a town's parts sum to 1. */
  readonly serves: ReadonlyMap<string, number>;
  readonly weeklyDoses: number;
}

const between = ([low, high]: readonly [number, number], draw: number): number => low + (high - low) * draw;
const slug = (name: string): string => name.toLowerCase().replaceAll(' ', '-');

type Place = Omit<LabSite, 'weeklyDoses'>;

const clinicsOf = (town: Town, seed: number): Place[] => {
  const count = Math.max(1, Math.round(town.population / SITE_RULE.residentsPerClinic));
  const ids = Array.from({ length: count }, (_, at) => `${slug(town.name)}-clinic-${at + 1}`);
  const weights = ids.map((id) => between(SITE_RULE.clinicWeights, drawFor(seed, `${id} weight`)));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return ids.map((siteId, at) => ({
    siteId,
    kind: 'clinic',
    town: town.name,
    serves: new Map([[town.name, (weights[at] ?? 0) / all]]),
  }));
};

/** A county's hubs and whom they serve. */
const hubsOf = (towns: readonly Town[]): Place[] => {
  const bySize = [...towns].sort((a, b) => b.population - a.population || (a.name < b.name ? -1 : 1));
  const large = bySize.filter(({ population }) => population >= SITE_RULE.hubTownResidents);
  const hubTowns = large.length > 0 ? large : bySize.slice(0, 1);
  const people = hubTowns.reduce((sum, { population }) => sum + population, 0);
  const others = towns.filter((town) => !hubTowns.includes(town));
  return hubTowns.map(({ name, population }) => ({
    siteId: `${slug(name)}-hub`,
    kind: 'hub',
    town: name,
    serves: new Map([[name, 1], ...others.map((town): [string, number] => [town.name, population / people])]),
  }));
};

/** The sites of a seed, in the order of their ids. Equal towns and seeds give equal sites. */
export const generateSites = (towns: readonly Town[], seed: number): LabSite[] => {
  const byName = new Map(towns.map((town) => [town.name, town]));
  const countyOf = new Map(
    jurisdictionFor('CTA')
      .towns()
      .map(({ name, county }) => [name, county]),
  );
  const counties = Map.groupBy(towns, ({ name }) => countyOf.get(name) ?? 'unknown');
  const places = [...towns.flatMap((town) => clinicsOf(town, seed)), ...[...counties.values()].flatMap(hubsOf)];
  return places
    .map((place): LabSite => {
      const people = [...place.serves].reduce((sum, [name, part]) => {
        const town = byName.get(name);
        return town === undefined ? sum : sum + part * residents15(town);
      }, 0);
      const weekly = Math.round(
        (people / SITE_RULE.residentsPerWeeklyDose) *
          between(SITE_RULE.weeklyFactor, drawFor(seed, `${place.siteId} weekly doses`)),
      );
      return { ...place, weeklyDoses: Math.max(SITE_RULE.leastWeekly[place.kind], weekly) };
    })
    .sort((a, b) => (a.siteId < b.siteId ? -1 : 1));
};
