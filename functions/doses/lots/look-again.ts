import type { LotMessage } from '../../../shared/contracts/lot-message.ts';
import type { JudgedAgain } from './judge-again.ts';
import type { JudgeLot } from './judge-lot.ts';
import type { SettleWaiting } from './settle-waiting.ts';

/** What a message of the queue asks for. */
export const makeLookAgain =
  ({ judgeLot, settleWaiting }: { readonly judgeLot: JudgeLot; readonly settleWaiting: SettleWaiting }) =>
  (message: LotMessage, turn: { readonly now: string; readonly hasTime: () => boolean }): Promise<JudgedAgain> =>
    ('arrived' in message ? settleWaiting(message, turn) : judgeLot(message, turn));
export type LookAgain = ReturnType<typeof makeLookAgain>;
