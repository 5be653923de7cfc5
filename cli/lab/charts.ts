import { drawFor } from './seeded-random.ts';
import type { Measures } from './measure.ts';
import type { Replay } from './replay-weeks.ts';
import { chart, element, INK, label, polyline, scale, ticks } from './svg.ts';
import { VACCINE_FACTS, VACCINES } from './vaccines.ts';

/** What the charts are drawn from: a replay and its measures, rival by rival. */
export interface Drawn {
  readonly replay: Replay;
  readonly measures: Measures;
}

const WIDTH = 980;
const FOOTER = 'Supply and towns are Connecticut\'s; sites are generated, priority towns and age weights are stand-ins. See docs/policy-lab.md.';
const shortDay = (day: string): string => `${['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][Number(day.slice(5, 7)) - 1] ?? ''} ${Number(day.slice(8))}`;
const firstOfMonths = (weeks: readonly string[]): number[] => weeks.flatMap((week, at) => (at === 0 || week.slice(5, 7) !== weeks[at - 1]?.slice(5, 7) ? [at] : []));
const inThousands = (doses: number): string => Math.round(doses).toLocaleString('en-US');

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Grid, ticks and months of a panel; `most` is the top of its scale. */
const panel = ({ left, top, width, height }: Frame, title: string, weeks: readonly string[], most: number): { marks: string[]; x: (at: number) => number; y: (value: number) => number } => {
  const x = scale([0, weeks.length - 1], [left, left + width]);
  const y = scale([0, most], [top + height, top]);
  const marks = [
    label(left, top - 12, title, { 'font-weight': 600 }),
    ...ticks(most, 3).flatMap((value) => [
      element('line', { x1: left, x2: left + width, y1: y(value), y2: y(value), stroke: INK.grid }),
      label(left - 8, y(value) + 4, inThousands(value), { 'text-anchor': 'end', fill: INK.soft, 'font-size': 11 }),
    ]),
    ...firstOfMonths(weeks).map((at) => label(x(at), top + height + 16, shortDay(weeks[at] ?? ''), { 'text-anchor': 'middle', fill: INK.soft, 'font-size': 11 })),
  ];
  return { marks, x, y };
};

const frameAt = (at: number, height: number): Frame => ({ left: 70 + (at % 2) * 475, top: 112 + Math.floor(at / 2) * (height + 70), width: 345, height });

/** Cumulative first doses per 100 residents: priority towns against the rest, one panel a policy. */
export const coursesChart = (drawn: readonly Drawn[]): string => {
  const courses = drawn.map(({ measures, replay }) => ({ title: measures.rival.title, weeks: replay.weeks.map(({ week }) => week), course: measures.courses.find(({ group }) => group === 'stand-in') }));
  const most = Math.max(...courses.flatMap(({ course }) => [...(course?.inside ?? []), ...(course?.outside ?? [])]));
  const marks = courses.flatMap(({ title, weeks, course }, at) => {
    const { marks, x, y } = panel(frameAt(at, 190), title, weeks, most);
    const ends = [course?.inside.at(-1) ?? 0, course?.outside.at(-1) ?? 0] as const;
    const apart = Math.max(0, 15 - Math.abs(y(ends[0]) - y(ends[1]))) / 2;
    const line = (values: readonly number[], color: string, other: number): string[] => {
      const end = values.at(-1) ?? 0;
      const shift = end >= other ? -apart : apart;
      return [polyline(values.map((value, week) => [x(week), y(value)]), { stroke: color, 'stroke-width': 2.2 }), label(x(weeks.length - 1) + 6, y(end) + 4 + shift, end.toFixed(1), { fill: color, 'font-weight': 600 })];
    };
    return [...marks, ...line(course?.outside ?? [], INK.rest, ends[0]), ...line(course?.inside ?? [], INK.priority, ends[1])];
  });
  const legend = [
    element('rect', { x: 640, y: 22, width: 14, height: 4, fill: INK.priority }), label(660, 29, 'stand-in priority towns', { fill: INK.priority }),
    element('rect', { x: 820, y: 22, width: 14, height: 4, fill: INK.rest }), label(840, 29, 'all other towns', { fill: INK.rest }),
  ];
  return chart(WIDTH, 112 + Math.ceil(courses.length / 2) * 260 + 20, { title: 'Who the first doses were sent to, by policy', subtitle: 'State channel, first doses awarded per 100 residents (all ages), cumulative, by where people live', footer: FOOTER }, ...legend, ...marks);
};

const CELL = 21;

