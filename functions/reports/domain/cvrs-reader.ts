import { CVRS_FIELDS, type CvrsField, type CvrsRow } from './cvrs-columns.ts';

export type CvrsText =
  | { readonly kind: 'cvrs'; readonly rows: readonly CvrsRow[] }
  | { readonly kind: 'not-cvrs'; readonly code: 'FMT_001' | 'FMT_002' | 'FMT_003' | 'FMT_004'; readonly reason: string };

const refuse = (code: 'FMT_001' | 'FMT_002' | 'FMT_003' | 'FMT_004', reason: string): CvrsText =>
  ({ kind: 'not-cvrs', code, reason });

/**
 * Reads a whole CVRS file (LF or CRLF, tab between values). Columns may stand in any order, as the header names them; a short
 * line has empty values at its end. Only for files that fit in memory: samples, answers, one day of 200,000 records.
 */
export const readCvrsText = (text: string): CvrsText => {
  const [header = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (header.trim() === '') return refuse('FMT_004', 'The first line is empty; it must hold the variable names');
  const names = header.split('\t').map((name) => name.trim().toLowerCase());
  const known = names.filter((name) => CVRS_FIELDS.includes(name as CvrsField));
  if (names.length === 1) {
    return refuse(header.includes('vax_event_id') ? 'FMT_001' : 'FMT_003', 'The first line holds no tab');
  }
  if (known.length === 0) return refuse('FMT_004', 'No variable name in the first line');
  const strangers = names.length - known.length;
  if (strangers > 0) return refuse('FMT_002', `${strangers} variable names are unknown`);
  const places = CVRS_FIELDS.map((field) => names.indexOf(field));
  const rows = lines.filter((line) => line !== '').map((line) => {
    const cells = line.split('\t');
    return places.map((place) => cells[place] ?? '');
  });
  return { kind: 'cvrs', rows };
};
