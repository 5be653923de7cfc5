import { stringify } from 'csv-stringify/sync';
import { endlessLineIn, endlessLineWords } from '../../../../shared/contracts/table-columns.ts';
import { issueWords } from '../issue-words.ts';
import { toldDose, toldPatient, type ToldDose, type ToldPatient } from '../told.ts';
import { columnOf, doseColumns, type DoseColumn } from './columns.ts';
import { linesOf } from './lines.ts';

/** As many as one request can store before the gateway gives up. */
export const maxRows = 500;
/** The header, and one more than may be there. */
const mostLines = maxRows + 2;

export interface RowRemark {
  /** Name of a column; empty when the row as a whole is meant. */
  readonly column: string;
  readonly message: string;
  readonly severity: 'E' | 'W' | 'I';
  readonly rule?: string;
}

/** One row under the header, which is row 1. `told` is absent when a cell cannot be read. */
export interface FileRow {
  readonly row: number;
  readonly told?: { readonly patient: ToldPatient; readonly dose: ToldDose };
  readonly remarks: readonly RowRemark[];
}

export type DoseFile =
  | { readonly kind: 'file'; readonly rows: readonly FileRow[]; readonly remarks: readonly string[] }
  | { readonly kind: 'not-a-file'; readonly faults: readonly { path: string; message: string }[] };

const toldRow = toldDose.extend({ patient: toldPatient });

const mismatched = 'has a quote that does not end, or one in the middle of a cell: quote the whole cell and double the quotes in it';

const nameOf = (header: string): string => header.trim().toLowerCase().replace(/[\s-]+/g, '_');

/** Puts a value where a path says, making objects and lists on the way. The paths are ours. */
const place = (target: Record<string, unknown>, path: string, value: unknown): void => {
  const parts = path.split('.');
  let at: Record<string, unknown> = target;
  for (const [index, part] of parts.slice(0, -1).entries()) at = (at[part] ??= parts[index + 1] === '0' ? [] : {}) as Record<string, unknown>;
  at[parts.at(-1) ?? ''] = value;
};

const issueColumn = (path: readonly PropertyKey[]): string =>
  columnOf(
    path.reduce<string>((all, part) => (typeof part === 'number' ? `${all}[${part}]` : all === '' ? String(part) : `${all}.${String(part)}`), ''),
  );

/** As a spreadsheet names its columns: A to Z, then AA. */
const letterOf = (index: number): string => (index < 26 ? '' : letterOf(Math.floor(index / 26) - 1)) + String.fromCharCode(65 + (index % 26));

/** More are counted. */
const mostColumnsNamed = 20;
const columnsNamed = (letters: readonly string[]): string => {
  if (letters.length === 1) return `column ${letters[0] ?? ''} is`;
  const more = letters.length - mostColumnsNamed;
  return `columns ${letters.slice(0, mostColumnsNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''} are`;
};

const neededColumns = new Set(doseColumns.filter(({ needed }) => needed === true).map(({ name }) => name));

const readRow = (row: number, cells: readonly string[], places: ReadonlyMap<number, DoseColumn>): FileRow => {
  // What is needed is there, empty, so that each missing cell is named by itself.
  const told: Record<string, unknown> = { patient: { ids: [{}], name: {} }, vaccine: {} };
  const remarks: RowRemark[] = [];
  const filled = new Set<string>();
  for (const [index, cell] of cells.entries()) {
    const column = places.get(index);
    if (column === undefined || cell === '') continue;
    filled.add(column.name);
    const read = column.read(cell);
    if ('fault' in read) remarks.push({ column: column.name, severity: 'E', message: read.fault });
    else place(told, column.path, read.value);
    if ('remark' in read && read.remark !== undefined) remarks.push({ column: column.name, severity: 'I', message: read.remark });
  }
  const unread = new Set(remarks.filter(({ severity }) => severity === 'E').map(({ column }) => column));
  const checked = toldRow.safeParse(told);
  if (checked.success && unread.size === 0) {
    const { patient, ...dose } = checked.data;
    return { row, told: { patient, dose }, remarks };
  }
  const faults = (checked.error?.issues ?? []).map((issue): RowRemark => {
    const column = issueColumn(issue.path);
    return { column, severity: 'E', message: neededColumns.has(column) && !filled.has(column) ? 'must not be empty' : issueWords(issue) };
  });
  return { row, remarks: [...remarks, ...faults.filter(({ column }) => !unread.has(column))] };
};

