import { unitsOf } from './joint-model.ts';
import { together } from './overrides.ts';
import { sumRange, upward } from './tree.ts';
import type { Clash } from './bounds.ts';
import type { Override } from './inputs.ts';
import type { JointModel, JointPacks } from './joint-model.ts';
import type { Pool } from './pool.ts';

/**
 * Packs as people changed them, where several sizes share a site's ceiling: checked against what is fixed, the ceiling, every
 * group's maximum and each size's supply. A person may go under a smallest clinic; no rule may.
 */
export const overrideJointly = (
  pool: Pool,
  model: JointModel,
  shared: JointPacks,
  overrides: readonly Override[],
): { readonly packs: JointPacks; readonly reasons: ReadonlyMap<number, string> } | { readonly clash: Clash } => {
  const packs = shared.map((given) => given.slice());
  const reasons = new Map<number, string>();
  const clashes: Clash[] = [];
  for (const override of overrides) {
    const size = model.sizes.findIndex(({ supply }) => supply.packDoses === override.packDoses);
    const site = pool.sites.findIndex((item) => item.siteId === override.siteId);
    const said = `override of ${override.siteId}: ${override.packs} packs of ${override.packDoses}`;
    const fixed = model.fixed[size]?.[site] ?? 0;
    const rule =
      site < 0 ? 'it has no request for this product' : override.packs < fixed ? `${fixed} packs already ordered` : undefined;
    if (rule !== undefined) clashes.push({ node: override.siteId, rules: [said, rule] });
    else {
      packs[size]?.fill(override.packs, site, site + 1);
      reasons.set(site, override.reason);
    }
  }
  if (reasons.size > 0) clashes.push(...jointClashes(pool, model, packs, reasons));
  return together(clashes) ?? { packs, reasons };
};

const jointClashes = (pool: Pool, model: JointModel, packs: JointPacks, reasons: ReadonlyMap<number, string>): Clash[] => {
  const clashes: Clash[] = [];
  const units = unitsOf(model, packs);
  const doses = (held: number) => held * pool.supply.packDoses;
  for (const [at, { supply }] of model.sizes.entries()) {
    const held = sumRange(packs[at] ?? new Float64Array(), 0, units.length);
    const rules = [`overrides give ${held} packs of ${supply.packDoses}`, `supply: ${supply.packs} packs of ${supply.packDoses}`];
    if (held > supply.packs) clashes.push({ node: pool.tree.id, rules });
  }
  for (const [site, reason] of reasons) {
    const [held, most] = [units[site] ?? 0, model.most[site] ?? 0];
    const rules = [`overrides give ${doses(held)} doses (${reason})`, `the site can use ${doses(most)} doses`];
    if (held > most) clashes.push({ node: pool.sites[site]?.siteId ?? '', rules });
  }
  for (const group of upward(pool.tree)) {
    const held = sumRange(units, group.from, group.to);
    const high = model.bounds.get(group)?.high ?? 0;
    const rules = [`overrides give ${group.id} ${doses(held)} doses`, `${group.id}: at most ${doses(high)} doses`];
    if (held > high) clashes.push({ node: group.id, rules });
  }
  return clashes;
};
