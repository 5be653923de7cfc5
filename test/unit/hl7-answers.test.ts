import { describe, expect, it } from '@jest/globals';
import { answerFor, buildAcknowledgement, escape, readMessage, splitBatch, unescape, writeBatchReply, writeHl7Time, writeSegment } from '../../shared/hl7/index.ts';
import type { BatchItem, Fault } from '../../shared/hl7/index.ts';
import { doneOf, whatWasDone } from '../../functions/doses/domain/what-was-done.ts';
import { readVxu } from '../../functions/doses/domain/vxu/read.ts';
import { report, vxu, vxuContext } from '../support/vxu.ts';

const now = '2021-04-01T17:00:00.000Z';
const timeZone = 'America/New_York';
const registry = { application: 'DOSELINE', facility: 'CTA', organization: 'CT-DPH' };

const answer = (text: string, faults: readonly Fault[], done?: Fault): string[] =>
  buildAcknowledgement({
    request: readMessage(text), answer: answerFor(faults), faults, now, timeZone, controlId: 'ACK-9', registry, ...(done && { done }),
  }).split('\r').slice(0, -1);

describe('the acknowledgement Z23 (HL7-35 to HL7-40)', () => {
  it('turns sender and receiver round and repeats the control id', () => {
    expect(answer(vxu(), [])).toEqual([
      'MSH|^~\\&|DOSELINE|CTA|EHR|CLINIC-1|20210401130000-0400||ACK^V04^ACK|ACK-9|P|2.5.1|||NE|NE|||||Z23^CDCPHINVS|CT-DPH|CLINIC-1',
      'MSA|AA|CTRL-1',
    ]);
  });
  it.each([
    ['blanks at its ends', 'CTRL-1 ', 'CTRL-1 '], ['an escape', 'a\\T\\b', 'a\\T\\b'], ['components', 'a^b', 'a^b'], ['nothing', '', ''],
  ])('the control id comes back unchanged with %s (HL7-37)', (_, sent, back) => {
    expect(answer(vxu({ set: { 'MSH-10': sent } }), [])[1]).toBe(`MSA|AA${back === '' ? '|' : `|${back}`}`);
  });
  it.each([['A\\B', 'A\\B'], ['A\\T\\B', 'A\\T\\B'], ['A', 'A']])('the control id %j of a message whose MSH-2 cannot be used comes back unchanged (HL7-04, HL7-37)', (sent, back) => {
    expect(answer(`MSH|^~\\\\&|E|C|||20210401||VXU^V04^VXU_V04|${sent}|P|2.5.1\r`, [])[1]).toBe(`MSA|AA|${back}`);
  });
  it.each([['P', 'P'], ['T', 'T'], ['D', 'D'], ['D^A', 'D'], ['X', 'P'], ['', 'P']])('MSH-11 %j is answered as %s: asked for, or P where the profile has no such code (HL7-36)', (sent, back) => {
    expect(answer(vxu({ set: { 'MSH-11': sent } }), [])[0]?.split('|')[10]).toBe(back);
  });
  it('is written in standard separators whatever the request used', () => {
    const lines = answer('MSH$*!/@$E^R$C*1.2*ISO$$$$$VXU*V04$id|1$T$2.5.1', []);
    expect(lines[0]).toContain('|E\\S\\R|C^1.2^ISO|');
    expect(lines[1]).toBe('MSA|AA|id\\F\\1');
  });
  it('a query that failed is answered as a query (HL7-13)', () => {
    expect(answer(vxu({ set: { 'MSH-9': 'QBP^Q11^QBP_Q11' } }), [])[0]).toContain('|ACK^Q11^ACK|');
  });
  it('answers what is no message at all, with an empty MSA-2 (HL7-18)', () => {
    expect(answer('hello', [])[1]).toBe('MSA|AA|');
  });

  it.each<[string, Fault, string]>([
    ['a component', { rule: 'HL7-49', location: { segment: 'RXA', occurrence: 2, field: 5, repetition: 1, component: 1 }, code: '103', applicationCode: '5', severity: 'E', text: 'x' },
      'ERR||RXA^2^5^1^1|103^Table value not found^HL70357|E|5^Table value not found^HL70533|||x'],
    ['a field', { rule: 'HL7-22', location: { segment: 'RXA', occurrence: 2, field: 5 }, code: '101', severity: 'E', text: 'x' }, 'ERR||RXA^2^5|101^Required field missing^HL70357|E||||x'],
    ['a segment', { rule: 'HL7-26', location: { segment: 'RXA', occurrence: 2 }, code: '100', severity: 'E', text: 'x' }, 'ERR||RXA^2|100^Segment sequence error^HL70357|E||||x'],
    ['the message as a whole', { rule: 'HL7-30', code: '100', severity: 'E', text: 'a|b' }, 'ERR|||100^Segment sequence error^HL70357|E||||a\\F\\b'],
    ['a repetition', { rule: 'HL7-33', location: { segment: 'PID', occurrence: 1, field: 3, repetition: 2 }, code: '101', severity: 'W', text: 'y'.repeat(300) },
      `ERR||PID^1^3^2|101^Required field missing^HL70357|W||||${'y'.repeat(250)}`],
  ])('names %s (HL7-38, HL7-39)', (_, fault, line) => { expect(answer(vxu(), [fault])[2]).toBe(line); });

  it('says what was done in one I line, the last one, also beside faults (HL7-45)', () => {
    const done = whatWasDone([{ what: 'added', position: 1 }, { what: 'deleted', position: 2 }, { what: 'missing', position: 3 }], 4);
    expect(answer(vxu(), [], done)[2]).toBe('ERR|||0^Message accepted^HL70357|I||||2 of 4 vaccination events taken: 1 added (RXA 1), 1 deleted (RXA 2), 1 not found (RXA 3)');
    expect(answer(vxu(), report({ set: { 'MSH-21': '' } }).faults, done)).toHaveLength(4);
  });
  it.each<[string, string[], string]>([
    ['a deletion is never called stored', ['deleted'], '1 of 1 vaccination events taken: 1 deleted (RXA 1)'],
    ['a resend is already known', ['known'], '1 of 1 vaccination events taken: 1 already known (RXA 1)'],
    ['many are only counted', Array.from({ length: 35 }, (_, at) => (at < 30 ? 'added' : 'corrected')), '35 of 35 vaccination events taken: 30 added, 5 corrected'],
    ['a patient alone', [], 'The patient was taken; no vaccination event was sent'],
  ])('%s (HL7-45)', (_, what, text) => { expect(whatWasDone(what.map((one, at) => ({ what: one, position: at + 1 })), what.length)?.text).toBe(text); });
  it('a deletion of nothing is no acceptance (HL7-70)', () => { expect(whatWasDone([{ what: 'missing', position: 1 }], 1)).toBeUndefined(); });
  it('a further report says so to its own sender only (HL7-98)', () => {
    const witness = (alone?: { kind: 'matched' }) =>
      ({ kind: 'recorded', dose: { state: 'accepted', witnessOf: 'dos_x', decrement: { kind: 'not-applicable', why: 'same-dose' }, ...(alone && { alone }) } }) as const;
    expect(doneOf(witness())).toBe('once');
    expect(doneOf(witness({ kind: 'matched' }))).toBe('added');
    expect((['recorded', 'corrected', 'deleted', 'unchanged', 'unknown-dose'] as const).map((kind) => doneOf({ kind }))).toEqual(['added', 'corrected', 'deleted', 'known', 'missing']);
    expect(doneOf({ kind: 'unchanged', dose: { state: 'deleted', decrement: { kind: 'not-applicable', why: 'deleted' } } })).toBe('gone');
  });
  it('what comes back of a header is bounded, and a control id that is too long rejects the message (HL7-17, HL7-21)', () => {
    const long = 'x'.repeat(5_000);
    const text = vxu({ set: { 'MSH-3': long, 'MSH-4': long, 'MSH-10': long, 'MSH-22': long } });
    const found = readVxu(text, vxuContext);
    expect(found).toMatchObject({ accepted: false, answer: 'AE' });
    expect(found.faults.at(-1)?.text).toBe('MSH-10 message control id has 5000 characters, at most 199 are taken - message rejected');
    expect(answer(text, found.faults).join('').length).toBeLessThan(1_500);
  });
});

