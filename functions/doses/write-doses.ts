import { localDay } from '../../shared/kernel/dates.ts';
import { canonicalJson } from '../../shared/kernel/ids.ts';
import { once } from '../../shared/kernel/once.ts';
import type { DoseItem } from '../../shared/published/dose.ts';
import type { PersonItem } from '../../shared/published/person.ts';
import type { DoseAtHand, GivenAt } from './domain/decrement.ts';
import { isOthersWitness, isOwnAffair } from './domain/as-told.ts';
import { amongItsOwn, deriveDoses, derivedOf, withValidity } from './domain/derive-doses.ts';
import { atHandAgain, placeAgain, withStock, type Settled } from './domain/dose-facts.ts';
import { doseReviewsAfter } from './domain/dose-review.ts';
import { lotAccountOf } from './domain/lot-index.ts';
import { isMeant, lotOf } from './domain/recall.ts';
import { isGiven } from './domain/same-dose/pair-facts.ts';
import { validityOf, withFact } from './domain/validity/validity-of-dose.ts';
import { worklistAfter } from './domain/worklist.ts';
import type { SettleStock, StockStep } from './settle-stock.ts';
import type { DoseChange, DoseStore } from './store-doses.ts';
import type { RecallStore } from './store-recalls.ts';

/** Other doses of the person that one transaction may relink: two items each. The rest follows when the person is judged again. */
const maxFollowers = 30;
/** DynamoDB takes no more in one transaction. */
const maxItems = 100;

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
  /** Nothing new is told of it, and its stock waits: it is looked for again as the dose stands, and the dose is written only if that says something else. */
  readonly settlesAgain?: true;
}

export interface Moment {
  readonly at: string;
  readonly actor: string;
  readonly reason: string;
}

export interface WriteDosesDeps {
  readonly doses: Pick<DoseStore, 'ofPerson' | 'write'>;
  readonly stock: SettleStock;
  readonly recalls: Pick<RecallStore, 'ofLot'>;
  readonly timeZone: string;
}

export type Written =
  /** `doses` are those that were intended, in their order, as they stand now; `standing` is every dose of the person that is known. */
  | { kind: 'written'; doses: readonly DoseItem[]; changes: number; standing: readonly DoseItem[] }
  | { kind: 'unchanged'; doses: readonly DoseItem[] }
  /** Another writer was first, read again. */
  | { kind: 'lost' }
  /** More than one transaction takes: write fewer at once. Never of one dose alone. */
  | { kind: 'too-many' };

type ItemKey = { readonly pk: string; readonly sk: string };
export const nameOfDose = ({ pk, sk }: ItemKey): string => `${pk}|${sk}`;
const byName = <T extends ItemKey>(items: readonly T[]): ReadonlyMap<string, T> => new Map(items.map((item) => [nameOfDose(item), item]));
const isCounted = (dose: DoseItem | undefined): boolean => dose !== undefined && isGiven(dose) && dose.witnessOf === undefined;
/** Reports that give stock back come first, then those that are counted anew, then those that only point elsewhere. */
const urgency = ({ next, head }: DoseChange): number => (isCounted(next) === isCounted(head) ? 2 : isCounted(next) ? 1 : 0);

/** A dose that was looked for again and waits for the same reason. */
const isAsItWaited = <T extends DoseChange>(
  change: T,
  { decrement, alone }: Settled,
  intended: IntendedDose | undefined,
): change is T & { head: DoseItem } =>
  intended?.settlesAgain === true &&
  change.head !== undefined &&
  canonicalJson([decrement, alone]) === canonicalJson([change.head.decrement, change.head.alone]);

const lotFacts = ['before-lot-received', 'lot-expired', 'storage-suspect', 'storage-unknown'] as const;

/**
 * Writes doses of one person, one or several at once. Whatever is told, corrected, deleted or decided, all reports of the person are compared anew
 * (domain/derive-doses.ts), and every dose of which something changes by it is written in the same transaction: exactly one report of a
 * dose is counted and moves stock at any time. What was read is guarded by the version of the person, which must have been read before.
 */
