import { CDC_FIRST_BOOSTER_FROM, primaryDosesOf } from '../../../shared/codes/series-rules.ts';
import { isDay } from '../../../shared/kernel/dates.ts';
import { inOrder, type HistoryDose } from './dose-number.ts';

/** From which day a further dose counts as additional, by what completed the series. */
export type AdditionalFrom = { readonly afterOneDoseProduct: string; readonly otherwise: string };

/** CDC's rule: one day for all. A jurisdiction's own tables may begin later (Jurisdiction.additionalDoseFrom). */
export const CDC_ADDITIONAL_FROM: AdditionalFrom = {
  afterOneDoseProduct: CDC_FIRST_BOOSTER_FROM, otherwise: CDC_FIRST_BOOSTER_FROM,
};

/** For statistics: the doses in order, and which of them was first, completed the series, and was the first additional one. */
export type VaccinationStatus = {
  readonly doses: readonly HistoryDose[];
  readonly first?: number;
  readonly complete?: number;
  readonly additional?: number;
};

/**
 * CDC's reporting rule: fully vaccinated is two doses on different days of a two-dose product, **whatever the interval**, or one
 * dose of a one-dose product; an unknown product counts as two-dose, and products may be mixed. Never used to judge validity.
 */
export const vaccinationStatus = (history: readonly HistoryDose[], from: AdditionalFrom): VaccinationStatus => {
  const doses = inOrder(history.filter(({ given }) => isDay(given)));
  if (doses.length === 0) return { doses };
  const daysUpTo = (i: number): number => new Set(doses.slice(0, i + 1).map(({ given }) => given)).size;
  const complete = doses.findIndex(({ cvx }, i) => daysUpTo(i) >= primaryDosesOf(cvx));
  const completing = doses[complete];
  if (completing === undefined) return { doses, first: 0 };
  const counted = primaryDosesOf(completing.cvx) === 1 ? from.afterOneDoseProduct : from.otherwise;
  const additional = doses.findIndex(({ given }) => given > completing.given && given >= counted);
  return { doses, first: 0, complete, ...(additional === -1 ? {} : { additional }) };
};
