import { decideMove } from '../../shared/kernel/transitions.ts';
import { awardNameOf, isByVial, weekPointer, type AwardItem } from '../../shared/published/award.ts';
import { hubEndInWords } from './domain/award-standing.ts';
import { awardMachine } from './domain/machines.ts';
import { answerByOf } from './domain/week-rules.ts';
import { entryOf, type Act } from './record-supply.ts';
import { makeReadHubHold } from './read-hub-hold.ts';
import type { AllocationStore } from './store.ts';

export type Answer = { answer: 'accept' } | { answer: 'reduce'; doses: number } | { answer: 'decline'; reason: string };
export type AnswerOutcome =
  | { kind: 'answered'; award: AwardItem }
  | { kind: 'not-found' }
  | { kind: 'stale'; version: number }
  | { kind: 'illegal-move'; award: AwardItem; legalFrom: readonly string[] }
  | { kind: 'lapsed'; at: string }
  | { kind: 'not-whole-packs'; unit: 'pack' | 'vial'; unitDoses: number; doses: number }
  | { kind: 'others-share'; leastDoses: number; othersDoses: number }
  | { kind: 'hub-ended'; words: string }
  | { kind: 'held'; why: string }
  | { kind: 'superseded' };

const acceptedOf = (award: AwardItem, answer: Answer): number =>
  answer.answer === 'accept' ? award.doses : answer.answer === 'reduce' ? answer.doses : 0;

/** What is wrong with taking fewer doses than were offered: parts of a pack or vial, or less than others have of a hub's packs. */
const faultOfReduction = ({ doses, packDoses, byVial, leastDoses = 0 }: AwardItem, accepted: number): AnswerOutcome | undefined => {
  const unitDoses = byVial?.vialDoses ?? packDoses;
  if (accepted >= doses || accepted % unitDoses !== 0)
    return { kind: 'not-whole-packs', unit: byVial === undefined ? 'pack' : 'vial', unitDoses, doses };
  return accepted < leastDoses
    ? { kind: 'others-share', leastDoses: Math.ceil(leastDoses / packDoses) * packDoses, othersDoses: leastDoses }
    : undefined;
};

/**
 * A site answers its offer: takes all, fewer whole packs, or none; of doses by the vial fewer whole vials. A hub takes no fewer packs than
 * hold what others have of them, or declines, which ends their offers (ADR 0036). Answering later than the week's rule is too late, and an offer of a
 * run that is no longer the published one cannot be answered. While the week is held after a cut of supply, it can only be declined.
 */
export const makeAnswerAward =
  (store: AllocationStore, zone: string) => {
  const readHubHold = makeReadHubHold(store);
  return async (siteId: string, awardId: string, answer: Answer, act: Act & { ifMatch: number }): Promise<AnswerOutcome> => {
    const name = awardNameOf(awardId);
    const award = name === undefined ? undefined : await store.award(siteId, name);
    const known = award === undefined ? undefined : await store.pointer(award.week);
    if (award === undefined || known === undefined) return { kind: 'not-found' };
    if (award.version !== act.ifMatch) return { kind: 'stale', version: award.version };
    const decided = decideMove(awardMachine, answer.answer, award.state);
    if (decided.kind === 'illegal-move') return { kind: 'illegal-move', award, legalFrom: decided.legalFrom };
    const answerBy = answerByOf(award.week, zone, (await store.sharedOut(award.runId))?.publishedAt);
    if (act.now >= answerBy) return { kind: 'lapsed', at: answerBy };
    const acceptedDoses = acceptedOf(award, answer);
    const fault = answer.answer === 'reduce' ? faultOfReduction(award, acceptedDoses) : undefined;
    if (fault !== undefined) return fault;
    if (isByVial(award) && answer.answer !== 'decline') {
      // The hub may still decline a moment later: then what is taken here ends by that (domain/award-standing.ts).
      const hold = await readHubHold(award, { pointer: known, now: act.now, answerBy });
      if (!hold.holds && known.runId === award.runId)
        return { kind: 'hub-ended', words: hubEndInWords(award.byVial.hubName ?? award.byVial.hub, hold.end) };
    }
    const next: AwardItem = { ...award, state: decided.to, acceptedDoses, version: award.version + 1 };
    const entry = entryOf(act, answer.answer, next.version, {
      from: award.state,
      to: next.state,
      ...(answer.answer === 'decline' ? { reason: answer.reason } : {}),
    });
    const written = await store.answer(award, { state: next.state, acceptedDoses }, entry);
    if (written.kind === 'committed') return { kind: 'answered', award: next };
    if (!written.failed.has(1)) return { kind: 'stale', version: next.version };
    const pointer = weekPointer.safeParse(written.failed.get(1)).data;
    return pointer?.runId === award.runId && pointer.held !== undefined ? { kind: 'held', why: pointer.held } : { kind: 'superseded' };
  };
};

/** The offers a site may see: those of published runs, never what is only laid out. */
export const isPublished = async (store: AllocationStore, award: AwardItem): Promise<boolean> => {
  const run = await store.sharedOut(award.runId);
  return run?.state === 'published' || run?.state === 'superseded';
};