/** A workbook is a ZIP archive, one of old a compound document; read as text their first bytes show. */
const isWorkbook = (text: string): boolean => text.startsWith('PK\u0003\u0004') || text.startsWith('\ufffd\ufffd\u0011\u0871\u001a\ufffd');

/** Separators without a cell between them: what a spreadsheet leaves of rows that were emptied. */
const isBlank = (cells: readonly string[]): boolean => cells.every((cell) => cell === '');

const notAFile = (path: string, message: string): DoseFile => ({ kind: 'not-a-file', faults: [{ path, message }] });

/**
 * Reads a file of doses: comma, semicolon or tab between the cells, any order of columns, with the habits of spreadsheets. What cannot be read
 * is named by row and column, with what would be right and never with what was written.
 */
export const readDoseFile = (text: string): DoseFile => {
  const endless = endlessLineIn(text);
  if (endless !== undefined) return notAFile(`line ${endless}`, endlessLineWords);
  if (isWorkbook(text)) return notAFile('body', 'is a workbook, not a CSV file; in the spreadsheet choose Save as, CSV');
  const [header, ...rows] = linesOf(text, mostLines);
  if (header === undefined)
    return text.trim() === '' ? notAFile('row 1', 'there must be a header, and rows under it') : notAFile('row 1', mismatched);
  const named = header.map(nameOf);
  const missing = doseColumns.filter(({ name, needed }) => needed === true && !named.includes(name));
  if (missing.length > 0)
    return {
      kind: 'not-a-file',
      faults: missing.map(({ name }) => ({ path: `row 1, column ${name}`, message: 'is missing; the first row must name it' })),
    };
  if (rows.every((cells) => cells !== undefined && isBlank(cells))) return notAFile('row 2', 'there must be at least one row under the header');
  if (rows.length > maxRows) return notAFile(`row ${maxRows + 2}`, `at most ${maxRows} rows a file; send the rest as another file`);
  const twice = doseColumns.filter(({ name }) => named.indexOf(name) !== named.lastIndexOf(name));
  if (twice.length > 0)
    return { kind: 'not-a-file', faults: twice.map(({ name }) => ({ path: `row 1, column ${name}`, message: 'stands there twice' })) };
  const places = new Map(doseColumns.flatMap((column) => (named.includes(column.name) ? [[named.indexOf(column.name), column] as const] : [])));
  const unknown = named.flatMap((name, index) => (name !== '' && !places.has(index) ? [letterOf(index)] : []));
  return {
    kind: 'file',
    remarks: unknown.length === 0 ? [] : [`${columnsNamed(unknown)} not known here and ${unknown.length === 1 ? 'was' : 'were'} not read`],
    rows: rows.flatMap((cells, index): FileRow[] => {
      if (cells === undefined) return [{ row: index + 2, remarks: [{ column: '', severity: 'E', message: mismatched }] }];
      if (isBlank(cells)) return [];
      if (cells.length <= header.length) return [readRow(index + 2, cells, places)];
      return [
        { row: index + 2, remarks: [{ column: '', severity: 'E', message: 'has more cells than the header; quote cells that hold the separator' }] },
      ];
    }),
  };
};

/** The file without some of its rows, counted as a spreadsheet does, and without those whose cells nobody can tell apart. */
export const withoutRows = (text: string, rows: readonly number[]): string =>
  stringify(
    linesOf(text, mostLines).flatMap((cells, index) => (cells === undefined || rows.includes(index + 1) ? [] : [[...cells]])),
    { record_delimiter: '\r\n' },
  );
