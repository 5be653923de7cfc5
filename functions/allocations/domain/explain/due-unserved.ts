import { MICRO, floorDiv } from '../quantity.ts';
import type { ExplanationLine } from '../allocation.ts';
import type { Outcome } from './explain.ts';

/**
 * A site's second doses that fall due in time and get no pack, though its caps have room for one: others come first, by day and by the
 * people a pack serves (serve-due.ts). `after`: stages before that one which gave doses too. Undefined where everybody due is served,
 * where the site's own caps stop them, and where no stage serves second doses.
 */
export const dueUnserved = ({ pool, targets, sharedMicro, finalMicro }: Outcome, at: number): ExplanationLine | undefined => {
  const due = pool.lines[at]?.due ?? [];
  const first = targets.steps.findIndex(({ dueBefore }) => dueBefore !== undefined);
  const shared = Math.max(sharedMicro[at] ?? 0, finalMicro[at] ?? 0); // what a person gives serves them too
  if (due.length === 0 || first < 0 || shared + pool.dueStep > (pool.dueMicro[at] ?? 0)) return undefined;
  const end = targets.steps.map(({ dueBefore }) => dueBefore ?? '').sort().at(-1) ?? '';
  let served = floorDiv(shared, MICRO);
  let [dueDoses, day] = [0, ''];
  for (const row of due.filter((item) => item.day < end).toSorted((a, b) => (a.day < b.day ? -1 : 1))) {
    const missed = Math.max(0, row.doses - served);
    served = Math.max(0, served - row.doses);
    dueDoses += missed;
    if (day === '' && missed > 0) day = row.day;
  }
  if (dueDoses === 0) return undefined;
  const before = new Set(targets.steps.slice(0, first).map(({ stage }) => stage.id));
  const after = targets.parts.filter(({ stage, usedMicro }) => before.has(stage) && usedMicro > 0).map(({ stage }) => stage);
  return { kind: 'due-unserved', micro: 0, dueDoses, day, after };
};
