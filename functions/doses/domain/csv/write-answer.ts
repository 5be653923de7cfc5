import { stringify } from 'csv-stringify/sync';
import type { RowRemark } from './read-file.ts';

interface Row {
  readonly row: number;
  readonly status: string;
  readonly doseId?: string;
  readonly remarks: readonly RowRemark[];
}

const remarkText = ({ column, severity, message }: RowRemark): string => `${severity} ${column === '' ? 'row' : column}: ${message}`;

/** The answer to a file as a file: a line for each row. A spreadsheet runs no cell of it as a formula. */
export const answerFile = (rows: readonly Row[]): string =>
  stringify([['row', 'status', 'dose', 'remarks'], ...rows.map(({ row, status, doseId = '', remarks }) => [row, status, doseId, remarks.map(remarkText).join('; ')])], {
    record_delimiter: '\r\n', escape_formulas: true,
  });
