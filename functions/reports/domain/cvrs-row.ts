import { cvxOf } from '../../../shared/codes/cvx.ts';
import { mvxOf } from '../../../shared/codes/mvx.ts';
import { ndcUseOf } from '../../../shared/codes/ndc.ts';
import { RACES } from '../../../shared/codes/people.ts';
import { UNKNOWN_EXPIRY } from '../../../shared/codes/products.ts';
import { isCounty, stateOf, zipFitsState } from '../../../shared/codes/states.ts';
import { isDay } from '../../../shared/kernel/dates.ts';
import { CVRS_COLUMNS, CVRS_FIELDS, REDACTED, type CvrsField, type CvrsRow, type CvrsValues } from './cvrs-columns.ts';
import type { CvrsAddress, CvrsEvent, CvrsExtract, CvrsVaccination } from './cvrs-event.ts';

export type CvrsFault = {
  readonly field: CvrsField;
  readonly reason: 'missing' | 'malformed' | 'in-future' | 'after-event' | 'not-covid';
};
/**
 * A row to send with the optional columns that were left empty because what was known cannot stand there; or why the event cannot
 * be sent at all. Faults name columns, never values.
 */
export type CvrsRowOutcome =
  | { readonly kind: 'row'; readonly row: CvrsRow; readonly omitted: readonly CvrsField[] }
  | { readonly kind: 'unsendable'; readonly faults: readonly CvrsFault[] };

const NEEDS_CARE = /[^\x20-\x7e]|^\s|\s$/;

/** Tabs and line ends inside a value become spaces; other control characters go; a value longer than its column is cut. */
const cleaned = (value: string, limit: number): string => {
  if (value.length <= limit && !NEEDS_CARE.test(value)) return value; // nearly every value
  const plain = value.replace(/[\t\r\n\u0085\u2028\u2029]/g, ' ').replace(/[\u0000-\u001f\u007f\uFEFF]/g, '').trim();
  return plain.slice(0, limit).toWellFormed().trim();
};

type SentAddress = Readonly<Record<'street' | 'street2' | 'city' | 'county' | 'state' | 'zip', string>>;

/** An address as far as it can be sent: a county or zip that contradicts the state is left out. */
const sendable = (address: CvrsAddress = {}): SentAddress => {
  const known = stateOf(address.state ?? '');
  const { street = '', street2 = '', city = '', county = '', zip = '' } = address;
  const countyStands = isCounty(county) && (known === undefined || county.startsWith(known.fips));
  const zipStands = /^\d{5}(-\d{4})?$/.test(zip) && (known === undefined || zipFitsState(zip, known));
  return { street, street2, city, county: countyStands ? county : '', state: known?.usps ?? '', zip: zipStands ? zip : '' };
};

/** The races told, at most six. UNK and POL stand only in the first column: CDC's validator refuses them in the others. */
const racesOf = (told: readonly string[] = []): readonly string[] => {
  const races = told.filter((race, i) => Object.hasOwn(RACES, race) && told.indexOf(race) === i).slice(0, 6);
  return races.length > 0 ? races : [told.includes('POL') ? 'POL' : 'UNK'];
};

const isDayOrMonth = (text: string): boolean => isDay(text) || (/^\d{4}-\d{2}$/.test(text) && isDay(`${text}-01`));

const isSendableExpiry = (expires: string): boolean => expires !== UNKNOWN_EXPIRY && isDayOrMonth(expires);

/** The eight columns a refusal leaves empty. NDC of use is preferred to that of sale; a code in no list of CDC's is left out. */
const doseValues = (event: CvrsVaccination) => ({
  ndc: event.ndc === undefined ? '' : (ndcUseOf(event.ndc)?.useNdc ?? ''),
  mvx: event.mvx === undefined ? '' : (mvxOf(event.mvx)?.code ?? ''),
  lot_number: event.lot ?? '',
  vax_expiration: event.expires !== undefined && isSendableExpiry(event.expires) ? event.expires : '',
  vax_admin_site: event.bodySite ?? '',
  vax_route: event.route ?? '',
  dose_num: `${event.doseNumber}`,
  vax_series_complete: event.seriesComplete,
});
const NO_DOSE = {
  ndc: '', mvx: '', lot_number: '', vax_expiration: '', vax_admin_site: '', vax_route: '', dose_num: '', vax_series_complete: '',
} as const;

/** What was known of the event and did not reach the row. */
const omittedOf = (event: CvrsEvent, sent: CvrsValues): CvrsField[] => {
  const omitted: CvrsField[] = [];
  const compare = (field: CvrsField, told: string | undefined): void => {
    if (told !== undefined && told !== '' && sent[field] === '') omitted.push(field);
  };
  compare('recip_address_county', event.recipient.address?.county);
  compare('recip_address_state', event.recipient.address?.state);
  compare('recip_address_zip', event.recipient.address?.zip);
  compare('vtrcks_prov_pin', event.place.pin);
  compare('admin_address_county', event.place.address?.county);
  compare('admin_address_state', event.place.address?.state);
  compare('admin_address_zip', event.place.address?.zip);
  if (event.kind === 'vaccination') {
    compare('ndc', event.ndc);
    compare('mvx', event.mvx);
    compare('vax_expiration', event.expires);
  }
  return omitted;
};

