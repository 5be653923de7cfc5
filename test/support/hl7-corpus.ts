import { readdirSync, readFileSync } from 'node:fs';
import { sharedPath } from './shared.ts';

export type CorpusFile = {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly messageType: string;
  readonly tier: string;
  readonly expected: string;
  /** Required fields of Z22 that are empty, as the index counts them. */
  readonly missing: string;
};

/** The messages of the corpus with what its index says of them. */
export const readCorpus = (): CorpusFile[] => {
  const [, ...rows] = readFileSync(sharedPath('hl7/messages/index.tsv'), 'utf8').split('\n').filter((line) => line !== '');
  return rows.map((row) => {
    const [file = '', , , messageType = '', , , , , , tier = '', expected = '', missing = ''] = row.split('\t');
    return { file, messageType, tier, expected, missing, bytes: readFileSync(sharedPath(`hl7/messages/${file}`)) };
  });
};

export const readBatchFiles = (): { file: string; bytes: Uint8Array }[] =>
  readdirSync(sharedPath('hl7/batch')).filter((name) => name.endsWith('.hl7'))
    .map((file) => ({ file, bytes: readFileSync(sharedPath(`hl7/batch/${file}`)) }));
