import { describe, expect, it } from '@jest/globals';
import { HL7_LIMITS, readMessage, STANDARD_SEPARATORS, unescape } from '../../shared/hl7/index.ts';

const MSH = 'MSH|^~\\&|A|B|||20210401||VXU^V04^VXU_V04|1|P|2.5.1';
const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => typeof part === 'string' ? [...new TextEncoder().encode(part)] : part));

describe('a message is read whatever ends its segments (HL7-01) and whatever frames it (HL7-02)', () => {
  it.each([
    ['CR', `${MSH}\rPID|1\rORC|RE\r`],
    ['LF', `${MSH}\nPID|1\nORC|RE\n`],
    ['CRLF', `${MSH}\r\nPID|1\r\nORC|RE`],
    ['doubled CR', `${MSH}\r\rPID|1\r\rORC|RE\r\r`],
    ['a mixture with empty lines', `${MSH}\r\n\nPID|1\n\r\rORC|RE`],
    ['a byte order mark', `\uFEFF${MSH}\rPID|1\rORC|RE\r`],
    ['MLLP framing', `\u000B${MSH}\rPID|1\rORC|RE\r\u001C\r`],
    ['blanks and empty lines in front', ` \r\n\t${MSH}\rPID|1\rORC|RE\r`],
  ])('%s', (_, text) => {
    for (const input of [text, new TextEncoder().encode(text)]) {
      const message = readMessage(input);
      expect(message.segments.map(({ name }) => name)).toEqual(['MSH', 'PID', 'ORC']);
      expect(message.first('ORC')?.value(1)).toBe('RE');
    }
  });

  it('has no header when no MSH is there', () => {
    expect(readMessage('PID|1\r').header).toBeUndefined();
    expect(readMessage('').segments).toEqual([]);
    expect(readMessage('MSHX|^~\\&|A').header).toBeUndefined();
  });
});

describe('bytes that are no UTF-8 damage one field only (HL7-03)', () => {
  const message = readMessage(bytes(`${MSH}\rPID|1||77||Jos`, [0xe9], '^Ana|x|19810203\r'));
  it('the neighbours read as sent', () => {
    const pid = message.first('PID');
    expect(pid?.damaged(5)).toBe(true);
    expect(pid?.value(5, 2)).toBe('Ana');
    expect([3, 6, 7].map((field) => pid?.damaged(field))).toEqual([false, false, false]);
    expect(pid?.value(7)).toBe('19810203');
  });
});

describe('each message brings its own separators (HL7-04)', () => {
  it.each([
    ['^~\\&', 'standard', 'Doe'], ['^~\\&#', 'extra', 'Doe'], ['^~\\\\&', 'unusable', 'Doe'], ['^~&', 'unusable', 'Doe'],
    ['^~*', 'unusable', 'Doe'], ['^~\\&amp;', 'unusable', 'Doe'], ['', 'unusable', 'Doe'], ['*~\\&', 'other', 'Doe^Jane'],
    ['^^\\&', 'unusable', 'Doe'], ['abcd', 'unusable', 'Doe'],
  ])('MSH-2 %j is %s', (encoding, state, family) => {
    const message = readMessage(`MSH|${encoding}|A\rPID|||||Doe^Jane`);
    expect(message.separatorState).toBe(state);
    expect(message.first('PID')?.value(5)).toBe(family);
    expect(message.header?.text(2)).toBe(encoding);
  });

  it('all five may differ', () => {
    const message = readMessage('MSH$*!/@$A$B*1.2*ISO\rPID$$$1***X@Y!2$$Do/S/e*J/F/n');
    expect(message.header?.value(4, 2)).toBe('1.2');
    expect(message.first('PID')?.value(3, 4, 1, 2)).toBe('Y');
    expect(message.first('PID')?.value(3, 1, 2)).toBe('2');
    expect([message.first('PID')?.value(5), message.first('PID')?.value(5, 2)]).toEqual(['Do*e', 'J$n']);
  });
});

