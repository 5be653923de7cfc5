import { stringify } from 'csv-stringify/sync';
import type { RowRemark } from './read-file.ts';

interface Row {
  readonly row: number;
  readonly status: string;
  readonly doseId?: string;
  readonly remarks: readonly RowRemark[];
}

const remarkText = ({ column, severity, message }: RowRemark): string => `${severity} ${column === '' ? 'row' : column}: ${message}`;

const headerRow = 1;

/**
 * The answer to a file as a file: a line for each row, before them one for the header where something is to be said of it. A spreadsheet runs no cell
 * of it as a formula.
 * @param ofFile remarks about the file as a whole
 */
export const answerFile = (rows: readonly Row[], ofFile: readonly string[] = []): string =>
  stringify(
    [
      ['row', 'status', 'dose', 'remarks'],
      ...(ofFile.length === 0 ? [] : [[headerRow, 'header', '', ofFile.join('; ')]]),
      ...rows.map(({ row, status, doseId = '', remarks }) => [row, status, doseId, remarks.map(remarkText).join('; ')]),
    ],
    {
      record_delimiter: '\r\n',
      escape_formulas: true,
    },
  );
