import { CsvError, parse } from 'csv-parse/sync';

/** The cells of one row; undefined when its quotes do not match, so that nobody knows where a cell of it ends. */
export type Line = readonly string[] | undefined;

/** Lines that one quoted cell may hold where a file is taken apart row by row. */
const maxLinesOfRow = 20;

const delimiterOf = (text: string): string => {
  const [first = ''] = text.split(/\r?\n/, 1);
  return !first.includes(',') && first.includes('\t') ? '\t' : !first.includes(',') && first.includes(';') ? ';' : ',';
};

/** Rows of cells, or why the quotes do not match: the parser's own words quote what was sent. */
const parsed = (text: string, delimiter: string): string[][] | 'open' | 'stray' => {
  try {
    return parse(text, { bom: true, trim: true, skip_empty_lines: true, relax_column_count: true, delimiter });
  } catch (error) {
    return error instanceof CsvError && error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'open' : 'stray';
  }
};

/** The row that begins on a line: a quoted cell may go on over the next ones, as long as the row is no wider than the header. */
const rowAt = (lines: readonly string[], at: number, delimiter: string, width: number): { rows: readonly Line[]; lines: number } => {
  for (let taken = 1; taken <= maxLinesOfRow && at + taken <= lines.length; taken += 1) {
    const rows = parsed(lines.slice(at, at + taken).join('\n'), delimiter);
    if (rows === 'stray') break;
    if (rows !== 'open' && (taken === 1 || (rows.length === 1 && (rows[0]?.length ?? 0) <= width))) return { rows, lines: taken };
  }
  return { rows: [undefined], lines: 1 };
};

/**
 * The rows of a file, the header first. Where quotes do not match the file is taken apart row by row: a stray quote costs its row and no other. A quote
 * that opens a cell and is closed many rows later by another one's is told of where it opens.
 * @param most rows that are of interest, the header with them
 */
export const linesOf = (text: string, most: number): readonly Line[] => {
  const delimiter = delimiterOf(text);
  const whole = parsed(text, delimiter);
  if (typeof whole !== 'string') return whole;
  const lines = text.split(/\r\n|\n|\r/);
  const rows: Line[] = [];
  for (let at = 0; at < lines.length && rows.length < most;) {
    const next = rowAt(lines, at, delimiter, rows[0]?.length ?? 0);
    rows.push(...next.rows);
    at += next.lines;
  }
  return rows;
};
