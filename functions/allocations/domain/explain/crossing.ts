import { packBounds } from '../awards/bounds.ts';
import { upward } from '../tree.ts';
import type { Pool } from '../pool.ts';
import type { GroupRange } from '../tree.ts';

/** What a group of the tree can hold: packs it must, those of them that go to the crossing group, and room on both sides. */
interface Hold {
  readonly low: number;
  readonly inside: number;
  readonly roomInside: number;
  readonly roomOutside: number;
}

/** Takes so many more packs, the crossing group's first. */
const take = (hold: Hold, packs: number): Hold => {
  const inside = Math.min(packs, hold.roomInside);
  return {
    low: hold.low + packs,
    inside: hold.inside + inside,
    roomInside: hold.roomInside - inside,
    roomOutside: hold.roomOutside - (packs - inside),
  };
};

/** Cuts room down to a maximum, the others' first. */
const cut = (hold: Hold, high: number): Hold => {
  const over = Math.max(0, hold.low + hold.roomInside + hold.roomOutside - high);
  const outside = Math.min(over, hold.roomOutside);
  return { ...hold, roomOutside: hold.roomOutside - outside, roomInside: hold.roomInside - (over - outside) };
};

/**
 * The most packs a group that crosses the tree could hold in any split of so many packs within every bound: what a solution that
 * plans it together with the tree could have met. Stages look at one after the other and may meet less. Each group's best is a
 * line of slope one, then nought, in the packs it holds, and such lines add and are cut exactly. Undefined when bounds clash.
 */
export const mostOfCrossing = (pool: Pool, belongs: (site: number) => boolean, packs: number): number | undefined => {
  const feasible = packBounds(pool);
  if ('clash' in feasible) return undefined;
  const { bounds } = feasible;
  const holds = new Map<GroupRange, Hold>();
  const siteHold = (site: number): Hold => {
    const low = pool.fixedPacks[site] ?? 0;
    const room = (pool.ceilingPacks[site] ?? 0) - low;
    const own = belongs(site);
    return { low, inside: own ? low : 0, roomInside: own ? room : 0, roomOutside: own ? 0 : room };
  };
  for (const group of upward(pool.tree)) {
    const { from, to, children } = group;
    const below = children.length > 0
      ? children.map((child) => holds.get(child))
      : Array.from({ length: to - from }, (_, at) => siteHold(from + at));
    const sum = (side: keyof Hold) => below.reduce((total, hold) => total + (hold?.[side] ?? 0), 0);
    const all = { low: sum('low'), inside: sum('inside'), roomInside: sum('roomInside'), roomOutside: sum('roomOutside') };
    const { low = 0, high = 0 } = bounds.get(group) ?? {};
    holds.set(group, cut(take(all, Math.max(0, low - all.low)), high));
  }
  const root = holds.get(pool.tree);
  return root && take(root, packs - root.low).inside;
};
