import { describe, expect, it } from '@jest/globals';
import { CVRS_FIELDS, valuesOf } from '../../functions/reports/domain/cvrs-columns.ts';
import type { CvrsEvent, CvrsRefusal, CvrsVaccination } from '../../functions/reports/domain/cvrs-event.ts';
import { toCvrsRow } from '../../functions/reports/domain/cvrs-row.ts';

const TODAY = '2021-03-02';
const dose: CvrsVaccination = {
  kind: 'vaccination', eventId: 'dose-1', on: '2021-03-01', cvx: '208', doseNumber: 1, seriesComplete: 'NO',
  ndc: '59267-1000-2', mvx: 'PFR', lot: 'EN6200', expires: '2021-06-30', bodySite: 'LD', route: 'C28161',
  recipient: {
    recipId: 'person-1', first: 'Ada', last: 'Test', born: '1940-05-01', sex: 'F', races: ['2054-5', 'UNK', '2106-3'],
      ethnicity: '2186-5',
    address: { street: '1 Main St', city: 'Hartford', county: '09003', state: 'CT', zip: '06103' },
  },
  place: { responsibleOrg: 'Test Health', name: 'Test Clinic', type: 9, pin: '123456',
    address: { county: '09003', state: 'CT', zip: '06103' } },
};
const refusal: CvrsRefusal = { kind: 'refusal', eventId: 'refusal-1', on: dose.on, cvx: dose.cvx, recipient: dose.recipient,
  place: dose.place };

const sent = (event: CvrsEvent, extract: Parameters<typeof toCvrsRow>[1] = { type: 'D' }) => {
  const outcome = toCvrsRow(event, extract, TODAY);
  if (outcome.kind !== 'row') throw new Error(JSON.stringify(outcome.faults));
  return { values: valuesOf(outcome.row), omitted: outcome.omitted, row: outcome.row };
};
const faults = (event: CvrsEvent, extract: Parameters<typeof toCvrsRow>[1] = { type: 'D' }): string[] => {
  const outcome = toCvrsRow(event, extract, TODAY);
  return outcome.kind === 'row' ? [] : outcome.faults.map(({ field, reason }) => `${field} ${reason}`);
};

describe('a vaccination on its CVRS line', () => {
  it('has 45 values, the unit-of-use NDC, and NO for refusal', () => {
    const { values, row } = sent(dose);
    expect(row).toHaveLength(CVRS_FIELDS.length);
    expect(values).toMatchObject({ ndc: '59267-1000-01', mvx: 'PFR', cvx: '208', dose_num: '1', vax_refusal: 'NO',
      vax_expiration: '2021-06-30' });
  });
  it('says Redacted for names, street and city and keeps what D may carry', () => {
    const { values, row } = sent(dose);
    expect(values).toMatchObject({ recip_first_name: 'Redacted', recip_middle_name: 'Redacted', recip_address_city: 'Redacted' });
    expect(values).toMatchObject({ recip_dob: '1940-05-01', recip_address_county: '09003', recip_address_zip: '06103',
      pprl_id: '' });
    expect(row.join('\t')).not.toMatch(/Ada|Main St|Hartford/);
  });
  it('carries the linkage id and still no name when sent as P', () => {
    const { values } = sent(dose, { type: 'P', pprlIdOf: () => 'token' });
    expect(values).toMatchObject({ ext_type: 'P', pprl_id: 'token', recip_last_name: 'Redacted' });
    expect(faults(dose, { type: 'P', pprlIdOf: () => undefined })).toEqual(['pprl_id missing']);
  });
  it('carries the names only when sent as I', () => {
    expect(sent(dose, { type: 'I' }).values).toMatchObject({ recip_first_name: 'Ada', recip_middle_name: '',
      recip_address_city: 'Hartford' });
  });
  it('puts unknown race only in the first column', () => {
    expect(sent(dose).values).toMatchObject({ recip_race_1: '2054-5', recip_race_2: '2106-3', recip_race_3: '' });
    expect(sent({ ...dose, recipient: { ...dose.recipient, races: ['POL'] } }).values).toMatchObject({ recip_race_1: 'POL',
      recip_race_2: '' });
    expect(sent({ ...dose, recipient: { ...dose.recipient, races: [] } }).values.recip_race_1).toBe('UNK');
  });
  it.each([
    ['an expiry that means unknown', { expires: '2069-12-31' }, 'vax_expiration'],
    ['a month that does not exist', { expires: '2021-13' }, 'vax_expiration'],
    ['an NDC in no list', { ndc: '00000-0000-00' }, 'ndc'],
    ['a PIN with the awardee prefix', { place: { ...dose.place, pin: 'CTA123' } }, 'vtrcks_prov_pin'],
    ['a county of another state', { recipient: { ...dose.recipient, address: { ...dose.recipient.address, county: '36061' } } },
      'recip_address_county'],
    ['a zip of another state', { recipient: { ...dose.recipient, address: { ...dose.recipient.address, zip: '10001' } } },
      'recip_address_zip'],
  ] as const)('leaves out %s and says so', (_what, change, field) => {
    const { values, omitted } = sent({ ...dose, ...change });
    expect(values[field]).toBe('');
    expect(omitted).toEqual([field]);
  });
  it('never breaks the line: tabs and line ends become spaces', () => {
    const { values } = sent({ ...dose, lot: 'A\tB\r\nC', place: { ...dose.place, name: '\tClinic\u2028East' } });
    expect(values.lot_number).toBe('A B  C');
    expect(values.admin_name).toBe('Clinic East');
  });
  it.each([
    ['has no birth date', { recipient: { recipId: 'p' } }, ['recip_dob missing']],
    ['is before the birth', { recipient: { ...dose.recipient, born: '2021-03-02' } }, ['recip_dob after-event']],
    ['lies in the future', { on: '2021-03-03' }, ['admin_date in-future']],
    ['names only a month', { on: '2021-03' }, ['admin_date malformed']],
    ['is not of a COVID-19 vaccine', { cvx: '03' }, ['cvx not-covid']],
    ['has an id with a blank', { eventId: 'a b' }, ['vax_event_id malformed']],
    ['has an id too long to send whole', { eventId: 'x'.repeat(256) }, ['vax_event_id malformed']],
    ['names no organization', { place: { ...dose.place, responsibleOrg: ' ' } }, ['responsible_org missing']],
  ] as const)('cannot be sent when it %s', (_what, change, expected) => {
    expect(faults({ ...dose, ...change })).toEqual(expected);
  });
});

describe('a refusal on its CVRS line', () => {
  it('says YES and leaves the eight dose columns empty', () => {
    const { values } = sent(refusal);
    expect(values.vax_refusal).toBe('YES');
    for (const field of ['ndc', 'mvx', 'lot_number', 'vax_expiration', 'vax_admin_site', 'vax_route', 'dose_num',
      'vax_series_complete'] as const) {
      expect(values[field]).toBe('');
    }
  });
});
