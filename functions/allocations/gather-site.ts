import { productOf, vialDosesOn } from '../../shared/codes/products.ts';
import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { placeOf, priorityZipsOn } from '../../shared/codes/places.ts';
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
import { isLessThanInTime } from './domain/words/request.ts';
import type { RequestItem, StandingItem, SupplyItem } from './schemas.ts';
import type { DisputeItem } from './schemas-figures.ts';
import { promisedStates } from './promised.ts';
import { makeReadPromises } from './read-promises.ts';
import type { FigureStore } from './store-figures.ts';
import type { AllocationStore } from './store.ts';

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

const federalOf = async (figures: FigureStore, jurisdiction: Jurisdiction, week: string): Promise<WeekFacts['federal']> => {
  const [bySite, byZip] = [new Map<string, number>(), new Map<string, number>()];
  const products = new Map<string, { product: string; doses: number; priorityDoses: number; unplacedDoses: number }>();
  const { zips } = priorityZipsOn(jurisdiction, week);
  for (const { siteId, ndc: product, shipTo, doses } of await figures.federalLines(weeksFrom(week, -federalWeeks), addDays(week, -1))) {
    const zip = shipTo.zip.slice(0, 5);
    byZip.set(zip, (byZip.get(zip) ?? 0) + doses);
    if (siteId !== undefined) bySite.set(siteId, (bySite.get(siteId) ?? 0) + doses);
    const row = products.get(product) ?? { product, doses: 0, priorityDoses: 0, unplacedDoses: 0 };
    products.set(product, row);
    row.doses += doses;
    if (!/^\d{5}$/.test(zip)) row.unplacedDoses += doses;
    else if (zips.has(zip)) row.priorityDoses += doses;
  }
  return { bySite, byZip, weeks: federalWeeks, products: [...products.values()].sort((a, b) => (a.product < b.product ? -1 : 1)) };
};

/** What is the same for all sites: rules, how reports come in, federal doses. `now` decides which reports are there. */
export const makeReadWeek =
  (figures: FigureStore, jurisdiction: Jurisdiction) =>
  async (week: string, supply: readonly SupplyItem[], now: string): Promise<WeekFacts> => {
    const zone = jurisdiction.timeZone;
    const today = localDay(now, zone);
    const thisWeek = mondayOf(today);
    const [held, countedUpTo, federal] = await Promise.all([figures.rules(), figures.countedUpTo(), federalOf(figures, jurisdiction, week)]);
    const rules = held?.rules ?? defaultFigureRules;
    const pooled = await figures.rows(allSites, weeksFrom(thisWeek, -rules.historyWeeks), thisWeek);
    return {
      week,
      thisWeek,
      rules,
      federal,
      supply: supplyLines(supply),
      readOn: today,
      countedUpTo: countedUpTo === undefined ? today : localDay(countedUpTo, zone),
      pattern: learnDelays(reportsOf(pooled), thisWeek, lagRulesOf(rules)),
    };
  };

const correctionsOf = (disputes: readonly DisputeItem[], week: string, zone: string): Correction[] =>
  disputes
    .filter((one) => one.state === 'accepted' && one.week <= week && week <= (one.answer?.untilWeek ?? one.week))
    .sort((a, b) => ((a.answer?.answeredAt ?? '') < (b.answer?.answeredAt ?? '') ? 1 : -1))
    .flatMap(({ what, disputeId, answer }) =>
      answer?.value === undefined ? [] : [{ what, disputeId, value: answer.value, reason: answer.reason, day: localDay(answer.answeredAt, zone) }],
    );

/** A late request is not read for more, but it is for less: who asks for fewer than in time, or for none, is offered no more than that. */
const readOf = ({ state, inTime, ...late }: RequestItem): Pick<RequestItem, 'doses' | 'onHandDoses' | 'submittedAt'> | undefined =>
  state !== 'late' || isLessThanInTime(late.doses, inTime?.doses) ? late : inTime;

const requestsOf = (requests: readonly RequestItem[], zone: string): RequestFacts[] =>
  requests.flatMap((request) => {
    const { ndc: product, doseNumber } = request;
    const read = readOf(request);
    return read === undefined
      ? []
      : [
          {
            product,
            doseNumber,
            doses: read.doses,
            onHandDoses: read.onHandDoses,
            withdrawn: read.doses === 0,
            askedOn: localDay(read.submittedAt, zone),
          },
        ];
  });

const sharesByVial = ({ byVial, members }: AwardItem): boolean => byVial !== undefined || members !== undefined;

