import { describe, expect, it } from '@jest/globals';
import { HL7_LIMITS } from '../../shared/hl7/index.ts';
import type { ReportedDose } from '../../functions/doses/domain/vxu/types.ts';
import { faultLines, report } from '../support/vxu.ts';
import type { Changes, VxuEdit } from '../support/vxu.ts';

it('a new dose is read as sent, no more and no less', () => {
  expect(report().orders).toEqual([{
    position: 1, id: { id: 'ORD-5', authority: 'CLINIC-1' }, action: 'A', completion: 'CP', kind: 'new', source: '00', givenOn: '2021-03-31',
    cvx: '208', ndc: '59267-1000-01', useNdc: '59267-1000-01', mvx: 'PFR', lot: 'EW0150',
    expiry: { date: '2021-07-31', precision: 'day', lastDay: '2021-07-31' }, amount: 0.3, unit: 'mL', route: 'C28161', site: 'LD',
    facility: { name: 'CLINIC-1' }, administeredBy: { id: '99', family: 'Moreau', given: 'Ines' },
    orderedBy: { id: '1234567893', family: 'Lindqvist', given: 'Per' }, enteredBy: { family: 'Okafor', given: 'Ngozi' },
    funding: 'VXC50', eligibility: { code: 'V01', method: 'VXC40' }, observations: [], looksHistorical: false,
  }]);
});

const SECOND = ['ORC|RE||ORD-6^CLINIC-1', 'RXA|0|1|20210101||08^HepB^CVX|999|||01^Historical^NIP001|||||||||||CP|A'];

describe('a fault in what the dose stands on costs the dose (HL7-26, HL7-49, HL7-77, HL7-80)', () => {
  const model = (field: number, rule: string): string[] => [`E ${rule} RXA^1^${field}^1^1`, `E HL7-22 RXA^1^${field} 101`, 'E HL7-26 RXA^1 100'];
  const missing = (field: number, rule: string): string[] => [`E ${rule} RXA^1^${field} 101`, 'E HL7-26 RXA^1 100'];
  it.each<[string, VxuEdit, string[]]>([
    ['an unknown vaccine code', { set: { 'RXA-5': '99999^x^CVX' } }, model(5, 'HL7-49').with(0, 'E HL7-49 RXA^1^5^1^1 103')],
    ["CDC's development code 900", { set: { 'RXA-5': '900^x^CVX' } }, model(5, 'HL7-49').with(0, 'E HL7-49 RXA^1^5^1^1 103')],
    ['only a CPT code', { set: { 'RXA-5': '90707^MMR^CPT' } }, model(5, 'HL7-49').with(0, 'E HL7-49 RXA^1^5^1^1 103')],
    ['no vaccine code', { set: { 'RXA-5': '' } }, missing(5, 'HL7-49')],
    ['no date', { set: { 'RXA-3': '' } }, missing(3, 'HL7-26')],
    ['a month', { set: { 'RXA-3': '202103' } }, model(3, 'HL7-77').with(0, 'E HL7-77 RXA^1^3^1^1 102')],
    ['an impossible date', { set: { 'RXA-3': '20210230' } }, model(3, 'HL7-77').with(0, 'E HL7-77 RXA^1^3^1^1 102')],
    ['a date after tomorrow', { set: { 'RXA-3': '20210403' } }, model(3, 'HL7-80').with(0, 'E HL7-80 RXA^1^3^1^1 102')],
    ['a date before birth', { set: { 'RXA-3': '19810202' } }, model(3, 'HL7-80').with(0, 'E HL7-80 RXA^1^3^1^1 102')],
    ['an ORC without RXA', { without: ['RXA', 'RXR', 'OBX'] }, ['E HL7-26 ORC^1 100']],
  ])('%s', (_, edit, lines) => {
    const alone = report(edit);
    expect(faultLines(alone)).toEqual([...lines, 'E HL7-30 ^ 100']);
    expect(alone).toMatchObject({ answer: 'AE', accepted: false, ordersSent: 1 });
    const beside = report({ ...edit, append: SECOND });
    expect(faultLines(beside)).toEqual(lines);
    expect(beside).toMatchObject({ answer: 'AE', accepted: true, ordersSent: 2 });
    expect(beside.orders.map(({ cvx }) => cvx)).toEqual(['08']);
  });

  it('a dose that is lost is read on: all that is wrong with it is told at once, the loss last (HL7-34)', () => {
    expect(faultLines(report({ set: { 'RXA-3': '202103', 'RXA-5': '99999^x^CVX', 'RXA-15': '', 'RXA-16': '20210230' } }))).toEqual([
      'E HL7-77 RXA^1^3^1^1 102', 'E HL7-22 RXA^1^3 101', 'E HL7-49 RXA^1^5^1^1 103', 'E HL7-22 RXA^1^5 101', 'E HL7-80 RXA^1^16 102', 'W HL7-56 RXA^1^15^1^1 101', 'E HL7-26 RXA^1 100', 'E HL7-30 ^ 100',
    ]);
  });

  it('demographics alone are legal; a message that lost every order is not (HL7-30)', () => {
    expect(report({ without: ['ORC', 'RXA', 'RXR', 'OBX'] })).toMatchObject({ answer: 'AA', accepted: true, orders: [], ordersSent: 0 });
  });
  it('the faults of a bad code in the second of two orders are those of the guide (HL7-34, HL7-39)', () => {
    const found = report({ append: [SECOND[0] ?? '', (SECOND[1] ?? '').replace('|08^HepB^CVX|', '|ZZ^x^CVX|')] });
    expect(found.faults.map(({ text }) => text)).toEqual([
      'RXA-5 vaccine code is not recognised as CVX or NDC - field ignored', 'RXA-5 is required, what was sent cannot be used - segment ignored', 'RXA is required - dose rejected',
    ]);
    expect(found.faults.every(({ location }) => location?.occurrence === 2)).toBe(true);
  });
});

