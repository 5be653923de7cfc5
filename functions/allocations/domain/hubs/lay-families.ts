import { fill } from '../targets/fill.ts';
import { vialMicroOf } from './due.ts';
import { MICRO, ceilDiv, floorDiv } from '../quantity.ts';
import { canReceive } from '../receiving.ts';
import { hubNode, sumRange, total } from '../tree.ts';
import { promisedVials } from './vial-promises.ts';
import type { Families } from './families.ts';
import type { Pool } from '../pool.ts';
import type { GroupRange } from '../tree.ts';

/** Lays hubs over a pool: each hub's sites become one group of the tree, with ceilings by the vial, whose packs are the hub's. */

/** The sites of a hub by their places in the pool, the hub first. Figures of a family are micro-doses, one for each of them. */
type Places = readonly number[];
/** What a site had by rank, in micro-doses, when its hub was found to be promised more than the share of all. */
type ShareOf = (rank: number) => number;


/** What each site may have, in whole vials; never under what it was promised of them. */
const ceilingsOf = (pool: Pool, places: Places, promised: Float64Array): Float64Array => {
  const vialMicro = vialMicroOf(pool);
  return promised.map((least, place) => {
    const at = places[place] ?? 0;
    const isOpen = pool.standing !== undefined && pool.standing[at] !== 1; // shared out as if nothing were promised: what of its packs was over is no ceiling
    const doses = isOpen ? (pool.openDoses[at] ?? 0) : (pool.ceilings[at]?.doses ?? 0);
    return Math.max(least, floorDiv(doses * MICRO, vialMicro) * vialMicro);
  });
};

/**
 * The packs that the hub was promised, laid on its sites. A hub that keeps more than the share of all keeps what is more: the others have
 * their share, or what they were promised.
 */
const fixedOf = (pool: Pool, places: Places, promised: Float64Array, shareOf: ShareOf): Float64Array => {
  const fixed = new Float64Array(places.length);
  const inPacks = places.reduce((sum, at) => sum + (pool.fixedMicro[at] ?? 0), 0);
  if (inPacks === 0) return fixed;
  const high = promised.map((least, place) => Math.max(least, shareOf(pool.ranks[places[place] ?? 0] ?? 0)));
  const given = Math.min(inPacks, sumRange(high, 1, high.length));
  fill({ low: promised, high, weight: high }, 1, high.length, given, fixed);
  fixed[0] = inPacks - given;
  return fixed;
};

/** Of second doses due, in whole vials: the most that each site can have for them, whatever it asked for, and what it wants with them in all. */
const dueOf = (pool: Pool, places: Places, ceilings: Float64Array): { readonly most: Float64Array; readonly wanted: Float64Array } => {
  const vialMicro = vialMicroOf(pool);
  const isServed = pool.supply.doseNumber > 1;
  const dueDoses = Float64Array.from(places, (at) => (isServed ? (pool.lines[at]?.due ?? []).reduce((sum, { doses }) => sum + doses, 0) : 0));
  const most = ceilings.map((ceiling, place) =>
    dueDoses[place] === 0 ? ceiling : Math.max(ceiling, floorDiv(pool.withoutRequest(places[place] ?? 0) * MICRO, vialMicro) * vialMicro));
  const wanted = ceilings.map((ceiling, place) =>
    Math.max(ceiling, Math.min(most[place] ?? 0, ceilDiv((dueDoses[place] ?? 0) * MICRO, vialMicro) * vialMicro)));
  return { most, wanted };
};

/**
 * Packs that a hub may take for all its sites: what they can use, rounded up to a pack where the hub itself could have what is over,
 * whatever it asked for; and what its own storage still takes in; no more than it said it takes. What it gives a week is no bound on
 * the others' doses, since others give them. Never fewer than it was promised. One that stands aside has what it was promised.
 */
