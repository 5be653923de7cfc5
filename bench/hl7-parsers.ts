import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Message as ClientMessage } from 'node-hl7-client';
import { buildAcknowledgement, readMessage } from '../shared/hl7/index.ts';
import { vaccineCodes } from '../shared/codes/vaccines.ts';
import { readVxu } from '../functions/doses/domain/vxu/read.ts';

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
export const readCorpus = (): { text: string; bytes: Uint8Array }[] =>
  readdirSync(CORPUS, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.hl7') && !name.includes('malformed')).sort()
    .map((name) => readFileSync(CORPUS + name))
    .map((bytes) => ({ bytes, text: bytes.toString('utf8').trim().split(/[\r\n]+/).join('\r') }))
    .filter(({ text }) => /^MSH\|[^\r]*\|VXU\^V04/.test(text) && text.includes('\rPID|') && text.includes('\rRXA|'));

export type Sample = ReturnType<typeof readCorpus>[number];

const now = '2026-01-15T12:00:00.000Z';
const timeZone = 'America/New_York';
const registry = { application: 'DOSELINE', facility: 'IIS' };

/** The whole way of a message but storing it: read, judge by every rule, cut into a typed report, answer. */
export const answer = (bytes: Uint8Array): string => {
  const request = readMessage(bytes);
  const report = readVxu(request, { codes: vaccineCodes, receivedAt: now, timeZone });
  return buildAcknowledgement({ request, ...report, now, timeZone, controlId: 'BENCH', registry });
};

export const OURS = 'doseline, from bytes';
export const PEER = 'hl7parser 1.0.1';

/** Each reads a message and hands back PID-5.1 and RXA-5.1, so that no parser can be lazy about everything. */
export const PARSERS: Readonly<Record<string, (sample: Sample) => number>> = {
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

/** Rates of several ways in turn in one run, so that a busy machine slows all alike: the median of the rounds, and how many messages each threw on. */
export const measureRates = async (
  ways: Readonly<Record<string, (sample: Sample) => number>>,
  samples: readonly Sample[],
): Promise<Map<string, { rate: number; failed: number }>> => {
  const rates = new Map<string, number[]>();
  const failures = new Map<string, number>();
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [name, parse] of Object.entries(ways)) {
      const { rate, failed } = rateOf(parse, samples);
      failures.set(name, failed);
      if (round >= 0) rates.set(name, [...(rates.get(name) ?? []), rate]);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  }
  return new Map(Object.keys(ways).map((name) => [name, { rate: median(rates.get(name) ?? []), failed: failures.get(name) ?? 0 }]));
};
