import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { columnOf, doseColumns, templateLines } from '../../functions/doses/domain/csv/columns.ts';
import { readDoseFile, withoutRows, type DoseFile } from '../../functions/doses/domain/csv/read-file.ts';
import { readTableFile } from '../../shared/platform/table-file.ts';
import { answerFile } from '../../functions/doses/domain/csv/write-answer.ts';
import { cell, doseFile } from '../support/dose-file.ts';

const rowOf = (change: Record<string, string>) => {
  const file = readDoseFile(doseFile([cell(change)]));
  if (file.kind !== 'file' || file.rows[0] === undefined) throw new Error('not a file');
  return file.rows[0];
};
const faultsOf = (file: DoseFile): unknown => (file.kind === 'not-a-file' ? file.faults : undefined);

describe('A row of a file of doses', () => {
  it('of the template’s own example is read without a remark', () => {
    const lines = templateLines({ withExample: true });
    const file = readDoseFile(lines.map((cells) => cells.join(',')).join('\r\n'));
    expect(file).toMatchObject({ kind: 'file', remarks: [], rows: [{ row: 2, remarks: [], told: { patient: { ids: [{ id: 'A-1001' }], birthDate: '1956-03-12', races: ['2054-5'] }, dose: { id: 'D-55001', givenOn: '2021-03-08', vaccine: { cvx: '212' }, amount: 0.5 } } }] });
  });

  it.each([
    ['given_on', '5/1/2021', '2021-05-01', /month\/day/], ['given_on', '05/01/2021', '2021-05-01', /month\/day/], ['given_on', '2021-05-01 00:00:00', '2021-05-01', undefined], ['given_on', '20210501', '2021-05-01', undefined],
    ['birth_date', '3-12-1956', '1956-03-12', /month\/day/],
    ['zip', '6106', '06106', /zeros/], ['zip', '61061234', '06106-1234', /zeros/], ['zip', '06106-1234', '06106-1234', undefined],
    ['ndc', '5967658015', '5967658015', undefined], ['ndc', '69100001', '69100001', undefined],
    ['expiry', '06/2021', '2021-06', undefined], ['expiry', '2021-06', '2021-06', undefined], ['expiry', '6/30/2021', '2021-06-30', /month\/day/],
    ['source', '0', '00', undefined], ['sex', 'female', 'F', undefined], ['amount', '.5', 0.5, undefined], ['amount', '0,5', 0.5, undefined], ['multiple_birth', 'yes', true, undefined], ['protected', 'FALSE', false, undefined],
    ['race', '2106-3; 2054-5', ['2106-3', '2054-5'], undefined], ['lot', '0012345', '0012345', undefined], ['last_name', 'O’Neil, Jr', 'O’Neil, Jr', undefined],
  ])('%s written %s is read', (column, written, read, remark) => {
    const { told, remarks } = rowOf({ [column]: written });
    const path = doseColumns.find(({ name }) => name === column)?.path.split('.') ?? [];
    const root = path[0] === 'patient' ? { patient: told?.patient } : told?.dose;
    expect(path.reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], root)).toEqual(read);
    expect(remarks.map(({ severity, message }) => [severity, remark?.test(message)])).toEqual(remark === undefined ? [] : [['I', true]]);
  });

  it('an NDC that lost its zero gets it back when that makes it a known one', () => {
    expect(rowOf({ ndc: '5100001' }).remarks).toEqual([]);
    expect(rowOf({ ndc: '6413703' })).toMatchObject({ told: { dose: { vaccine: { ndc: expect.any(String) } } } });
  });

  it.each([
    ['given_on', '', 'must not be empty'], ['given_on', '44317', 'a spreadsheet’s number'], ['given_on', '5/1/21', 'four digits'], ['given_on', '13/13/2021', 'no day of the calendar'], ['given_on', 'soon', 'YYYY-MM-DD'],
    ['given_on', '2021-02-30', 'YYYY-MM-DD'], ['birth_date', '2/30/1956', 'no day of the calendar'], ['ndc', '5.96766E+10', 'shortened'], ['phone', '8.6E+09', 'shortened'], ['patient_id', '1.2E+12', 'shortened'],
    ['zip', 'CT', '5 digits'], ['sex', 'maybe', 'F, M, X or U'], ['amount', 'half', 'a number'], ['birth_order', '1.5', 'must be a whole number'], ['protected', 'perhaps', 'Y or N'], ['patient_id', '', 'must not be empty'], ['last_name', '', 'must not be empty'],
    ['completion', 'XX', 'must be one of CP, PA, RE, NA'], ['lot', 'x'.repeat(41), 'must have at most 40 characters'], ['unit', 'x'.repeat(51), 'must have at most 50 characters'], ['phone', 'no phone', 'ten digits'],
  ])('%s written %s is named by its column, without what was written', (column, written, message) => {
    const { told, remarks } = rowOf({ [column]: written });
    expect(told).toBeUndefined();
    expect(remarks).toMatchObject([{ column, severity: 'E', message: expect.stringContaining(message) }]);
    if (written.length > 2) expect(remarks[0]?.message).not.toContain(written);
  });

  it('without CVX and NDC is asked for one of them', () => {
    expect(rowOf({ cvx: '', ndc: '' }).remarks).toMatchObject([{ column: 'cvx', message: 'needs a CVX or an NDC' }]);
  });

  it('with more cells than the header is not guessed at', () => {
    expect(readDoseFile(`${doseFile([cell()])}x,`)).toMatchObject({ rows: [{}, { row: 3, remarks: expect.arrayContaining([{ column: 'sex', message: 'must not be empty', severity: 'E' }]) }] });
    const wide = doseFile([cell()]).replace('Marsh', 'Marsh,Jr');
    expect(readDoseFile(wide)).toMatchObject({ rows: [{ row: 2, remarks: [{ column: '', message: expect.stringContaining('more cells') }] }] });
  });
});

