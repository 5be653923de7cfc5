import { z } from 'zod';

/** Lots of doses that must be looked at again because of a recall: on their queue, by reference. */
export const lotMessage = z.object({
  recallId: z.string().max(60),
  /** Where to go on; absent at the beginning. */
  cursor: z.string().max(2000).optional(),
});
export type LotMessage = z.infer<typeof lotMessage>;
