import { z } from 'zod';

/** A message of the runs queue: which run is to be drafted or published. What was asked lies on the run. */
export const runMessage = z.object({ runId: z.string(), job: z.enum(['draft', 'publish']) });
export type RunMessage = z.infer<typeof runMessage>;

/** Deliveries before a message goes to the dead letters; the last one says on the run that it came to nothing. */
export const mostRunDeliveries = 3;
