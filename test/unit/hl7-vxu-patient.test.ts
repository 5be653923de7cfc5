import { describe, expect, it } from '@jest/globals';
import { LENGTHS } from '../../functions/doses/domain/field-lengths.ts';
import { toldDose } from '../../functions/doses/domain/told.ts';
import { HL7_LIMITS } from '../../shared/hl7/index.ts';
import { faultLines, report } from '../support/vxu.ts';
import type { Changes, VxuEdit } from '../support/vxu.ts';

it('a patient is read as sent, no more and no less', () => {
  expect(report().patient).toEqual({
    ids: [{ id: 'MRN-77', authority: 'CLINIC-1', type: 'MR' }],
    names: [{ family: 'Quimby', given: 'Ariadne', middle: 'Zoe', type: 'L' }],
    birthDate: '1981-02-03', sex: 'F',
    mothersMaidenName: { family: 'Thistlewood', given: 'Hero' },
    races: ['2106-3'], ethnicity: '2186-5',
    addresses: [{ street: '17 Larkspur Row', city: 'Hartford', state: 'CT', zip: '06103', country: 'USA', type: 'L' }],
    phones: [{ use: 'PRN', equipment: 'PH', number: '8605550142' }],
    multipleBirth: false, dead: false,
    publicity: { code: '02', on: '2021-04-01' }, protection: { code: 'N', on: '2021-04-01' }, registryStatus: { code: 'A', on: '2021-04-01' },
    relatives: [{ relationship: 'SPO', family: 'Quimby', given: 'Osric', phones: [] }],
    erased: [],
  });
});

describe('a patient nobody can find again rejects the message (HL7-27, HL7-33, HL7-77, HL7-80)', () => {
  const lost = (field: number): string[] => [`E HL7-27 PID^1^${field} 101`];
  const wrong = (rule: string): string[] => [`E ${rule} PID^1^7^1^1 102`];
  const long = 'x'.repeat(300);
  it.each<[string, VxuEdit, string[]]>([
    ['no PID', { without: ['PID'] }, ['E HL7-27 PID^1 100']],
    ['no id', { set: { 'PID-3': '' } }, lost(3)],
    ['ids without a number', { set: { 'PID-3': '^^^A^MR' } }, lost(3)],
    ['no name', { set: { 'PID-5': '' } }, lost(5)],
    ['no given name', { set: { 'PID-5': 'Quimby^^^^^^L' } }, lost(5)],
    ['a name that is to be erased', { set: { 'PID-5': '""' } }, lost(5)],
    ['an id longer than any (HL7-21)', { set: { 'PID-3': `${long}^^^A^MR` } }, ['E HL7-27 PID^1^3^1^1 102']],
    ['a family name longer than any', { set: { 'PID-5': `${long}^B^^^^^L` } }, ['E HL7-27 PID^1^5^1^1 102']],
    ['neither id nor name nor birth date: one line a cause', { set: { 'PID-3': '', 'PID-5': '', 'PID-7': '' } }, [...lost(3), ...lost(5), ...lost(7)]],
    ['no birth date', { set: { 'PID-7': '' } }, lost(7)],
    ['a birth month', { set: { 'PID-7': '198102' } }, wrong('HL7-80')],
    ['an impossible birth date', { set: { 'PID-7': '20210230' } }, wrong('HL7-80')],
    ['a birth after tomorrow', { set: { 'PID-7': '20210403' } }, wrong('HL7-80')],
  ])('%s', (_, edit, lines) => {
    const found = report(edit);
    expect(faultLines(found)).toEqual(lines);
    expect(found).toMatchObject({ answer: 'AE', accepted: false, orders: [] });
    expect(found.patient).toBeUndefined();
    expect(found.faults.at(-1)?.text).toMatch(/message rejected$/);
  });
});

