import { poolKey } from './inputs.ts';
import { sumRange, upward } from './tree.ts';
import type { Clash, PackBounds } from './bounds.ts';
import type { Override } from './inputs.ts';
import type { Pool } from './pool.ts';

export interface Overridden {
  readonly packs: Float64Array;
  /** The override of each site that has one, by its place in the pool. */
  readonly reasons: ReadonlyMap<number, string>;
}

/**
 * Awards as people changed them, checked again against what is fixed, every ceiling, every group's bounds and the supply.
 * An override replaces one site's award and moves no other; the packs it frees stay in supply. It earns and costs no debt.
 */
export const applyOverrides = (
  pool: Pool,
  bounds: PackBounds,
  shared: Float64Array,
  overrides: readonly Override[],
): Overridden | { readonly clash: Clash } => {
  const packs = shared.slice();
  const reasons = new Map<number, string>();
  const clashes: Clash[] = [];
  for (const override of overrides) {
    if (poolKey(override) !== poolKey(pool.supply)) continue;
    const at = pool.sites.findIndex((site) => site.siteId === override.siteId);
    const [least, most] = [pool.fixedPacks[at] ?? 0, pool.ceilingPacks[at] ?? 0];
    const rule =
      at < 0 ? 'it has no request for this product'
      : override.packs < least ? `${least} packs already ordered`
      : override.packs > most ? `the site can use ${most} packs`
      : undefined;
    if (rule !== undefined) clashes.push({ node: override.siteId, rules: [`override of ${override.siteId}: ${override.packs} packs`, rule] });
    else {
      packs[at] = override.packs;
      reasons.set(at, override.reason);
    }
  }
  if (reasons.size > 0) clashes.push(...groupClashes(pool, bounds, packs));
  return together(clashes) ?? { packs: reasons.size === 0 ? shared : packs, reasons };
};

/** Every group whose bounds the overridden packs break, the lowest first. */
const groupClashes = (pool: Pool, bounds: PackBounds, packs: Float64Array): Clash[] =>
  upward(pool.tree).flatMap((group) => {
    const held = sumRange(packs, group.from, group.to);
    const { low, high } = bounds.get(group) ?? { low: 0, high: 0 };
    const rule = held < low ? `${group.id}: at least ${low} packs` : held > high ? `${group.id}: at most ${high} packs` : undefined;
    return rule === undefined ? [] : [{ node: group.id, rules: [`overrides give ${group.id} ${held} packs`, rule] }];
  });

/** Clashes as one that names the rest; undefined when there are none. */
export const together = (clashes: readonly Clash[]): { readonly clash: Clash } | undefined => {
  const [first, ...others] = clashes;
  return first && { clash: others.length === 0 ? first : { ...first, others } };
};
