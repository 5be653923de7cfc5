import { HL7_LIMITS } from './limits.ts';
import type { Hl7Limits } from './limits.ts';
import { writeHl7Time } from './dates.ts';
import { readEnvelope, readMessage } from './read.ts';
import type { Message, Segment } from './read.ts';
import type { Registry } from './acknowledge.ts';
import { copyField, writeSegment, type FieldContent } from './write.ts';

/** What comes out of a batch file, in the order of the file. */
export type BatchItem =
  /** One message as text, its lines ended by CR, and its place in the file, from 1. */
  | { readonly kind: 'message'; readonly text: string; readonly position: number }
  | { readonly kind: 'header'; readonly segment: Segment }
  /** BTS or FTS with the count it claims and the count found; the claim is advice (HL7-83). */
  | { readonly kind: 'trailer'; readonly name: 'BTS' | 'FTS'; readonly claimed: number | undefined; readonly found: number }
  /** Lines outside of every message that are no envelope. */
  | { readonly kind: 'stray'; readonly lines: number };

const ENVELOPE = /^(MSH|FHS|BHS|BTS|FTS)(?![A-Za-z0-9])/;

/**
 * Cuts a stream of text into messages (HL7-82 to HL7-85): a file of FHS/BHS, either alone, or bare messages. Feed it pieces of
 * any size; it holds no more than one message, and of one that is too long only enough to be refused.
 */
export class BatchSplitter {
  readonly #limits: Hl7Limits;
  #rest = '';
  #lines: string[] | undefined;
  #length = 0;
  #position = 0;
  #inBatch = 0;
  #inFile = 0;
  #batches = 0;
  #isBatchOpen = false;
  #stray = 0;

  constructor(limits: Hl7Limits = HL7_LIMITS) {
    this.#limits = limits;
  }

  /** Items completed by this piece of text. */
  push(piece: string): BatchItem[] {
    const lines = (this.#rest + piece).split(/[\r\n]+/);
    this.#rest = (lines.pop() ?? '').slice(0, this.#limits.messageBytes + 1);
    return lines.flatMap((line) => this.#take(line));
  }

  /** Items completed by the end of the file. */
  end(): BatchItem[] {
    const items = [...this.#take(this.#rest), ...this.#close()];
    this.#rest = '';
    return items;
  }

  #take(sent: string): BatchItem[] {
    const line = sent.replace(/^[\uFEFF\u000B\u001C]+|\u001C+$/g, '');
    if (line.trim() === '') return [];
    const name = ENVELOPE.exec(line.trimStart())?.[1];
    if (name === undefined) return this.#keep(line);
    const before = this.#close();
    if (name === 'MSH') {
      this.#lines = [];
      this.#length = 0;
      return [...before, ...this.#keep(line.trimStart())];
    }
    return [...before, this.#envelope(name, line.trimStart())];
  }

  #keep(line: string): BatchItem[] {
    if (!this.#lines) {
      this.#stray += 1;
      return [];
    }
    // One character more than allowed is kept, so that the reader sees that it is too much.
    const room = this.#limits.messageBytes + 1 - this.#length;
    if (room > 0) this.#lines.push(line.slice(0, room));
    this.#length += line.length + 1;
    return [];
  }

  #envelope(name: string, line: string): BatchItem {
    if (name === 'FHS' || name === 'BHS') {
      if (name === 'FHS') this.#beginFile();
      else this.#beginBatch();
      return { kind: 'header', segment: readEnvelope(line) };
    }
    const claimed = /^(?:BTS|FTS)\W\s*(\d+)/.exec(line)?.[1];
    const found = name === 'BTS' ? this.#inBatch : this.#batchesFound();
    if (name === 'BTS') this.#endBatch();
    else this.#beginFile();
    return { kind: 'trailer', name: name === 'BTS' ? 'BTS' : 'FTS', claimed: claimed === undefined ? undefined : Number(claimed), found };
  }

  #beginFile(): void {
    this.#inBatch = 0;
    this.#inFile = 0;
    this.#batches = 0;
    this.#isBatchOpen = false;
  }

  #beginBatch(): void {
    this.#inBatch = 0;
    this.#batches += 1;
    this.#isBatchOpen = true;
  }