describe('a value longer than what is kept of it is left out, and said with its length (HL7-21)', () => {
  const long = 'x'.repeat(300);
  it.each<[string, Changes, string, string]>([
    ['a street', { 'PID-11': `${long}^^Hartford^CT^06103^USA^L` }, 'E HL7-21 PID^1^11^1^1 102', 'PID-11 street has 300 characters, at most 120 are taken - value ignored'],
    ['an authority', { 'PID-3': `1^^^${long}^MR` }, 'E HL7-21 PID^1^3^1^4 102', 'PID-3 authority has 300 characters, at most 199 are taken - value ignored'],
    ['a suffix', { 'PID-5': `A^B^^${long}^^^L` }, 'E HL7-21 PID^1^5^1^4 102', 'PID-5 suffix has 300 characters, at most 20 are taken - value ignored'],
    ['an e-mail', { 'PID-13': `^NET^Internet^${long}` }, 'E HL7-21 PID^1^13^1^4 102', 'PID-13 e-mail has 300 characters, at most 199 are taken - value ignored'],
    ['a lot', { 'RXA-15': long }, 'E HL7-21 RXA^1^15^1^1 102', 'RXA-15 lot number has 300 characters, at most 40 are taken - value ignored'],
    ['the id of a dose', { 'ORC-3': `${long}^CLINIC-1` }, 'E HL7-21 ORC^1^3^1^1 102', 'ORC-3 id has 300 characters, at most 199 are taken - value ignored'],
    ['an organization', { 'MSH-22': long }, 'E HL7-21 MSH^1^22^1^1 102', 'MSH-22 organization has 300 characters, at most 199 are taken - value ignored'],
  ])('%s', (_, set, line, text) => {
    const found = report({ set });
    expect(faultLines(found)).toEqual([line]);
    expect(found.faults[0]?.text).toBe(text);
    expect(JSON.stringify([found.patient, found.orders, found.sender])).not.toContain(long);
    expect(found.accepted).toBe(true);
  });
  it('of two names the one that is too long goes, the other stands (HL7-33)', () => {
    const found = report({ set: { 'PID-5': `A^B^^^^^L~${long}^C^^^^^A` } });
    expect(faultLines(found)).toEqual(['E HL7-33 PID^1^5^2^1 102']);
    expect(found.patient?.names).toHaveLength(1);
  });
  it('whatever is sent, what is kept of one patient and one dose stays far below the 400 kB of an item', () => {
    const wide = '疫'.repeat(199);
    const many = (one: string): string => Array.from({ length: 60 }, () => one).join('~');
    const set = {
      'PID-3': many(`${wide.slice(0, 100)}^^^${wide}&${wide}^${wide.slice(0, 20)}`), 'PID-5': many(`${wide.slice(0, 100)}^${wide.slice(0, 100)}^${wide.slice(0, 100)}`),
      'PID-11': many(`${wide.slice(0, 120)}^${wide.slice(0, 120)}^${wide.slice(0, 100)}^${wide.slice(0, 50)}`), 'PID-13': many(`^NET^Internet^${wide}`),
    };
    const phones = many(`^NET^Internet^${wide}`);
    const found = report({ set, append: Array.from({ length: 1_000 }, () => `OBX|1|ST|31044-1^^LN|1|${wide}||||||F`) });
    const kin = report({ set, without: ['ORC', 'RXA', 'RXR', 'OBX'], append: Array.from({ length: 30 }, () => `NK1|1|${wide.slice(0, 100)}^A|MTH||${phones}`) });
    expect([found.accepted, kin.accepted]).toEqual([true, true]);
    for (const kept of [kin.patient, found.patient, ...found.orders]) expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThan(200_000);
  });
  it.each<[string, { success: boolean }, boolean]>([
    ['a lot of 40', toldDose.safeParse({ givenOn: '2021-03-31', vaccine: { cvx: '208' }, lot: 'x'.repeat(LENGTHS.lot) }), true],
    ['a lot of 41', toldDose.safeParse({ givenOn: '2021-03-31', vaccine: { cvx: '208' }, lot: 'x'.repeat(LENGTHS.lot + 1) }), false],
    ['an id of 199', toldDose.safeParse({ givenOn: '2021-03-31', vaccine: { cvx: '208' }, id: 'x'.repeat(LENGTHS.doseId) }), true],
  ])('JSON and CSV have the same limits: %s', (_, { success }, taken) => { expect(success).toBe(taken); });
});

