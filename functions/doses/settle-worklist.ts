import type { LotMessage } from '../../shared/contracts/lot-message.ts';
import type { Queue } from '../../shared/platform/queue.ts';

/** Asks that all doses of a site that wait for stock be looked for again (lots/settle-waiting.ts). Asking twice is harmless. */
export const makeSettleWorklist = (queue: Pick<Queue, 'send'>) => (siteId: string, askedBy: string): Promise<void> =>
  queue.send({ siteId, arrived: {}, askedBy } satisfies LotMessage);
