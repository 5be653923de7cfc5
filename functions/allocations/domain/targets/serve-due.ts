import { floorDiv, ceilDiv } from '../quantity.ts';
import { byTicket } from '../awards/tie-order.ts';
import type { DueRow } from '../hubs/due.ts';
import type { Pool } from '../pool.ts';
import type { GroupRange } from '../tree.ts';

/** What a pool has to give when its second doses are served; amounts in micro-doses, arrays in the pool's site order. */
export interface DueCourse {
  readonly pool: Pool;
  readonly has: Float64Array;
  /** What is due at each site, and the most it can be sent for it: where a hub shares, all its sites' at the hub. */
  readonly due: readonly (readonly DueRow[])[];
  readonly most: Float64Array;
  /** Room of every group that has a maximum. */
  readonly room: ReadonlyMap<GroupRange, number>;
  /** The least a site is sent at a time: a pack; a vial while it is asked whether a site expects under a pack and goes to its hub. */
  readonly granule: Float64Array;
  readonly brought: Float64Array;
}

/** Packs of one site that are equally urgent: the same day, and equally many due doses in each. */
interface Run {
  readonly site: number;
  readonly day: string;
  readonly served: number;
  readonly count: number;
}

/** The packs a site needs for what is due before a day, in doses it has not got yet. A pack is as urgent as its earliest dose. */
const runsOf = ({ has, due: rows, most: limit, granule }: DueCourse, site: number, end: string): Run[] => {
  const pack = granule[site] ?? 0;
  const most = floorDiv(limit[site] ?? 0, pack);
  const due = (rows[site] ?? []).filter(({ day }) => day < end).toSorted((a, b) => (a.day < b.day ? -1 : 1));
  const total = due.reduce((sum, { micro }) => sum + micro, 0);
  const runs: Run[] = [];
  const emit = (day: string, served: number, count: number) => { if (count > 0 && served > 0) runs.push({ site, day, served, count }); };
  let [covered, reached] = [has[site] ?? 0, 0];
  for (const [at, { day, micro }] of due.entries()) {
    reached += micro;
    if (due[at + 1]?.day === day) continue; // of one day, told in several rows
    const last = Math.min(ceilDiv(reached, pack), most); // the last pack that begins with a dose of this day or before
    let next = floorDiv(covered, pack) + 1;
    if (next > last || covered >= reached) continue;
    const begun = covered % pack;
    if (begun > 0) {
      emit(day, Math.min(total, next * pack) - covered, 1);
      next += 1;
    }
    const full = Math.min(last, floorDiv(total, pack));
    emit(day, pack, full - next + 1);
    if (last > full && last >= next) emit(day, total - full * pack, 1);
    covered = last * pack;
  }
  return runs;
};

const isBefore = (a: Run, b: Run): number => (a.day === b.day ? b.served - a.served : a.day < b.day ? -1 : 1);

/** Serves one class of equally urgent packs: all of them, or as they come in turn. */
class Servings {
  readonly #course: DueCourse;
  readonly #within: readonly (readonly GroupRange[])[];
  readonly #closed = new Set<number>();
  readonly #taken = new Map<GroupRange, number>();
  readonly gain: Float64Array;
  #left: number;

  constructor(course: DueCourse, amount: number) {
    this.#course = course;
    this.#left = amount;
    this.gain = new Float64Array(course.has.length);
    const bounded = [...course.room.keys()];
    this.#within = Array.from(course.has, (_, site) => bounded.filter(({ from, to }) => from <= site && site < to));
  }

  /** What so many more packs of a site cost: the first may be begun already. */
  #cost(site: number, count: number): number {
    const pack = this.#course.granule[site] ?? 0;
    const has = (this.#course.has[site] ?? 0) + (this.gain[site] ?? 0);
    return (floorDiv(has, pack) + count) * pack - has;
  }

  #roomIn(group: GroupRange): number {
    return (this.#course.room.get(group) ?? 0) - (this.#taken.get(group) ?? 0);
  }

  #give(site: number, cost: number): void {
    this.gain[site] = (this.gain[site] ?? 0) + cost;
    this.#left -= cost;
    for (const group of this.#within[site] ?? []) this.#taken.set(group, (this.#taken.get(group) ?? 0) + cost);
  }