describe('what keeps a text from being a date is said without the text, and with the form expected (HL7-77, HL7-80)', () => {
  it.each<[string, string]>([
    ['1981-02-03', 'is written with signs between its numbers'], ['02/03/1981', 'is written with signs between its numbers'], ['198102', 'has no day'], ['1981', 'has a year only'],
    ['19811303', 'has a month that does not exist'], ['19810230', 'has a day that does not exist'], ['1981023', 'has 7 digits'], ['Feb 3', 'is not written in digits'],
    ['17810203', 'has a year before 1800'],
  ])('%s %s', (sent, why) => {
    const [fault] = report({ set: { 'PID-7': sent } }).faults;
    expect(fault?.text).toBe(`PID-7 birth date ${why}, expected YYYYMMDD - message rejected`);
    expect(fault?.text).not.toContain(sent);
  });
});

describe('what else is wrong with a patient costs that value at most', () => {
  it.each<[string, VxuEdit, string[], object]>([
    ['a birth tomorrow, by another clock (HL7-80)', { set: { 'PID-7': '20210402' }, without: ['ORC', 'RXA', 'RXR', 'OBX'] }, [], { birthDate: '2021-04-02' }],
    ['a birth date with a time (HL7-78)', { set: { 'PID-7': '198102032330' } }, [], { birthDate: '1981-02-03' }],
    ['a birth date with a time that cannot be (HL7-78)', { set: { 'PID-7': '198102032460' } }, ['W HL7-78 PID^1^7^1^1 102'], { birthDate: '1981-02-03' }],
    ['a street in parts', { set: { 'PID-11': '12 Elm&Elm&12^^b^CT^^^L' } }, [], { addresses: [{ street: '12 Elm', city: 'b', state: 'CT', type: 'L' }] }],
    ['a phone without its use (HL7-31)', { set: { 'PID-13': '^^PH^^^860^5550142' } }, ['I HL7-31 PID^1^13^1^2 101'], { phones: [{ equipment: 'PH', number: '8605550142' }] }],
    ['a phone without a number (HL7-31)', { set: { 'PID-13': '^PRN^PH' } }, ['I HL7-31 PID^1^13 101'], {}],
    ['a name with bytes that cannot be read, and none better (HL7-03)', { set: { 'PID-5': 'Qu\uFFFDmby^Ariadne^^^^^L' } }, ['W HL7-03 PID^1^5 102'], { names: [{ family: 'Qu\uFFFDmby', given: 'Ariadne', type: 'L' }] }],
    ['a damaged name beside a whole one (HL7-03)', { set: { 'PID-5': 'Qu\uFFFDmby^Ariadne^^^^^L~Quimby^Ariadne^^^^^A' } }, ['W HL7-03 PID^1^5 102', 'I HL7-31 PID^1^5^1^7 101'], { names: [{ family: 'Quimby', given: 'Ariadne', type: 'A' }] }],
    ['a damaged number beside a whole one (HL7-03)', { set: { 'PID-3': 'A\uFFFD1^^^A^MR~2^^^A^SR' } }, ['W HL7-03 PID^1^3 102'], { ids: [{ id: '2', authority: 'A', type: 'SR' }] }],
    ['a damaged maiden name (HL7-03)', { set: { 'PID-6': 'Thi\uFFFDtle^^^^^^M' } }, ['W HL7-03 PID^1^6 102'], {}],
    ['no set id (HL7-31)', { set: { 'PID-1': '' } }, ['I HL7-31 PID^1^1 101'], {}],
    ['an id without authority and type', { set: { 'PID-3': '77' } }, ['W HL7-33 PID^1^3 101'], { ids: [{ id: '77', authority: 'CLINIC-1', type: 'MR' }] }],
    ['one whole id and one without authority', { set: { 'PID-3': '1^^^A^MR~2^^^^SR' } }, ['I HL7-33 PID^1^3^2 101'], { ids: [{ id: '1', authority: 'A', type: 'MR' }, { id: '2', authority: 'CLINIC-1', type: 'SR' }] }],
    ['one id and one empty repetition (HL7-33)', { set: { 'PID-3': '1^^^A^MR~^^^B^SR' } }, ['E HL7-33 PID^1^3^2^1 101'], { ids: [{ id: '1', authority: 'A', type: 'MR' }] }],
    ['no name type (HL7-31)', { set: { 'PID-5': 'A^B' } }, ['I HL7-31 PID^1^5^1^7 101'], { names: [{ family: 'A', given: 'B' }] }],
    ['the legal name second', { set: { 'PID-5': 'A^B^^^^^D~C^D^^^^^L' } }, [], { names: [{ family: 'C', given: 'D', type: 'L' }, { family: 'A', given: 'B', type: 'D' }] }],
    ['a surname in parts', { set: { 'PID-5': 'van Dyke&van&Dyke^B^^^^^L' } }, [], { names: [{ family: 'van Dyke', given: 'B', type: 'L' }] }],
    ['a surname with an & that was not escaped (HL7-06)', { set: { 'PID-5': 'Müller & Sons^B^^^^^L' } }, ['I HL7-06 PID^1^5^1^1 0'], { names: [{ family: 'Müller', given: 'B', type: 'L' }] }],
    ['a surname with an & that was escaped (HL7-06)', { set: { 'PID-5': 'Müller \\T\\ Sons^B^^^^^L' } }, [], { names: [{ family: 'Müller & Sons', given: 'B', type: 'L' }] }],
    ['no sex', { set: { 'PID-8': '' } }, ['W HL7-21 PID^1^8^1^1 101'], { sex: 'U' }],
    ['sex UNK', { set: { 'PID-8': 'UNK' } }, ['W HL7-21 PID^1^8^1^1 103'], { sex: 'U' }],
    ['an unknown race beside a known one (HL7-33)', { set: { 'PID-10': '2106-3^^CDCREC~9^^CDCREC' } }, ['E HL7-21 PID^1^10^2^1 103'], { races: ['2106-3'] }],
    ['the old name of the race table', { set: { 'PID-10': '2106-3^^HL70005' } }, ['I HL7-31 PID^1^10^1^3 103'], { races: ['2106-3'] }],
    ['no address type (HL7-31)', { set: { 'PID-11': 'a^^b^CT' } }, ['I HL7-31 PID^1^11^1^7 101'], { addresses: [{ street: 'a', city: 'b', state: 'CT' }] }],
    ['the whole phone in component 1 (HL7-31)', { set: { 'PID-13': '1 (860) 555-0142^PRN^PH' } }, ['I HL7-31 PID^1^13^1^1 102'], { phones: [{ use: 'PRN', equipment: 'PH', number: '8605550142' }] }],
    ['an e-mail', { set: { 'PID-13': '^NET^Internet^a@b.org' } }, [], { phones: [{ use: 'NET', equipment: 'Internet', email: 'a@b.org' }] }],
    ['a birth order that is none', { set: { 'PID-24': 'Y', 'PID-25': 'first' } }, ['E HL7-21 PID^1^25^1^1 102'], { multipleBirth: true }],
    ['the second twin', { set: { 'PID-24': 'Y', 'PID-25': '2' } }, [], { multipleBirth: true, birthOrder: 2 }],
    ['a death with its day', { set: { 'PID-29': '202104010200', 'PID-30': 'Y' } }, [], { dead: true, deathDate: '2021-04-01' }],
    ['a day of death without the word (HL7-28)', { set: { 'PID-29': '20210401', 'PID-30': '' } }, ['I HL7-28 PID^1^29 0'], {}],
    ['a death before birth', { set: { 'PID-29': '19800101', 'PID-30': 'Y' } }, ['E HL7-80 PID^1^29 102'], { dead: true }],
    ['fields that are not supported (HL7-28)', { set: { 'PID-2': 'x', 'PID-19': '078051120' } }, ['I HL7-28 PID^1^2 0', 'I HL7-28 PID^1^19 0'], {}],
    ['protection without a known word (HL7-96)', { set: { 'PD1-12': 'X' } }, ['E HL7-21 PD1^1^12^1^1 103'], {}],
    ['no PD1', { without: ['PD1'] }, [], {}],
    ['a relative without a name (HL7-25)', { set: { 'NK1-2': '' } }, ['E HL7-25 NK1^1^2 101'], { relatives: [] }],
    ['a relative without a number', { set: { 'NK1-1': '' } }, ['I HL7-31 NK1^1^1 101'], {}],
    ['a second PID (HL7-29)', { append: ['PID|2||X^^^Y^MR'] }, ['E HL7-29 PID^2 100'], { ids: [{ id: 'MRN-77', authority: 'CLINIC-1', type: 'MR' }] }],
    ['a relative after the doses (HL7-29)', { append: ['NK1|2|A^B|MTH'] }, ['E HL7-29 NK1^2 100'], {}],
    ['segments nobody knows (HL7-09)', { append: ['ZZZ|1', 'GT1|1', 'ID|1', 'PV1||R'] }, [], {}],
  ])('%s', (_, edit, lines, patient) => {
    const found = report(edit);
    expect(faultLines(found)).toEqual(lines);
    expect(found.accepted).toBe(true);
    expect(found.patient).toMatchObject(patient);
  });
});

