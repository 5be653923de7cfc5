import { pageQuery } from '../../shared/contracts/common.ts';
import { problem } from '../../shared/contracts/problem.ts';
import type { Route, RouteResponse } from '../../shared/contracts/route.ts';
import { figureRoutes } from './routes-figures.ts';
import { runMoveRoutes } from './routes-run-moves.ts';
import { routes as runRoutes } from './routes-runs.ts';
import { weekRoutes } from './routes-week.ts';
import * as s from './schemas.ts';

const faulty: RouteResponse = { description: 'What is wrong, and where', schema: problem };
const supply: RouteResponse = { description: 'The supply line; its version is the ETag', schema: s.supply };
const standing: RouteResponse = { description: 'What DPH holds of the site; its version is the ETag (0 when there is none yet)', schema: s.standing };
const request: RouteResponse = { description: 'The request; its version is the ETag', schema: s.request };
const award: RouteResponse = { description: 'The award; its version is the ETag', schema: s.siteAward };
const change = { 404: faulty, 409: faulty, 412: faulty, 428: faulty };

export const routes = [
  {
    id: 'recordSupply',
    method: 'POST',
    path: '/supply',
    action: 'supply.record',
    summary: 'Record what the jurisdiction may order in a week',
    body: s.supplyForm,
    creates: true,
    responses: { 201: supply, 200: supply, 400: faulty, 409: faulty },
  },
  {
    id: 'listSupply',
    method: 'GET',
    path: '/supply',
    action: 'supply.read',
    summary: 'Supply of a week',
    query: s.weekQuery,
    responses: { 200: { description: 'One page', schema: s.supplyPage }, 400: faulty },
  },
  {
    id: 'changeSupply',
    method: 'PUT',
    path: '/supply/{supplyId}',
    action: 'supply.record',
    summary: 'Change the packs of a supply line, with a reason',
    body: s.supplyChange,
    changes: true,
    responses: { 200: supply, 400: faulty, ...change },
  },
  {
    id: 'readStanding',
    method: 'GET',
    path: '/sites/{siteId}/standing',
    action: 'request.read',
    summary: 'The figures an allocation uses about a site',
    responses: { 200: standing, 404: faulty },
  },
  {
    id: 'setStanding',
    method: 'PUT',
    path: '/sites/{siteId}/standing',
    action: 'run.draft',
    summary: 'Set the figures an allocation uses about a site (If-Match "0" for the first)',
    body: s.standingForm,
    changes: true,
    responses: { 200: standing, 400: faulty, 422: faulty, ...change },
  },
  {
    id: 'listRequests',
    method: 'GET',
    path: '/sites/{siteId}/requests',
    action: 'request.read',
    summary: 'Requests of a site, latest week first',
    query: pageQuery,
    responses: { 200: { description: 'One page', schema: s.requestPage }, 404: faulty },
  },
  {
    id: 'submitRequest',
    method: 'PUT',
    path: '/sites/{siteId}/requests/{week}/{ndc}/{doseNumber}',
    action: 'request.write',
    summary: 'Say the most the site can use in a week (If-Match "0" for the first)',
    body: s.requestForm,
    changes: true,
    responses: { 200: request, 400: faulty, ...change },
  },
  {
    id: 'settleWeek',
    method: 'POST',
    path: '/allocation-runs/{runId}/settlement',
    action: 'run.publish',
    summary: 'Settle the week of the published run: what rounding owes is carried to the next',
    responses: { 200: { description: 'What was carried', schema: s.settlement }, 400: faulty, 404: faulty, 409: faulty },
  },
  {
    id: 'listAwards',
    method: 'GET',
    path: '/sites/{siteId}/awards',
    action: 'award.read',
    summary: 'Offers to a site, latest week first, each with its explanation',
    query: pageQuery,
    responses: { 200: { description: 'One page', schema: s.siteAwardPage }, 404: faulty },
  },
  {
    id: 'readAward',
    method: 'GET',
    path: '/sites/{siteId}/awards/{awardId}',
    action: 'award.read',
    summary: 'One offer with its explanation',
    responses: { 200: award, 404: faulty },
  },
  {
    id: 'answerAward',
    method: 'POST',
    path: '/sites/{siteId}/awards/{awardId}/answer',
    action: 'award.answer',
    summary: 'Accept, reduce or decline an offer',
    body: s.answerForm,
    changes: true,
    responses: { 200: award, 400: faulty, 422: faulty, ...change },
  },
  ...runMoveRoutes,
  ...figureRoutes,
  ...runRoutes,
  ...weekRoutes,
] as const satisfies readonly Route[];
