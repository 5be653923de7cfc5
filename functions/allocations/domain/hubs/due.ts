import { fill } from '../targets/fill.ts';
import { MICRO, ceilDiv } from '../quantity.ts';
import { total } from '../tree.ts';
import type { Pool } from '../pool.ts';
import type { GroupRange } from '../tree.ts';

/**
 * Second doses of a hub and the sites it shares with. Their due doses, each site's in whole vials, are served together in whole packs as
 * one site's are (serve-due.ts); inside the packs they go to the doses due earliest, and what a pack holds beyond them stays with the hub.
 * Figures of a family are one for each of its sites, the hub first: what one family costs must not grow with the pool.
 */

/** Doses due on a day, in micro-doses. */
export interface DueRow {
  readonly day: string;
  readonly micro: number;
}
/** The sites of a hub: a range of the pool, the hub first. */
type Family = Pick<GroupRange, 'from' | 'to'>;

/** A vial of the pool; where nobody knows it, a pack. */
export const vialMicroOf = ({ supply }: Pool): number => (supply.vialDoses ?? supply.packDoses) * MICRO;

/** What a site still needs for what is due before a day, by day: whole vials, no more than its caps let it have. */
const needsOf = (pool: Pool, at: number, end: string, hasMicro: number): DueRow[] => {
  const vialMicro = vialMicroOf(pool);
  const due = (pool.lines[at]?.due ?? []).filter(({ day }) => day < end).toSorted((a, b) => (a.day < b.day ? -1 : 1));
  const rows: DueRow[] = [];
  let [reached, covered] = [0, hasMicro];
  for (const { day, doses } of due) {
    reached += doses * MICRO;
    const upTo = Math.min(ceilDiv(reached, vialMicro) * vialMicro, pool.dueMicro[at] ?? 0);
    if (upTo <= covered) continue;
    rows.push({ day, micro: upTo - covered });
    covered = upTo;
  }
  return rows;
};

/** What the sites of a hub still need, as one site would: first what they have together, then what is missing, by day. */
export const familyNeeds = (pool: Pool, { from }: Family, end: string, has: Float64Array): DueRow[] => [
  { day: '', micro: total(has) },
  ...Array.from(has).flatMap((had, place) => needsOf(pool, from + place, end, had)),
];

/** Serves the sites of a hub out of an amount: the earliest day first; of one day, where it is short, each in proportion. */
export const serveFamily = (pool: Pool, { from }: Family, end: string, has: Float64Array, amount: number): Float64Array => {
  const served = new Float64Array(has.length);
  const needs = Array.from(has, (had, place) => needsOf(pool, from + place, end, had));
  const days = new Set(needs.flatMap((rows) => rows.map(({ day }) => day)));
  let left = amount;
  for (const day of [...days].sort()) {
    const high = Float64Array.from(needs, (rows) => rows.reduce((sum, row) => (row.day === day ? sum + row.micro : sum), 0));
    const given = new Float64Array(has.length);
    fill({ low: given, high, weight: high }, 0, has.length, Math.min(left, total(high)), given);
    given.forEach((micro, place) => { served[place] = (served[place] ?? 0) + micro; });
    left -= total(given);
  }
  return served;
};

/** What of each site's second doses no later split goes below: whole packs of all its hub's sites together, due doses first, the rest the hub's. */
export const keptForDue = (pool: Pool, family: Family, end: string, servedMicro: number): Float64Array => {
  const none = new Float64Array(family.to - family.from);
  const all = familyNeeds(pool, family, end, none).reduce((sum, { micro }) => sum + micro, 0);
  const packs = Math.min(ceilDiv(all, pool.packMicro), Math.floor(servedMicro / pool.packMicro));
  const kept = serveFamily(pool, family, end, none, packs * pool.packMicro);
  kept[0] = (kept[0] ?? 0) + packs * pool.packMicro - total(kept);
  return kept;
};
