import { describe, expect, it } from '@jest/globals';
import { checkFile, contextAt } from '../../cli/hl7/check-files.ts';
import { explainFile, explanationText, type ExplainedField, type ExplainedMessage } from '../../cli/hl7/explain-file.ts';
import { readCorpus } from '../support/hl7-corpus.ts';
import { vxu, type VxuEdit } from '../support/vxu.ts';

const context = contextAt('CTA', '2021-04-01T17:00:00.000Z');
const explained = (edit: VxuEdit = {}): ExplainedMessage => explainFile({ file: 'm.hl7', bytes: Buffer.from(vxu(edit)) }, context)[0] as ExplainedMessage;
const field = (message: ExplainedMessage, location: string): ExplainedField | undefined => message.segments.flatMap(({ fields }) => fields).find((one) => one.location === location);

describe('a message in words', () => {
  it.each([
    ['PID^1^5', 'name', 'family Quimby, given Ariadne, middle Zoe, type L', undefined],
    ['PID^1^7', 'birth date', '19810203', '1981-02-03'],
    ['PID^1^10', 'race', '2106-3, text White, system CDCREC', 'White'],
    ['PD1^1^12', 'protection: may others see it', 'N', 'may be shared'],
    ['RXA^1^9', 'source of the information', '00, text New record, system NIP001', 'New immunization record'],
    ['RXA^1^20', 'completion', 'CP', 'Complete'],
    ['RXR^1^1', 'route', 'C28161, text IM, system NCIT', 'Intramuscular'],
    ['OBX^1^5', 'value', 'V01, text Not eligible, system HL70064', 'Not VFC eligible'],
    ['OBX^2^3', 'what was observed', '30963-3, text Funding, system LN', 'whose money bought the dose'],
  ])('%s', (location, name, value, meaning) => {
    expect(field(explained(), location)).toEqual({ location, name, value, ...(meaning !== undefined && { meaning }), faults: [] });
  });
  it('says what a vaccine is by CVX and by NDC', () => {
    expect(field(explained(), 'RXA^1^5')?.meaning).toMatch(/^COVID-19.*; .*\(CVX 208\), vial 59267-1000-01$/);
  });
  it('shows each fault at its field, also where nothing was sent', () => {
    const message = explained({ set: { 'RXA-15': '', 'RXA-5': '901^odd^CVX', 'PID-7': '' } });
    expect(field(message, 'PID^1^7')).toMatchObject({ value: '', faults: [{ severity: 'E', rule: 'HL7-27' }] });
    expect(field(message, 'RXA^1^5')).toMatchObject({ meaning: 'not in the table', faults: [{ rule: 'HL7-49' }, { rule: 'HL7-22' }] });
    expect(message).toMatchObject({ ack: 'AE', fate: 'rejected' });
    expect(explanationText([message])).toContain('  PID-7   birth date: (empty)\n          E HL7-27: PID-7 birth date is missing');
  });
  it('shows a fault of a missing segment with the message', () => {
    expect(explained({ without: ['PID'] }).faults).toMatchObject([{ rule: 'HL7-27', location: 'PID^1' }]);
  });
  it('says that "" erases, and what is no date', () => {
    expect(field(explained({ set: { 'PID-22': '""' } }), 'PID^1^22')?.meaning).toBe('erase what is stored');
    expect(field(explained({ set: { 'RXA-16': '20210230' } }), 'RXA^1^16')?.meaning).toBe('no possible date');
  });
});

it('every message of the corpus is explained, and each of its faults is shown exactly once', () => {
  const off: string[] = [];
  let faults = 0;
  for (const { file, bytes } of readCorpus()) {
    const [told = []] = checkFile({ file, bytes }, context).map(({ card }) => card.errors);
    const [message] = explainFile({ file, bytes }, context);
    const shown = [...(message?.faults ?? []), ...(message?.segments ?? []).flatMap((segment) => [...segment.faults, ...segment.fields.flatMap((one) => one.faults)])];
    faults += told.length;
    if (shown.map(({ text }) => text).sort().join() !== told.map(({ text }) => text).sort().join()) off.push(file);
  }
  expect(off).toEqual([]);
  expect(faults).toBeGreaterThan(10_000);
});
