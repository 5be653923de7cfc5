import { ceilingOf } from './ceilings.ts';
import { lineKey } from './inputs.ts';
import { layTree, leafRanks } from './tree.ts';
import { byTicket } from './tie-order.ts';
import { MICRO, floorDiv } from './quantity.ts';
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
  readonly lines: readonly SiteLine[];
  readonly ceilings: readonly Ceiling[];
  readonly ceilingPacks: Float64Array;
  readonly fixedPacks: Float64Array;
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
  [...supply].sort((a, b) => b.doseNumber - a.doseNumber || (a.product === b.product ? b.packDoses - a.packDoses : a.product < b.product ? -1 : 1));

/** Doses awarded so far in this run, per site and per line, for ceilings that several pools share. */
export class TakenDoses {
  readonly #line = new Map<string, number>();
  readonly #all = new Map<string, number>();

  take(siteId: string, line: SupplyLine, doses: number): void {
    const key = `${siteId} ${lineKey(line)}`;
    this.#line.set(key, (this.#line.get(key) ?? 0) + doses);
    this.#all.set(siteId, (this.#all.get(siteId) ?? 0) + doses);
  }

  of(siteId: string, line: SupplyLine): { lineDoses: number; allDoses: number } {
    return { lineDoses: this.#line.get(`${siteId} ${lineKey(line)}`) ?? 0, allDoses: this.#all.get(siteId) ?? 0 };
  }
}

/** Lays out one pool. `sites` come from `layOutSites`. */
export const layOutPool = (inputs: RunInputs, policy: Policy, laidOut: readonly SiteInput[], supply: SupplyLine, taken: TakenDoses): Pool => {
  const sites: SiteInput[] = [];
  const lines: SiteLine[] = [];
  const sizes = new Map<string, number>();
  for (const site of laidOut) {
    const line = site.lines.find((item) => item.product === supply.product && item.doseNumber === supply.doseNumber);
    if (!line) continue;
    sites.push(site);
    lines.push(line);
    sizes.set(site.group, (sizes.get(site.group) ?? 0) + 1);
  }
  const fixedPacks = Float64Array.from(lines, (line) => line.fixed.find((item) => item.packDoses === supply.packDoses)?.packs ?? 0);
  const ceilings = sites.map((site, at): Ceiling => {
    const ceiling = ceilingOf(policy.caps, site, lines[at] as SiteLine, taken.of(site.siteId, supply), supply);
    const fixedDoses = (fixedPacks[at] ?? 0) * supply.packDoses;
    return fixedDoses > ceiling.doses ? { rule: 'fixed', doses: fixedDoses } : ceiling;
  });
  return {
    supply,
    packMicro: supply.packDoses * MICRO,
    supplyMicro: supply.packs * supply.packDoses * MICRO,
    week: inputs.week,
    tree: layTree(policy.tree, sizes, supply.packs, supply.packDoses),
    sites,
    lines,
    ceilings,
    ceilingPacks: Float64Array.from(ceilings, (ceiling) => floorDiv(ceiling.doses, supply.packDoses)),
    fixedPacks,
  };
};
