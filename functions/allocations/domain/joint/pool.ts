import { keepGuarantees } from '../awards/awards.ts';
import { floorMicro, packBounds } from '../awards/bounds.ts';
import { poolKey } from '../inputs.ts';
import { jointMost, jointShape, modelOf, overdrawn, packSizes, promisedPacks, unitSupply } from './layout.ts';
import { shortfall, unitsOf } from './model.ts';
import { overrideJointly } from './overrides.ts';
import { certify, splitJointly } from './split.ts';
import { MICRO } from '../quantity.ts';
import { layOutPool } from '../pool.ts';
import { promisedShares, standAside, withAside } from '../promises.ts';
import { cutTargets, findTargets } from '../targets/targets.ts';
import { sumRange } from '../tree.ts';
import { namesIn } from '../words/words.ts';
import type { ExplanationLine, Optimality } from '../allocation.ts';
import type { PackBounds, Clash } from '../awards/bounds.ts';
import type { RunInputs, SupplyLine } from '../inputs.ts';
import type { JointModel, JointPacks, PackSize } from './model.ts';
import type { JointSplit } from './split.ts';
import type { Policy } from '../policy/policy.ts';
import type { Column, Pool, TakenDoses } from '../pool.ts';
import type { Aside } from '../promises.ts';
import type { Targets } from '../targets/targets.ts';

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
  readonly fixed: JointPacks;
}

const place = ({ pool, policy, sizes, bounds, brought, fixed }: Setting, targets: Targets) => {
  const model = modelOf(pool, policy, sizes, targets, keepGuarantees(pool, policy, targets, bounds), brought, fixed);
  const split = splitJointly(model);
  const units = unitsOf(model, split.packs);
  return { model, split, placed: sumRange(units, 0, units.length) };
};

interface JointRound {
  readonly targets: Targets;
  readonly model: JointModel;
  readonly split: JointSplit;
  readonly mostUnits: number;
}

/**
 * Splits against the stages' targets; where packs cannot carry all of them, targets are cut to what they can, and the split made
 * again, so that debts still sum to zero.
 */
const splitAndCut = (
  setting: Setting,
  staged: Targets,
): JointRound => {
  const { packMicro } = setting.pool;
  const first = place(setting, staged);
  if (first.placed === first.model.units) return { ...first, targets: staged, mostUnits: first.model.units };
  const cut = cutTargets(staged, first.placed * packMicro);
  const second = place(setting, cut);
  const mostUnits = first.split.exact ? first.placed : first.model.units;
  if (second.placed === first.placed) return { ...second, targets: cut, mostUnits };
  const last = cutTargets(staged, second.placed * packMicro);
  const model = modelOf(setting.pool, setting.policy, setting.sizes, last, setting.bounds, setting.brought, setting.fixed);
  return { targets: last, model, split: second.split, mostUnits };
};

interface JointTask {
  readonly laid: Pool;
  readonly policy: Policy;
  readonly sizes: readonly PackSize[];
  readonly brought: Float64Array;
}

/**
 * Rounds until nobody is promised more than it gets (promises.ts). One that is promised other sizes than it gets, and no more doses,
 * only keeps those packs. No more rounds than twice the sites.
 */
const keepPromises = ({ laid, policy, sizes, brought }: JointTask): { round: JointRound; standing: Pool } | { clash: Clash } => {
  const promised = promisedPacks(laid, sizes, () => true);
  const kept = new Set<number>();
  let aside: Aside = new Map();
  for (;;) {
    const pool = standAside(laid, aside);
    const feasible = packBounds(pool);
    if ('clash' in feasible) return feasible;
    const setting = { pool, policy, sizes, bounds: feasible.bounds, brought, fixed: promisedPacks(laid, sizes, (rank) => kept.has(rank)) };
    const start = { floors: floorMicro(pool), brought, promised: promisedShares(aside) };
    const round = splitAndCut(setting, findTargets(pool, policy, start));
    const { packs } = round.split;
    const misses = (site: number) => promised.some((size, at) => (size[site] ?? 0) > (packs[at]?.[site] ?? 0));
    const short = Array.from(brought.keys()).filter(misses);
    if (short.length === 0) return { round, standing: pool };
    for (const site of short) kept.add(laid.ranks[site] ?? 0);
    const units = unitsOf(round.model, packs);
    const over = short.filter((site) => (laid.fixedPacks[site] ?? 0) > (units[site] ?? 0));
    aside = withAside(aside, pool, policy, round.targets, over);
  }
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
  const rounds = keepPromises({ laid: pool, policy, sizes, brought: Float64Array.from(pool.ranks, broughtAt) });
  if ('clash' in rounds) return rounds;
  const { round, standing } = rounds;
  const { targets, split, mostUnits } = round;
  const model = { ...round.model, most: jointMost(pool, targets), fixed: promisedPacks(pool, sizes, () => true) };
  const keys = new Set(supplies.map(poolKey));
  const overridden = overrideJointly(
    pool,
    model,
    split.packs,
    (inputs.overrides ?? []).filter((row) => keys.has(poolKey(row))),
    { nameOf: namesIn(inputs), policy },
  );
  if ('clash' in overridden) return overridden;
  const units = unitsOf(round.model, split.packs);
  const micro = (held: Float64Array) => held.map((unit) => unit * pool.packMicro);
  return {
    pool: { ...standing, fixedPacks: pool.fixedPacks, fixedMicro: pool.fixedMicro },
    sizes,
    targets,
    sharedMicro: micro(units),
    finalMicro: micro(unitsOf(model, overridden.packs)),
    ...overridden,
    optimality: certify(round.model, split, mostUnits),
    minimumsShortDoses: (shortfall(round.model, units) * pool.packMicro) / MICRO,
  };
};