describe('positions are those of HL7 (HL7-05, HL7-07, HL7-08, HL7-09)', () => {
  const message = readMessage(`${MSH}\rPID|1||a^^^X&Y~b||D\rRXA|0\rID|1\rRXA|1|||`);
  it('MSH-1 is the separator and MSH-2 is never cut', () => {
    expect([1, 2, 3, 9].map((field) => message.header?.value(field))).toEqual(['|', '^~\\&', 'A', 'VXU']);
    expect(message.header?.repetitions(2)).toBe(1);
  });
  it('reads fields, repetitions, components and sub-components from 1; what was not sent is empty', () => {
    const pid = message.first('PID');
    expect(pid?.repetitions(3)).toBe(2);
    expect([pid?.value(3), pid?.value(3, 4), pid?.value(3, 4, 1, 1), pid?.value(3, 4, 1, 2), pid?.value(3, 1, 2)]).toEqual(['a', 'X&Y', 'X', 'Y', 'b']);
    expect([pid?.value(3, 9), pid?.value(3, 1, 3), pid?.value(99), pid?.value(0), pid?.repetitions(4)]).toEqual(['', '', '', '', 0]);
    expect(pid?.has(3, 3)).toBe(false);
  });
  it('counts the segments of a name, and a damaged name is another name', () => {
    expect(message.all('RXA').map((segment) => segment.at(5, 1, 2))).toEqual([
      { segment: 'RXA', occurrence: 1, field: 5, repetition: 2, component: 1 },
      { segment: 'RXA', occurrence: 2, field: 5, repetition: 2, component: 1 },
    ]);
    expect(message.all('PID')).toHaveLength(1);
    expect(message.segments.map(({ name }) => name)).toContain('ID');
  });
});

describe('escapes are resolved once (HL7-06)', () => {
  it.each([
    ['\\F\\ \\S\\ \\T\\ \\R\\ \\E\\', '| ^ & ~ \\'],
    ['Merck Sharp \\T\\ Dohme', 'Merck Sharp & Dohme'],
    ['\\E\\F\\E\\', '\\F\\'],
    ['\\X48C3A9\\', 'Hé'],
    ['\\X0D0A\\', '\r\n'],
    ['a\\.br\\b', 'a\nb'],
    ['lone \\ stays', 'lone \\ stays'],
    ['a\\b\\T\\c', 'a\\b&c'],
    ['\\T', '\\T'],
    ['\\H\\bold\\N\\', '\\H\\bold\\N\\'],
    ['\\H\\F\\N\\', '\\H\\F\\N\\'],
    ['\\Xzz\\ \\X4\\', '\\Xzz\\ \\X4\\'],
    ['\\\\T\\', '\\&'],
    ['', ''],
  ])('%j is %j', (sent, meant) => { expect(unescape(sent, STANDARD_SEPARATORS)).toBe(meant); });

  it('half a million escape characters are read like two', () => { expect(unescape('\\'.repeat(500_000), STANDARD_SEPARATORS)).toBe('\\'.repeat(500_000)); });
});

describe('values are trimmed, bad ones are read like others (HL7-10, HL7-11)', () => {
  it.each([[' VXU ', 'VXU'], ['%s', '%s'], ['{{x}}', '{{x}}'], ['$name', '$name'], ['\u0000', '\u0000']])('%j reads as %j', (sent, value) => {
    expect(readMessage(`${MSH}\rPID|${sent}`).first('PID')?.value(1)).toBe(value);
  });
});

describe('limits are named (HL7-12)', () => {
  it.each([
    ['messageBytes', `${MSH}\rNTE|1||${'x'.repeat(HL7_LIMITS.messageBytes)}`],
    ['segments', `${MSH}\r${'NTE|1\r'.repeat(HL7_LIMITS.segments)}`],
  ])('a message beyond %s keeps its header and nothing else', (limit, text) => {
    const message = readMessage(text);
    expect(message.exceeded).toBe(limit);
    expect(message.segments.map(({ name }) => name)).toEqual(['MSH']);
    expect(message.header?.value(10)).toBe('1');
  });
  it('a message at the limit is whole', () => {
    expect(readMessage(`${MSH}\r${'NTE|1\r'.repeat(HL7_LIMITS.segments - 1)}`).segments).toHaveLength(HL7_LIMITS.segments);
  });
});