type Row = [string, VxuEdit, string[], Partial<Record<keyof ReportedDose, unknown>>];
const expectRow = ([, edit, lines, dose]: Row): void => {
  const found = report(edit);
  expect(faultLines(found)).toEqual(lines);
  for (const [name, value] of Object.entries(dose)) {
    if (value === undefined) expect(found.orders[0]).not.toHaveProperty(name);
    else expect(found.orders[0]).toHaveProperty(name, value);
  }
};
const set = (changes: Changes): VxuEdit => ({ set: changes });

describe('the vaccine (HL7-47, HL7-48)', () => {
  it.each<Row>([
    ['CVX alone', set({ 'RXA-5': '208^x^CVX' }), [], { cvx: '208', ndc: undefined, useNdc: undefined, mvx: 'PFR' }],
    ['NDC alone', set({ 'RXA-5': '59267-1000-01^x^NDC' }), [], { cvx: '208', useNdc: '59267-1000-01' }],
    ['the pair the other way round', set({ 'RXA-5': '59267-1000-01^x^NDC^208^y^CVX' }), [], { cvx: '208', ndc: '59267-1000-01' }],
    ['11 bare digits', set({ 'RXA-5': '59267100001^x^NDC' }), [], { ndc: '59267-1000-01' }],
    ['a unit of sale', set({ 'RXA-5': '59267-1000-02^x^NDC' }), [], { ndc: '59267-1000-02', useNdc: '59267-1000-01' }],
    ['a carton of two units of use', set({ 'RXA-5': '00006-4047-20^RotaTeq^NDC', 'RXA-17': '' }), ['I HL7-48 RXA^1^5^1^1 102', 'W HL7-56 RXA^1^17^1^1 101'], { cvx: '116', ndc: '00006-4047-20', useNdc: undefined, mvx: 'MSD' }],
    ['CVX without its leading zero', set({ 'RXA-5': '8^x^CVX', 'RXA-17': 'MSD^^MVX' }), [], { cvx: '08' }],
    ['CVX and NDC that disagree', set({ 'RXA-5': '207^x^CVX^59267-1000-01^y^NDC' }), ['W HL7-47 RXA^1^5^1^4 102'], { cvx: '207', ndc: '59267-1000-01' }],
    ['an unknown CVX beside a known NDC', set({ 'RXA-5': '900^x^CVX^59267-1000-01^y^NDC' }), ['W HL7-47 RXA^1^5^1^1 103'], { cvx: '208' }],
    ['an unknown NDC beside a known CVX', set({ 'RXA-5': '208^x^CVX^99999-9999-99^y^NDC' }), ['W HL7-48 RXA^1^5^1^4 103'], { cvx: '208', ndc: undefined }],
    ['no name of the code system (HL7-31)', set({ 'RXA-5': '208^x' }), ['I HL7-31 RXA^1^5^1^3 101'], { cvx: '208' }],
    ['a name of the code system that is another (HL7-31)', set({ 'RXA-17': 'PFR^^NDC' }), ['I HL7-31 RXA^1^17^1^3 103'], { mvx: 'PFR' }],
    ['an unknown manufacturer (HL7-57)', set({ 'RXA-17': 'XYZ^^MVX' }), ['W HL7-57 RXA^1^17^1^1 103'], { mvx: 'PFR' }],
    ['the manufacturer of another vaccine (HL7-57)', set({ 'RXA-17': 'MOD^^MVX' }), ['W HL7-57 RXA^1^17^1^1 102'], { mvx: 'MOD' }],
  ])('%s', (...row) => { expectRow(row); });
});

