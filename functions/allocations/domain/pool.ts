import { ceilingOf, storageLeft } from './ceilings.ts';
import { inForce } from './policy/in-force.ts';
import { lineKey } from './inputs.ts';
import { layTree, leafRanks, sumRange, upward } from './tree.ts';
import { byTicket } from './awards/tie-order.ts';
import { MAX_POOL_DOSES, MICRO, floorDiv } from './quantity.ts';
import { keptByVial } from './hubs/kept-by-vial.ts';
import { StoredDoses, isWithin } from './rooms.ts';
import { othersDosesOf, vialDosesOf } from './hubs/vial-promises.ts';
import { weightOf } from './policy/weights.ts';
import type { CeilingRule } from './allocation.ts';
import type { Ceiling, Taken } from './ceilings.ts';
import type { ServedLine } from './hubs/kept-by-vial.ts';
import type { RunInputs, SiteInput, SiteLine, SupplyLine } from './inputs.ts';
import type { Policy } from './policy/policy.ts';
import type { GroupRange } from './tree.ts';

/** One pool laid out for the engine: sites that ask for it, in tree order and inside a leaf by ticket. Arrays run in parallel. */
export interface Pool {
  readonly supply: SupplyLine;
  readonly packMicro: number;
  readonly supplyMicro: number;
  readonly week: string;
  readonly tree: GroupRange;
  readonly sites: readonly SiteInput[];
  /** Where each site stands among all sites of the run. */
  readonly ranks: Int32Array;
  readonly lines: readonly ServedLine[];
  readonly ceilings: readonly Ceiling[];
  /** Packs each site may and must be sent; where a hub shares, the hub's stand for all its sites. */
  readonly ceilingPacks: Float64Array;
  readonly fixedPacks: Float64Array;
  /** The most that each site can be sent for second doses falling due: every cap but its request, in micro-doses. */
  readonly dueMicro: Float64Array;
  /** The least that second doses are served by: one pack; of several sizes, the smallest. */
  readonly dueStep: number;
  /** The same in micro-doses for each site by itself, by the vial where a hub shares. */
  readonly ceilingMicro: Float64Array;
  readonly fixedMicro: Float64Array;
  /** Ceilings as if nothing were promised, where a hub is promised packs that are for others too; absent: they are the same. */
  readonly openPacks?: Float64Array;
  /** Doses that the storage of a site still takes in, whosever they are; undefined where no cap asks or nothing is known. */
  readonly storageLeft: (at: number) => number | undefined;
  /** The ceiling of each site in doses as if nothing were promised to it. */
  readonly openDoses: Float64Array;
  /** The most doses that a site's caps let it have, whatever it asked for. */
  readonly withoutRequest: (at: number) => number;
  /** Sites that stand aside with what they were promised (promises.ts), while a round is shared out. */
  readonly standing?: Uint8Array;
  /** Whether each site counts toward its groups' minimums: the floors stage gives it weight. */
  readonly counted: Uint8Array;
  /** What each site may take toward its groups' minimums: its ceiling if the floors stage gives it weight, else what is fixed. */
  readonly floorPacks: Float64Array;
  /** The same before second doses were served, which let a site hold more but no minimum ask for more than its stage poured. */
  readonly minimumPacks?: Float64Array;
}

/** Sites in the order the engine lays them out: by leaf, then by the week's ticket. Never by row. */
export const layOutSites = (inputs: RunInputs, policy: Policy): SiteInput[] => {
  const ranks = leafRanks(policy.tree);
  const leaves: SiteInput[][] = Array.from(ranks, () => []);
  for (const site of byTicket(inputs.sites, inputs.week, (item) => item.siteId)) leaves[ranks.get(site.group) ?? -1]?.push(site);
  return leaves.flat();
};

/**
 * Pools in the order they are shared out: later doses of a series first, then by product, larger packs first.
 * It only matters where pools meet in one site (shared throughput, mixed packs), which a policy must declare.
 */
export const poolOrder = (supply: readonly SupplyLine[]): SupplyLine[] =>
  [...supply].sort((a, b) => {
    if (a.doseNumber !== b.doseNumber) return b.doseNumber - a.doseNumber;
    return a.product === b.product ? b.packDoses - a.packDoses : a.product < b.product ? -1 : 1;
  });

