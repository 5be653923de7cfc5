import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { batchRemark, BatchSplitter, writeBatchReply, type AnsweredBatch, type BatchItem, type Segment } from '../../shared/hl7/index.ts';
import { maxBatches, maxRemarks } from './domain/batch-limits.ts';
import { keyedDigest } from '../../shared/kernel/ids.ts';
import type { Bucket } from '../../shared/platform/bucket.ts';
import type { MatchingKey } from './domain/match-keys.ts';
import type { Sender } from './domain/sender.ts';
import type { ReceiveMessage } from './receive-message.ts';
import type { ShownUpload, Uploads } from './request-upload.ts';

/**
 * A batch of up to so many messages is answered at once; one of more is read like an uploaded file. At a fifth of a second a message, a slow
 * day, this stays far below the 28 s that a request has.
 */
export const mostAnsweredAtOnce = 25;
/** A client that may not send is told so for so many messages of a batch: nothing is read or stored for it, and the answer stays far below what a function may answer. */
export const mostToldClosed = 1_000;

/** What is read of a batch that is answered at once: its messages under the BHS that they came with. */
interface Opened {
  readonly envelope: Segment | undefined;
  readonly batches: readonly { readonly request: Segment | undefined; readonly texts: readonly string[] }[];
  readonly messages: number;
  readonly remarks: readonly string[];
  /** It holds more messages than are answered here: the rest was not looked at. */
  readonly isCut: boolean;
}
const charsAPiece = 65_536;

/** Reads a batch up to the first message that is too many. What it keeps is bounded, whatever lines the text is made of. */
const openBatch = (text: string, mostMessages: number): Opened => {
  const splitter = new BatchSplitter();
  const batches: { request: Segment | undefined; texts: string[] }[] = [];
  const remarks: string[] = [];
  let envelope: Segment | undefined;
  let messages = 0;
  let isCut = false;
  const take = (item: BatchItem): void => {
    if (item.kind === 'header') envelope ??= item.segment;
    if (item.kind === 'header' && item.segment.name === 'BHS' && batches.length < maxBatches) batches.push({ request: item.segment, texts: [] });
    const remark = batchRemark(item);
    if (remark !== undefined && remarks.length < maxRemarks) remarks.push(remark);
    if (item.kind !== 'message') return;
    isCut ||= messages === mostMessages;
    if (isCut) return;
    messages += 1;
    if (batches.length === 0) batches.push({ request: undefined, texts: [] });
    batches.at(-1)?.texts.push(item.text);
  };
  for (let at = 0; at < text.length && !isCut; at += charsAPiece) splitter.push(text.slice(at, at + charsAPiece)).forEach(take);
  if (!isCut) splitter.end().forEach(take);
  return { envelope, batches, messages, remarks, isCut };
};

export type Received =
  | { readonly kind: 'answered'; readonly text: string }
  /** Too many for one answer: the file is read on its own, its answers are fetched from the upload. */
  | { readonly kind: 'handed-over'; readonly upload: ShownUpload }
  | { readonly kind: 'try-again' };

export interface ReceiveHl7Deps {
  readonly receiveMessage: ReceiveMessage;
  readonly uploads: Pick<Uploads, 'request'>;
  readonly bucket: Pick<Bucket, 'put'>;
  readonly jurisdiction: Pick<Jurisdiction, 'code' | 'timeZone'>;
  readonly matchingKey: MatchingKey;
}

/** Takes what an HL7 sender posts: one message, or a batch with or without its envelope (HL7-82 to HL7-85). */
export const makeReceiveHl7 = ({ receiveMessage, uploads, bucket, jurisdiction, matchingKey }: ReceiveHl7Deps) => {
  const handOver = async (text: string, sender: Sender, now: string): Promise<Received> => {
    // The same batch again is the same upload: a sender that lost our answer finds it.
    const outcome = await uploads.request(sender, now, keyedDigest(matchingKey, 'batch', text), true);
    if (outcome.kind === 'try-again') return outcome;
    const { upload } = outcome;
    if (upload.state === 'waiting') await bucket.put(upload.objectKey, text, 'x-application/hl7-v2+er7');
    return { kind: 'handed-over', upload };
  };

  return async (text: string, sender: Sender | undefined, now: string, correlationId: string): Promise<Received> => {
    const isOpen = sender !== undefined && sender.mode !== 'closed';
    const { envelope, batches, messages, remarks, isCut } = openBatch(text, isOpen ? mostAnsweredAtOnce : mostToldClosed);
    if (envelope === undefined && messages <= 1) return { kind: 'answered', text: (await receiveMessage(text, sender, now, correlationId)).ack };
    if (isOpen && isCut) return handOver(text, sender, now);
    const answered: AnsweredBatch[] = [];
    for (const { request, texts } of batches) {
      const answers: string[] = [];
      for (const one of texts) answers.push((await receiveMessage(one, sender, now, correlationId)).ack);
      answered.push({ request, answers });
    }
    const ofFile = [
      ...(messages === 0 ? ['the batch holds no HL7 message'] : []),
      ...(isCut ? [`only the first ${messages} messages were looked at`] : []),
    ];
    const reply = writeBatchReply({
      request: envelope,
      batches: answered,
      now,
      timeZone: jurisdiction.timeZone,
      registry: { application: 'DOSELINE', facility: jurisdiction.code },
      remark: [...remarks, ...ofFile].join('; '),
    });
    return { kind: 'answered', text: reply };
  };
};
export type ReceiveHl7 = ReturnType<typeof makeReceiveHl7>;
