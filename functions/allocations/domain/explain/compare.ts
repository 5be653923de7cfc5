import { poolKey } from '../inputs.ts';
import { ownDoses } from '../own-doses.ts';
import type { Allocated, Award } from '../allocation.ts';
import type { AwardKey } from './what-if.ts';

/** One award that two runs give differently; an award that only one run has counts as 0 packs in the other. */
export interface Difference extends AwardKey {
  readonly packsBefore: number;
  readonly packsAfter: number;
  /** Doses that are the site's own: what comes to it by the vial counts, what a hub takes for others does not. */
  readonly dosesGained: number;
}

const byKey = (awards: readonly Award[]): Map<string, Award> =>
  new Map(awards.map((award) => [`${poolKey(award)} ${award.siteId}`, award]));

const ownIn = (award: Award | undefined): number => (award === undefined ? 0 : ownDoses(award));

/** Two runs side by side: where their awards differ, by pool and site. What a policy would change, before it is chosen. */
export const compareRuns = (before: Allocated, after: Allocated): Difference[] => {
  const [old, now] = [byKey(before.awards), byKey(after.awards)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((key) => {
    const award = now.get(key) ?? old.get(key);
    const [packsBefore, packsAfter] = [old.get(key)?.packs ?? 0, now.get(key)?.packs ?? 0];
    const dosesGained = ownIn(now.get(key)) - ownIn(old.get(key));
    if (!award || (packsBefore === packsAfter && dosesGained === 0)) return [];
    const { siteId, product, doseNumber, packDoses } = award;
    return [{ siteId, product, doseNumber, packDoses, packsBefore, packsAfter, dosesGained }];
  });
};