const mostPacks = (pool: Pool, hub: number, usable: Float64Array): number => {
  const { packDoses } = pool.supply;
  const promised = pool.fixedPacks[hub] ?? 0;
  const site = pool.sites[hub];
  if (pool.standing?.[hub] === 1 || site?.suspended === true || (site && !canReceive(site))) return promised;
  const bounds = [pool.lines[hub]?.mostDoses, pool.storageLeft(hub)].flatMap((doses) =>
    doses === undefined ? [] : [floorDiv(Math.max(0, doses), packDoses)],
  );
  const usableMicro = total(usable);
  const othersMicro = sumRange(usable, 1, usable.length);
  const inReach = floorDiv(Math.max(usableMicro, othersMicro + pool.withoutRequest(hub) * MICRO), pool.packMicro);
  return Math.max(promised, Math.min(ceilDiv(usableMicro, pool.packMicro), inReach, ...bounds));
};

/** Whole packs that count toward the minimums of the groups over a hub: what its sites that count may have, of the others what is promised. */
const countedPacks = (pool: Pool, places: Places, ceilings: Float64Array): number =>
  floorDiv(places.reduce((sum, at, place) => sum + ((pool.counted[at] === 1 ? ceilings[place] : pool.fixedMicro[at]) ?? 0), 0), pool.packMicro);

const plainRange = (id: string, from: number, to: number): GroupRange => ({
  id,
  from,
  to,
  children: [],
  minPacks: 0,
  maxPacks: Number.MAX_SAFE_INTEGER,
  strict: false,
});

/** The tree with a group for each hub's sites, which come first in their leaf. */
const withFamilies = (pool: Pool, families: Families, layFamily: (from: number, sites: number) => GroupRange): GroupRange => {
  const membersAt = (at: number): ReadonlySet<string> | undefined => families.get(pool.sites[at]?.siteId ?? '');
  const lay = (group: GroupRange): GroupRange => {
    if (group.children.length > 0) return { ...group, children: group.children.map(lay) };
    const children: GroupRange[] = [];
    let at = group.from;
    for (let members = membersAt(at); at < group.to && members; members = membersAt(at)) {
      const family = layFamily(at, members.size + 1);
      children.push(family);
      at = family.to;
    }
    return children.length === 0
      ? group
      : { ...group, children: [...children, plainRange(`${group.id} without hubs`, at, group.to)] };
  };
  return lay(pool.tree);
};

/**
 * Puts each hub's sites into a group of their own, with ceilings by the vial. The pool's sites are in `orderFamilies` order. `shareOf`:
 * what a site had by rank, in micro-doses, when its hub was found to be promised more than the share of all.
 */
export const layFamilies = (pool: Pool, families: Families, shareOf: ShareOf): Pool => {
  const [ceilingPacks, floorPacks] = [pool.ceilingPacks.slice(), pool.floorPacks.slice()];
  const [ceilingMicro, fixedMicro, dueMicro] = [pool.ceilingMicro.slice(), pool.fixedMicro.slice(), pool.dueMicro.slice()];
  const vials = promisedVials(pool);
  const layFamily = (from: number, sites: number): GroupRange => {
    const to = from + sites;
    const places = Array.from({ length: sites }, (_, place) => from + place);
    const promised = vials.slice(from, to);
    const ceilings = ceilingsOf(pool, places, promised);
    const { most, wanted } = dueOf(pool, places, ceilings);
    const maxPacks = mostPacks(pool, from, wanted);
    const openPacks = Math.min(maxPacks, mostPacks(pool, from, ceilings)); // what was asked for: second doses due raise it once they are served
    ceilingMicro.set(ceilings, from);
    fixedMicro.set(fixedOf(pool, places, promised, shareOf), from);
    dueMicro.set(most, from);
    ceilingPacks.fill(0, from, to).fill(openPacks, from, from + 1);
    floorPacks.fill(0, from, to).fill(Math.min(openPacks, countedPacks(pool, places, ceilings)), from, from + 1);
    return { ...plainRange(hubNode(pool.sites[from]?.siteId ?? ''), from, to), maxPacks, byVial: true };
  };
  return { ...pool, tree: withFamilies(pool, families, layFamily), ceilingPacks, floorPacks, ceilingMicro, fixedMicro, dueMicro };
};
