import { pageQuery } from '../../shared/contracts/common.ts';
import { problem } from '../../shared/contracts/problem.ts';
import type { Route, RouteResponse } from '../../shared/contracts/route.ts';
import { figureRoutes } from './routes-figures.ts';
import { routes as runRoutes } from './routes-runs.ts';
import * as s from './schemas.ts';

const faulty: RouteResponse = { description: 'What is wrong, and where', schema: problem };
const supply: RouteResponse = { description: 'The supply line; its version is the ETag', schema: s.supply };
const standing: RouteResponse = { description: 'What DPH holds of the site; its version is the ETag (0 when there is none yet)', schema: s.standing };
const request: RouteResponse = { description: 'The request; its version is the ETag', schema: s.request };
const run: RouteResponse = { description: 'The run; its version is the ETag', schema: s.run };
const award: RouteResponse = { description: 'The award; its version is the ETag', schema: s.siteAward };
const change = { 404: faulty, 409: faulty, 412: faulty, 428: faulty };

export const routes = [
  { id: 'recordSupply', method: 'POST', path: '/supply', action: 'supply.record', summary: 'Record what the jurisdiction may order in a week', body: s.supplyForm, creates: true, responses: { 201: supply, 200: supply, 400: faulty, 409: faulty } },
  { id: 'listSupply', method: 'GET', path: '/supply', action: 'supply.read', summary: 'Supply of a week', query: s.weekQuery, responses: { 200: { description: 'One page', schema: s.supplyPage }, 400: faulty } },
  { id: 'changeSupply', method: 'PUT', path: '/supply/{supplyId}', action: 'supply.record', summary: 'Change the packs of a supply line, with a reason', body: s.supplyChange, changes: true, responses: { 200: supply, 400: faulty, ...change } },
  { id: 'readStanding', method: 'GET', path: '/sites/{siteId}/standing', action: 'request.read', summary: 'The figures an allocation uses about a site', responses: { 200: standing, 404: faulty } },
  { id: 'setStanding', method: 'PUT', path: '/sites/{siteId}/standing', action: 'run.draft', summary: 'Set the figures an allocation uses about a site (If-Match "0" for the first)', body: s.standingForm, changes: true, responses: { 200: standing, 400: faulty, ...change } },
  { id: 'listRequests', method: 'GET', path: '/sites/{siteId}/requests', action: 'request.read', summary: 'Requests of a site, latest week first', query: pageQuery, responses: { 200: { description: 'One page', schema: s.requestPage }, 404: faulty } },
  { id: 'submitRequest', method: 'PUT', path: '/sites/{siteId}/requests/{week}/{ndc}/{doseNumber}', action: 'request.write', summary: 'Say the most the site can use in a week (If-Match "0" for the first)', body: s.requestForm, changes: true, responses: { 200: request, 400: faulty, ...change } },
  { id: 'draftRun', method: 'POST', path: '/allocation-runs', action: 'run.draft', summary: 'Draft an allocation of a week: any number, each a what-if', body: s.runForm, creates: true, responses: { 201: run, 200: run, 400: faulty, 409: faulty, 422: faulty } },
  { id: 'listRuns', method: 'GET', path: '/allocation-runs', action: 'run.read', summary: 'Runs of a week, latest first', query: s.weekQuery, responses: { 200: { description: 'One page', schema: s.runPage }, 400: faulty } },
  { id: 'readRun', method: 'GET', path: '/allocation-runs/{runId}', action: 'run.read', summary: 'A run with its summary: who was short, which reserve bound, what is left and why', responses: { 200: run, 404: faulty } },
  { id: 'listRunAwards', method: 'GET', path: '/allocation-runs/{runId}/awards', action: 'run.read', summary: 'Every award of a run with lines that add up to it; only those under their request with short=true', query: s.runAwardsQuery, responses: { 200: { description: 'One page', schema: s.runAwardPage }, 404: faulty } },
  { id: 'replayRun', method: 'POST', path: '/allocation-runs/{runId}/replay', action: 'run.read', summary: 'Share out the stored inputs of a run again and compare', responses: { 200: { description: 'Whether the same came out', schema: s.replayAnswer }, 404: faulty } },
  { id: 'proposeRun', method: 'POST', path: '/allocation-runs/{runId}/proposal', action: 'run.propose', summary: 'Propose a draft', changes: true, responses: { 200: run, ...change, 422: faulty } },
  { id: 'publishRun', method: 'POST', path: '/allocation-runs/{runId}/publication', action: 'run.publish', summary: 'Publish a proposed run: another person than its proposer', changes: true, responses: { 200: run, ...change } },
  { id: 'settleWeek', method: 'POST', path: '/allocation-runs/{runId}/settlement', action: 'run.publish', summary: 'Settle the week of the published run: what rounding owes is carried to the next', responses: { 200: { description: 'What was carried', schema: s.settlement }, 404: faulty, 409: faulty } },
  { id: 'listAwards', method: 'GET', path: '/sites/{siteId}/awards', action: 'award.read', summary: 'Offers to a site, latest week first, each with its explanation', query: pageQuery, responses: { 200: { description: 'One page', schema: s.siteAwardPage }, 404: faulty } },
  { id: 'readAward', method: 'GET', path: '/sites/{siteId}/awards/{awardId}', action: 'award.read', summary: 'One offer with its explanation', responses: { 200: award, 404: faulty } },
  { id: 'answerAward', method: 'POST', path: '/sites/{siteId}/awards/{awardId}/answer', action: 'award.answer', summary: 'Accept, reduce or decline an offer', body: s.answerForm, changes: true, responses: { 200: award, 400: faulty, 422: faulty, ...change } },
  ...figureRoutes,
  ...runRoutes,
] as const satisfies readonly Route[];
