import { maxDecisionAttempts } from '../../shared/kernel/limits.ts';
import type { DoseItem } from '../../shared/published/dose.ts';
import { recordKey } from '../../shared/published/dose-keys.ts';
import type { PersonItem } from '../../shared/published/person.ts';
import { isLookedForAgain } from './domain/as-told.ts';
import type { DoseAtHand, GivenAt } from './domain/decrement.ts';
import {
  agreedUpon,
  changedByHand,
  correctedDose,
  deletedDose,
  digestOf,
  factsOfDose,
  newDose,
  type Change,
  type Telling,
} from './domain/dose-facts.ts';
import type { MatchingKey } from './domain/match-keys.ts';
import { placed, standingOf, type Placed } from './domain/standing-doses.ts';
import type { ReportedDose } from './domain/vxu/types.ts';
import type { HeadRemark } from './domain/store-remarks.ts';
import { whichDose, type Target, type WhichRemark } from './domain/which-dose.ts';
import type { SettleStock } from './settle-stock.ts';
import type { DoseStore } from './store-doses.ts';
import type { PersonStore } from './store-persons.ts';
import { nameOfDose, type IntendedDose, type WriteDoses } from './write-doses.ts';

/** Doses that one transaction writes: with their lists and accounts they fit, whatever is told. */
const maxDosesAWrite = 12;

/** One vaccination event, and where it was given. */
export interface OneTold {
  readonly dose: ReportedDose;
  readonly at: GivenAt;
}

/**
 * Doses as a request left them, by person, with the version that they were written under: who tells many rows of one patient need not read all of
 * its doses before each. Every write of a dose raises the version, so what is remembered under the version just read is what stands.
 */
export type DosesMemory = Map<string, { readonly version: number; readonly standing: readonly DoseItem[] }>;