const AT = Object.fromEntries(CVRS_FIELDS.map((field, i) => [field, i])) as Readonly<Record<CvrsField, number>>;

const dateFaults = (event: CvrsEvent, today: string): CvrsFault[] => {
  const faults: CvrsFault[] = [];
  if (!isDay(event.on)) faults.push({ field: 'admin_date', reason: 'malformed' });
  else if (event.on > today) faults.push({ field: 'admin_date', reason: 'in-future' });
  const born = event.recipient.born ?? '';
  if (born === '') faults.push({ field: 'recip_dob', reason: 'missing' });
  else if (!isDayOrMonth(born)) faults.push({ field: 'recip_dob', reason: 'malformed' });
  else if (born > event.on) faults.push({ field: 'recip_dob', reason: 'after-event' });
  return faults;
};

/** An id is never cut or cleaned to fit: another person could have the result. */
const idFaults = (field: CvrsField, id: string, sent: string | undefined): CvrsFault[] => {
  if (id === '') return [{ field, reason: 'missing' }];
  return id !== sent || /\s/.test(id) ? [{ field, reason: 'malformed' }] : [];
};

const faultsOf = (event: CvrsEvent, row: CvrsRow, pprl: string, today: string): CvrsFault[] => {
  const faults = [
    ...idFaults('vax_event_id', event.eventId, row[AT.vax_event_id]),
    ...idFaults('recip_id', event.recipient.recipId, row[AT.recip_id]),
    ...(row[AT.ext_type] === 'P' ? idFaults('pprl_id', pprl, row[AT.pprl_id]) : []),
  ];
  for (const field of ['responsible_org', 'admin_name'] as const) {
    if (row[AT[field]] === '') faults.push({ field, reason: 'missing' });
  }
  faults.push(...dateFaults(event, today));
  if (cvxOf(event.cvx)?.covid !== true) faults.push({ field: 'cvx', reason: 'not-covid' });
  return faults;
};

/** Everything known of the event that the columns have room for, before redaction and cleaning. */
const knownValues = (event: CvrsEvent, extract: CvrsExtract): Required<CvrsValues> => {
  const { recipient, place } = event;
  const home = sendable(recipient.address);
  const site = sendable(place.address);
  const [race1 = '', race2 = '', race3 = '', race4 = '', race5 = '', race6 = ''] = racesOf(recipient.races);
  return {
    vax_event_id: event.eventId,
    ext_type: extract.type,
    pprl_id: extract.type === 'P' ? (extract.pprlIdOf(recipient.recipId) ?? '') : '',
    recip_id: recipient.recipId,
    recip_first_name: recipient.first ?? '', recip_middle_name: recipient.middle ?? '', recip_last_name: recipient.last ?? '',
    recip_dob: recipient.born ?? '',
    recip_sex: recipient.sex === 'M' || recipient.sex === 'F' ? recipient.sex : 'U',
    recip_address_street: home.street, recip_address_street_2: home.street2, recip_address_city: home.city,
    recip_address_county: home.county, recip_address_state: home.state, recip_address_zip: home.zip,
    recip_race_1: race1, recip_race_2: race2, recip_race_3: race3, recip_race_4: race4, recip_race_5: race5, recip_race_6: race6,
    recip_ethnicity: recipient.ethnicity ?? 'UNK',
    admin_date: event.on,
    cvx: cvxOf(event.cvx)?.code ?? '',
    ...(event.kind === 'vaccination' ? doseValues(event) : NO_DOSE),
    responsible_org: place.responsibleOrg,
    admin_name: place.name,
    vtrcks_prov_pin: place.pin !== undefined && /^\d{6}$/.test(place.pin) ? place.pin : '',
    admin_type: place.type === undefined ? 'UNK' : `${place.type}`,
    admin_address_street: site.street, admin_address_street_2: site.street2, admin_address_city: site.city,
    admin_address_county: site.county, admin_address_state: site.state, admin_address_zip: site.zip,
    vax_refusal: event.kind === 'refusal' ? 'YES' : 'NO',
    cmorbid_status: recipient.comorbid ?? 'UNK',
    serology: recipient.serologyPositive ?? 'UNK',
  };
};

/**
 * The CVRS record of an event, redacted as its extract type asks. `today` is the jurisdiction's day of the build.
 * Required columns come from the event; where the registry may not know (sex, race, ethnicity, provider type, comorbidity,
 * serology) the code for "unknown" is sent. A contradictory county or zip is left out rather than sent wrong, and is named.
 */
export const toCvrsRow = (event: CvrsEvent, extract: CvrsExtract, today: string): CvrsRowOutcome => {
  const values = knownValues(event, extract);
  const redact = extract.type !== 'I';
  const row = CVRS_COLUMNS.map(({ name, check, maxLength }) =>
    redact && check.kind === 'redacted' ? REDACTED : cleaned(values[name], maxLength));
  const faults = faultsOf(event, row, values.pprl_id, today);
  return faults.length > 0 ? { kind: 'unsendable', faults } : { kind: 'row', row, omitted: omittedOf(event, values) };
};
