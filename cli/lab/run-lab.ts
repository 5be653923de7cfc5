import type { Policy } from '../../functions/allocations/domain/policy/policy.ts';
import { dosesByTown } from './by-town.ts';
import type { Drawn } from './chart-panel.ts';
import { swingChart } from './chart-swing.ts';
import { coursesChart, reservesChart, secondDosesChart } from './charts-by-week.ts';
import type { ConnecticutData } from './connecticut-data.ts';
import { PHASES } from './eligibility.ts';
import { generateSites, SITE_RULE } from './generate-sites.ts';
import type { LabSite } from './generate-sites.ts';
import { measure } from './measure.ts';
import { flaggedTowns, STAND_IN_SHARE, standInTowns } from './priority-towns.ts';
import { replayWeeks, WANTING_SHARE } from './replay-weeks.ts';
import { notPlayed, ownRival, RIVALS } from './rivals.ts';
import { availableUnder, judgeUptake } from './uptake.ts';
import type { Uptake } from './uptake.ts';

export interface LabResult {
  readonly seed: number;
  readonly data: ConnecticutData;
  readonly sites: readonly LabSite[];
  readonly standIn: readonly string[];
  readonly drawn: readonly Drawn[];
  readonly uptake: Uptake;
  /** The policy of one's own that was played beside the rivals, and its rival's id. */
  readonly own: { readonly id: string; readonly policy: Policy; readonly notes: readonly string[] } | undefined;
}

/** The policy whose weeks the uptake model is fitted under. */
const PUBLISHED = 'as-published';

/** Plays every rival, and a policy of one's own, over the same weeks and sites. Pure: equal data, seed and policy give equal results. */
export const runLab = (data: ConnecticutData, seed: number, own?: Policy): LabResult => {
  const sites = generateSites(data.towns, seed);
  const ownRivals = own === undefined ? [] : [ownRival(own)];
  const drawn = [...RIVALS, ...ownRivals].map((rival): Drawn => {
    const replay = replayWeeks(data, sites, rival);
    return { replay, measures: measure(replay, data, sites) };
  });
  const available = drawn.map(({ replay }) => ({
    id: replay.rival.id,
    available: availableUnder(data, dosesByTown(replay, sites, data.towns)),
  }));
  const published = available.find(({ id }) => id === PUBLISHED);
  if (published === undefined) throw new RangeError(`no rival ${PUBLISHED}`);
  return {
    seed,
    data,
    sites,
    standIn: [...standInTowns(data.towns, STAND_IN_SHARE)],
    drawn,
    own: own === undefined ? undefined : { id: ownRival(own).id, policy: own, notes: notPlayed(own, sites.map(({ siteId }) => siteId)) },
    uptake: judgeUptake(
      data,
      published.available,
      available.filter(({ id }) => id !== PUBLISHED),
    ),
  };
};

const pick = (result: LabResult, ids: readonly string[]): Drawn[] =>
  [...ids, ...(result.own === undefined ? [] : [result.own.id])].flatMap((id) => result.drawn.filter(({ replay }) => replay.rival.id === id));

/** The charts by file name. */
export const labCharts = (result: LabResult): ReadonlyMap<string, string> =>
  new Map([
    ['first-doses-per-100.svg', coursesChart(pick(result, ['pro-rata', 'february', 'march', 'as-published']))],
    ['reserve-bound-by-week.svg', reservesChart(pick(result, ['february', 'march', 'march-34-towns', 'as-published']))],
    ['swing-by-site.svg', swingChart(result.drawn)],
    ['second-dose-stock-outs.svg', secondDosesChart(pick(result, ['as-published', 'set-aside-1', 'set-aside-3', 'relabel-10']))],
  ]);

/** Everything, as plain data: the rules, the sites, each rival's weeks and measures, and how the uptake model was judged. */
export const labJson = ({ seed, data, sites, standIn, drawn, uptake, own }: LabResult): unknown => ({
  seed,
  rules: {
    sites: SITE_RULE,
    phases: PHASES,
    wantingShare: WANTING_SHARE,
    standIn: { share: STAND_IN_SHARE, towns: standIn },
    flaggedTowns: [...flaggedTowns(data.towns)],
    labels: {
      supply: 'real',
      towns: 'real',
      packs: 'real',
      sites: 'generated',
      priorityTowns: 'stand-in',
      ageWeights: 'stand-in',
      demand: 'assumption',
    },
  },
  ...(own !== undefined && { ownPolicy: own.policy, notPlayed: own.notes }),
  supply: data.weeks,
  sites: sites.map(({ serves, ...site }) => ({ ...site, serves: Object.fromEntries(serves) })),
  rivals: drawn.map(({ replay: { rival, ...replay }, measures }) => ({
    ...measures,
    priority: rival.priority,
    secondDoseRule: rival.secondDoses,
    asking: rival.asking,
    ...replay,
  })),
  uptake,
});
