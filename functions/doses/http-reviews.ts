import { reject, type ApiResponse, type Handlers } from '../../shared/platform/http.ts';
import type { DecideDoseOutcome, DoseReview, DoseReviews } from './decide-dose.ts';
import type { TraceRecall } from './lots/trace-recall.ts';
import type { makeReadValidity } from './read-validity.ts';
import type { ChangeRecallOutcome, makeChangeRecall, makeRecordRecall, makeSiteRecalls, RecordRecallOutcome } from './record-recall.ts';
import type { reviewRoutes } from './routes-reviews.ts';
import { judgementWords, shownDose } from './show-dose.ts';
import type { DoseStore } from './store-doses.ts';
import type { RecallStore } from './store-recalls.ts';

export interface ReviewUseCases {
  readonly doses: Pick<DoseStore, 'reviews'>;
  readonly doseReviews: DoseReviews;
  readonly readValidity: ReturnType<typeof makeReadValidity>;
  readonly recalls: Pick<RecallStore, 'recalls'>;
  readonly recordRecall: ReturnType<typeof makeRecordRecall>;
  readonly changeRecall: ReturnType<typeof makeChangeRecall>;
  readonly siteRecalls: ReturnType<typeof makeSiteRecalls>;
  readonly traceRecall: TraceRecall;
}

const shown = ({ dose, other, witnesses }: DoseReview): object =>
  ({ dose: shownDose(dose), witnesses: witnesses.map(shownDose), ...(other === undefined ? {} : { other: shownDose(other) }) });
const reviewed = (review: DoseReview): ApiResponse => ({ status: 200, body: shown(review), version: review.dose.version });

const decided = (outcome: DecideDoseOutcome): ApiResponse => {
  switch (outcome.kind) {
    case 'decided':
      return reviewed(outcome.review);
    case 'not-found':
      return reject(404, 'not-found');
    case 'stale':
      return reject(412, 'stale-version', 'Read it again and repeat what you meant to do.');
    case 'not-given':
      return reject(409, 'illegal-move', 'Only doses that were given and stand can be compared.');
    case 'not-of-this-person':
      return reject(400, 'invalid-request', 'Two reports of one person are compared.', [
        { path: 'body.with', message: 'must be another report of the same person' },
      ]);
    case 'contended':
      return reject(409, 'try-again', 'Send the same request again.');
  }
};

const recorded = (outcome: RecordRecallOutcome): ApiResponse =>
  outcome.kind === 'exists'
    ? reject(409, 'conflict', 'This lot has a recall already: read it, and change that one.')
    : { status: outcome.kind === 'created' ? 201 : 200, body: { ...outcome.recall, remark: outcome.remark }, version: outcome.recall.version };

const changed = (outcome: ChangeRecallOutcome): ApiResponse => {
  switch (outcome.kind) {
    case 'changed':
      return { status: 200, body: outcome.recall, version: outcome.recall.version };
    case 'not-found':
      return reject(404, 'not-found');
    case 'stale':
      return reject(412, 'stale-version', 'Read it again and repeat what you meant to do.');
    case 'illegal-move':
      return reject(409, 'illegal-move', `It is ${outcome.from} already.`);
  }
};

/** Routes about reports of one dose, questionable doses and recalled lots. */
export const reviewHandlers = ({
  doses,
  doseReviews,
  readValidity,
  recalls,
  recordRecall,
  changeRecall,
  siteRecalls,
  traceRecall,
}: ReviewUseCases): Handlers<typeof reviewRoutes> => ({
  listDoseReviews: async ({ query }) => {
    const page = await doses.reviews(query);
    return { status: 200, body: { ...page, items: page.items.map((item) => ({ ...item, explanation: judgementWords(item.judgement) })) } };
  },
  readDoseReview: async ({ params }) => {
    const review = await doseReviews.read(params.doseId);
    return review === undefined ? reject(404, 'not-found') : reviewed(review);
  },
  decideDoseReview: async ({ params, body, principal, now, ifMatch }) =>
    decided(await doseReviews.decide(params.doseId, body, { actor: principal.subject, now, ifMatch })),
  listSiteValidity: async ({ params, query }) => {
    const found = await readValidity(params.siteId, query.day);
    return { status: 200, body: { ...found, day: query.day, items: found.items.map(shownDose) } };
  },
  listSiteRecalls: async ({ params }) => ({ status: 200, body: { items: await siteRecalls(params.siteId) } }),
  recordRecall: async ({ body, principal, now }) => recorded(await recordRecall(body, { actor: principal.subject, now })),
  listRecalls: async ({ query }) => ({ status: 200, body: await recalls.recalls(query) }),
  traceRecall: async ({ params, query, principal, now, correlationId }) => {
    const page = await traceRecall(params.recallId, query, { actor: principal.subject, now, correlationId });
    if (page === undefined) return reject(404, 'not-found');
    return { status: 200, body: { ...page, items: page.items.map(({ dose, ...how }) => ({ ...shownDose(dose), ...how })) } };
  },
  changeRecall: async ({ params, body, principal, now, ifMatch }) =>
    changed(await changeRecall(params.recallId, body, { actor: principal.subject, now, ifMatch })),
});
