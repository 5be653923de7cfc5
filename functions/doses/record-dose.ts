import { localDay } from '../../shared/kernel/dates.ts';
import { maxDecisionAttempts } from '../../shared/kernel/limits.ts';
import type { DoseItem, PersonItem } from '../../shared/published/dose.ts';
import type { DoseAtHand, GivenAt } from './domain/decrement.ts';
import { correctedDose, deletedDose, factsOfDose, newDose, type Change, type Telling } from './domain/dose-facts.ts';
import type { MatchingKey } from './domain/match-keys.ts';
import { doseKeysFor } from './domain/record-ids.ts';
import type { ReportedDose } from './domain/vxu-types.ts';
import { whichDose, type Standing } from './domain/which-dose.ts';
import { worklistAfter } from './domain/worklist.ts';
import type { SettleStock } from './settle-stock.ts';
import type { DoseStore } from './store-doses.ts';
import type { PersonStore } from './store-persons.ts';

/** One vaccination event, where it was given and who tells it, for a record whose person is known. */
export interface ToldDose {
  readonly recordId: string;
  /** As read last; its version is the lock. */
  readonly person: PersonItem;
  readonly dose: ReportedDose;
  readonly at: GivenAt;
  readonly telling: Telling;
  /** The dose's id was used before in the same message. */
  readonly repeatsId: boolean;
}

export type DoseOutcome =
  | { kind: 'recorded' | 'corrected' | 'deleted' | 'unchanged'; dose: DoseItem; person: PersonItem; remark?: 'unknown-key' | 'reused-id' }
  | { kind: 'unknown-dose'; person: PersonItem }
  /** Others were faster every time; try later. */
  | { kind: 'contended' };

export interface RecordDoseDeps {
  readonly doses: DoseStore;
  readonly persons: Pick<PersonStore, 'personOfRecord'>;
  readonly stock: SettleStock;
  readonly timeZone: string;
  readonly matchingKey: MatchingKey;
}

export const atHand = (dose: ReportedDose, sourceClass: DoseItem['sourceClass']): DoseAtHand => ({
  completion: dose.completion,
  sourceClass,
  looksHistorical: dose.looksHistorical,
  cvx: dose.cvx,
  ndc: dose.useNdc,
  lot: dose.lot,
  funding: dose.funding,
  eligibility: dose.eligibility?.code,
});

export const bumped = (person: PersonItem): PersonItem => ({ ...person, version: person.version + 1 });

/** Writes the next version of a dose over `head`; refused when anybody wrote the dose, its person or its account in between. */
export const makeRewriteDose = ({ doses, stock, timeZone, matchingKey }: RecordDoseDeps) => {
  const by = ({ at, by: actor }: Change) => ({ at, actor, localDay: localDay(at, timeZone) });
  return {
    correct: async (head: DoseItem, told: Omit<ToldDose, 'repeatsId'>, change: Change): Promise<DoseItem | undefined> => {
      const facts = factsOfDose(told.dose, told.at, told.telling, matchingKey);
      const standing = head.state === 'deleted' ? undefined : head;
      const { settled, moves } = await stock.settle(atHand(told.dose, facts.sourceClass), told.at, { key: head, version: head.version + 1, head: standing }, {
        at: change.at, actor: change.by, reason: change.reason,
      });
      const next = correctedDose(head, facts, told.at, settled, change);
      const outcome = await doses.replace(next, head, told.person, by(change), moves, worklistAfter(next, head, change.at));
      return outcome.kind === 'committed' ? next : undefined;
    },
    remove: async (head: DoseItem, person: PersonItem, change: Change): Promise<DoseItem | undefined> => {
      const moves = await stock.reverse(head, { at: change.at, actor: change.by, reason: change.reason });
      const next = deletedDose(head, change);
      const outcome = await doses.replace(next, head, person, by(change), moves, worklistAfter(next, head, change.at));
      return outcome.kind === 'committed' ? next : undefined;
    },
  };
};

/**
 * Records what a sender tells of one dose: adds it, takes it for the same, corrects or deletes it (HL7-66 to HL7-73). A dose of a known
 * person is one transaction of three items: the dose, its account, its person. A lost race reads again and decides again.
 */
export const makeRecordDose = (deps: RecordDoseDeps) => {
  const { doses, persons, stock, matchingKey } = deps;
  const rewrite = makeRewriteDose(deps);

  const readStanding = async (told: ToldDose, keys: ReturnType<typeof doseKeysFor>): Promise<Standing> => {
    const { dose, recordId, repeatsId } = told;
    const usual = await doses.dose(keys.usual);
    const isIt = usual !== undefined && usual.givenOn === dose.givenOn && usual.cvx === dose.cvx;
    const other = isIt || keys.other === undefined || usual === undefined ? undefined : await doses.dose(keys.other);
    const lookAlikes = dose.action === 'D' && usual === undefined ? await doses.heads(recordId) : [];
    return { usual, other, repeatsId, lookAlikes };
  };

  const add = async (told: ToldDose, key: { pk: string; sk: string }): Promise<DoseItem | undefined> => {
    const { dose, at, telling, person } = told;
    const facts = factsOfDose(dose, at, telling, matchingKey);
    const { settled, moves } = await stock.settle(atHand(dose, facts.sourceClass), at, { key, version: 1 }, { at: telling.receivedAt, actor: telling.actor, reason: 'given' });
    const item = newDose(key, facts, at, settled, telling);
    const outcome = await doses.add(item, person, moves, worklistAfter(item, undefined, telling.receivedAt));
    return outcome.kind === 'committed' ? item : undefined;
  };

  const change = async (head: DoseItem, told: ToldDose): Promise<DoseOutcome | undefined> => {
    const { dose, person, telling, at } = told;
    const by: Change = { at: telling.receivedAt, by: telling.actor, reason: `message ${telling.messageId}` };
    if (dose.action === 'D') {
      if (head.state === 'deleted') return { kind: 'unchanged', dose: head, person };
      const removed = await rewrite.remove(head, person, by);
      return removed && { kind: 'deleted', dose: removed, person: bumped(person) };
    }
    if (head.state !== 'deleted' && head.digest === factsOfDose(dose, at, telling, matchingKey).digest) return { kind: 'unchanged', dose: head, person };
    const corrected = await rewrite.correct(head, told, by);
    return corrected && { kind: 'corrected', dose: corrected, person: bumped(person) };
  };

  return async (first: ToldDose): Promise<DoseOutcome> => {
    let told = first;
    const keys = doseKeysFor(told.recordId, told.dose, matchingKey);
    for (let attempt = 1; attempt <= maxDecisionAttempts; attempt += 1) {
      const target = whichDose(told.dose, await readStanding(told, keys));
      if (target.kind === 'unknown') return { kind: 'unknown-dose', person: told.person };
      if (target.kind === 'change') {
        const changed = await change(target.head, told);
        if (changed !== undefined) return changed;
      } else {
        const item = await add(told, target.under === 'other' && keys.other !== undefined ? keys.other : keys.usual);
        if (item !== undefined) return { kind: 'recorded', dose: item, person: bumped(told.person), ...(target.remark === undefined ? {} : { remark: target.remark }) };
      }
      told = { ...told, person: (await persons.personOfRecord(told.recordId)) ?? told.person };
    }
    return { kind: 'contended' };
  };
};
export type RecordDose = ReturnType<typeof makeRecordDose>;
