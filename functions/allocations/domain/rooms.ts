import { keptByVial } from './hubs/kept-by-vial.ts';
import { MICRO, floorDiv } from './quantity.ts';
import type { SiteInput, SiteLine } from './inputs.ts';

export const isWithin = (some: readonly string[], all: readonly string[]): boolean => some.every((kind) => all.includes(kind));

/**
 * What a run has put into the storage of its sites so far, by the kinds of storage it may lie in. Packs promised for any product
 * lie there from the start, so that an earlier pool does not take their place.
 */
export class StoredDoses {
  readonly #sites: number;
  readonly #byKinds = new Map<string, { readonly kinds: readonly string[]; readonly doses: Float64Array }>();

  /** `sites` by rank. */
  constructor(sites: readonly SiteInput[]) {
    this.#sites = sites.length;
    sites.forEach((site, rank) => {
      for (const line of site.lines) {
        for (const { packs, packDoses } of line.fixed) this.#add(line, rank, packs * packDoses);
        for (const { doses } of line.vials ?? []) this.#add(keptByVial(line), rank, doses);
      }
    });
  }

  #add({ storedIn }: SiteLine, rank: number, doses: number): void {
    if (storedIn === undefined || doses === 0) return;
    const key = storedIn.toSorted().join('+');
    const held = this.#byKinds.get(key) ?? { kinds: storedIn, doses: new Float64Array(this.#sites) };
    this.#byKinds.set(key, held);
    held.doses[rank] = (held.doses[rank] ?? 0) + doses;
  }

  /** Notes what a line was given beyond what was promised to it. */
  take(line: SiteLine, rank: number, finalMicro: number, fixedMicro: number): void {
    this.#add(line, rank, floorDiv(finalMicro - fixedMicro, MICRO));
  }

  /** Doses that may lie in these kinds of storage and nowhere else. */
  within(kinds: readonly string[], rank: number): number {
    let sum = 0;
    for (const held of this.#byKinds.values()) if (isWithin(held.kinds, kinds)) sum += held.doses[rank] ?? 0;
    return sum;
  }
}

export interface RoomLeft {
  readonly doses: number;
  /** Whether other products of the run take part of it. */
  readonly shared: boolean;
}

/**
 * What the rooms of a site leave a line: the least of all that hold every kind it may lie in. Exact, by Hall's theorem: products fit
 * into units of different kinds when, for every set of kinds, those that may lie nowhere else fit into it. `takenIn`: of other lines.
 */
export const roomLeft = ({ rooms = [] }: SiteInput, { storedIn }: SiteLine, takenIn: (kinds: readonly string[]) => number): RoomLeft | undefined => {
  if (storedIn === undefined) return undefined;
  let least: RoomLeft | undefined;
  for (const { kinds, doses } of rooms) {
    if (!isWithin(storedIn, kinds)) continue;
    const taken = takenIn(kinds);
    if (least === undefined || doses - taken < least.doses) least = { doses: doses - taken, shared: taken > 0 };
  }
  return least;
};
