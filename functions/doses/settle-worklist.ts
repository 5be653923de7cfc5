import type { LotMessage } from '../../shared/contracts/lot-message.ts';
import type { Queue } from '../../shared/platform/queue.ts';
import type { SettlingStore } from './lots/store-settling.ts';

export interface SettlingAsked {
  readonly state: 'asked' | 'under-way';
  /** The instant at which what is under way was asked for. */
  readonly askedAt: string;
}

/**
 * Asks that all doses of a site that wait for stock be looked for again (lots/settle-waiting.ts), once at a time: while a request of the site is
 * under way, nothing is sent. The queue is everybody's.
 */
export const makeSettleWorklist =
  (settling: SettlingStore, queue: Pick<Queue, 'send'>) =>
  async (siteId: string, { actor, now }: { readonly actor: string; readonly now: string }): Promise<SettlingAsked> => {
    const opened = await settling.open(siteId, { at: now, by: actor });
    if (opened.kind === 'under-way') return { state: 'under-way', askedAt: opened.askedAt };
    try {
      await queue.send({ siteId, arrived: {}, askedBy: actor, askedAt: now } satisfies LotMessage);
    } catch (cause) {
      await settling.close(siteId, now);
      throw cause;
    }
    return { state: 'asked', askedAt: now };
  };
