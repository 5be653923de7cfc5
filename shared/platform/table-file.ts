import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { Fault } from '../contracts/problem.ts';
import { cellPath, endlessLineIn, endlessLineWords, maxListedFaults, type Columns, type RowOf } from '../contracts/table-columns.ts';

export interface TableRow<R> {
  /** As a spreadsheet shows it: the header is row 1. */
  row: number;
  value: R;
}

export type TableFile<R> =
  | { kind: 'table'; good: readonly TableRow<R>[]; bad: readonly { row: number; faults: readonly Fault[] }[] }
  | { kind: 'not-a-table'; faults: readonly Fault[] };

const notATable = (path: string, message: string): { kind: 'not-a-table'; faults: Fault[] } => ({ kind: 'not-a-table', faults: [{ path, message }] });

/** Lines of cells, or undefined when quotes do not match: the parser's own error quotes what was sent. */
const cellsOf = (text: string): string[][] | undefined => {
  try {
    return parse(text, { bom: true, trim: true, skip_empty_lines: true, relax_column_count: true });
  } catch {
    return undefined;
  }
};

/**
 * Reads a CSV file through a mapped profile. Columns may stand in any order and others are ignored. Good rows are read, and every fault of
 * the others is named by row and column, with what would be right and never with what was written.
 */
export const readTableFile = <C extends Columns>(text: string, columns: C, { maxRows }: { maxRows: number }): TableFile<RowOf<C>> => {
  const endless = endlessLineIn(text);
  if (endless !== undefined) return notATable(`line ${endless}`, endlessLineWords);
  const lines = cellsOf(text);
  if (lines === undefined) return notATable('body', 'must be CSV; a quoted cell does not end');
  const [headers = [], ...rows] = lines;
  const missing = Object.values(columns).filter(({ header, optional }) => optional !== true && !headers.includes(header));
  if (missing.length > 0)
    return {
      kind: 'not-a-table',
      faults: missing.map(({ header }) => ({ path: cellPath(1, header), message: 'is missing; the first row must name it' })),
    };
  if (rows.length === 0) return notATable('row 2', 'there must be at least one row under the header');
  if (rows.length > maxRows) return notATable(`row ${maxRows + 2}`, `at most ${maxRows} rows a file; send the rest as another file`);
  const places = Object.entries(columns).map(([name, { header, cell }]) => ({ name, header, cell, at: headers.indexOf(header) }));
  const good: TableRow<RowOf<C>>[] = [];
  const bad: { row: number; faults: Fault[] }[] = [];
  for (const [index, cells] of rows.entries()) {
    const row = index + 2;
    const value: Record<string, unknown> = {};
    const faults: Fault[] = [];
    for (const { name, header, cell, at } of places) {
      const read = cell.safeParse(cells[at] ?? '');
      if (read.success) value[name] = read.data;
      else faults.push(...read.error.issues.map(({ message }) => ({ path: cellPath(row, header), message })));
    }
    if (faults.length > 0) bad.push({ row, faults });
    else good.push({ row, value: value as RowOf<C> });
  }
  return { kind: 'table', good, bad };
};

/** The faults of a file in the order of its rows: the first of them, and how many there are in all. */
export const listFaults = (rows: readonly { row: number; faults: readonly Fault[] }[]): { faulty: number; faults: Fault[]; faultsInAll: number } => {
  const faults = [...rows].sort((one, other) => one.row - other.row).flatMap((row) => row.faults);
  return { faulty: rows.length, faults: faults.slice(0, maxListedFaults), faultsInAll: faults.length };
};

/** Writes a CSV file through a profile: `[header, where its cells come from]`, in order. */
export const writeTableFile = <R>(rows: readonly R[], profile: readonly (readonly [header: string, cell: (row: R) => string | number])[]): string =>
  stringify([profile.map(([header]) => header), ...rows.map((row) => profile.map(([, cell]) => cell(row)))], { record_delimiter: '\r\n' });
