import type { MessageReference } from '../../shared/contracts/message-reference.ts';
import type { Gather } from '../../shared/contracts/upload-message.ts';
import { readMessage } from '../../shared/hl7/index.ts';
import type { Queue } from '../../shared/platform/queue.ts';
import type { Sender } from './domain/sender.ts';
import type { AnswerQuery } from './query/answer-query.ts';
import type { ReportHl7 } from './report-hl7.ts';
import type { MessageStore } from './store-messages.ts';
import { partOf, type UploadStore } from './store-uploads.ts';
import { LostRace } from './work-off-races.ts';

export interface ReportReferenceDeps {
  readonly uploads: Pick<UploadStore, 'upload' | 'keepAnswer' | 'isAnswered'>;
  readonly messages: Pick<MessageStore, 'original' | 'forget'>;
  readonly reportHl7: ReportHl7;
  readonly answerQuery: AnswerQuery;
  /** Of uploads: asks that a part be put together again. */
  readonly queue: Pick<Queue, 'send'>;
  readonly senderOf: (subject: string) => Promise<Sender | undefined>;
}

/**
 * Takes one message of a file by its reference and keeps its answer: a report its acknowledgement, a query its response, noted like any query.
 * Throws when it could not be stored now: the queue holds it, and with it the later messages of that patient. One that comes after it was set aside
 * takes its place in the answers.
 */
export const makeReportReference =
  ({ uploads, messages, reportHl7, answerQuery, queue, senderOf }: ReportReferenceDeps) =>
  async (reference: MessageReference): Promise<void> => {
    const [upload, text] = await Promise.all([uploads.upload(reference.uploadId), messages.original(reference.objectKey)]);
    // What is not kept was answered before it was let go.
    if (upload !== undefined && text === undefined && (await uploads.isAnswered(reference))) return;
    if (upload === undefined || text === undefined) throw new Error('A message that was handed over has no upload or no original');
    const sender = await senderOf(upload.subject);
    const message = readMessage(text);
    const isQuery = message.header?.value(9) === 'QBP';
    const { ack, answer, isRetry, isUnseen } = isQuery
      ? { ...(await answerQuery(message, text, sender, reference.receivedAt)), isUnseen: true }
      : await reportHl7(text, sender, reference.receivedAt, reference.objectKey);
    if (isRetry) throw new LostRace('A message of a file could not be stored now');
    const kept = await uploads.keepAnswer(reference, { answer, ack });
    if (kept === 'late') await queue.send({ gatherFor: upload.objectKey, tries: 0, again: partOf(reference) } satisfies Gather);
    // Only now: a message that comes again must be answered the same. What a query asked is not kept either.
    if (isUnseen === true) await messages.forget(reference.objectKey, 'hl7');
  };
export type ReportReference = ReturnType<typeof makeReportReference>;
