import { buildAcknowledgement, readMessage, splitBatch, treeOf, writeMessage } from '../../shared/hl7/index.ts';
import type { Fault } from '../../shared/hl7/index.ts';
import { readVxu } from '../../functions/doses/domain/vxu-read.ts';
import { readCorpus } from './hl7-corpus.ts';
import { MUTATIONS } from './hl7-mutations.ts';
import { vxu, vxuContext } from './vxu.ts';

const SLOWEST_MS = 1_000;

/** Words of a patient that no fault text has by chance. */
const SECRETS = ['Qzarbeth', 'Wexlumin', 'Vroggathy', 'Jhandelka', 'ZQX778811'] as const;
export const [FAMILY, GIVEN, STREET, MAIDEN, ID] = SECRETS;

const planted = (text: string): string => text.split('\r').map((line) => {
  if (!line.startsWith('PID|')) return line;
  const fields = line.split('|');
  fields[3] = `${ID}^^^A^MR`;
  fields[5] = `${FAMILY}^${GIVEN}^^^^^L`;
  fields[6] = MAIDEN;
  fields[11] = `${STREET}^^Hartford^CT^06103^USA^L`;
  return fields.join('|');
}).join('\r');

export const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
/** Every VXU of the corpus and a clean one, with an invented patient in each. */
export const mutationSamples = (): string[] => [vxu(), ...readCorpus().filter(({ file }) => file.includes('VXU')).map(({ bytes }) => Buffer.from(bytes).toString('latin1'))].map(planted);

export const leaks = (faults: readonly Fault[]): boolean => {
  const told = JSON.stringify(faults);
  return SECRETS.some((secret) => told.includes(secret));
};

/** What goes wrong with one damaged message; nothing should. */
export const troublesOf = (bytes: Uint8Array): string[] => {
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

/** One to three kinds of damage to one of the samples, and their names. */
export const damagedMessage = (samples: readonly string[], random: () => number): { bytes: Uint8Array; damage: string } => {
  const names = Object.keys(MUTATIONS);
  let text = samples[Math.floor(random() * samples.length)] ?? '';
  const used: string[] = [];
  for (let n = 1 + Math.floor(random() * 3); n > 0; n -= 1) {
    const name = names[Math.floor(random() * names.length)] ?? '';
    used.push(name);
    text = MUTATIONS[name]?.(text, random) ?? text;
  }
  return { bytes: latin1(text), damage: used.join('+') };
};
