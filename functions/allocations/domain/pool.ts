import { ceilingOf } from './ceilings.ts';
import { lineKey } from './inputs.ts';
import { layTree, leafRanks } from './tree.ts';
import { byTicket } from './tie-order.ts';
import { MICRO, floorDiv } from './quantity.ts';
import { weightOf } from './weights.ts';
import type { Ceiling } from './ceilings.ts';
import type { RunInputs, SiteInput, SiteLine, SupplyLine } from './inputs.ts';
import type { Policy } from './policy.ts';
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
  readonly lines: readonly SiteLine[];
  readonly ceilings: readonly Ceiling[];
  readonly ceilingPacks: Float64Array;
  readonly fixedPacks: Float64Array;
  /** What each site may take toward its groups' minimums: its ceiling if the floors stage gives it weight, else what is fixed. */
  readonly floorPacks: Float64Array;
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

/** Doses awarded so far in this run, by a site's rank: of each product and dose number, and of everything. */
export class TakenDoses {
  readonly #sites: number;
  readonly #all: Float64Array;
  readonly #lines = new Map<string, Float64Array>();

  constructor(sites: number) {
    this.#sites = sites;
    this.#all = new Float64Array(sites);
  }

  ofLine(line: SupplyLine): Float64Array {
    const known = this.#lines.get(lineKey(line)) ?? new Float64Array(this.#sites);
    this.#lines.set(lineKey(line), known);
    return known;
  }

  ofAll(): Float64Array {
    return this.#all;
  }

  /** Notes a pool's awards, in packs. */
  take(pool: Pool, packs: Float64Array): void {
    const line = this.ofLine(pool.supply);
    packs.forEach((given, at) => {
      const rank = pool.ranks[at] ?? 0;
      line[rank] = (line[rank] ?? 0) + given * pool.supply.packDoses;
      this.#all[rank] = (this.#all[rank] ?? 0) + given * pool.supply.packDoses;
    });
  }
}

/** The sites with a line of one product and dose number, in laid-out order. */
interface Column {
  readonly sites: SiteInput[];
  readonly lines: SiteLine[];
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

/** Lays out one pool over its column of sites. */
export const layOutPool = (
  week: string,
  policy: Policy,
  columns: ReadonlyMap<string, Column>,
  supply: SupplyLine,
  taken: TakenDoses,
): Pool => {
  const { sites = [], lines = [], ranks = [], sizes = new Map<string, number>() } = columns.get(lineKey(supply)) ?? {};
  const fixedIn = (line: SiteLine) => line.fixed.find((item) => item.packDoses === supply.packDoses)?.packs ?? 0;
  const fixedPacks = Float64Array.from(lines, fixedIn);
  const lineDoses = taken.ofLine(supply);
  const allDoses = taken.ofAll();
  const ceilings = sites.map((site, at): Ceiling => {
    const rank = ranks[at] ?? 0;
    const before = { lineDoses: lineDoses[rank] ?? 0, allDoses: allDoses[rank] ?? 0 };
    const ceiling = ceilingOf(policy.caps, site, lines[at] as SiteLine, before, supply);
    const fixedDoses = (fixedPacks[at] ?? 0) * supply.packDoses;
    return fixedDoses > ceiling.doses ? { rule: 'fixed', doses: fixedDoses } : ceiling;
  });
  const ceilingPacks = Float64Array.from(ceilings, (ceiling) => floorDiv(ceiling.doses, supply.packDoses));
  const floors = policy.stages.find((stage) => stage.kind === 'floors');
  const counts = (site: SiteInput) => !floors || (!site.suspended && weightOf(site.weights, floors.weight) > 0);
  return {
    supply,
    packMicro: supply.packDoses * MICRO,
    supplyMicro: supply.packs * supply.packDoses * MICRO,
    week,
    tree: layTree(policy.tree, sizes, supply.packs, supply.packDoses),
    sites,
    ranks: Int32Array.from(ranks),
    lines,
    ceilings,
    ceilingPacks,
    fixedPacks,
    floorPacks: ceilingPacks.map((packs, at) => (counts(sites[at] as SiteInput) ? packs : (fixedPacks[at] ?? 0))),
  };
};
