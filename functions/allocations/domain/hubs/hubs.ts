import { serveFamily } from './due.ts';
import { splitPacks } from '../awards/packs.ts';
import { MICRO, floorDiv } from '../quantity.ts';
import { sumRange, total, upward } from '../tree.ts';
import { promisedVials } from './vial-promises.ts';
import type { ExplanationLine, HubShare } from '../allocation.ts';
import type { Pool } from '../pool.ts';
import type { Targets } from '../targets/targets.ts';

/**
 * Hubs. A site that expects under one pack (`familiesOf`) is joined with its hub
 * into one group of the tree: each keeps its own target, by its own weights and its own ceiling in whole vials, the group gets
 * whole packs, the hub takes them, and inside they are split by the vial by the same least squares as packs are.
 */

/**
 * What each site gets of the packs awarded: its own packs, or its vials out of its hub's: what it was promised of them at the least, then
 * its second doses by the day on which they are due, then its part of the rest; what packs hold beyond the shares of all stays with the
 * hub. `due`: target and old debt.
 */
export const shareVials = (
  pool: Pool,
  packs: Float64Array,
  due: Float64Array,
  debt: Float64Array,
  targets: Pick<Targets, 'micro' | 'steps'>,
): Float64Array => {
  const end =
    targets.steps
      .map(({ dueBefore }) => dueBefore ?? '')
      .sort()
      .at(-1) ?? '';
  const micro = packs.map((given) => given * pool.packMicro);
  const vialMicro = (pool.supply.vialDoses ?? 1) * MICRO;
  const promised = promisedVials(pool).map((least) => floorDiv(least, vialMicro));
  for (const { from, to } of upward(pool.tree).filter((group) => group.byVial)) {
    const vials = floorDiv(micro[from] ?? 0, vialMicro);
    const least = promised.slice(from, to);
    const had = least.map((count) => count * vialMicro);
    const served = serveFamily(pool, { from, to }, end, had, Math.max(0, vials * vialMicro - total(had)));
    const low = least.map((count, place) => count + floorDiv(served[place] ?? 0, vialMicro));
    const claims = {
      due: due.slice(from, to),
      debt: debt.subarray(from, to),
      low,
      high: pool.ceilingMicro.slice(from, to).map((most, at) => Math.max(floorDiv(most, vialMicro), low[at] ?? 0)),
    };
    claims.due[0] = (claims.due[0] ?? 0) + Math.max(0, vials * vialMicro - total(claims.due));
    claims.high[0] = Math.max(claims.high[0] ?? 0, floorDiv(targets.micro[from] ?? 0, vialMicro), vials - sumRange(claims.high, 1, to - from)); // what nobody can use stays with the hub
    const split = splitPacks(claims, vials, vialMicro);
    micro.set(
      split.map((given) => given * vialMicro),
      from,
    );
  }
  return micro;
};

/** The hub of every site that shares, by its place in the pool. */
export const hubAt = (pool: Pool): Map<number, string> => {
  const hubs = new Map<number, string>();
  for (const { from, to } of upward(pool.tree).filter((group) => group.byVial)) {
    for (let at = from; at < to; at += 1) hubs.set(at, pool.sites[from]?.siteId ?? '');
  }
  return hubs;
};

/** Reasons of overrides, a hub's standing for all sites it shares with: its packs are theirs. */
export const spreadReasons = (pool: Pool, reasons: ReadonlyMap<number, string>): Map<number, string> => {
  const spread = new Map(reasons);
  for (const { from, to } of upward(pool.tree).filter((group) => group.byVial)) {
    const reason = reasons.get(from);
    for (let at = from; reason !== undefined && at < to; at += 1) spread.set(at, reason);
  }
  return spread;
};

/** The line that squares a site's own doses with the packs of its award; a hub's tells who gets how much. */
export const hubLineOf = (pool: Pool, finalMicro: Float64Array): ((site: number, micro: number) => ExplanationLine) => {
  const hubs = hubAt(pool);
  const families = new Map(upward(pool.tree).filter((group) => group.byVial).map(({ from, to }) => [from, to]));
  return (site, micro) => {
    const hub = hubs.get(site) ?? '';
    if (hub !== pool.sites[site]?.siteId) return { kind: 'from-hub', micro, hub };
    const members: { siteId: string; doses: number }[] = [];
    for (let at = site + 1; at < (families.get(site) ?? 0); at += 1) {
      const doses = floorDiv(finalMicro[at] ?? 0, MICRO);
      if (doses > 0) members.push({ siteId: pool.sites[at]?.siteId ?? '', doses });
    }
    members.sort((a, b) => (a.siteId < b.siteId ? -1 : 1));
    return { kind: 'hub-shares', micro, members };
  };
};

/** The result lines of a pool's hubs: doses and vials of every site that shares. */
export const hubSharesOf = (pool: Pool, finalMicro: Float64Array): HubShare[] => {
  const { product, doseNumber, packDoses, vialDoses = 1 } = pool.supply;
  return [...hubAt(pool)].map(([at, hub]): HubShare => {
    const doses = floorDiv(finalMicro[at] ?? 0, MICRO);
    const siteId = pool.sites[at]?.siteId ?? '';
    return { hub, siteId, product, doseNumber, packDoses, vialDoses, vials: doses / vialDoses, doses };
  });
};
