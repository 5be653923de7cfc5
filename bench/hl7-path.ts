import { answer, measureRates, OURS, PARSERS, readCorpus } from './hl7-parsers.ts';

const PATH = 'doseline, whole path';
/** The npm package whose separators, escapes and line ends come nearest to ours: the dearest reading that is right. */
const RIVAL = 'node-hl7-client 3.2.0';

/**
 * A message's whole path but the store (bytes, every rule of HL7-01 to HL7-81, a typed report, the acknowledgement) beside what npm's
 * parsers need for reading two of its fields, in one run.
 */
export const benchHl7Path = async (): Promise<{ title: string; rows: Record<string, string | number>[]; ratio: number; aim: string }> => {
  const samples = readCorpus();
  const rates = await measureRates({ [PATH]: ({ bytes }) => answer(bytes).length, ...PARSERS }, samples);
  const rate = (name: string): number => rates.get(name)?.rate ?? 0;
  const rows = [...rates].map(([name, { failed }]) => ({
    what: name === PATH ? `${name} (read, judge, map, answer)` : `${name === OURS ? 'doseline' : name}, bare parse`,
    'messages/s': Math.round(rate(name)),
    'us a message': Math.round(1_000_000 / rate(name)),
    'whole path against it': (rate(PATH) / rate(name)).toFixed(2),
    'threw on': failed,
  }));
  return {
    title: `The whole path of ${samples.length} VXU of the corpus, without a store`, rows, ratio: Number((rate(PATH) / rate(RIVAL)).toFixed(2)),
    aim: `a message judged by every rule and answered costs at most ten bare parses of ${RIVAL} (ratio >= 0.1)`,
  };
};
