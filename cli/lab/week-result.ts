import { allocate } from '../../functions/allocations/domain/allocate.ts';
import type { Allocated } from '../../functions/allocations/domain/allocation.ts';
import { findFaults } from '../../functions/allocations/domain/inputs.ts';
import type { RunInputs } from '../../functions/allocations/domain/inputs.ts';
import type { Policy } from '../../functions/allocations/domain/policy/policy.ts';
import { MICRO } from '../../functions/allocations/domain/quantity.ts';
import { labelSupply } from '../../functions/allocations/domain/set-aside.ts';
import { UsageError } from '../usage-error.ts';
import type { Given, SiteState } from './site-week.ts';
import type { Stock } from './state-stock.ts';
import { VACCINES } from './vaccines.ts';
import type { Vaccine } from './vaccines.ts';
import { weekInputs } from './week-inputs.ts';
import type { PoolOfWeek, WeekFacts } from './week-inputs.ts';

export interface PoolResult extends PoolOfWeek {
  readonly awardedPacks: number;
  /** Sites whose fair share of the week is less than a pack. */
  readonly sitesUnderPack: number;
}

export interface ReserveResult {
  readonly vaccine: Vaccine;
  readonly reserve: string;
  readonly bound: boolean;
  /** Doses the pool placed in all. */
  readonly ofDoses: number;
  readonly meantDoses: number;
  readonly groupDoses: number;
  /** What the group's fair share is above its share by eligible residents: what the reserve moved. */
  readonly gainedDoses: number;
}

export interface WeekResult {
  readonly week: string;
  readonly policy: string;
  readonly pools: readonly PoolResult[];
  readonly carriedDoses: number;
  /** Whole packs the state keeps. */
  readonly keptDoses: number;
  readonly reserves: readonly ReserveResult[];
  /** First doses awarded by site, in the order of the sites. */
  readonly firstBySite: readonly number[];
  readonly given: Given;
  readonly unusedFirst: number;
  readonly unusedSecond: number;
  readonly largestDebtPacks: number;
  readonly writtenOffDoses: number;
}

/** A week as the engine shared it out. */
export interface SharedWeek {
  readonly inputs: RunInputs;
  readonly run: Allocated;
  readonly pools: readonly PoolResult[];
}

type PoolId = Pick<PoolOfWeek, 'product' | 'packDoses'> & { readonly doseNumber: number };
const isSamePool = (a: PoolId, b: PoolId): boolean =>
  a.product === b.product && a.doseNumber === b.doseNumber && a.packDoses === b.packDoses;

const poolResults = (run: Allocated, pools: readonly PoolOfWeek[]): PoolResult[] =>
  pools.map((pool) => {
    const awards = run.awards.filter((award) => isSamePool(award, pool));
    return {
      ...pool,
      awardedPacks: awards.reduce((sum, { packs }) => sum + packs, 0),
      sitesUnderPack: awards.filter(({ targetMicro, requestDoses }) => requestDoses > 0 && targetMicro < pool.packDoses * MICRO)
        .length,
    };
  });

/** What the state keeps: packs nobody was sent, and doses that make no pack. */
export const leftIn = (pools: readonly PoolResult[], carried: Stock): Stock => {
  const left = { first: { ...carried.first }, second: { ...carried.second } };
  for (const { vaccine, doseNumber, packDoses, packs, awardedPacks } of pools)
    left[doseNumber === 1 ? 'first' : 'second'][vaccine] += (packs - awardedPacks) * packDoses;
  return left;
};

/** The pools as the policy's rule for second doses leaves them: equal packs of a product under other dose numbers. */
const labelled = (pools: readonly PoolOfWeek[], inputs: RunInputs, policy: Policy): PoolOfWeek[] => {
  const { supply } = labelSupply(inputs, policy);
  return pools.map((pool) => ({ ...pool, packs: supply.find((line) => isSamePool(line, pool))?.packs ?? 0 }));
};