describe('A file of doses', () => {
  it.each([
    ['with a byte order mark', (text: string) => `\ufeff${text}`], ['with bare line feeds', (text: string) => text.replaceAll('\r\n', '\n')], ['with blank lines', (text: string) => text.replaceAll('\r\n', '\r\n\r\n')],
    ['with quotes around everything', (text: string) => text.split('\r\n').map((line) => line.split(',').map((part) => (part === '' ? part : `"${part}"`)).join(',')).join('\r\n')],
    ['with semicolons', (text: string) => text.replaceAll(',', ';')], ['with tabs', (text: string) => text.replaceAll(',', '\t')], ['with headers for people', (text: string) => text.replace('last_name', ' Last Name ').replace('given_on', 'GIVEN-ON')],
  ])('%s is the same file', (_what, change) => {
    const plain = doseFile([cell(), cell({ patient_id: 'N-2' })]);
    expect(readDoseFile(change(plain))).toEqual(readDoseFile(plain));
  });

  it('is refused when it lacks a column, names one twice, holds nothing or too much, or a quote of its header does not end', () => {
    const [header = '', row = ''] = doseFile([cell()]).split('\r\n');
    expect(faultsOf(readDoseFile('a,b\r\n1,2'))).toContainEqual({ path: 'row 1, column patient_id', message: 'is missing; the first row must name it' });
    expect(faultsOf(readDoseFile(`${header},lot\r\n${row}`))).toMatchObject([{ path: 'row 1, column lot' }]);
    expect(faultsOf(readDoseFile(header))).toMatchObject([{ path: 'row 2' }]);
    expect(faultsOf(readDoseFile(''))).toBeDefined();
    expect(faultsOf(readDoseFile(`"${header}\r\n${row}`))).toMatchObject([{ path: 'row 1', message: expect.stringContaining('a quote that does not end') }]);
    expect(faultsOf(readDoseFile(`${header}\r\n${`${row}\r\n`.repeat(501)}`))).toMatchObject([{ path: 'row 502' }]);
  });

  it.each<[string, (row: string) => string]>([
    ['opens a cell and does not end', (row) => `"${row}`], ['stands in the middle of a cell', (row) => row.replace('Marsh', 'Ma"rsh')], ['ends before its cell', (row) => row.replace('Marsh', '"Ma"rsh')],
    ['opens the last cell', (row) => row.replace(/[^,]*$/, '"x')],
  ])('a quote that %s costs its row and no other, in a file whose other quotes are as they should be', (_where, broken) => {
    const [header = '', row = ''] = doseFile([cell({ street: '3 Pine Road' })]).split('\r\n');
    const quoted = row.replace('3 Pine Road', '"3 Pine Road,\r\nrear ""B"""');
    const text = [header, quoted, broken(row), '', row, quoted, broken(row), quoted, ''].join('\r\n');
    const file = readDoseFile(text);
    const rows = file.kind === 'file' ? file.rows : [];
    expect(rows.map(({ row: number, told }) => [number, told?.patient.address?.street?.replaceAll('\r', '')])).toEqual([
      [2, '3 Pine Road,\nrear "B"'], [3, undefined], [4, '3 Pine Road'], [5, '3 Pine Road,\nrear "B"'], [6, undefined], [7, '3 Pine Road,\nrear "B"'],
    ]);
    expect([rows[1]?.remarks, rows[4]?.remarks]).toEqual([1, 2].map(() => [{ column: '', severity: 'E', message: expect.stringMatching(/^has a quote that does not end, or one in the middle/) }]));
    expect(withoutRows(text, [5]).split('rear').length).toBe(3);
  });

  it('skips rows that a spreadsheet left empty, and counts on as it does', () => {
    const [header = '', row = ''] = doseFile([cell()]).split('\r\n');
    const blank = ','.repeat(doseColumns.length - 1);
    const file = readDoseFile([header, blank, row, `${blank},,`, row, blank].join('\r\n'));
    expect(file.kind === 'file' ? file.rows.map(({ row: number, remarks }) => [number, remarks]) : []).toEqual([[3, []], [5, []]]);
    expect(faultsOf(readDoseFile([header, blank].join('\r\n')))).toEqual([{ path: 'row 2', message: 'there must be at least one row under the header' }]);
  });

  it.each([['of today', 'PK\u0003\u0004\u0014\u0000'], ['of old', Buffer.from('d0cf11e0a1b11ae1', 'hex').toString('utf8')]])('that is a workbook %s is told so', (_what, text) => {
    expect(faultsOf(readDoseFile(`${text}\u0000\nx,y`))).toEqual([{ path: 'body', message: expect.stringContaining('is a workbook') }]);
  });

  it('says which columns it did not know, and not their names', () => {
    expect(readDoseFile(doseFile([cell()]).replace('lot,', 'Marsh Cleo,'))).toMatchObject({ remarks: [expect.stringMatching(/^column [A-Z]{1,2} is not known here and was not read$/)] });
    expect(readDoseFile(doseFile([cell()]).replace('patient_id,', 'patient_id,Marsh Cleo,Marsh,').replace('N-1,', 'N-1,,,'))).toMatchObject({ remarks: ['columns B, C are not known here and were not read'] });
  });

  it('is kept without the rows of patients who opted out', () => {
    const kept = withoutRows(doseFile([cell({ last_name: 'Gone' }), cell()]), [2]);
    expect([kept.includes('Gone'), kept.includes('Marsh'), kept.startsWith('patient_id')]).toEqual([false, true, true]);
  });

  it('has no column that leads nowhere, and every remark of the JSON interface has its column', () => {
    expect(['patient.ids[0]', 'patient.ids', 'patient.name', 'patient.races[0]', 'patient.address', 'vaccine', 'givenOn', 'lot', 'administeredBy', ''].map(columnOf)).toEqual(['patient_id', 'patient_id', 'last_name', 'race', 'street', 'cvx', 'given_on', 'lot', 'administered_by_id', '']);
  });
});