it('the doses after another patient’s PID are nobody’s: lost with it, never written to the patient before (HL7-29)', () => {
  const other = ['PID|2||X^^^Y^MR||Second^Zed^^^^^L||20010101', 'ORC|RE||D9^A', 'RXA|0|1|20210310||08^HepB^CVX|1|mL^mL^UCUM'];
  const [before, mixed] = [report(), report({ append: other })];
  expect([mixed.accepted, mixed.orders, mixed.ordersSent - before.ordersSent]).toEqual([true, before.orders, 1]);
  expect(mixed.faults.at(-1)).toMatchObject({ severity: 'E', text: expect.stringContaining('its vaccination events too (1); each patient needs a message') as unknown as string });
  const alone = report({ without: ['ORC', 'RXA', 'RXR', 'OBX'], append: other });
  expect([alone.accepted, alone.orders]).toEqual([false, []]);
});

describe('null and empty (HL7-74, HL7-75)', () => {
  const places: [string, string][] = [['6', 'mothersMaidenName'], ['10', 'races'], ['11', 'addresses'], ['13', 'phones'], ['22', 'ethnicity'], ['24', 'multipleBirth']];
  it.each(places)('"" in PID-%s erases %s, empty says nothing', (field, name) => {
    const set = (value: string): Changes => ({ [`PID-${field}` as 'PID-6']: value });
    const erased = report({ set: set('""') }).patient;
    expect(erased?.erased).toEqual([name]);
    expect(erased).not.toHaveProperty(name);
    const empty = report({ set: set('') }).patient;
    expect(empty?.erased).toEqual([]);
    expect(empty).not.toHaveProperty(name);
  });
  it('"" in PD1-12 erases the protection', () => {
    expect(report({ set: { 'PD1-12': '""' } }).patient).toMatchObject({ erased: ['protection'] });
  });
});

