import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkFile, contextAt, type ReportCard } from '../../cli/hl7/check-files.ts';
import { fileRemarks, remarksText } from '../../cli/hl7/message-files.ts';
import { readMessage } from '../../shared/hl7/index.ts';
import { openDoseRoom, order, vxu, type DoseRoom } from '../support/dose-room.ts';
import { readCorpus } from '../support/hl7-corpus.ts';

const now = '2026-01-15T12:00:00.000Z';
const cardOf = (text: Uint8Array | string): ReportCard => {
  const [checked, ...others] = checkFile({ file: 'a', bytes: Buffer.from(text) }, contextAt('CTA', now));
  if (checked === undefined || others.length > 0) throw new Error('one message was meant');
  return checked.card;
};

/** What only the registry's own records tell: a site, an account, a known id, a known patient, other doses. The offline card cannot have it. */
const storeRules: readonly RegExp[] = [
  /^Stock was not moved/, /^RXA-11.4 facility is none of this sender's sites/, /^ORC-3 of this dose was used before for another day/, /^This dose is known with other content/,
  /^The dose to (?:update|delete) is not known/, /^The record of this patient waits/, /vaccination events taken: /, /^The patient was taken/, /^Another (?:report tells|dose of this vaccine)/, /^RXA as told/,
  /^None of the vaccination events to delete/, /^ORC-3 stands for several/, /^The dose of this ORC-3 was told/, /^PID-3 is known as the number of another/,
  /^ORC-3 of the dose to delete is not known/, /^RXA-11.4 names no facility/,
];
type Line = Omit<ReportCard['errors'][number], 'rule'>;
const linesOf = (ack: string): Line[] => readMessage(ack).all('ERR').map((err) => ({ location: err.text(2), code: err.value(3), severity: err.value(4) as Line['severity'], text: err.value(8) }));
/** That nothing was taken is told by the message itself, or found only when nothing of it is known (HL7-30). */
const isStored = ({ text }: Line, expected: readonly Line[] = []): boolean =>
  storeRules.some((rule) => rule.test(text)) || (text.startsWith('None of the vaccination events') && !expected.some((line) => line.text === text));

let room: DoseRoom;
beforeAll(async () => { room = await openDoseRoom('hl7ReportCard'); }, 60_000);
afterAll(() => room.stop());

/** A response has one ERR, for the gravest fault that is no remark (HL7-38); the card lists all. */
const queryDifferences = async (text: string): Promise<string[]> => {
  const { ack, errors } = cardOf(text);
  const { status, text: answer } = await room.sendHl7(text, 'elm-ehr', { now });
  const code = readMessage(answer).first('MSA')?.value(1) ?? '';
  const told = linesOf(answer);
  const worth = errors.filter(({ severity, rule }) => severity !== 'I' || rule === 'HL7-15');
  const unknown = told.filter((line) => !errors.some((error) => error.location === line.location && error.text === line.text && error.severity === line.severity));
  return [
    ...(status === 200 && code === ack ? [] : [`${ack} offline, ${code} (${status}) from the handler`]), ...unknown.map(({ text: words }) => `only from the handler: ${words}`),
    ...(told.length > 0 || worth.length === 0 ? [] : ['faults only offline']),
  ];
};

/** What differs between the card and the answer of the handler; facts of the store apart, nothing should. */
const differences = async (text: string): Promise<string[]> => {
  const { ack, errors } = cardOf(text);
  if (readMessage(text).header?.value(9) === 'QBP') return queryDifferences(text);
  const { status, text: answer } = await room.sendHl7(text, 'elm-ehr', { now });
  const told = linesOf(answer);
  const expected = errors.map(({ rule: _, ...line }) => line);
  const found = told.filter((line) => !isStored(line, expected));
  const code = readMessage(answer).first('MSA')?.value(1);
  const sameCode = code === ack || (ack === 'AA' && code === 'AE' && told.some((line) => isStored(line, expected) && line.severity !== 'I'));
  return [
    ...(status === 200 ? [] : [`status ${status}`]),
    ...(sameCode ? [] : [`${ack} offline, ${String(code)} from the handler`]),
    ...(JSON.stringify(found) === JSON.stringify(expected) ? [] : [`${JSON.stringify(expected)} offline, ${JSON.stringify(found)} from the handler`]),
  ];
};

