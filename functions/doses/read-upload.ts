import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { BatchSplitter, writeBatchReply, type BatchItem, type Segment } from '../../shared/hl7/index.ts';
import type { Bucket } from '../../shared/platform/bucket.ts';
import type { Sender } from './domain/sender.ts';
import type { ReportHl7 } from './report-hl7.ts';
import { answerObjectKey, uploadIdOf, type UploadItem, type UploadStore } from './store-uploads.ts';

/** Answers in one answer file, and messages between two notes of how far the file was read. */
export const messagesPerPart = 200;
const maxRemarks = 20;

export type ReadUploadOutcome =
  | 'done'
  /** Time ran out; what was answered is noted, the rest waits for the next run. */
  | 'to-be-continued'
  /** Another run of the same file is further. */
  | 'overtaken'
  /** No upload that we gave an address for: an answer file, or somebody else's object. */
  | 'not-ours';

export interface ReadUploadDeps {
  readonly uploads: UploadStore;
  readonly bucket: Bucket;
  readonly reportHl7: ReportHl7;
  /** The sender as it stands now: a membership may have ended since the upload was asked for. */
  readonly senderOf: (subject: string) => Promise<Sender | undefined>;
  readonly jurisdiction: Jurisdiction;
}

/** Cuts an object into the parts of a batch file as its pieces arrive; holds one message at a time. */
async function* itemsOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<BatchItem> {
  const splitter = new BatchSplitter();
  const decoder = new TextDecoder('utf-8');
  for await (const piece of pieces) yield* splitter.push(decoder.decode(piece, { stream: true }));
  yield* splitter.push(decoder.decode());
  yield* splitter.end();
}

/** What is odd about the file itself (HL7-83): advice, never a reason to stop. */
const remarkOn = (item: BatchItem): string | undefined => {
  if (item.kind === 'stray') return `${item.lines} lines belong to no message and were ignored`;
  if (item.kind !== 'trailer' || item.claimed === undefined || item.claimed === item.found) return undefined;
  return `${item.name} counts ${item.claimed}, found were ${item.found}`;
};

/**
 * Reads a file of messages (HL7-82 to HL7-85): each message goes the way of a single one, its answer into an answer file. Safe to run
 * twice and to stop anywhere: messages that were answered meet their answers, and the note of how far we are only moves forward.
 */
export const makeReadUpload = ({ uploads, bucket, reportHl7, senderOf, jurisdiction }: ReadUploadDeps) => {
  const reply = (request: Segment | undefined, answers: readonly string[], now: string): string =>
    writeBatchReply({ request, answers, now, timeZone: jurisdiction.timeZone, registry: { application: 'DOSELINE', facility: jurisdiction.code } });

  return async (objectKey: string, now: string, hasTime: () => boolean): Promise<ReadUploadOutcome> => {
    const uploadId = uploadIdOf(objectKey);
    const found = uploadId === undefined ? undefined : await uploads.upload(uploadId);
    if (found === undefined || found.objectKey !== objectKey) return 'not-ours';
    if (found.state === 'done') return 'done';
    const [sender, pieces] = await Promise.all([senderOf(found.subject), bucket.pieces(objectKey)]);
    if (pieces === undefined) throw new Error('An uploaded object is not there');
    let note: UploadItem = found;
    let header: Segment | undefined;
    let part: string[] = [];
    const answers = { ...found.answers };
    const remarks: string[] = [];

    const advance = async (changes: Partial<UploadItem>): Promise<boolean> => {
      const messages = note.messages + part.length;
      const answerKey = answerObjectKey(found.senderId, found.uploadId, note.answerKeys.length + 1);
      if (part.length > 0) await bucket.put(answerKey, reply(header, part, note.createdAt), 'x-application/hl7-v2+er7');
      const next: UploadItem = {
        ...note, state: 'reading', messages, answers: { ...answers }, version: note.version + 1,
        answerKeys: part.length > 0 ? [...note.answerKeys, answerKey] : note.answerKeys, ...changes,
      };
      part = [];
      const outcome = await uploads.advance(next);
      note = next;
      return outcome.kind === 'committed';
    };

    for await (const item of itemsOf(pieces)) {
      if (item.kind === 'header') header ??= item.segment;
      const remark = remarkOn(item);
      if (remark !== undefined && remarks.length < maxRemarks) remarks.push(remark);
      if (item.kind !== 'message' || item.position <= note.messages) continue;
      const { ack, answer, isRetry } = await reportHl7(item.text, sender, now);
      if (isRetry) throw new Error('A message of a file could not be stored now');
      part.push(ack);
      answers[answer] += 1;
      if (part.length < messagesPerPart) continue;
      if (!(await advance({}))) return 'overtaken';
      if (!hasTime()) return 'to-be-continued';
    }
    if (note.messages + part.length === 0) remarks.push('the file holds no HL7 message');
    return (await advance({ state: sender === undefined ? 'refused' : 'done', remarks, finishedAt: now })) ? 'done' : 'overtaken';
  };
};
export type ReadUpload = ReturnType<typeof makeReadUpload>;
