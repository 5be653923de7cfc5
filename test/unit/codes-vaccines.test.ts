import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { sharedPath } from '../support/shared.ts';
import { allCvx } from '../../shared/codes/cvx.ts';
import { allMvx } from '../../shared/codes/mvx.ts';
import { allNdcUses, ndcForms, normaliseNdc, usesInSale } from '../../shared/codes/ndc.ts';
import { vaccineCodes } from '../../shared/codes/vaccines.ts';

const crosswalk: Record<string, string>[] = parse(readFileSync(sharedPath('data/cdc_covid19_ndc_cvx_mvx_crosswalk.csv')),
  { columns: true });
const covidCvx: Record<string, string>[] = parse(readFileSync(sharedPath('codes/covid_cvx.tsv')),
  { columns: true, delimiter: '\t', quote: false });

describe('vaccine codes', () => {
  it('are all of CDC: 288 CVX, 89 MVX', () => {
    expect(allCvx()).toHaveLength(288);
    expect(new Set(allCvx().map(({ code }) => code)).size).toBe(288);
    expect(allMvx()).toHaveLength(89);
    const xml = readFileSync(sharedPath('codes/cdc-source/cvx.xml'), 'latin1');
    for (const [, code] of xml.matchAll(/<CVXCode>\s*(\d+)/g)) expect(vaccineCodes.cvx(code ?? '')?.code).toBe(code?.padStart(2,
      '0'));
  });
  it.each(covidCvx.map((row) => [row['cvx'] ?? '', row['short'] ?? ''] as const))('CVX %s (%s) is a COVID-19 vaccine', (code) => {
    expect(vaccineCodes.cvx(code)?.covid).toBe(true);
  });
  it('know that MMR and flu are no COVID-19 vaccines, with or without the leading zero', () => {
    expect(vaccineCodes.cvx('3')).toEqual({ code: '03', name: 'MMR', status: 'active', covid: false });
    expect(vaccineCodes.cvx('03')).toEqual(vaccineCodes.cvx('3'));
    expect(vaccineCodes.cvx('140')?.covid).toBe(false);
    expect(vaccineCodes.cvx('902')).toBeUndefined();
  });
});

describe('a written NDC', () => {
  it.each([
    ['59267-1000-01', '59267-1000-01'], ['59267-1000-1', '59267-1000-01'], ['80777-273-10', '80777-0273-10'],
      ['59267100001', '59267-1000-01'],
    ['5926710001', '59267-1000-01'], ['8077727310', '80777-0273-10'], ['69-2025-01', '00069-2025-01'],
      [' 59676-0580-05 ', '59676-0580-05'],
    ['99999-9999-01', '99999-9999-01'],
  ])('%s is %s', (written, form) => {
    expect(normaliseNdc(written)).toBe(form);
  });
  it.each(['', 'COVID', '123456-1-1', '12345-12345-1', '1234567890', '12-34', '59267-1000-0x'])('%s is none that can be told',
    (written) => {
    expect(normaliseNdc(written)).toBeUndefined();
  });
  it('of ten bare digits can stand for three codes', () => {
    expect(ndcForms('1234567890')).toEqual(['01234-5678-90', '12345-0678-90', '12345-6789-00']);
  });
});

describe('the NDC crosswalk', () => {
  it.each(crosswalk.map((row) => [row['sale_ndc11'] ?? '', row['use_ndc11'] ?? '', row['cvx'] ?? '', row['mvx'] ?? ''] as const))(
    'leads from carton %s to %s, CVX %s of %s', (sale, use, cvx, mvx) => {
      expect(vaccineCodes.ndc(sale)).toEqual({ useNdc: use, saleNdc: sale, cvx, mvx });
      expect(vaccineCodes.ndc(use)).toMatchObject({ useNdc: use, cvx, mvx });
    });
  it('names no carton for a vial that comes in several', () => {
    expect(vaccineCodes.ndc('59267-1000-01')).toEqual({ useNdc: '59267-1000-01', cvx: '208', mvx: 'PFR' });
  });
  it("holds every pair of CDC's linker file", () => {
    const lines = (name: string): string[][] => readFileSync(sharedPath(`codes/cdc-source/${name}`), 'latin1')
      .split(/\r?\n/).filter((line) => /^\d+\|/.test(line)).map((line) => line.split('|'));
    const ndcs = (name: string): Map<string | undefined, string> =>
      new Map(lines(name).map((cells) => [cells[0], cells.find((cell) => /^\d{5}-\d{4}-\d{2}$/.test(cell)) ?? '']));
    const [sales, uses] = [ndcs('NDC_Unit_sale.txt'), ndcs('NDC_Unit_use.txt')];
    const pairs = lines('NDC_Linker.txt').map(([, sale, use]) => [sales.get(sale), uses.get(use)] as const).filter(([, use]) =>
      use !== undefined);
    expect(pairs).toHaveLength(575);
    const missing = pairs.filter(([sale, use]) => !usesInSale(sale ?? '').some(({ useNdc }) => useNdc === use));
    expect(missing).toEqual([]);
    expect(allNdcUses().length).toBeGreaterThanOrEqual(505);
  });
  it('does not guess which vial of a kit is meant', () => {
    expect(usesInSale('49281-0510-05').length).toBeGreaterThan(1);
    expect(vaccineCodes.ndc('49281-0510-05')).toBeUndefined();
  });
});
