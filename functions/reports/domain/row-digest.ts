import { hash } from 'node:crypto';
import { CVRS_FIELDS, type CvrsField, type CvrsRow } from './cvrs-columns.ts';

/** 36 bits a value: two values that differ look the same once in 69 thousand million times. */
const letters = 6;

/**
 * What a row said, value by value, without the values: enough to name the columns that differ later. Each value is hashed with the
 * person's recip_id, which is itself a keyed hash and is not kept where the digest lies; so equal values of two people look different.
 * @param recipId the recip_id of the row to compare with, when the person has another one now: only what differs shall look different
 */
export const rowDigestOf = (row: CvrsRow, recipId: string = row[recipAt] ?? ''): string =>
  row.map((value, at) => digestOf(recipId, at, value)).join('');

const recipAt = CVRS_FIELDS.indexOf('recip_id');
const digestOf = (recipId: string, at: number, value: string): string =>
  hash('sha256', JSON.stringify([recipId, at, value]), 'base64url').slice(0, letters);

/** Under which of these recip_ids a row was sent; undefined when it was none of them. */
export const sentUnder = (digest: string, recipIds: readonly string[]): string | undefined =>
  recipIds.find((recipId) => partsOf(digest)[recipAt] === digestOf(recipId, recipAt, recipId));

const partsOf = (digest: string): string[] => CVRS_FIELDS.map((_, at) => digest.slice(at * letters, (at + 1) * letters));

/** Columns in which two rows differ, by their digests; all of them when one is no digest of a row. */
export const differingFields = (a: string, b: string): CvrsField[] => {
  const [left, right] = [partsOf(a), partsOf(b)];
  return CVRS_FIELDS.filter((_, at) => left[at] !== right[at]);
};

/** Where a dose was given is told as it was then: a site that moves later changes no event. */
const placeFields: ReadonlySet<CvrsField> = new Set<CvrsField>([
  'responsible_org', 'admin_name', 'vtrcks_prov_pin', 'admin_type', 'admin_address_street', 'admin_address_street_2', 'admin_address_city',
  'admin_address_county', 'admin_address_state', 'admin_address_zip',
]);

/** The digest `now` with what it says of the place replaced by what `then` said. */
export const withPlaceOf = (then: string, now: string): string => {
  const [before, after] = [partsOf(then), partsOf(now)];
  return CVRS_FIELDS.map((field, at) => (placeFields.has(field) ? before[at] : after[at])).join('');
};
