import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { readMessage } from '../../shared/hl7/index.ts';
import { UsageError } from '../usage-error.ts';

/** One row of a shipment file; only what the replay needs, the API reads the file itself. */
export interface ShipmentRow {
  name: string;
  city: string;
  state: string;
  zip: string;
  awardee: string;
  saleNdc: string;
  lot: string;
  shippedOn: string;
  doses: number;
  orderNumber: string;
  orderLineNumber: string;
}

export const readShipments = (file: string): { text: string; rows: ShipmentRow[] } => {
  if (!existsSync(file)) throw new UsageError(`There is no shipment file ${file}.`);
  const text = readFileSync(file, 'utf8');
  const records = parse<Record<string, string>>(text, { columns: true, bom: true, skip_empty_lines: true });
  const rows = records.map((row) => ({
    name: row['PROVIDER_NAME'] ?? '',
    city: row['CITY_SHP'] ?? '',
    state: row['STATE_SHP'] ?? '',
    zip: (row['ZIPCODE_SHP'] ?? '').slice(0, 5),
    awardee: row['AWARDEE'] ?? '',
    saleNdc: row['NDC'] ?? '',
    lot: row['LOT_NUMBER'] ?? '',
    shippedOn: (row['ORDER_SHIPPED_DATE'] ?? '').slice(0, 10),
    doses: Number(row['DOSES_SHIPPED']),
    orderNumber: row['ORDER_NUMBER'] ?? '',
    orderLineNumber: row['ORDER_LINE_NUMBER'] ?? '',
  }));
  return { text, rows };
};

export interface MessageFile {
  name: string;
  bytes: Uint8Array;
}

/** Every VXU of a folder, in the order of its file names, exactly as it lies there. */
export const readVxus = (folder: string): MessageFile[] => {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) throw new UsageError(`There is no folder ${folder}.`);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.hl7'))
    .sort()
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }))
    .filter(({ bytes }) => readMessage(bytes).header?.value(9, 1).startsWith('VXU') === true);
};
