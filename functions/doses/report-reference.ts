import type { MessageReference } from '../../shared/contracts/message-reference.ts';
import type { Sender } from './domain/sender.ts';
import type { ReportHl7 } from './report-hl7.ts';
import type { MessageStore } from './store-messages.ts';
import type { UploadStore } from './store-uploads.ts';

export interface ReportReferenceDeps {
  readonly uploads: Pick<UploadStore, 'upload' | 'keepAnswer'>;
  readonly messages: Pick<MessageStore, 'original' | 'forget'>;
  readonly reportHl7: ReportHl7;
  readonly senderOf: (subject: string) => Promise<Sender | undefined>;
}

/**
 * Takes one message of a file by its reference and keeps its answer. Throws when it could not be stored now: the queue holds it, and with
 * it the later messages of that patient.
 */
export const makeReportReference =
  ({ uploads, messages, reportHl7, senderOf }: ReportReferenceDeps) =>
  async (reference: MessageReference): Promise<void> => {
    const [upload, text] = await Promise.all([uploads.upload(reference.uploadId), messages.original(reference.objectKey)]);
    if (upload === undefined || text === undefined) throw new Error('A message that was handed over has no upload or no original');
    const { ack, answer, isRetry, isUnseen } = await reportHl7(text, await senderOf(upload.subject), reference.receivedAt, reference.objectKey);
    if (isRetry) throw new Error('A message of a file could not be stored now');
    await uploads.keepAnswer(reference, { answer, ack });
    // Only now: a message that comes again must be answered the same.
    if (isUnseen === true) await messages.forget(reference.objectKey, 'hl7');
  };
export type ReportReference = ReturnType<typeof makeReportReference>;