describe('The answer as a file', () => {
  it('holds no cell that a spreadsheet would run', () => {
    const text = answerFile([{ row: 2, status: 'recorded', doseId: '=1+1', remarks: [{ column: '', severity: 'W', message: 'x' }] }, { row: 3, status: 'rejected', remarks: [{ column: 'lot', severity: 'E', message: 'a, "b"' }] }]);
    expect(answerFile([], ['column H is not known here and was not read'])).toBe('row,status,dose,remarks\r\n1,header,,column H is not known here and was not read\r\n');
    expect(text).toBe('row,status,dose,remarks\r\n2,recorded,\'=1+1,W row: x\r\n3,rejected,,"E lot: a, ""b"""\r\n');
  });
});

describe('The description of the columns', () => {
  it('names each column of the template, in its order', () => {
    const text = readFileSync(new URL('../../docs/dose-files.md', import.meta.url), 'utf8');
    const named = [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    expect(named).toEqual(doseColumns.map(({ name }) => name));
  });
});

describe('A file of separators alone', () => {
  it.each([['in its header', ','.repeat(1_001), 'line 1'], ['in a row', `${doseFile([cell({})])}\n${';'.repeat(1_001)}`, /^line \d+$/]])('%s is named by its line and not taken apart', (_where, text, path) => {
    expect(faultsOf(readDoseFile(text))).toEqual([{ path: typeof path === 'string' ? path : expect.stringMatching(path), message: 'has more than 1000 separators' }]);
    expect(readTableFile(text, {}, { maxRows: 10 })).toMatchObject({ kind: 'not-a-table', faults: [{ message: 'has more than 1000 separators' }] });
  });
});
