import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Message as PeerMessage } from 'node-hl7-client';
import { readMessage, treeOf, writeMessage } from '../../shared/hl7/index.ts';
import { openDoseRoom, type DoseRoom } from '../support/dose-room.ts';
import { readCorpus, type CorpusFile } from '../support/hl7-corpus.ts';
import { profileFaults } from '../support/rsp-profile.ts';

const corpus = readCorpus();
const queries = corpus.filter(({ messageType, file }) => messageType.startsWith('QBP') || /\/QBP-/.test(file));
const textOf = ({ bytes }: Pick<CorpusFile, 'bytes'>): string => new TextDecoder().decode(bytes);

/** A NIST report cut to its first order groups: enough to have a history. */
const shortened = (text: string): string => {
  const lines = text.split(/[\r\n]+/).filter((line) => line !== '');
  const third = lines.map((line, at) => (line.startsWith('ORC') ? at : -1)).filter((at) => at >= 0)[2] ?? lines.length;
  return `${lines.slice(0, third).join('\r')}\r`;
};

const numberAndName = (report: string): string => {
  const pid = readMessage(report).first('PID');
  return JSON.stringify([pid?.value(3), pid?.value(5), pid?.value(5, 2)]);
};

/** A deletion of what nobody told stores no patient (HL7-30): here its dose is told. */
const asTold = (text: string): string => text.replace(/([\r\n]RXA(?:\|[^|\r\n]*){20}\|)D/g, '$1A');

/** One report of each person of the NIST plans. */
const seeds = [...new Map(corpus.filter(({ file, messageType }) => file.startsWith('nist-iz-tool/') && messageType.startsWith('VXU^')).map((file) => {
  const pid = readMessage(file.bytes).first('PID');
  return [JSON.stringify([pid?.value(5), pid?.value(5, 2), pid?.value(7).slice(0, 8)]), shortened(asTold(textOf(file)))] as const;
})).values()];

/** The plans tell several birth dates under one number and name: to a registry the later one corrects the former. */
const standing = seeds.filter((report, at) => !seeds.slice(at + 1).some((later) => numberAndName(later) === numberAndName(report)));

let room: DoseRoom;
beforeAll(async () => {
  room = await openDoseRoom('doses-query-corpus');
  for (const text of seeds) await room.sendHl7(text, 'elm-ehr', { now: '2021-03-08T15:00:00.000Z' });
}, 120_000);
afterAll(() => room.stop());

const ask = async (text: string): Promise<string> => (await room.sendHl7(text, 'elm-ehr', { now: '2021-03-09T15:00:00.000Z' })).text;
const kindOf = (response: string): string => {
  const message = readMessage(response);
  return [message.header?.value(21), message.first('MSA')?.value(1), message.first('QAK')?.value(2)].join(' ').trim();
};

/** A query for whom a report tells of, as an EHR would ask. */
const queryFor = (report: string, profile: 'Z34' | 'Z44', parts: 'number' | 'name' | 'all'): string => {
  const pid = readMessage(report).first('PID');
  const field = (number: number): string => pid?.text(number).split('~')[0] ?? '';
  const name = { Z34: 'Request Immunization History', Z44: 'Request Evaluated History and Forecast' }[profile];
  const fields = { number: [field(3)], name: ['', field(5), '', field(7), field(8)], all: [field(3), field(5), field(6), field(7), field(8), field(11), field(13)] }[parts];
  return [
    `MSH|^~\\&|EHR|ELM|DOSELINE|CTA|20210309100000-0500||QBP^Q11^QBP_Q11|Q-${profile}-${parts}|P|2.5.1|||ER|AL|||||${profile}^CDCPHINVS|ELM`,
    `QPD|${profile}^${name}^CDCPHINVS|TAG1|${fields.join('|')}`, 'RCP|I|5^RD&records&HL70126', '',
  ].join('\r');
};

