import { allocate } from '../../functions/allocations/domain/allocate.ts';
import type { Allocated } from '../../functions/allocations/domain/allocation.ts';
import type { DebtRow } from '../../functions/allocations/domain/inputs.ts';
import { MICRO } from '../../functions/allocations/domain/quantity.ts';
import { addDays } from '../../shared/kernel/dates.ts';
import type { ConnecticutData, SupplyWeek, Town } from './connecticut-data.ts';
import { residents15 } from './connecticut-data.ts';
import type { LabSite } from './generate-sites.ts';
import { priorityTowns } from './priority-towns.ts';
import { plentyPolicy } from './rivals.ts';
import type { Rival } from './rivals.ts';
import { giveDoses, lackingBefore, nothingGiven, openSite } from './site-week.ts';
import type { Given, SiteState, Wanting } from './site-week.ts';
import { noDoses, shareableIn } from './state-stock.ts';
import type { Stock } from './state-stock.ts';
import { needOf, packWeek, weekInputs } from './week-inputs.ts';
import type { PoolOfWeek, WeekFacts } from './week-inputs.ts';
import { packUnitsIn, VACCINE_FACTS, VACCINES } from './vaccines.ts';
import type { Doses, Vaccine } from './vaccines.ts';

/** ASSUMPTION, the same in every town so that it favours none: this part of residents of 15 and over want a dose. */
export const WANTING_SHARE = 0.75;

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

export interface Replay {
  readonly rival: Rival;
  readonly weeks: readonly WeekResult[];
  readonly endStock: Stock;
}

const DAYS_A_WEEK = 7;

/** Second doses come when they fall due: the first doses of three or four weeks ago (federal rows: second equals first). */
const secondArrivals = (weeks: readonly SupplyWeek[], at: number): Doses =>
  Object.fromEntries(VACCINES.map((vaccine) => {
    const after = VACCINE_FACTS[vaccine].secondAfterWeeks;
    return [vaccine, after === undefined ? 0 : (weeks[at - after]?.state[vaccine] ?? 0)];
  })) as Record<Vaccine, number>;

/** Doses of the pharmacy and FQHC channels go to the same residents: by residents of 15 and over, for want of anything better. */
const otherChannels = (wanting: Wanting, towns: readonly Town[], { pharmacy, fqhc }: SupplyWeek): void => {
  const doses = VACCINES.reduce((sum, vaccine) => sum + pharmacy[vaccine] + fqhc[vaccine], 0);
  const people = towns.reduce((sum, town) => sum + residents15(town), 0);
  for (const town of towns) wanting.set(town.name, Math.max(0, (wanting.get(town.name) ?? 0) - (doses * residents15(town)) / people));
};

const receive = (states: ReadonlyMap<string, SiteState>, run: Allocated, facts: WeekFacts): void => {
  const vaccineOf = new Map(facts.pools.map(({ product, vaccine }) => [product, vaccine]));
  for (const { siteId, product, doseNumber, doses } of run.awards) {
    const state = states.get(siteId);
    const vaccine = vaccineOf.get(product);
    if (state === undefined || vaccine === undefined) throw new RangeError(`an award of ${siteId} belongs to no pool of the week`);
    state[doseNumber === 1 ? 'first' : 'second'][vaccine] += doses;
  }
};

/** Shares out the week; throws when the policy cannot be kept, which no policy of the lab can bring about. */
const runWeek = (states: readonly SiteState[], facts: WeekFacts): { run: Allocated; gained: (product: string, targetMicro: number) => number } => {
  const inputs = weekInputs(states, facts);
  const run = allocate(inputs, facts.policy);
  if (run.kind === 'infeasible') throw new RangeError(`${facts.policy.id}, ${facts.week}: ${run.rules.join('; ')}`);
  const gained = (product: string, targetMicro: number): number => {
    const asking = inputs.sites.filter(({ lines }) => lines.some((line) => line.product === product && line.doseNumber === 1));
    const weight = (only: boolean): number => asking.reduce((sum, { group, weights }) => (!only || group === 'priority-zips' ? sum + (weights['population'] ?? 0) : sum), 0);
    const pool = run.summary.pools.find((item) => item.product === product && item.doseNumber === 1);
    return pool === undefined ? 0 : targetMicro / MICRO - (pool.awardedPacks * pool.packDoses * weight(true)) / weight(false);
  };
  return { run, gained };
};

const poolResults = (run: Allocated, pools: readonly PoolOfWeek[]): PoolResult[] =>
  pools.map((pool) => {
    const isOf = (row: { product: string; doseNumber: number; packDoses: number }): boolean => row.product === pool.product && row.doseNumber === pool.doseNumber && row.packDoses === pool.packDoses;
    const awards = run.awards.filter(isOf);
    return {
      ...pool, awardedPacks: awards.reduce((sum, { packs }) => sum + packs, 0),
      sitesUnderPack: awards.filter(({ targetMicro, requestDoses }) => requestDoses > 0 && targetMicro < pool.packDoses * MICRO).length,
    };
  });

