import { maxDecisionAttempts } from '../../../shared/kernel/limits.ts';
import type { DoseItem, ValidityFact } from '../../../shared/published/dose.ts';
import { recordIdOf } from '../../../shared/published/dose-keys.ts';
import { withValidity } from '../domain/derive-doses.ts';
import { isOptedOut } from '../domain/persons/hidden.ts';
import { isGiven } from '../domain/same-dose/pair-facts.ts';
import type { DoseStore } from '../store-doses.ts';
import type { PersonStore } from '../store-persons.ts';
import type { WriteDoses } from '../write-doses.ts';
import type { LotStore } from './store-lots.ts';

const pageSize = 50;

export interface JudgeAgainDeps {
  readonly lots: Pick<LotStore, 'doses'>;
  readonly doses: Pick<DoseStore, 'dose'>;
  readonly persons: Pick<PersonStore, 'personOfRecord'>;
  readonly writeDoses: WriteDoses;
}

/** What is to be judged again, and by what. */
export interface Again {
  /** Partitions of gsi1 in which the doses lie, in an order that stays. */
  readonly partitions: readonly string[];
  readonly factsOf: (dose: DoseItem) => readonly ValidityFact[];
  readonly by: { readonly actor: string; readonly reason: string };
  readonly cursor: string | undefined;
  readonly now: string;
  /** False when the run must end soon. */
  readonly hasTime: () => boolean;
}

export type JudgedAgain =
  | { kind: 'done'; looked: number; changed: number }
  /** Time ran out: go on there. */
  | { kind: 'to-be-continued'; cursor: string; looked: number; changed: number };

/**
 * Looks at doses again because something about their lot or their storage became known later. Only doses of which a fact changes are written,
 * each once, over the versions that were read; so it may be repeated, cut off and run twice. A person who opted out is left alone.
 */
export const makeJudgeAgain = ({ lots, doses, persons, writeDoses }: JudgeAgainDeps) => {
  const judgeDose = async (key: { pk: string; sk: string }, { factsOf, by, now }: Again): Promise<boolean> => {
    for (let attempt = 1; attempt <= maxDecisionAttempts; attempt += 1) {
      const person = await persons.personOfRecord(recordIdOf(key));
      const head = await doses.dose(key);
      if (person === undefined || head === undefined || isOptedOut(person) || !isGiven(head)) return false;
      const facts = factsOf(head);
      if (facts.join() === (head.validity ?? []).join()) return false;
      const next: DoseItem = { ...withValidity(head, [...facts]), version: head.version + 1, changedAt: now, changedBy: by.actor, reason: by.reason };
      if ((await writeDoses(person, [{ next, head, keepsStock: true }], { at: now, ...by })).kind === 'written') return true;
    }
    throw new Error('A dose kept changing while it was judged again');
  };

  return async (again: Again): Promise<JudgedAgain> => {
    let [looked, changed] = [0, 0];
    for (let { cursor } = again; ; ) {
      const page = await lots.doses(again.partitions, { limit: pageSize, cursor });
      for (const key of page.items) if (await judgeDose(key, again)) changed += 1;
      looked += page.items.length;
      cursor = page.nextCursor;
      if (cursor === undefined) return { kind: 'done', looked, changed };
      if (!again.hasTime()) return { kind: 'to-be-continued', cursor, looked, changed };
    }
  };
};
export type JudgeAgain = ReturnType<typeof makeJudgeAgain>;