  serve(runs: readonly Run[]): void {
    const open = runs.filter(({ site }) => !this.#closed.has(site));
    if (!this.#serveAll(open)) this.#serveInTurn(open);
  }

  #serveAll(runs: readonly Run[]): boolean {
    const costs = runs.map(({ site, count }) => this.#cost(site, count));
    const needs = new Map<GroupRange, number>();
    let sum = 0;
    runs.forEach(({ site }, at) => {
      const cost = costs[at] ?? 0;
      sum += cost;
      for (const group of this.#within[site] ?? []) needs.set(group, (needs.get(group) ?? 0) + cost);
    });
    if (sum > this.#left || [...needs].some(([group, cost]) => cost > this.#roomIn(group))) return false;
    runs.forEach(({ site }, at) => { this.#give(site, costs[at] ?? 0); });
    return true;
  }

  /** One pack at a time, in proportion to what each needs (Sainte-Laguë); equal claims by debt, then by the week's ticket. */
  #serveInTurn(runs: readonly Run[]): void {
    const { pool, brought } = this.#course;
    const ticketed = byTicket(runs, pool.week, ({ site }) => pool.sites[site]?.siteId ?? '');
    const order = ticketed.toSorted((a, b) => (brought[b.site] ?? 0) - (brought[a.site] ?? 0));
    const turns = new Turns(order.map(({ count }) => count));
    for (let at = turns.next(); at !== undefined; at = turns.next()) {
      const site = order[at]?.site ?? 0;
      const cost = this.#cost(site, 1);
      const fits = cost <= this.#left && (this.#within[site] ?? []).every((group) => cost <= this.#roomIn(group));
      if (fits) {
        this.#give(site, cost);
        turns.add(at);
      } else this.#closed.add(site);
    }
  }
}

/** Whose turn it is: the least (2 k - 1) / count for the k-th of a claimant's turns, of equals the first named. A binary heap. */
class Turns {
  readonly #counts: readonly number[];
  readonly #taken: Float64Array;
  readonly #heap: number[] = [];

  constructor(counts: readonly number[]) {
    this.#counts = counts;
    this.#taken = new Float64Array(counts.length);
    counts.forEach((_, at) => { this.add(at); });
  }

  #isFirst(a: number, b: number): boolean {
    const left = (2 * (this.#taken[a] ?? 0) + 1) * (this.#counts[b] ?? 0);
    const right = (2 * (this.#taken[b] ?? 0) + 1) * (this.#counts[a] ?? 0);
    return left === right ? a < b : left < right;
  }

  /** Asks for a claimant's next turn, if it has one left. */
  add(claimant: number): void {
    if ((this.#taken[claimant] ?? 0) >= (this.#counts[claimant] ?? 0)) return;
    const heap = this.#heap;
    let at = heap.push(claimant) - 1;
    while (at > 0) {
      const above = floorDiv(at - 1, 2);
      if (!this.#isFirst(claimant, heap[above] ?? 0)) break;
      heap[at] = heap[above] ?? 0;
      at = above;
    }
    heap[at] = claimant;
  }

  /** The claimant whose turn it is, counted as taken; it is not asked again until it is added. */
  next(): number | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (heap.length > 0) {
      let at = 0;
      for (let child = 1; child < heap.length; child = 2 * at + 1) {
        const right = child + 1;
        if (right < heap.length && this.#isFirst(heap[right] ?? 0, heap[child] ?? 0)) child = right;
        if (!this.#isFirst(heap[child] ?? 0, last)) break;
        heap[at] = heap[child] ?? 0;
        at = child;
      }
      heap[at] = last;
    }
    this.#taken[first] = (this.#taken[first] ?? 0) + 1;
    return first;
  }
}

/**
 * Serves second doses due before a day in whole packs, rounded up while supply lasts. A pack is as urgent as the earliest due dose it is
 * needed for; of equally urgent packs those that serve more due doses come first, so that a shortage misses the fewest people. What a
 * site has by earlier stages serves its due first. Returns what each site gains.
 */
export const serveDue = (course: DueCourse, end: string, amount: number): Float64Array => {
  const runs = Array.from(course.has.keys()).flatMap((site) => runsOf(course, site, end)).sort(isBefore);
  const servings = new Servings(course, amount);
  let from = 0;
  while (from < runs.length) {
    const first = runs[from];
    let to = from + 1;
    for (let next = runs[to]; first && next && isBefore(first, next) === 0; next = runs[to]) to += 1;
    servings.serve(runs.slice(from, to));
    from = to;
  }
  return servings.gain;
};
