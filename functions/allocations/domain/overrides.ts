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
  for (const override of overrides) {
    if (poolKey(override) !== poolKey(pool.supply)) continue;
    const at = pool.sites.findIndex((site) => site.siteId === override.siteId);
    const [least, most] = [pool.fixedPacks[at] ?? 0, pool.ceilingPacks[at] ?? 0];
    const said = `override of ${override.siteId}: ${override.packs} packs`;
    if (at < 0) return { clash: { node: override.siteId, rules: [said, 'it has no request for this product'] } };
    if (override.packs < least) return { clash: { node: override.siteId, rules: [said, `${least} packs already ordered`] } };
    if (override.packs > most) return { clash: { node: override.siteId, rules: [said, `the site can use ${most} packs`] } };
    packs[at] = override.packs;
    reasons.set(at, override.reason);
  }
  if (reasons.size === 0) return { packs: shared, reasons };
  for (const group of upward(pool.tree)) {
    const held = sumRange(packs, group.from, group.to);
    const { low, high } = bounds.get(group) ?? { low: 0, high: 0 };
    const rule = held < low ? `${group.id}: at least ${low} packs` : held > high ? `${group.id}: at most ${high} packs` : undefined;
    if (rule) return { clash: { node: group.id, rules: [`overrides give ${group.id} ${held} packs`, rule] } };
  }
  return { packs, reasons };
};
