import { addDays } from '../../shared/kernel/dates.ts';
import type { AwardItem } from '../../shared/published/award.ts';
import type { SiteDraft } from './domain/figures/site-input.ts';
import { outlookInWords, outlookOf, WEEKS_AHEAD, type OutlookSite } from './domain/outlook.ts';
import type { makeReadFigures } from './describe-sites.ts';
import { promisedStates } from './promised.ts';
import { ownChannel } from './record-supply.ts';
import type { FigureStore } from './store-figures.ts';
import type { AllocationStore, Pointer } from './store.ts';

/** Weeks of supply behind the outlook: eight runs of four weeks, and the week itself. */
const historyWeeks = 12;
const weekAt = (week: string, ahead: number): string => addDays(week, 7 * ahead);
const offsets = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

interface WeekOfSupply {
  readonly doses: number;
  readonly isAnnounced: boolean;
  readonly pointer: Pointer | undefined;
}

/** What an award brings its site: what it took, or what is still on offer of the published run, but not what a hub takes for others. Anything else is nothing. */
const broughtBy = (award: AwardItem, pointer: Pointer | undefined): number => {
  const forOthers = award.leastDoses ?? 0;
  if (promisedStates.includes(award.state)) return (award.acceptedDoses ?? award.doses) - forOthers;
  return award.state === 'offered' && award.runId === pointer?.runId ? award.doses - forOthers : 0;
};

/**
 * Three weeks ahead of a site: what is firm, likely and to be planned between, and the risk that clinics must be cancelled. Supply that is
 * recorded for a later week is announced supply. Clinics of a week are taken to need what was asked for, or else what the site gives a
 * week, and never less than the second doses that fall due.
 */
export const makeReadOutlook =
  (store: AllocationStore, figures: FigureStore, readFigures: ReturnType<typeof makeReadFigures>) =>
  async (siteId: string, week: string, now: string) => {
    const found = await readFigures(siteId, week, now);
    if (found.kind === 'not-found') return found;
    const supplyOf = async (ahead: number): Promise<WeekOfSupply> => {
      const [lines, pointer] = await Promise.all([store.allSupply(weekAt(week, ahead)), store.pointer(weekAt(week, ahead))]);
      const own = lines.filter(({ channel }) => channel === ownChannel);
      return { doses: own.reduce((sum, { packs, packDoses }) => sum + packs * packDoses, 0), isAnnounced: own.length > 0, pointer };
    };
    const weeks = await Promise.all(offsets(1 - historyWeeks, WEEKS_AHEAD).map(supplyOf));
    const awards = await figures.awardsBetween(siteId, weekAt(week, 1 - historyWeeks), weekAt(week, WEEKS_AHEAD));
    const brought = weeks.map(({ pointer }, at) =>
      awards.filter((award) => award.week === weekAt(week, at + 1 - historyWeeks)).reduce((sum, award) => sum + broughtBy(award, pointer), 0));
    const ahead = weeks.slice(historyWeeks);
    // Weeks before the first supply are no history.
    const first = Math.max(0, weeks.findIndex(({ isAnnounced }) => isAnnounced));
    const planned = await Promise.all(offsets(1, WEEKS_AHEAD).map(async (at) => {
      const asked = (await figures.requestsAt(siteId, weekAt(week, at)))
        .filter(({ state }) => state === 'submitted')
        .reduce((sum, { doses }) => sum + doses, 0);
      return Math.max(asked > 0 ? asked : (found.input.throughputDoses ?? 0), dueIn(found.figures, weekAt(week, at)));
    }));
    const site: OutlookSite = {
      siteId, awardedDoses: brought.slice(first, historyWeeks), promisedDoses: brought.slice(historyWeeks), plannedDoses: planned,
      onHandDoses: stockOf(found),
    };
    const outlook = outlookOf(
      {
        week,
        supplyDoses: weeks.slice(first, historyWeeks).map(({ doses }) => doses),
        announcedDoses: ahead.map(({ doses, isAnnounced }) => (isAnnounced ? doses : undefined)),
      },
      site,
    );
    return {
      kind: 'found' as const,
      outlook: {
        siteId, week, scenarios: outlook.scenarios, isThin: outlook.isThin, onHandDoses: site.onHandDoses, words: outlookInWords(outlook),
        weeks: outlook.weeks.map(({ cancelRiskPermille, week: day, firmDoses, ...bands }, at) => ({
          week: day, firmDoses, ...(outlook.isUnknown ? {} : bands), plannedDoses: planned[at] ?? 0,
          ...(cancelRiskPermille === undefined ? {} : { cancelRiskPermille }),
          ...(ahead[at]?.isAnnounced === true ? { announcedDoses: ahead[at].doses } : {}),
        })),
      },
    };
  };

/** What lies at the site, is on its way, or is promised for this week: figures leave out of stock what promises brought already. */
const stockOf = ({
  figures,
  input,
}: {
  readonly figures: readonly { name: string; value?: number | undefined }[];
  readonly input: Pick<SiteDraft, 'lines'>;
}): number =>
  figures.filter(({ name }) => name === 'on-hand' || name === 'in-transit').reduce((sum, { value = 0 }) => sum + value, 0) +
  input.lines.flatMap(({ fixed }) => fixed).reduce((sum, { packs, packDoses, othersDoses = 0 }) => sum + packs * packDoses - othersDoses, 0) +
  input.lines.flatMap(({ vials = [] }) => vials).reduce((sum, { doses }) => sum + doses, 0);

/** Second doses owed in a week: figures of `due` end with the week. */
const dueIn = (figures: readonly { name: string; figureId: string; value?: number | undefined }[], week: string): number =>
  figures.filter(({ name, figureId }) => name === 'due' && figureId.endsWith(`_${week}`)).reduce((sum, { value = 0 }) => sum + value, 0);
