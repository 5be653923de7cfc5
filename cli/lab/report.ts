import { table } from '../table.ts';
import type { Cell } from '../table.ts';
import type { LabResult } from './run-lab.ts';
import { priorityTowns } from './priority-towns.ts';
import type { PriorityGroup } from './priority-towns.ts';
import type { GroupCoverage, Uptake } from './uptake.ts';
import { VACCINE_FACTS, VACCINES } from './vaccines.ts';

const percent = (part: number, digits = 1): string => `${(100 * part).toFixed(digits)} %`;

const peopleShare = ({ data }: LabResult, group: PriorityGroup): string => {
  const chosen = priorityTowns(data.towns, group);
  const all = data.towns.reduce((sum, { population }) => sum + population, 0);
  return percent(data.towns.reduce((sum, { name, population }) => (chosen.has(name) ? sum + population : sum), 0) / all);
};

const head = (result: LabResult): string => {
  const { data, sites, seed, standIn } = result;
  const [from, to] = [data.weeks[0]?.week ?? '', data.weeks.at(-1)?.week ?? ''];
  const hubs = sites.filter(({ kind }) => kind === 'hub').length;
  return [
    `Connecticut, ${from} to ${to}: ${data.weeks.length} real weeks of the state channel, ${data.towns.length} real towns.`,
    `${sites.length} sites GENERATED from town populations (seed ${seed}): ${hubs} ultra-cold hubs, the rest clinics.`,
    `Priority towns are a STAND-IN, ${peopleShare(result, 'stand-in')} of residents: ${standIn.join(', ')}.`,
    `The 34 flagged towns hold ${peopleShare(result, 'flagged-34')}.`,
    ...(result.own?.notes ?? []),
  ].join('\n');
};

const supplyTable = ({ data, drawn }: LabResult): string => {
  const base = drawn[0];
  const rows = VACCINES.map((vaccine): Cell[] => [
    VACCINE_FACTS[vaccine].name,
    data.weeks.reduce((sum, { state }) => sum + state[vaccine], 0),
    base?.measures.awardedFirst[vaccine] ?? 0,
    base?.replay.endStock.first[vaccine] ?? 0,
    base?.measures.awardedSecond[vaccine] ?? 0,
  ]);
  const total = rows.reduce<number[]>((sums, row) => row.slice(1).map((cell, at) => (sums[at] ?? 0) + Number(cell)), []);
  return table(
    [
      'state channel',
      'first doses in the file',
      `awarded, ${base?.measures.rival.id ?? ''}`,
      'left or carried',
      'second doses awarded',
    ],
    [...rows, ['all', ...total]],
  );
};

const groupTable = ({ drawn }: LabResult): string =>
  table(
    [
      'first doses per 100 residents, to the end',
      'stand-in',
      'others',
      'difference',
      '34 towns',
      'others',
      'difference',
      'to sites lying in the stand-in',
    ],
    drawn.map(({ measures }): Cell[] => {
      const ends = measures.courses.flatMap(({ inside, outside }) => [inside.at(-1) ?? 0, outside.at(-1) ?? 0]);
      const [a = 0, b = 0, c = 0, d = 0] = ends;
      return [
        measures.rival.title,
        a.toFixed(1),
        b.toFixed(1),
        (a - b).toFixed(1),
        c.toFixed(1),
        d.toFixed(1),
        (c - d).toFixed(1),
        percent(measures.shareByPlace),
      ];
    }),
  );

const reserveTable = ({ drawn }: LabResult): string =>
  table(
    ['reserve', 'vaccine', 'weeks in force', 'weeks it bound', 'doses it moved'],
    drawn
      .filter(({ replay }) => replay.rival.secondDoses.kind === 'tied')
      .flatMap(({ measures }) =>
        measures.reserves.map((row): Cell[] => [
          measures.rival.title,
          VACCINE_FACTS[row.vaccine].name,
          row.weeks,
          row.weeksBound,
          row.gainedDoses,
        ]),
      ),
  );

