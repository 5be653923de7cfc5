import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { CVRS_FIELDS, RECORD_LIMIT, rowOf, type CvrsRow } from '../../functions/reports/domain/cvrs-columns.ts';
import { cvrsFileName, writeCvrsFiles, type CvrsFileOptions,
  type CvrsFilePart } from '../../functions/reports/domain/cvrs-file.ts';
import { readCvrsText } from '../../functions/reports/domain/cvrs-reader.ts';

const options: CvrsFileOptions = { day: '2021-03-01', entity: 'CTA' };
const rows = (count: number): CvrsRow[] => Array.from({ length: count }, (_, i) =>
  rowOf({ vax_event_id: `e${i}`, recip_id: 'é' }));

type Written = Extract<CvrsFilePart, { kind: 'close' }> & { body: Buffer };
const written = async (source: Iterable<CvrsRow>, more: Partial<CvrsFileOptions> = {}): Promise<Written[]> => {
  const files: Written[] = [];
  let chunks: Uint8Array[] = [];
  for await (const part of writeCvrsFiles(source, { ...options, ...more })) {
    if (part.kind === 'open') chunks = [];
    else if (part.kind === 'bytes') chunks.push(part.bytes);
    else files.push({ ...part, body: Buffer.concat(chunks) });
  }
  return files;
};

describe('a CVRS file', () => {
  it('starts with the variable names, parts values by tabs and ends lines with CRLF', async () => {
    const [file] = await written(rows(2));
    const lines = file?.body.toString('utf8').split('\r\n') ?? [];
    expect(lines[0]).toBe(CVRS_FIELDS.join('\t'));
    expect(lines).toHaveLength(4);
    expect(lines[1]?.split('\t')).toHaveLength(45);
  });
  it('closes with the number of records, its bytes and their SHA-256', async () => {
    const [file] = await written(rows(5000));
    expect(file?.records).toBe(5000);
    expect(file?.bytes).toBe(file?.body.byteLength);
    expect(file?.sha256).toBe(createHash('sha256').update(file?.body ?? '').digest('hex'));
  });
  it('is read back as it was written', async () => {
    const [file] = await written(rows(3));
    expect(readCvrsText(file?.body.toString('utf8') ?? '')).toEqual({ kind: 'cvrs', rows: rows(3) });
  });
  it.each([
    [0, [0]], [3, [3]], [4, [3, 1]], [6, [3, 3]], [7, [3, 3, 1]],
  ] as const)('of %i events is split at the limit of three as %j', async (count, expected) => {
    const files = await written(rows(count), { recordLimit: 3 });
    expect(files.map(({ records }) => records)).toEqual(expected);
    expect(files.map(({ name }) => name)).toEqual(expected.map((_, i) => `20210301_0${i + 1}_CTA.txt`));
    const ids = files.flatMap(({ body }) => body.toString('utf8').split('\r\n').slice(1, -1).map((line) => line.split('\t')[0]));
    expect(ids).toEqual(rows(count).map((row) => row[0]));
  });
  it('holds at most 200,000 records', () => {
    expect(RECORD_LIMIT).toBe(200_000);
  });
});

describe('the name of a CVRS file', () => {
  it('is day, sequence and entity; a second run of a day goes on counting', () => {
    expect(cvrsFileName('2021-03-01', 1, 'CTA')).toBe('20210301_01_CTA.txt');
    expect(cvrsFileName('2021-12-31', 12, 'CTA', 'U_{date}_{nn}_{entity}.txt')).toBe('U_20211231_12_CTA.txt');
  });
  it.each([['2021-02-30', 1, 'CTA'], ['2021-03-01', 0, 'CTA'], ['2021-03-01', 100, 'CTA'], ['2021-03-01', 1, '../x']] as const)(
    'cannot be made of %s, %i, %s', (day, sequence, entity) => {
      expect(() => cvrsFileName(day, sequence, entity)).toThrow();
    });
});

describe('text that is not a CVRS file', () => {
  it.each([
    ['', 'FMT_004'], ['a,b,c\n1,2,3', 'FMT_003'], ['vax_event_id,ext_type\n', 'FMT_001'],
      ['vax_event_id\text_type\tnonsense\n', 'FMT_002'], ['1\t2\t3\n', 'FMT_004'],
  ])('%j is refused with %s', (text, code) => {
    expect(readCvrsText(text)).toMatchObject({ kind: 'not-cvrs', code });
  });
});
