import { answer, measureRates, OURS, PARSERS, PEER, readCorpus } from './hl7-parsers.ts';

/** Parse rates over the VXU of the corpus, ours and three npm parsers in turn in one run. */
export async function benchHl7Parse(): Promise<{ title: string; rows: Record<string, string | number>[]; ratio: number; aim: string }> {
  const samples = readCorpus();
  const rates = await measureRates({ ...PARSERS, 'doseline, bytes to acknowledgement': ({ bytes }) => answer(bytes).length }, samples);
  const rate = (name: string): number => rates.get(name)?.rate ?? 0;
  const rows = [...rates].map(([name, { failed }]) => ({
    parser: name, 'messages/s': Math.round(rate(name)), 'against hl7parser': (rate(name) / rate(PEER)).toFixed(2), 'threw on': failed,
  }));
  const ratio = Number((rate(OURS) / rate(PEER)).toFixed(2));
  return { title: `Reading ${samples.length} VXU of the corpus`, rows, ratio, aim: 'at least as fast as hl7parser (ratio >= 1)' };
}
