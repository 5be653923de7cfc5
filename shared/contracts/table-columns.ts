import { z } from 'zod';

/** One column of a file that others lay out: its header there, and what its cells must be. */
export interface Column<T = unknown> {
  readonly header: string;
  /** True when the file may lack the column; its cells then read as empty text. */
  readonly optional?: true;
  readonly cell: z.ZodType<T>;
}

/** A mapped profile: our names for the columns of one layout. Another layout is another profile, not other code. */
export type Columns = Readonly<Record<string, Column>>;
export type RowOf<C extends Columns> = { [K in keyof C]: C[K] extends Column<infer T> ? T : never };

export const column = <T>(header: string, cell: z.ZodType<T>): Column<T> => ({ header, cell });
/** A column that may be missing and cells that may be empty. */
export const optionalColumn = <T>(header: string, cell: z.ZodType<T>): Column<T | undefined> => ({
  header,
  optional: true,
  cell: z.preprocess((text) => (text === '' ? undefined : text), cell.optional()),
});

/** Where a fault lies in a file, in the words of a spreadsheet: the header is row 1. */
export const cellPath = (row: number, header: string): string => `row ${row}, column ${header}`;

/** What became of the rows of a file: counts, and the first faults with the number of all. */
export const maxListedFaults = 200;

/** Far above the columns of any layout. A line of separators alone would else be taken apart into millions of cells, while somebody's request waits. */
const mostSeparators = 1_000;
/** The line with more separators than that, as an editor counts lines; undefined when there is none. */
export const endlessLineIn = (text: string): number | undefined => {
  let line = 1;
  let separators = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (letter === '\n') {
      line += 1;
      separators = 0;
    } else if (letter === ',' || letter === ';' || letter === '\t') {
      separators += 1;
      if (separators > mostSeparators) return line;
    }
  }
  return undefined;
};
export const endlessLineWords = `has more than ${mostSeparators} separators`;
