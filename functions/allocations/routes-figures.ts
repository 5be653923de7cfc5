import { pageQuery } from '../../shared/contracts/common.ts';
import { problem } from '../../shared/contracts/problem.ts';
import type { Route, RouteResponse } from '../../shared/contracts/route.ts';
import * as s from './schemas-figures.ts';

const faulty: RouteResponse = { description: 'What is wrong, and where', schema: problem };
const dispute: RouteResponse = { description: 'The dispute; its version is the ETag', schema: s.dispute };
const disputes: RouteResponse = { description: 'One page', schema: s.disputePage };
const attestation: RouteResponse = { description: 'What the site attested; its version is the ETag', schema: s.attestation };
const rules: RouteResponse = { description: 'The rules; their version is the ETag (0 while they are those of the product)', schema: s.figureRules };
const change = { 404: faulty, 409: faulty, 412: faulty, 428: faulty };

/** The figures that allocations use about sites: to be seen, attested, disputed and answered. */
export const figureRoutes = [
  {
    id: 'readAllocationFigures',
    method: 'GET',
    path: '/sites/{siteId}/allocation-figures',
    action: 'request.read',
    summary: 'Every figure that the next draft of a week would use about a site: value, source, day and how it was worked out',
    query: s.weekOfFigures,
    responses: { 200: { description: 'The input and its figures', schema: s.siteFigures }, 400: faulty, 404: faulty },
  },
  {
    id: 'readAllocationFigure',
    method: 'GET',
    path: '/sites/{siteId}/allocation-figures/{figureId}',
    action: 'request.read',
    summary: 'One figure about a site',
    responses: { 200: { description: 'The figure', schema: s.oneFigure }, 404: faulty },
  },
  {
    id: 'readOutlook',
    method: 'GET',
    path: '/sites/{siteId}/outlook',
    action: 'request.read',
    summary: 'The three weeks after the week asked for: firm, likely and planning doses of a site, and the risk of having to cancel clinics',
    query: s.outlookQuery,
    responses: { 200: { description: 'The outlook', schema: s.outlook }, 400: faulty, 404: faulty },
  },
  {
    id: 'listAttestations',
    method: 'GET',
    path: '/sites/{siteId}/attestations',
    action: 'request.read',
    summary: 'Weeks of doses given that a site attested, latest first',
    query: pageQuery,
    responses: { 200: { description: 'One page', schema: s.attestationPage }, 404: faulty },
  },
  {
    id: 'attestWeek',
    method: 'PUT',
    path: '/sites/{siteId}/attestations/{week}',
    action: 'request.write',
    summary: 'Say how many doses were given in a week that is over, while records do not come in (If-Match "0" for the first)',
    body: s.attestationForm,
    changes: true,
    responses: { 200: attestation, 400: faulty, ...change },
  },
  {
    id: 'raiseDispute',
    method: 'POST',
    path: '/sites/{siteId}/disputes',
    action: 'figure.dispute',
    summary: 'Dispute a figure that is used about the site',
    body: s.disputeForm,
    creates: true,
    responses: { 201: dispute, 200: dispute, 400: faulty, 404: faulty, 409: faulty, 422: faulty },
  },
  {
    id: 'listSiteDisputes',
    method: 'GET',
    path: '/sites/{siteId}/disputes',
    action: 'dispute.read',
    summary: 'Disputes of a site',
    query: pageQuery,
    responses: { 200: disputes, 404: faulty },
  },
  {
    id: 'readDispute',
    method: 'GET',
    path: '/sites/{siteId}/disputes/{disputeId}',
    action: 'dispute.read',
    summary: 'One dispute with its answer',
    responses: { 200: dispute, 404: faulty },
  },
  {
    id: 'readDisputeHistory',
    method: 'GET',
    path: '/sites/{siteId}/disputes/{disputeId}/history',
    action: 'dispute.read',
    summary: 'Who did what to a dispute, when and why',
    query: pageQuery,
    responses: { 200: { description: 'One page', schema: s.disputeHistoryPage }, 400: faulty, 404: faulty },
  },
  {
    id: 'withdrawDispute',
    method: 'POST',
    path: '/sites/{siteId}/disputes/{disputeId}/withdrawal',
    action: 'figure.dispute',
    summary: 'Withdraw an open dispute',
    changes: true,
    responses: { 200: dispute, 400: faulty, ...change },
  },
  {
    id: 'answerDispute',
    method: 'POST',
    path: '/sites/{siteId}/disputes/{disputeId}/answer',
    action: 'figure.decide',
    summary: 'Accept a dispute with the value that counts from the next draft on, or decline it; either with a reason',
    body: s.disputeAnswer,
    changes: true,
    responses: { 200: dispute, 400: faulty, 422: faulty, ...change },
  },
  {
    id: 'listDisputes',
    method: 'GET',
    path: '/disputes',
    action: 'run.read',
    summary: 'Disputes of all sites by state, the oldest first',
    query: s.disputeQuery,
    responses: { 200: disputes, 400: faulty },
  },
  {
    id: 'listRunInputs',
    method: 'GET',
    path: '/allocation-runs/{runId}/inputs',
    action: 'run.read',
    summary: 'What a run took in, site by site, with every figure behind it',
    query: pageQuery,
    responses: { 200: { description: 'One page', schema: s.runInputPage }, 400: faulty, 404: faulty },
  },
  {
    id: 'readRunInput',
    method: 'GET',
    path: '/allocation-runs/{runId}/inputs/{siteId}',
    action: 'run.read',
    summary: 'What a run took in of one site',
    responses: { 200: { description: 'The input and its figures', schema: s.siteFigures }, 404: faulty },
  },
  {
    id: 'readFigureRules',
    method: 'GET',
    path: '/figure-rules',
    action: 'supply.read',
    summary: 'How the figures about sites are worked out',
    responses: { 200: rules },
  },
  {
    id: 'setFigureRules',
    method: 'PUT',
    path: '/figure-rules',
    action: 'figure.decide',
    summary: 'Set how the figures about sites are worked out, with a reason (If-Match "0" for the first)',
    body: s.figureRulesForm,
    changes: true,
    responses: { 200: rules, 400: faulty, ...change },
  },
] as const satisfies readonly Route[];
