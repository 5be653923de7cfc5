import type { AfterExcursion, AfterRecall } from '../../../shared/contracts/lot-message.ts';
import { isMeant } from '../domain/recall.ts';
import { storageFacts } from '../domain/validity/storage-facts.ts';
import { withFact } from '../domain/validity/validity-of-dose.ts';
import type { RecallStore } from '../store-recalls.ts';
import type { StockStore } from '../store-stock.ts';
import type { JudgeAgain, JudgedAgain } from './judge-again.ts';
import { partitionOf, type LotStore } from './store-lots.ts';

export interface JudgeLotDeps {
  readonly lots: LotStore;
  readonly recalls: Pick<RecallStore, 'recall' | 'ofLot'>;
  readonly stock: Pick<StockStore, 'accounts'>;
  readonly judgeAgain: JudgeAgain;
  readonly timeZone: string;
}

type Turn = { readonly now: string; readonly hasTime: () => boolean };
const nothing: JudgedAgain = { kind: 'done', looked: 0, changed: 0 };

/** Judges doses again by what a recall or an excursion, recorded, changed or decided after them, says now. */
export const makeJudgeLot = ({ lots, recalls, stock, judgeAgain, timeZone }: JudgeLotDeps) => {
  const afterRecall = async ({ recallId, cursor }: AfterRecall, turn: Turn): Promise<JudgedAgain> => {
    const recall = await recalls.recall(recallId);
    if (recall === undefined) return nothing;
    const all = await recalls.ofLot(recall.lot);
    return judgeAgain({
      ...turn,
      cursor,
      partitions: await lots.partitionsOf(recall.lot),
      by: { actor: `recall:${recallId}`, reason: `the recall of its lot is ${recall.state}` },
      factsOf: (dose) =>
        withFact(
          dose.validity ?? [],
          'lot-recalled',
          all.some((one) => isMeant(one, dose)),
        ),
    });
  };

  const afterExcursion = async ({ siteId, excursionId, cursor }: AfterExcursion, turn: Turn): Promise<JudgedAgain> => {
    const [excursions, accounts] = await Promise.all([lots.excursions(siteId), stock.accounts(siteId)]);
    const judged = excursions.find((one) => one.excursionId === excursionId);
    if (judged === undefined) return nothing;
    const known = new Map(accounts.map((account) => [partitionOf(account), account]));
    return judgeAgain({
      ...turn,
      cursor,
      partitions: [...known.keys()].sort(),
      by: { actor: `excursion:${excursionId}`, reason: `a temperature excursion is ${judged.state}` },
      factsOf: (dose) => {
        const account = known.get(dose.gsi1pk ?? '');
        return storageFacts(dose, excursions, { stockedAt: account?.stockedAt, quarantined: account?.buckets.quarantined ?? 0, judged }, timeZone);
      },
    });
  };

  return (message: AfterRecall | AfterExcursion, turn: Turn): Promise<JudgedAgain> =>
    'recallId' in message ? afterRecall(message, turn) : afterExcursion(message, turn);
};
export type JudgeLot = ReturnType<typeof makeJudgeLot>;
