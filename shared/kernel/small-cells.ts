/** One figure of a published table: its name, unique in the table, and how large it is. */
export interface SizedCell {
  readonly name: string;
  readonly size: number;
}

/**
 * Which cells of a table are left out when its total may be known: every one that may not be told, and then the smallest others until what
 * follows by subtracting the told cells from the total, the sum of those left out, may be told too. When even all of them together may not,
 * all are left out and the caller must keep the total back as well.
 */
export const leftOutOf = <C extends SizedCell>(
  cells: readonly C[], mayBeTold: (cell: C) => boolean, mayFollow: (missing: readonly C[]) => boolean,
): ReadonlySet<string> => {
  const missing = cells.filter((cell) => !mayBeTold(cell));
  const rest = cells.filter(mayBeTold).sort((a, b) => a.size - b.size || (a.name < b.name ? -1 : 1));
  for (const cell of rest) {
    if (missing.length === 0 || mayFollow(missing)) break;
    missing.push(cell);
  }
  return new Set(missing.map(({ name }) => name));
};