/** The pools of one product and dose number, largest packs first: shared out together where there are several. */
export const poolsByLine = (supply: readonly SupplyLine[]): SupplyLine[][] => {
  const lines = new Map<string, SupplyLine[]>();
  for (const line of poolOrder(supply)) lines.set(lineKey(line), [...(lines.get(lineKey(line)) ?? []), line]);
  return [...lines.values()];
};

/** What awards put into the storage of each site, and what of it was promised before. A hub takes in the vials of its members too. */
const inStorage = (pool: Pool, finalMicro: Float64Array): { held: Float64Array; promised: Float64Array } => {
  const [held, promised] = [finalMicro.slice(), pool.fixedMicro.slice()];
  for (const { from, to, byVial } of upward(pool.tree)) {
    if (byVial !== true) continue;
    held[from] = sumRange(finalMicro, from, to);
    for (let at = from; at < to; at += 1) {
      const line = pool.lines[at];
      promised[at] = (pool.fixedPacks[at] ?? 0) * pool.packMicro + (line === undefined ? 0 : vialDosesOf(line, pool.supply) * MICRO);
    }
  }
  return { held, promised };
};

/** Doses awarded so far in this run, by a site's rank: of each product and dose number, of everything, and by kinds of storage. */
export class TakenDoses {
  readonly #sites: number;
  readonly #all: Float64Array;
  readonly #lines = new Map<string, Float64Array>();
  readonly stored: StoredDoses;

  /** `sites` by rank. */
  constructor(sites: readonly SiteInput[]) {
    this.#sites = sites.length;
    this.#all = new Float64Array(sites.length);
    this.stored = new StoredDoses(sites);
  }

  ofLine(line: SupplyLine): Float64Array {
    const known = this.#lines.get(lineKey(line)) ?? new Float64Array(this.#sites);
    this.#lines.set(lineKey(line), known);
    return known;
  }

  ofAll(): Float64Array {
    return this.#all;
  }

  /** Notes a pool's awards, in micro-doses by site. */
  take(pool: Pool, finalMicro: Float64Array): void {
    const line = this.ofLine(pool.supply);
    const { held, promised } = inStorage(pool, finalMicro);
    finalMicro.forEach((micro, at) => {
      const rank = pool.ranks[at] ?? 0;
      const doses = floorDiv(micro, MICRO);
      line[rank] = (line[rank] ?? 0) + doses;
      this.#all[rank] = (this.#all[rank] ?? 0) + doses;
      const own = pool.lines[at];
      if (own?.storedIn) this.stored.take(own, rank, held[at] ?? 0, promised[at] ?? 0);
    });
  }
}

/** The sites with a line of one product and dose number, in laid-out order. */
export interface Column {
  readonly sites: SiteInput[];
  readonly lines: ServedLine[];
  readonly ranks: number[];
  /** How many of them lie in each leaf. */
  readonly sizes: Map<string, number>;
}

/** The run's sites by what they ask for, read once for all pools. `sites` come from `layOutSites`. */
export const layOutColumns = (laidOut: readonly SiteInput[]): Map<string, Column> => {
  const columns = new Map<string, Column>();
  laidOut.forEach((site, rank) => {
    for (const line of site.lines) {
      const key = lineKey(line);
      let column = columns.get(key);
      if (!column) columns.set(key, (column = { sites: [], lines: [], ranks: [], sizes: new Map() }));
      column.sites.push(site);
      column.lines.push(line);
      column.ranks.push(rank);
      column.sizes.set(site.group, (column.sizes.get(site.group) ?? 0) + 1);
    }
  });
  return columns;
};

/** What of a site's ceiling and of its ordered packs a pool can use: whole packs of its size, as a rule. */
export interface Shape {
  readonly fixedPacks: (line: SiteLine) => number;
  /** The packs a site can really be sent within a ceiling; never fewer than are fixed. */
  readonly usablePacks: (ceiling: Ceiling, site: SiteInput, line: SiteLine) => Usable;
  /** Packs of the pool that second doses are served by at the least. */
  readonly dueStep: number;
}
export interface Usable {
  readonly packs: number;
  readonly rule: CeilingRule;
}

const wholePacks = (supply: SupplyLine): Shape => ({
  fixedPacks: (line) => line.fixed.find((item) => item.packDoses === supply.packDoses)?.packs ?? 0,
  usablePacks: ({ doses, rule }) => ({ packs: floorDiv(doses, supply.packDoses), rule }),
  dueStep: 1,
});

