import { placesOf, takesForOthers, wantsDoses } from './takers.ts';
import { hubAt } from './hubs.ts';
import { keptByVial } from './kept-by-vial.ts';
import { lineKey } from '../inputs.ts';
import { vialsOf } from './vial-promises.ts';
import type { ExplanationLine, NoHubReason } from '../allocation.ts';
import type { Policy } from '../policy/policy.ts';
import type { Column, Pool } from '../pool.ts';
import type { Targets } from '../targets/targets.ts';

/** Which sites of a pool share a hub's packs (`hubs.ts`), and why one that would does not. */

/** For each hub of a pool that shares, the sites it shares with. */
export type Families = ReadonlyMap<string, ReadonlySet<string>>;

/** Whether a site that can take part wants doses and expects under one pack. */
const expectsLess = (pool: Pool, targets: Targets, place: number): boolean =>
  wantsDoses(pool, place) && (targets.micro[place] ?? 0) < pool.packMicro;

/**
 * Who shares with whom, told from what sites expect: of a run without hubs at first, then of the run in which those shared (`before`), until
 * nobody joins, for what sites have by the vial may leave another less than the pack it expected. Who shares once stays. A site with packs of
 * its own ordered keeps to them; nobody shares unknown vials. Who was promised vials this week stays with the hub that holds them, whatever it
 * expects now.
 */
export const familiesOf = (pool: Pool, policy: Policy, targets: Targets, before: Families): Families => {
  if (pool.supply.vialDoses === undefined) return before;
  const families = new Map([...before].map(([hub, members]) => [hub, new Set(members)]));
  const bound = new Set([...before.values()].flatMap((members) => [...members]));
  const join = (hub: string, member: string) => families.set(hub, (families.get(hub) ?? new Set()).add(member));
  pool.lines.forEach((line, at) => {
    const promised = vialsOf(line, pool.supply);
    const siteId = pool.sites[at]?.siteId ?? '';
    if (promised) join(promised.hub, siteId);
    if (promised) bound.add(siteId);
  });
  const placeOf = placesOf(pool);
  for (const { hub, members } of policy.hubs ?? []) {
    if (bound.has(hub) || !takesForOthers(pool, placeOf(hub))) continue;
    for (const member of members) {
      const place = placeOf(member);
      if (place !== undefined && !bound.has(member) && !families.has(member) && expectsLess(pool, targets, place)) join(hub, member);
    }
  }
  return families;
};

/** The pool's sites with each hub directly before the sites it shares with, first in their leaf; what those may keep is told for vials. */
export const orderFamilies = (columns: ReadonlyMap<string, Column>, pool: Pool, families: Families): Map<string, Column> => {
  const column = columns.get(lineKey(pool.supply));
  if (!column) return new Map();
  const hubOf = new Map([...families].flatMap(([hub, members]) => [hub, ...members].map((site) => [site, hub] as const)));
  const hubPlace = new Map(column.sites.map((site, at) => [site.siteId, at]));
  const key = (at: number): number[] => {
    const site = column.sites[at];
    const hub = site && hubOf.get(site.siteId);
    return hub === undefined ? [1, at, 0, 0] : [0, hubPlace.get(hub) ?? 0, hub === site?.siteId ? 0 : 1, at];
  };
  const leafOrder = new Map([...new Set(column.sites.map((site) => site.group))].map((leaf, place) => [leaf, place]));
  const order = Array.from(column.sites.keys(), (at) => ({
    at,
    key: [leafOrder.get(column.sites[at]?.group ?? '') ?? 0, ...key(at)],
  }));
  order.sort((a, b) => a.key.reduce((sign, part, place) => sign || part - (b.key[place] ?? 0), 0));
  const pick = <T>(rows: readonly T[]): T[] => order.flatMap(({ at }) => rows.slice(at, at + 1));
  const members = new Set([...families.values()].flatMap((sites) => [...sites]));
  const lines = column.lines.map((line, at) => (members.has(column.sites[at]?.siteId ?? '') ? keptByVial(line) : line));
  const ordered = { ...column, sites: pick(column.sites), lines: pick(lines), ranks: pick(column.ranks) };
  return new Map([[lineKey(pool.supply), ordered]]);
};

/**
 * Why a site that expects under a pack gets nothing by the vial, though the policy names a hub for it; undefined where it gets some, wants
 * none, or can take none itself.
 */
export const withoutHubOf = (
  pool: Pool,
  policy: Policy,
  targets: Targets,
  packs: Float64Array,
  finalMicro: Float64Array,
): ((site: number) => ExplanationLine | undefined) => {
  if (!policy.hubs) return () => undefined;
  const placeOf = placesOf(pool);
  const [known, shares] = [new Map(pool.sites.map(({ siteId }, at) => [siteId, at])), hubAt(pool)];
  const hubOf = new Map(policy.hubs.flatMap(({ hub, members }) => members.map((member) => [member, hub] as const)));
  const whyNot = (hub: string): NoHubReason | undefined => {
    const place = known.get(hub);
    if (place === undefined) return 'not-asked';
    if (pool.sites[place]?.suspended === true) return 'suspended';
    if (placeOf(hub) === undefined) return 'no-receiving-day';
    if (!takesForOthers(pool, place)) return 'declined';
    return pool.supply.vialDoses === undefined ? 'vials-unknown' : undefined;
  };
  return (site) => {
    const siteId = pool.sites[site]?.siteId ?? '';
    const hub = shares.get(site) ?? hubOf.get(siteId);
    if (hub === undefined || hub === siteId || (finalMicro[site] ?? 0) > 0 || placeOf(siteId) === undefined || !expectsLess(pool, targets, site))
      return undefined;
    const { rule = 'request', doses = 0 } = pool.ceilings[site] ?? {};
    // What it can keep or use itself is under a vial: its own line says so, and its hub lost it nothing.
    if (shares.has(site) && rule !== 'request' && rule !== 'supply' && doses < (pool.supply.vialDoses ?? 1)) return undefined;
    const why = shares.has(site) ? ((packs[known.get(hub) ?? -1] ?? 0) > 0 ? 'no-vial' : 'no-packs') : whyNot(hub);
    return why && { kind: 'no-hub', micro: 0, hub, why };
  };
};