const dose = (more: Parameters<typeof order>[0] = {}): string => vxu({ id: `T${Math.abs(JSON.stringify(more).length)}`, orders: order(more) });
const BY_HAND: readonly (readonly [string, string])[] = [
  ['a dose without any fault', vxu()],
  ['an unknown vaccine', dose({ vaccine: '901^^CVX' })],
  ['one unknown vaccine beside a good one', vxu({ id: 'T-two', orders: [...order({ filler: 'A1^ELM' }), ...order({ filler: 'A2^ELM', vaccine: '902^^CVX' })] })],
  ['a day that does not exist', dose({ on: '20210230' })],
  ['a month for a day', dose({ on: '202102' })],
  ['a dose before birth', dose({ on: '19500101' })],
  ['a dose in the future', dose({ on: '20270101' })],
  ['no birth date', vxu({ id: 'T-nobirth', birth: '' })],
  ['a birth in the future', vxu({ id: 'T-unborn', birth: '20290101' })],
  ['no name', vxu({ id: 'T-noname', family: '', given: '' })],
  ['a refusal without a reason', dose({ completion: 'RE', filler: '9999', amount: '999' })],
  ['an expiry in the past', dose({ expiry: '20200101', filler: 'E1^ELM' })],
  ['an unknown manufacturer', dose({ mvx: 'XXX^^MVX', filler: 'M1^ELM' })],
  ['a wrong action', dose({ action: 'CP', filler: 'W1^ELM' })],
  ['no source', dose({ source: '', filler: 'S1^ELM' })],
  ['a deletion of a dose nobody knows', dose({ action: 'D', filler: 'NOBODY^ELM' })],
  ['an update of a dose nobody knows', dose({ action: 'U', filler: 'NOBODY2^ELM' })],
  ['a facility nobody knows', dose({ facility: 'Elsewhere', filler: 'X1^ELM' })],
  ['another version', vxu({ id: 'T-version' }).replace('|2.5.1|', '|2.4|')],
  ['another processing id', vxu({ processing: 'X' })],
  ['a test message', vxu({ processing: 'T' })],
  ['another event', vxu().replace('VXU^V04^VXU_V04', 'VXU^V01')],
  ['another type', vxu().replace('VXU^V04^VXU_V04', 'ADT^A08')],
  ['no control id', vxu({ controlId: '' })],
  ['no MSH', 'PID|1||1^^^A^MR||A^B\r'],
  ['nothing at all', ''],
  ['no HL7', 'Dear registry,\nplease find enclosed'],
  ['two PID', vxu({ id: 'T-twopid' }).replace(/\rORC/, '\rPID|1||2^^^ELM^MR||Other^Name^^^^^L||19560312|F\rORC')],
  ['own separators', vxu({ id: 'T-separators' }).replaceAll('|', '*').replaceAll('^', '!').replace('*!~\\&*', '*!~\\&*')],
  ['NUL and control characters', vxu({ id: 'T-nul', given: 'A\u0000d\u0007a' })],
  ['bytes that were no UTF-8', vxu({ id: 'T-bytes', given: 'Zo\uFFFD' })],
  ['a line break in hexadecimal', vxu({ id: 'T-hex', given: 'A\\X0D\\da' })],
  ['"" in every field of the patient', vxu({ id: 'T-null', birth: '19560312', pidMore: { 6: '""', 10: '""', 11: '""', 13: '""', 22: '""', 24: '""', 25: '""', 29: '""', 30: '""' }, pd1: 'PD1|||||||||||""|""|""|||""|""|""' })],
  ['"" in every field of the dose', vxu({ id: 'T-nulldose', orders: ['ORC|""||""', 'RXA|""|""|20210308|""|212^^CVX|""|""||""|""|""||||""|""|""|""||""|""', 'RXR|""|""', 'OBX|""|""|""|""|""'] })],
  ['"" for a name', vxu({ id: 'T-nullname', family: '""' })],
  ['a megabyte and more', vxu({ id: 'T-long', given: 'A'.repeat(1_200_000) })],
  ['6,000 segments', vxu({ id: 'T-segments', orders: Array.from({ length: 6_000 }, () => 'NK1|1') })],
  ['10,000 repetitions', vxu({ id: `R${'~1^^^ELM^MR'.repeat(10_000)}` })],
  ['a query', 'MSH|^~\\&|EHR|ELM|||20210308100000-0500||QBP^Q11^QBP_Q11|Q1|P|2.5.1|||ER|AL|||||Z34^CDCPHINVS|ELM\rQPD|Z34^Request Immunization History^CDCPHINVS|1|P1^^^ELM^MR|\rRCP|I|5^RD\r'],
  ['a query for nobody in particular', 'MSH|^~\\&|EHR|ELM|||20210308100000-0500||QBP^Q11^QBP_Q11|Q2|P|2.5.1|||ER|AL|||||Z34^CDCPHINVS|ELM\rQPD|Z34^Request Immunization History^CDCPHINVS|1\rRCP|I|5^RD\r'],
  ['a query of another version', 'MSH|^~\\&|EHR|ELM|||20210308100000-0500||QBP^Q11^QBP_Q11|Q3|P|2.4|||ER|AL|||||Z34^CDCPHINVS|ELM\rQPD|Z34|1|P1^^^ELM^MR\r'],
  ['a limit of orders', vxu({ id: 'T-many', orders: Array.from({ length: 305 }, (_, at) => order({ filler: `N${at}^ELM`, source: '01^^NIP001', vaccine: '901^^CVX' })).flat() })],
];

