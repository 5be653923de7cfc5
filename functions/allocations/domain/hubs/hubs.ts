import { fill } from '../targets/fill.ts';
import { serveFamily } from './due.ts';
import { splitPacks } from '../awards/packs.ts';
import { MICRO, ceilDiv, floorDiv } from '../quantity.ts';
import { canReceive } from '../receiving.ts';
import { hubNode, sumRange, upward } from '../tree.ts';
import { vialDosesOf } from './vial-promises.ts';
import type { ExplanationLine, HubShare } from '../allocation.ts';
import type { Families } from './families.ts';
import type { Pool } from '../pool.ts';
import type { Targets } from '../targets/targets.ts';
import type { GroupRange } from '../tree.ts';

/**
 * Hubs. A site that expects under one pack (its target in a run without hubs is less) is joined with its hub
 * into one group of the tree: each keeps its own target, by its own weights and its own ceiling in whole vials, the group gets
 * whole packs, the hub takes them, and inside they are split by the vial by the same least squares as packs are.
 */

const plainRange = (id: string, from: number, to: number): GroupRange => ({
  id,
  from,
  to,
  children: [],
  minPacks: 0,
  maxPacks: Number.MAX_SAFE_INTEGER,
  strict: false,
});

/** Micro-doses that each site was promised by the vial. */
const promisedVials = ({ lines, supply }: Pool): Float64Array => Float64Array.from(lines, (line) => vialDosesOf(line, supply) * MICRO);

/**
 * Packs that a hub may take for all its sites: what they can use, rounded up to a pack where the hub itself could have what is over,
 * whatever it asked for; and what its own storage still takes in; no more than it said it takes. What it gives a week is no bound on
 * the others' doses, since others give them. Never fewer than it was promised.
 */
const mostPacks = (pool: Pool, hub: number, usableMicro: number, othersMicro: number): number => {
  const { packDoses } = pool.supply;
  const promised = pool.fixedPacks[hub] ?? 0;
  const site = pool.sites[hub];
  if (site?.suspended === true || (site && !canReceive(site))) return promised;
  const bounds = [pool.lines[hub]?.mostDoses, pool.storageLeft(hub)].flatMap((doses) =>
    doses === undefined ? [] : [floorDiv(Math.max(0, doses), packDoses)],
  );
  const inReach = floorDiv(Math.max(usableMicro, othersMicro + pool.withoutRequest(hub) * MICRO), pool.packMicro);
  return Math.max(promised, Math.min(ceilDiv(usableMicro, pool.packMicro), inReach, ...bounds));
};

/**
 * Puts each hub's sites into a group of their own, with ceilings by the vial. The pool's sites are in `orderFamilies` order. `shareOf`:
 * what a site had by rank, in micro-doses, when its hub was found to be promised more than the share of all.
 */
export const layFamilies = (pool: Pool, families: Families, shareOf: (rank: number) => number): Pool => {
  const vialMicro = (pool.supply.vialDoses ?? pool.supply.packDoses) * MICRO;
  const [ceilingPacks, floorPacks] = [pool.ceilingPacks.slice(), pool.floorPacks.slice()];
  const [ceilingMicro, fixedMicro, dueMicro] = [pool.ceilingMicro.slice(), pool.fixedMicro.slice(), pool.dueMicro.slice()];
  const layFamily = (from: number, members: ReadonlySet<string>): GroupRange => {
    const to = from + members.size + 1;
    let counted = 0;
    const promised = promisedVials(pool).slice(0, to);
    for (let at = from; at < to; at += 1) {
      const isOpen = pool.standing !== undefined && pool.standing[at] !== 1; // shared out as if nothing were promised: what of its packs was over is no ceiling
      const doses = isOpen ? (pool.openDoses[at] ?? 0) : (pool.ceilings[at]?.doses ?? 0);
      ceilingMicro[at] = Math.max(promised[at] ?? 0, floorDiv(doses * MICRO, vialMicro) * vialMicro);
      counted += pool.counted[at] === 1 ? (ceilingMicro[at] ?? 0) : (pool.fixedMicro[at] ?? 0);
    }
    const fixed = new Float64Array(to);
    const inPacks = sumRange(pool.fixedMicro, from, to);
    if (inPacks > 0) {
      // A hub that keeps more than the share of all keeps what is more: the others have their share, or what they were promised.
      const high = promised.map((least, at) => Math.max(least, shareOf(pool.ranks[at] ?? 0)));
      const given = Math.min(inPacks, sumRange(high, from + 1, to));
      fill({ low: promised, high, weight: high }, from + 1, to, given, fixed);
      fixed[from] = inPacks - given;
    }
    fixedMicro.set(fixed.subarray(from, to), from);
    const dueDoses = (at: number): number =>
      pool.supply.doseNumber > 1 ? (pool.lines[at]?.due ?? []).reduce((sum, { doses }) => sum + doses, 0) : 0;
    const wanted = ceilingMicro.slice(0, to);
    for (let at = from; at < to; at += 1) {
      dueMicro[at] = Math.max(ceilingMicro[at] ?? 0, dueDoses(at) === 0 ? 0 : floorDiv(pool.withoutRequest(at) * MICRO, vialMicro) * vialMicro);
      wanted[at] = Math.max(ceilingMicro[at] ?? 0, Math.min(dueMicro[at] ?? 0, ceilDiv(dueDoses(at) * MICRO, vialMicro) * vialMicro));
    }
    const isStanding = pool.standing?.[from] === 1;
    const most = (micro: Float64Array): number =>
      isStanding ? (pool.fixedPacks[from] ?? 0) : mostPacks(pool, from, sumRange(micro, from, to), sumRange(micro, from + 1, to));
    const maxPacks = most(wanted);
    const openPacks = Math.min(maxPacks, most(ceilingMicro));
    ceilingPacks.fill(0, from, to).fill(openPacks, from, from + 1);
    floorPacks.fill(0, from, to).fill(Math.min(openPacks, floorDiv(counted, pool.packMicro)), from, from + 1);
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
  return { ...pool, tree: lay(pool.tree), ceilingPacks, floorPacks, ceilingMicro, fixedMicro, dueMicro };
};

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
    const had = promised.map((count) => count * vialMicro);
    const served = serveFamily(pool, { from, to }, end, had, Math.max(0, vials * vialMicro - sumRange(had, from, to)));
    const low = promised.map((count, at) => count + floorDiv(served[at] ?? 0, vialMicro)).slice(from, to);
    const claims = {
      due: due.slice(from, to),
      debt: debt.subarray(from, to),
      low,
      high: pool.ceilingMicro.slice(from, to).map((most, at) => Math.max(floorDiv(most, vialMicro), low[at] ?? 0)),
    };
    claims.due[0] = (claims.due[0] ?? 0) + Math.max(0, vials * vialMicro - sumRange(claims.due, 0, to - from));
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