describe('given, refused, not given, historical (HL7-50 to HL7-55)', () => {
  const refused: Changes = { 'RXA-6': '999', 'RXA-7': '', 'RXA-9': '', 'RXA-15': '', 'RXA-16': '', 'RXA-17': '', 'RXA-20': 'RE', 'ORC-3': '9999^CLINIC-1' };
  it.each<Row>([
    ['no completion (HL7-50)', set({ 'RXA-20': '' }), ['I HL7-50 RXA^1^20 101', 'W HL7-50 RXA^1^9 102'], { completion: 'CP', kind: 'new' }],
    ['nothing but the word null for the completion (HL7-75)', set({ 'RXA-20': '""' }), ['I HL7-50 RXA^1^20 101', 'W HL7-50 RXA^1^9 102'], { completion: 'CP' }],
    ['a null reason without refusal (HL7-75)', set({ 'RXA-18': '""' }), [], { kind: 'new', refusal: undefined }],
    ['no vaccine, and no action, which it needs none (HL7-72)', set({ ...refused, 'RXA-5': '998^none^CVX', 'RXA-20': 'NA', 'RXA-21': '' }), [], { action: 'A' }],
    ['a reason that is none of the table (HL7-55)', set({ ...refused, 'RXA-18': '77^^NIP002' }), ['E HL7-55 RXA^1^18^1^1 103'], { refusal: undefined }],
    ['partly given (HL7-53)', set({ 'RXA-20': 'PA' }), [], { completion: 'PA', kind: 'new' }],
    ['no source (HL7-51)', set({ 'RXA-9': '' }), ['W HL7-51 RXA^1^9 101'], { kind: 'historical', source: undefined }],
    ['source 01', set({ 'RXA-9': '01^^NIP001' }), [], { kind: 'historical', source: '01' }],
    ['source 1', set({ 'RXA-9': '1' }), ['I HL7-31 RXA^1^9^1^3 101'], { kind: 'historical', source: '01' }],
    ['source with a free text repetition', set({ 'RXA-9': '00^^NIP001~^fair^' }), [], { kind: 'new' }],
    ['an unknown source', set({ 'RXA-9': '77^^NIP001' }), ['W HL7-51 RXA^1^9^1^1 103'], { kind: 'historical' }],
    ['a refusal (HL7-55)', set({ ...refused, 'RXA-18': '00^Parental^NIP002' }), [], { kind: 'refused', completion: 'RE', refusal: { code: '00', text: 'Parental' }, id: undefined, amount: undefined }],
    ['a refusal with amount 0 (HL7-55)', set({ ...refused, 'RXA-6': '0', 'RXA-18': '00^Parental^NIP002' }), [], { kind: 'refused', amount: undefined }],
    ['a refusal without reason (HL7-55)', set(refused), ['W HL7-55 RXA^1^18 101'], { kind: 'refused', refusal: undefined }],
    ['another reason without words (HL7-55)', set({ ...refused, 'RXA-18': '02^^NIP002' }), ['W HL7-55 RXA^1^18^1^2 101'], { refusal: { code: '02' } }],
    ['a reason without refusal (HL7-55)', set({ 'RXA-18': '00^x^NIP002' }), ['E HL7-55 RXA^1^18 102'], { kind: 'new', refusal: undefined }],
    ['not given (HL7-54)', set({ ...refused, 'RXA-5': '998^none^CVX', 'RXA-20': 'NA' }), [], { kind: 'not-given', cvx: '998' }],
    ['no vaccine and no completion (HL7-49)', set({ ...refused, 'RXA-5': '998^none^CVX', 'RXA-20': '' }), ['W HL7-50 RXA^1^20 101'], { completion: 'NA', kind: 'not-given' }],
    ['no vaccine, said to be given (HL7-54)', set({ ...refused, 'RXA-5': '998^none^CVX', 'RXA-20': 'CP' }), ['W HL7-54 RXA^1^20^1^1 102'], { completion: 'NA' }],
    ['a new dose that looks historical (HL7-52)', set({ 'RXA-5': '208^x^CVX', 'RXA-6': '999', 'RXA-15': '', 'RXA-17': '' }),
      ['W HL7-56 RXA^1^15^1^1 101', 'W HL7-56 RXA^1^17^1^1 101', 'W HL7-52 RXA^1^9^1^1 102'], { kind: 'new', looksHistorical: true, amount: undefined }],
  ])('%s', (...row) => { expectRow(row); });
});

