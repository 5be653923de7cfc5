import { cvxOf } from '../../../shared/codes/cvx.ts';
import { mvxOf } from '../../../shared/codes/mvx.ts';
import { ndcUseOf, normaliseNdc } from '../../../shared/codes/ndc.ts';
import { RACES } from '../../../shared/codes/people.ts';
import { UNKNOWN_EXPIRY } from '../../../shared/codes/products.ts';
import { isCounty, stateOf, zipFitsState } from '../../../shared/codes/states.ts';
import { isDay } from '../../../shared/kernel/dates.ts';
import { maxLengthOf, REDACTED, REDACTED_FIELDS, rowOf, type CvrsField, type CvrsRow, type CvrsValues } from './cvrs-columns.ts';
import type { CvrsAddress, CvrsEvent, CvrsExtract, CvrsVaccination } from './cvrs-event.ts';

export type CvrsFault = { readonly field: CvrsField; readonly reason: 'missing' | 'malformed' | 'in-future' | 'after-event' | 'not-covid' };
/**
 * A row to send with the optional columns that were left empty because what was known cannot stand there; or why the event cannot
 * be sent at all. Faults name columns, never values.
 */
export type CvrsRowOutcome =
  | { readonly kind: 'row'; readonly row: CvrsRow; readonly omitted: readonly CvrsField[] }
  | { readonly kind: 'unsendable'; readonly faults: readonly CvrsFault[] };

const NEEDS_CARE = /[^\x20-\x7e]|^\s|\s$/;

/** Tabs and line ends inside a value become spaces; other control characters go; a value longer than its column is cut. */
const cleaned = (field: CvrsField, value: string): string => {
  const limit = maxLengthOf(field);
  if (value.length <= limit && !NEEDS_CARE.test(value)) return value; // nearly every value
  const plain = value.replace(/[\t\r\n\u0085\u2028\u2029]/g, ' ').replace(/[\u0000-\u001f\u007f\uFEFF]/g, '').trim();
  return plain.slice(0, limit).toWellFormed().trim();
};

const addressValues = (side: 'recip' | 'admin', address: CvrsAddress = {}): CvrsValues => {
  const state = address.state?.trim().toUpperCase() ?? '';
  const known = stateOf(state);
  const { county = '', zip = '' } = address;
  const countyStands = isCounty(county) && (known === undefined || county.startsWith(known.fips));
  const zipStands = /^\d{5}(-\d{4})?$/.test(zip) && (known === undefined || zipFitsState(zip, known));
  return {
    [`${side}_address_street`]: address.street ?? '',
    [`${side}_address_street_2`]: address.street2 ?? '',
    [`${side}_address_city`]: address.city ?? '',
    [`${side}_address_county`]: countyStands ? county : '',
    [`${side}_address_state`]: known?.usps ?? '',
    [`${side}_address_zip`]: zipStands ? zip : '',
  };
};

const raceValues = (told: readonly string[] = []): CvrsValues => {
  const races = [...new Set(told)].filter((race) => Object.hasOwn(RACES, race)).slice(0, 6);
  const first = races[0] ?? (told.includes('POL') ? 'POL' : 'UNK'); // UNK and POL only in the first column: CDC's validator refuses them later
  return { recip_race_1: first, ...Object.fromEntries(races.slice(1).map((race, i) => [`recip_race_${i + 2}`, race])) };
};

const isDayOrMonth = (text: string): boolean => isDay(text) || (/^\d{4}-\d{2}$/.test(text) && isDay(`${text}-01`));

/** NDC of use is preferred to NDC of sale; a code in no list of CDC's is left out. */
const ndcValue = (ndc: string): string => ndcUseOf(ndc)?.useNdc ?? '';

const doseValues = (event: CvrsVaccination): CvrsValues => ({
  ndc: event.ndc === undefined ? '' : ndcValue(normaliseNdc(event.ndc) ?? ''),
  mvx: event.mvx === undefined ? '' : (mvxOf(event.mvx)?.code ?? ''),
  lot_number: event.lot ?? '',
  vax_expiration: event.expires !== undefined && event.expires !== UNKNOWN_EXPIRY && isDayOrMonth(event.expires) ? event.expires : '',
  vax_admin_site: event.bodySite ?? '',
  vax_route: event.route ?? '',
  dose_num: `${event.doseNumber}`,
  vax_series_complete: event.seriesComplete,
});