describe('AA, AE and AR (HL7-42)', () => {
  const fault = (severity: 'E' | 'W' | 'I'): Fault => ({ rule: 'HL7-42', code: '101', severity, text: '' });
  it.each([[[], 'AA'], [['I'], 'AA'], [['I', 'W'], 'AE'], [['E'], 'AE']] as const)('%j gives %s', (severities, code) => {
    expect(answerFor(severities.map(fault))).toBe(code);
    expect(answerFor(severities.map(fault), true)).toBe('AR');
  });
});

describe('writing', () => {
  const odd = { field: '$', component: '*', repetition: '!', escape: '/', subcomponent: '@' };
  it.each(['a|b^c&d~e\\f', 'line\nbreak', '\u0000\r\t', 'é漢😀', '\\F\\'])('what is escaped reads back: %j', (text) => {
    for (const separators of [odd, readMessage('').separators]) expect(unescape(escape(text, separators), separators)).toBe(text);
  });
  it('puts fields where their number says', () => {
    expect(writeSegment('ERR', { 3: ['1', ['a&', 'b']], 5: { repetitions: [['x'], ['y', 'z']] } })).toBe('ERR|||1^a\\T\\&b||x~y^z');
    expect(writeSegment('MSH', { 3: 'A' }, odd)).toBe('MSH$*!/@$A');
  });
  it.each([
    ['2021-03-14T06:59:59.000Z', '20210314015959-0500'], ['2021-03-14T07:00:00.000Z', '20210314030000-0400'], ['2021-01-01T04:59:59.999Z', '20201231235959-0500'],
  ])('%s is %s on the wall in New York (HL7-36)', (instant, text) => { expect(writeHl7Time(instant, timeZone)).toBe(text); });
});

