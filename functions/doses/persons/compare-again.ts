import type { JudgePersonDoses } from '../judge-person-doses.ts';
import type { Act } from './merge-persons.ts';

/**
 * After records went from one person to another, all reports of each are compared anew: a dose told by two senders is counted and taken from
 * stock once, or twice again when they turn out to be two people. It is done again with every repeat of the decision, and with the next dose
 * of the person, so that one which was cut off is made up for.
 */
export const makeCompareAgain = (judge: JudgePersonDoses) =>
  async (personIds: readonly string[], { actor, now, reason }: Act): Promise<void> => {
    for (const personId of personIds) {
      const { kind } = await judge(personId, { at: now, actor, reason });
      if (kind === 'contended') throw new Error('Doses of a person do not settle');
    }
  };
export type CompareAgain = ReturnType<typeof makeCompareAgain>;
