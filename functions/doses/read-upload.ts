import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import type { MessageReference } from '../../shared/contracts/message-reference.ts';
import { batchRemark, BatchSplitter, readMessage, type BatchItem } from '../../shared/hl7/index.ts';
import { localDay } from '../../shared/kernel/dates.ts';
import type { Bucket } from '../../shared/platform/bucket.ts';
import { mostPerSend, type OrderedMessage, type Queue } from '../../shared/platform/queue.ts';
import { maxBatches, maxRemarks, shortestMeanChars } from './domain/batch-limits.ts';
import type { MatchingKey } from './domain/match-keys.ts';
import { messageIdFor, orderGroupOf } from './domain/message-id.ts';
import type { Sender } from './domain/sender.ts';
import { objectKeyOf, type MessageStore } from './store-messages.ts';
import { messagesPerPart, uploadIdOf, type Sent, type UploadStore } from './store-uploads.ts';

/** Fields of FHS or BHS that the file of answers repeats (HL7-84); the comment and the rest are not kept. */
const answeredFields: readonly number[] = [1, 2, 3, 4, 9, 11];
const maxFieldChars = 120;
const headerToAnswer = (raw: string): string => {
  const separator = raw.charAt(3);
  return raw
    .split(separator)
    .map((text, at) => (at === 0 || answeredFields.includes(at + 1) ? text.slice(0, maxFieldChars) : ''))
    .slice(0, 11)
    .join(separator);
};

export type ReadUploadOutcome =
  | 'done'
  /** Time ran out; what was handed over is noted, the rest waits for the next run. */
  | 'to-be-continued'
  /** Another run of the same file is further. */
  | 'overtaken'
  /** No upload that we gave an address for: an answer file, or somebody else's object. */
  | 'not-ours';

export interface ReadUploadDeps {
  readonly uploads: UploadStore;
  readonly bucket: Bucket;
  readonly messages: Pick<MessageStore, 'keep'>;
  readonly queue: Pick<Queue, 'sendInOrder'>;
  /** The sender as it stands now: a membership may have ended since the upload was asked for. */
  readonly senderOf: (subject: string) => Promise<Sender | undefined>;
  readonly jurisdiction: Pick<Jurisdiction, 'timeZone'>;
  readonly matchingKey: MatchingKey;
}

/** Cuts an object into the parts of a batch file as its pieces arrive; holds one message at a time. */
async function* itemsOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<BatchItem> {
  const splitter = new BatchSplitter();
  const decoder = new TextDecoder('utf-8');
  for await (const piece of pieces) yield* splitter.push(decoder.decode(piece, { stream: true }));
  yield* splitter.push(decoder.decode());
  yield* splitter.end();
}

/**
 * Hands a file of messages over (HL7-82 to HL7-85): each original is kept, and a reference to it goes to the queue that keeps the order of
 * a patient's messages. Safe to run twice and to stop anywhere: a message that is handed over again meets its answer.
 */
export const makeReadUpload = ({ uploads, bucket, messages, queue, senderOf, jurisdiction, matchingKey }: ReadUploadDeps) => {
  const handOver = async (
    uploadId: string,
    texts: readonly { text: string; position: number }[],
    sender: Sender | undefined,
    receivedAt: string,
  ): Promise<void> => {
    const senderId = sender?.senderId ?? '-';
    const kept = texts.map(async ({ text, position }): Promise<OrderedMessage> => {
      const message = readMessage(text);
      const messageId = messageIdFor(message, text, sender, matchingKey);
      const objectKey = objectKeyOf({ localDay: localDay(receivedAt, jurisdiction.timeZone), senderId, messageId, form: 'hl7' });
      await messages.keep(objectKey, text, 'hl7');
      const reference: MessageReference = { uploadId, position, objectKey, receivedAt };
      return { group: orderGroupOf(message, text, senderId, matchingKey), id: `${uploadId}-${position}`, message: reference };
    });
    await queue.sendInOrder(await Promise.all(kept));
  };

  return async (objectKey: string, now: string, hasTime: () => boolean): Promise<ReadUploadOutcome> => {
    const uploadId = uploadIdOf(objectKey);
    const found = uploadId === undefined ? undefined : await uploads.upload(uploadId);
    if (uploadId === undefined || found?.objectKey !== objectKey) return 'not-ours';
    const [before, sender, pieces] = await Promise.all([uploads.sent(uploadId), senderOf(found.subject), bucket.pieces(objectKey)]);
    if (before?.isWhole === true) return 'done';
    if (pieces === undefined) throw new Error('An uploaded object is not there');
    let { sent = 0, header }: Partial<Sent> = before ?? {};
    const batches: NonNullable<Sent['batches']> = [];
    let position = 0;
    let chars = 0;
    let part: { text: string; position: number }[] = [];
    const remarks: string[] = [];
    const flush = async (): Promise<void> => {
      await handOver(uploadId, part, sender, now);
      sent += part.length;
      part = [];
    };
    const note = async (isWhole: boolean): Promise<boolean> =>
      (await uploads.noteSent(uploadId, { sent, isWhole, remarks, batches, ...(header === undefined ? {} : { header }) })).kind === 'committed';

    for await (const item of itemsOf(pieces)) {
      if (item.kind === 'header') header ??= headerToAnswer(item.segment.raw);
      if (item.kind === 'header' && item.segment.name === 'BHS' && batches.length < maxBatches)
        batches.push({ from: position + 1, header: headerToAnswer(item.segment.raw) });
      if (item.kind === 'message') {
        ({ position } = item);
        chars += item.text.length;
      }
      const remark = batchRemark(item);
      if (remark !== undefined && remarks.length < maxRemarks) remarks.push(remark);
      if (item.kind !== 'message' || item.position <= sent) continue;
      part.push(item);
      if (part.length < mostPerSend) continue;
      await flush();
      if (sent % messagesPerPart !== 0) continue;
      if (chars < sent * shortestMeanChars) {
        remarks.push(`its messages are too short to be any: only the first ${sent} were read`);
        break;
      }
      if (!(await note(false))) return 'overtaken';
      if (!hasTime()) return 'to-be-continued';
    }
    await flush();
    if (sent === 0) remarks.push('the file holds no HL7 message');
    return (await note(true)) ? 'done' : 'overtaken';
  };
};
export type ReadUpload = ReturnType<typeof makeReadUpload>;
