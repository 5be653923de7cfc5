import { pageQuery } from '../../shared/contracts/common.ts';
import { problem } from '../../shared/contracts/problem.ts';
import type { Route, RouteResponse } from '../../shared/contracts/route.ts';
import * as s from './schemas-reviews.ts';

const faulty: RouteResponse = { description: 'What is wrong, and where', schema: problem };
const ok = (description: string, schema: NonNullable<RouteResponse['schema']>): RouteResponse => ({ description, schema });
const change = { 400: faulty, 404: faulty, 409: faulty, 412: faulty, 428: faulty };
const reviewed = ok('The report and those it was compared with; the version of the report is the ETag', s.doseReview);
const recalled = ok('The recall; its version is the ETag', s.recall);
const recorded = ok('The recall and what to look at; its version is the ETag', s.recordedRecall);

/** Reports that may tell one dose, what is questionable about doses, and lots that were recalled. */
export const reviewRoutes = [
  {
    id: 'listDoseReviews',
    method: 'GET',
    path: '/dose-reviews',
    action: 'dose.judge',
    summary: 'Reports of which somebody must say whether they tell one dose',
    query: pageQuery,
    responses: { 200: ok('One page', s.doseReviewPage), 400: faulty },
  },
  {
    id: 'readDoseReview',
    method: 'GET',
    path: '/dose-reviews/{doseId}',
    action: 'dose.judge',
    summary: 'A report and those it was compared with, linked or not',
    responses: { 200: reviewed, 404: faulty },
  },
  {
    id: 'decideDoseReview',
    method: 'POST',
    path: '/dose-reviews/{doseId}/decision',
    action: 'dose.judge',
    summary: 'Say that two reports tell the same dose or different ones; also undoes a link',
    body: s.doseDecisionForm,
    changes: true,
    responses: { 200: reviewed, ...change },
  },
  {
    id: 'listSiteValidity',
    method: 'GET',
    path: '/sites/{siteId}/validity',
    action: 'dose.read',
    summary: 'Doses of a site and day about which something is questionable, and how many of each kind',
    query: s.validityQuery,
    responses: { 200: ok('The day', s.siteValidity), 400: faulty, 404: faulty },
  },
  {
    id: 'listSiteRecalls',
    method: 'GET',
    path: '/sites/{siteId}/recalls',
    action: 'inventory.read',
    summary: 'Recalls of lots that the site has or had',
    responses: { 200: ok('Each account of a recalled lot', s.siteRecalls), 404: faulty },
  },
  {
    id: 'recordRecall',
    method: 'POST',
    path: '/recalls',
    action: 'recall.record',
    summary: 'Record that a lot was recalled',
    body: s.recallForm,
    creates: true,
    responses: { 201: recorded, 200: recorded, 400: faulty, 409: faulty, 422: faulty },
  },
  {
    id: 'listRecalls',
    method: 'GET',
    path: '/recalls',
    action: 'recall.read',
    summary: 'Recalled lots, standing and lifted',
    query: pageQuery,
    responses: { 200: ok('One page', s.recallPage), 400: faulty },
  },
  {
    id: 'changeRecall',
    method: 'PUT',
    path: '/recalls/{recallId}',
    action: 'recall.record',
    summary: 'Lift a recall, or let it stand again',
    body: s.recallChange,
    changes: true,
    responses: { 200: recalled, ...change },
  },
  {
    id: 'traceRecall',
    method: 'GET',
    path: '/recalls/{recallId}/doses',
    action: 'recall.trace',
    summary: 'Who got a recalled lot: its doses and the person of each; every read is entered',
    query: pageQuery,
    responses: {
      200: ok(
        'One page of at most 50 doses; go on while there is a nextCursor, even when a page holds fewer or, of a very common number, none',
        s.tracedDosePage,
      ),
      400: faulty,
      404: faulty,
    },
  },
] as const satisfies readonly Route[];
