import { describe, expect, it } from '@jest/globals';
import { buildAcknowledgement, readMessage, splitBatch, treeOf, writeMessage } from '../../shared/hl7/index.ts';
import type { Fault } from '../../shared/hl7/index.ts';
import { readVxu } from '../../functions/doses/domain/vxu-read.ts';
import { readCorpus } from '../support/hl7-corpus.ts';
import { MUTATIONS } from '../support/hl7-mutations.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { vxu, vxuContext } from '../support/vxu.ts';

/** `HL7_MUTATIONS=200000` for the long run. */
const COUNT = Number(process.env['HL7_MUTATIONS'] ?? 4_000);
const SEED = Number(process.env['HL7_SEED'] ?? 20_210_401);
const SLOWEST_MS = 1_000;

/** Words of a patient that no fault text has by chance. */
const SECRETS = ['Qzarbeth', 'Wexlumin', 'Vroggathy', 'Jhandelka', 'ZQX778811'] as const;
const [FAMILY, GIVEN, STREET, MAIDEN, ID] = SECRETS;

const planted = (text: string): string => text.split('\r').map((line) => {
  if (!line.startsWith('PID|')) return line;
  const fields = line.split('|');
  fields[3] = `${ID}^^^A^MR`;
  fields[5] = `${FAMILY}^${GIVEN}^^^^^L`;
  fields[6] = MAIDEN;
  fields[11] = `${STREET}^^Hartford^CT^06103^USA^L`;
  return fields.join('|');
}).join('\r');

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
const samples = [vxu(), ...readCorpus().filter(({ file }) => file.includes('VXU')).map(({ bytes }) => Buffer.from(bytes).toString('latin1'))].map(planted);

const leaks = (faults: readonly Fault[]): boolean => {
  const told = JSON.stringify(faults);
  return SECRETS.some((secret) => told.includes(secret));
};

/** What goes wrong with one damaged message; nothing should. */
const troubles = (bytes: Uint8Array): string[] => {
  const started = performance.now();
  const request = readMessage(bytes);
  const report = readVxu(request, { ...vxuContext, receivedAt: '2026-01-15T12:00:00.000Z' });
  const ack = buildAcknowledgement({
    request, ...report, now: vxuContext.receivedAt, timeZone: vxuContext.timeZone, controlId: 'A', registry: { application: 'D', facility: 'F' },
  });
  const spentMs = performance.now() - started;
  const tree = treeOf(request);
  const wrong: Record<string, boolean> = {
    'a patient value in a fault': leaks(report.faults) || SECRETS.some((secret) => ack.split('\r').some((line) => line.startsWith('ERR') && line.includes(secret))),
    'no answer': readMessage(ack).first('MSA')?.value(1) !== report.answer || readMessage(ack).all('MSA').length !== 1,
    'taken without a patient': report.accepted !== (report.patient !== undefined),
    'E without a word': report.answer === 'AA' && !report.accepted,
    'a tree that is lost in writing': request.header?.index === 0 && request.separatorState !== 'unusable'
      && JSON.stringify(treeOf(readMessage(writeMessage(tree))).segments) !== JSON.stringify(tree.segments),
    'a batch that loses its messages': request.all('MSH').length > 0 && splitBatch(bytes).every(({ kind }) => kind !== 'message'),
    slow: spentMs > SLOWEST_MS,
  };
  return Object.keys(wrong).filter((name) => wrong[name]);
};

describe(`${COUNT} damaged messages`, () => {
  it('none crashes, hangs or puts a patient value into a fault', () => {
    const random = seededRandom(SEED);
    const names = Object.keys(MUTATIONS);
    const found: string[] = [];
    for (let i = 0; i < COUNT && found.length < 10; i += 1) {
      let text = samples[Math.floor(random() * samples.length)] ?? '';
      const used: string[] = [];
      for (let n = 1 + Math.floor(random() * 3); n > 0; n -= 1) {
        const name = names[Math.floor(random() * names.length)] ?? '';
        used.push(name);
        text = MUTATIONS[name]?.(text, random) ?? text;
      }
      try {
        found.push(...troubles(latin1(text)).map((trouble) => `${i} ${used.join('+')}: ${trouble}`));
      } catch (error) {
        found.push(`${i} ${used.join('+')}: threw ${error instanceof Error ? error.stack ?? error.name : ''}`);
      }
    }
    expect(found).toEqual([]);
  }, 3_600_000);

  it('a fault that names the patient would be seen (negative control)', () => {
    expect(leaks([{ rule: 'HL7-44', code: '101', severity: 'E', text: `PID-5 ${FAMILY} is missing` }])).toBe(true);
  });
});

describe('messages made to cost time', () => {
  const MSH = 'MSH|^~\\&|A|B|||20210401||VXU^V04^VXU_V04|1|P|2.5.1\r';
  it.each([
    ['10 MB of one field', `${MSH}PID|1||${'x'.repeat(10_000_000)}`],
    ['10,000 repetitions of an id', `${MSH}PID|1||${'1^^^A^MR~'.repeat(10_000)}||A^B|||F`],
    ['5,000 segments out of order', `${MSH}${'NK1|1\rPID|1\r'.repeat(2_400)}`],
    ['300,000 escape characters', `${MSH}PID|1||${'\\'.repeat(300_000)}`],
    ['100,000 empty lines', `${MSH}${'\r\n'.repeat(100_000)}PID|1`],
    ['300 orders of 16 observations', `${MSH}PID|1||1^^^A^MR||A^B||19800101|F\r${`RXA|0|1|20210101||08^^CVX\r${'OBX|\r'.repeat(15)}`.repeat(310)}`],
  ])('%s', (_, text) => { expect(troubles(latin1(text))).toEqual([]); });
});
