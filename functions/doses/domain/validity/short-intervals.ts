import { childhoodFloorsOf } from '../../../../shared/codes/childhood-series.ts';
import { cvxOf } from '../../../../shared/codes/cvx.ts';
import { labelMinimumDays, seriesKindOf } from '../../../../shared/codes/series-rules.ts';
import { daysBetween } from '../../../../shared/kernel/dates.ts';
import type { DoseItem } from '../../../../shared/published/dose.ts';
import { doseIdOf } from '../../../../shared/published/dose-keys.ts';
import { isDateImpossible } from '../../../../shared/published/source-class.ts';

type SeriesDose = Pick<DoseItem, 'pk' | 'sk' | 'cvx' | 'givenOn' | 'validity'>;

type NeededDays = (before: SeriesDose, dose: SeriesDose) => number;

/** The doses of one series that came too early after the last one that did not. */
const shortIn = (series: readonly SeriesDose[], needed: NeededDays): string[] => {
  const short: string[] = [];
  let before: SeriesDose | undefined;
  for (const dose of series) {
    if (before !== undefined && daysBetween(before.givenOn, dose.givenOn) < needed(before, dose)) short.push(doseIdOf(dose));
    else before = dose;
  }
  return short;
};

const labelDays: NeededDays = (before, dose) => labelMinimumDays(seriesKindOf(before.cvx), seriesKindOf(dose.cvx));

/**
 * Doses that came too early after the one before: an administration error, whatever the rules of the day made of its validity. COVID-19 by the
 * labels of its products, childhood series by the floor of each; other vaccines have no rules here.
 * @param doses the person's given doses, each event once
 */
export const shortIntervals = (doses: readonly SeriesDose[]): ReadonlySet<string> => {
  const dated = doses
    .filter((dose) => !isDateImpossible(dose))
    .toSorted((a, b) => a.givenOn.localeCompare(b.givenOn) || (doseIdOf(a) < doseIdOf(b) ? -1 : 1));
  const inGroups = dated.flatMap((dose) => childhoodFloorsOf(dose.cvx).map((floor) => ({ dose, floor })));
  const childhood = [...Map.groupBy(inGroups, ({ floor }) => floor.group).values()];
  return new Set([
    ...shortIn(dated.filter(({ cvx }) => cvxOf(cvx)?.covid === true), labelDays),
    ...childhood.flatMap((members) => shortIn(members.map(({ dose }) => dose), () => members[0]?.floor.leastIntervalDays ?? 0)),
  ]);
};
