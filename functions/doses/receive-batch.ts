import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { batchRemark, splitBatch, writeBatchReply, type Segment } from '../../shared/hl7/index.ts';
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
    const outcome = await uploads.request(sender, now, keyedDigest(matchingKey, 'batch', text));
    if (outcome.kind === 'try-again') return outcome;
    const { address: _, ...upload } = outcome.upload;
    if (upload.state === 'waiting') await bucket.put(upload.objectKey, text, 'x-application/hl7-v2+er7');
    return { kind: 'handed-over', upload };
  };

  return async (text: string, sender: Sender | undefined, now: string, correlationId: string): Promise<Received> => {
    const items = splitBatch(text);
    const messages = items.flatMap((item) => (item.kind === 'message' ? [item.text] : []));
    const envelope = items.find((item) => item.kind === 'header');
    if (envelope === undefined && messages.length <= 1) return { kind: 'answered', text: (await receiveMessage(text, sender, now, correlationId)).ack };
    // Nothing is stored for a client that may not send, so that all of its messages can be told so at once.
    const isOpen = sender !== undefined && sender.mode !== 'closed';
    if (isOpen && messages.length > mostAnsweredAtOnce) return handOver(text, sender, now);
    const batches: { request: Segment | undefined; answers: string[] }[] = [];
    for (const item of items) {
      if (item.kind === 'header' && item.segment.name === 'BHS') batches.push({ request: item.segment, answers: [] });
      if (item.kind !== 'message') continue;
      if (batches.length === 0) batches.push({ request: undefined, answers: [] });
      batches.at(-1)?.answers.push((await receiveMessage(item.text, sender, now, correlationId)).ack);
    }
    const reply = writeBatchReply({
      request: envelope?.segment, batches, now, timeZone: jurisdiction.timeZone, registry: { application: 'DOSELINE', facility: jurisdiction.code },
      remark: [...items.flatMap((item) => batchRemark(item) ?? []), ...(messages.length === 0 ? ['the batch holds no HL7 message'] : [])].join('; '),
    });
    return { kind: 'answered', text: reply };
  };
};
export type ReceiveHl7 = ReturnType<typeof makeReceiveHl7>;