describe('add, update, delete and the id (HL7-32, HL7-66 to HL7-72)', () => {
  it.each<Row>([
    ['update', set({ 'RXA-21': 'U' }), [], { action: 'U' }],
    ['delete', set({ 'RXA-21': 'D' }), [], { action: 'D' }],
    ['no action (HL7-72)', set({ 'RXA-21': '' }), ['W HL7-72 RXA^1^21 101'], { action: 'A' }],
    ['an unknown action (HL7-72)', set({ 'RXA-21': 'CP' }), ['W HL7-72 RXA^1^21 103'], { action: 'A' }],
    ['no ORC (HL7-32)', { without: ['ORC'] }, ['W HL7-32 RXA^1 100'], { id: undefined }],
    ['no id (HL7-66)', set({ 'ORC-3': '' }), ['W HL7-66 ORC^1^3 101'], { id: undefined }],
    ['no authority (HL7-66)', set({ 'ORC-3': 'X' }), ['W HL7-66 ORC^1^3^1^2 101'], { id: { id: 'X', authority: 'CLINIC-1' } }],
    ['an OID as authority (HL7-66)', set({ 'ORC-3': 'X^^1.2.3^ISO' }), [], { id: { id: 'X', authority: '1.2.3' } }],
    ['9999 on a given dose (HL7-67)', set({ 'ORC-3': '9999^A' }), ['W HL7-67 ORC^1^3^1^1 102'], { id: undefined }],
    ['one id on three doses of two days (HL7-68)', { append: [...['20210101', '20210101'].flatMap((day) => ['ORC|RE||ORD-5^CLINIC-1', (SECOND[1] ?? '').replace('20210101', day)])] }, ['W HL7-68 RXA^2 205', 'W HL7-68 RXA^3 205'], { id: { id: 'ORD-5', authority: 'CLINIC-1' } }],
    ['one id on two doses (HL7-68)', { append: ['ORC|RE||ORD-5^CLINIC-1', SECOND[1] ?? ''] }, ['W HL7-68 RXA^2 205'], { id: { id: 'ORD-5', authority: 'CLINIC-1' } }],
    ['wrong constants (HL7-31, HL7-40)', set({ 'ORC-1': 'OK', 'RXA-1': '7', 'OBX-11': 'P' }), ['I HL7-31 ORC^1^1 103', 'I HL7-31 RXA^1^1 103', 'I HL7-31 OBX^1^11 103'], {}],
    ['constants (HL7-31)', set({ 'ORC-1': '', 'RXA-1': '', 'RXA-2': '999' }), ['I HL7-31 ORC^1^1 101', 'I HL7-31 RXA^1^1 101', 'I HL7-31 RXA^1^2 103'], {}],
  ])('%s', (...row) => { expectRow(row); });
});

