import { FOOTER, WIDTH } from './chart-panel.ts';
import type { Drawn } from './chart-panel.ts';
import { drawFor } from './seeded-random.ts';
import { chart, element, INK, label, scale, ticks } from './svg.ts';

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
    const dots = bySite.map((swing, site) =>
      element('circle', {
        cx: x(Math.min(swing, SWING_TOP)),
        cy: y - 9 + 18 * drawFor(site, replay.rival.id),
        r: 1.8,
        fill: INK.rest,
        'fill-opacity': '0.35',
      }),
    );
    return [
      label(left - 14, y + 4, measures.rival.title, { 'text-anchor': 'end', 'font-size': 12 }),
      element('rect', {
        x: x(p10),
        y: y - 13,
        width: Math.max(1, x(Math.min(p90, SWING_TOP)) - x(p10)),
        height: 26,
        fill: INK.range,
        'fill-opacity': '0.45',
        rx: 3,
      }),
      ...dots,
      element('rect', { x: x(p50) - 1.5, y: y - 15, width: 3, height: 30, fill: INK.priority }),
      label(x(p50) + 6, y - 15, `${Math.round(p50 * 100)} %`, { fill: INK.priority, 'font-size': 11, 'font-weight': 600 }),
    ];
  });
  const line = [
    element('line', { x1: x(supply), x2: x(supply), y1: 88, y2: bottom, stroke: INK.text, 'stroke-dasharray': '4 3' }),
    label(x(supply), 84, `the state's own supply: ${Math.round(supply * 100)} %`, { 'text-anchor': 'middle', 'font-size': 11 }),
  ];
  return chart(
    WIDTH,
    bottom + 54,
    {
      title: 'Change from week to week, by site',
      subtitle:
        'Mean change as a part of a mean week. A dot is a site, the mark the middle one; the shade holds the middle four fifths',
      footer: FOOTER,
    },
    ...grid,
    ...rows,
    ...line,
  );
};
