import { localDay } from '../../shared/kernel/dates.ts';
import type { DoseItem } from '../../shared/published/dose.ts';
import type { PersonItem } from '../../shared/published/person.ts';
import type { DoseAtHand, GivenAt } from './domain/decrement.ts';
import { deriveDoses, derivedOf, withValidity } from './domain/derive-doses.ts';
import { atHandAgain, listedSiteOf, withStock, type Settled } from './domain/dose-facts.ts';
import { doseReviewsAfter } from './domain/dose-review.ts';
import { isGiven } from './domain/same-dose/pair-facts.ts';
import { validityOf } from './domain/validity/validity-of-dose.ts';
import { worklistAfter } from './domain/worklist.ts';
import type { SettleStock, StockStep } from './settle-stock.ts';
import type { DoseChange, DoseStore } from './store-doses.ts';
import type { RecallStore } from './store-recalls.ts';

/** Other doses of the person that one transaction may relink: two items each. The rest follows when the person is judged again. */
const maxFollowers = 30;

/** The dose whose telling, correction or deletion is written; what follows from the others is worked out here. */
export interface IntendedDose {
  readonly next: DoseItem;
  /** The version it replaces. */
  readonly head?: DoseItem | undefined;
  /** What decides about stock; absent when it is deleted. */
  readonly wanted?: { readonly dose: DoseAtHand; readonly at: GivenAt } | undefined;
  /** Birth date of its record. */
  readonly born?: string | undefined;
  /** Nothing that was told of it changes (a decision about it): stock moves only when it begins or ends to count. */
  readonly keepsStock?: true;
}

export interface Moment {
  readonly at: string;
  readonly actor: string;
  readonly reason: string;
}

export interface WriteDosesDeps {
  readonly doses: Pick<DoseStore, 'ofPerson' | 'write'>;
  readonly stock: SettleStock;
  readonly recalls: Pick<RecallStore, 'isRecalled'>;
  readonly timeZone: string;
}

/** `lost`: another writer was first, read again. */
export type Written = { kind: 'written'; dose: DoseItem | undefined; changes: number } | { kind: 'unchanged' } | { kind: 'lost' };

const sameKey = (a: { pk: string; sk: string }, b: { pk: string; sk: string }): boolean => a.pk === b.pk && a.sk === b.sk;
const isCounted = (dose: DoseItem | undefined): boolean => dose !== undefined && isGiven(dose) && dose.witnessOf === undefined;
/** Reports that give stock back come first, then those that are counted anew, then those that only point elsewhere. */
const urgency = ({ next, head }: DoseChange): number => (isCounted(next) === isCounted(head) ? 2 : isCounted(next) ? 1 : 0);

const lotFacts = ['lot-expired', 'storage-suspect', 'storage-unknown'] as const;

/**
 * Writes doses of one person. Whatever is told, corrected, deleted or decided, all reports of the person are compared anew
 * (domain/derive-doses.ts), and every dose of which something changes by it is written in the same transaction: exactly one report of a
 * dose is counted and moves stock at any time. What was read is guarded by the version of the person, which must have been read before.
 */
