import { decideMove } from '../../shared/kernel/transitions.ts';
import { awardNameOf, weekPointer, type AwardItem } from '../../shared/published/award.ts';
import { awardMachine } from './domain/machines.ts';
import { answerByOf } from './domain/week-rules.ts';
import { entryOf, type Act } from './record-supply.ts';
import type { AllocationStore } from './store.ts';

export type Answer = { answer: 'accept' } | { answer: 'reduce'; doses: number } | { answer: 'decline'; reason: string };
export type AnswerOutcome =
  | { kind: 'answered'; award: AwardItem }
  | { kind: 'not-found' }
  | { kind: 'stale'; version: number }
  | { kind: 'illegal-move'; from: string; legalFrom: readonly string[] }
  | { kind: 'lapsed'; at: string }
  | { kind: 'not-whole-packs'; packDoses: number; doses: number }
  | { kind: 'held'; why: string }
  | { kind: 'superseded' };

const acceptedOf = (award: AwardItem, answer: Answer): number => (answer.answer === 'accept' ? award.doses : answer.answer === 'reduce' ? answer.doses : 0);

/**
 * A site answers its offer: takes all, fewer whole packs, or none. Answering later than the week's rule is too late, and an offer of a
 * run that is no longer the published one cannot be answered. While the week is held after a cut of supply, it can only be declined.
 */
export const makeAnswerAward =
  (store: AllocationStore, zone: string) =>
  async (siteId: string, awardId: string, answer: Answer, act: Act & { ifMatch: number }): Promise<AnswerOutcome> => {
    const name = awardNameOf(awardId);
    const award = name === undefined ? undefined : await store.award(siteId, name);
    if (award === undefined || (await store.pointer(award.week)) === undefined) return { kind: 'not-found' };
    if (award.version !== act.ifMatch) return { kind: 'stale', version: award.version };
    const decided = decideMove(awardMachine, answer.answer, award.state);
    if (decided.kind === 'illegal-move') return decided;
    const answerBy = answerByOf(award.week, zone, (await store.sharedOut(award.runId))?.publishedAt);
    if (act.now >= answerBy) return { kind: 'lapsed', at: answerBy };
    const acceptedDoses = acceptedOf(award, answer);
    if (answer.answer === 'reduce' && (acceptedDoses >= award.doses || acceptedDoses % award.packDoses !== 0)) return { kind: 'not-whole-packs', packDoses: award.packDoses, doses: award.doses };
    const next: AwardItem = { ...award, state: decided.to, acceptedDoses, version: award.version + 1 };
    const entry = entryOf(act, answer.answer, next.version, { from: award.state, to: next.state, ...(answer.answer === 'decline' ? { reason: answer.reason } : {}) });
    const written = await store.answer(award, { state: next.state, acceptedDoses }, entry);
    if (written.kind === 'committed') return { kind: 'answered', award: next };
    if (!written.failed.has(1)) return { kind: 'stale', version: next.version };
    const pointer = weekPointer.safeParse(written.failed.get(1)).data;
    return pointer?.runId === award.runId && pointer.held !== undefined ? { kind: 'held', why: pointer.held } : { kind: 'superseded' };
  };

/** The offers a site may see: those of published runs, never what is only laid out. */
export const isPublished = async (store: AllocationStore, award: AwardItem): Promise<boolean> => {
  const run = await store.sharedOut(award.runId);
  return run?.state === 'published' || run?.state === 'superseded';
};
