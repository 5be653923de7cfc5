import { maxDecisionAttempts } from '../../shared/kernel/limits.ts';
import type { DoseItem } from '../../shared/published/dose.ts';
import type { PersonItem } from '../../shared/published/person.ts';
import { atHand, type OneTold, type Teller } from './change-dose.ts';
import { changedByHand, correctedDose, deletedDose, factsOfDose, type Change } from './domain/dose-facts.ts';
import { placed } from './domain/standing-doses.ts';
import type { HeadRemark } from './domain/store-remarks.ts';
import type { WhichRemark } from './domain/which-dose.ts';
import { makePlanDoses, type PlanDosesDeps, type Step } from './plan-doses.ts';
import type { DoseStore } from './store-doses.ts';
import type { PersonStore } from './store-persons.ts';
import { nameOfDose, type IntendedDose, type WriteDoses } from './write-doses.ts';

/** Doses that one transaction writes: with their lists and accounts they fit, whatever is told. */
const maxDosesAWrite = 12;

/**
 * Doses as a request left them, by person, with the version that they were written under: who tells many rows of one patient need not read all of
 * its doses before each. Every write of a dose raises the version, so what is remembered under the version just read is what stands.
 */
export type DosesMemory = Map<string, { readonly version: number; readonly standing: readonly DoseItem[] }>;

/** What one sender tells at once for a record whose person is known. */
export interface ToldDoses extends Teller {
  readonly recordId: string;
  /** As read last; its version is the lock. */
  readonly person: PersonItem;
  readonly doses: readonly OneTold[];
  /** Names of doses that earlier groups of the same message spoke of. */
  readonly meant?: ReadonlySet<string>;
  readonly memory?: DosesMemory | undefined;
}
type Told = Omit<ToldDoses, 'doses' | 'meant' | 'memory'>;

export type DoseOutcome =
  | { kind: 'recorded' | 'corrected' | 'deleted' | 'unchanged'; dose: DoseItem; remark?: WhichRemark | HeadRemark }
  /** Nothing was changed: no dose is meant, or more than one may be. */
  | { kind: 'unknown-dose'; remark?: 'several' | 'contradicts' };
export type RecordOutcome =
  /** What became of each, in their order. */
  | { kind: 'told'; outcomes: readonly DoseOutcome[] }
  /** Others were faster every time; try later. What was written so far stays. */
  | { kind: 'contended' };

export interface RecordDosesDeps extends PlanDosesDeps {
  readonly doses: Pick<DoseStore, 'ofPerson'>;
  readonly persons: Pick<PersonStore, 'personOfRecord'>;
  readonly writeDoses: WriteDoses;
}

const bumped = (person: PersonItem): PersonItem => ({ ...person, version: person.version + 1 });

/** Somebody of its site changes a dose, on that local day. */
type ChangeByHand = Change & { readonly on: string };

/** Writes the next version of a dose over `head` by hand; undefined when anybody wrote the dose, its person or its account in between. */
export const makeRewriteDose = ({ writeDoses, matchingKey }: Pick<RecordDosesDeps, 'writeDoses' | 'matchingKey'>) => {
  const write = async (
    next: DoseItem,
    head: DoseItem,
    person: PersonItem,
    { at, on, by: actor, reason }: ChangeByHand,
    more: Pick<IntendedDose, 'wanted' | 'born'> = {},
  ) => {
    const written = await writeDoses(person, [{ next: changedByHand(next, head, { on, by: actor }), head, ...more }], { at, actor, reason });
    return written.kind === 'written' ? written.doses[0] : undefined;
  };
  return {
    correct: (
      head: DoseItem,
      { dose, at, telling, person, born }: Told & Pick<OneTold, 'dose' | 'at'>,
      change: ChangeByHand,
    ): Promise<DoseItem | undefined> => {
      const facts = factsOfDose(dose, at, telling, matchingKey);
      return write(correctedDose(head, facts, at, change), head, person, change, { wanted: { dose: atHand(dose, facts.sourceClass), at }, born });
    },
    remove: (head: DoseItem, person: PersonItem, change: ChangeByHand): Promise<DoseItem | undefined> =>
      write(deletedDose(head, change), head, person, change),
  };
};

/** What became of each step, once the doses that it intended are written as `written`. */
const outcomesOf = (steps: readonly Step[], written: readonly DoseItem[]): DoseOutcome[] => {
  const now = new Map(written.map((dose) => [nameOfDose(dose), dose]));
  return steps.map((step): DoseOutcome => {
    if (!('dose' in step)) return step;
    const { kind, dose, remark } = step;
    return { kind, dose: now.get(nameOfDose(dose)) ?? dose, ...(remark === undefined ? {} : { remark }) };
  });
};

const namesOf = (outcomes: readonly DoseOutcome[]): string[] => outcomes.flatMap((outcome) => ('dose' in outcome ? [nameOfDose(outcome.dose)] : []));

/** A person in a version, and its doses as they stand under it. */
interface Standing {
  readonly person: PersonItem;
  readonly doses: readonly DoseItem[];
}

/**
 * Records what a sender tells at once of the doses of one record: adds each, takes it for the same, corrects or deletes it (HL7-66 to HL7-73),
 * in the order told. The person's doses are read once; what follows is decided on them as they become, guarded by the person's version, and
 * written some doses a transaction: dose, account and person for one, more only where other reports follow. A lost race reads again.
 */
export const makeRecordDoses = ({ doses, persons, writeDoses, ...planning }: RecordDosesDeps) => {
  const planDoses = makePlanDoses(planning);

  const standingUnder = async (person: PersonItem, memory: DosesMemory | undefined): Promise<Standing> => {
    const remembered = memory?.get(person.personId);
    return { person, doses: remembered?.version === person.version ? remembered.standing : await doses.ofPerson(person) };
  };

  const readAgain = async (recordId: string, before: PersonItem): Promise<Standing> => {
    const person = (await persons.personOfRecord(recordId)) ?? before;
    return { person, doses: await doses.ofPerson(person) };
  };

  return async ({ recordId, person, telling, born, doses: told, meant = new Set(), memory }: ToldDoses): Promise<RecordOutcome> => {
    const asked = told.map((one) => ({ ...one, ...placed(recordId, one.dose, planning.matchingKey) }));
    const moment = { at: telling.receivedAt, actor: telling.actor, reason: `message ${telling.messageId}` };
    const outcomes: DoseOutcome[] = [];
    let standing = await standingUnder(person, memory);
    let most = maxDosesAWrite;
    let lost = 0;
    while (outcomes.length < asked.length) {
      const soFar = { recordId, asked, done: outcomes.length, meant: new Set([...meant, ...namesOf(outcomes)]) };
      const { intended, steps } = await planDoses(soFar, { telling, born }, standing.doses, most);
      const written = intended.length === 0 ? undefined : await writeDoses(standing.person, intended, moment, standing.doses);
      if (written?.kind === 'too-many') most = Math.ceil(intended.length / 2);
      else if (written?.kind === 'lost') {
        if ((lost += 1) >= maxDecisionAttempts) return { kind: 'contended' };
        standing = await readAgain(recordId, standing.person);
      } else {
        lost = 0;
        outcomes.push(...outcomesOf(steps, written?.doses ?? []));
        if (written?.kind === 'written') standing = { person: bumped(standing.person), doses: written.standing };
      }
    }
    memory?.set(standing.person.personId, { version: standing.person.version, standing: standing.doses });
    return { kind: 'told', outcomes };
  };
};
export type RecordDoses = ReturnType<typeof makeRecordDoses>;
