import { createdId } from '../../../shared/kernel/ids.ts';
import { maxDecisionAttempts } from '../../../shared/kernel/limits.ts';
import type { PersonItem } from '../../../shared/published/person.ts';
import { planLink, setApart, type RelinkRefusal } from '../domain/persons/relink.ts';
import { moveReview, reviewIdOf, type ReviewDecision, type ReviewItem } from '../domain/persons/review.ts';
import type { CompareAgain } from './compare-again.ts';
import { relinkWrite, type Act } from './merge-persons.ts';
import type { MergeStore, PersonStep, ReviewStep } from './store-merges.ts';
import type { UndoRelink } from './undo-relink.ts';

export interface ReviewAsked {
  readonly decision: ReviewDecision;
  /** The candidate that is meant; with `different`, absent means all of them. */
  readonly personId?: string | undefined;
  /** With `same`: the record alone, or all records of its person (a merge). */
  readonly moves: 'record' | 'person';
}

export type DecideOutcome =
  | { kind: 'decided' | 'repeated'; review: ReviewItem }
  | { kind: 'not-found' }
  | { kind: 'not-a-candidate' }
  | { kind: 'refused'; why: RelinkRefusal }
  | { kind: 'stale' }
  | { kind: 'illegal-move'; from: string; legalFrom: readonly string[] }
  | { kind: 'contended' };

export interface DecideDeps {
  readonly merges: MergeStore;
  /** The person that an id stands for now. */
  readonly standing: (personId: string) => Promise<PersonItem | undefined>;
  readonly undo: UndoRelink;
  readonly compareAgain: CompareAgain;
  readonly timeZone: string;
}

/** Pairs that one decision keeps apart: two writes each and the review, in one transaction. */
const maxPairs = 20;

/**
 * Decides a question about a record: the same person, different people for ever, later, or the decision taken back. Over the version of the
 * review that was read; a dose or message that comes meanwhile makes it be worked out again, not refused.
 */