describe('what a dose should say and need not (HL7-31, HL7-56, HL7-58, HL7-59, HL7-81)', () => {
  it.each<Row>([
    ['no amount', set({ 'RXA-6': '' }), ['W HL7-31 RXA^1^6 101'], { amount: undefined }],
    ['an amount in words', set({ 'RXA-6': 'half' }), ['E HL7-21 RXA^1^6^1^1 102'], { amount: undefined }],
    ['no unit', set({ 'RXA-7': '' }), ['W HL7-24 RXA^1^7 101'], { amount: 0.3 }],
    ['ML', set({ 'RXA-7': 'ML^^UCUM' }), [], { unit: 'mL' }],
    ['a lot with blanks (HL7-11)', set({ 'RXA-15': ' EW0150 ' }), [], { lot: 'EW0150' }],
    ['expiry as a month (HL7-81)', set({ 'RXA-16': '202102' }), ['W HL7-56 RXA^1^16 102'], { expiry: { date: '2021-02', precision: 'month', lastDay: '2021-02-28' } }],
    ['expiry on the day given', set({ 'RXA-16': '202103' }), [], { expiry: { date: '2021-03', precision: 'month', lastDay: '2021-03-31' } }],
    ['a null lot is a missing one (HL7-75)', set({ 'RXA-15': '""' }), ['W HL7-56 RXA^1^15^1^1 101'], { lot: undefined }],
    ['a provider by a number alone (HL7-56)', set({ 'RXA-10': '1234567893' }), [], { administeredBy: { id: '1234567893' } }],
    ['a provider who is only an authority (HL7-56)', set({ 'RXA-10': '^^^^^^^^NPI' }), ['W HL7-56 RXA^1^10 101'], { administeredBy: undefined }],
    ['bytes of a lot that cannot be read (HL7-03)', set({ 'RXA-15': 'EW\uFFFD150' }), ['W HL7-03 RXA^1^15 102'], { lot: undefined, kind: 'new' }],
    ['an impossible expiry', set({ 'RXA-16': '20210230' }), ['E HL7-80 RXA^1^16 102'], { expiry: undefined }],
    ['nothing but the dose', { set: { 'RXA-10': '', 'RXA-11': '', 'RXA-15': '', 'RXA-16': '' }, without: ['RXR', 'OBX'] }, [
      'W HL7-56 RXA^1^10 101', 'W HL7-56 RXA^1^11^1^4 101', 'W HL7-56 RXA^1^15^1^1 101', 'W HL7-56 RXA^1^16^1^1 101', 'W HL7-56 RXA^1 100', 'W HL7-62 RXA^1 101',
    ], { kind: 'new', facility: undefined, lot: undefined, administeredBy: undefined }],
    ['a facility by id (HL7-59)', set({ 'RXA-11': '^^^&1.2.3&ISO' }), [], { facility: { universalId: '1.2.3', universalIdType: 'ISO' } }],
    ['IM (HL7-58)', set({ 'RXR-1': 'IM^^HL70162' }), ['I HL7-58 RXR^1^1^1^1 103'], { route: 'C28161', site: 'LD' }],
    ['route and site swapped (HL7-58)', set({ 'RXR-1': 'LD^^HL70163', 'RXR-2': 'C28161^^NCIT' }), ['W HL7-58 RXR^1^1 102'], { route: 'C28161', site: 'LD' }],
    ['a site alone in the route (HL7-58)', set({ 'RXR-1': 'LD^^HL70163', 'RXR-2': '' }), ['W HL7-58 RXR^1^1 102', 'W HL7-58 RXR^1^1 101'], { route: undefined, site: 'LD' }],
    ['both nostrils (HL7-58)', set({ 'RXR-1': 'C38284^^NCIT', 'RXR-2': 'BN^^HL70163' }), [], { route: 'C38284', site: 'BN' }],
    ['an unknown route and site', set({ 'RXR-1': 'ROUTE^^NCIT', 'RXR-2': 'SITE^^HL70163' }), ['E HL7-58 RXR^1^1^1^1 103', 'E HL7-58 RXR^1^2^1^1 103'], { route: undefined, site: undefined }],
    ['a second RXR (HL7-29)', { append: ['RXR|C38299'] }, ['E HL7-29 RXR^2 100'], { route: 'C28161' }],
  ])('%s', (...row) => { expectRow(row); });
});

