import { maxDecisionAttempts } from '../../shared/kernel/limits.ts';
import type { PersonStore } from './store-persons.ts';
import type { Moment, WriteDoses } from './write-doses.ts';

/** Rounds of a person with very many reports: each relinks up to thirty. */
const maxRounds = 20;

export type JudgePersonOutcome = { kind: 'judged'; changes: number } | { kind: 'not-found' } | { kind: 'contended' };

/**
 * Compares all reports of a person anew and writes what is different now: links, stock and validity. To be called after records came to a
 * person or left it (merge, unlink, undo), for every person concerned. Safe to repeat: judged twice, nothing changes the second time.
 */
export const makeJudgePersonDoses =
  ({ persons, writeDoses }: { persons: Pick<PersonStore, 'person'>; writeDoses: WriteDoses }) =>
  async (personId: string, moment: Moment): Promise<JudgePersonOutcome> => {
    let changes = 0;
    let lost = 0;
    for (let round = 1; round <= maxRounds; round += 1) {
      const person = await persons.person(personId);
      if (person === undefined) return { kind: 'not-found' };
      const written = await writeDoses(person, [], moment);
      if (written.kind === 'unchanged') return { kind: 'judged', changes };
      if (written.kind === 'written') changes += written.changes;
      else if ((lost += 1) >= maxDecisionAttempts) break;
    }
    return { kind: 'contended' };
  };
export type JudgePersonDoses = ReturnType<typeof makeJudgePersonDoses>;