export const makeWriteDoses = ({ doses, stock, recalls, timeZone }: WriteDosesDeps) => {
  /** The doses that are told, with everything that can be said of each alone. */
  const judgedAlone = (intended: readonly IntendedDose[]): DoseItem[] =>
    intended.map(({ next, born, keepsStock, settlesAgain }) =>
      !isGiven(next) || keepsStock === true || settlesAgain === true ? next : withValidity(next, validityOf(next, { born })),
    );

  const placeOf = async (dose: DoseItem): Promise<GivenAt> => placeAgain(dose, dose.siteId === undefined ? undefined : await stock.site(dose.siteId));

  /** Other doses that the write makes something else of. */
  const followersOf = (standing: readonly DoseItem[], derived: ReadonlyMap<string, DoseItem>, { at, actor, reason }: Moment): DoseChange[] =>
    standing.flatMap((head): DoseChange[] => {
      const next = derived.get(nameOfDose(head));
      if (next === undefined || derivedOf(next) === derivedOf(head)) return [];
      return [
        { head, next: { ...next, version: head.version + 1, changedAt: at, changedBy: actor, reason: `another report: ${reason}`.slice(0, 500) } },
      ];
    }).sort((a, b) => urgency(a) - urgency(b)).slice(0, maxFollowers);

  const stepOf = async (
    { next, head }: DoseChange,
    intended: IntendedDose | undefined,
    ownViewOf: ReturnType<typeof amongItsOwn>,
  ): Promise<StockStep | undefined> => {
    const toItsOwn = isOwnAffair(next) ? undefined : ownViewOf(next);
    const isOnlyLookedFor = isOthersWitness(next) && toItsOwn !== 'once';
    const isLookedFor = next.witnessOf === undefined || isOnlyLookedFor;
    const step: StockStep = {
      key: next,
      version: next.version,
      head,
      ...(isOnlyLookedFor ? { onlyLookedFor: true } : {}),
      ...(toItsOwn === 'both' ? { isBeside: true } : {}),
    };
    if (intended?.settlesAgain === true && isLookedFor) return { ...step, wanted: { dose: atHandAgain(next), at: await placeOf(next) } };
    if (intended !== undefined && intended.keepsStock !== true) return { ...step, wanted: isLookedFor ? intended.wanted : undefined };
    // Its own organization's kept report went, and another's is kept now: what it would be without that is not known yet.
    const isFirstLookedFor = isOnlyLookedFor && !isCounted(head) && next.alone === undefined;
    if (isCounted(next) === isCounted(head) && !isFirstLookedFor) return undefined;
    return { ...step, wanted: isCounted(next) || isFirstLookedFor ? { dose: atHandAgain(next), at: await placeOf(next) } : undefined };
  };

  const withLotFacts = (dose: DoseItem, { lot }: Settled): DoseItem => {
    if (lot === undefined || !isGiven(dose)) return dose;
    const lotReceivedOn = lot.stockedAt === undefined ? undefined : localDay(lot.stockedAt, timeZone);
    const ofLot = validityOf(dose, { lot, lotReceivedOn }).filter((fact) => lotFacts.some((one) => one === fact));
    const others = (dose.validity ?? []).filter((fact) => !lotFacts.some((one) => one === fact));
    const { lotReceivedOn: _, ...rest } = dose;
    return withValidity({ ...rest, ...(ofLot.includes('before-lot-received') && lotReceivedOn !== undefined ? { lotReceivedOn } : {}) }, [
      ...others,
      ...ofLot,
    ]);
  };

  /** Whether its lot is recalled, by the account it came from where it has one. */
  const withRecall = async (dose: DoseItem, recallsOf: RecallStore['ofLot']): Promise<DoseItem> => {
    const lot = lotOf(dose);
    if (!isGiven(dose) || lot === undefined) return dose;
    const isRecalled = (await recallsOf(lot)).some((recall) => isMeant(recall, dose));
    return withValidity(dose, withFact(dose.validity ?? [], 'lot-recalled', isRecalled));
  };

  const settled = async (
    changes: readonly DoseChange[],
    { intended, all }: { readonly intended: ReadonlyMap<string, IntendedDose>; readonly all: readonly DoseItem[] },
    moment: Moment,
  ) => {
    const ownViewOf = amongItsOwn(all);
    const steps = await Promise.all(changes.map((change) => stepOf(change, intended.get(nameOfDose(change.next)), ownViewOf)));
    const { settled: outcomes, moves } = await stock.settle(steps.filter((step) => step !== undefined), moment);
    const recallsOf = once((lot: string) => recalls.ofLot(lot));
    let at = 0;
    const done = await Promise.all(changes.map(async (change, index): Promise<DoseChange> => {
      if (steps[index] === undefined) return change;
      const outcome = outcomes[at++];
      if (outcome === undefined || change.next.state === 'deleted') return change;
      if (isAsItWaited(change, outcome, intended.get(nameOfDose(change.next)))) return { head: change.head, next: change.head };
      return { ...change, next: await withRecall(withLotFacts(withStock(change.next, outcome), outcome), recallsOf) };
    }));
    const touched = new Set(
      outcomes.flatMap(({ account, effect, lot }) => (account !== undefined && effect !== undefined && lot?.isUntouched === true ? [account] : [])),
    );
    const written = done.filter(({ next, head }) => next !== head);
    const lists = [
      ...written.flatMap(({ next, head }) => [...worklistAfter(next, head, moment.at), ...doseReviewsAfter(next, head, moment.at)]),
      ...[...touched].map(lotAccountOf),
    ];
    const items = written.reduce((sum, { head }) => sum + (head === undefined ? 1 : 2), 1) + moves.length + lists.length;
    return { done, written, moves, lists, items };
  };

  /** With as many of the followers as fit into one transaction. */
  const fitting = async (
    own: readonly DoseChange[],
    followers: readonly DoseChange[],
    about: Parameters<typeof settled>[1],
    moment: Moment,
  ) => {
    for (let room = followers.length; ; room = Math.floor(room / 2)) {
      const write = await settled([...own, ...followers.slice(0, room)], about, moment);
      if (write.items <= maxItems) return write;
      if (own.length > 1) return undefined;
      if (room === 0) throw new Error('One dose does not fit into a transaction');
    }
  };

  /** @param read every dose of the person, when it was read (or written) after the person; else it is read here */
  return async (person: PersonItem, intended: readonly IntendedDose[], moment: Moment, read?: readonly DoseItem[]): Promise<Written> => {
    // What was never given has no bearing on other doses, and they have none on it.
    const concerns = intended.length === 0 || intended.some(({ next, head }) => isGiven(next) || (head !== undefined && isGiven(head)));
    const told = judgedAlone(intended);
    const known = read ?? (concerns ? await doses.ofPerson(person) : []);
    const names = byName(told);
    const standing = known.filter((dose) => !names.has(nameOfDose(dose)));
    const derived = byName(deriveDoses([...standing, ...told]));
    const own = told.map((dose, at): DoseChange => ({ next: derived.get(nameOfDose(dose)) ?? dose, head: intended[at]?.head }));
    const about = { intended: new Map(intended.map((one) => [nameOfDose(one.next), one])), all: [...derived.values()] };
    const write = await fitting(own, followersOf(standing, derived, moment), about, moment);
    if (write === undefined) return { kind: 'too-many' };
    const { done, written, moves, lists } = write;
    const now = done.map(({ next }) => next);
    if (written.length === 0) return { kind: 'unchanged', doses: now };
    const outcome = await doses.write(written, person, { at: moment.at, actor: moment.actor, localDay: localDay(moment.at, timeZone) }, moves, lists);
    if (outcome.kind === 'refused') return { kind: 'lost' };
    const changed = byName(now);
    return {
      kind: 'written',
      doses: now.slice(0, own.length),
      changes: written.length,
      standing: [...standing.map((dose) => changed.get(nameOfDose(dose)) ?? dose), ...now.slice(0, own.length)],
    };
  };
};
export type WriteDoses = ReturnType<typeof makeWriteDoses>;
