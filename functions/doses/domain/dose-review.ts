import { z } from 'zod';
import { day, instant } from '../../../shared/contracts/common.ts';
import { addDays } from '../../../shared/kernel/dates.ts';
import { doseJudgement, type DoseItem } from '../../../shared/published/dose.ts';
import { listedWhileOpen, openLists } from './open-list.ts';
import { doseIdOf } from '../../../shared/published/dose-keys.ts';

/** Two reports that may tell one dose, for a person to decide. Ids and codes, never the patient. */
export const doseReviewItem = z.object({
  pk: z.string(),
  sk: z.string(),
  type: z.literal('dose-review'),
  schema: z.literal(1),
  doseId: z.string(),
  state: z.enum(['open', 'closed']),
  judgement: doseJudgement,
  givenOn: day,
  cvx: z.string(),
  openedAt: instant,
  closedAt: instant.optional(),
  /** Closed items leave by themselves (epoch seconds). */
  expiresAt: z.number().optional(),
});
export type DoseReviewItem = z.infer<typeof doseReviewItem>;

export const doseReviewPartition = 'DOSEREVIEWS';
const keptClosedDays = 30;

const openFor = (dose: DoseItem | undefined, now: string): DoseReviewItem | undefined =>
  dose?.judged?.outcome === 'unsure' && dose.state !== 'deleted'
    ? {
        pk: doseReviewPartition, sk: doseIdOf(dose), type: 'dose-review', schema: 1, doseId: doseIdOf(dose), state: 'open', judgement: dose.judged,
        givenOn: dose.givenOn, cvx: dose.cvx, openedAt: now,
      }
    : undefined;

/** As it is stored. */
export const listedDoseReview = (item: DoseReviewItem): DoseReviewItem => listedWhileOpen(item, openLists.doseReviews, item.state === 'open');

/** What a write of a dose does to the questions about it: one opens, or the one that was open closes. */
export const doseReviewsAfter = (next: DoseItem, before: DoseItem | undefined, now: string): DoseReviewItem[] => {
  const opened = openFor(next, now);
  const open = openFor(before, now);
  if (opened !== undefined) return opened.judgement.with === open?.judgement.with && opened.judgement.rule === open.judgement.rule ? [] : [opened];
  return open === undefined
    ? []
    : [{ ...open, state: 'closed', closedAt: now, expiresAt: Date.parse(`${addDays(now.slice(0, 10), keptClosedDays)}T00:00:00Z`) / 1000 }];
};
