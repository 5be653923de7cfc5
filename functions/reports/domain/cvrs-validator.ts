import { stateOf, zipFitsState } from '../../../shared/codes/states.ts';
import { addDays, isDay } from '../../../shared/kernel/dates.ts';
import {
  CVRS_COLUMNS, valuesOf, type Check, type CvrsColumn, type CvrsField, type CvrsRow, type CvrsValues,
} from './cvrs-columns.ts';
import { CURRENT_VALUE_SETS, type ValueSets } from './cvrs-value-sets.ts';

/** One finding, by CDC's code. It names the field and never the value: values are personal. */
export type CvrsFinding = {
  readonly line: number;
  readonly level: 'ERROR' | 'WARN';
  readonly field: CvrsField;
  readonly code: string;
};

export type CvrsValidatorOptions = {
  /** The local day on which the file is checked; later days are in the future. */
  readonly today: string;
  readonly valueSets?: ValueSets;
  /** Columns required beyond the specification: the Data Clearinghouse's list has county, state and zip of the recipient. */
  readonly alsoRequired?: readonly CvrsField[];
};

type Dates = 'ok' | 'DATA001' | 'DATA009';
const judgeDate = (value: string, monthAllowed: boolean): Dates => {
  if (isDay(value) || (monthAllowed && /^\d{4}-\d{2}$/.test(value) && isDay(`${value}-01`))) return 'ok';
  return /^\d{1,2}\/\d{1,2}\/\d/.test(value) ? 'DATA009' : 'DATA001';
};

const ZIP = /^\d{5}(-\d{4})?$/;
const PATTERNS: Partial<Record<Check['kind'], RegExp>> = {
  'no-space': /^\S+$/, 'starts-with-text': /^\S+.*$/, 'extract-type': /^[DPI]$/i, zip: ZIP, pin: /^[0-9A-Za-z]{0,6}$/,
};

/** What is wrong with one value, if anything. Empty ones are judged only by the checks that depend on the extract type. */
const judgeValue = (check: Check, value: string, extract: string, sets: ValueSets): string | undefined => {
  if (check.kind === 'redacted') return extract === 'I' || value.toUpperCase() === 'REDACTED' ? undefined : 'DATA006';
  if (check.kind === 'pprl') return (value !== '') === (extract === 'P') ? undefined : 'DATA004';
  if (check.kind === 'extract-type') return PATTERNS['extract-type']?.test(value) === true ? undefined : 'DATA005';
  if (value === '') return undefined;
  if (check.kind === 'date') {
    const judged = judgeDate(value, check.monthAllowed);
    return judged === 'ok' ? undefined : judged;
  }
  if (check.kind === 'set') return sets[check.set](value.toUpperCase()) ? undefined : 'DATA007';
  return PATTERNS[check.kind]?.test(value) === false ? 'DATA005' : undefined;
};

type FieldCode = readonly [field: CvrsField, code: string];
/** Required columns whose emptiness is told by their own check, not as a missing field. */
const SELF_JUDGED: ReadonlySet<Check['kind']> = new Set(['redacted', 'extract-type', 'pprl']);

const judgeColumn = (
  column: CvrsColumn & { readonly name: CvrsField }, values: CvrsValues, refusal: boolean, options: CvrsValidatorOptions,
): FieldCode[] => {
  const value = values[column.name] ?? '';
  const need = refusal ? column.refusal : column.vaccination;
  const found: string[] = [];
  const required = (need === 'required' && !SELF_JUDGED.has(column.check.kind))
    || options.alsoRequired?.includes(column.name) === true;
  if (value === '' && required) found.push(refusal ? 'REQD002' : 'REQD001');
  if (value !== '' && need === 'empty' && column.check.kind !== 'pprl') found.push('DNTS002');
  if (value.length > column.maxLength && column.check.kind !== 'extract-type') found.push('DATA008');
  const wrong = judgeValue(column.check, value, (values.ext_type ?? '').toUpperCase(), options.valueSets ?? CURRENT_VALUE_SETS);
  if (wrong !== undefined) found.push(wrong);
  return found.map((code) => [column.name, code]);
};

