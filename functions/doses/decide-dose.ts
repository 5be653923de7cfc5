import { maxDecisionAttempts } from '../../shared/kernel/limits.ts';
import type { DoseItem } from '../../shared/published/dose.ts';
import { doseIdOf, doseKey, recordIdOf } from '../../shared/published/dose-keys.ts';
import { isGiven } from './domain/same-dose/pair-facts.ts';
import type { DoseStore } from './store-doses.ts';
import type { PersonStore } from './store-persons.ts';
import type { WriteDoses } from './write-doses.ts';

/** Decisions kept on one dose; older ones lie in its former versions. */
const maxDecisions = 20;

export interface DecideDoseDeps {
  readonly doses: Pick<DoseStore, 'dose' | 'ofPerson'>;
  readonly persons: Pick<PersonStore, 'personOfRecord'>;
  readonly writeDoses: WriteDoses;
}

/** A report with those it was compared with. */
export interface DoseReview {
  readonly dose: DoseItem;
  /** The dose it is a further report of, or beside which it stands. */
  readonly other?: DoseItem;
  /** Further reports of it. */
  readonly witnesses: readonly DoseItem[];
}

export type DecideDoseOutcome =
  | { kind: 'decided'; review: DoseReview }
  | { kind: 'not-found' | 'stale' | 'not-given' | 'not-of-this-person' | 'contended' };

interface Asked {
  readonly with: string;
  readonly outcome: 'same' | 'different';
  readonly reason: string;
}

/** Reading and deciding whether two reports of a person tell one dose. */
export const makeDoseReviews = ({ doses, persons, writeDoses }: DecideDoseDeps) => {
  const find = async (doseId: string) => {
    const key = doseKey(doseId);
    const person = key === undefined ? undefined : await persons.personOfRecord(recordIdOf(key));
    const all = person === undefined ? [] : await doses.ofPerson(person);
    const dose = all.find((one) => doseIdOf(one) === doseId);
    return person === undefined || dose === undefined ? undefined : { person, dose, all };
  };

  const read = async (doseId: string): Promise<DoseReview | undefined> => {
    const found = await find(doseId);
    if (found === undefined) return undefined;
    const other = found.all.find((one) => doseIdOf(one) === found.dose.judged?.with);
    return { dose: found.dose, ...(other === undefined ? {} : { other }), witnesses: found.all.filter(({ witnessOf }) => witnessOf === doseId) };
  };

  /**
   * A person's word on two reports, which no rule overrides: `same` links them, `different` parts them, also where a rule had linked them.
   * Stock, counters and CDC's file follow; the decision stays on the dose with who, when and why.
   */
  const decide = async (
    doseId: string,
    { with: other, outcome, reason }: Asked,
    { actor, now, ifMatch }: { actor: string; now: string; ifMatch: number },
  ): Promise<DecideDoseOutcome> => {
    for (let attempt = 1; attempt <= maxDecisionAttempts; attempt += 1) {
      const found = await find(doseId);
      if (found === undefined) return { kind: 'not-found' };
      const { person, dose: head, all } = found;
      if (head.version !== ifMatch) return { kind: 'stale' };
      const beside = all.find((one) => doseIdOf(one) === other && other !== doseId);
      if (beside === undefined) return { kind: 'not-of-this-person' };
      if (!isGiven(head) || !isGiven(beside)) return { kind: 'not-given' };
      const decisions = [...(head.decisions ?? []).filter((one) => one.with !== other), { with: other, outcome, at: now, by: actor, reason }].slice(
        -maxDecisions,
      );
      const next: DoseItem = { ...head, version: head.version + 1, decisions, changedAt: now, changedBy: actor, reason };
      const written = await writeDoses(person, [{ next, head, keepsStock: true }], { at: now, actor, reason });
      const review = written.kind === 'written' ? await read(doseId) : undefined;
      if (review !== undefined) return { kind: 'decided', review };
    }
    return { kind: 'contended' };
  };

  return { read, decide };
};
export type DoseReviews = ReturnType<typeof makeDoseReviews>;
