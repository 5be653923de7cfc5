import { stringify } from 'csv-stringify/sync';
import type { ExportMessage } from '../../shared/contracts/export-message.ts';
import type { ObjectWriter, WritableBucket } from '../../shared/platform/bucket-writer.ts';
import { exportProfiles, type ExportProfile, type ExportRow } from './export-columns.ts';
import type { ExportItem } from './schemas.ts';
import type { ExportRegister } from './store-exports.ts';

export interface ExportDeps {
  /** All items of a table, page by page. */
  readonly pages: (table: ExportMessage['table']) => AsyncIterable<Record<string, unknown>[]>;
  readonly bucket: Pick<WritableBucket, 'open'>;
  readonly register: Pick<ExportRegister, 'read' | 'enter'>;
}

export type Exported = { readonly kind: 'exported' | 'repeated'; readonly rows: number; readonly files: number };

const encoder = new TextEncoder();
const csvOf = (rows: readonly ExportRow[]): Uint8Array => encoder.encode(stringify(rows.map((row) => [...row]), { record_delimiter: '\r\n' }));

interface OpenFile {
  readonly profile: ExportProfile;
  readonly key: string;
  readonly writer: ObjectWriter;
  rows: number;
}

/**
 * Writes a table as CSV, one file for each type of item, with a manifest of counts and hashes; then registers it. Files lie under the
 * request's own time, so a file that somebody reads never changes under them; a request that was done is not done again.
 */
export const makeExportTable =
  ({ pages, bucket, register }: ExportDeps) =>
  async ({ table, day, requestedAt }: ExportMessage): Promise<Exported> => {
    const done = await register.read(day, table);
    if (done?.requestedAt === requestedAt) return { kind: 'repeated', rows: done.rows, files: done.files.length };
    const folder = `exports/${day}/${table}/${requestedAt.replaceAll(/[^0-9TZ]/g, '')}`;
    const profiles = exportProfiles(table);
    const open = new Map<string, OpenFile>();

    const fileOf = async (profile: ExportProfile): Promise<OpenFile> => {
      const found = open.get(profile.file);
      if (found !== undefined) return found;
      const key = `${folder}/${profile.file}`;
      const file: OpenFile = { profile, key, writer: bucket.open(key, 'text/csv; charset=utf-8'), rows: 0 };
      open.set(profile.file, file);
      await file.writer.write(csvOf([profile.header]));
      return file;
    };

    for await (const items of pages(table)) {
      const byProfile = Map.groupBy(items, profiles);
      for (const [profile, some] of byProfile) {
        if (profile === undefined) continue;
        const file = await fileOf(profile);
        file.rows += some.length;
        await file.writer.write(csvOf(some.map(profile.row)));
      }
    }

    const files: ExportItem['files'] = [];
    for (const { profile, key, writer, rows } of [...open.values()].sort((a, b) => (a.key < b.key ? -1 : 1)))
      files.push({ file: profile.file, key, rows, ...(await writer.close()) });
    const rows = files.reduce((sum, file) => sum + file.rows, 0);
    const manifestKey = `${folder}/manifest.json`;
    const manifest = bucket.open(manifestKey, 'application/json');
    await manifest.write(encoder.encode(`${JSON.stringify({ day, table, requestedAt, rows, files }, undefined, 2)}\n`));
    await manifest.close();
    await register.enter({ day, table, requestedAt, rows, files, manifestKey });
    return { kind: 'exported', rows, files: files.length };
  };
