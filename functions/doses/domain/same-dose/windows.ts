import type { PairFacts } from './pair-facts.ts';

/** Days between two reports within which they can be one dose. */
interface Window {
  /** At least one only tells of the dose: a date out of memory, or the day of entry. */
  readonly told: number;
  /** Both were told by who gave them: a slip of a day or so. */
  readonly given: number;
  /** The lot is the same. Never wider than the shortest series, or a second dose would be swallowed. */
  readonly sameLot: number;
}

const usual: Window = { told: 23, given: 3, sameLot: 7 };
/** Series with doses a day or a few apart: only a slip of one day can be one dose. */
const daily: Window = { told: 1, given: 1, sameLot: 1 };

/** By CDC's vaccine group. A second COVID-19 dose comes 17 to 28 days after the first, so NIST's 23 days would swallow it. */
const byGroup: Readonly<Record<string, Window>> = {
  'COVID-19': { told: 3, given: 3, sameLot: 7 },
  // Accelerated series: days 0, 7, 21.
  HepA: { told: 6, given: 3, sameLot: 6 },
  HepB: { told: 6, given: 3, sameLot: 6 },
  RABIES: daily,
  TYPHOID: daily,
  cholera: daily,
  ANTHRAX: daily,
  ADENO: daily,
  'Japanese encephalitis': { told: 6, given: 3, sameLot: 6 },
  'Tick-borne encephalitis': { told: 6, given: 3, sameLot: 6 },
};

/** No pair of reports is compared over more days. */
export const widestWindowDays = Math.max(...[usual, ...Object.values(byGroup)].flatMap((window) => Object.values<number>({ ...window })));

/** The narrowest window of the groups that both vaccines share. */
export const windowDays = ({ groups, told, lot }: Pick<PairFacts, 'groups' | 'told' | 'lot'>): number =>
  Math.min(...groups.map((group) => {
    const { told: toldDays, given, sameLot } = byGroup[group] ?? usual;
    return Math.max(told === 'none' ? given : toldDays, lot === 'same' ? sameLot : 0);
  }));
