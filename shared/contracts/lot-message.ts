import { z } from 'zod';

/** Where to go on; absent at the beginning. */
const cursor = z.string().max(2000).optional();
const afterRecall = z.object({ recallId: z.string().max(60), cursor });
const afterExcursion = z.object({ siteId: z.string().max(64), excursionId: z.string().max(60), cursor });
/** Stock of the lot came to hand at the site; without a lot, whatever waits there. `askedBy`: the subject of its people who asked, if one did, and when: their request is open until it is done. */
const afterArrival = z.object({
  siteId: z.string().max(64),
  arrived: z.object({ lot: z.string().max(40).optional() }),
  askedBy: z.string().max(128).optional(),
  askedAt: z.string().max(30).optional(),
  cursor,
});

/**
 * Doses that must be looked at again because of a recall of their lot, an excursion of the unit they lay in, or stock that came to hand: on their
 * queue, by reference.
 */
export const lotMessage = z.union([afterRecall, afterExcursion, afterArrival]);
export type LotMessage = z.infer<typeof lotMessage>;
export type AfterRecall = z.infer<typeof afterRecall>;
export type AfterExcursion = z.infer<typeof afterExcursion>;
export type AfterArrival = z.infer<typeof afterArrival>;

/** Seconds until they are looked at: long enough that whatever was being written meanwhile is written and listed. */
export const lookAgainSeconds = 180;
