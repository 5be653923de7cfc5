import {
  AGE_GRACE_DAYS, eraRuleOn, primaryDosesOf, seriesKindOf, type EraRule, type SeriesKind,
} from '../../../shared/codes/series-rules.ts';
import { addDays, daysBetween, isDay } from '../../../shared/kernel/dates.ts';
import type { DoseNumber, Said } from './cvrs-event.ts';

/** One COVID-19 dose of a person, whoever gave it. */
export type HistoryDose = {
  readonly doseId: string;
  readonly given: string;
  readonly cvx: string;
  /** The enrolled site that gave it, and when its report came in; absent where the site did not report it itself. */
  readonly reported?: { readonly siteId: string; readonly at: string };
};

export type DoseJudgement = HistoryDose & {
  /** CVRS dose_num: which valid dose this is; INV not valid, UNK when the product or the number cannot be told. */
  readonly doseNumber: DoseNumber;
  /** CVRS vax_series_complete as of this dose. */
  readonly seriesComplete: Said;
  readonly reason: 'counts' | 'same-day' | 'too-early' | 'too-young' | 'product-unknown' | 'beyond-six';
};

const HIGHEST_NUMBER = 6;
const byDayThenId = (a: HistoryDose, b: HistoryDose): number =>
  a.given.localeCompare(b.given) || a.doseId.localeCompare(b.doseId);

/** The history in the order it happened; the id settles doses of one day, so every reader sees the same order. */
export const inOrder = (history: readonly HistoryDose[]): HistoryDose[] => [...history].sort(byDayThenId);

const isTooYoung = (dose: HistoryDose, kind: SeriesKind, era: EraRule, born: string | undefined): boolean => {
  const years = era.minimumAgeYears?.[kind];
  if (years === undefined || born === undefined || !isDay(born)) return false; // a month of birth cannot settle four days
  const birthday = `${Number(born.slice(0, 4)) + years}${born.slice(4)}`;
  return dose.given < addDays(isDay(birthday) ? birthday : birthday.replace('-02-29', '-03-01'), -AGE_GRACE_DAYS);
};

type Progress = {
  /** Valid doses of known products, and the same with those of unknown products. */
  readonly known: number; readonly held: number;
  readonly completedBy?: SeriesKind;
  readonly last?: { readonly given: string; readonly kind: SeriesKind };
};

/** Least days that must lie between the dose before and this one, by the rule in force when this one was given. */
const daysNeeded = (progress: Progress, kind: SeriesKind, era: EraRule): number => {
  if (progress.completedBy !== undefined) return era.furtherDays[progress.completedBy === 'janssen' ? 'janssen' : 'other'];
  const same = kind === progress.last?.kind && kind !== 'janssen' && kind !== 'unknown';
  return era.minimumDays[same ? kind : 'mixed'];
};

const faultOf = (
  dose: HistoryDose, progress: Progress, born: string | undefined,
): 'same-day' | 'too-early' | 'too-young' | undefined => {
  const era = eraRuleOn(dose.given);
  const kind = seriesKindOf(dose.cvx);
  if (isTooYoung(dose, kind, era, born)) return 'too-young';
  if (progress.last === undefined) return undefined;
  const days = daysBetween(progress.last.given, dose.given);
  if (days === 0) return 'same-day';
  return days < daysNeeded(progress, kind, era) ? 'too-early' : undefined;
};

const completeness = (progress: Progress, dose: HistoryDose, unknown: boolean): Said => {
  if (progress.completedBy !== undefined) return 'YES';
  if (unknown) return 'UNK'; // it may have been a one-dose product
  const needed = primaryDosesOf(dose.cvx);
  if (progress.known >= needed) return 'YES';
  return progress.held >= needed ? 'UNK' : 'NO';
};

const step = (progress: Progress, dose: HistoryDose, born: string | undefined): { progress: Progress; judged: DoseJudgement } => {
  const kind = seriesKindOf(dose.cvx);
  const last = { given: dose.given, kind };
  const fault = faultOf(dose, progress, born);
  if (fault !== undefined) {
    const seriesComplete = progress.completedBy !== undefined ? 'YES' : progress.held > progress.known ? 'UNK' : 'NO';
    return { progress: { ...progress, last }, judged: { ...dose, doseNumber: 'INV', seriesComplete, reason: fault } };
  }
  const unknown = kind === 'unknown';
  const counted: Progress = { ...progress, last, held: progress.held + 1, known: progress.known + (unknown ? 0 : 1) };
  const seriesComplete = completeness(counted, dose, unknown);
  const done = seriesComplete === 'YES' && counted.completedBy === undefined ? { ...counted, completedBy: kind } : counted;
  if (unknown) return { progress: done, judged: { ...dose, doseNumber: 'UNK', seriesComplete, reason: 'product-unknown' } };
  const doseNumber = counted.held <= HIGHEST_NUMBER ? (counted.held as DoseNumber) : 'UNK';
  const reason = doseNumber === 'UNK' ? 'beyond-six' : 'counts';
  return { progress: done, judged: { ...dose, doseNumber, seriesComplete, reason } };
};

/**
 * Judges each dose of a person by the CDSi rule set in force on the day it was given (shared/codes/series-rules.ts): a second
 * Pfizer dose on day 16 counts before 2021-10-25 and not from then on. This is validity, not the statistic "fully vaccinated"
 * (vaccination-status.ts), and not administration error. Answers in the order given; doses without a real date are left out.
 */
export const judgeSeries = (history: readonly HistoryDose[], born?: string): readonly DoseJudgement[] => {
  let progress: Progress = { known: 0, held: 0 };
  return inOrder(history.filter(({ given }) => isDay(given))).map((dose) => {
    const next = step(progress, dose, born);
    progress = next.progress;
    return next.judged;
  });
};
