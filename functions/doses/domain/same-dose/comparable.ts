import { vaccineGroupsOf } from '../../../../shared/codes/vaccine-groups.ts';
import type { DoseItem } from '../../../../shared/published/dose.ts';
import { widestWindowDays } from './windows.ts';

/** What leaves most pairs of a long history out without comparing them: hundreds of doses make tens of thousands of pairs. */
export interface Comparable {
  /** Days since 1970. */
  readonly day: number;
  readonly groups: readonly string[];
}

const dayMs = 86_400_000;

export const placeOf = ({ givenOn, cvx }: Pick<DoseItem, 'givenOn' | 'cvx'>): Comparable => ({
  day: Date.parse(givenOn) / dayMs,
  groups: vaccineGroupsOf(cvx),
});

/** False only where no rule and no score could make two reports one: another vaccine, or further apart than the widest window. */
export const mayBeOne = (a: Comparable, b: Comparable): boolean =>
  Math.abs(a.day - b.day) <= widestWindowDays && a.groups.some((group) => b.groups.includes(group));
