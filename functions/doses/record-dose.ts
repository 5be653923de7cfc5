import { maxDecisionAttempts } from '../../shared/kernel/limits.ts';
import type { DoseItem } from '../../shared/published/dose.ts';
import type { PersonItem } from '../../shared/published/person.ts';
import type { DoseAtHand, GivenAt } from './domain/decrement.ts';
import { correctedDose, deletedDose, factsOfDose, newDose, type Change, type Telling } from './domain/dose-facts.ts';
import type { MatchingKey } from './domain/match-keys.ts';
import { doseKeysFor } from './domain/record-ids.ts';
import type { ReportedDose } from './domain/vxu-types.ts';
import { whichDose, type Standing } from './domain/which-dose.ts';
import type { DoseStore } from './store-doses.ts';
import type { PersonStore } from './store-persons.ts';
import type { IntendedDose, WriteDoses } from './write-doses.ts';

/** One vaccination event, where it was given and who tells it, for a record whose person is known. */
export interface ToldDose {
  readonly recordId: string;
  /** As read last; its version is the lock. */
  readonly person: PersonItem;
  readonly dose: ReportedDose;
  readonly at: GivenAt;
  readonly telling: Telling;
  /** Birth date of the record. */
  readonly born: string;
  /** The dose's id was used before in the same message. */
  readonly repeatsId: boolean;
}

export type DoseOutcome =
  | { kind: 'recorded' | 'corrected' | 'deleted' | 'unchanged'; dose: DoseItem; person: PersonItem; remark?: 'unknown-key' | 'reused-id' }
  | { kind: 'unknown-dose'; person: PersonItem }
  /** Others were faster every time; try later. */
  | { kind: 'contended' };

export interface RecordDoseDeps {
  readonly doses: Pick<DoseStore, 'dose' | 'heads'>;
  readonly persons: Pick<PersonStore, 'personOfRecord'>;
  readonly writeDoses: WriteDoses;
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

/** Writes the next version of a dose over `head`; undefined when anybody wrote the dose, its person or its account in between. */
export const makeRewriteDose = ({ writeDoses, matchingKey }: Pick<RecordDoseDeps, 'writeDoses' | 'matchingKey'>) => {
  const write = async (next: DoseItem, head: DoseItem, person: PersonItem, { at, by: actor, reason }: Change, more: Pick<IntendedDose, 'wanted' | 'born'> = {}) => {
    const written = await writeDoses(person, { next, head, ...more }, { at, actor, reason });
    return written.kind === 'written' ? written.dose : undefined;
  };
  return {
    correct: (head: DoseItem, { dose, at, telling, person, born }: Omit<ToldDose, 'repeatsId'>, change: Change): Promise<DoseItem | undefined> => {
      const facts = factsOfDose(dose, at, telling, matchingKey);
      return write(correctedDose(head, facts, at, change), head, person, change, { wanted: { dose: atHand(dose, facts.sourceClass), at }, born });
    },
    remove: (head: DoseItem, person: PersonItem, change: Change): Promise<DoseItem | undefined> => write(deletedDose(head, change), head, person, change),
  };
};

/**
 * Records what a sender tells of one dose: adds it, takes it for the same, corrects or deletes it (HL7-66 to HL7-73). A dose of a known
 * person is one transaction of three items: the dose, its account, its person; more only when other reports of the dose follow. A lost race reads again and decides again.
 */
export const makeRecordDose = (deps: RecordDoseDeps) => {
  const { doses, persons, writeDoses, matchingKey } = deps;
  const rewrite = makeRewriteDose(deps);

  const readStanding = async (told: ToldDose, keys: ReturnType<typeof doseKeysFor>): Promise<Standing> => {
    const { dose, recordId, repeatsId } = told;
    const usual = await doses.dose(keys.usual);
    const isIt = usual !== undefined && usual.givenOn === dose.givenOn && usual.cvx === dose.cvx;
    const other = isIt || keys.other === undefined || usual === undefined ? undefined : await doses.dose(keys.other);
    const lookAlikes = dose.action === 'D' && usual === undefined ? await doses.heads(recordId) : [];
    return { usual, other, repeatsId, lookAlikes };
  };

  const add = async ({ dose, at, telling, person, born }: ToldDose, key: { pk: string; sk: string }): Promise<DoseItem | undefined> => {
    const facts = factsOfDose(dose, at, telling, matchingKey);
    const intended = { next: newDose(key, facts, at, telling), wanted: { dose: atHand(dose, facts.sourceClass), at }, born };
    const written = await writeDoses(person, intended, { at: telling.receivedAt, actor: telling.actor, reason: `message ${telling.messageId}` });
    return written.kind === 'written' ? written.dose : undefined;
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
