import { awardPacks, keepGuarantees } from './awards.ts';
import { floorMicro, packBounds } from './bounds.ts';
import { familiesOf, orderFamilies } from '../hubs/families.ts';
import { layFamilies } from '../hubs/lay-families.ts';
import { layOutPool } from '../pool.ts';
import { promisedShares, standAside, withAside } from '../promises.ts';
import { findTargets } from '../targets/targets.ts';
import { ceilDiv, floorDiv } from '../quantity.ts';
import { sumRange, upward } from '../tree.ts';
import { hasVials } from '../hubs/vial-promises.ts';
import type { Families } from '../hubs/families.ts';
import type { Clash, PackBounds } from './bounds.ts';
import type { SupplyLine } from '../inputs.ts';
import type { Policy } from '../policy/policy.ts';
import type { Column, Pool, TakenDoses } from '../pool.ts';
import type { Aside } from '../promises.ts';
import type { Targets } from '../targets/targets.ts';

/** What sharing out one pool of one pack size needs. `broughtAt`: old debt by a site's rank. */
export interface PoolTask {
  readonly week: string;
  readonly policy: Policy;
  readonly columns: ReadonlyMap<string, Column>;
  readonly supply: SupplyLine;
  readonly taken: TakenDoses;
  readonly broughtAt: (rank: number) => number;
}

interface Staged {
  /** The pool as it was laid out, and as it stands in this round. */
  readonly laid: Pool;
  readonly pool: Pool;
  readonly targets: Targets;
  readonly brought: Float64Array;
}

export interface AwardedPool extends Omit<Staged, 'laid'> {
  /** Bounds that a person's change is held against: what is promised, every ceiling, every group. */
  readonly bounds: PackBounds;
  readonly packs: Float64Array;
}

type Clashing = { readonly clash: Clash };

/** `shape`: how hubs are laid over the pool. */
const stage = ({ policy, broughtAt }: PoolTask, plain: Pool, aside: Aside, shape: (pool: Pool) => Pool): Staged | Clashing => {
  const pool = shape(standAside(plain, aside));
  const feasible = packBounds(pool);
  if ('clash' in feasible) return feasible;
  const brought = Float64Array.from(pool.ranks, broughtAt);
  const targets = findTargets(pool, policy, { floors: floorMicro(pool), brought, promised: promisedShares(aside) });
  return { laid: shape(plain), pool, targets, brought };
};

const membersIn = (families: Families): number => [...families.values()].reduce((sum, members) => sum + members.size, 0);

/** A pool's targets; where hubs share, found again with each hub's sites in one group, until everybody who expects under a pack shares. */
const stagePool = (task: PoolTask, laid: Pool, aside: Aside, shares: ReadonlyMap<number, number>): Staged | Clashing => {
  const { week, policy, columns, supply, taken } = task;
  let staged = stage(task, laid, aside, (pool) => pool);
  if (!policy.hubs && !hasVials(laid)) return staged;
  for (let families: Families = new Map(); !('clash' in staged); ) {
    const joined = familiesOf(staged.pool, policy, staged.targets, families);
    if (membersIn(joined) === membersIn(families)) break;
    families = joined;
    const ordered = orderFamilies(columns, staged.pool, joined);
    const laidOut = layOutPool(week, policy, ordered, supply, taken);
    staged = stage(task, laidOut, aside, (pool) => layFamilies(pool, joined, (rank) => shares.get(rank) ?? 0));
  }
  return staged;
};

const atLeast = (packs: Float64Array, least: Float64Array): Float64Array => packs.map((count, at) => Math.max(count, least[at] ?? 0));

/** What second doses got of each site's target, a hub's standing for all its sites: no split goes below it; a small request does not stand in its way. */
const duePacks = ({ pool, targets }: Staged): Float64Array => {
  const packs = targets.dueMicro.map((micro) => micro / pool.packMicro);
  for (const { from, to } of upward(pool.tree).filter(({ byVial }) => byVial))
    packs.fill(0, from, to).fill(floorDiv(sumRange(targets.dueMicro, from, to), pool.packMicro), from, from + 1);
  return packs;
};

/** The most packs of each site once second doses are served. A hub's hold what its sites' targets come to, due at one and asked for by another. */
const servedCeilings = ({ pool, targets }: Staged, ceilingPacks: Float64Array, due: Float64Array): Float64Array => {
  const packs = atLeast(ceilingPacks, due);
  for (const { from, to } of upward(pool.tree).filter(({ byVial }) => byVial))
    packs[from] = Math.max(packs[from] ?? 0, ceilDiv(sumRange(targets.micro, from, to), pool.packMicro));
  return packs;
};

interface Split {
  readonly packs: Float64Array;
  readonly bounds: PackBounds;
}

const split = ({ policy }: PoolTask, staged: Staged): Split => {
  const { pool, targets, brought } = staged;
  const due = duePacks(staged);
  const ceilingPacks = servedCeilings(staged, pool.ceilingPacks, due);
  const floorPacks = atLeast(pool.floorPacks, due);
  const served = { ...pool, fixedPacks: atLeast(pool.fixedPacks, due), ceilingPacks, floorPacks, minimumPacks: pool.floorPacks };
  const feasible = packBounds(served);
  if ('clash' in feasible) throw new RangeError(`second doses were served beyond the bounds of ${feasible.clash.node}`);
  const bounds = keepGuarantees(served, policy, targets, feasible.bounds);
  return { packs: awardPacks(served, bounds, targets, brought), bounds };
};

/** The pool as it is once nobody is promised more than it gets, and the bounds of every award and group in it. */
const asItIs = ({ policy }: PoolTask, staged: Staged, { packs, bounds }: Split): AwardedPool => {
  const { laid, targets, brought } = staged;
  const due = duePacks(staged);
  const pool = {
    ...staged.pool,
    ceilingPacks: servedCeilings(staged, laid.ceilingPacks, due),
    floorPacks: atLeast(laid.floorPacks, due),
    minimumPacks: laid.floorPacks,
    fixedPacks: laid.fixedPacks,
    fixedMicro: laid.fixedMicro,
  };
  const feasible = packBounds(pool);
  const own = 'clash' in feasible ? bounds : keepGuarantees(pool, policy, targets, feasible.bounds);
  return { pool, targets, brought, packs, bounds: own };
};

/** Targets and whole packs of one pool, or where what is promised, or the policy's bounds, clash. No more rounds than sites. */
export const awardPool = (task: PoolTask): AwardedPool | Clashing => {
  const { week, policy, columns, supply, taken } = task;
  const laid = layOutPool(week, policy, columns, supply, taken);
  const feasible = packBounds(laid);
  if ('clash' in feasible) return feasible;
  let aside: Aside = new Map();
  const shares = new Map<number, number>();
  for (;;) {
    const staged = stagePool(task, laid, aside, shares);
    if ('clash' in staged) return staged;
    const shared = split(task, staged);
    const promised = staged.laid.fixedPacks;
    const short = Array.from(promised.keys()).filter((at) => (promised[at] ?? 0) > (shared.packs[at] ?? 0));
    if (short.length === 0) return asItIs(task, staged, shared);
    if (short.every((at) => aside.has(staged.pool.ranks[at] ?? 0))) throw new RangeError('who stands aside was given less than it was promised');
    for (const { from, to } of upward(staged.pool.tree).filter(({ byVial, from: hub }) => byVial === true && short.includes(hub)))
      for (let at = from; at < to; at += 1) shares.set(staged.pool.ranks[at] ?? 0, staged.targets.micro[at] ?? 0);
    aside = withAside(aside, staged.pool, policy, staged.targets, short);
  }
};
