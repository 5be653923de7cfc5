import { unitsOf } from './model.ts';
import { askedInWords, groupLabel, nearestOf, refusedOverride, siteLabel, unknownToPool } from '../words/override.ts';
import { together } from '../awards/overrides.ts';
import { floorDiv } from '../quantity.ts';
import { hasMost, sumRange, upward } from '../tree.ts';
import { ceilingInWords, packsInWords, plural } from '../words/words.ts';
import type { Clash } from '../awards/bounds.ts';
import type { Override } from '../inputs.ts';
import type { JointModel, JointPacks } from './model.ts';
import type { PackBound, Told } from '../words/override.ts';
import type { Pool } from '../pool.ts';

interface Joint {
  readonly pool: Pool;
  readonly model: JointModel;
  readonly packs: JointPacks;
  readonly told: Told;
}

/** What bounds one award of one size while all others stay: what is ordered, the supply of the size, the site's ceiling, its groups' maximums. */
const boundsOf = ({ pool, model, packs, told }: Joint, size: number, site: number): PackBound[] => {
  const units = unitsOf(model, packs);
  const { units: unitsAPack = 1, supply } = model.sizes[size] ?? {};
  const own = packs[size]?.[site] ?? 0;
  const fixed = model.fixed[size]?.[site] ?? 0;
  const doses = (held: number) => plural(held * pool.supply.packDoses, 'dose');
  const ceiling = pool.ceilings[site];
  const room = (most: number, held: number) => Math.max(0, floorDiv(most - held + own * unitsAPack, unitsAPack));
  const why = ceiling === undefined ? '' : ceilingInWords(ceiling.rule, told.policy, ceiling.openDays);
  return [
    ...(fixed > 0 ? [{ side: 'least' as const, packs: fixed, why: 'already ordered or promised' }] : []),
    { side: 'most', packs: room(model.most[site] ?? 0, units[site] ?? 0), why: `${why} (${doses(model.most[site] ?? 0)} in all sizes)` },
    {
      side: 'most',
      packs: (supply?.packs ?? 0) - sumRange(packs[size] ?? new Float64Array(), 0, units.length) + own,
      why: 'all there is of this size, less other sites',
      isShared: true,
    },
    ...upward(pool.tree)
      .filter((group) => hasMost(group) && group.from <= site && site < group.to)
      .map((group): PackBound => {
        const high = model.bounds.get(group)?.high ?? 0;
        return {
          side: 'most',
          packs: room(high, sumRange(units, group.from, group.to)),
          why: `the most of ${groupLabel(group.id, told)} (${doses(high)}), less other sites`,
          isShared: true,
        };
      }),
  ];
};

/**
 * Packs as people changed them, where several sizes share a site's ceiling: checked against what is fixed, the ceiling, every
 * group's maximum and each size's supply. A person may go under a smallest clinic; no rule may.
 */
export const overrideJointly = (
  pool: Pool,
  model: JointModel,
  shared: JointPacks,
  overrides: readonly Override[],
  told: Told,
): { readonly packs: JointPacks; readonly reasons: ReadonlyMap<number, string> } | { readonly clash: Clash } => {
  const packs = shared.map((given) => given.slice());
  const reasons = new Map<number, string>();
  const refused: Override[] = [];
  const placeOf = ({ siteId, packDoses }: Override) => ({
    size: model.sizes.findIndex(({ supply }) => supply.packDoses === packDoses), site: pool.sites.findIndex((item) => item.siteId === siteId),
  });
  for (const override of overrides) {
    const { size, site } = placeOf(override);
    if (site < 0 || override.packs < (model.fixed[size]?.[site] ?? 0)) refused.push(override);
    else {
      packs[size]?.fill(override.packs, site, site + 1);
      reasons.set(site, override.reason);
    }
  }
  const joint = { pool, model, packs, told };
  const clashes = refused.map((override): Clash => {
    const { size, site } = placeOf(override);
    return site < 0 ? unknownToPool(override, told) : refusedOverride(override, boundsOf(joint, size, site), told);
  });
  if (reasons.size > 0) {
    const taken = overrides.filter((override) => !refused.includes(override)).map((override) => ({ override, ...placeOf(override) }));
    clashes.push(...jointClashes(joint, taken));
  }
  return together(clashes) ?? { packs, reasons };
};

type Taken = readonly { readonly override: Override; readonly size: number; readonly site: number }[];

const jointClashes = (joint: Joint, taken: Taken): Clash[] => {
  const { pool, model, packs, told } = joint;
  const units = unitsOf(model, packs);
  const doses = (held: number) => plural(held * pool.supply.packDoses, 'dose');
  const clash = (node: string, of: Taken, rules: readonly string[]): Clash => {
    const allowed = of.map(({ override, size, site }) => {
      const near = nearestOf(override.packs, boundsOf(joint, size, site));
      return `${siteLabel(override.siteId, told)} ${near === undefined ? 'none, while the others stay' : packsInWords(near, override.packDoses)}`;
    });
    return {
      node,
      overrides: of.map(({ override }) => override),
      rules: [...of.map(({ override }) => askedInWords(override, told)), ...rules],
      advice: `the nearest allowed, one changed at a time: ${allowed.join('; ')}`,
    };
  };
  const bySize = model.sizes.flatMap(({ supply }, at) => {
    const held = sumRange(packs[at] ?? new Float64Array(), 0, units.length);
    const rules = [`overrides give ${packsInWords(held, supply.packDoses)}`, `supply: ${packsInWords(supply.packs, supply.packDoses)}`];
    return held > supply.packs ? [clash('all sites together', taken.filter(({ size }) => size === at), rules)] : [];
  });
  const bySite = [...new Set(taken.map(({ site }) => site))].flatMap((at) => {
    const [held, most] = [units[at] ?? 0, model.most[at] ?? 0];
    const label = siteLabel(pool.sites[at]?.siteId ?? '', told);
    const rules = [
      `overrides give ${label} ${doses(held)} in all sizes`,
      `at most ${doses(most)}: ${ceilingInWords(pool.ceilings[at]?.rule ?? 'request', told.policy)}`,
    ];
    return held > most ? [clash(label, taken.filter(({ site }) => site === at), rules)] : [];
  });
  const byGroup = upward(pool.tree).flatMap((group) => {
    const [held, high] = [sumRange(units, group.from, group.to), model.bounds.get(group)?.high ?? 0];
    const name = group === pool.tree ? 'all sites together' : groupLabel(group.id, told);
    const rules = [`overrides give ${name} ${doses(held)}`, `${name}: at most ${doses(high)}`];
    return held > high ? [clash(name, taken.filter(({ site }) => group.from <= site && site < group.to), rules)] : [];
  });
  return [...bySize, ...bySite, ...byGroup];
};