const countyFits = (county = '', state = ''): boolean =>
  county === '' || state === '' || county.startsWith(stateOf(state)?.fips ?? '');
const zipFits = (zip = '', state = ''): boolean => {
  const found = stateOf(state);
  return zip === '' || state === '' || (found !== undefined && zipFitsState(zip, found));
};
const isNotAfter = (earlier = '', later = ''): boolean => earlier !== '' && later !== '' && earlier <= later;
const hasCome = (day: string | undefined, today: string): boolean => day === undefined || day === '' || day < addDays(today, 1);

type BusinessRule = {
  readonly code: string;
  readonly field: CvrsField;
  readonly level?: 'WARN';
  readonly holds: (row: CvrsValues, today: string) => boolean;
};
/** BUSR001-012 in CDC's order; dates compare as text, as CDC's do. BUSR013 (an event id twice) needs the whole file. */
const BUSINESS_RULES: readonly BusinessRule[] = [
  { code: 'BUSR001', field: 'recip_address_county', holds: (r) => countyFits(r.recip_address_county, r.recip_address_state) },
  { code: 'BUSR002', field: 'admin_address_county', holds: (r) => countyFits(r.admin_address_county, r.admin_address_state) },
  { code: 'BUSR003', field: 'recip_address_zip', holds: (r) => zipFits(r.recip_address_zip, r.recip_address_state) },
  { code: 'BUSR004', field: 'admin_address_zip', holds: (r) => zipFits(r.admin_address_zip, r.admin_address_state) },
  { code: 'BUSR005', field: 'recip_dob', holds: (r) => isNotAfter(r.recip_dob, r.admin_date) },
  { code: 'BUSR007', field: 'recip_address_zip', level: 'WARN', holds: (r) => !r.recip_address_zip || !!r.recip_address_state },
  { code: 'BUSR008', field: 'admin_address_zip', level: 'WARN', holds: (r) => !r.admin_address_zip || !!r.admin_address_state },
  { code: 'BUSR009', field: 'recip_address_zip', level: 'WARN', holds: (r) => !r.recip_address_zip || !!r.recip_address_county },
  { code: 'BUSR010', field: 'admin_address_zip', level: 'WARN', holds: (r) => !r.admin_address_zip || !!r.admin_address_county },
  { code: 'BUSR011', field: 'recip_dob', holds: (r, today) => hasCome(r.recip_dob, today) },
  { code: 'BUSR012', field: 'admin_date', holds: (r, today) => hasCome(r.admin_date, today) },
];

/**
 * Checks records as CDC's own validator does (codes of the sample report), one after another: an event id is a duplicate when an
 * earlier record of the same validator had it. Line 1 is the first record after the header.
 */
export const createCvrsValidator = (options: CvrsValidatorOptions): { check: (row: CvrsRow) => CvrsFinding[] } => {
  const seen = new Set<string>();
  let line = 0;
  const check = (row: CvrsRow): CvrsFinding[] => {
    line += 1;
    const values = valuesOf(row);
    const refusal = (values.vax_refusal ?? '').toUpperCase() === 'YES';
    const eventId = (values.vax_event_id ?? '').toUpperCase();
    const twice = seen.has(eventId);
    seen.add(eventId);
    const fields = CVRS_COLUMNS.flatMap((column) => judgeColumn(column, values, refusal, options));
    const broken = BUSINESS_RULES.filter((rule) => !rule.holds(values, options.today));
    return [
      ...fields.map(([field, code]): CvrsFinding => ({ line, level: 'ERROR', field, code })),
      ...broken.map(({ field, code, level }): CvrsFinding => ({ line, level: level ?? 'ERROR', field, code })),
      ...(twice ? [{ line, level: 'ERROR', field: 'vax_event_id', code: 'BUSR013' } as const] : []),
    ];
  };
  return { check };
};