/** For each policy and vaccine, in which weeks its reserve bound. */
export const reservesChart = (drawn: readonly Drawn[]): string => {
  const weeks = drawn[0]?.replay.weeks.map(({ week }) => week) ?? [];
  const left = 250;
  let top = 110;
  const marks: string[] = firstOfMonths(weeks).map((at) => label(left + at * CELL, top - 18, shortDay(weeks[at] ?? ''), { fill: INK.soft, 'font-size': 11 }));
  for (const { replay, measures } of drawn) {
    marks.push(label(24, top + 3, measures.rival.title, { 'font-weight': 600 }));
    top += 14;
    for (const vaccine of VACCINES) {
      const count = measures.reserves.find((row) => row.vaccine === vaccine);
      marks.push(label(left - 12, top + 15, VACCINE_FACTS[vaccine].name, { 'text-anchor': 'end' }));
      replay.weeks.forEach(({ reserves }, at) => {
        const rows = reserves.filter((row) => row.vaccine === vaccine);
        const box = { x: left + at * CELL, y: top, width: CELL - 2, height: CELL - 2 };
        if (rows.length === 0) marks.push(element('rect', { ...box, fill: '#ffffff', stroke: INK.grid }));
        else marks.push(element('rect', { ...box, fill: rows.some(({ bound }) => bound) ? INK.bound : INK.slack }));
      });
      const told = count === undefined ? '' : `${count.weeksBound} of ${count.weeks} weeks, ${count.gainedDoses > 0 ? '+' : ''}${inThousands(count.gainedDoses)} doses`;
      marks.push(label(left + weeks.length * CELL + 10, top + 15, told, { fill: INK.soft, 'font-size': 12 }));
      top += CELL;
    }
    top += 26;
  }
  const legend = ([['bound: it moved doses', INK.bound], ['in force, did not bind', INK.slack]] as const).flatMap(([words, fill], at) => [
    element('rect', { x: 600 + at * 185, y: 18, width: 14, height: 14, fill }), label(620 + at * 185, 30, words, { 'font-size': 12 }),
  ]);
  return chart(WIDTH, top + 26, { title: 'When a reserve bound', subtitle: 'Week by week; at the right what it moved to its group, against a share by eligible residents. An empty box: no supply or no reserve that week', footer: FOOTER }, ...legend, ...marks);
};

const SWING_TOP = 2;

/** How much a site's first doses changed from week to week: a dot a site, with the middle and the middle four fifths. */
export const swingChart = (drawn: readonly Drawn[]): string => {
  const [left, right, row] = [372, WIDTH - 40, 46];
  const x = scale([0, SWING_TOP], [left, right]);
  const bottom = 100 + drawn.length * row;
  const supply = drawn[0]?.measures.swing.ofSupply ?? 0;
  const grid = ticks(SWING_TOP, 4).flatMap((value) => [
    element('line', { x1: x(value), x2: x(value), y1: 92, y2: bottom, stroke: INK.grid }),
    label(x(value), bottom + 18, `${Math.round(value * 100)} %`, { 'text-anchor': 'middle', fill: INK.soft, 'font-size': 11 }),
  ]);
  const rows = drawn.flatMap(({ measures, replay }, at) => {
    const y = 116 + at * row;
    const { bySite, p10, p50, p90 } = measures.swing;
    const dots = bySite.map((swing, site) => element('circle', { cx: x(Math.min(swing, SWING_TOP)), cy: y - 9 + 18 * drawFor(site, replay.rival.id), r: 1.8, fill: INK.rest, 'fill-opacity': '0.35' }));
    return [
      label(left - 14, y + 4, measures.rival.title, { 'text-anchor': 'end', 'font-size': 12 }),
      element('rect', { x: x(p10), y: y - 13, width: Math.max(1, x(Math.min(p90, SWING_TOP)) - x(p10)), height: 26, fill: INK.range, 'fill-opacity': '0.45', rx: 3 }),
      ...dots,
      element('rect', { x: x(p50) - 1.5, y: y - 15, width: 3, height: 30, fill: INK.priority }),
      label(x(p50) + 6, y - 15, `${Math.round(p50 * 100)} %`, { fill: INK.priority, 'font-size': 11, 'font-weight': 600 }),
    ];
  });
  const line = [element('line', { x1: x(supply), x2: x(supply), y1: 88, y2: bottom, stroke: INK.text, 'stroke-dasharray': '4 3' }), label(x(supply), 84, `the state's own supply: ${Math.round(supply * 100)} %`, { 'text-anchor': 'middle', 'font-size': 11 })];
  return chart(WIDTH, bottom + 54, { title: 'Change from week to week, by site', subtitle: 'Mean change as a part of a site\'s mean week. A dot is a site, the mark the middle one; the shade holds the middle four fifths', footer: FOOTER }, ...grid, ...rows, ...line);
};

/** Second doses that were not there in the week they fell due; each panel has its own scale. */
export const secondDosesChart = (drawn: readonly Drawn[]): string => {
  const marks = drawn.flatMap(({ replay, measures }, at) => {
    const weeks = replay.weeks.map(({ week }) => week);
    const outs = replay.weeks.map(({ given }) => given.stockOut);
    const frame = frameAt(at, 150);
    const { marks, x, y } = panel(frame, measures.rival.title, weeks, Math.max(1, ...outs));
    const bars = outs.map((doses, week) => element('rect', { x: x(week) - 5, y: y(doses), width: 10, height: frame.top + frame.height - y(doses), fill: INK.priority }));
    return [...marks, ...bars, label(frame.left + 6, frame.top + 10, `${inThousands(measures.secondDoses.stockOuts)} in all`, { fill: INK.priority, 'font-weight': 600, 'font-size': 12 })];
  });
  return chart(WIDTH, 112 + Math.ceil(drawn.length / 2) * 220 + 16, { title: 'Second doses that were not at the site when they fell due', subtitle: 'Doses by week in which they fell due. Mind the scales: each panel has its own', footer: FOOTER }, ...marks);
};
