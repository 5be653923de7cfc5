import { firstOfMonths, FOOTER, frameAt, inThousands, panel, shortDay, WIDTH } from './chart-panel.ts';
import type { Drawn } from './chart-panel.ts';
import { chart, element, INK, label, polyline } from './svg.ts';
import { VACCINE_FACTS, VACCINES } from './vaccines.ts';

/** Cumulative first doses per 100 residents: priority towns against the rest, one panel a policy. */
export const coursesChart = (drawn: readonly Drawn[]): string => {
  const courses = drawn.map(({ measures, replay }) => ({
    title: measures.rival.title,
    weeks: replay.weeks.map(({ week }) => week),
    course: measures.courses.find(({ group }) => group === 'stand-in'),
  }));
  const most = Math.max(...courses.flatMap(({ course }) => [...(course?.inside ?? []), ...(course?.outside ?? [])]));
  const marks = courses.flatMap(({ title, weeks, course }, at) => {
    const { marks, x, y } = panel(frameAt(at, 190), title, weeks, most);
    const ends = [course?.inside.at(-1) ?? 0, course?.outside.at(-1) ?? 0] as const;
    const apart = Math.max(0, 15 - Math.abs(y(ends[0]) - y(ends[1]))) / 2;
    const line = (values: readonly number[], color: string, other: number): string[] => {
      const end = values.at(-1) ?? 0;
      const shift = end >= other ? -apart : apart;
      return [
        polyline(
          values.map((value, week) => [x(week), y(value)]),
          { stroke: color, 'stroke-width': 2.2 },
        ),
        label(x(weeks.length - 1) + 6, y(end) + 4 + shift, end.toFixed(1), { fill: color, 'font-weight': 600 }),
      ];
    };
    return [...marks, ...line(course?.outside ?? [], INK.rest, ends[0]), ...line(course?.inside ?? [], INK.priority, ends[1])];
  });
  const legend = [
    element('rect', { x: 640, y: 22, width: 14, height: 4, fill: INK.priority }),
    label(660, 29, 'stand-in priority towns', { fill: INK.priority }),
    element('rect', { x: 820, y: 22, width: 14, height: 4, fill: INK.rest }),
    label(840, 29, 'all other towns', { fill: INK.rest }),
  ];
  return chart(
    WIDTH,
    112 + Math.ceil(courses.length / 2) * 260 + 20,
    {
      title: 'Who the first doses were sent to, by policy',
      subtitle: 'State channel, first doses awarded per 100 residents (all ages), cumulative, by where people live',
      footer: FOOTER,
    },
    ...legend,
    ...marks,
  );
};

const CELL = 21;

/** For each policy and vaccine, in which weeks its reserve bound. */
export const reservesChart = (drawn: readonly Drawn[]): string => {
  const weeks = drawn[0]?.replay.weeks.map(({ week }) => week) ?? [];
  const left = 250;
  let top = 110;
  const marks: string[] = firstOfMonths(weeks).map((at) =>
    label(left + at * CELL, top - 18, shortDay(weeks[at] ?? ''), { fill: INK.soft, 'font-size': 11 }),
  );
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
      const told =
        count === undefined
          ? ''
          : `${count.weeksBound} of ${count.weeks} weeks, ${count.gainedDoses > 0 ? '+' : ''}${inThousands(count.gainedDoses)} doses`;
      marks.push(label(left + weeks.length * CELL + 10, top + 15, told, { fill: INK.soft, 'font-size': 12 }));
      top += CELL;
    }
    top += 26;
  }
  const legend = (
    [
      ['bound: it moved doses', INK.bound],
      ['in force, did not bind', INK.slack],
    ] as const
  ).flatMap(([words, fill], at) => [
    element('rect', { x: 600 + at * 185, y: 18, width: 14, height: 14, fill }),
    label(620 + at * 185, 30, words, { 'font-size': 12 }),
  ]);
  return chart(
    WIDTH,
    top + 26,
    {
      title: 'When a reserve bound',
      subtitle:
        'At the right: doses it moved to its group, against a share by eligible residents. Empty box: no supply or no reserve',
      footer: FOOTER,
    },
    ...legend,
    ...marks,
  );
};

/** Second doses that were not there in the week they fell due; each panel has its own scale. */
export const secondDosesChart = (drawn: readonly Drawn[]): string => {
  const marks = drawn.flatMap(({ replay, measures }, at) => {
    const weeks = replay.weeks.map(({ week }) => week);
    const outs = replay.weeks.map(({ given }) => given.stockOut);
    const frame = frameAt(at, 150);
    const { marks, x, y } = panel(frame, measures.rival.title, weeks, Math.max(1, ...outs));
    const bars = outs.map((doses, week) =>
      element('rect', {
        x: x(week) - 5,
        y: y(doses),
        width: 10,
        height: frame.top + frame.height - y(doses),
        fill: INK.priority,
      }),
    );
    return [
      ...marks,
      ...bars,
      label(frame.left + 6, frame.top + 10, `${inThousands(measures.secondDoses.stockOuts)} in all`, {
        fill: INK.priority,
        'font-weight': 600,
        'font-size': 12,
      }),
    ];
  });
  return chart(
    WIDTH,
    112 + Math.ceil(drawn.length / 2) * 220 + 16,
    {
      title: 'Second doses that were not at the site when they fell due',
      subtitle: 'Doses by week in which they fell due. Mind the scales: each panel has its own',
      footer: FOOTER,
    },
    ...marks,
  );
};
