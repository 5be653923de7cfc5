import type { Allocated } from '../../functions/allocations/domain/allocation.ts';
import type { DebtRow } from '../../functions/allocations/domain/inputs.ts';
import { addDays } from '../../shared/kernel/dates.ts';
import type { ConnecticutData, SupplyWeek, Town } from './connecticut-data.ts';
import { residents15 } from './connecticut-data.ts';
import type { LabSite } from './generate-sites.ts';
import { priorityTowns } from './priority-towns.ts';
import { plentyPolicy } from './rivals.ts';
import type { Rival } from './rivals.ts';
import { giveDoses, lackingBefore, nothingGiven, openSite } from './site-week.ts';
import type { SiteState, Wanting } from './site-week.ts';
import { noDoses, shareableIn } from './state-stock.ts';
import type { Stock } from './state-stock.ts';
import { emptyPools, needOf, packWeek } from './week-inputs.ts';
import type { WeekFacts } from './week-inputs.ts';
import { packUnitsIn, VACCINE_FACTS, VACCINES } from './vaccines.ts';
import type { Doses, Vaccine } from './vaccines.ts';
import { leftIn, shareOut, weekResult } from './week-result.ts';
import type { WeekResult } from './week-result.ts';

/** ASSUMPTION, the same in every town so that it favours none: this part of residents of 15 and over want a dose. */
export const WANTING_SHARE = 0.75;

export interface Replay {
  readonly rival: Rival;
  readonly weeks: readonly WeekResult[];
  readonly endStock: Stock;
}

const DAYS_A_WEEK = 7;

/** Second doses come when they fall due: the first doses of three or four weeks ago (federal rows: second equals first). */
const secondArrivals = (weeks: readonly SupplyWeek[], at: number): Doses =>
  Object.fromEntries(
    VACCINES.map((vaccine) => {
      const after = VACCINE_FACTS[vaccine].secondAfterWeeks;
      return [vaccine, after === undefined ? 0 : (weeks[at - after]?.state[vaccine] ?? 0)];
    }),
  ) as Record<Vaccine, number>;

/** Doses of the pharmacy and FQHC channels go to the same residents: by residents of 15 and over, for want of anything better. */
const otherChannels = (wanting: Wanting, towns: readonly Town[], { pharmacy, fqhc }: SupplyWeek): void => {
  const doses = VACCINES.reduce((sum, vaccine) => sum + pharmacy[vaccine] + fqhc[vaccine], 0);
  const people = towns.reduce((sum, town) => sum + residents15(town), 0);
  for (const town of towns)
    wanting.set(town.name, Math.max(0, (wanting.get(town.name) ?? 0) - (doses * residents15(town)) / people));
};

const receive = (states: ReadonlyMap<string, SiteState>, run: Allocated, facts: WeekFacts): void => {
  const vaccineOf = new Map(facts.pools.map(({ product, vaccine }) => [product, vaccine]));
  for (const { siteId, product, doseNumber, doses } of run.awards) {
    const state = states.get(siteId);
    const vaccine = vaccineOf.get(product);
    if (state === undefined || vaccine === undefined)
      throw new RangeError(`an award of ${siteId} belongs to no pool of the week`);
    state[doseNumber === 1 ? 'first' : 'second'][vaccine] += doses;
  }
};

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
    const shareable = shareableIn(
      week,
      rival.secondDoses,
      stock,
      { first: supply.state, second: secondArrivals(weeks, at) },
      owed,
    );
    const firsts = VACCINES.reduce((sum, vaccine) => sum + shareable.first[vaccine], 0);
    isPlenty ||= rival.asking === 'need-when-plenty' && states.reduce((sum, state) => sum + needOf(state, wanting), 0) < firsts;
    const packed = packWeek(week, shareable);
    const { carried } = packed;
    const policy = isPlenty ? plentyPolicy : rival.policyIn(week);
    const pools = policy.secondDoses === undefined ? packed.pools : [...packed.pools, ...emptyPools(packed.pools)];
    const facts: WeekFacts = { week, policy, towns: byName, favoured, pools, asksForNeed: isPlenty, wanting, debts };
    const shared = shareOut(states, facts);
    receive(bySite, shared.run, facts);
    const given = nothingGiven();
    for (const state of states) giveDoses(state, week, wanting, given);
    stock = leftIn(shared.pools, carried);
    debts = shared.run.debts;
    return weekResult(states, facts, shared, { given, carried, stock });
  });
  return { rival, weeks: results, endStock: stock };
};
