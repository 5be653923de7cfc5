import { lineKey } from '../inputs.ts';
import { leastDoses } from '../minimums.ts';
import { ceilDiv, floorDiv } from '../quantity.ts';
import type { PackBounds } from '../awards/bounds.ts';
import type { RunInputs, SiteInput, SiteLine, SupplyLine } from '../inputs.ts';
import type { JointModel, PackSize } from './model.ts';
import type { Policy } from '../policy/policy.ts';
import type { Pool, Shape } from '../pool.ts';
import type { Targets } from '../targets/targets.ts';

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** Whether a product's packs have to be shared out in one go: several sizes, or a site whose smallest clinic is over a pack. */
export const isJoint = (policy: Policy, inputs: RunInputs, sizes: readonly SupplyLine[]): boolean => {
  const [first] = sizes;
  if (!first || sizes.length > 1) return true;
  if ((policy.minimums ?? []).length === 0) return false;
  return inputs.sites.some((site) => {
    const asks = site.lines.some((line) => lineKey(line) === lineKey(first));
    return asks && leastDoses(policy, site) > first.packDoses;
  });
};

/** The sizes of a product in a common unit of doses, the largest first. */
export const packSizes = (sizes: readonly SupplyLine[]): { readonly sizes: readonly PackSize[]; readonly unitDoses: number } => {
  const unitDoses = sizes.reduce((unit, supply) => gcd(unit, supply.packDoses), 0);
  return { sizes: sizes.map((supply) => ({ supply, units: supply.packDoses / unitDoses })), unitDoses };
};

/** All packs of a product as one pool of units, in which the stages find their targets. */
export const unitSupply = (sizes: readonly PackSize[], unitDoses: number): SupplyLine => {
  const packs = sizes.reduce((sum, size) => sum + size.units * size.supply.packs, 0);
  const { product = '', doseNumber = 1 } = sizes[0]?.supply ?? {};
  return { product, doseNumber, packDoses: unitDoses, packs };
};

/** The most units within a limit that some packs add up to. */
const largestMix = (sizes: readonly PackSize[], limit: number): number => {
  const [size, ...smaller] = sizes;
  if (!size) return 0;
  const most = Math.min(size.supply.packs, floorDiv(limit, size.units));
  if (smaller.length === 0) return most * size.units;
  let best = 0;
  for (let count = 0; count <= most && best < limit; count += 1) {
    best = Math.max(best, count * size.units + largestMix(smaller, limit - count * size.units));
  }
  return best;
};

const fixedOf = (line: SiteLine, size: PackSize): number =>
  line.fixed.find((item) => item.packDoses === size.supply.packDoses)?.packs ?? 0;
const fixedUnits = (line: SiteLine, sizes: readonly PackSize[]): number =>
  sizes.reduce((sum, size) => sum + fixedOf(line, size) * size.units, 0);

const leastUnits = (policy: Policy, site: SiteInput, unitDoses: number): number => ceilDiv(leastDoses(policy, site), unitDoses);

/** A ceiling in units that packs can reach; under a site's smallest clinic it is what is fixed and no more. */
export const jointShape = (policy: Policy, sizes: readonly PackSize[], unitDoses: number): Shape => ({
  fixedPacks: (line) => fixedUnits(line, sizes),
  dueStep: sizes.at(-1)?.units ?? 1,
  usablePacks: ({ doses, rule }, site, line) => {
    const fixed = fixedUnits(line, sizes);
    const packs = Math.max(fixed, largestMix(sizes, floorDiv(doses, unitDoses)));
    return packs > fixed && packs < leastUnits(policy, site, unitDoses)
      ? { packs: fixed, rule: 'smallest-clinic' }
      : { packs, rule };
  },
});

/** Packs of each size that are already ordered or promised, of the sites for which they count. */
export const promisedPacks = (pool: Pool, sizes: readonly PackSize[], counts: (rank: number) => boolean): readonly Float64Array[] =>
  sizes.map((size) => Float64Array.from(pool.lines, (line, at) => (counts(pool.ranks[at] ?? 0) ? fixedOf(line, size) : 0)));

/** What each site may hold, in units: its ceiling, or more where its second doses need it. */
export const jointMost = (pool: Pool, { dueMicro }: Targets): Float64Array =>
  pool.ceilingPacks.map((packs, at) => Math.max(packs, (dueMicro[at] ?? 0) / pool.packMicro));

/** The pool as a joint model, once targets and bounds are known. `fixed`: packs of each size that the split may not take back. */
export const modelOf = (
  pool: Pool,
  policy: Policy,
  sizes: readonly PackSize[],
  targets: Targets,
  bounds: PackBounds,
  brought: Float64Array,
  fixed: readonly Float64Array[],
): JointModel => ({
  tree: pool.tree,
  bounds,
  sizes,
  unitMicro: pool.packMicro,
  due: targets.micro.map((micro, at) => micro + (brought[at] ?? 0)),
  most: jointMost(pool, targets),
  least: Float64Array.from(pool.sites, (site) => leastUnits(policy, site, pool.supply.packDoses)),
  fixed,
  units: floorDiv(targets.totalMicro, pool.packMicro),
});

/** The size of which more packs are ordered already than there are, if any: the one clash that units cannot show. */
export const overdrawn = (pool: Pool, sizes: readonly PackSize[]): { node: string; rules: string[] } | undefined => {
  for (const size of sizes) {
    const ordered = pool.lines.reduce((sum, line) => sum + fixedOf(line, size), 0);
    const { packDoses, packs } = size.supply;
    if (ordered <= packs) continue;
    return {
      node: pool.tree.id,
      rules: [`${ordered} packs of ${packDoses} already ordered`, `supply: ${packs} packs of ${packDoses}`],
    };
  }
  return undefined;
};