describe('the report card says what the registry answers', () => {
  it.each(BY_HAND)('%s', async (_, text) => { expect(await differences(text)).toEqual([]); });

  it('and so for messages of every family of senders', async () => {
    const families = new Map<string, number>();
    const some = readCorpus().filter(({ file, messageType }) => {
      const family = file.split('/')[0] ?? '';
      families.set(family, (families.get(family) ?? 0) + 1);
      return (messageType.startsWith('QBP') && (families.get(family) ?? 0) % 6 === 0) || (families.get(family) ?? 0) % (family.startsWith('cdc-iis') ? 40 : 17) === 1;
    });
    expect(some.length).toBeGreaterThan(60);
    const found: string[] = [];
    for (const { file, bytes } of some) found.push(...(await differences(new TextDecoder().decode(bytes))).map((difference) => `${file}: ${difference}`));
    expect(found).toEqual([]);
  }, 60_000);

  it('an answer with another fault, or a fault less, would be seen (negative control)', async () => {
    const text = dose({ vaccine: '901^^CVX', filler: 'NC^ELM' });
    const { text: answer } = await room.sendHl7(text, 'elm-ehr', { now });
    expect(linesOf(answer).length).toBe(cardOf(text).errors.length);
    expect(cardOf(text.replace('901^^CVX', '212^^CVX')).errors).not.toEqual(cardOf(text).errors);
  });
});

it('ten megabytes are answered, too, and as the card says', async () => {
  const text = vxu({ id: 'T-huge', given: 'A'.repeat(10_000_000) });
  expect(cardOf(text)).toMatchObject({ ack: 'AE', errors: [{ rule: 'HL7-12' }] });
  const { status, text: answer } = await room.sendHl7(text, 'elm-ehr', { now });
  // The gateway's own limit may speak first; either way it is an answer.
  expect(status === 413 || linesOf(answer)[0]?.text === cardOf(text).errors[0]?.text).toBe(true);
});

describe('the cards of files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'doseline-cards-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const cards = (text: string | Uint8Array): ReportCard[] => checkFile({ file: 'f.hl7', bytes: Buffer.from(text) }, contextAt('CTA', now)).map(({ card }) => card);

  it.each<readonly [string, string, string[]]>([
    ['a batch has a card for each message', `FHS|^~\\&|A\rBHS|^~\\&|A\r${vxu()}${vxu({ processing: 'X' })}BTS|2\rFTS|1\r`, ['AA', 'AR']],
    ['a bare stream too', `${vxu()}${vxu()}${vxu({ birth: '' })}`, ['AA', 'AA', 'AE']],
    ['a file without HL7 has one', 'no message', ['AE']],
    ['an empty file has one', '', ['AE']],
    ['an envelope around nothing has one', 'FHS|^~\\&|A\rFTS|0\r', ['AE']],
  ])('%s', (_, text, expected) => { expect(cards(text).map(({ ack }) => ack)).toEqual(expected); });

  it('of a batch with a wrong count say so, of the file and not of a message (HL7-83)', () => {
    const bytes = Buffer.from(`FHS|^~\\&|A\rBHS|^~\\&|A\r${vxu()}BTS|4\rFTS|1\r`);
    expect(remarksText(fileRemarks({ file: 'f.hl7', bytes }))).toBe('f.hl7: BTS counts 4, found were 1 (HL7-83)');
    expect([vxu(), `FHS|^~\\&|A\r${vxu()}FTS|1\r`].flatMap((text) => fileRemarks({ file: 'f.hl7', bytes: Buffer.from(text) }))).toEqual([]);
  });

  it('have the agreed fields and no value of the patient', () => {
    const [card] = cards(vxu({ family: 'Qzarbeth', sex: 'Wexlumin', orders: order({ vaccine: '901^^CVX' }) }));
    expect(Object.keys(card ?? {})).toEqual(['file', 'ack', 'errors']);
    expect(Object.keys(card?.errors[0] ?? {})).toEqual(['location', 'code', 'severity', 'rule', 'text']);
    expect(card?.errors.find(({ rule }) => rule === 'HL7-49')).toEqual({ location: 'RXA^1^5^1^1', code: '103', severity: 'E', rule: 'HL7-49', text: 'RXA-5 vaccine code is not recognised as CVX or NDC - field ignored' });
    expect(JSON.stringify(card)).not.toMatch(/Qzarbeth|Wexlumin/);
  });

  it('of a file whose bytes are no UTF-8 are given all the same', () => {
    writeFileSync(join(folder, 'latin1.hl7'), Buffer.from(vxu({ given: 'Zo\u00EB' }), 'latin1'));
    expect(cards(readFileSync(join(folder, 'latin1.hl7')))).toMatchObject([{ ack: 'AE', errors: [{ location: 'PID^1^5', rule: 'HL7-03', severity: 'W' }] }]);
  });
});
