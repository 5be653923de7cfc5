import { z } from 'zod';

/** Where to go on; absent at the beginning. */
const cursor = z.string().max(2000).optional();
const afterRecall = z.object({ recallId: z.string().max(60), cursor });
const afterExcursion = z.object({ siteId: z.string().max(64), excursionId: z.string().max(60), cursor });

/** Doses that must be looked at again because of a recall of their lot, or an excursion of the unit they lay in: on their queue, by reference. */
export const lotMessage = z.union([afterRecall, afterExcursion]);
export type LotMessage = z.infer<typeof lotMessage>;
export type AfterRecall = z.infer<typeof afterRecall>;
export type AfterExcursion = z.infer<typeof afterExcursion>;

/** Seconds until they are looked at: long enough that whatever was being written meanwhile is written and listed. */
export const lookAgainSeconds = 180;
