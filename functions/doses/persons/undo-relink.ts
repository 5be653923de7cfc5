import { localDay } from '../../../shared/kernel/dates.ts';
import { maxDecisionAttempts } from '../../../shared/kernel/limits.ts';
import type { PersonItem } from '../../../shared/published/person.ts';
import { planUndo, type RelinkItem, type RelinkRefusal } from '../domain/persons/relink.ts';
import { reviewKey } from '../domain/persons/review.ts';
import type { CompareAgain } from './compare-again.ts';
import type { Act } from './merge-persons.ts';
import type { MergeStore, ReviewStep } from './store-merges.ts';

export type UndoOutcome =
  | { kind: 'undone' | 'repeated'; relink: RelinkItem }
  | { kind: 'not-found' }
  | { kind: 'refused'; why: RelinkRefusal }
  | { kind: 'stale' }
  | { kind: 'illegal-move'; from: string; legalFrom: readonly string[] }
  | { kind: 'contended' };

/**
 * Puts back what a merge, a link or an unlink moved. Records that came to the merged person in the meantime stay there, and a question is
 * put up for each: which of the two does it belong to?
 */
export const makeUndoRelink = ({ merges, timeZone, compareAgain }: { merges: MergeStore; timeZone: string; compareAgain: CompareAgain }) => {
  /** Records that were made after the merge: they found the merged person, by what was known of either. */
  const laterThan = async (to: PersonItem, relink: RelinkItem): Promise<(recordId: string) => boolean> => {
    if (relink.kind !== 'merge') return () => false;
    const records = await merges.records(to.recordIds.filter((id) => !relink.recordIds.includes(id)));
    const later = new Set(records.filter(({ createdAt }) => createdAt > relink.at).map(({ recordId }) => recordId));
    return (recordId) => later.has(recordId);
  };

  const questionOf = (recordId: string, { to, from, relinkId }: RelinkItem, { actor, now, reason }: Act): ReviewStep => {
    const openedOn = localDay(now, timeZone);
    return {
      next: {
        ...reviewKey(openedOn, recordId, relinkId.slice('rel_'.length)),
        type: 'review',
        schema: 1,
        version: 1,
        state: 'open',
        why: 'came-while-merged',
        recordId,
        personId: to,
        candidates: [from],
        openedOn,
        openedAt: now,
      },
      entry: { at: now, actor, action: 'open', to: 'open', reason },
    };
  };

  const reopened = async (reviewId: string | undefined, { actor, now, reason }: Act): Promise<ReviewStep[]> => {
    const review = reviewId === undefined ? undefined : await merges.review(reviewId);
    if (review?.state !== 'same') return [];
    const { relinkId: _, ...rest } = review;
    return [
      {
        next: { ...rest, version: review.version + 1, state: 'open', decidedAt: now, decidedBy: actor },
        entry: { at: now, actor, action: 'reopen', from: 'same', to: 'open', reason },
      },
    ];
  };

  const undo = async (relink: RelinkItem, act: Act): Promise<UndoOutcome | undefined> => {
    const [from, to] = await Promise.all([merges.person(relink.from), merges.person(relink.to)]);
    if (from === undefined || to === undefined) throw new Error('A decision names a person that does not exist');
    const planned = planUndo(relink, from, to, await laterThan(to, relink));
    if (planned.kind === 'refused') return planned;
    const { actor, now, reason } = act;
    const next: RelinkItem = {
      ...relink,
      version: relink.version + 1,
      state: 'undone',
      undoneAt: now,
      undoneBy: actor,
      ...(planned.stayed.length === 0 ? {} : { stayed: [...planned.stayed] }),
    };
    const entry = { at: now, actor, action: `undo ${relink.kind}`, from: relink.to, to: relink.from, reason };
    const [back] = planned.back;
    const [left] = planned.to.recordIds;
    const outcome = await merges.relinked({
      persons: [{ next: planned.from, entry }, { next: planned.to, entry }],
      moves: { recordIds: planned.back, from: relink.to, to: relink.from },
      relink: next,
      marked: [back, left].filter((id) => id !== undefined),
      localDay: localDay(now, timeZone),
      reviews: [...(await reopened(relink.reviewId, act)), ...planned.stayed.map((recordId) => questionOf(recordId, relink, act))],
    });
    return outcome.kind === 'committed' ? { kind: 'undone', relink: next } : undefined;
  };

  const decide = async (relinkId: string, ifMatch: number, act: Act): Promise<UndoOutcome> => {
    for (let attempt = 1; attempt <= maxDecisionAttempts; attempt += 1) {
      const relink = await merges.relink(relinkId);
      if (relink === undefined) return { kind: 'not-found' };
      const isOwnAct = relink.state === 'undone' && relink.version === ifMatch + 1 && relink.undoneBy === act.actor;
      if (isOwnAct) return { kind: 'repeated', relink };
      if (relink.version !== ifMatch) return { kind: 'stale' };
      if (relink.state === 'undone') return { kind: 'illegal-move', from: relink.state, legalFrom: ['standing'] };
      const outcome = await undo(relink, act);
      if (outcome !== undefined) return outcome;
    }
    return { kind: 'contended' };
  };

  return async (relinkId: string, ifMatch: number, act: Act): Promise<UndoOutcome> => {
    const outcome = await decide(relinkId, ifMatch, act);
    if ('relink' in outcome) await compareAgain([outcome.relink.from, outcome.relink.to], act);
    return outcome;
  };
};
export type UndoRelink = ReturnType<typeof makeUndoRelink>;
