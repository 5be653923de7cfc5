import { maxDecisionAttempts } from '../../../shared/kernel/limits.ts';
import type { LotMessage } from '../../../shared/contracts/lot-message.ts';
import type { DoseItem } from '../../../shared/published/dose.ts';
import { recordIdOf } from '../../../shared/published/dose-keys.ts';
import { withValidity } from '../domain/derive-doses.ts';
import { isOptedOut } from '../domain/persons/hidden.ts';
import { isMeant } from '../domain/recall.ts';
import { isGiven } from '../domain/same-dose/pair-facts.ts';
import { withFact } from '../domain/validity/validity-of-dose.ts';
import type { DoseStore } from '../store-doses.ts';
import type { PersonStore } from '../store-persons.ts';
import type { RecallStore } from '../store-recalls.ts';
import type { WriteDoses } from '../write-doses.ts';
import type { LotStore } from './store-lots.ts';

const pageSize = 50;

export interface JudgeLotDeps {
  readonly lots: LotStore;
  readonly recalls: Pick<RecallStore, 'recall' | 'ofLot'>;
  readonly doses: Pick<DoseStore, 'dose'>;
  readonly persons: Pick<PersonStore, 'personOfRecord'>;
  readonly writeDoses: WriteDoses;
}

export type JudgeLotOutcome =
  | { kind: 'done'; looked: number; changed: number }
  /** Time ran out: go on there. */
  | { kind: 'to-be-continued'; cursor: string; looked: number; changed: number };

/**
 * Judges the doses of a recalled lot again, after the recall was recorded, lifted or renewed: what stands on a dose is what the recalls say now.
 * Only doses of which that changes are written, each once, over the versions that were read; so it may be repeated, cut off and run twice.
 * A person who opted out is left alone.
 */
export const makeJudgeLot = ({ lots, recalls, doses, persons, writeDoses }: JudgeLotDeps) => {
  const judgeDose = async (key: { pk: string; sk: string }, standing: (dose: DoseItem) => boolean, recallId: string, now: string): Promise<boolean> => {
    for (let attempt = 1; attempt <= maxDecisionAttempts; attempt += 1) {
      const person = await persons.personOfRecord(recordIdOf(key));
      const head = await doses.dose(key);
      if (person === undefined || head === undefined || isOptedOut(person) || !isGiven(head)) return false;
      const isRecalled = standing(head);
      if (isRecalled === (head.validity?.includes('lot-recalled') === true)) return false;
      const by = { actor: `recall:${recallId}`, reason: isRecalled ? 'its lot was recalled' : 'the recall of its lot was lifted' };
      const next: DoseItem = { ...withValidity(head, withFact(head.validity ?? [], 'lot-recalled', isRecalled)), version: head.version + 1, changedAt: now, changedBy: by.actor, reason: by.reason };
      if ((await writeDoses(person, [{ next, head, keepsStock: true }], { at: now, ...by })).kind === 'written') return true;
    }
    throw new Error('A dose of a recalled lot kept changing while it was judged');
  };

  return async ({ recallId, cursor: from }: LotMessage, now: string, hasTime: () => boolean): Promise<JudgeLotOutcome> => {
    const recall = await recalls.recall(recallId);
    if (recall === undefined) return { kind: 'done', looked: 0, changed: 0 };
    const all = await recalls.ofLot(recall.lot);
    const standing = (dose: DoseItem): boolean => all.some((one) => isMeant(one, dose));
    let [looked, changed] = [0, 0];
    for (let cursor = from; ; ) {
      const page = await lots.doses(recall.lot, { limit: pageSize, cursor });
      for (const key of page.items) if (await judgeDose(key, standing, recallId, now)) changed += 1;
      looked += page.items.length;
      cursor = page.nextCursor;
      if (cursor === undefined) return { kind: 'done', looked, changed };
      if (!hasTime()) return { kind: 'to-be-continued', cursor, looked, changed };
    }
  };
};
export type JudgeLot = ReturnType<typeof makeJudgeLot>;
