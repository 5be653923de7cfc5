import { buildAcknowledgement, readMessage, splitBatch, treeOf, writeMessage } from '../../shared/hl7/index.ts';
import type { Fault } from '../../shared/hl7/index.ts';
import { readQuery } from '../../functions/doses/domain/query/read-query.ts';
import { buildResponse } from '../../functions/doses/domain/query/write-response.ts';
import { messageFault, readSoapRequest } from '../../functions/doses/domain/soap/read-request.ts';
import { readVxu } from '../../functions/doses/domain/vxu/read.ts';
import { readBatchFiles, readCorpus } from './hl7-corpus.ts';
import { MUTATIONS } from './hl7-mutations.ts';
import { vxu, vxuContext } from './vxu.ts';

/** Words of a patient that no fault text has by chance. */
const SECRETS = ['Qzarbeth', 'Wexlumin', 'Vroggathy', 'Jhandelka', 'ZQX778811'] as const;
export const [FAMILY, GIVEN, STREET, MAIDEN, ID] = SECRETS;

const planted = (text: string): string => text.split('\r').map((line) => {
  const fields = line.split('|');
  if (fields[0] === 'QPD') return [...fields.slice(0, 3), `${ID}^^^A^MR`, `${FAMILY}^${GIVEN}^^^^^L`, MAIDEN, ...fields.slice(6, 8), `${STREET}^^Hartford^CT`, ...fields.slice(9)].join('|');
  if (fields[0] !== 'PID') return line;
  fields[3] = `${ID}^^^A^MR`;
  fields[5] = `${FAMILY}^${GIVEN}^^^^^L`;
  fields[6] = MAIDEN;
  fields[11] = `${STREET}^^Hartford^CT^06103^USA^L`;
  return fields.join('|');
}).join('\r');

export const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
/** Every VXU of the corpus and a clean one, with an invented patient in each. */
export const mutationSamples = (): string[] => [vxu(), ...readCorpus().filter(({ file }) => file.includes('VXU')).map(({ bytes }) => Buffer.from(bytes).toString('latin1'))].map(planted);

const latin1Text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const lineEnds = (text: string): string => text.replace(/\r?\n/g, '\r');
const inXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\r', '&#xD;');
const envelope = (hl7: string): string =>
  '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><submitSingleMessage xmlns="urn:cdc:iisb:2011">'
  + `<username>u</username><password>p</password><facilityID>f</facilityID><hl7Message>${inXml(hl7)}</hl7Message></submitSingleMessage></s:Body></s:Envelope>`;

/** What else comes in by the doors: every query and batch file of the corpus, and every eighth message in a SOAP envelope. */
export const otherSamples = (): string[] => [
  ...readCorpus().filter(({ messageType }) => messageType.startsWith('QBP')).map(({ bytes }) => planted(latin1Text(bytes))),
  ...readBatchFiles().map(({ bytes }) => planted(lineEnds(latin1Text(bytes)))),
  ...mutationSamples().filter((_, at) => at % 8 === 0).map(envelope),
];

export const leaksInto = (told: string): boolean => SECRETS.some((secret) => told.includes(secret));
export const leaks = (faults: readonly Fault[]): boolean => leaksInto(JSON.stringify(faults));

/** What goes wrong when the same bytes come as a query, a batch or a SOAP request; nothing should. */
const troublesElsewhere = (bytes: Uint8Array): Record<string, boolean> => {
  const now = '2026-01-15T12:00:00.000Z';
  const text = latin1Text(bytes);
  const soap = readSoapRequest(text);
  const request = readMessage(soap.kind === 'submit' ? soap.hl7 : bytes);
  const reading = readQuery(request, { ...vxuContext, receivedAt: now });
  const response = readMessage(buildResponse({
    request, reading, result: { kind: 'faulty' }, now, timeZone: vxuContext.timeZone, today: now.slice(0, 10), controlId: 'A', registry: { application: 'D', facility: 'F' },
  }));
  const items = splitBatch(bytes);
  const told = JSON.stringify([soap.kind === 'fault' ? soap.fault : messageFault(soap.kind === 'submit' ? soap.hl7 : text) ?? '']);
  return {
    'a patient value in a fault of a query': leaks(reading.faults) || response.all('ERR').some(({ raw }) => leaksInto(raw)),
    'a patient value in a fault of SOAP': leaksInto(told),
    'a query without an answer': response.all('MSA').length !== 1 || response.all('QAK').length !== 1,
    'a batch out of order': items.flatMap((item) => (item.kind === 'message' ? [item.position] : [])).some((position, at) => position !== at + 1),
  };
};

/** What goes wrong with one damaged message; nothing should. */
export const troublesOf = (bytes: Uint8Array): string[] => {
  const request = readMessage(bytes);
  const report = readVxu(request, { ...vxuContext, receivedAt: '2026-01-15T12:00:00.000Z' });
  const ack = buildAcknowledgement({
    request, ...report, now: vxuContext.receivedAt, timeZone: vxuContext.timeZone, controlId: 'A', registry: { application: 'D', facility: 'F' },
  });
  const tree = treeOf(request);
  const wrong: Record<string, boolean> = {
    'a patient value in a fault': leaks(report.faults) || SECRETS.some((secret) => ack.split('\r').some((line) => line.startsWith('ERR') && line.includes(secret))),
    'no answer': readMessage(ack).first('MSA')?.value(1) !== report.answer || readMessage(ack).all('MSA').length !== 1,
    'taken without a patient': report.accepted !== (report.patient !== undefined),
    'E without a word': report.answer === 'AA' && !report.accepted,
    'a tree that is lost in writing': request.header?.index === 0 && request.separatorState !== 'unusable'
      && JSON.stringify(treeOf(readMessage(writeMessage(tree))).segments) !== JSON.stringify(tree.segments),
    ...troublesElsewhere(bytes),
    'a batch that loses its messages': request.all('MSH').length > 0 && splitBatch(bytes).every(({ kind }) => kind !== 'message'),
  };
  return Object.keys(wrong).filter((name) => wrong[name]);
};

const MSH = 'MSH|^~\\&|A|B|||20210401||VXU^V04^VXU_V04|1|P|2.5.1\r';
/** Messages made to cost time, by how many times over; `npm run bench hl7-mutations` says what twice as many cost. */
export const COSTLY: Readonly<Record<string, { times: number; text: (times: number) => string }>> = {
  'characters of one field': { times: 10_000_000, text: (times) => `${MSH}PID|1||${'x'.repeat(times)}` },
  'repetitions of an id': { times: 10_000, text: (times) => `${MSH}PID|1||${'1^^^A^MR~'.repeat(times)}||A^B|||F` },
  'segments out of order': { times: 2_400, text: (times) => `${MSH}${'NK1|1\rPID|1\r'.repeat(times)}` },
  'escape characters': { times: 300_000, text: (times) => `${MSH}PID|1||${'\\'.repeat(times)}` },
  'empty lines': { times: 100_000, text: (times) => `${MSH}${'\r\n'.repeat(times)}PID|1` },
  'orders of 16 observations': { times: 310, text: (times) => `${MSH}PID|1||1^^^A^MR||A^B||19800101|F\r${`RXA|0|1|20210101||08^^CVX\r${'OBX|\r'.repeat(15)}`.repeat(times)}` },
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