/** What was known of the event and did not reach the row. */
const omittedOf = (event: CvrsEvent, row: CvrsValues): CvrsField[] => {
  const told: Partial<Record<CvrsField, string | undefined>> = {
    recip_address_county: event.recipient.address?.county, recip_address_state: event.recipient.address?.state,
    recip_address_zip: event.recipient.address?.zip, admin_address_county: event.place.address?.county,
    admin_address_state: event.place.address?.state, admin_address_zip: event.place.address?.zip, vtrcks_prov_pin: event.place.pin,
    ...(event.kind === 'vaccination' ? { ndc: event.ndc, mvx: event.mvx, vax_expiration: event.expires } : {}),
  };
  return (Object.keys(told) as CvrsField[]).filter((field) => (told[field] ?? '') !== '' && (row[field] ?? '') === '');
};

const faultsOf = (event: CvrsEvent, values: CvrsValues, extract: CvrsExtract, today: string): CvrsFault[] => {
  const pprl = extract.type === 'P' ? extract.pprlIdOf(event.recipient.recipId) : undefined;
  const faults: CvrsFault[] = [];
  const ids = { vax_event_id: event.eventId, recip_id: event.recipient.recipId, ...(extract.type === 'P' ? { pprl_id: pprl ?? '' } : {}) };
  for (const [field, id] of Object.entries(ids) as [CvrsField, string][]) {
    if (id === '') faults.push({ field, reason: 'missing' });
    else if (id !== values[field] || /\s/.test(id)) faults.push({ field, reason: 'malformed' }); // an id is never cut or cleaned
  }
  for (const field of ['responsible_org', 'admin_name'] as const) if (!values[field]) faults.push({ field, reason: 'missing' });
  if (!isDay(event.on)) faults.push({ field: 'admin_date', reason: 'malformed' });
  else if (event.on > today) faults.push({ field: 'admin_date', reason: 'in-future' });
  const born = event.recipient.born ?? '';
  if (born === '') faults.push({ field: 'recip_dob', reason: 'missing' });
  else if (!isDayOrMonth(born)) faults.push({ field: 'recip_dob', reason: 'malformed' });
  else if (born > event.on) faults.push({ field: 'recip_dob', reason: 'after-event' });
  if (cvxOf(event.cvx)?.covid !== true) faults.push({ field: 'cvx', reason: 'not-covid' });
  return faults;
};

/**
 * The CVRS record of an event, redacted as its extract type asks. `today` is the jurisdiction's day of the build.
 * Required columns come from the event; where the registry may not know (sex, race, ethnicity, provider type, comorbidity,
 * serology) the code for "unknown" is sent. A contradictory county or zip is left out rather than sent wrong, and is named.
 */
export const toCvrsRow = (event: CvrsEvent, extract: CvrsExtract, today: string): CvrsRowOutcome => {
  const { recipient, place } = event;
  const raw: CvrsValues = {
    vax_event_id: event.eventId,
    ext_type: extract.type,
    pprl_id: extract.type === 'P' ? (extract.pprlIdOf(recipient.recipId) ?? '') : '',
    recip_id: recipient.recipId,
    recip_first_name: recipient.first ?? '',
    recip_middle_name: recipient.middle ?? '',
    recip_last_name: recipient.last ?? '',
    recip_dob: recipient.born ?? '',
    recip_sex: recipient.sex === 'M' || recipient.sex === 'F' ? recipient.sex : 'U',
    ...addressValues('recip', recipient.address),
    ...raceValues(recipient.races),
    recip_ethnicity: recipient.ethnicity ?? 'UNK',
    admin_date: event.on,
    cvx: cvxOf(event.cvx)?.code ?? '',
    ...(event.kind === 'vaccination' ? doseValues(event) : {}),
    responsible_org: place.responsibleOrg,
    admin_name: place.name,
    vtrcks_prov_pin: /^\d{6}$/.test(place.pin ?? '') ? (place.pin ?? '') : '',
    admin_type: place.type === undefined ? 'UNK' : `${place.type}`,
    ...addressValues('admin', place.address),
    vax_refusal: event.kind === 'refusal' ? 'YES' : 'NO',
    cmorbid_status: recipient.comorbid ?? 'UNK',
    serology: recipient.serologyPositive ?? 'UNK',
  };
  const values = Object.fromEntries(Object.entries(raw).map(([field, value]) => [field, cleaned(field as CvrsField, value)])) as CvrsValues;
  const faults = faultsOf(event, values, extract, today);
  if (faults.length > 0) return { kind: 'unsendable', faults };
  const redacted = extract.type === 'I' ? {} : Object.fromEntries(REDACTED_FIELDS.map((field) => [field, REDACTED]));
  return { kind: 'row', row: rowOf({ ...values, ...redacted }), omitted: omittedOf(event, values) };
};
