import { nodesOf } from '../../functions/allocations/domain/policy/policy-rules.ts';
import type { RunInputs, SiteInput } from '../../functions/allocations/domain/inputs.ts';
import type { PolicyNode } from '../../functions/allocations/domain/policy/policy.ts';
import type { Programme, Term } from './allocation-highs.ts';
import type { Instance } from './allocation-arbitrary.ts';

/**
 * The raw rules of a one-pool instance as rows over whole packs, for a package solver: ceilings, every group's own minimum and
 * maximum, the supply. Nothing is tightened here; that is what the engine claims to do and the solver checks.
 */
const PACK_DOSES = 100;
export const PACK_MICRO = 100_000_000;
/** Costs go to the solver in tenths of a dose: two that differ, differ by far more than its tolerance. */
const COST_UNIT_MICRO = 100_000;

export const sitesUnder = (inputs: RunInputs, node: PolicyNode): SiteInput[] => {
  const ids = new Set(nodesOf(node).map((item) => item.id));
  return inputs.sites.filter((site) => ids.has(site.group));
};

const percentOf = (node: PolicyNode, side: 'min' | 'max'): number | undefined => {
  const bound = node[side];
  return bound && 'share' in bound ? Number(bound.share.replace('%', '')) : undefined;
};
export const supplyPacks = (inputs: RunInputs): number => inputs.supply[0]?.packs ?? 0;
/** The most packs a site may be sent by its request and the policy's caps of storage and of one site's share. */
export const ceilingOf = ({ inputs, policy }: Instance, site: SiteInput): number => {
  const [line] = site.lines;
  const limits = policy.caps.map((cap) => {
    if (cap.kind === 'storage') return line?.storageDoses ?? Infinity;
    return cap.kind === 'share-of-supply' ? (supplyPacks(inputs) * PACK_DOSES * Number(cap.share.replace('%', ''))) / 100 : Infinity;
  });
  return Math.min(supplyPacks(inputs), Math.floor(Math.min(line?.requestDoses ?? 0, ...limits) / PACK_DOSES));
};
export const maximumOf = (inputs: RunInputs, node: PolicyNode): number =>
  Math.floor((supplyPacks(inputs) * (percentOf(node, 'max') ?? 100)) / 100);

/** What a site may take toward a minimum: nothing without weight in the floors stage. */
const countedCeiling = (instance: Instance, site: SiteInput): number => {
  const floors = instance.policy.stages.find((stage) => stage.kind === 'floors');
  return floors && (site.weights.population ?? 0) === 0 ? 0 : ceilingOf(instance, site);
};
export const minimumOf = (instance: Instance, node: PolicyNode): number => {
  const { inputs } = instance;
  const least = Math.ceil((supplyPacks(inputs) * (percentOf(node, 'min') ?? 0)) / 100);
  if (node.strict) return least;
  return Math.min(least, sitesUnder(inputs, node).reduce((sum, site) => sum + countedCeiling(instance, site), 0));
};

/** A guarantee to a group of the tree, in whole packs, as far as its target reached it. */
const guaranteeOf = (instance: Instance, node: PolicyNode, targets: ReadonlyMap<string, number>): number => {
  const { inputs, policy } = instance;
  const reached = sitesUnder(inputs, node).reduce((sum, site) => sum + (targets.get(site.siteId) ?? 0), 0);
  return policy.stages.reduce((least, stage) => {
    if (stage.kind !== 'reserve' || stage.reserve !== 'minimum-guarantee') return least;
    if (!('node' in stage.group) || stage.group.node !== node.id) return least;
    const share = Math.ceil((supplyPacks(inputs) * Number(stage.share.replace('%', ''))) / 100);
    return Math.max(least, Math.min(share, Math.floor(reached / PACK_MICRO)));
  }, 0);
};

/** Adds an instance's bounds alone with a slack under each minimum; the sum of the slacks tells how badly they clash. */
export const addFeasibility = (programme: Programme, instance: Instance): number[] => {
  const { inputs, policy } = instance;
  const taken = new Map(
    inputs.sites.map((site) => [site.siteId, programme.variable({ high: countedCeiling(instance, site), whole: true })]),
  );
  return nodesOf(policy.tree).map((node) => {
    const terms = sitesUnder(inputs, node).map((site): Term => [taken.get(site.siteId) ?? 0, 1]);
    const slack = programme.variable({ cost: 1 });
    programme.row(terms, 0, maximumOf(inputs, node));
    programme.row([...terms, [slack, 1]], minimumOf(instance, node), Number.MAX_SAFE_INTEGER);
    return slack;
  });
};

