import { describe, expect, it } from '@jest/globals';
import { faultLines, report, type Changes, type VxuEdit } from '../support/vxu.ts';

const set = (changes: Changes): VxuEdit => ({ set: changes });
const obx = (...lines: readonly string[]): VxuEdit => ({ append: lines.map((line, at) => `OBX|${at + 3}|${line}`) });
const SHEET = '253088698300026411121116';

describe('codes that are kept as sent and named (HL7-21)', () => {
  it.each<[string, VxuEdit, string[]]>([
    ['an identifier type asks to be mended: records are found by it', set({ 'PID-3': 'A^^^X^MRS~B^^^X^MR' }), ['W HL7-21 PID^1^3^1^5 103']],
    ['the type of the second identifier', set({ 'PID-3': 'B^^^X^MR~A^^^X^SSN' }), ['W HL7-21 PID^1^3^2^5 103']],
    ['a name type', set({ 'PID-5': 'Quimby^Ariadne^^^^^L~Quimby^Ari^^^^^QQ' }), ['I HL7-21 PID^1^5^2^7 103']],
    ['an address type', set({ 'PID-11': '1 Elm^^Hartford^CT^06103^USA^V' }), ['I HL7-21 PID^1^11^1^7 103']],
    ['the use and kind of a phone', set({ 'PID-13': '^PRS^XX^^^860^5550142' }), ['I HL7-21 PID^1^13^1^2 103', 'I HL7-21 PID^1^13^1^3 103']],
    ['a relationship', set({ 'NK1-3': '32' }), ['I HL7-21 NK1^1^3^1^1 103']],
    ['the method of an eligibility', set({ 'OBX-17': 'CVX40' }), ['I HL7-21 OBX^1^17^1^1 103']],
    ['none is named when all are known', {}, []],
  ])('%s', (_, edit, lines) => { expect(faultLines(report(edit))).toEqual(lines); });
  it('keeps what was sent', () => {
    expect(report(set({ 'PID-3': 'A^^^X^MRS', 'NK1-3': '32' })).patient).toMatchObject({ ids: [{ id: 'A', authority: 'X', type: 'MRS' }], relatives: [{ relationship: '32' }] });
  });
});

describe('fields that hang on another (HL7-24, HL7-28)', () => {
  it.each<[string, VxuEdit, string[]]>([
    ['a number without a unit', obx('NM|30973-2^Dose number^LN|3|2||||||F'), ['W HL7-24 OBX^3^6 101']],
    ['a number with one', obx('NM|30973-2^Dose number^LN|3|2|NA^^HL70353|||||F'), []],
    ['no type of a value (HL7-31)', obx('|48767-8^Comment^LN|3|calm||||||F'), ['I HL7-31 OBX^3^2 101']],
    ['an observation of a month (HL7-77)', obx('ST|48767-8^Comment^LN|3|calm||||||F|||202103'), ['I HL7-77 OBX^3^14 102']],
    ['a date of protection without the word', set({ 'PD1-12': '' }), ['I HL7-28 PD1^1^13 0']],
    ['a date of status without the word', set({ 'PD1-16': '' }), ['I HL7-28 PD1^1^17 0']],
  ])('%s', (_, edit, lines) => { expect(faultLines(report(edit))).toEqual(lines); });
});

describe('information sheets of a new dose (HL7-63)', () => {
  it.each<[string, VxuEdit, string[]]>([
    ['by bar code, whole', obx(`CE|69764-9^Barcode^LN|2|${SHEET}^^cdcgs1vis||||||F`, 'TS|29769-7^^LN|2|20210331||||||F'), []],
    ['by type and edition, whole', obx('CE|30956-7^^LN|2|213^^CVX||||||F', 'TS|29768-9^^LN|2|20210115||||||F', 'TS|29769-7^^LN|2|20210331||||||F'), []],
    ['by bar code, never handed over', obx(`CE|69764-9^Barcode^LN|2|${SHEET}^^cdcgs1vis||||||F`), ['I HL7-63 OBX^3 101']],
    ['handed over, of no known edition', obx('CE|30956-7^^LN|2|213^^CVX||||||F', 'TS|29769-7^^LN|2|20210331||||||F'), ['I HL7-63 OBX^3 101']],
    ['two sheets in two groups, one not whole', obx(`CE|69764-9^Barcode^LN|2|${SHEET}^^cdcgs1vis||||||F`, 'TS|29769-7^^LN|2|20210331||||||F', 'TS|29769-7^^LN|3|20210331||||||F'), ['I HL7-63 OBX^5 101']],
    ['the 13-digit identifier for the string', obx('CE|69764-9^Barcode^LN|2|0886983000264^^cdcgs1vis||||||F', 'TS|29769-7^^LN|2|20210331||||||F'), ['I HL7-63 OBX^3^5^1^1 102']],
  ])('%s', (_, edit, lines) => { expect(faultLines(report(edit))).toEqual(lines); });
  it('are not asked of history, nor of a new dose that names none', () => {
    expect(faultLines(report({ ...set({ 'RXA-9': '01^^NIP001' }), ...obx('TS|29769-7^^LN|2|20210331||||||F'), set: { 'RXA-9': '01^^NIP001' } }))).toEqual([]);
    expect(faultLines(report())).toEqual([]);
  });
});

describe('the manufacturer against the vaccine (HL7-57)', () => {
  it.each<[string, VxuEdit, string[]]>([
    ['Moderna as maker of CVX 208', set({ 'RXA-5': '208^x^CVX', 'RXA-17': 'MOD^^MVX' }), ['W HL7-57 RXA^1^17^1^1 102']],
    ['Pfizer as maker of CVX 208', set({ 'RXA-5': '208^x^CVX', 'RXA-17': 'PFR^^MVX' }), []],
    ['any maker of CVX 213, which names none', set({ 'RXA-5': '213^x^CVX', 'RXA-17': 'MOD^^MVX' }), []],
    ['an old maker of another vaccine: the list is not whole', set({ 'RXA-5': '08^x^CVX', 'RXA-17': 'PMC^^MVX' }), []],
  ])('%s', (_, edit, lines) => { expect(faultLines(report(edit))).toEqual(lines); });
});

it('an adjuvant given separately is an order of its own, with its own lot (HL7-60)', () => {
  const rxa = (cvx: string, lot: string): string => `RXA|0|1|20210331||${cvx}^x^CVX|0.5|mL^^UCUM||01^^NIP001||||||${lot}|20211231||||CP|A`;
  const found = report({ without: ['ORC', 'RXA', 'RXR', 'OBX'], append: ['ORC|RE||A1^X', rxa('160', 'ANT1'), 'ORC|RE||A2^X', rxa('801', 'ADJ1')] });
  expect(found.orders.map(({ cvx, lot }) => [cvx, lot])).toEqual([['160', 'ANT1'], ['801', 'ADJ1']]);
});