const secondTable = ({ drawn }: LabResult): string =>
  table(
    ['second doses', 'given', 'not there when due', 'worst week', 'doses', 'dose-weeks waited', 'still owed', 'past day 42'],
    drawn.map(({ measures: { rival, secondDoses: row } }): Cell[] => [
      rival.title,
      row.given,
      row.stockOuts,
      row.worstWeek,
      row.worstWeekDoses,
      row.doseWeeksWaited,
      row.overdueAtEnd,
      row.pastLatestAtEnd,
    ]),
  );

const unusedTable = ({ drawn }: LabResult): string =>
  table(
    [
      'unused at week end',
      'first, mean week',
      'first, last week of April',
      'first, end',
      'second, end',
      'kept by the state, end',
    ],
    drawn.map(({ measures: { rival, unused: row } }): Cell[] => [
      rival.title,
      row.meanFirst,
      row.firstBeforeMay,
      row.firstAtEnd,
      row.secondAtEnd,
      row.keptByState,
    ]),
  );

const packTable = ({ drawn }: LabResult): string =>
  table(
    [
      'packs',
      ...VACCINES.map((vaccine) => `${VACCINE_FACTS[vaccine].name} sites under a pack`),
      'weeks without, middle site',
      'longest',
      'largest debt (packs)',
      'debt written off',
      'swing p10',
      'p50',
      'p90',
    ],
    drawn.map(({ measures: { rival, packs, swing } }): Cell[] => [
      rival.title,
      ...packs.underPack.map(({ meanSites }) => meanSites),
      packs.medianLongestWait,
      packs.longestWait,
      packs.largestDebtPacks.toFixed(2),
      packs.writtenOffDoses,
      percent(swing.p10, 0),
      percent(swing.p50, 0),
      percent(swing.p90, 0),
    ]),
  );

const TOWNS_SHOWN = 12;

const townTable = ({ drawn, data }: LabResult): string => {
  const shown = ['pro-rata', 'february', 'march', 'as-published'].flatMap((id) =>
    drawn.filter(({ replay }) => replay.rival.id === id),
  );
  const largest = [...data.towns].sort((a, b) => b.population - a.population).slice(0, TOWNS_SHOWN);
  return `${table(
    ['first doses by town of residence', 'residents', ...shown.map(({ replay }) => replay.rival.id)],
    largest.map(({ name, population }): Cell[] => [
      name,
      population,
      ...shown.map(({ measures }) => measures.towns.find(({ town }) => town === name)?.firstDoses ?? 0),
    ]),
  )}\n(the ${TOWNS_SHOWN} largest of ${data.towns.length} towns; --json has all)`;
};

const shown = ({ flagged, rest, gap }: GroupCoverage): string =>
  `${flagged.toFixed(1)} / ${rest.toFixed(1)}, gap ${gap.toFixed(1)}`;

/** How the uptake model was judged; and its effects, only when it passed. */
export const uptakeText = (uptake: Uptake): string => {
  const days = table(
    ['people with a first dose, %: 34 towns / rest', '', 'counted', 'model', 'largest miss, points'],
    uptake.days.map((row): Cell[] => [row.day, row.held, shown(row.observed), shown(row.predicted), row.missPoints.toFixed(1)]),
  );
  const first = uptake.days[0];
  const supply = [
    `Had every dose been given to a resident of the towns served, ${first?.day ?? ''} would read ${shown(uptake.supplyOnly)};`,
    `counted: gap ${first?.observed.gap.toFixed(1) ?? ''}. Supply alone does not make the gap.`,
  ].join(' ');
  const silence = [
    `NO EFFECT ON UPTAKE IS CLAIMED: the model misses days it has not seen by more than ${uptake.tolerancePoints} point.`,
    'Doses sent are shown above; who would have taken them is not known.',
  ].join(' ');
  if (!uptake.claims) return [days, supply, silence].join('\n');
  return [
    days,
    supply,
    table(
      ['rival', 'day', '34 towns, points', 'rest, points'],
      uptake.effects.map((row): Cell[] => [row.rival, row.day, row.flaggedPoints.toFixed(2), row.restPoints.toFixed(2)]),
    ),
  ].join('\n');
};

/** The lab's findings as tables. */
export const labText = (result: LabResult): string =>
  [head, supplyTable, groupTable, reserveTable, secondTable, unusedTable, packTable, townTable]
    .map((part) => part(result))
    .concat(uptakeText(result.uptake))
    .join('\n\n');