it('repetitions beyond the limit are left out and named (HL7-12)', () => {
  const found = report({ set: { 'PID-10': Array.from({ length: 10_000 }, () => '2106-3^^CDCREC').join('~') } });
  expect(found.patient?.races).toHaveLength(HL7_LIMITS.repetitionsPerField);
  expect(faultLines(found)).toEqual([`W HL7-12 PID^1^10^${HL7_LIMITS.repetitionsPerField + 1} 999`]);
});

it('no fault text holds a value of the patient (HL7-44)', () => {
  const set: Changes = {
    'PID-3': 'SECRET1~^^^SECRET2', 'PID-5': 'SECRET3^SECRET4~SECRET5', 'PID-8': 'SECRET6', 'PID-10': 'SECRET7', 'PID-11': 'SECRET8', 'PID-13': 'SECRET9',
    'PID-19': 'SECRET10', 'PID-22': 'SECRET11', 'PID-24': 'SECRET12', 'PID-25': 'SECRET13', 'PID-29': 'SECRET14', 'PD1-11': 'SECRET15', 'PD1-13': 'SECRET16',
    'RXA-4': 'SECRET17', 'RXA-5': 'SECRET18^SECRET19', 'RXA-9': 'SECRET20', 'RXA-20': 'SECRET21', 'RXR-1': 'SECRET22', 'OBX-3': 'SECRET23',
  };
  const found = report({ set });
  expect(found.faults.length).toBeGreaterThan(10);
  expect(JSON.stringify(found.faults)).not.toContain('SECRET');
});
