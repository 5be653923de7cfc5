import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { buildAcknowledgement, readMessage, splitBatch, treeOf, writeMessage } from '../../shared/hl7/index.ts';
import { readVxu } from '../../functions/doses/domain/vxu/read.ts';
import type { ImmunizationReport, VxuContext } from '../../functions/doses/domain/vxu/types.ts';
import { readBatchFiles, readCorpus } from '../support/hl7-corpus.ts';
import { vxuContext } from '../support/vxu.ts';

const corpus = readCorpus();
const context: VxuContext = { ...vxuContext, receivedAt: '2026-01-15T12:00:00.000Z' };
const registry = { application: 'DOSELINE', facility: 'CTA' };

const answer = (input: Uint8Array | string): { report: ImmunizationReport; ack: string; sent: string } => {
  const request = readMessage(input);
  const report = readVxu(request, context);
  const ack = buildAcknowledgement({ request, ...report, now: context.receivedAt, timeZone: context.timeZone, controlId: 'A-1', registry });
  return { report, ack, sent: request.header?.exact(10) ?? '' };
};

/** What is improper in an answer: it is one message in the shape of Z23, says what the report says, and names faults by table. */
const improprieties = ({ report, ack, sent }: ReturnType<typeof answer>): string[] => {
  const back = readMessage(ack);
  const names = back.segments.map(({ name }) => name).join(' ');
  const checks: Record<string, boolean> = {
    segments: names === ['MSH', 'MSA', ...report.faults.map(() => 'ERR')].join(' '),
    profile: back.header?.value(21) === 'Z23',
    answer: back.first('MSA')?.value(1) === report.answer,
    'control id': back.first('MSA')?.exact(2) === sent,
    faults: back.all('ERR').every((err) => /^\d{1,3}$/.test(err.value(3)) && err.value(3, 3) === 'HL70357' && /^[EWI]$/.test(err.value(4)) && err.value(8) !== ''),
    'patient only when taken': (report.patient !== undefined) === report.accepted,
    'AA only when taken': report.accepted || report.answer !== 'AA',
  };
  return Object.keys(checks).filter((name) => !checks[name]);
};

describe('every message of the corpus gets exactly one proper answer (HL7-35)', () => {
  it('all 1,430 files', () => {
    expect(corpus).toHaveLength(1_430);
    expect(corpus.flatMap(({ file, bytes }) => improprieties(answer(bytes)).map((fault) => `${file} ${fault}`))).toEqual([]);
  });

  it('every message of every batch file (HL7-82, HL7-84)', () => {
    const counts = readBatchFiles().map(({ file, bytes }) => {
      const messages = splitBatch(bytes).flatMap((item) => item.kind === 'message' ? [item.text] : []);
      expect(messages.flatMap((text) => improprieties(answer(text)))).toEqual([]);
      return [file, messages.length];
    });
    expect(counts).toHaveLength(11);
    expect(counts.every(([, messages]) => messages === 1)).toBe(true);
  });

  it('the trailer that claims four messages over one is seen (HL7-83)', () => {
    const wrong = readBatchFiles().flatMap(({ file, bytes }) => splitBatch(bytes)
      .filter((item) => item.kind === 'trailer' && item.name === 'BTS' && item.claimed !== undefined && item.claimed !== item.found).map(() => file));
    expect(wrong).toEqual(['batch-01.hl7', 'batch-02.hl7']);
  });
});

it('an answer that does not fit its report is seen (negative control)', () => {
  const good = answer(corpus[0]?.bytes ?? '');
  expect(improprieties({ ...good, ack: good.ack.replace('MSA|', 'MSB|') })).toContain('segments');
  expect(improprieties({ ...good, sent: 'another id' })).toEqual(['control id']);
});

describe('what becomes of the senders of the corpus', () => {
  const vxus = corpus.filter(({ file, messageType }) => file.includes('VXU') || messageType.startsWith('VXU'));

  it('VXU taken, lost with every order, rejected, by family of senders', () => {
    const table = new Map<string, { AA: number; AE: number; lost: number; rejected: number; AR: number }>();
    for (const { file, bytes } of vxus) {
      const family = file.split('/')[0] ?? '';
      const row = table.get(family) ?? { AA: 0, AE: 0, lost: 0, rejected: 0, AR: 0 };
      const { report } = answer(bytes);
      const column = report.accepted ? report.answer : report.answer === 'AR' ? 'AR' : report.faults.some(({ rule }) => rule === 'HL7-30') ? 'lost' : 'rejected';
      row[column] += 1;
      table.set(family, row);
    }
    expect(Object.fromEntries([...table].map(([family, row]) => [family, Object.values(row).join(' ')]))).toEqual(FAMILIES);
  });

  it('an answer to a message that is no VXU is AR, 200 or 207 (HL7-13, HL7-16)', () => {
    const odd = corpus.filter(({ messageType }) => /^(?:ACK|RSP|QBP|VXQ|VXUX)/.test(messageType)).filter(({ bytes }) => {
      const { report } = answer(bytes);
      return report.accepted || report.answer !== 'AR' || !report.faults.some(({ code }) => /^20[0-37]$/.test(code));
    });
    expect(odd.map(({ file }) => file)).toEqual([]);
  });
});

