import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { sharedPath } from '../support/shared.ts';
import { CVRS_FIELDS, CVRS_COLUMNS, REDACTED_FIELDS } from '../../functions/reports/domain/cvrs-columns.ts';
import { readCvrsText } from '../../functions/reports/domain/cvrs-reader.ts';
import { createCvrsValidator, type CvrsFinding } from '../../functions/reports/domain/cvrs-validator.ts';
import { CURRENT_VALUE_SETS, withDevelopmentCodes } from '../../functions/reports/domain/cvrs-value-sets.ts';

/** CDC's report was made when 2022 still lay ahead. */
const REPORT_DAY = '2020-11-15';
const valueSets = withDevelopmentCodes(CURRENT_VALUE_SETS);

const rowsOf = (name: string): readonly (readonly string[])[] => {
  const read = readCvrsText(readFileSync(sharedPath(`data/cvrs/${name}`), 'utf8'));
  if (read.kind !== 'cvrs') throw new Error(read.code);
  return read.rows;
};
const findingsOf = (name: string, options: Partial<Parameters<typeof createCvrsValidator>[0]> = {}): CvrsFinding[] => {
  const validator = createCvrsValidator({ today: REPORT_DAY, valueSets, ...options });
  return rowsOf(name).flatMap((row) => validator.check(row));
};
const text = ({ line, level, field, code }: CvrsFinding): string => `${line} ${level} ${field} ${code}`;

/** Lines of CDC's report: "file id line level field code text". */
const reported = (): string[] =>
  readFileSync(sharedPath('data/cvrs/testerror.txt.rpt'), 'utf8').split(/\r?\n/).flatMap((line) => {
    const match = /^\S+\s+\S+\s+(\d+)\s+(ERROR|WARN)\s+(\S+)\s+([A-Z]{4}\d{3})\b/.exec(line);
    return match === null ? [] : [match.slice(1).join(' ')];
  });

describe("CDC's own sample files", () => {
  it('hold no error in the 33 good records', () => {
    expect(rowsOf('testgood.txt')).toHaveLength(33);
    expect(findingsOf('testgood.txt').filter(({ level }) => level === 'ERROR').map(text)).toEqual([]);
  });

  it('give the same 176 findings, line by line and in the same order, in the 52 bad records', () => {
    const expected = reported();
    expect(expected).toHaveLength(176);
    expect(rowsOf('testerror.txt')).toHaveLength(52);
    expect(findingsOf('testerror.txt').map(text)).toEqual(expected);
  });

  it('are judged differently on another day: the test sees the clock', () => {
    const codes = findingsOf('testerror.txt', { today: '2023-01-01' }).filter(({ code }) => code === 'BUSR012');
    expect(codes).toHaveLength(2);
  });

  it('do not pass with the codes of today alone: 900-902 were never vaccines', () => {
    expect(findingsOf('testgood.txt', { valueSets: CURRENT_VALUE_SETS }).some(({ code, field }) => code === 'DATA007'
      && field === 'cvx')).toBe(true);
  });

  it('fail more often when the clearinghouse requires a place', () => {
    const strict = findingsOf('testgood.txt', { alsoRequired: ['recip_address_county', 'recip_address_state',
      'recip_address_zip'] });
    expect(strict.filter(({ code }) => code.startsWith('REQD')).length).toBeGreaterThan(0);
  });
});

/** Where we differ from CDC's program on purpose; none of it touches CDC's sample files. */
const DIFFERENCES = [
  { what: 'a COVID-19 vaccine of 2021 and later',
    why: "CDC's value set dates from late 2020; ours is CDC's list of December 2025",
    change: { cvx: '212', mvx: 'JSN', ndc: '59676-0580-05' } },
  { what: 'a zip of a state without listed zips',
    why: "CDC's table has no zips for Micronesia and so refuses every one; we cannot tell and accept",
    change: { recip_address_state: 'FM', recip_address_zip: '96941', recip_address_county: '' } },
] as const;

describe('differences from the program of CDC, each with its reason', () => {
  const good = rowsOf('testgood.txt').find((row) => row[CVRS_FIELDS.indexOf('vax_refusal')]?.toUpperCase() === 'NO') ?? [];
  it.each(DIFFERENCES)('$what is accepted: $why', ({ change }) => {
    const changed = new Map<string, string>(Object.entries(change));
    const row = CVRS_FIELDS.map((field, i) => changed.get(field) ?? good[i] ?? '');
    const validator = createCvrsValidator({ today: REPORT_DAY, valueSets });
    expect(validator.check(row).filter(({ level }) => level === 'ERROR')).toEqual([]);
  });
});

type SpecField = {
  variable: string; req_vaccination: string; req_refusal: string; redacted_in_D_and_P: boolean; dch_errors: string[];
};
const spec = JSON.parse(readFileSync(sharedPath('data/cvrs/cvrs_v2_fields.json'), 'utf8')) as SpecField[];
const need = (words: string): string => (/^Required if known/.test(words) ? 'if-known' : /^Do not/.test(words) ? 'empty'
  : 'required');

describe('the 45 columns', () => {
  it('stand in the order of the specification', () => {
    expect(CVRS_FIELDS).toEqual(spec.map(({ variable }) => variable));
  });
  it.each(spec.map((field) => [field.variable, field] as const))('%s is needed as the specification says', (name, field) => {
    const column = CVRS_COLUMNS.find((candidate) => candidate.name === name);
    expect([column?.vaccination, column?.refusal]).toEqual([need(field.req_vaccination), need(field.req_refusal)]);
    expect(REDACTED_FIELDS.some((redacted) => redacted === name)).toBe(field.redacted_in_D_and_P);
    const limit = field.dch_errors.map((error) => /maximum length is (\d+)/.exec(error)?.[1]).find((found) =>
      found !== undefined);
    if (limit !== undefined) expect(column?.maxLength).toBe(Number(limit));
  });
});