describe('batch files (HL7-82 to HL7-85)', () => {
  const message = (id: string): string => `MSH|^~\\&|A|B|||20210401||VXU^V04^VXU_V04|${id}|P|2.5.1\rPID|1\r`;
  const ids = (items: readonly BatchItem[]): string[] => items.flatMap((item) => item.kind === 'message' ? readMessage(item.text).header?.value(10) ?? '' : []);
  it.each([
    ['a whole envelope', `FHS|^~\\&\rBHS|^~\\&\r${message('1')}${message('2')}BTS|2\rFTS|1\r`],
    ['BHS alone', `BHS|^~\\&\n${message('1').replaceAll('\r', '\r\n')}${message('2')}BTS|2`],
    ['FHS alone, without trailer', `\uFEFFFHS|^~\\&\r${message('1')}${message('2')}`],
    ['a bare stream', message('1') + message('2')],
    ['MLLP frames', `\u000B${message('1')}\u001C\r\u000B${message('2')}\u001C\r`],
  ])('%s holds two messages', (_, text) => { expect(ids(splitBatch(text))).toEqual(['1', '2']); });

  it('a wrong count is reported, every message is still there (HL7-83)', () => {
    const items = splitBatch(`BHS|^~\\&\r${message('1')}BTS|4\r`);
    expect(ids(items)).toEqual(['1']);
    expect(items.at(-1)).toEqual({ kind: 'trailer', name: 'BTS', claimed: 4, found: 1 });
  });
  it.each([
    ['FHS without BHS is one batch', `FHS|^~\\&\r${message('1')}${message('2')}FTS|1\r`, [[1, 1]]],
    ['BTS without BHS is one batch', `FHS|^~\\&\r${message('1')}BTS|1\rFTS|1\r`, [[1, 1], [1, 1]]],
    ['BHS without BTS is one batch', `FHS|^~\\&\rBHS|^~\\&\r${message('1')}FTS|1\r`, [[1, 1]]],
    ['a second file counts for itself', `FHS|^~\\&\rBHS|^~\\&\r${message('1')}BTS|1\rFTS|1\rFHS|^~\\&\rBHS|^~\\&\r${message('2')}${message('3')}BTS|2\rFTS|1\r`, [[1, 1], [1, 1], [2, 2], [1, 1]]],
    ['a file of two batches says two', `FHS|^~\\&\rBHS|^~\\&\r${message('1')}BTS|1\rBHS|^~\\&\rBTS|0\rFTS|1\r`, [[1, 1], [0, 0], [1, 2]]],
  ])('%s (HL7-82, HL7-83)', (_, text, counts) => {
    expect(splitBatch(text).flatMap((item) => (item.kind === 'trailer' ? [[item.claimed, item.found]] : []))).toEqual(counts);
  });
  it('lines outside of messages are counted, not swallowed', () => {
    expect(splitBatch(`PID|1\rOBX|1\r${message('1')}`)[0]).toEqual({ kind: 'stray', lines: 2 });
  });
  it('every message reads with its own separators (HL7-85)', () => {
    const items = splitBatch(`BHS|^~\\&\r${message('1')}MSH$*~/@$A$B$$$$$VXU*V04$2$P$2.5.1\r`);
    expect(ids(items)).toEqual(['1', '2']);
  });
  it('the answers come back in an envelope with the sender\'s control id (HL7-84)', () => {
    const [header] = splitBatch('FHS|^~\\&|RPMS|IHS2||IIS|20120731||batch.txt||CI809903|\rMSH|^~\\&|\r');
    const request = header?.kind === 'header' ? header.segment : undefined;
    const lines = writeBatchReply({ request, batches: [{ request: undefined, answers: ['MSH|^~\\&|X\rMSA|AA|1\r'] }], now, timeZone, registry }).split('\r');
    expect(lines).toEqual([
      'FHS|^~\\&|DOSELINE|CTA|RPMS|IHS2|20210401130000-0400||batch.txt.response||CI809903',
      'BHS|^~\\&|DOSELINE|CTA|RPMS|IHS2|20210401130000-0400||||CI809903', 'MSH|^~\\&|X', 'MSA|AA|1', 'BTS|1', 'FTS|1', '',
    ]);
  });
  it('each batch is answered under its own control id (HL7-84)', () => {
    const headers = splitBatch('FHS|^~\\&|A|B|||||||F1\rBHS|^~\\&|A|B|||||||B1\rBHS|^~\\&|A|C|||||||B2\r').flatMap((item) => (item.kind === 'header' ? [item.segment] : []));
    const batches = headers.slice(1).map((request, at) => ({ request, answers: [`MSH|^~\\&|${at + 1}\r`] }));
    expect(writeBatchReply({ request: headers[0], batches, now, timeZone, registry, remark: 'odd' }).split('\r')).toEqual([
      'FHS|^~\\&|DOSELINE|CTA|A|B|20210401130000-0400||||F1', 'BHS|^~\\&|DOSELINE|CTA|A|B|20210401130000-0400||||B1', 'MSH|^~\\&|1', 'BTS|1',
      'BHS|^~\\&|DOSELINE|CTA|A|C|20210401130000-0400||||B2', 'MSH|^~\\&|2', 'BTS|1|odd', 'FTS|2', '',
    ]);
  });
});
