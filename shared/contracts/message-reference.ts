import { z } from 'zod';
import { instant } from './common.ts';

/** How often a message of a file is tried before it is set aside. */
export const messageTries = 5;

/** One message of an uploaded file, on its queue: where it lies and whose answer it is. Never a word of it. */
export const messageReference = z.object({
  uploadId: z.string(),
  /** Place among the messages of the file, from 1. */
  position: z.int().min(1),
  objectKey: z.string(),
  /** When the file was taken in: the message's time of receipt, however long it waits. */
  receivedAt: instant,
});
export type MessageReference = z.infer<typeof messageReference>;
