import { patientFacts, type PersonItem, type RecordItem } from '../../../shared/published/person.ts';
import { comparePatients, inWords } from '../domain/match/match-patients.ts';
import type { MatchPolicy } from '../domain/match/weights.ts';
import { areApart } from '../domain/persons/relink.ts';
import { reviewIdOf, type ReviewItem } from '../domain/persons/review.ts';
import { makeShowRecords, type Reader, type ReadPersonDeps, type ShownRecord } from './read-person.ts';
import type { MergeStore } from './store-merges.ts';

/** Candidates that are shown; a record that resembles more persons than this is no evidence. */
const maxShownCandidates = 10;
/** Steps of its history that are shown. */
const maxSteps = 50;

export interface OpenReviewDeps extends Omit<ReadPersonDeps, 'merges'> {
  readonly merges: MergeStore;
  readonly standing: (personId: string) => Promise<PersonItem | undefined>;
  /** Which identifiers the jurisdiction lets count. */
  readonly policy: MatchPolicy;
}

/** One person of a review, with its records; and how the record in question compares with the one it fits best. */
interface Side {
  readonly person: PersonItem;
  readonly records: readonly ShownRecord[];
}
export interface Candidate extends Side {
  /** As the review names it; `person` is who that is now. */
  readonly personId: string;
  /** What was decided since, by this review or another. */
  readonly settled?: 'same' | 'different';
  readonly comparison?: {
    readonly recordId: string;
    readonly answer: string;
    readonly score: number;
    readonly lines: readonly object[];
    readonly words: readonly string[];
  };
}
export interface OpenedReview {
  readonly reviewId: string;
  readonly review: ReviewItem;
  readonly record: RecordItem;
  readonly own: Side;
  readonly candidates: readonly Candidate[];
  readonly history: readonly object[];
}

/** The record of a candidate that fits best, with the score and what made it. */
const bestComparison = (record: RecordItem, others: readonly RecordItem[], policy: MatchPolicy): Candidate['comparison'] => {
  const facts = patientFacts.parse(record);
  const [best] = others
    .map((other) => ({ recordId: other.recordId, ...comparePatients(facts, patientFacts.parse(other), policy) }))
    .sort((a, b) => b.score - a.score);
  return best === undefined
    ? undefined
    : { recordId: best.recordId, answer: best.answer, score: best.score, lines: best.lines, words: inWords(best) };
};

/** Opens a question about a record: both sides, and the explained score of how they compare. The read is entered for every person shown. */
export const makeOpenReview = ({ merges, standing, doses, reads, policy }: OpenReviewDeps) => {
  const show = makeShowRecords(doses);

  const sideOf = async (person: PersonItem): Promise<Side & { items: RecordItem[] }> => {
    const items = await merges.records(person.recordIds);
    return { person, items, records: await show(items) };
  };

  return async (reviewId: string, { actor, now, correlationId }: Reader): Promise<OpenedReview | undefined> => {
    const review = await merges.review(reviewId);
    if (review === undefined) return undefined;
    const record = await merges.record(review.recordId);
    const owner = record === undefined ? undefined : await standing(record.personId);
    if (record === undefined || owner === undefined) throw new Error('A review names a record or person that does not exist');
    const named = await Promise.all(
      review.candidates.slice(0, maxShownCandidates).map(async (personId) => ({ personId, person: await standing(personId) })),
    );
    const known = named.flatMap(({ personId, person }) => (person === undefined ? [] : [{ personId, person }]));
    await reads.enter(
      [...new Set([owner, ...known.map(({ person }) => person)].map(({ personId }) => personId))],
      { at: now, actor, what: 'review', of: reviewId },
      correlationId,
    );
    const own = await sideOf(owner);
    const candidates = await Promise.all(known.map(async ({ personId, person }): Promise<Candidate> => {
      const { items, records } = await sideOf(person);
      const comparison = bestComparison(record, items.filter(({ recordId }) => recordId !== record.recordId), policy);
      const settled = person.personId === owner.personId ? 'same' : areApart(owner, person) ? 'different' : undefined;
      return { personId, person, records, ...(settled === undefined ? {} : { settled }), ...(comparison === undefined ? {} : { comparison }) };
    }));
    return {
      reviewId: reviewIdOf(review),
      review,
      record,
      own: { person: own.person, records: own.records },
      candidates,
      history: await merges.history(review, maxSteps),
    };
  };
};