describe('dates that do not fit and cost nothing', () => {
  it.each<Row>([
    ['a dose after death (HL7-80)', set({ 'PID-29': '202102', 'PID-30': 'Y' }), ['W HL7-80 RXA^1^3^1^1 102'], { givenOn: '2021-03-31' }],
    ['a dose on the day of death', set({ 'PID-29': '20210331', 'PID-30': 'Y' }), [], { givenOn: '2021-03-31' }],
    ['an end that is not the start (IZ-30)', set({ 'RXA-4': '20210401' }), ['W IZ-30 RXA^1^4^1^1 102'], { givenOn: '2021-03-31' }],
    ['a time that cannot be (HL7-78)', set({ 'RXA-3': '202103312460', 'RXA-16': '202107312599' }), ['W HL7-78 RXA^1^3^1^1 102', 'W HL7-78 RXA^1^16^1^1 102'], { givenOn: '2021-03-31' }],
    ['an end with a time (HL7-78)', set({ 'RXA-3': '202103311005', 'RXA-4': '202103311010' }), [], { givenOn: '2021-03-31' }],
  ])('%s', (...row) => { expectRow(row); });
});

describe('observations (HL7-61 to HL7-65)', () => {
  const obx = (rest: string): VxuEdit => ({ append: [`OBX|3|${rest}||||||F|||20210331`] });
  it.each<Row>([
    ['a date under any type (HL7-64)', obx('CE|30946-8^Since^LN|2|20210331'), [], { observations: [{
      code: '30946-8', system: 'LN', valueType: 'CE', value: '2021-03-31', group: '2', observedOn: '2021-03-31', understood: true }] }],
    ['a date that is none (HL7-65)', obx('TS|30946-8^^LN|2|soon'), ['W HL7-65 OBX^3^5 102'], { observations: [{
      code: '30946-8', system: 'LN', valueType: 'TS', value: 'soon', group: '2', observedOn: '2021-03-31', understood: false }] }],
    ['an unknown code (HL7-65)', obx('CE|VXC8^Risk^X|2|UNK'), ['W HL7-65 OBX^3^3^1^1 103'], { observations: [{
      code: 'VXC8', system: 'X', valueType: 'CE', value: 'UNK', group: '2', observedOn: '2021-03-31', understood: false }] }],
    ['an unknown contraindication (HL7-65)', obx('CE|30945-0^^LN|2|VXC99^^CDCPHINVS'), ['W HL7-65 OBX^3^5^1^1 103'], { observations: [expect.objectContaining({ value: 'VXC99', understood: false })] }],
    ['a contraindication', obx('CE|30945-0^^LN|2|VXC23^^CDCPHINVS'), [], { observations: [expect.objectContaining({ value: 'VXC23', understood: true })] }],
    ['an unknown reaction (HL7-65)', obx('CE|31044-1^^LN|2|VXC1^^CDCPHINVS'), ['W HL7-65 OBX^3^5^1^1 103'], {}],
    ['an unknown disease (HL7-65)', obx('CE|59784-9^^LN|2|1^^SCT'), ['W HL7-65 OBX^3^5^1^1 103'], {}],
    ['serology of nobody knows what', obx('CE|75505-8^^LN|2|UNK'), [], {}],
    ['a number that is none (HL7-65)', obx('NM|30973-2^^LN|2|abc'), ['W HL7-24 OBX^3^6 101', 'W HL7-65 OBX^3^5^1^1 102'].toReversed(), { observations: [expect.objectContaining({ value: 'abc', understood: false })] }],
    ['a group that is no number (IZ-44)', obx('CE|31044-1^^LN|abc|VXC12'), ['W IZ-44 OBX^3^4^1^1 102'], { observations: [expect.objectContaining({ group: 'abc' })] }],
    ['a code of another system (HL7-31)', obx('CE|31044-1^^L|2|VXC12'), ['I HL7-31 OBX^3^3^1^3 103'], {}],
    ['a result that was deleted (HL7-65)', { append: ['OBX|3|CE|31044-1^^LN|2|VXC12||||||D'] }, ['W HL7-65 OBX^3^11^1^1 103'], { observations: [] }],
    ['an eligibility that is wrong (HL7-65)', set({ 'OBX-11': 'W' }), ['W HL7-65 OBX^1^11^1^1 103', 'W HL7-62 RXA^1 101'], { eligibility: undefined, funding: 'VXC50' }],
    ['no code', obx('CE||2|UNK'), ['W HL7-65 OBX^3^3 101'], { observations: [] }],
    ['no value', obx('CE|31044-1^^LN|2|'), ['W HL7-65 OBX^3^5 101'], { observations: [] }],
    ['a remark to it', { append: ['OBX|3|CE|31044-1^Reaction^LN|2|VXC12^fever^CDCPHINVS||||||F', 'NTE|1||for a day'] }, [], { observations: [{
      code: '31044-1', system: 'LN', valueType: 'CE', value: 'VXC12', valueText: 'fever', valueSystem: 'CDCPHINVS', group: '2', note: 'for a day', understood: true }] }],
    ['an unknown eligibility, which is not missing', set({ 'OBX-5': 'V99' }), ['W HL7-65 OBX^1^5^1^1 103'], { eligibility: undefined }],
    ['numbers left out (HL7-31)', set({ 'OBX-1': '', 'OBX-4': '', 'OBX-11': '' }), ['I HL7-31 OBX^1^1 101', 'I HL7-31 OBX^1^4 101', 'I HL7-31 OBX^1^11 101'], { eligibility: { code: 'V01', method: 'VXC40' } }],
  ])('%s', (...row) => { expectRow(row); });

  it('a sheet for a vaccine that is none is told, under a new dose (IZ-37, HL7-65)', () => {
    const sheet = (cvx: string): string[] => faultLines(report({ append: [`OBX|3|CE|30956-7^^LN|3|${cvx}^^CVX||||||F`, 'OBX|4|DT|29768-9^^LN|3|20210101||||||F', 'OBX|5|DT|29769-7^^LN|3|20210331||||||F'] }));
    expect([sheet('3'), sheet('9999')]).toEqual([[], ['W HL7-65 OBX^3^5^1^1 103']]);
  });

  it('before their RXA are out of order and lost, and so is RXR (HL7-29)', () => {
    const found = report({ append: ['ORC|RE||ORD-6^CLINIC-1', 'RXR|C28161^^NCIT', 'OBX|1|CE|31044-1^^LN|1|VXC9||||||F', SECOND[1] ?? ''] });
    expect(faultLines(found)).toEqual(['E HL7-29 RXR^2 100', 'E HL7-29 OBX^3 100']);
    expect(found.orders[1]).toMatchObject({ cvx: '08', observations: [] });
  });

  it('of RXAs that all stand before their ORC are told so once each, and the dose keeps its id (HL7-29)', () => {
    const turned = ['RXA|0|1|20210331||08^^CVX|1|mL||00^^NIP001||||||L8|20220101|MSD^^MVX', 'ORC|RE||ORD-6^CLINIC-1'];
    const found = report({ without: ['ORC', 'RXA', 'RXR', 'OBX'], append: [...turned, 'RXR|C28161^^NCIT', ...turned.map((line) => line.replace('ORD-6', 'ORD-7').replace('08^^CVX', '20^^CVX'))] });
    expect(found.faults.filter(({ rule }) => rule === 'HL7-29' || rule === 'HL7-26' || rule === 'HL7-32').map(({ severity, location, text }) => [severity, location?.segment, location?.occurrence, text]))
      .toEqual([1, 2].map((n) => ['W', 'ORC', n, 'RXA stands before its ORC - taken together; ORC goes first']));
    expect(found.orders.map(({ cvx, id, route }) => [cvx, id?.id, route])).toEqual([['08', 'ORD-6', 'C28161'], ['20', 'ORD-7', undefined]]);
    // One ORC too few before them is another fault: it belongs to the RXA behind it.
    expect(report({ without: ['ORC', 'RXA', 'RXR', 'OBX'], append: [...turned, turned[0] ?? ''] }).orders.map(({ id }) => id?.id)).toEqual([undefined, 'ORD-6']);
  });

  it('belong to the RXA before them, and OBX-4 may start anew (HL7-46, HL7-61)', () => {
    const found = report({ append: [...SECOND, 'OBX|1|CE|31044-1^^LN|1|VXC9||||||F'] });
    expect(found.orders.map(({ observations }) => observations.length)).toEqual([0, 1]);
  });
});