/** Lays out one pool over its column of sites. */
export const layOutPool = (
  week: string,
  policy: Policy,
  columns: ReadonlyMap<string, Column>,
  supply: SupplyLine,
  taken: TakenDoses,
  shape: Shape = wholePacks(supply),
): Pool => {
  const { sites = [], lines = [], ranks = [], sizes = new Map<string, number>() } = columns.get(lineKey(supply)) ?? {};
  const fixedPacks = Float64Array.from(lines, shape.fixedPacks);
  const lineDoses = taken.ofLine(supply);
  const allDoses = taken.ofAll();
  const ceilingPacks = new Float64Array(sites.length);
  const openPacks = new Float64Array(sites.length);
  const duePacks = new Float64Array(sites.length);
  const openDoses = new Float64Array(sites.length);
  const earlier = (at: number): Taken => {
    const rank = ranks[at] ?? 0;
    const line = lines[at] as SiteLine;
    // What is promised of this line lies in storage already and is part of its own award.
    const promised = (fixedPacks[at] ?? 0) * supply.packDoses;
    const vials = { doses: vialDosesOf(line, supply), storedIn: keptByVial(line).storedIn ?? [] };
    const storedIn = (kinds: readonly string[]): number =>
      taken.stored.within(kinds, rank) - promised - (isWithin(vials.storedIn, kinds) ? vials.doses : 0);
    return { lineDoses: lineDoses[rank] ?? 0, allDoses: allDoses[rank] ?? 0, storedIn };
  };
  // People who are due are not turned away because a request was small: it caps the rest of the award only.
  const unasked = (at: number): Ceiling =>
    ceilingOf(policy.caps, sites[at] as SiteInput, { ...(lines[at] as SiteLine), requestDoses: MAX_POOL_DOSES }, earlier(at), supply);
  const ceilings = sites.map((site, at): Ceiling => {
    const line = lines[at] as SiteLine;
    const fixedDoses = (fixedPacks[at] ?? 0) * supply.packDoses - othersDosesOf(line, supply);
    const before = earlier(at);
    const lowest = ceilingOf(policy.caps, site, line, before, supply);
    openDoses[at] = lowest.doses;
    const ceiling: Ceiling = fixedDoses > lowest.doses ? { rule: 'fixed', doses: fixedDoses } : lowest;
    const usable = shape.usablePacks(ceiling, site, line);
    ceilingPacks[at] = Math.max(usable.packs, fixedPacks[at] ?? 0);
    openPacks[at] = usable.packs;
    duePacks[at] = usable.packs;
    if (supply.doseNumber > 1 && line.due.length > 0) {
      duePacks[at] = Math.max(usable.packs, shape.usablePacks(unasked(at), site, line).packs);
    }
    return { ...ceiling, rule: usable.rule };
  });
  const floors = policy.stages.find((stage) => stage.kind === 'floors');
  const packMicro = supply.packDoses * MICRO;
  const counts = (site: SiteInput) => !floors || (!site.suspended && weightOf(site.weights, floors.weight) > 0);
  const counted = Uint8Array.from(sites, (site) => (counts(site) ? 1 : 0));
  return {
    supply,
    packMicro,
    supplyMicro: supply.packs * supply.packDoses * MICRO,
    week,
    tree: layTree(policy.tree, sizes, supply.packs, supply.packDoses, !floors || inForce(floors, week, supply.doseNumber)), // a stage of first doses makes no minimum of second ones
    sites,
    ranks: Int32Array.from(ranks),
    lines,
    ceilings,
    ceilingPacks,
    fixedPacks,
    ...(lines.some((line) => othersDosesOf(line, supply) > 0) && { openPacks }),
    storageLeft: (at) => storageLeft(policy.caps, sites[at] as SiteInput, lines[at] as SiteLine, earlier(at)),
    openDoses,
    withoutRequest: (at) => unasked(at).doses,
    dueMicro: duePacks.map((packs) => packs * packMicro),
    dueStep: shape.dueStep * packMicro,
    ceilingMicro: ceilingPacks.map((packs) => packs * packMicro),
    fixedMicro: fixedPacks.map((packs) => packs * packMicro),
    counted,
    floorPacks: ceilingPacks.map((packs, at) => (counted[at] === 1 ? packs : (fixedPacks[at] ?? 0))),
  };
};
