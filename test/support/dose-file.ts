import { doseColumns } from '../../functions/doses/domain/csv/columns.ts';
import { janssen } from './dose-room.ts';

/** Cells of a row that draws no remark: a Janssen dose of one patient, by column. */
export const cell = (change: Record<string, string> = {}): Record<string, string> => ({
  patient_id: 'N-1', last_name: 'Marsh', first_name: 'Cleo', birth_date: '1950-06-01', sex: 'F', race: '2106-3', ethnicity: '2186-5', street: '3 Pine Road', city: 'Hartford', state: 'CT', zip: '06106',
  phone: '860-555-0188', dose_id: 'D-1', given_on: '2021-03-08', cvx: janssen.cvx, ndc: janssen.ndc, mvx: janssen.mvx, lot: janssen.lot, expiry: '2021-06-25', amount: '0.5', unit: 'mL', route: 'C28161', body_site: 'LA',
  eligibility: 'V01', administered_by_last_name: 'Nurse', ...change,
});

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A file of doses with every column. */
export const doseFile = (rows: readonly Record<string, string>[]): string =>
  [doseColumns.map(({ name }) => name), ...rows.map((row) => doseColumns.map(({ name }) => quoted(row[name] ?? '')))].map((cells) => `${cells.join(',')}\r\n`).join('');
