import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Message as ClientMessage } from 'node-hl7-client';
import { buildAcknowledgement, readMessage } from '../shared/hl7/index.ts';
import { vaccineCodes } from '../shared/codes/vaccines.ts';
import { readVxu } from '../functions/doses/domain/vxu-read.ts';

type Hl7Parser = { create(text: string): { get(path: string): { toString(): string } | undefined } };
type SimpleSegment = { getComponent(field: number, component: number): string };
type SimpleHl7 = { Parser: new () => { parse(text: string): { getSegment(name: string): SimpleSegment } } };

const require = createRequire(import.meta.url);
const hl7parser = require('hl7parser') as Hl7Parser;
const simple = new (require('simple-hl7') as SimpleHl7).Parser();

const ROUNDS = 5;
const ROUND_MS = 250;
const CORPUS = fileURLToPath(new URL('../../shared/hl7/messages/', import.meta.url));

/** The VXU of the corpus that every parser can be asked about: `VXU^V04…` with PID and RXA. */
const readCorpus = (): { text: string; bytes: Uint8Array }[] =>
  readdirSync(CORPUS, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.hl7') && !name.includes('malformed')).sort()
    .map((name) => readFileSync(CORPUS + name))
    .map((bytes) => ({ bytes, text: bytes.toString('utf8').trim().split(/[\r\n]+/).join('\r') }))
    .filter(({ text }) => /^MSH\|[^\r]*\|VXU\^V04/.test(text) && text.includes('\rPID|') && text.includes('\rRXA|'));

type Sample = ReturnType<typeof readCorpus>[number];

const now = '2026-01-15T12:00:00.000Z';
const timeZone = 'America/New_York';
const registry = { application: 'DOSELINE', facility: 'IIS' };

const answer = (bytes: Uint8Array): string => {
  const request = readMessage(bytes);
  const report = readVxu(request, { codes: vaccineCodes, receivedAt: now, timeZone });
  return buildAcknowledgement({ request, ...report, now, timeZone, controlId: 'BENCH', registry });
};

const OURS = 'doseline, from bytes';
const PEER = 'hl7parser 1.0.1';

/** Each reads a message and hands back PID-5.1 and RXA-5.1, so that no parser can be lazy about everything. */
const PARSERS: Readonly<Record<string, (sample: Sample) => number>> = {
  [OURS]: ({ bytes }) => {
    const message = readMessage(bytes);
    return (message.first('PID')?.value(5, 1).length ?? 0) + (message.first('RXA')?.value(5, 1).length ?? 0);
  },
  [PEER]: ({ text }) => {
    const message = hl7parser.create(text);
    return String(message.get('PID.5.1') ?? '').length + String(message.get('RXA.5.1') ?? '').length;
  },
  'simple-hl7 3.3.0': ({ text }) => {
    const message = simple.parse(text);
    return message.getSegment('PID').getComponent(5, 1).length + message.getSegment('RXA').getComponent(5, 1).length;
  },
  'node-hl7-client 3.2.0': ({ text }) => {
    const message = new ClientMessage({ text });
    return message.get('PID.5.1').toString().length + message.get('RXA.5.1').toString().length;
  },
  'doseline, bytes to acknowledgement': ({ bytes }) => answer(bytes).length,
};

/** Messages per second over at least `ROUND_MS`, whole passes only; a message a parser throws on still counts for it. */
const rateOf = (parse: (sample: Sample) => number, samples: readonly Sample[]): { rate: number; failed: number } => {
  const started = performance.now();
  let read = 0;
  let failed = 0;
  do {
    failed = 0;
    for (const sample of samples) {
      try { parse(sample); } catch { failed += 1; }
    }
    read += samples.length;
  } while (performance.now() - started < ROUND_MS);
  return { rate: read / ((performance.now() - started) / 1000), failed };
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Parse rates over the VXU of the corpus, ours and three npm parsers in turn in one run, so that a busy machine slows all alike. */
export async function benchHl7Parse(): Promise<{ title: string; rows: Record<string, string | number>[]; ratio: number; aim: string }> {
  const samples = readCorpus();
  const rates = new Map<string, number[]>();
  const failures = new Map<string, number>();
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [name, parse] of Object.entries(PARSERS)) {
      const { rate, failed } = rateOf(parse, samples);
      failures.set(name, failed);
      if (round >= 0) rates.set(name, [...(rates.get(name) ?? []), rate]);
      await new Promise((resolve) => { setImmediate(resolve); });
    }
  }
  const rate = (name: string): number => median(rates.get(name) ?? []);
  const rows = Object.keys(PARSERS).map((name) => ({
    parser: name, 'messages/s': Math.round(rate(name)), 'against hl7parser': (rate(name) / rate(PEER)).toFixed(2), 'threw on': failures.get(name) ?? 0,
  }));
  const ratio = Number((rate(OURS) / rate(PEER)).toFixed(2));
  return { title: `Reading ${samples.length} VXU of the corpus`, rows, ratio, aim: 'at least as fast as hl7parser (ratio >= 1)' };
}
