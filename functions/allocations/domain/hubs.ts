import { fill } from './fill.ts';
import { lineKey } from './inputs.ts';
import { splitPacks } from './packs.ts';
import { MICRO, floorDiv } from './quantity.ts';
import { canReceive } from './receiving.ts';
import { hubNode, sumRange, upward } from './tree.ts';
import type { ExplanationLine, HubShare } from './allocation.ts';
import type { Policy } from './policy.ts';
import type { Column, Pool } from './pool.ts';
import type { Targets } from './targets.ts';
import type { GroupRange } from './tree.ts';

/**
 * Hubs. A site that expects under one pack (its target in a run without hubs is less) is joined with its hub
 * into one group of the tree: each keeps its own target, by its own weights and its own ceiling in whole vials, the group gets
 * whole packs, the hub takes them, and inside they are split by the vial by the same least squares as packs are.
 */

/** For each hub of a pool that shares, the sites it shares with. */
export type Families = ReadonlyMap<string, ReadonlySet<string>>;

/** Who shares with whom, told from the run without hubs. A site with packs of its own ordered keeps to them; nobody shares unknown vials. */
export const familiesOf = (pool: Pool, policy: Policy, targets: Targets): Families => {
  if (pool.supply.vialDoses === undefined) return new Map();
  const at = new Map(pool.sites.map((site, place) => [site.siteId, place]));
  const takesPart = (siteId: string) => {
    const place = at.get(siteId);
    const site = place === undefined ? undefined : pool.sites[place];
    return site?.suspended === false && canReceive(site) ? place : undefined;
  };
  const expectsLess = (siteId: string) => {
    const place = takesPart(siteId);
    if (place === undefined || (pool.fixedPacks[place] ?? 0) > 0) return false;
    return (pool.lines[place]?.requestDoses ?? 0) > 0 && (targets.micro[place] ?? 0) < pool.packMicro;
  };
  return new Map(
    (policy.hubs ?? []).flatMap(({ hub, members }): [string, Set<string>][] => {
      const small = takesPart(hub) === undefined ? [] : members.filter(expectsLess);
      return small.length > 0 ? [[hub, new Set(small)]] : [];
    }),
  );
};

/** The pool's sites with each hub directly before the sites it shares with, first in their leaf. */
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
  const ordered = { ...column, sites: pick(column.sites), lines: pick(column.lines), ranks: pick(column.ranks) };
  return new Map([[lineKey(pool.supply), ordered]]);
};

const plainRange = (id: string, from: number, to: number): GroupRange => ({
  id,
  from,
  to,
  children: [],
  minPacks: 0,
  maxPacks: Number.MAX_SAFE_INTEGER,
  strict: false,
});

/** Puts each hub's sites into a group of their own, with ceilings by the vial. The pool's sites are in `orderFamilies` order. */
export const layFamilies = (pool: Pool, families: Families): Pool => {
  const vialMicro = (pool.supply.vialDoses ?? pool.supply.packDoses) * MICRO;
  const [ceilingPacks, floorPacks] = [pool.ceilingPacks.slice(), pool.floorPacks.slice()];
  const [ceilingMicro, fixedMicro] = [pool.ceilingMicro.slice(), pool.fixedMicro.slice()];
  const layFamily = (from: number, members: ReadonlySet<string>): GroupRange => {
    const to = from + members.size + 1;
    let counted = 0;
    for (let at = from; at < to; at += 1) {
      ceilingMicro[at] = floorDiv((pool.ceilings[at]?.doses ?? 0) * MICRO, vialMicro) * vialMicro;
      counted += pool.counted[at] === 1 ? (ceilingMicro[at] ?? 0) : (pool.fixedMicro[at] ?? 0);
    }
    const vessels = { low: new Float64Array(to), high: ceilingMicro, weight: ceilingMicro };
    const fixed = new Float64Array(to);
    fill(vessels, from, to, sumRange(pool.fixedMicro, from, to), fixed); // ordered packs, laid to those who can use them
    fixedMicro.set(fixed.subarray(from, to), from);
    const most = floorDiv(sumRange(ceilingMicro, from, to), pool.packMicro);
    const maxPacks = pool.standing?.[from] === 1 ? (pool.fixedPacks[from] ?? 0) : most;
    ceilingPacks.fill(0, from, to).fill(maxPacks, from, from + 1);
    floorPacks.fill(0, from, to).fill(Math.min(maxPacks, floorDiv(counted, pool.packMicro)), from, from + 1);
    return { ...plainRange(hubNode(pool.sites[from]?.siteId ?? ''), from, to), maxPacks, byVial: true };
  };
  const lay = (group: GroupRange): GroupRange => {
    if (group.children.length > 0) return { ...group, children: group.children.map(lay) };
    const children: GroupRange[] = [];
    let at = group.from;
    for (
      let members = families.get(pool.sites[at]?.siteId ?? '');
      at < group.to && members;
      members = families.get(pool.sites[at]?.siteId ?? '')
    ) {
      const family = layFamily(at, members);
      children.push(family);
      at = family.to;
    }
    return children.length === 0
      ? group
      : { ...group, children: [...children, plainRange(`${group.id} without hubs`, at, group.to)] };
  };
  return { ...pool, tree: lay(pool.tree), ceilingPacks, floorPacks, ceilingMicro, fixedMicro };
};

/** What each site gets of the packs awarded: its own packs, or its vials out of its hub's. `due`: target and old debt. */
export const shareVials = (pool: Pool, packs: Float64Array, due: Float64Array, debt: Float64Array): Float64Array => {
  const micro = packs.map((given) => given * pool.packMicro);
  const vialMicro = (pool.supply.vialDoses ?? 1) * MICRO;
  for (const { from, to } of upward(pool.tree).filter((group) => group.byVial)) {
    const claims = {
      due: due.subarray(from, to),
      debt: debt.subarray(from, to),
      low: new Float64Array(to - from),
      high: pool.ceilingMicro.slice(from, to).map((most) => floorDiv(most, vialMicro)),
    };
    const vials = splitPacks(claims, floorDiv(micro[from] ?? 0, vialMicro), vialMicro);
    micro.set(
      vials.map((given) => given * vialMicro),
      from,
    );
  }
  return micro;
};

/** The hub of every site that shares, by its place in the pool. */
const hubAt = (pool: Pool): Map<number, string> => {
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

/** The line that squares a site's own doses with the packs of its award. */
export const hubLineOf = (pool: Pool): ((site: number, micro: number) => ExplanationLine) => {
  const hubs = hubAt(pool);
  return (site, micro) => {
    const hub = hubs.get(site) ?? '';
    return hub === pool.sites[site]?.siteId ? { kind: 'hub-shares', micro } : { kind: 'from-hub', micro, hub };
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
