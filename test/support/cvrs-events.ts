import fc from 'fast-check';
import { BODY_SITES, ROUTES, type BodySite, type Route } from '../../shared/codes/administration.ts';
import { allCvx } from '../../shared/codes/cvx.ts';
import { allNdcUses } from '../../shared/codes/ndc.ts';
import { ETHNICITIES, RACES, RACES_NOT_SAID, SEXES, type Ethnicity, type RaceOrUnsaid,
  type Sex } from '../../shared/codes/people.ts';
import type { ProviderType } from '../../shared/codes/provider-types.ts';
import { allStates } from '../../shared/codes/states.ts';
import type { CvrsAddress, CvrsEvent, CvrsVaccination } from '../../functions/reports/domain/cvrs-event.ts';

const keys = <T extends string>(table: Record<T, unknown>): fc.Arbitrary<T> => fc.constantFrom(...(Object.keys(table) as T[]));
const day = (from: string, to: string): fc.Arbitrary<string> =>
  fc.date({ min: new Date(`${from}T00:00:00Z`), max: new Date(`${to}T00:00:00Z`), noInvalidDate: true }).map((date) =>
    date.toISOString().slice(0, 10));
/** Text with what breaks files: tabs, line ends, controls, lone surrogates, blanks at the ends. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 300 }),
    fc.constantFrom('\t', 'a\r\nb', ' x ', '\u2028', '\ud800', '\uFEFFy', '\u00a0z'),
);
const id = fc.stringMatching(/^[\w.:-]{1,40}$/);

const address: fc.Arbitrary<CvrsAddress> = fc.record({
  street: text, street2: text, city: text,
  county: fc.oneof(fc.constantFrom('09001', '36061', '26081', '00000', '9001'), text),
  state: fc.oneof(fc.constantFrom(...allStates().map(({ usps }) => usps), 'ct', 'XX'), text),
  zip: fc.oneof(fc.constantFrom('06103', '06103-1234', '10001', '1529', '06390'), text),
}, { requiredKeys: [] });

/** Any event a store could hold, with much that cannot be sent as it stands. Event ids may repeat. */
export const anyCvrsEvent: fc.Arbitrary<CvrsEvent> = fc.record({
  kind: fc.constantFrom('vaccination', 'refusal'),
  eventId: id,
  on: day('2020-12-14', '2023-05-11'),
  cvx: fc.constantFrom(...allCvx().filter(({ covid }) => covid).map(({ code }) => code)),
  recipient: fc.record({
    recipId: id, first: text, middle: text, last: text,
    born: fc.oneof(day('1915-01-01', '2023-05-11'), fc.constantFrom('1980-02', '2021-13')),
    sex: keys<Sex>(SEXES), races: fc.array(keys<RaceOrUnsaid>({ ...RACES, ...RACES_NOT_SAID }), { maxLength: 8 }),
    ethnicity: keys<Ethnicity>(ETHNICITIES), address,
    comorbid: fc.constantFrom('YES', 'NO', 'UNK'), serologyPositive: fc.constantFrom('YES', 'NO', 'UNK'),
  }, { requiredKeys: ['recipId', 'born'] }),
  place: fc.record({
    responsibleOrg: text, name: text, type: fc.integer({ min: 1, max: 28 }) as fc.Arbitrary<ProviderType>,
    pin: fc.oneof(fc.stringMatching(/^\d{6}$/), fc.constantFrom('CTA123', '12345', '')), address,
  }, { requiredKeys: ['responsibleOrg', 'name'] }),
  doseNumber: fc.constantFrom(1, 2, 3, 4, 5, 6, 'INV', 'UNK'),
  seriesComplete: fc.constantFrom('YES', 'NO', 'UNK'),
  ndc: fc.oneof(fc.constantFrom(...allNdcUses().flatMap((row) => [row.useNdc, ...row.saleNdcs])), text),
  mvx: fc.oneof(fc.constantFrom('PFR', 'MOD', 'JSN'), text),
  lot: text,
  expires: fc.oneof(day('2020-12-14', '2025-01-01'), fc.constantFrom('2069-12-31', '2021-06', 'never')),
  bodySite: keys<BodySite>(BODY_SITES),
  route: keys<Route>(ROUTES),
}, { requiredKeys: ['kind', 'eventId', 'on', 'cvx', 'recipient', 'place', 'doseNumber', 'seriesComplete'] })
  .map((event) => event.kind === 'vaccination' ? (event as CvrsVaccination) : {
    kind: 'refusal', eventId: event.eventId, on: event.on, cvx: event.cvx, recipient: event.recipient, place: event.place,
  });
