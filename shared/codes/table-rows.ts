/**
 * Reads a compact table: one row a line, cells parted by `|`. The split happens at the first look-up, once, so a Lambda that
 * never asks pays nothing at start.
 */
export const lazyRows = <T>(table: string, read: (cells: readonly string[]) => T): (() => readonly T[]) => {
  let rows: readonly T[] | undefined;
  return () => (rows ??= table.trim().split('\n').map((line) => read(line.split('|'))));
};

/** A look-up by key over compact rows; the first row wins where a key repeats. */
export const lazyIndex = <T>(rows: () => readonly T[], keyOf: (row: T) => string): (() => ReadonlyMap<string, T>) => {
  let index: Map<string, T> | undefined;
  return () => {
    if (index === undefined) {
      index = new Map();
      for (const row of rows()) if (!index.has(keyOf(row))) index.set(keyOf(row), row);
    }
    return index;
  };
};
