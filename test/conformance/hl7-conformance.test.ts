import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { checkFile, contextAt, type Checked } from '../../cli/hl7/check-files.ts';
import { markdownSummary, withPrinted } from '../../cli/hl7/check-report.ts';
import { readMessageFiles } from '../../cli/hl7/message-files.ts';
import { sharedPath } from '../support/shared.ts';

const document = readFileSync(join(import.meta.dirname, '../../docs/hl7-conformance.md'), 'utf8');
const context = contextAt('CTA', '2026-01-15T17:00:00.000Z');
const checkAll = (): Checked[] => readMessageFiles(sharedPath('hl7/messages')).flatMap((file) => checkFile(file, context));
let checked: Checked[];
beforeAll(() => { checked = checkAll(); });
const ofFamily = (kind: string, family: string): Checked[] => checked.filter((one) => one.kind === kind && one.card.file.startsWith(`${family}/`));
const fatesOf = (all: readonly Checked[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { fate } of all) counts[fate] = (counts[fate] ?? 0) + 1;
  return counts;
};

describe('what the registry answers to the corpus', () => {
  it('is what docs/hl7-conformance.md says (the command in it writes it anew)', () => {
    expect(withPrinted(document, markdownSummary(checked))).toBe(document);
  });
  it('is one answer for each of the 1,430 messages, the same each time', () => {
    expect(checked).toHaveLength(1_430);
    expect(JSON.stringify(checkAll())).toBe(JSON.stringify(checked));
  });
  it('takes every message of NIST’s test plans, and loses nothing but doses dated before birth', () => {
    const nist = ofFamily('VXU', 'nist-iz-tool');
    expect(fatesOf(nist)).toMatchObject({ taken: expect.any(Number), 'taken, something lost': 7 });
    expect(Object.keys(fatesOf(nist)).filter((fate) => !fate.startsWith('taken'))).toEqual([]);
    const causes = new Set(nist.flatMap(({ card }) => card.errors.filter(({ severity }) => severity === 'E').map(({ rule }) => rule)));
    expect([...causes].sort()).toEqual(['HL7-22', 'HL7-26', 'HL7-80']);
  });
  it('takes nine of ten messages from the field that are of version 2.5.1', () => {
    const field = ['ois-dqa', 'smm-tester', 'mqe-hl7-util', 'mqe-validator', 'dqa-message-hub', 'dqa-message-modifier'].flatMap((family) => ofFamily('VXU', family))
      .filter(({ card }) => !card.errors.some(({ rule }) => rule === 'HL7-14'));
    const taken = field.filter(({ fate }) => fate.startsWith('taken'));
    expect(taken.length / field.length).toBeGreaterThan(0.9);
  });
  it('would differ on another day: doses of tomorrow are refused (negative control)', () => {
    const early = contextAt('CTA', '2010-01-15T17:00:00.000Z');
    expect(markdownSummary(readMessageFiles(sharedPath('hl7/messages/nist-iz-tool')).flatMap((file) => checkFile(file, early)))).toMatch(/HL7-80 RXA-3/);
    expect(withPrinted(document, 'nothing')).not.toBe(document);
  });
});