/** AA, AE taken, AE with every order lost, AE rejected, AR. */
const FAMILIES: Readonly<Record<string, string>> = {
  'nist-iz-tool': '75 47 0 0 1',
  'cdc-iis-open-tools': '2 0 90 5 0',
  'cdc-iis-open-tools-history': '0 0 223 13 0',
  'ois-dqa': '12 181 0 7 32',
  'ois-dqa-malformed': '1 2 0 3 2',
  'smm-tester': '5 17 0 5 0',
  'mqe-hl7-util': '0 15 0 5 0',
  'mqe-validator': '1 5 0 0 0',
  'dqa-message-hub': '0 2 0 0 0',
  'dqa-message-modifier': '2 2 0 0 0',
  izgateway: '1 1 0 6 1',
  'cdc-ig-examples': '0 1 0 0 0',
  'other-libs': '1 5 0 4 19',
  extra: '1 1 0 0 0',
};

describe('NIST messages in which nothing required is missing', () => {
  const whole = corpus.filter(({ file, messageType, missing }) => file.startsWith('nist-iz-tool/') && messageType.startsWith('VXU^') && missing === '');
  /** Their first dose is dated before the birth, which HL7-80 does not let pass: that dose is lost, and nothing else. */
  const BEFORE_BIRTH = ['0002', '0007', '0011', '0015', '0088', '0119', '0120'].map((n) => `nist-iz-tool/VXU-${n}.hl7`);

  it('are 114 (and VXUX), all taken, with no error but the doses dated before birth', () => {
    expect(whole).toHaveLength(114);
    const losing: string[] = [];
    for (const { file, bytes } of whole) {
      const { report } = answer(bytes);
      expect(report.accepted).toBe(true);
      const errors = report.faults.filter(({ severity }) => severity === 'E');
      if (errors.length > 0) losing.push(file);
      expect(report.ordersSent - report.orders.length).toBe(errors.length === 0 ? 0 : 1);
      expect(errors.every(({ rule, location }) => ['HL7-80', 'HL7-22', 'HL7-26'].includes(rule) && location?.segment === 'RXA')).toBe(true);
    }
    expect(losing.sort()).toEqual(BEFORE_BIRTH);
  });
});

describe('parse and write (HL7-01, HL7-06)', () => {
  const utf8 = (bytes: Uint8Array): string | undefined => {
    try { return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes); } catch { return undefined; }
  };
  /** One segment end between segments, and no escape character but in an escape. */
  const isLegal = (text: string): boolean =>
    /^MSH\|\^~\\&#?\|/.test(text) && !/\n|\r\r/.test(text) && !text.replace(/^MSH\|\^~\\&#?/, '').replace(/\\[FSTRE]\\/g, '').includes('\\');
  const ended = (text: string): string => text.endsWith('\r') ? text : `${text}\r`;
  const texts = corpus.map(({ file, bytes }) => ({ file, bytes, text: utf8(bytes) ?? '' }));
  const legal = texts.filter(({ text }) => isLegal(text));

  it('is the identity on every message whose bytes are legal', () => {
    expect(legal.length).toBeGreaterThan(1_250);
    expect(legal.filter(({ bytes, text }) => writeMessage(treeOf(readMessage(bytes))) !== ended(text)).map(({ file }) => file)).toEqual([]);
  });
  it('keeps the same tree on all others', () => {
    const changed = texts.filter(({ bytes }) => {
      const tree = treeOf(readMessage(bytes));
      return !isDeepStrictEqual(treeOf(readMessage(writeMessage(tree))), tree);
    });
    expect(changed.map(({ file }) => file)).toEqual([]);
  });
  it('a changed tree is written differently (negative control)', () => {
    const tree = treeOf(readMessage(legal[0]?.bytes ?? ''));
    expect(writeMessage({ ...tree, segments: tree.segments.slice(1) })).not.toBe(ended(legal[0]?.text ?? ''));
  });
});