const leftIn = (pools: readonly PoolResult[], carried: Stock): Stock => {
  const left = { first: { ...carried.first }, second: { ...carried.second } };
  for (const { vaccine, doseNumber, packDoses, packs, awardedPacks } of pools) left[doseNumber === 1 ? 'first' : 'second'][vaccine] += (packs - awardedPacks) * packDoses;
  return left;
};

const dosesIn = ({ first, second }: Stock): number => VACCINES.reduce((sum, vaccine) => sum + first[vaccine] + second[vaccine], 0);

/** Plays the weeks of the file under one rival. Pure: equal data, sites and rival give equal results. */
export const replayWeeks = ({ weeks, towns }: ConnecticutData, sites: readonly LabSite[], rival: Rival): Replay => {
  const favoured = priorityTowns(towns, rival.priority);
  const byName = new Map(towns.map((town) => [town.name, town]));
  const states = sites.map(openSite);
  const bySite = new Map(states.map((state) => [state.site.siteId, state]));
  const wanting: Wanting = new Map(towns.map((town) => [town.name, WANTING_SHARE * residents15(town)]));
  let stock: Stock = { first: noDoses, second: noDoses };
  let debts: readonly DebtRow[] = [];
  let isPlenty = false;
  const results = weeks.map((supply, at): WeekResult => {
    const { week } = supply;
    otherChannels(wanting, towns, supply);
    const owed = (vaccine: Vaccine, ahead: number): number => {
      const packDoses = packUnitsIn(vaccine, week)[0]?.packDoses ?? 1;
      const lacking = states.reduce((sum, state) => sum + lackingBefore(state, vaccine, addDays(week, ahead * DAYS_A_WEEK)), 0);
      return Math.ceil(lacking / packDoses) * packDoses;
    };
    const shareable = shareableIn(week, rival.secondDoses, stock, { first: supply.state, second: secondArrivals(weeks, at) }, owed);
    const firsts = VACCINES.reduce((sum, vaccine) => sum + shareable.first[vaccine], 0);
    isPlenty ||= rival.asking === 'need-when-plenty' && states.reduce((sum, state) => sum + needOf(state, wanting), 0) < firsts;
    const { pools, carried } = packWeek(week, shareable);
    const policy = isPlenty ? plentyPolicy : rival.policyIn(week);
    const facts: WeekFacts = { week, policy, towns: byName, favoured, pools, asksForNeed: isPlenty, wanting, debts };
    const { run, gained } = runWeek(states, facts);
    receive(bySite, run, facts);
    const given = nothingGiven();
    for (const state of states) giveDoses(state, week, wanting, given);
    const results = poolResults(run, pools);
    stock = leftIn(results, carried);
    debts = run.debts;
    const firstOf = new Map<string, number>();
    for (const { siteId, doseNumber, doses } of run.awards) if (doseNumber === 1) firstOf.set(siteId, (firstOf.get(siteId) ?? 0) + doses);
    const onShelves = (kind: 'first' | 'second'): number => states.reduce((sum, state) => sum + VACCINES.reduce((all, vaccine) => all + state[kind][vaccine], 0), 0);
    return {
      week, policy: policy.id, pools: results, carriedDoses: dosesIn(carried), keptDoses: dosesIn(stock) - dosesIn(carried),
      reserves: run.summary.pools.flatMap(({ product, doseNumber, reserves }) => {
        const pool = results.find((item) => item.product === product && item.doseNumber === doseNumber);
        return pool === undefined ? [] : reserves.map(({ reserve, bound, shareMicro, groupTargetMicro, groupDoses }): ReserveResult => ({
          vaccine: pool.vaccine, reserve, bound, ofDoses: pool.awardedPacks * pool.packDoses, meantDoses: shareMicro / MICRO, groupDoses, gainedDoses: Math.round(gained(product, groupTargetMicro)),
        }));
      }),
      firstBySite: sites.map(({ siteId }) => firstOf.get(siteId) ?? 0),
      given, unusedFirst: onShelves('first'), unusedSecond: onShelves('second'),
      largestDebtPacks: run.debts.reduce((most, { micro, packDoses }) => Math.max(most, Math.abs(micro) / (packDoses * MICRO)), 0),
      writtenOffDoses: run.summary.writtenOff.reduce((sum, { micro }) => sum + Math.abs(micro), 0) / MICRO,
    };
  });
  return { rival, weeks: results, endStock: stock };
};
