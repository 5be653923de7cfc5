import { reject, type ApiResponse, type Handlers } from '../../shared/platform/http.ts';
import type { PersonItem } from '../../shared/published/person.ts';
import type { PersonStore } from './store-persons.ts';
import { relinkRefusals, type RelinkItem, type RelinkRefusal } from './domain/persons/relink.ts';
import { reviewIdOf, type ReviewItem } from './domain/persons/review.ts';
import type { Decisions } from './persons/decisions.ts';
import type { DecideOutcome } from './persons/decide-review.ts';
import type { RelinkOutcome } from './persons/merge-persons.ts';
import type { OptOutOutcome } from './persons/set-opt-out.ts';
import type { UndoOutcome } from './persons/undo-relink.ts';
import type { personRoutes } from './routes-persons.ts';

const shownReview = (review: ReviewItem): object => ({ ...review, reviewId: reviewIdOf(review) });

/** What ends the same way for every decision. */
type Ended =
  | { kind: 'not-found' | 'stale' | 'contended' | 'key-reused' | 'not-a-candidate' | 'in-future' }
  | { kind: 'refused'; why: RelinkRefusal }
  | { kind: 'was-merged'; into: string }
  | { kind: 'illegal-move'; from: string; legalFrom: readonly string[] };

const ended = (outcome: Ended): ApiResponse => {
  switch (outcome.kind) {
    case 'not-found':
      return reject(404, 'not-found');
    case 'stale':
      return reject(412, 'stale-version', 'Read it again and repeat what you meant to do.');
    case 'contended':
      return reject(409, 'try-again', 'Send the same request again.');
    case 'key-reused':
      return reject(422, 'idempotency-key-reused');
    case 'not-a-candidate':
      return reject(400, 'invalid-request', 'Name one of the candidates.', [
        { path: 'body.personId', message: 'must be one of the candidates of this review' },
      ]);
    case 'in-future':
      return reject(400, 'invalid-request', 'The day has not come yet.', [{ path: 'body.on', message: 'must not be after today' }]);
    case 'refused':
      return reject(409, 'illegal-move', `It cannot be done: ${relinkRefusals[outcome.why]}.`);
    case 'was-merged':
      return reject(409, 'illegal-move', `It was merged into ${outcome.into}: decide about that one.`);
    case 'illegal-move':
      return reject(409, 'illegal-move', `It is ${outcome.from}; this is possible from ${outcome.legalFrom.join(', ')}.`);
  }
};

const decided = (outcome: DecideOutcome): ApiResponse =>
  'review' in outcome ? { status: 200, body: shownReview(outcome.review), version: outcome.review.version } : ended(outcome);

const done = (relink: RelinkItem, status: number): ApiResponse => ({ status, body: relink, version: relink.version });
const relinked = (outcome: RelinkOutcome): ApiResponse =>
  'relink' in outcome ? done(outcome.relink, outcome.kind === 'relinked' ? 201 : 200) : ended(outcome);
const undone = (outcome: UndoOutcome): ApiResponse =>
  'relink' in outcome
    ? done(outcome.relink, 200)
    : outcome.kind === 'stale'
      ? reject(412, 'stale-version', 'If-Match is the version of the relink, not of the person: GET /persons/{personId} shows it under relinks.')
      : ended(outcome);

const ofPerson = (person: PersonItem): ApiResponse => ({ status: 200, body: person, version: person.version });
const optedOut = (outcome: OptOutOutcome): ApiResponse =>
  'person' in outcome ? ofPerson(outcome.person) : ended(outcome);

/** Routes of the registry's staff: decisions about whose a record is, and who is out of the registry's answers. */
export const personHandlers = (decisions: Decisions, persons: Pick<PersonStore, 'reviews' | 'openReviews'>): Handlers<typeof personRoutes> => ({
  listReviews: async ({ query }) => {
    const page = await (query.day === undefined ? persons.openReviews(query) : persons.reviews(query.day, query));
    return { status: 200, body: { ...page, items: page.items.map(shownReview) } };
  },
  openReview: async ({ params, principal, now, correlationId }) => {
    const opened = await decisions.openReview(params.reviewId, { actor: principal.subject, now, correlationId });
    if (opened === undefined) return reject(404, 'not-found');
    const { review, own, candidates, history } = opened;
    return { status: 200, body: { ...shownReview(review), own, candidatesNow: candidates, history }, version: review.version };
  },
  decideReview: async ({ params, body: { reason, ...asked }, principal, now, ifMatch }) =>
    decided(await decisions.decideReview(params.reviewId, ifMatch, asked, { actor: principal.subject, now, reason })),
  findPerson: async ({ query, principal, now, correlationId }) => {
    const found = await decisions.findPersonOfDose(query.doseId, { actor: principal.subject, now, correlationId });
    return found === undefined ? reject(404, 'not-found') : { status: 200, body: found };
  },
  readPerson: async ({ params, principal, now, correlationId }) => {
    const read = await decisions.readPerson(params.personId, { actor: principal.subject, now, correlationId });
    return read === undefined ? reject(404, 'not-found') : { status: 200, body: read, version: read.person.version };
  },
  listPersonReads: async ({ params, query }) => ({ status: 200, body: await decisions.reads.ofPerson(params.personId, query) }),
  listMessageReads: async ({ params, query }) => ({ status: 200, body: await decisions.reads.ofMessage(params.messageId, query) }),
  mergePersons: async ({ params, body, principal, now, ifMatch, idempotencyKey }) =>
    relinked(
      await decisions.mergePersons({ personId: params.personId, ifMatch, idempotencyKey }, body.personId, {
        actor: principal.subject,
        now,
        reason: body.reason,
      }),
    ),
  unlinkRecord: async ({ params, body, principal, now, ifMatch, idempotencyKey }) => {
    const unlinkRecord = await decisions.unlinkRecord();
    return relinked(
      await unlinkRecord({ personId: params.personId, ifMatch, idempotencyKey }, params.recordId, {
        actor: principal.subject,
        now,
        reason: body.reason,
      }),
    );
  },
  undoRelink: async ({ params, body, principal, now, ifMatch }) =>
    undone(await decisions.undo(params.relinkId, ifMatch, { actor: principal.subject, now, reason: body.reason })),
  optOut: async ({ params, body, principal, now, ifMatch }) =>
    optedOut(await decisions.setOptOut(params.personId, ifMatch, body.on, { actor: principal.subject, now, reason: body.reason })),
  liftOptOut: async ({ params, body, principal, now, ifMatch }) =>
    optedOut(await decisions.setOptOut(params.personId, ifMatch, undefined, { actor: principal.subject, now, reason: body.reason })),
});
