import { fill } from '../targets/fill.ts';
import { MICRO, ceilDiv } from '../quantity.ts';
import { sumRange } from '../tree.ts';
import type { Pool } from '../pool.ts';
import type { GroupRange } from '../tree.ts';

/**
 * Second doses of a hub and the sites it shares with. Their due doses, each site's in whole vials, are served together in whole packs as
 * one site's are (serve-due.ts); inside the packs they go to the doses due earliest, and what a pack holds beyond them stays with the hub.
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
export const familyNeeds = (pool: Pool, { from, to }: Family, end: string, has: Float64Array): DueRow[] => {
  const rows: DueRow[] = [{ day: '', micro: sumRange(has, from, to) }];
  for (let at = from; at < to; at += 1) rows.push(...needsOf(pool, at, end, has[at] ?? 0));
  return rows;
};

/** Serves the sites of a hub out of an amount: the earliest day first; of one day, where it is short, each in proportion. By the pool's places. */
export const serveFamily = (pool: Pool, { from, to }: Family, end: string, has: Float64Array, amount: number): Float64Array => {
  const served = new Float64Array(has.length);
  const needs = Array.from({ length: to - from }, (_, place) => needsOf(pool, from + place, end, has[from + place] ?? 0));
  const days = new Set(needs.flatMap((rows) => rows.map(({ day }) => day)));
  let left = amount;
  for (const day of [...days].sort()) {
    const high = new Float64Array(has.length);
    needs.forEach((rows, place) => { high[from + place] = rows.reduce((sum, row) => (row.day === day ? sum + row.micro : sum), 0); });
    const given = new Float64Array(has.length);
    fill({ low: given, high, weight: high }, from, to, Math.min(left, sumRange(high, from, to)), given);
    for (let at = from; at < to; at += 1) served[at] = (served[at] ?? 0) + (given[at] ?? 0);
    left -= sumRange(given, from, to);
  }
  return served;
};

/** What of each site's second doses no later split goes below: whole packs of all its hub's sites together, due doses first, the rest the hub's. */
export const keptForDue = (pool: Pool, family: Family, end: string, servedMicro: number): Float64Array => {
  const none = new Float64Array(pool.sites.length);
  const all = familyNeeds(pool, family, end, none).reduce((sum, { micro }) => sum + micro, 0);
  const packs = Math.min(ceilDiv(all, pool.packMicro), Math.floor(servedMicro / pool.packMicro));
  const kept = serveFamily(pool, family, end, none, packs * pool.packMicro);
  kept[family.from] = (kept[family.from] ?? 0) + packs * pool.packMicro - sumRange(kept, family.from, family.to);
  return kept;
};
