import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { CreateBucketCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { parse } from 'csv-parse/sync';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { exportedTables, type ExportMessage } from '../../shared/contracts/export-message.ts';
import { makeWritableBucket } from '../../shared/platform/bucket-writer.ts';
import { makeExportTable } from '../../functions/reports/export-table.ts';
import { makeExportRegister, scanPages } from '../../functions/reports/store-exports.ts';
import { corrected, doseIdFor, doseOf, personOf, recordOf, storedDoses } from '../support/dose-items.ts';
import { openS3, type EmulatedS3 } from '../support/emulated-s3.ts';
import { enrolledSite } from '../support/enrolled.ts';
import { failNthCall } from '../support/fail-nth-call.ts';
import { openSuite, type Suite } from '../support/suite.ts';

const day = '2021-03-12';
let suite: Suite;
let s3: EmulatedS3;
let handler: (event: SQSEvent) => Promise<SQSBatchResponse>;
let minute = 0;
let request: (table: ExportMessage['table']) => ExportMessage;

beforeAll(async () => {
  suite = await openSuite('reportsexports');
  s3 = await openS3({ EXPORTS_BUCKET: 'exports' });
  handler = (await import('../../functions/reports/on-export.ts')).handler;
  await enrolledSite(suite, 'sit_elm', { name: '=HYPERLINK("http://x","y")' });
  const { next, former } = corrected(doseOf('ada', 1), '2021-03-12T18:00:00.000Z', { lot: 'EW0151' });
  await storedDoses(suite, personOf('ada'), recordOf('ada'), next, former, { pk: 'KEY#x', sk: 'KEY', type: 'key', schema: 1, personId: 'per_1' });
});
afterAll(async () => {
  await s3.stop();
  await suite.stop();
});
/** Every test asks at a minute of its own. */
beforeEach(() => {
  minute += 1;
  const requestedAt = `2021-03-13T08:${String(minute).padStart(2, '0')}:00.000Z`;
  request = (table) => ({ table, day, requestedAt });
});

const queued = (...bodies: unknown[]) =>
  handler({ Records: bodies.map((body, n) => ({ messageId: `m${n}`, body: typeof body === 'string' ? body : JSON.stringify(body) })) } as unknown as SQSEvent);
const registered = (table: string) => makeExportRegister(suite.dynamo, suite.tables['REPORTS_TABLE'] ?? '').read(day, table);
const text = async (Key: string, Bucket = 'exports'): Promise<string> => (await (await s3.client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) ?? '';
const rowsOf = async (table: string, file: string): Promise<Record<string, string>[]> => {
  const key = (await registered(table))?.files.find((one) => one.file === file)?.key ?? 'none';
  return parse(await text(key), { columns: true });
};

describe('The export of a table', () => {
  it('has a file for each type of item, with the columns that its context publishes', async () => {
    expect(await queued(request('doses'))).toEqual({ batchItemFailures: [] });
    expect((await registered('doses'))?.files.map(({ file, rows }) => `${file} ${rows}`)).toEqual(['dose-version.csv 1', 'dose.csv 1', 'person.csv 1', 'record.csv 1']);
    const [dose] = await rowsOf('doses', 'dose.csv');
    expect(dose).toMatchObject({ pk: doseOf('ada', 1).pk, lot: 'EW0151', version: '2', decrement: '{"kind":"matched"}', rest: '' });
    expect(doseIdFor('ada', 1)).toContain(dose?.['sk']?.slice(5));
    expect(Object.keys(dose ?? {})).not.toEqual(expect.arrayContaining(['digest']));
  });

  it('leaves out digests and keyed hashes, and disarms what a spreadsheet would run', async () => {
    await queued(request('doses'), request('enrollment'));
    const keys = [...((await registered('doses'))?.files ?? []), ...((await registered('enrollment'))?.files ?? [])].map(({ key }) => key);
    const all = (await Promise.all(keys.map((key) => text(key)))).join('');
    expect(all).not.toMatch(/KEY#x|matchKeys|requestDigest|digest-1/);
    expect((await rowsOf('enrollment', 'site.csv'))[0]?.['name']).toBe(`'=HYPERLINK("http://x","y")`);
    expect((await rowsOf('enrollment', 'site-alias.csv')).map(({ rest }) => rest)).toContain('{"siteId":"sit_elm"}');
  });

  it('says in its manifest what each file holds', async () => {
    await queued(request('doses'));
    const item = await registered('doses');
    const manifest = JSON.parse(await text(item?.manifestKey ?? '')) as { files: { key: string; sha256: string; rows: number }[] };
    expect(manifest.files.length).toBe(4);
    for (const { key, sha256 } of manifest.files) expect(createHash('sha256').update(await text(key)).digest('hex')).toBe(sha256);
  });

  it('is done once when the message comes twice, and again under keys of its own when it is asked for again', async () => {
    await queued(request('doses'));
    const first = await registered('doses');
    await storedDoses(suite, doseOf('ada', 2));
    await queued(request('doses'));
    expect(await registered('doses')).toEqual(first);
    const later = { ...request('doses'), requestedAt: '2021-03-13T09:00:00.000Z' };
    await queued(later);
    expect((await registered('doses'))?.rows).toBe(5);
    expect(await text(first?.files[1]?.key ?? '')).not.toBe('');
  });

  it('works for every table, an empty one too', async () => {
    expect(await queued(...exportedTables.map((table) => request(table)))).toEqual({ batchItemFailures: [] });
    for (const table of exportedTables) expect(await registered(table)).toMatchObject({ table, day });
    expect(await registered('orders')).toMatchObject({ rows: 0, files: [] });
  });

  it('leaves a message that it cannot read on the queue, and does the others', async () => {
    expect(await queued('Jane Doe 1950-01-02', request('orders'))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
    expect(await registered('orders')).toMatchObject({ requestedAt: request('orders').requestedAt });
  });

  it('comes to the same end when it is stopped at any of its calls to S3 and runs again', async () => {
    const exportTo = (bucket: string) =>
      makeExportTable({
        pages: () => scanPages(suite.dynamo, suite.tables['DOSES_TABLE'] ?? ''), bucket: makeWritableBucket(bucket, () => Promise.resolve(s3.client)),
        register: makeExportRegister(suite.dynamo, suite.tables['REPORTS_TABLE'] ?? ''),
      });
    await s3.client.send(new CreateBucketCommand({ Bucket: 'stopped' }));
    const calls = failNthCall(s3.client, Infinity);
    await exportTo('stopped')(request('doses'));
    const { calls: count } = calls;
    failNthCall.restore(s3.client);
    expect(count).toBeGreaterThan(3);
    const { files: expected } = (await registered('doses')) ?? {};
    for (let n = 1; n <= count; n += 1) {
      const again = { ...request('doses'), requestedAt: `2021-03-14T00:00:0${n}.000Z` };
      failNthCall(s3.client, n);
      await expect(exportTo('stopped')(again)).rejects.toThrow('stopped');
      failNthCall.restore(s3.client);
      expect((await registered('doses'))?.requestedAt).not.toBe(again.requestedAt);
      await exportTo('stopped')(again);
      expect((await registered('doses'))?.files.map(({ sha256 }) => sha256)).toEqual(expected?.map(({ sha256 }) => sha256));
    }
  });

  it('holds parts of 8 MB, not the table, however large it is', async () => {
    const filler = 'x'.repeat(1_000);
    const big = (async function* () {
      for (let page = 0; page < 25; page += 1) yield await Promise.resolve(Array.from({ length: 1_000 }, (_, n) => ({ pk: `P${page}`, sk: String(n), type: 'filler', schema: 1, filler })));
    })();
    const exported = await makeExportTable({ pages: () => big, bucket: makeWritableBucket('exports', () => Promise.resolve(s3.client)), register: makeExportRegister(suite.dynamo, suite.tables['REPORTS_TABLE'] ?? '') })(request('shipments'));
    expect(exported).toEqual({ kind: 'exported', rows: 25_000, files: 1 });
    const [file] = (await registered('shipments'))?.files ?? [];
    const written = await text(file?.key ?? '');
    expect(Buffer.byteLength(written)).toBe(file?.bytes);
    expect(createHash('sha256').update(written).digest('hex')).toBe(file?.sha256);
    expect(file?.bytes).toBeGreaterThan(3 * 8 * 1024 * 1024);
  });

});