/** What one sender tells at once for a record whose person is known. */
export interface ToldDoses {
  readonly recordId: string;
  /** As read last; its version is the lock. */
  readonly person: PersonItem;
  readonly telling: Telling;
  /** Birth date of the record. */
  readonly born: string;
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

export interface RecordDosesDeps {
  readonly doses: Pick<DoseStore, 'ofPerson'>;
  readonly persons: Pick<PersonStore, 'personOfRecord'>;
  readonly writeDoses: WriteDoses;
  readonly matchingKey: MatchingKey;
  readonly site: SettleStock['site'];
  /** Looks a dose up that is not among those of its person. */
  readonly lookUp?: (key: { pk: string; sk: string }) => Promise<DoseItem | undefined>;
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

/** What a told dose will have become once it is written. */
type Step =
  | Extract<DoseOutcome, { kind: 'unknown-dose' }>
  | {
      readonly kind: 'recorded' | 'corrected' | 'deleted' | 'unchanged';
      readonly dose: DoseItem;
      readonly remark?: WhichRemark | HeadRemark | undefined;
    };

const withRemark = ({ kind, remark }: Extract<Step, { dose: DoseItem }>, dose: DoseItem): DoseOutcome =>
  ({ kind, dose, ...(remark === undefined ? {} : { remark }) });

interface HeadChange {
  readonly kind: 'corrected' | 'deleted' | 'unchanged';
  /** Absent when nothing is written. */
  readonly intended?: IntendedDose;
  readonly remark?: HeadRemark;
}

/** A dose that waits for its stock, to be looked for again: its lot may have come, or left quarantine, since it was told. */
export const settlingAgain = (head: DoseItem, { at, by, reason }: Change): IntendedDose => ({
  next: { ...head, version: head.version + 1, changedAt: at, changedBy: by, reason: `stock looked for again: ${reason}`.slice(0, 500) },
  head,
  settlesAgain: true,
});

/** Told again and no news. */
const asItStands = (head: DoseItem, by: Change): HeadChange =>
  isLookedForAgain(head) ? { kind: 'unchanged', intended: settlingAgain(head, by) } : { kind: 'unchanged' };

/** The sender says what the dose says already; where a hand had said so against its word, they agree from now on. */
const agreeing = (head: DoseItem): HeadChange =>
  head.byHand === undefined ? { kind: 'unchanged' } : { kind: 'unchanged', intended: { next: agreedUpon(head), head, keepsStock: true } };

/**
 * What a told dose makes of the one it means. What the sender told before a hand changed it is no news (ADR 0032).
 * @param given where it was given: as told, or where a hand assigned it
 */
const changeOf = (head: DoseItem, { dose, at }: OneTold, given: GivenAt, { telling, born }: Told, key: MatchingKey): HeadChange => {
  const by: Change = { at: telling.receivedAt, by: telling.actor, reason: `message ${telling.messageId}` };
  const isDeleted = head.state === 'deleted';
  if (dose.action === 'D') return isDeleted ? agreeing(head) : { kind: 'deleted', intended: { next: deletedDose(head, by), head } };
  const facts = { ...factsOfDose(dose, given, telling, key), digest: digestOf(dose, at, key) };
  const isAsBefore = head.byHand?.told === facts.digest;
  if (!isDeleted && head.digest === facts.digest) return isAsBefore || head.byHand === undefined ? asItStands(head, by) : agreeing(head);
  if (isAsBefore) return { ...asItStands(head, by), remark: 'by-hand' };
  const intended = { next: correctedDose(head, facts, given, by), head, wanted: { dose: atHand(dose, facts.sourceClass), at: given }, born };
  return { kind: 'corrected', intended, ...(isDeleted ? { remark: 'taken-back-in' } : {}) };
};

const additionOf = (key: { pk: string; sk: string }, { dose, at }: OneTold, { telling, born }: Told, matchingKey: MatchingKey): IntendedDose => {
  const facts = factsOfDose(dose, at, telling, matchingKey);
  return { next: newDose(key, facts, at, telling), wanted: { dose: atHand(dose, facts.sourceClass), at }, born };
};

/**
 * Records what a sender tells at once of the doses of one record: adds each, takes it for the same, corrects or deletes it (HL7-66 to HL7-73),
 * in the order told. The person's doses are read once; what follows is decided on them as they become, guarded by the person's version, and
 * written some doses a transaction: dose, account and person for one, more only where other reports follow. A lost race reads again.
 */
export const makeRecordDoses = ({ doses, persons, writeDoses, matchingKey, site: siteOf, lookUp }: RecordDosesDeps) => {
  /** Where a hand assigned the dose to, until its sender names a site of its own (ADR 0034). */
  const placeOf = async ({ assigned, siteId }: DoseItem, { at }: OneTold): Promise<GivenAt> => {
    const site = assigned === undefined || siteId === undefined || at.isSendersOwn ? undefined : await siteOf(siteId);
    return site === undefined ? at : { facility: 'named', site, isSendersOwn: true };
  };

  /** How many groups of the message name a dose by its id, day and vaccine: it is theirs, and no other group's to change. */
  const namedBy = (
    groups: readonly Placed[],
    known: ReadonlyMap<string, DoseItem>,
    ofRecord: readonly DoseItem[],
  ): ReadonlyMap<string, readonly Placed[]> =>
    Map.groupBy(groups, (one) => {
      const { same } = standingOf(
        one,
        { usual: known.get(nameOfDose(one.keys.usual)), other: known.get(nameOfDose(one.keys.other)) },
        ofRecord,
        () => false,
      );
      return same === undefined ? '' : nameOfDose(same);
    });

  const ofRecord = (recordId: string, known: ReadonlyMap<string, DoseItem>): DoseItem[] =>
    [...known.values()].filter(({ pk }) => pk === recordKey(recordId).pk);

  /** The dose that a hand changed over just these words: it is meant, whatever day, vaccine or lot it has now. */
  const changedSince = ({ dose, at }: OneTold, recordId: string, known: ReadonlyMap<string, DoseItem>): DoseItem | undefined => {
    const changed = ofRecord(recordId, known).filter(({ byHand }) => byHand !== undefined);
    const digest = changed.length === 0 ? '' : digestOf(dose, at, matchingKey);
    return changed.find(({ byHand }) => byHand?.told === digest);
  };

  const targetOf = async (
    one: OneTold & Placed,
    recordId: string,
    known: ReadonlyMap<string, DoseItem>,
    isMeant: (dose: DoseItem) => boolean,
  ): Promise<Target> => {
    const changed = changedSince(one, recordId, known);
    if (changed !== undefined) return { kind: 'change', head: changed };
    const { usual, other } = one.keys;
    const find = async (key: { pk: string; sk: string }): Promise<DoseItem | undefined> => (await lookUp?.(key)) ?? known.get(nameOfDose(key));
    return whichDose(one.dose, standingOf(one, { usual: await find(usual), other: await find(other) }, ofRecord(recordId, known), isMeant));
  };

  /** As many of the doses as can be written together: until one speaks again of a dose that is written with them. */
  const plan = async (
    told: Told,
    asked: readonly (OneTold & Placed)[],
    ahead: { all: readonly Placed[]; meant: ReadonlySet<string> },
    standing: readonly DoseItem[],
    most: number,
  ): Promise<{ intended: IntendedDose[]; steps: Step[] }> => {
    const known = new Map(standing.map((dose) => [nameOfDose(dose), dose]));
    const named = namedBy(ahead.all, known, ofRecord(told.recordId, known));
    const meant = new Set(ahead.meant);
    const planned = new Set<string>();
    const intended: IntendedDose[] = [];
    const steps: Step[] = [];
    for (const one of asked) {
      if (intended.length >= most) break;
      const target = await targetOf(
        one,
        told.recordId,
        known,
        (dose) => meant.has(nameOfDose(dose)) || (named.get(nameOfDose(dose)) ?? []).some((other) => other !== one),
      );
      if (target.kind === 'unknown' || target.kind === 'several') {
        const remark = target.kind === 'several' ? 'several' : target.remark;
        steps.push({ kind: 'unknown-dose', ...(remark === undefined ? {} : { remark }) });
        continue;
      }
      const change = target.kind === 'change' ? changeOf(target.head, one, await placeOf(target.head, one), told, matchingKey) : undefined;
      const remark = change?.remark ?? (change?.kind === 'unchanged' ? undefined : target.remark);
      if (target.kind === 'change') meant.add(nameOfDose(target.head));
      if (target.kind === 'change' && change?.intended === undefined) {
        steps.push({ kind: 'unchanged', dose: target.head, remark });
        continue;
      }
      if (target.kind === 'change' && planned.has(nameOfDose(target.head))) break;
      const next = target.kind === 'change' ? change?.intended : additionOf(one.keys[target.under], one, told, matchingKey);
      if (next === undefined) break;
      intended.push(next);
      steps.push({ kind: change?.kind ?? 'recorded', dose: next.next, remark });
      known.set(nameOfDose(next.next), next.next);
      planned.add(nameOfDose(next.next));
      meant.add(nameOfDose(next.next));
    }
    return { intended, steps };
  };

  return async (first: ToldDoses): Promise<RecordOutcome> => {
    const { doses: one, meant = new Set(), memory, ...told } = first;
    const { recordId, telling } = told;
    const asked = one.map((each) => ({ ...each, ...placed(recordId, each.dose, matchingKey) }));
    const moment = { at: telling.receivedAt, actor: telling.actor, reason: `message ${telling.messageId}` };
    const outcomes: DoseOutcome[] = [];
    let { person } = told;
    const remembered = memory?.get(person.personId);
    let standing = remembered?.version === person.version ? remembered.standing : await doses.ofPerson(person);
    let most = maxDosesAWrite;
    let lost = 0;
    while (outcomes.length < asked.length) {
      const ahead = {
        all: asked,
        meant: new Set([...meant, ...outcomes.flatMap((outcome) => ('dose' in outcome ? [nameOfDose(outcome.dose)] : []))]),
      };
      const { intended, steps } = await plan(told, asked.slice(outcomes.length), ahead, standing, most);
      const written = intended.length === 0 ? undefined : await writeDoses(person, intended, moment, standing);
      if (written?.kind === 'too-many') most = Math.ceil(intended.length / 2);
      else if (written?.kind === 'lost') {
        if ((lost += 1) >= maxDecisionAttempts) return { kind: 'contended' };
        person = (await persons.personOfRecord(recordId)) ?? person;
        standing = await doses.ofPerson(person);
      } else {
        lost = 0;
        const now = new Map((written?.doses ?? []).map((dose) => [nameOfDose(dose), dose]));
        outcomes.push(...steps.map((step): DoseOutcome => ('dose' in step ? withRemark(step, now.get(nameOfDose(step.dose)) ?? step.dose) : step)));
        if (written?.kind === 'written') ({ standing } = written);
        if (written?.kind === 'written') person = bumped(person);
      }
    }
    memory?.set(person.personId, { version: person.version, standing });
    return { kind: 'told', outcomes };
  };
};
export type RecordDoses = ReturnType<typeof makeRecordDoses>;
