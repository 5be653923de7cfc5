import { createdId, requestDigest } from '../../shared/kernel/ids.ts';
import type { Bucket } from '../../shared/platform/bucket.ts';
import type { Sender } from './domain/sender.ts';
import { uploadKey, uploadObjectKey, type UploadItem, type UploadStore } from './store-uploads.ts';

export interface ShownUpload extends UploadItem {
  /** Where the file may be put; only while it is awaited. */
  readonly address?: string;
  readonly answerFiles: readonly string[];
}

const nothingYet = { messages: 0, answers: { AA: 0, AE: 0, AR: 0 }, remarks: [], answerKeys: [] };

/** Gives out an address for one file of messages, and says how far it was read. */
export const makeUploads = ({ uploads, bucket }: { uploads: UploadStore; bucket: Bucket }) => {
  const shown = async (item: UploadItem): Promise<ShownUpload> => ({
    ...item,
    ...(item.state === 'waiting' && item.isBrought !== true ? { address: await bucket.addressToPut(item.objectKey) } : {}),
    answerFiles: await Promise.all(item.answerKeys.map((key) => bucket.addressToGet(key))),
  });
  return {
    /** @param isBrought the caller puts the file itself: no address is shown for it */
    request: async (
      { subject, senderId }: Sender,
      now: string,
      idempotencyKey: string,
      isBrought = false,
    ): Promise<{ kind: 'created' | 'repeated'; upload: ShownUpload } | { kind: 'try-again' }> => {
      const uploadId = createdId('upl', subject, idempotencyKey);
      const item: UploadItem = {
        ...uploadKey(uploadId),
        type: 'upload',
        schema: 1,
        version: 1,
        uploadId,
        subject,
        senderId,
        objectKey: uploadObjectKey(senderId, uploadId),
        state: 'waiting',
        ...nothingYet,
        ...(isBrought ? { isBrought } : {}),
        createdAt: now,
        requestDigest: requestDigest({}),
      };
      const outcome = await uploads.create(item);
      return outcome.kind === 'created' || outcome.kind === 'repeated'
        ? { kind: outcome.kind, upload: await shown(outcome.item) }
        : { kind: 'try-again' };
    },
    /** Only who asked for the upload sees it. */
    read: async (uploadId: string, subject: string): Promise<ShownUpload | undefined> => {
      const item = await uploads.upload(uploadId);
      return item?.subject === subject ? shown(item) : undefined;
    },
  };
};
export type Uploads = ReturnType<typeof makeUploads>;