export const makeDecideReview = ({ merges, standing, undo, compareAgain, timeZone }: DecideDeps) => {
  const personOf = async (personId: string): Promise<PersonItem> => {
    const found = await standing(personId);
    if (found === undefined) throw new Error('A review names a person that does not exist');
    return found;
  };
  const ownPerson = async ({ recordId }: ReviewItem): Promise<PersonItem> => {
    const record = await merges.record(recordId);
    if (record === undefined) throw new Error('A review names a record that does not exist');
    return personOf(record.personId);
  };
  const chosen = ({ candidates }: ReviewItem, { personId }: ReviewAsked): readonly string[] | undefined =>
    personId === undefined ? candidates : candidates.includes(personId) ? [personId] : undefined;

  const stepOf = (
    review: ReviewItem,
    asked: ReviewAsked,
    { actor, now, reason }: Act,
    to: ReviewItem['state'],
    what: Partial<Pick<ReviewItem, 'relinkId' | 'apart'>> = {},
  ): ReviewStep => {
    const { relinkId: _, apart: __, ...rest } = review;
    return {
      next: { ...rest, version: review.version + 1, state: to, decidedAt: now, decidedBy: actor, ...what },
      entry: { at: now, actor, action: asked.decision, from: review.state, to, reason },
    };
  };
  const done = (outcome: { kind: string }, { next }: ReviewStep): DecideOutcome | undefined =>
    outcome.kind === 'committed' ? { kind: 'decided', review: next } : undefined;

  const same = async (review: ReviewItem, asked: ReviewAsked, act: Act): Promise<DecideOutcome | undefined> => {
    const [candidate, ...others] = chosen(review, asked) ?? [];
    if (candidate === undefined || others.length > 0) return { kind: 'not-a-candidate' };
    const [from, to] = await Promise.all([ownPerson(review), personOf(candidate)]);
    const recordIds = asked.moves === 'record' ? [review.recordId] : from.recordIds;
    const reviewId = reviewIdOf(review);
    const relinkId = createdId('rel', 'review', reviewId, String(review.version));
    const planned = planLink(from, to, recordIds, relinkId);
    if (planned.kind === 'refused') return planned;
    const kind = planned.from.recordIds.length === 0 ? 'merge' : 'link';
    const step = stepOf(review, asked, act, 'same', { relinkId });
    return done(
      await merges.relinked({ ...relinkWrite(planned, { relinkId, kind, recordIds, reviewId, digest: relinkId }, act, timeZone), reviews: [step] }),
      step,
    );
  };

  /** Sets or ends what is kept apart, pair by pair, each person written once. */
  const apart = async (
    review: ReviewItem,
    asked: ReviewAsked,
    act: Act,
    pairs: readonly (readonly [string, string])[],
    isApart: boolean,
    to: ReviewItem['state'],
  ): Promise<DecideOutcome | undefined> => {
    const ids = [...new Set(pairs.flat())];
    const read = new Map(
      (await Promise.all(ids.map((id) => merges.person(id)))).flatMap((one) => (one === undefined ? [] : [[one.personId, one] as const])),
    );
    const persons = new Map(read);
    for (const [one, other] of pairs) {
      const [a, b] = [persons.get(one), persons.get(other)];
      if (a === undefined || b === undefined) continue;
      const next = setApart(a, b, isApart);
      // The first of a pair is the record's own person: it waits for a decision, or does not any more.
      const { provisional: _, ...own } = next.a;
      persons.set(one, isApart ? own : { ...own, provisional: true });
      persons.set(other, next.b);
    }
    const { actor, now, reason } = act;
    const steps = [...persons.values()].flatMap((person): PersonStep[] => {
      const before = read.get(person.personId);
      // Written once, whatever the number of pairs it is in.
      const next = { ...person, version: (before?.version ?? 0) + 1 };
      return before === person ? [] : [{ next, entry: { at: now, actor, action: isApart ? 'keep apart' : 'no longer keep apart', reason } }];
    });
    const step = stepOf(review, asked, act, to, isApart ? { apart: pairs.map(([one, other]) => [one, other]) } : {});
    return done(await merges.decided(steps, step), step);
  };

  const different = async (review: ReviewItem, asked: ReviewAsked, act: Act): Promise<DecideOutcome | undefined> => {
    const candidates = chosen(review, asked);
    if (candidates === undefined) return { kind: 'not-a-candidate' };
    const own = await ownPerson(review);
    const others = [...new Set((await Promise.all(candidates.map(personOf))).map(({ personId }) => personId))];
    if (others.includes(own.personId)) return { kind: 'refused', why: 'same-person' };
    if (others.length > maxPairs) return { kind: 'refused', why: 'too-many-decisions' };
    return apart(review, asked, act, others.map((other) => [own.personId, other]), true, 'different');
  };

  /** Ends what is kept apart also for those that one of the pair was merged into since. */
  const reunited = async (pairs: NonNullable<ReviewItem['apart']>): Promise<[string, string][]> => {
    const now = async (id: string): Promise<string[]> => [...new Set([id, (await personOf(id)).personId])];
    const all = await Promise.all(pairs.map(async ([one, other]) => ({ ones: await now(one), others: await now(other) })));
    return all.flatMap(({ ones, others }) =>
      ones.flatMap((one) => others.filter((other) => other !== one).map((other): [string, string] => [one, other])),
    );
  };

  const reopen = async (review: ReviewItem, asked: ReviewAsked, act: Act): Promise<DecideOutcome | undefined> => {
    if (review.relinkId === undefined) return apart(review, asked, act, await reunited(review.apart ?? []), false, 'open');
    const relink = await merges.relink(review.relinkId);
    if (relink === undefined) throw new Error('A review names a decision that does not exist');
    const outcome = await undo(relink.relinkId, relink.version, act);
    if (outcome.kind === 'refused') return outcome;
    const standingNow = await merges.review(reviewIdOf(review));
    return standingNow?.state === 'open' ? { kind: 'decided', review: standingNow } : undefined;
  };

  const decide: Readonly<Record<ReviewDecision, (review: ReviewItem, asked: ReviewAsked, act: Act) => Promise<DecideOutcome | undefined>>> = {
    same, different, reopen,
    later: async (review, asked, act) => {
      const step = stepOf(review, asked, act, 'later');
      return done(await merges.decided([], step), step);
    },
  };

  const decided = async (reviewId: string, ifMatch: number, asked: ReviewAsked, act: Act): Promise<DecideOutcome> => {
    for (let attempt = 1; attempt <= maxDecisionAttempts; attempt += 1) {
      const review = await merges.review(reviewId);
      if (review === undefined) return { kind: 'not-found' };
      const move = moveReview(asked.decision, review.state);
      // The answer to the same decision was lost: it stands.
      const reached = asked.decision === 'reopen' ? 'open' : asked.decision;
      if (review.version === ifMatch + 1 && review.decidedBy === act.actor && review.state === reached) return { kind: 'repeated', review };
      if (review.version !== ifMatch) return { kind: 'stale' };
      if (move.kind === 'illegal-move') return move;
      const outcome = await decide[asked.decision](review, asked, act);
      if (outcome !== undefined) return outcome;
    }
    return { kind: 'contended' };
  };

  return async (reviewId: string, ifMatch: number, asked: ReviewAsked, act: Act): Promise<DecideOutcome> => {
    const outcome = await decided(reviewId, ifMatch, asked, act);
    const relink = 'review' in outcome && outcome.review.relinkId !== undefined ? await merges.relink(outcome.review.relinkId) : undefined;
    if (relink !== undefined) await compareAgain([relink.from, relink.to], act);
    return outcome;
  };
};
export type DecideReview = ReturnType<typeof makeDecideReview>;
