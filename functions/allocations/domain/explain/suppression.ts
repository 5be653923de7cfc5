import { leftOutOf } from '../../../../shared/kernel/small-cells.ts';

/**
 * Small-cell rules of the public table. A cell tells the doses of a set of sites. It is published only when it is *safe*: no one can
 * read from it, alone or with one site's own knowledge, what another site got. What is left out must not follow by subtraction either.
 */

/** A cell with fewer sites that get doses is left out, and so is one of which one site has more than nine tenths. */
export const leastSites = 3;
const mostOfOne = { num: 9, den: 10 } as const;

/** One site's doses in a pool and the areas it lies in. */
export interface Placed {
  readonly doses: number;
  readonly county: string;
  readonly town: string;
  readonly group: string;
}
export interface Cell<T extends Placed = Placed> {
  readonly name: string;
  readonly sites: readonly T[];
}

const dosesOf = (sites: readonly Placed[]): number => sites.reduce((sum, { doses }) => sum + doses, 0);

/** Whether the sum of these sites may be known. That nobody got anything may, where enough sites asked. */
export const isSafe = (sites: readonly Placed[]): boolean => {
  const served = sites.filter(({ doses }) => doses > 0);
  if (served.length === 0) return sites.length >= leastSites;
  const largest = Math.max(...served.map(({ doses }) => doses));
  return served.length >= leastSites && largest * mostOfOne.den <= dosesOf(served) * mostOfOne.num;
};

/**
 * Which cells of a published total are left out: every unsafe one, and then the smallest others until what follows by subtracting the
 * published cells from the total, the sum of those left out, is safe too. Names are unique.
 */
export const leftOut = (cells: readonly Cell[]): ReadonlySet<string> =>
  leftOutOf(
    cells.map((cell) => ({ ...cell, size: dosesOf(cell.sites) })),
    ({ sites }) => isSafe(sites),
    (missing) => isSafe(missing.flatMap(({ sites }) => sites)),
  );

const ALMOST_NOUGHT = 1e-9;

/** Basis of all changes to the classes' doses that no published sum shows: a row a class, a column a direction. */
const hiddenDirections = (sums: readonly (readonly number[])[], classes: number): number[][] => {
  const rows = sums.map((row) => [...row]);
  const pivots: number[] = [];
  for (let column = 0; column < classes && pivots.length < rows.length; column += 1) {
    const at = pivots.length;
    const best = rows
      .slice(at)
      .reduce((found, row, index) => (Math.abs(row[column] ?? 0) > Math.abs(rows[found]?.[column] ?? 0) ? index + at : found), at);
    const pivot = rows[best];
    if (pivot === undefined || Math.abs(pivot[column] ?? 0) < ALMOST_NOUGHT) continue;
    [rows[best], rows[at]] = [rows[at] ?? [], pivot];
    const scale = pivot[column] ?? 1;
    for (let each = column; each < classes; each += 1) pivot[each] = (pivot[each] ?? 0) / scale;
    for (const row of rows) {
      const factor = row[column] ?? 0;
      if (row === pivot || factor === 0) continue;
      for (let each = column; each < classes; each += 1) row[each] = (row[each] ?? 0) - factor * (pivot[each] ?? 0);
    }
    pivots.push(column);
  }
  const free = Array.from({ length: classes }, (_, column) => column).filter((column) => !pivots.includes(column));
  return Array.from({ length: classes }, (_, column) => {
    const at = pivots.indexOf(column);
    return free.map((direction) => (at < 0 ? Number(direction === column) : -(rows[at]?.[direction] ?? 0)));
  });
};

/**
 * Whether sums published over areas that cross each other (towns and groups) can be combined into what one small class of sites, or two
 * together, got. Sites that lie in the same published sums are one class; a class is told when no hidden change can move it.
 */
export const givesAway = (sites: readonly Placed[], published: readonly (readonly Placed[])[]): boolean => {
  const holds = published.map((cell) => new Set(cell));
  const classes = [...Map.groupBy(sites, (site) => holds.map((cell) => Number(cell.has(site))).join('')).values()];
  const sums = holds.map((cell) => classes.map(([one]) => Number(one !== undefined && cell.has(one))));
  const hidden = hiddenDirections(sums, classes.length);
  const small = classes.flatMap((members, at) => (isSafe(members) ? [] : [{ members, moves: hidden[at] ?? [] }]));
  const isFixed = (moves: readonly number[]): boolean => moves.every((move) => Math.abs(move) < ALMOST_NOUGHT);
  return small.some(
    (one, at) =>
      isFixed(one.moves) ||
      small
        .slice(at + 1)
        .some((other) => !isSafe([...one.members, ...other.members]) && isFixed(one.moves.map((move, each) => move + (other.moves[each] ?? 0)))),
  );
};
