import { cvxOf } from '../../../../shared/codes/cvx.ts';
import { labelMinimumDays, seriesKindOf } from '../../../../shared/codes/series-rules.ts';
import { daysBetween } from '../../../../shared/kernel/dates.ts';
import type { DoseItem } from '../../../../shared/published/dose.ts';
import { doseIdOf } from '../../../../shared/published/dose-keys.ts';
import { isDateImpossible } from '../../../../shared/published/source-class.ts';

type SeriesDose = Pick<DoseItem, 'pk' | 'sk' | 'cvx' | 'givenOn' | 'validity'>;

/**
 * COVID-19 doses that came too early after the last dose that did not: an administration error, whatever the rules of the day made of its
 * validity. Other vaccines have no rules here.
 * @param doses the person's given doses, each event once
 */
export const shortIntervals = (doses: readonly SeriesDose[]): ReadonlySet<string> => {
  const short = new Set<string>();
  let before: SeriesDose | undefined;
  const series = doses.filter((dose) => cvxOf(dose.cvx)?.covid === true && !isDateImpossible(dose))
    .sort((a, b) => a.givenOn.localeCompare(b.givenOn) || (doseIdOf(a) < doseIdOf(b) ? -1 : 1));
  for (const dose of series) {
    const needed = before === undefined ? 0 : labelMinimumDays(seriesKindOf(before.cvx), seriesKindOf(dose.cvx));
    if (before !== undefined && daysBetween(before.givenOn, dose.givenOn) < needed) short.add(doseIdOf(dose));
    else before = dose;
  }
  return short;
};
