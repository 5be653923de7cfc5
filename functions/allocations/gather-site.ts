import { productOf, vialDosesOn } from '../../shared/codes/products.ts';
import { addDays, localDay, mondayOf } from '../../shared/kernel/dates.ts';
import type { AwardItem } from '../../shared/published/award.ts';
import { allSites } from '../../shared/published/site-figures.ts';
import type { SiteItem } from '../../shared/published/site.ts';
import type { Correction } from './domain/figures/figure.ts';
import { defaultFigureRules, lagRulesOf } from './domain/figures/figure-rules.ts';
import type { AwardFacts, PromiseFacts, RequestFacts, SiteFacts, WeekFacts } from './domain/figures/site-facts.ts';
import { reportsOf } from './domain/figures/use.ts';
import type { SupplyLine } from './domain/inputs.ts';
import { learnDelays } from './domain/lag.ts';
import type { RequestItem, StandingItem, SupplyItem } from './schemas.ts';
import type { DisputeItem } from './schemas-figures.ts';
import { promisedStates } from './promised.ts';
import type { FigureStore } from './store-figures.ts';

const DAYS_A_WEEK = 7;
/** Next doses fall due within so many weeks of the last. */
const weeksAhead = 13;
/** Awards of so many weeks back may still lie unused for second doses. */
const awardWeeks = 8;
const federalWeeks = 4;
const weeksFrom = (day: string, weeks: number): string => addDays(day, DAYS_A_WEEK * weeks);

/** Supply as a run takes it: with the doses of a vial, where packs are whole vials. */
export const supplyLines = (supply: readonly SupplyItem[]): SupplyLine[] =>
  supply.map(({ ndc, doseNumber, packDoses, packs, week }) => {
    const product = productOf(ndc);
    const vialDoses = product === undefined ? undefined : vialDosesOn(product, week)?.accounting;
    return { product: ndc, doseNumber, packDoses, packs, ...(vialDoses !== undefined && packDoses % vialDoses === 0 ? { vialDoses } : {}) };
  });

const federalOf = async (figures: FigureStore, week: string): Promise<WeekFacts['federal']> => {
  const [bySite, byZip] = [new Map<string, number>(), new Map<string, number>()];
  for (const { siteId, shipTo, doses } of await figures.federalLines(weeksFrom(week, -federalWeeks), addDays(week, -1))) {
    const zip = shipTo.zip.slice(0, 5);
    byZip.set(zip, (byZip.get(zip) ?? 0) + doses);
    if (siteId !== undefined) bySite.set(siteId, (bySite.get(siteId) ?? 0) + doses);
  }
  return { bySite, byZip, weeks: federalWeeks };
};

/** What is the same for all sites: rules, how reports come in, federal doses. `now` decides which reports are there. */
export const makeReadWeek =
  (figures: FigureStore, zone: string) =>
  async (week: string, supply: readonly SupplyItem[], now: string): Promise<WeekFacts> => {
    const today = localDay(now, zone);
    const thisWeek = mondayOf(today);
    const [held, countedUpTo, federal] = await Promise.all([figures.rules(), figures.countedUpTo(), federalOf(figures, week)]);
    const rules = held?.rules ?? defaultFigureRules;
    const pooled = await figures.rows(allSites, weeksFrom(thisWeek, -rules.historyWeeks), thisWeek);
    return {
      week, thisWeek, rules, federal, supply: supplyLines(supply), countedUpTo: countedUpTo === undefined ? today : localDay(countedUpTo, zone),
      pattern: learnDelays(reportsOf(pooled), thisWeek, lagRulesOf(rules)),
    };
  };

const correctionsOf = (disputes: readonly DisputeItem[], week: string): Correction[] =>
  disputes
    .filter((one) => one.state === 'accepted' && one.week <= week && week <= (one.answer?.untilWeek ?? one.week))
    .sort((a, b) => ((a.answer?.answeredAt ?? '') < (b.answer?.answeredAt ?? '') ? 1 : -1))
    .flatMap(({ what, disputeId, answer }) => (answer?.value === undefined ? [] : [{ what, disputeId, value: answer.value, reason: answer.reason }]));

const requestsOf = (requests: readonly RequestItem[]): RequestFacts[] =>
  requests.filter(({ state }) => state !== 'late').map(({ ndc: product, doseNumber, doses, onHandDoses, state }) => ({ product, doseNumber, doses, onHandDoses, withdrawn: state === 'withdrawn' }));

const awardsOf = (awards: readonly AwardItem[]): AwardFacts[] =>
  awards.filter(({ state }) => promisedStates.includes(state)).map(({ week, ndc: product, doseNumber, acceptedDoses, doses }) => ({ week, product, doseNumber, doses: acceptedDoses ?? doses }));

/** What is read for many sites at once. */
export interface OfSite {
  readonly site: SiteItem | undefined;
  readonly requests: readonly RequestItem[];
  readonly promised: readonly PromiseFacts[];
}

/** Everything that is read about one site for a week; a run and the site's own page read the same. */
export const makeReadSite =
  (figures: FigureStore, zone: string) =>
  async (standing: StandingItem, { week, thisWeek, rules }: WeekFacts, { site, requests, promised }: OfSite): Promise<SiteFacts> => {
    const { siteId } = standing;
    const [rows, accounts, lines, own] = await Promise.all([
      figures.rows(siteId, weeksFrom(thisWeek, -rules.historyWeeks), weeksFrom(week > thisWeek ? week : thisWeek, weeksAhead)),
      figures.accounts(siteId),
      figures.shipmentsTo(siteId),
      figures.own(siteId, weeksFrom(week, -awardWeeks)),
    ]);
    return {
      standing, rows, promised, corrections: correctionsOf(own.disputes, week), requests: requestsOf(requests), awards: awardsOf(own.awards.filter((award) => award.week < week)),
      site: site === undefined ? undefined : { zip: site.address.zip, state: site.state, storageUnits: site.storageUnits },
      accounts: accounts.map(({ ref, buckets }) => ({ ndc: ref.ndc, onHand: buckets.onHand, transferredIn: -buckets.transferredIn })),
      received: lines.flatMap(({ ndc, receipt }) => (receipt === undefined ? [] : [{ ndc, day: localDay(receipt.receivedAt, zone), doses: receipt.onHand }])),
      attested: own.attested.map(({ week: of, doses }) => ({ week: of, doses })),
    };
  };