describe('The 96 queries of the corpus', () => {
  it('each gets one proper answer (HL7-87 to HL7-95): its table by profile, MSA-1 and QAK-2', async () => {
    expect(queries).toHaveLength(96);
    const faults: string[] = [];
    const table: Record<string, number> = {};
    for (const file of queries) {
      const request = readMessage(file.bytes);
      const response = await ask(textOf(file));
      const answer = readMessage(response);
      const kind = kindOf(response);
      table[kind] = (table[kind] ?? 0) + 1;
      const note = (what: string): void => { faults.push(`${file.file}: ${what}`); };
      if (answer.first('MSA')?.exact(2) !== request.header?.exact(10)) note('MSA-2 is not the MSH-10 of the query');
      if (answer.header?.value(21) === 'Z23') {
        if (request.first('QPD') !== undefined && request.header?.value(12) === '2.5.1') note('an ACK, though it holds a query');
        continue;
      }
      for (const fault of profileFaults(response)) note(fault);
      if (answer.first('QPD')?.raw !== request.first('QPD')?.raw) note('QPD came back changed');
      if (answer.first('QAK')?.value(1) !== request.first('QPD')?.value(2) || answer.first('QAK')?.text(3) !== request.first('QPD')?.text(1)) note('QAK does not name the query');
      if (writeMessage(treeOf(answer)) !== response && !/\\/.test(request.first('QPD')?.raw ?? '')) note('our own reader reads it otherwise');
      const peer = new PeerMessage({ text: response });
      if (String(peer.get('MSA.1')) !== answer.first('MSA')?.value(1) || String(peer.get('QAK.2')) !== answer.first('QAK')?.value(2)) note('node-hl7-client reads it otherwise');
    }
    expect(faults).toEqual([]);
    expect(table).toEqual(ANSWERS);
  });

  it('an answer that breaks its profile is seen (negative control)', async () => {
    const response = await ask(queryFor(standing[0] ?? '', 'Z44', 'all'));
    expect(kindOf(response)).toBe('Z42 AA OK');
    expect(profileFaults(response)).toEqual([]);
    expect(profileFaults(response.replace(/\rOBX.*?(?=\r)/, ''))).toContainEqual(expect.stringContaining('the segments are'));
    expect(profileFaults(response.replace('|998^', '|212^'))).toEqual([]);
    expect(profileFaults(response.replace(/\rPID\|1\|/, '\rPID|2|old'))).toEqual(expect.arrayContaining(['PID-2 is not supported']));
    expect(profileFaults(response.replace('^^CTA^SR', '^^CTA'))).toContain('PID-3.5 is required');
    expect(profileFaults(response.replace(/(\rRXA\|0)\|1/, '$1|'))).toEqual(expect.arrayContaining(['RXA-2 is required', 'RXA breaks IZ-28, IZ-29']));
  });
});

/** Profile, MSA-1 and QAK-2 of the answers. The NIST plans ask for people of whom no report is in the corpus, and for some under a shared number. */
const ANSWERS: Readonly<Record<string, number>> = { 'Z23 AE': 1, 'Z33 AA NF': 53, 'Z33 AA TM': 14, 'Z33 AE AE': 10, 'Z42 AA OK': 18 };

/** With the first name of another and under the same number, on the same day or a digit apart: a list, never the first of them (MAT-02). */
const LISTED: ReadonlySet<string> = new Set(['Marina^Juan^Marcel^^^^L 201603041100', 'Gonzales^Juan^Marcel^^^^L 201703041100']);

/** A name that stands for no name is no evidence: without its number nobody is found by it. */
const NO_NAME: ReadonlySet<string> = new Set(['Patient^Johnny^New^^^^L 20110411']);

describe('Whoever was reported is found', () => {
  it.each([['Z34', 'all', 'Z32 AA OK'], ['Z44', 'name', 'Z42 AA OK']] as const)('by %s with %s: one certain person, without a fault of profile', async (profile, parts, expected) => {
    expect(standing.length).toBeGreaterThan(20);
    const faults: string[] = [];
    for (const report of standing) {
      const response = await ask(queryFor(report, profile, parts));
      const [asked, told] = [report, response].map((text) => readMessage(text).first('PID'));
      const who = `${asked?.text(5)} ${asked?.value(7)}`;
      const isListed = profile === 'Z34' && LISTED.has(who);
      const isNobody = profile === 'Z44' && NO_NAME.has(who);
      if (kindOf(response) !== (isListed ? 'Z31 AA OK' : isNobody ? 'Z33 AA NF' : expected)) faults.push(`${who}: ${kindOf(response)}`);
      else if (!isListed && !isNobody && (told?.value(7) !== asked?.value(7).slice(0, 8) || told?.value(5, 2) !== asked?.value(5, 2))) faults.push(`${who}: somebody else`);
      faults.push(...profileFaults(response).map((fault) => `${who}: ${fault}`));
    }
    expect(faults).toEqual([]);
  });
});