it('orders beyond the limit are lost, and the answer says so (HL7-12)', () => {
  const found = report({ append: Array.from({ length: HL7_LIMITS.ordersPerMessage }, (_, i) => [`ORC|RE||I${i}^A`, SECOND[1] ?? '']).flat() });
  expect(found.orders).toHaveLength(HL7_LIMITS.ordersPerMessage);
  expect(faultLines(found)).toEqual(['E HL7-12 ^ 999']);
});

it('an answer lists no more than so many faults, and stays AE (HL7-12, HL7-34)', () => {
  const orders = Array.from({ length: HL7_LIMITS.ordersPerMessage }, (_, i) => [`ORC|RE||I${i}`, 'RXA||||||', 'RXR|X']).flat();
  const found = report({ append: [...orders, ...Array.from({ length: 3_000 }, () => 'PD1|')] });
  const { errorsPerMessage, faultsPerMessage } = HL7_LIMITS;
  expect(found.faults.length).toBeLessThanOrEqual(errorsPerMessage + 1);
  expect(found.faults.filter(({ severity }) => severity === 'E').length).toBeGreaterThan(faultsPerMessage);
  expect(found.faults.some(({ text }) => text === 'There are more faults than this answer lists')).toBe(true);
  expect(JSON.stringify(found.faults).length).toBeLessThan(300_000);
  expect(found.answer).toBe('AE');
});
