import { keepGuarantees } from './awards.ts';
import { floorMicro, packBounds } from './bounds.ts';
import { poolKey } from './inputs.ts';
import { jointShape, modelOf, overdrawn, packSizes, unitSupply } from './joint-layout.ts';
import { shortfall, unitsOf } from './joint-model.ts';
import { overrideJointly } from './joint-overrides.ts';
import { certify, splitJointly } from './joint-split.ts';
import { MICRO } from './quantity.ts';
import { layOutPool } from './pool.ts';
import { cutTargets, findTargets } from './targets.ts';
import { sumRange } from './tree.ts';
import { namesIn } from './words.ts';
import type { ExplanationLine, Optimality } from './allocation.ts';
import type { PackBounds, Clash } from './bounds.ts';
import type { RunInputs, SupplyLine } from './inputs.ts';
import type { JointModel, JointPacks, PackSize } from './joint-model.ts';
import type { JointSplit } from './joint-split.ts';
import type { Policy } from './policy.ts';
import type { Column, Pool, TakenDoses } from './pool.ts';
import type { Targets } from './targets.ts';

/** Packs shared out in one go, before debts are settled. The last size is the home of targets, explanations and debt. */
export interface JointShared {
  readonly pool: Pool;
  readonly sizes: readonly PackSize[];
  readonly targets: Targets;
  readonly sharedMicro: Float64Array;
  readonly finalMicro: Float64Array;
  /** Packs of each size once overrides are applied. */
  readonly packs: JointPacks;
  readonly reasons: ReadonlyMap<number, string>;
  readonly optimality: Optimality;
  readonly minimumsShortDoses: number;
}

interface Setting {
  readonly pool: Pool;
  readonly policy: Policy;
  readonly sizes: readonly PackSize[];
  readonly bounds: PackBounds;
  readonly brought: Float64Array;
}

const place = ({ pool, policy, sizes, bounds, brought }: Setting, targets: Targets) => {
  const model = modelOf(pool, policy, sizes, targets, keepGuarantees(pool, policy, targets, bounds), brought);
  const split = splitJointly(model);
  const units = unitsOf(model, split.packs);
  return { model, split, placed: sumRange(units, 0, units.length) };
};

/**
 * Splits against the stages' targets; where packs cannot carry all of them, targets are cut to what they can, and the split made
 * again, so that debts still sum to zero.
 */
const splitAndCut = (
  setting: Setting,
  staged: Targets,
): { targets: Targets; model: JointModel; split: JointSplit; mostUnits: number } => {
  const { packMicro } = setting.pool;
  const first = place(setting, staged);
  if (first.placed === first.model.units) return { ...first, targets: staged, mostUnits: first.model.units };
  const cut = cutTargets(staged, first.placed * packMicro);
  const second = place(setting, cut);
  const mostUnits = first.split.exact ? first.placed : first.model.units;
  if (second.placed === first.placed) return { ...second, targets: cut, mostUnits };
  const last = cutTargets(staged, second.placed * packMicro);
  const model = modelOf(setting.pool, setting.policy, setting.sizes, last, setting.bounds, setting.brought);
  return { targets: last, model, split: second.split, mostUnits };
};

const otherPacks =
  (packDoses: number) =>
  (_site: number, micro: number): ExplanationLine => ({ kind: 'other-packs', micro, packDoses });
export const otherLineOf = ({ sizes }: JointShared) => otherPacks(sizes[0]?.supply.packDoses ?? 0);

/** Shares out all packs of a product and dose number at once, or says where bounds clash. `broughtAt`: old debt by rank. */
export const shareOutJointly = (
  inputs: RunInputs,
  policy: Policy,
  columns: ReadonlyMap<string, Column>,
  supplies: readonly SupplyLine[],
  taken: TakenDoses,
  broughtAt: (rank: number) => number,
): JointShared | { readonly clash: Clash } => {
  const { sizes, unitDoses } = packSizes(supplies);
  const pool = layOutPool(inputs.week, policy, columns, unitSupply(sizes, unitDoses), taken, jointShape(policy, sizes, unitDoses));
  const clash = overdrawn(pool, sizes);
  if (clash) return { clash };
  const feasible = packBounds(pool);
  if ('clash' in feasible) return feasible;
  const brought = Float64Array.from(pool.ranks, broughtAt);
  const setting = { pool, policy, sizes, bounds: feasible.bounds, brought };
  const { targets, model, split, mostUnits } = splitAndCut(setting, findTargets(pool, policy, floorMicro(pool)));
  const keys = new Set(supplies.map(poolKey));
  const overridden = overrideJointly(
    pool,
    model,
    split.packs,
    (inputs.overrides ?? []).filter((row) => keys.has(poolKey(row))),
    { nameOf: namesIn(inputs), policy },
  );
  if ('clash' in overridden) return overridden;
  const units = unitsOf(model, split.packs);
  const micro = (held: Float64Array) => held.map((unit) => unit * pool.packMicro);
  return {
    pool,
    sizes,
    targets,
    sharedMicro: micro(units),
    finalMicro: micro(unitsOf(model, overridden.packs)),
    ...overridden,
    optimality: certify(model, split, mostUnits),
    minimumsShortDoses: (shortfall(model, units) * pool.packMicro) / MICRO,
  };
};
