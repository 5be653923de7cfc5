import { createHash } from 'node:crypto';
import { isDay } from '../../../shared/kernel/dates.ts';
import { CVRS_FIELDS, RECORD_LIMIT, type CvrsRow } from './cvrs-columns.ts';

/** CDC's name of a file of new events. Names of update and delete files (version 3) are not public: they are a setting. */
export const NEW_EVENTS_NAME = '{date}_{nn}_{entity}.txt';
const SEQUENCES_A_DAY = 99;
const CHUNK_BYTES = 64 * 1024;

export type CvrsFileOptions = {
  /** The day reported, not the day of the run. */
  readonly day: string;
  /** Submitting entity: three letters, the jurisdiction's awardee code. */
  readonly entity: string;
  readonly firstSequence?: number;
  readonly recordLimit?: number;
  readonly namePattern?: string;
};

/** A run of files as one stream: each opens, gives its bytes, and closes with what it held. */
export type CvrsFilePart =
  | { readonly kind: 'open'; readonly name: string; readonly sequence: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | {
    readonly kind: 'close'; readonly name: string; readonly sequence: number;
    readonly records: number; readonly bytes: number; readonly sha256: string;
  };

/** `20210301_01_CTA.txt`. Throws on a day, sequence or entity that cannot stand in a name: a fault of the caller. */
export const cvrsFileName = (day: string, sequence: number, entity: string, pattern = NEW_EVENTS_NAME): string => {
  if (!isDay(day)) throw new Error('The day of a CVRS file must be YYYY-MM-DD');
  if (!Number.isInteger(sequence) || sequence < 1 || sequence > SEQUENCES_A_DAY) {
    throw new Error(`CVRS file sequence ${sequence} is not 1-${SEQUENCES_A_DAY}`);
  }
  // Only the form is checked: CDC's list of entities lacks some states
  if (!/^[A-Z0-9]{3}$/.test(entity)) throw new Error('A submitting entity is three letters or digits');
  return pattern
    .replace('{date}', day.replaceAll('-', ''))
    .replace('{nn}', `${sequence}`.padStart(2, '0'))
    .replace('{entity}', entity);
};

const encoder = new TextEncoder();
const HEADER = `${CVRS_FIELDS.join('\t')}\r\n`;

/** One file being written: text gathers until a chunk is full, every byte passes the hash. */
const openFile = (name: string, sequence: number) => {
  const hash = createHash('sha256');
  let pending = HEADER;
  let bytes = 0;
  let records = 0;
  const flush = (): CvrsFilePart => {
    const chunk = encoder.encode(pending);
    pending = '';
    bytes += chunk.byteLength;
    hash.update(chunk);
    return { kind: 'bytes', bytes: chunk };
  };
  return {
    records: () => records,
    add: (row: CvrsRow): CvrsFilePart | undefined => {
      pending += `${row.join('\t')}\r\n`;
      records += 1;
      return pending.length >= CHUNK_BYTES ? flush() : undefined;
    },
    close: function* (): Generator<CvrsFilePart> {
      if (pending !== '') yield flush();
      yield { kind: 'close', name, sequence, records, bytes, sha256: hash.digest('hex') };
    },
  };
};

/**
 * Writes rows as CVRS version 2 files: UTF-8, tab, CRLF, header first, at most 200,000 records a file, the rest in further files.
 * Holds one chunk of about 64 KB, whatever the number of rows. A day without events gives one file with a header only, and
 * `records: 0`; whether that is sent is the caller's choice. Values must be clean already (`toCvrsRow` sees to it).
 */
export async function* writeCvrsFiles(
  rows: AsyncIterable<CvrsRow> | Iterable<CvrsRow>, options: CvrsFileOptions,
): AsyncGenerator<CvrsFilePart> {
  const limit = options.recordLimit ?? RECORD_LIMIT;
  let sequence = options.firstSequence ?? 1;
  const next = (): { name: string; file: ReturnType<typeof openFile> } => {
    const name = cvrsFileName(options.day, sequence, options.entity, options.namePattern);
    return { name, file: openFile(name, sequence) };
  };
  let { name, file } = next();
  yield { kind: 'open', name, sequence };
  for await (const row of rows) {
    if (file.records() >= limit) {
      yield* file.close();
      sequence += 1;
      ({ name, file } = next());
      yield { kind: 'open', name, sequence };
    }
    const full = file.add(row);
    if (full !== undefined) yield full;
  }
  yield* file.close();
}