export const makeWriteDoses = ({ doses, stock, recalls, timeZone }: WriteDosesDeps) => {
  /** The dose that is told with everything that can be said of it alone. */
  const judgedAlone = async ({ next, born, keepsStock }: IntendedDose): Promise<DoseItem> => {
    if (!isGiven(next) || keepsStock === true) return next;
    return withValidity(next, validityOf(next, { born, isRecalled: await recalls.isRecalled(next) }));
  };

  /** Where a stored dose was given, as far as it still tells. */
  const placeOf = async (dose: DoseItem): Promise<GivenAt> => {
    const site = dose.siteId === undefined ? undefined : await stock.site(dose.siteId);
    if (site === undefined) return { facility: dose.facility === undefined ? 'missing' : 'unknown', isSendersOwn: false };
    return { facility: 'named', site, isSendersOwn: listedSiteOf(dose) === dose.siteId };
  };

  /** Other doses that the write makes something else of. */
  const followersOf = (standing: readonly DoseItem[], derived: readonly DoseItem[], { at, actor, reason }: Moment): DoseChange[] =>
    standing.flatMap((head): DoseChange[] => {
      const next = derived.find((dose) => sameKey(dose, head));
      if (next === undefined || derivedOf(next) === derivedOf(head)) return [];
      return [{ head, next: { ...next, version: head.version + 1, changedAt: at, changedBy: actor, reason: `another report: ${reason}`.slice(0, 500) } }];
    }).sort((a, b) => urgency(a) - urgency(b)).slice(0, maxFollowers);

  const stepOf = async ({ next, head }: DoseChange, intended: IntendedDose | undefined): Promise<StockStep | undefined> => {
    const { version } = next;
    if (intended !== undefined && intended.keepsStock !== true && sameKey(next, intended.next)) return { key: next, version, head, wanted: next.witnessOf === undefined ? intended.wanted : undefined };
    if (isCounted(next) === isCounted(head)) return undefined;
    return { key: next, version, head, wanted: isCounted(next) ? { dose: atHandAgain(next), at: await placeOf(next) } : undefined };
  };

  const withLotFacts = (dose: DoseItem, { lot }: Settled, born: string | undefined): DoseItem => {
    if (lot === undefined || !isGiven(dose)) return dose;
    const ofLot = validityOf(dose, { born, lot, isRecalled: dose.validity?.includes('lot-recalled') === true }).filter((fact) => lotFacts.some((one) => one === fact));
    const others = (dose.validity ?? []).filter((fact) => !lotFacts.some((one) => one === fact));
    return withValidity(dose, [...others, ...ofLot]);
  };

  const settled = async (changes: readonly DoseChange[], intended: IntendedDose | undefined, moment: Moment) => {
    const steps = await Promise.all(changes.map((change) => stepOf(change, intended)));
    const { settled: outcomes, moves } = await stock.settle(steps.filter((step) => step !== undefined), moment);
    let at = 0;
    const done = changes.map((change, index): DoseChange => {
      if (steps[index] === undefined) return change;
      const outcome = outcomes[at++];
      if (outcome === undefined || change.next.state === 'deleted') return change;
      return { ...change, next: withLotFacts(withStock(change.next, outcome), outcome, intended?.born) };
    });
    return { done, moves };
  };

  return async (person: PersonItem, intended: IntendedDose | undefined, moment: Moment): Promise<Written> => {
    // What was never given has no bearing on other doses, and they have none on it.
    const concerns = intended === undefined || isGiven(intended.next) || (intended.head !== undefined && isGiven(intended.head));
    const [told, known] = await Promise.all([intended === undefined ? undefined : judgedAlone(intended), concerns ? doses.ofPerson(person) : []]);
    const standing = known.filter((dose) => told === undefined || !sameKey(dose, told));
    const derived = deriveDoses(told === undefined ? standing : [...standing, told]);
    const followers = followersOf(standing, derived, moment);
    const own = told === undefined ? [] : [{ next: derived.find((dose) => sameKey(dose, told)) ?? told, head: intended?.head }];
    const { done, moves } = await settled([...own, ...followers], intended, moment);
    if (done.length === 0) return { kind: 'unchanged' };
    const lists = done.flatMap(({ next, head }) => [...worklistAfter(next, head, moment.at), ...doseReviewsAfter(next, head, moment.at)]);
    const outcome = await doses.write(done, person, { at: moment.at, actor: moment.actor, localDay: localDay(moment.at, timeZone) }, moves, lists);
    if (outcome.kind === 'refused') return { kind: 'lost' };
    return { kind: 'written', dose: told === undefined ? undefined : done.find(({ next }) => sameKey(next, told))?.next, changes: done.length };
  };
};
export type WriteDoses = ReturnType<typeof makeWriteDoses>;