/** Doses of earlier weeks that a site took: its packs less what others took of them by the vial, and the vials that came to it. */
export type EarlierAwards = (siteId: string, awards: readonly AwardItem[]) => Promise<AwardFacts[]>;
export const makeEarlierAwards =
  (store: Pick<AllocationStore, 'ordersOf' | 'pointer'>, figures: Pick<FigureStore, 'awardsBetween'>): EarlierAwards => {
    const readPromises = makeReadPromises(store, figures);
    return async (siteId, awards) => {
      const packs = awards.filter(({ state, byVial }) => promisedStates.includes(state) && byVial === undefined)
        .map(({ week, ndc: product, doseNumber, acceptedDoses, doses }) => ({ week, product, doseNumber, doses: acceptedDoses ?? doses }));
      const shared = awards.filter(sharesByVial);
      if (shared.length === 0) return packs;
      const pointers = await Promise.all([...new Set(shared.map(({ week }) => week))].map((week) => store.pointer(week)));
      const { taken } = await readPromises(siteId, shared, pointers);
      return [
        ...packs,
        ...taken.map(({ week, product, doseNumber, doses, hub }) => ({ week, product, doseNumber, doses: hub === siteId ? -doses : doses })),
      ];
    };
  };

/** Where a site lies: a town of the jurisdiction by its city or zip; where none is known, its city as it was written. */
export const townOf = (jurisdiction: Jurisdiction, { address }: Pick<SiteItem, 'address'>): { town: string; isKnown: boolean; county?: string } => {
  const { city, state, zip } = address;
  const { town, county } = placeOf(jurisdiction, { city, state, zip, ...(address.county === undefined ? {} : { county: address.county }) });
  const known = county ?? address.county;
  return {
    town: town ?? address.city.trim().replaceAll(/\s+/g, ' '),
    isKnown: town !== undefined,
    ...(known === undefined ? {} : { county: known }),
  };
};

/** What is read for many sites at once. */
export interface OfSite {
  readonly site: SiteItem | undefined;
  readonly requests: readonly RequestItem[];
  readonly promised: readonly PromiseFacts[];
  readonly answered: SiteFacts['answered'];
  /** Vials it took out of its hub's packs this week; of a hub, those that others took or are offered out of its own. */
  readonly vials: SiteFacts['vials'];
  readonly forOthers: SiteFacts['forOthers'];
}

/** Everything that is read about one site for a week; a run and the site's own page read the same. */
export const makeReadSite =
  (figures: FigureStore, jurisdiction: Jurisdiction, earlierAwards: EarlierAwards) =>
  async (
    standing: StandingItem,
    { week, thisWeek, rules }: WeekFacts,
    { site, requests, promised, answered, vials, forOthers }: OfSite,
  ): Promise<SiteFacts> => {
    const { siteId } = standing;
    const { timeZone: zone } = jurisdiction;
    const [rows, accounts, lines, own] = await Promise.all([
      figures.rows(siteId, weeksFrom(thisWeek, -rules.historyWeeks), weeksFrom(week > thisWeek ? week : thisWeek, weeksAhead)),
      figures.accounts(siteId),
      figures.shipmentsTo(siteId),
      figures.own(siteId, weeksFrom(week, -awardWeeks)),
    ]);
    const hubs = own.awards.flatMap(({ byVial }) => (byVial === undefined ? [] : [byVial.hub]));
    const transfers = hubs.length === 0 ? [] : await figures.transfersTo(siteId);
    return {
      transferred: transfers
        .filter(({ fromSiteId, state }) => hubs.includes(fromSiteId) && state === 'received')
        .map(({ ndc, doses, sentAt }) => ({ ndc, doses, day: localDay(sentAt, zone) })),
      standing: { ...standing, heldSince: localDay(standing.changedAt, zone) },
      rows,
      promised,
      answered,
      vials,
      forOthers,
      corrections: correctionsOf(own.disputes, week, zone),
      requests: requestsOf(requests, zone),
      awards: await earlierAwards(
        siteId,
        own.awards.filter((award) => award.week < week),
      ),
      site:
        site === undefined
          ? undefined
          : { zip: site.address.zip, state: site.state, storageUnits: site.storageUnits, place: townOf(jurisdiction, site) },
      accounts: accounts.map(({ ref, buckets }) => ({
        ndc: ref.ndc,
        onHand: buckets.onHand,
        inTransit: buckets.inTransit,
        transferredIn: -buckets.transferredIn,
      })),
      received: lines.flatMap(({ ndc, receipt }) =>
        receipt === undefined ? [] : [{ ndc, day: localDay(receipt.receivedAt, jurisdiction.timeZone), doses: receipt.onHand }],
      ),
      attested: own.attested.map(({ week: of, doses }) => ({ week: of, doses })),
    };
  };
