import { addDays } from '../../../shared/kernel/dates.ts';
import { ceilDiv, floorDiv, mulDiv } from './quantity.ts';

/**
 * What a site may count on in the three weeks ahead, and the risk that clinics must be cancelled. The model is history itself:
 * each of the last eight runs of four weeks is one scenario, in which supply moves from now on as it moved then and the site
 * gets the part it got then; a week whose supply is announced has that supply in every scenario. No distribution is assumed,
 * nothing is drawn by lot. It can only show what past weeks have shown: a first week without any vaccine is in no scenario.
 */
export const WEEKS_AHEAD = 3;
/** Older runs are left out: over Connecticut's weeks of 2021 all of them make bands whose high is nearly four times their low. */
const SCENARIOS = 8;
/** With fewer, bands are told with a warning. */
const LEAST_SCENARIOS = SCENARIOS / 2;
/** With fewer, neither bands nor risk are told: one run is a single point, and "in none of one" reassures about nothing. */
const LEAST_TOLD = 3;

export interface OutlookInputs {
  /** First day of this week, whose awards are settled. */
  readonly week: string;
  /** Doses of supply a week, oldest first, this week's last. */
  readonly supplyDoses: readonly number[];
  /** Announced supply of the weeks ahead, the next week first; undefined where none is announced. */
  readonly announcedDoses: readonly (number | undefined)[];
}

export interface OutlookSite {
  readonly siteId: string;
  /** Doses awarded in each week of the supply history, in its order. */
  readonly awardedDoses: readonly number[];
  /** Doses already promised or on their way, by week ahead. */
  readonly promisedDoses: readonly number[];
  readonly onHandDoses: number;
  /** Doses that clinics planned for each week ahead will need, second doses included. */
  readonly plannedDoses: readonly number[];
}

export interface WeekAhead {
  readonly week: string;
  /** Promised already: accepted, ordered or on offer of a published run. Nothing else is firm, however likely. */
  readonly firmDoses: number;
  /** The middle scenario. */
  readonly likelyDoses: number;
  /** The middle half of the scenarios: a quarter of them lies below, a quarter above. */
  readonly likelyLowDoses: number;
  readonly likelyHighDoses: number;
  /** The least and the most of any scenario. */
  readonly planningLowDoses: number;
  readonly planningHighDoses: number;
  /** Of 1,000 scenarios, those in which clinics of this week must be cancelled; undefined where too few are known. */
  readonly cancelRiskPermille: number | undefined;
}

export interface SiteOutlook {
  readonly siteId: string;
  readonly scenarios: number;
  /** Too few scenarios to mean much: fewer than half of what is looked for. */
  readonly isThin: boolean;
  /** So few that what is likely, and the risk, are not known: bands then only repeat the runs there are, and are told to nobody. */
  readonly isUnknown: boolean;
  readonly weeks: readonly WeekAhead[];
}

const PERMILLE = 1_000;
const AHEAD = Array.from({ length: WEEKS_AHEAD }, (_, at) => at + 1);

/** Doses that reach the site week by week when weeks go on as after the one at `start`; undefined without supply then. */
const scenario = ({ supplyDoses, announcedDoses }: OutlookInputs, site: OutlookSite, start: number): number[] | undefined => {
  let base = { doses: supplyDoses.at(-1) ?? 0, past: supplyDoses[start] ?? 0 };
  const arrivals: number[] = [];
  for (const ahead of AHEAD) {
    const announced = announcedDoses[ahead - 1];
    if (announced !== undefined) base = { doses: announced, past: supplyDoses[start + ahead] ?? 0 };
    if (base.past === 0) return undefined;
    const share = mulDiv(base.doses, site.awardedDoses[start + ahead] ?? 0, base.past);
    arrivals.push(Math.max(share, site.promisedDoses[ahead - 1] ?? 0));
  }
  return arrivals;
};

/** In which weeks ahead a scenario leaves planned clinics without doses. What is left goes to those that are held. */
const cancelled = (site: OutlookSite, arrivals: readonly number[]): boolean[] => {
  let stock = site.onHandDoses;
  return arrivals.map((arriving, at) => {
    const left = stock + arriving - (site.plannedDoses[at] ?? 0);
    stock = Math.max(0, left);
    return left < 0;
  });
};

/** The outlook of one site. */
export const outlookOf = (inputs: OutlookInputs, site: OutlookSite): SiteOutlook => {
  const starts = Array.from({ length: Math.max(0, inputs.supplyDoses.length - WEEKS_AHEAD) }, (_, start) => start).slice(
    -SCENARIOS,
  );
  const scenarios = starts.flatMap((start) => {
    const arrivals = scenario(inputs, site, start);
    return arrivals ? [arrivals] : [];
  });
  const count = scenarios.length;
  const cancels = scenarios.map((arrivals) => cancelled(site, arrivals));
  const weeks = AHEAD.map((ahead): WeekAhead => {
    const promised = site.promisedDoses[ahead - 1] ?? 0;
    const sorted = scenarios.map((arrivals) => arrivals[ahead - 1] ?? 0).sort((a, b) => a - b);
    const at = (place: number) => sorted[place] ?? promised;
    const short = cancels.filter((weeksCancelled) => weeksCancelled[ahead - 1]).length;
    return {
      week: addDays(inputs.week, 7 * ahead),
      firmDoses: promised,
      likelyDoses: at(floorDiv(count - 1, 2)),
      likelyLowDoses: at(floorDiv(count - 1, 4)),
      likelyHighDoses: at(ceilDiv(3 * (count - 1), 4)),
      planningLowDoses: at(0),
      planningHighDoses: at(count - 1),
      cancelRiskPermille: count < LEAST_TOLD ? undefined : floorDiv(PERMILLE * short, count),
    };
  });
  return { siteId: site.siteId, scenarios: count, isThin: count < LEAST_SCENARIOS, isUnknown: count < LEAST_TOLD, weeks };
};

const riskInWords = (permille: number | undefined, scenarios: number): string => {
  if (permille === undefined)
    return `there is too little history to say what is likely, or whether clinics are at risk (past runs of weeks known: ${scenarios}, needed: ${LEAST_TOLD})`;
  if (permille === 0) return `in none of ${scenarios} past runs of weeks would clinics have been cancelled`;
  return `in ${permille} of 1,000 past runs of weeks clinics would have been cancelled (${scenarios} runs known)`;
};

/** The outlook in a coordinator's words, a line a week; where history is thin, that last. */
export const outlookInWords = ({ scenarios, isThin, isUnknown, weeks }: SiteOutlook): string[] => [
  ...weeks.map(({ week, firmDoses, likelyLowDoses, likelyHighDoses, planningLowDoses, planningHighDoses, cancelRiskPermille }) =>
    `week of ${week}: ${firmDoses} doses firm` +
    (isUnknown ? '; ' : `, likely ${likelyLowDoses} to ${likelyHighDoses}, plan between ${planningLowDoses} and ${planningHighDoses}; `) +
    riskInWords(cancelRiskPermille, scenarios)),
  ...(isThin && !isUnknown
    ? [`History is thin: ${scenarios} past runs of weeks are known, and what comes may well lie outside these bands.`]
    : []),
];
