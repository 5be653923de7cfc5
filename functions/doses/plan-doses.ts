import type { DoseItem } from '../../shared/published/dose.ts';
import { recordKey } from '../../shared/published/dose-keys.ts';
import { additionOf, changeOf, type HeadChange, type OneTold, type Teller } from './change-dose.ts';
import type { GivenAt } from './domain/decrement.ts';
import { digestOf } from './domain/dose-facts.ts';
import type { MatchingKey } from './domain/match-keys.ts';
import { standingOf, type Placed } from './domain/standing-doses.ts';
import type { HeadRemark } from './domain/store-remarks.ts';
import { whichDose, type Target, type WhichRemark } from './domain/which-dose.ts';
import type { SettleStock } from './settle-stock.ts';
import { nameOfDose, type IntendedDose } from './write-doses.ts';

/** A told dose with the places it may have among those of its record. */
export type AskedDose = OneTold & Placed;

/** What is told at once of a record, and how far it has been written. */
export interface ToldSoFar {
  readonly recordId: string;
  readonly asked: readonly AskedDose[];
  /** How many of these are done. */
  readonly done: number;
  /** Names of doses that were spoken of by then. */
  readonly meant: ReadonlySet<string>;
}

/** What a told dose will have become once it is written. */
export type Step =
  | { readonly kind: 'unknown-dose'; readonly remark?: 'several' | 'contradicts' }
  | {
      readonly kind: 'recorded' | HeadChange['kind'];
      readonly dose: DoseItem;
      readonly remark?: WhichRemark | HeadRemark | undefined;
    };

interface Decided {
  readonly step: Step;
  /** The known dose that is meant. */
  readonly head?: DoseItem;
  /** Absent when nothing is written. */
  readonly intended?: IntendedDose | undefined;
}

export interface PlanDosesDeps {
  readonly matchingKey: MatchingKey;
  readonly site: SettleStock['site'];
  /** Looks a dose up that is not among those of its person. */
  readonly lookUp?: ((key: { pk: string; sk: string }) => Promise<DoseItem | undefined>) | undefined;
}

type Known = ReadonlyMap<string, DoseItem>;

const ofRecord = (recordId: string, known: Known): DoseItem[] => [...known.values()].filter(({ pk }) => pk === recordKey(recordId).pk);

/** The groups of the message that name a dose by its id, day and vaccine: it is theirs, and no other group's to change. */
const namedBy = (groups: readonly AskedDose[], known: Known, standing: readonly DoseItem[]): ReadonlyMap<string, readonly AskedDose[]> =>
  Map.groupBy(groups, (one) => {
    const { usual, other } = one.keys;
    const { same } = standingOf(one, { usual: known.get(nameOfDose(usual)), other: known.get(nameOfDose(other)) }, standing, () => false);
    return same === undefined ? '' : nameOfDose(same);
  });

/** Decides what becomes of doses that are told at once of one record: which known dose each means, what it makes of it, and how many are written together. */
export const makePlanDoses = ({ matchingKey, site: siteOf, lookUp }: PlanDosesDeps) => {
  /** Where a hand assigned the dose to, until its sender names a site of its own (ADR 0034). */
  const placeOf = async ({ assigned, siteId }: DoseItem, { at }: OneTold): Promise<GivenAt> => {
    const site = assigned === undefined || siteId === undefined || at.isSendersOwn ? undefined : await siteOf(siteId);
    return site === undefined ? at : { facility: 'named', site, isSendersOwn: true };
  };

  /** The dose that a hand changed over just these words: it is meant, whatever day, vaccine or lot it has now. */
  const changedSince = ({ dose, at }: OneTold, standing: readonly DoseItem[]): DoseItem | undefined => {
    const changed = standing.filter(({ byHand }) => byHand !== undefined);
    const digest = changed.length === 0 ? '' : digestOf(dose, at, matchingKey);
    return changed.find(({ byHand }) => byHand?.told === digest);
  };

  const targetOf = async (one: AskedDose, recordId: string, known: Known, isMeant: (dose: DoseItem) => boolean): Promise<Target> => {
    const standing = ofRecord(recordId, known);
    const changed = changedSince(one, standing);
    if (changed !== undefined) return { kind: 'change', head: changed };
    const { usual, other } = one.keys;
    const find = async (key: { pk: string; sk: string }): Promise<DoseItem | undefined> => (await lookUp?.(key)) ?? known.get(nameOfDose(key));
    return whichDose(one.dose, standingOf(one, { usual: await find(usual), other: await find(other) }, standing, isMeant));
  };

  /** What a told dose makes of its target. */
  const decide = async (one: AskedDose, target: Target, teller: Teller): Promise<Decided> => {
    if (target.kind === 'several') return { step: { kind: 'unknown-dose', remark: 'several' } };
    if (target.kind === 'unknown') return { step: { kind: 'unknown-dose', ...(target.remark === undefined ? {} : { remark: target.remark }) } };
    if (target.kind === 'add') {
      const intended = additionOf(one.keys[target.under], one, teller, matchingKey);
      return { step: { kind: 'recorded', dose: intended.next, remark: target.remark }, intended };
    }
    const { head } = target;
    const { kind, intended, remark } = changeOf(head, one, await placeOf(head, one), teller, matchingKey);
    const said = remark ?? (kind === 'unchanged' ? undefined : target.remark);
    return { step: { kind, dose: intended?.next ?? head, remark: said }, head, intended };
  };

  /**
   * As many of the doses that are left as can be written together: until one speaks again of a dose that is written with them.
   * @param standing every dose of the person
   */
  return async (
    { recordId, asked, done, meant: before }: ToldSoFar,
    teller: Teller,
    standing: readonly DoseItem[],
    most: number,
  ): Promise<{ intended: IntendedDose[]; steps: Step[] }> => {
    const known = new Map(standing.map((dose) => [nameOfDose(dose), dose]));
    const named = namedBy(asked, known, ofRecord(recordId, known));
    const meant = new Set(before);
    const planned = new Set<string>();
    const intended: IntendedDose[] = [];
    const steps: Step[] = [];
    for (const one of asked.slice(done)) {
      if (intended.length >= most) break;
      const isMeant = (dose: DoseItem): boolean =>
        meant.has(nameOfDose(dose)) || (named.get(nameOfDose(dose)) ?? []).some((other) => other !== one);
      const { step, head, intended: next } = await decide(one, await targetOf(one, recordId, known, isMeant), teller);
      if (head !== undefined && next !== undefined && planned.has(nameOfDose(head))) break;
      steps.push(step);
      if (head !== undefined) meant.add(nameOfDose(head));
      if (next === undefined) continue;
      const name = nameOfDose(next.next);
      intended.push(next);
      known.set(name, next.next);
      planned.add(name);
      meant.add(name);
    }
    return { intended, steps };
  };
};