/** One level of a run: a group, its children, what each should have, what the engine gave and what the solver would. */
export interface Level {
  readonly node: string;
  readonly due: readonly number[];
  readonly given: readonly number[];
  /** For each child the variables whose sum is its packs. */
  readonly unit: readonly (readonly number[])[];
}

interface Claimant {
  readonly sites: readonly SiteInput[];
  readonly due: number;
  readonly given: number;
}

const claimantsOf = (inputs: RunInputs, node: PolicyNode, dueAt: (site: SiteInput) => number, packs: (id: string) => number) => {
  const groups = node.children?.map((child) => sitesUnder(inputs, child)) ?? sitesUnder(inputs, node).map((site) => [site]);
  return groups.map((sites): Claimant => ({
    sites,
    due: sites.reduce((sum, site) => sum + dueAt(site), 0),
    given: sites.reduce((sum, site) => sum + packs(site.siteId), 0),
  }));
};

/**
 * Adds every level of a run: packs of each child are a sum of unit binaries whose costs rise (so the least sum of squares is
 * linear in them), over whole packs of the sites below that keep every rule of every group below. `served`: packs that second doses
 * got of a site's target, which it keeps.
 */
export const addLevels = (
  programme: Programme,
  instance: Instance,
  targets: ReadonlyMap<string, number>,
  packs: (id: string) => number,
  served: (id: string) => number,
): Level[] => {
  const { inputs, policy } = instance;
  const debts = new Map(inputs.debts.map((row) => [row.siteId, row.micro]));
  const dueAt = (site: SiteInput) => (targets.get(site.siteId) ?? 0) + (debts.get(site.siteId) ?? 0);
  return nodesOf(policy.tree).map((node): Level => {
    const claimants = claimantsOf(inputs, node, dueAt, packs);
    const mostOf = (site: SiteInput) => Math.max(ceilingOf(instance, site), served(site.siteId));
    const units = claimants.map(({ sites, due }): number[] => {
      const most = sites.reduce((sum, site) => sum + mostOf(site), 0);
      const least = node.children ? 0 : sites.reduce((sum, site) => sum + served(site.siteId), 0);
      return Array.from({ length: most }, (_, at) =>
        programme.variable({ cost: ((2 * at + 1) * PACK_MICRO - 2 * due) / COST_UNIT_MICRO, low: at < least ? 1 : 0, high: 1, whole: true }),
      );
    });
    const siteTerms = new Map<string, Term[]>();
    claimants.forEach(({ sites }, at) => {
      const own = (units[at] ?? []).map((unit): Term => [unit, 1]);
      if (!node.children) {
        siteTerms.set(sites[0]?.siteId ?? '', own);
        return;
      }
      const inside = sites.map((site): Term => {
        const variable = programme.variable({ low: served(site.siteId), high: mostOf(site), whole: true });
        siteTerms.set(site.siteId, [[variable, 1]]);
        return [variable, 1];
      });
      programme.row([...own, ...inside.map(([variable]): Term => [variable, -1])], 0, 0);
    });
    for (const below of nodesOf(node)) {
      const terms = sitesUnder(inputs, below).flatMap((site) => siteTerms.get(site.siteId) ?? []);
      const least = Math.max(minimumOf(instance, below), guaranteeOf(instance, below, targets));
      if (below !== node) programme.row(terms, least, maximumOf(inputs, below));
    }
    const all = units.flat().map((unit): Term => [unit, 1]);
    const total = claimants.reduce((sum, { given }) => sum + given, 0);
    programme.row(all, total, total);
    return { node: node.id, due: claimants.map(({ due }) => due), given: claimants.map(({ given }) => given), unit: units };
  });
};

/** The sum of squares a level is judged by, exactly. */
export const objective = (due: readonly number[], packs: readonly number[]): bigint =>
  due.reduce((sum, micro, at) => sum + (BigInt(micro) - BigInt((packs[at] ?? 0) * PACK_MICRO)) ** 2n, 0n);

/** The packs the solver gave each child of a level. */
export const solvedPacks = (level: Level, values: Float64Array): number[] =>
  level.unit.map((unit) => unit.reduce((sum, variable) => sum + Math.round(values[variable] ?? 0), 0));
