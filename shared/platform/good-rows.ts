import type { Fault } from '../contracts/problem.ts';

/** A row of a list that cannot be read, by its place in what was sent (from 0). */
export interface BadRow {
  readonly row: number;
  readonly faults: readonly Fault[];
}

/**
 * Parts a body whose faults lie within single rows of a list: the body with the rows that have none, and the others with theirs. Undefined
 * where something else is wrong too: then the body is refused whole. Where no row is without fault the list is empty, whatever its schema asks for.
 * @param list name of the field that holds the rows
 * @param faults every fault of the body, with paths like `body.doses[2].lot`
 */
export const goodRows = (
  list: string,
  sent: unknown,
  faults: readonly Fault[],
): { body: object; hasRows: boolean; badRows: readonly BadRow[] } | undefined => {
  const rows = (sent as Record<string, unknown> | null)?.[list];
  const start = `body.${list}[`;
  if (!Array.isArray(rows) || !faults.every(({ path }) => path.startsWith(start))) return undefined;
  const byRow = Map.groupBy(faults, ({ path }) => Number.parseInt(path.slice(start.length), 10));
  const places = rows.map((_, at) => at).filter((at) => !byRow.has(at));
  return {
    hasRows: places.length > 0,
    body: { ...(sent as object), [list]: places.map((at) => rows[at] as unknown) },
    badRows: [...byRow].map(([row, ofRow]) => ({ row, faults: ofRow })),
  };
};
