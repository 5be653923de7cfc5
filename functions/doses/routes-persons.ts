import { pageQuery } from '../../shared/contracts/common.ts';
import { problem } from '../../shared/contracts/problem.ts';
import type { Route, RouteResponse } from '../../shared/contracts/route.ts';
import * as s from './schemas-persons.ts';

const faulty: RouteResponse = { description: 'What is wrong, and where', schema: problem };
const ok = (description: string, schema: NonNullable<RouteResponse['schema']>): RouteResponse => ({ description, schema });
const change = { 400: faulty, 404: faulty, 409: faulty, 412: faulty, 428: faulty };
const relinked = ok('What was moved; its version is the ETag', s.relink);
const decided = ok('The person; its version is the ETag', s.personAnswer);

/** Decisions of the registry's staff about whose a record is. */
export const personRoutes = [
  {
    id: 'listReviews',
    method: 'GET',
    path: '/persons/reviews',
    action: 'person.review',
    summary: 'Records that were kept apart until somebody decides whose they are: all that wait, the oldest first, or those of a day',
    query: s.reviewsQuery,
    responses: { 200: ok('One page', s.reviewPage), 400: faulty },
  },
  {
    id: 'openReview',
    method: 'GET',
    path: '/persons/reviews/{reviewId}',
    action: 'person.review',
    summary: 'One of them: both sides, and how they compare',
    responses: { 200: ok('The review; its version is the ETag', s.openedReview), 404: faulty },
  },
  {
    id: 'decideReview',
    method: 'POST',
    path: '/persons/reviews/{reviewId}/decision',
    action: 'person.review',
    summary: 'Decide: the same person, different people for ever, later; or take that back',
    body: s.reviewDecision,
    changes: true,
    responses: { 200: ok('The review as it stands', s.review), ...change },
  },
  {
    id: 'findPerson',
    method: 'GET',
    path: '/persons',
    action: 'person.review',
    summary: 'Whose a dose is',
    query: s.personsQuery,
    responses: { 200: ok('Ids', s.personOfDose), 400: faulty, 404: faulty },
  },
  {
    id: 'readPerson',
    method: 'GET',
    path: '/persons/{personId}',
    action: 'person.review',
    summary: 'A person: records, doses by reference, merges, opt-out, history',
    responses: { 200: ok('The person; its version is the ETag', s.personRead), 404: faulty },
  },
  {
    id: 'listPersonReads',
    method: 'GET',
    path: '/persons/{personId}/reads',
    action: 'audit.read',
    summary: 'Who of the registry looked at a person',
    query: pageQuery,
    responses: { 200: ok('One page, newest first', s.readsPage), 400: faulty },
  },
  {
    id: 'listMessageReads',
    method: 'GET',
    path: '/messages/{messageId}/reads',
    action: 'audit.read',
    summary: 'Who of the registry read the original of a message',
    query: pageQuery,
    responses: { 200: ok('One page, newest first', s.readsPage), 400: faulty },
  },
  {
    id: 'mergePersons',
    method: 'POST',
    path: '/persons/{personId}/merges',
    action: 'person.review',
    summary: 'Merge another person into this one',
    body: s.mergeRequest,
    creates: true,
    changes: true,
    responses: { 201: relinked, 200: relinked, ...change, 422: faulty },
  },
  {
    id: 'unlinkRecord',
    method: 'POST',
    path: '/persons/{personId}/records/{recordId}/unlink',
    action: 'person.review',
    summary: 'Take a record out, to a person of its own',
    body: s.withReason,
    creates: true,
    changes: true,
    responses: { 201: relinked, 200: relinked, ...change, 422: faulty },
  },
  {
    id: 'undoRelink',
    method: 'POST',
    path: '/persons/relinks/{relinkId}/undo',
    action: 'person.review',
    summary:
      'Put back what a merge, a link or an unlink moved; If-Match is the version of the relink, as GET /persons/{personId} shows it under relinks',
    body: s.withReason,
    changes: true,
    responses: { 200: relinked, ...change },
  },
  {
    id: 'optOut',
    method: 'PUT',
    path: '/persons/{personId}/opt-out',
    action: 'person.opt-out',
    summary: 'Enter the department’s decision that a person opted out',
    body: s.optOutRequest,
    changes: true,
    responses: { 200: decided, ...change },
  },
  {
    id: 'liftOptOut',
    method: 'DELETE',
    path: '/persons/{personId}/opt-out',
    action: 'person.opt-out',
    summary: 'End an opt-out',
    body: s.withReason,
    changes: true,
    responses: { 200: decided, ...change },
  },
] as const satisfies readonly Route[];
