import type { Measures } from './measure.ts';
import type { Replay } from './replay-weeks.ts';
import { element, INK, label, scale, ticks } from './svg.ts';

/** What the charts are drawn from: a replay and its measures, rival by rival. */
export interface Drawn {
  readonly replay: Replay;
  readonly measures: Measures;
}

export const WIDTH = 980;
export const FOOTER =
  'Real supply and towns of Connecticut; sites generated, priority towns and age weights stand-ins: docs/policy-lab.md.';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
export const shortDay = (day: string): string => `${MONTHS[Number(day.slice(5, 7)) - 1] ?? ''} ${Number(day.slice(8))}`;
/** The weeks in which a month begins. */
export const firstOfMonths = (weeks: readonly string[]): number[] =>
  weeks.flatMap((week, at) => (at === 0 || week.slice(5, 7) !== weeks[at - 1]?.slice(5, 7) ? [at] : []));
export const inThousands = (doses: number): string => Math.round(doses).toLocaleString('en-US');

export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Grid, ticks and months of a panel; `most` is the top of its scale. */
export const panel = (
  { left, top, width, height }: Frame,
  title: string,
  weeks: readonly string[],
  most: number,
): { marks: string[]; x: (at: number) => number; y: (value: number) => number } => {
  const x = scale([0, weeks.length - 1], [left, left + width]);
  const y = scale([0, most], [top + height, top]);
  const marks = [
    label(left, top - 12, title, { 'font-weight': 600 }),
    ...ticks(most, 3).flatMap((value) => [
      element('line', { x1: left, x2: left + width, y1: y(value), y2: y(value), stroke: INK.grid }),
      label(left - 8, y(value) + 4, inThousands(value), { 'text-anchor': 'end', fill: INK.soft, 'font-size': 11 }),
    ]),
    ...firstOfMonths(weeks).map((at) =>
      label(x(at), top + height + 16, shortDay(weeks[at] ?? ''), { 'text-anchor': 'middle', fill: INK.soft, 'font-size': 11 }),
    ),
  ];
  return { marks, x, y };
};

/** Where a panel stands, two in a row. */
export const frameAt = (at: number, height: number): Frame => ({
  left: 70 + (at % 2) * 475,
  top: 112 + Math.floor(at / 2) * (height + 70),
  width: 345,
  height,
});
