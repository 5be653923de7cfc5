import type { DoseItem } from '../../shared/published/dose.ts';
import { isLookedForAgain } from './domain/as-told.ts';
import type { DoseAtHand, GivenAt } from './domain/decrement.ts';
import {
  agreedUpon,
  correctedDose,
  deletedDose,
  digestOf,
  factsOfDose,
  newDose,
  type Change,
  type Telling,
} from './domain/dose-facts.ts';
import type { MatchingKey } from './domain/match-keys.ts';
import type { HeadRemark } from './domain/store-remarks.ts';
import type { ReportedDose } from './domain/vxu/types.ts';
import type { IntendedDose } from './write-doses.ts';

/** One vaccination event, and where it was given. */
export interface OneTold {
  readonly dose: ReportedDose;
  readonly at: GivenAt;
}

/** Who tells it, of whom. */
export interface Teller {
  readonly telling: Telling;
  /** Birth date of the record. */
  readonly born: string;
}

/** What decides about the stock of a dose that is told. */
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

/** What becomes of a known dose. */
export interface HeadChange {
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
export const changeOf = (head: DoseItem, { dose, at }: OneTold, given: GivenAt, { telling, born }: Teller, key: MatchingKey): HeadChange => {
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

/** A told dose that is new, to be stored at that place. */
export const additionOf = (
  key: { pk: string; sk: string },
  { dose, at }: OneTold,
  { telling, born }: Teller,
  matchingKey: MatchingKey,
): IntendedDose => {
  const facts = factsOfDose(dose, at, telling, matchingKey);
  return { next: newDose(key, facts, at, telling), wanted: { dose: atHand(dose, facts.sourceClass), at }, born };
};