  #endBatch(): void {
    // BHS may be missing: its BTS then tells of the batch.
    if (!this.#isBatchOpen) this.#batches += 1;
    this.#inBatch = 0;
    this.#isBatchOpen = false;
  }

  /** A file that names no batch is one (HL7-82). */
  #batchesFound(): number {
    return this.#batches === 0 && this.#inFile > 0 ? 1 : this.#batches;
  }

  #close(): BatchItem[] {
    const items: BatchItem[] = this.#stray > 0 ? [{ kind: 'stray', lines: this.#stray }] : [];
    this.#stray = 0;
    if (!this.#lines) return items;
    this.#position += 1;
    this.#inBatch += 1;
    this.#inFile += 1;
    items.push({ kind: 'message', text: `${this.#lines.join('\r')}\r`, position: this.#position });
    this.#lines = undefined;
    return items;
  }
}

/** All items of a file that is at hand as a whole. */
export const splitBatch = (input: Uint8Array | string, limits: Hl7Limits = HL7_LIMITS): BatchItem[] => {
  const splitter = new BatchSplitter(limits);
  const text = typeof input === 'string' ? input : new TextDecoder('utf-8').decode(input);
  return [...splitter.push(text), ...splitter.end()];
};

/** Whether a single request holds more than one message (HL7-86). */
export const holdsSeveral = (message: Message): boolean => message.segments.filter(({ raw }) => raw.trimStart().startsWith('MSH')).length > 1;

/** What is odd about a file or batch itself (HL7-83): advice for whoever sent it, never a reason to stop. */
export const batchRemark = (item: BatchItem): string | undefined => {
  if (item.kind === 'stray') return `${item.lines} lines belong to no message and were ignored`;
  if (item.kind !== 'trailer' || item.claimed === undefined || item.claimed === item.found) return undefined;
  return `${item.name} counts ${item.claimed}, found were ${item.found}`;
};

/** The answers to the messages of one batch; `request` is its BHS, when it had one. */
export type AnsweredBatch = { readonly request: Segment | undefined; readonly answers: readonly string[] };

export type BatchReply = {
  /** FHS of the file that is answered, or its first BHS, when it had one. */
  readonly request: Segment | undefined;
  readonly batches: readonly AnsweredBatch[];
  readonly now: string;
  readonly timeZone: string;
  readonly registry: Registry;
  /** What was odd about the file itself, for BTS-2 of the last batch (HL7-83). */
  readonly remark?: string;
};

/** A field of an FHS or BHS in standard separators. */
const copyOf = (segment: Segment | undefined) => {
  const asked = readMessage(segment?.raw ?? '');
  const standard = segment === undefined || segment.text(2) === '^~\\&' ? segment : undefined;
  return (field: number): FieldContent => (standard ? copyField(asked, standard, field) : segment?.exact(field) ?? '');
};

/** The file of answers: FHS … FTS around the batches, BHS … BTS around each, the sender's control ids in FHS-11 and BHS-11 (HL7-84). */
export const writeBatchReply = ({ request, batches, now, timeZone, registry, remark = '' }: BatchReply): string => {
  const header = (segment: Segment | undefined) => {
    const copy = copyOf(segment);
    return { 3: registry.application, 4: registry.facility, 5: copy(3), 6: copy(4), 7: writeHl7Time(now, timeZone), 11: copy(11) };
  };
  const name = request?.value(9) ?? '';
  const answered = batches.length > 0 ? batches : [{ request: undefined, answers: [] }];
  return [
    writeSegment('FHS', { ...header(request), 9: name === '' ? '' : `${name}.response` }),
    ...answered.flatMap(({ request: batch, answers }, at) => [
      writeSegment('BHS', header(batch ?? request)),
      ...answers.map((answer) => answer.replace(/\r$/, '')),
      writeSegment('BTS', { 1: String(answers.length), ...(remark === '' || at < answered.length - 1 ? {} : { 2: remark }) }),
    ]),
    writeSegment('FTS', { 1: String(answered.length) }),
  ].map((line) => `${line}\r`).join('');
};
