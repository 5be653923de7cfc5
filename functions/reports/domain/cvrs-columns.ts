/**
 * The 45 columns of the CDC COVID-19 Vaccination Reporting Specification, version 2, in file order (cleared 2020-10-29).
 * One row tells all that the writer, the redaction and the validator need to know of a column.
 */
export type Need = 'required' | 'if-known' | 'empty';
export type ValueSetName =
  | 'SEX' | 'COUNTY' | 'STATE' | 'RACE_OR_UNSAID' | 'RACE' | 'ETHNICITY' | 'CVX' | 'NDC' | 'MVX' | 'SITE' | 'ROUTE' | 'DOSE'
  | 'YES_NO_UNK' | 'YES_NO' | 'PROVIDER_TYPE';
export type Check =
  | { readonly kind: 'free' | 'no-space' | 'starts-with-text' | 'extract-type' | 'pprl' | 'redacted' | 'zip' | 'pin' }
  | { readonly kind: 'date'; readonly monthAllowed: boolean }
  | { readonly kind: 'set'; readonly set: ValueSetName };

export type CvrsColumn = {
  readonly name: string;
  readonly vaccination: Need;
  readonly refusal: Need;
  readonly maxLength: number;
  readonly check: Check;
};

const LONG = 255;
const BOTH = ['required', 'required'] as const;
const KNOWN = ['if-known', 'if-known'] as const;
const DOSE_KNOWN = ['if-known', 'empty'] as const;
const DOSE_REQUIRED = ['required', 'empty'] as const;

const column = <N extends string>(
  name: N, [vaccination, refusal]: readonly [Need, Need], check: Check | Check['kind'] | ValueSetName = 'free', maxLength = LONG,
): CvrsColumn & { readonly name: N } => ({ name, vaccination, refusal, maxLength, check: asCheck(check) });

const PLAIN_KINDS: ReadonlySet<string> = new Set([
  'free', 'no-space', 'starts-with-text', 'extract-type', 'pprl', 'redacted', 'zip', 'pin',
]);
const asCheck = (check: Check | string): Check =>
  typeof check !== 'string' ? check
    : PLAIN_KINDS.has(check) ? ({ kind: check } as Check)
      : { kind: 'set', set: check as ValueSetName };

const DAY: Check = { kind: 'date', monthAllowed: false };
const DAY_OR_MONTH: Check = { kind: 'date', monthAllowed: true };

export const CVRS_COLUMNS = [
  column('vax_event_id', BOTH, 'no-space'),
  column('ext_type', BOTH, 'extract-type', 1),
  column('pprl_id', ['empty', 'empty'], 'pprl', 100),
  column('recip_id', BOTH, 'no-space'),
  column('recip_first_name', BOTH, 'redacted'),
  column('recip_middle_name', BOTH, 'redacted'),
  column('recip_last_name', BOTH, 'redacted'),
  column('recip_dob', BOTH, DAY_OR_MONTH),
  column('recip_sex', BOTH, 'SEX'),
  column('recip_address_street', BOTH, 'redacted'),
  column('recip_address_street_2', BOTH, 'redacted'),
  column('recip_address_city', BOTH, 'redacted'),
  column('recip_address_county', KNOWN, 'COUNTY'),
  column('recip_address_state', KNOWN, 'STATE'),
  column('recip_address_zip', KNOWN, 'zip'),
  column('recip_race_1', BOTH, 'RACE_OR_UNSAID'),
  column('recip_race_2', KNOWN, 'RACE'),
  column('recip_race_3', KNOWN, 'RACE'),
  column('recip_race_4', KNOWN, 'RACE'),
  column('recip_race_5', KNOWN, 'RACE'),
  column('recip_race_6', KNOWN, 'RACE'),
  column('recip_ethnicity', BOTH, 'ETHNICITY'),
  column('admin_date', BOTH, DAY),
  column('cvx', BOTH, 'CVX'),
  column('ndc', DOSE_KNOWN, 'NDC', 50),
  column('mvx', DOSE_KNOWN, 'MVX', 3),
  column('lot_number', DOSE_KNOWN),
  column('vax_expiration', DOSE_KNOWN, DAY_OR_MONTH),
  column('vax_admin_site', DOSE_KNOWN, 'SITE'),
  column('vax_route', DOSE_KNOWN, 'ROUTE', 10),
  column('dose_num', DOSE_REQUIRED, 'DOSE'),
  column('vax_series_complete', DOSE_REQUIRED, 'YES_NO_UNK'),
  column('responsible_org', BOTH, 'starts-with-text'),
  column('admin_name', BOTH, 'starts-with-text'),
  column('vtrcks_prov_pin', KNOWN, 'pin'),
  column('admin_type', BOTH, 'PROVIDER_TYPE'),
  column('admin_address_street', KNOWN),
  column('admin_address_street_2', KNOWN),
  column('admin_address_city', KNOWN),
  column('admin_address_county', KNOWN, 'COUNTY'),
  column('admin_address_state', KNOWN, 'STATE'),
  column('admin_address_zip', KNOWN, 'zip'),
  column('vax_refusal', BOTH, 'YES_NO'),
  column('cmorbid_status', BOTH, 'YES_NO_UNK'),
  column('serology', BOTH, 'YES_NO_UNK'),
] as const;

export type CvrsField = (typeof CVRS_COLUMNS)[number]['name'];
export type CvrsValues = Readonly<Partial<Record<CvrsField, string>>>;
/** The 45 values of one record in file order; an empty string where nothing is said. */
export type CvrsRow = readonly string[];

export const CVRS_FIELDS: readonly CvrsField[] = CVRS_COLUMNS.map(({ name }) => name);
export const REDACTED = 'Redacted';
export const RECORD_LIMIT = 200_000;

/** The columns that say `Redacted` in extracts of type D and P. */
export const REDACTED_FIELDS: readonly CvrsField[] = CVRS_COLUMNS
  .filter(({ check }) => check.kind === 'redacted')
  .map(({ name }) => name);

export const rowOf = (values: CvrsValues): CvrsRow => CVRS_FIELDS.map((field) => values[field] ?? '');
export const valuesOf = (row: CvrsRow): CvrsValues => Object.fromEntries(CVRS_FIELDS.map((field, i) => [field, row[i] ?? '']));
