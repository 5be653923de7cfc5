import { z } from 'zod';
import { instant } from '../../shared/contracts/common.ts';
import { entityFields } from '../../shared/contracts/stored.ts';
import { commit, getItem, type Dynamo } from '../../shared/platform/dynamo.ts';
import { commitCreation, createPut, replacePut } from '../../shared/platform/entity.ts';

/** A file of messages: how far it was read and how its messages were answered. */
export const uploadItem = z.object({
  ...entityFields,
  type: z.literal('upload'),
  uploadId: z.string(),
  subject: z.string(),
  senderId: z.string(),
  objectKey: z.string(),
  state: z.enum(['waiting', 'reading', 'done', 'refused']),
  /** Messages answered so far, in the order of the file. */
  messages: z.int(),
  answers: z.object({ AA: z.int(), AE: z.int(), AR: z.int() }),
  /** What was odd about the file itself; never a word of its content. */
  remarks: z.array(z.string()),
  answerKeys: z.array(z.string()),
  createdAt: instant,
  finishedAt: instant.optional(),
  requestDigest: z.string(),
});
export type UploadItem = z.infer<typeof uploadItem>;

export const uploadKey = (uploadId: string): { pk: string; sk: 'UPLOAD' } => ({ pk: `UPLOAD#${uploadId}`, sk: 'UPLOAD' });
const folder = 'uploads';
export const uploadObjectKey = (senderId: string, uploadId: string): string => `${folder}/${senderId}/${uploadId}`;
/** Answers lie outside the folder of uploads: the bucket tells of every new object, and nobody answers an answer. */
export const answerObjectKey = (senderId: string, uploadId: string, part: number): string => `answers/${senderId}/${uploadId}/${String(part).padStart(6, '0')}.hl7`;
export const uploadIdOf = (objectKey: string): string | undefined => new RegExp(`^${folder}/[^/]+/(upl_[0-9a-z]{26})$`).exec(objectKey)?.[1];

export const makeUploadStore = (dynamo: Dynamo, table: string) => ({
  upload: (uploadId: string): Promise<UploadItem | undefined> => getItem(dynamo, table, uploadKey(uploadId), uploadItem),
  create: (item: UploadItem) => commitCreation(dynamo, item, uploadItem, [createPut(table, item)]),
  /** Writes how far the file was read; `refused` when another run was further or elsewhere. */
  advance: (next: UploadItem) => commit(dynamo, [replacePut(table, next)]),
});
export type UploadStore = ReturnType<typeof makeUploadStore>;
