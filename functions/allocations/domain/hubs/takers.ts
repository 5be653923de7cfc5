import { canReceive } from '../receiving.ts';
import type { Policy } from '../policy/policy.ts';
import type { Pool } from '../pool.ts';

/** Who of a pool can take part in sharing a hub's packs. */

/** Where a site stands in a pool if it can take part in sharing there. */
export const placesOf = (pool: Pool) => {
  const at = new Map(pool.sites.map((site, place) => [site.siteId, place]));
  return (siteId: string): number | undefined => {
    const place = at.get(siteId);
    const site = place === undefined ? undefined : pool.sites[place];
    return site?.suspended === false && canReceive(site) ? place : undefined;
  };
};

/** Whether a site without packs of its own asks for something, or has second doses due, which need no request. */
export const wantsDoses = ({ fixedPacks, lines, supply }: Pool, place: number): boolean => {
  const line = lines[place];
  const isDue = supply.doseNumber > 1 && (line?.due.some(({ doses }) => doses > 0) ?? false);
  return (fixedPacks[place] ?? 0) === 0 && ((line?.requestDoses ?? 0) > 0 || isDue);
};

/** A hub that declined its offer of the week takes nothing for others either. */
export const takesForOthers = (pool: Pool, place: number | undefined): place is number => place !== undefined && pool.lines[place]?.mostDoses !== 0;

/** Sites of the pool that a hub in it may take packs for. One whose hub takes none this week is a site without a hub. */
export const memberPlaces = (pool: Pool, { hubs = [] }: Pick<Policy, 'hubs'>): Set<number> => {
  if (pool.supply.vialDoses === undefined || hubs.length === 0) return new Set();
  const placeOf = placesOf(pool);
  const open = hubs.filter(({ hub }) => takesForOthers(pool, placeOf(hub)));
  const places = open.flatMap(({ members }) => members.map(placeOf)).filter((place) => place !== undefined);
  return new Set(places.filter((place) => wantsDoses(pool, place)));
};