/** Shares out the week; throws UsageError when the policy cannot be kept, which only one of somebody's own can bring about. */
export const shareOut = (states: readonly SiteState[], facts: WeekFacts): SharedWeek => {
  const inputs = weekInputs(states, facts);
  const refused = (why: readonly string[]) =>
    new UsageError(`Policy ${facts.policy.id} cannot share out the week of ${facts.week}: ${why.join('; ')}`);
  const faults = findFaults(inputs, facts.policy);
  if (faults.length > 0) throw refused(faults);
  const run = allocate(inputs, facts.policy);
  if (run.kind === 'infeasible') throw refused(run.rules);
  return { inputs, run, pools: poolResults(run, labelled(facts.pools, inputs, facts.policy)) };
};

/** The favoured group's share of a pool by eligible residents: what it would win of a pool without any reserve. */
const plainShare = ({ sites }: RunInputs, product: string): number => {
  let [favoured, all] = [0, 0];
  for (const { group, weights, lines } of sites) {
    if (!lines.some((line) => line.product === product && line.doseNumber === 1)) continue;
    const weight = weights['population'] ?? 0;
    all += weight;
    if (group === 'priority-zips') favoured += weight;
  }
  return all === 0 ? 0 : favoured / all;
};

const reserveResults = ({ inputs, run, pools }: SharedWeek): ReserveResult[] =>
  run.summary.pools.flatMap((summary) => {
    const pool = pools.find((item) => isSamePool(item, summary));
    if (pool === undefined) return [];
    const ofDoses = pool.awardedPacks * pool.packDoses;
    return summary.reserves.map(({ reserve, bound, shareMicro, groupTargetMicro, groupDoses }): ReserveResult => ({
      vaccine: pool.vaccine,
      reserve,
      bound,
      ofDoses,
      meantDoses: shareMicro / MICRO,
      groupDoses,
      gainedDoses: Math.round(groupTargetMicro / MICRO - ofDoses * plainShare(inputs, pool.product)),
    }));
  });

const firstDosesBySite = (states: readonly SiteState[], { awards }: Allocated): number[] => {
  const doses = new Map<string, number>();
  for (const award of awards) {
    if (award.doseNumber === 1) doses.set(award.siteId, (doses.get(award.siteId) ?? 0) + award.doses);
  }
  return states.map(({ site }) => doses.get(site.siteId) ?? 0);
};

const dosesIn = ({ first, second }: Stock): number =>
  VACCINES.reduce((sum, vaccine) => sum + first[vaccine] + second[vaccine], 0);

const onShelves = (states: readonly SiteState[], kind: 'first' | 'second'): number =>
  states.reduce((sum, state) => sum + VACCINES.reduce((all, vaccine) => all + state[kind][vaccine], 0), 0);

/** What is told of a week, once its doses are given. `stock` is what the state keeps, `carried` the part that makes no pack. */
export const weekResult = (
  states: readonly SiteState[],
  { week, policy }: WeekFacts,
  shared: SharedWeek,
  { given, carried, stock }: { given: Given; carried: Stock; stock: Stock },
): WeekResult => {
  const { debts, summary } = shared.run;
  return {
    week,
    policy: policy.id,
    pools: shared.pools,
    carriedDoses: dosesIn(carried),
    keptDoses: dosesIn(stock) - dosesIn(carried),
    reserves: reserveResults(shared),
    firstBySite: firstDosesBySite(states, shared.run),
    given,
    unusedFirst: onShelves(states, 'first'),
    unusedSecond: onShelves(states, 'second'),
    largestDebtPacks: debts.reduce((most, { micro, packDoses }) => Math.max(most, Math.abs(micro) / (packDoses * MICRO)), 0),
    writtenOffDoses: summary.writtenOff.reduce((sum, { micro }) => sum + Math.abs(micro), 0) / MICRO,
  };
};
