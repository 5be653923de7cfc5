import { problem } from '../../shared/contracts/problem.ts';
import type { Route, RouteResponse } from '../../shared/contracts/route.ts';
import { weekQuery } from './schemas.ts';
import * as s from './schemas-run-items.ts';

const faulty: RouteResponse = { description: 'What is wrong, and where', schema: problem };
const run: RouteResponse = { description: 'The run; its version is the ETag', schema: s.run };
const underWay: RouteResponse = { description: 'The run, on which a worker now works; Location is where it can be read', schema: s.run };
const change = { 404: faulty, 409: faulty, 412: faulty, 428: faulty };

/** A run from its draft to its publication. */
export const runMoveRoutes = [
  {
    id: 'draftRun',
    method: 'POST',
    path: '/allocation-runs',
    action: 'run.draft',
    summary: 'Ask for a draft of a week: any number, each a what-if. Read the run until it is no longer drafting',
    body: s.runForm,
    creates: true,
    responses: { 202: underWay, 200: run, 400: faulty, 409: faulty, 422: faulty },
  },
  {
    id: 'listRuns',
    method: 'GET',
    path: '/allocation-runs',
    action: 'run.read',
    summary: 'Runs of a week, latest first',
    query: weekQuery,
    responses: { 200: { description: 'One page', schema: s.runPage }, 400: faulty },
  },
  {
    id: 'readRun',
    method: 'GET',
    path: '/allocation-runs/{runId}',
    action: 'run.read',
    summary: 'A run with its summary: who was short, which reserve bound, what is left and why; or how far it is drafted, or why it was refused',
    responses: { 200: run, 404: faulty },
  },
  {
    id: 'listRunAwards',
    method: 'GET',
    path: '/allocation-runs/{runId}/awards',
    action: 'run.read',
    summary: 'Every award of a run with lines that add up to it; only those under their request with short=true',
    query: s.runAwardsQuery,
    responses: { 200: { description: 'One page', schema: s.runAwardPage }, 404: faulty },
  },
  {
    id: 'replayRun',
    method: 'POST',
    path: '/allocation-runs/{runId}/replay',
    action: 'run.read',
    summary: 'Share out the stored inputs of a run again and compare',
    responses: { 200: { description: 'Whether the same came out', schema: s.replayAnswer }, 400: faulty, 404: faulty },
  },
  {
    id: 'proposeRun',
    method: 'POST',
    path: '/allocation-runs/{runId}/proposal',
    action: 'run.propose',
    summary: 'Propose a draft',
    changes: true,
    responses: { 200: run, 400: faulty, ...change, 422: faulty },
  },
  {
    id: 'publishRun',
    method: 'POST',
    path: '/allocation-runs/{runId}/publication',
    action: 'run.publish',
    summary: 'Publish a proposed run: another person than its proposer. Read the run until it is no longer publishing',
    changes: true,
    responses: { 202: underWay, 400: faulty, ...change },
  },
] as const satisfies readonly Route[];
