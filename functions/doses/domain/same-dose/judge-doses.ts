import type { DoseItem, DoseJudgement } from '../../../../shared/published/dose.ts';
import { doseIdOf } from '../../../../shared/published/dose-keys.ts';
import { decidedRule, judgePair, ruleStrength, type PairVerdict } from './judge-pair.ts';
import { placeOf, mayBeOne, type Comparable } from './comparable.ts';
import { keptFirst } from './kept-dose.ts';
import { isGiven, pairFactsOf, type DoseReport } from './pair-facts.ts';

/** How one report stands to the others: `witnessOf` the dose that is counted for it, and by what judgement. */
export type DoseLink = Pick<DoseItem, 'witnessOf' | 'judged'>;

interface Event<T> {
  readonly kept: T;
  readonly place: Comparable;
  readonly members: T[];
}
type Likely = Exclude<PairVerdict, { outcome: 'different' }>;
interface Option<T> {
  readonly event: Event<T>;
  readonly verdict: Likely;
  readonly days: number;
}

/** What a person decided of two reports; the latest word counts. */
const decidedOf = (a: DoseReport, b: DoseReport): 'same' | 'different' | undefined => {
  const [idA, idB] = [doseIdOf(a), doseIdOf(b)];
  return [...(a.decisions ?? []).filter((one) => one.with === idB), ...(b.decisions ?? []).filter((one) => one.with === idA)]
    .sort((one, other) => other.at.localeCompare(one.at))[0]?.outcome;
};

/** A report against an event: what was decided of any of its reports, else how it compares with the kept one. */
const verdictOn = <T extends DoseReport>(dose: T, place: Comparable, event: Event<T>): PairVerdict => {
  const { kept, members } = event;
  if (!mayBeOne(place, event.place) && dose.decisions === undefined && members.every(({ decisions }) => decisions === undefined))
    return { outcome: 'different' };
  const decided = members.map((member) => (dose.decisions === undefined && member.decisions === undefined ? undefined : decidedOf(dose, member)));
  if (decided.includes('different')) return { outcome: 'different' };
  if (decided.includes('same')) return { outcome: 'same', counts: 'once', rule: decidedRule, reasons: [] };
  return judgePair(pairFactsOf(dose, kept));
};

const strongestFirst = <T extends DoseReport>(a: Option<T>, b: Option<T>): number =>
  ruleStrength(a.verdict.rule) - ruleStrength(b.verdict.rule) ||
  (b.verdict.score ?? 0) - (a.verdict.score ?? 0) ||
  a.days - b.days ||
  keptFirst(a.event.kept, b.event.kept);

const judgementOf = ({ event, verdict }: Option<DoseReport>): DoseJudgement => ({
  with: doseIdOf(event.kept),
  ...verdict,
  reasons: [...verdict.reasons],
});

/**
 * Which reports of one person tell one dose, and which of them is kept. Pure and blind to the order in which reports came or are given:
 * the same reports always give the same links, so judging again after any change (a correction, a deletion, a decision, two persons made
 * one) is safe. Each report is compared with kept ones only, so likeness never adds up over a chain.
 * @returns the link of every given dose by its id; `{}` for one that stands for itself
 */
export const judgeDoses = <T extends DoseReport>(doses: readonly T[]): ReadonlyMap<string, DoseLink> => {
  const events: Event<T>[] = [];
  const links = new Map<string, DoseLink>();
  for (const dose of doses.filter(isGiven).sort(keptFirst)) {
    const place = placeOf(dose);
    const options = events.flatMap((event): Option<T>[] => {
      const verdict = verdictOn(dose, place, event);
      return verdict.outcome === 'different' ? [] : [{ event, verdict, days: Math.abs(place.day - event.place.day) }];
    }).sort(strongestFirst);
    const once = options.find(({ verdict }) => verdict.counts === 'once');
    const [both] = options;
    if (once === undefined) {
      events.push({ kept: dose, place, members: [dose] });
      links.set(doseIdOf(dose), both === undefined ? {} : { judged: judgementOf(both) });
    } else {
      once.event.members.push(dose);
      links.set(doseIdOf(dose), { witnessOf: doseIdOf(once.event.kept), judged: judgementOf(once) });
    }
  }
  return links;
};
