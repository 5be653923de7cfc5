import { pageQuery } from '../../shared/contracts/common.ts';
import { problem } from '../../shared/contracts/problem.ts';
import type { Route, RouteResponse } from '../../shared/contracts/route.ts';
import { reportingAnswer, reportingQuery } from './schemas-practices.ts';
import * as s from './schemas.ts';

const faulty: RouteResponse = { description: 'What is wrong, and where', schema: problem };
const answer = (description: string, schema: NonNullable<RouteResponse['schema']>): RouteResponse => ({ description, schema });

export const routes = [
  {
    id: 'readCoverage',
    method: 'GET',
    path: '/coverage',
    action: 'coverage.read',
    summary: 'People vaccinated and doses given, by one dimension over a range of days; outside the department by whole months, without small counts',
    query: s.coverageQuery,
    responses: { 200: answer('The figures and what stands behind them', s.coverageAnswer), 400: faulty },
  },
  {
    id: 'readReporting',
    method: 'GET',
    path: '/reporting',
    action: 'reporting.read',
    summary: 'Which practices reported of a week: in time, late or silent; how many, and how the weeks before were',
    query: reportingQuery,
    responses: { 200: answer('A page of practices; counts and trend on the first', reportingAnswer), 400: faulty },
  },
  {
    id: 'listSubmissions',
    method: 'GET',
    path: '/submissions',
    action: 'submission.read',
    summary: 'Submissions to CDC, newest day first',
    query: s.submissionsQuery,
    responses: { 200: answer('One page', s.submissionPage), 400: faulty },
  },
  {
    id: 'readSubmission',
    method: 'GET',
    path: '/submissions/{submissionId}',
    action: 'submission.read',
    summary: 'One submission with its files, counts and hashes',
    responses: { 200: answer('The submission; its version is the ETag', s.submission), 404: faulty },
  },
  {
    id: 'readSubmissionFile',
    method: 'GET',
    path: '/submissions/{submissionId}/file',
    action: 'submission.read',
    summary: 'Where a file of a submission can be read, for a few minutes',
    query: s.fileQuery,
    responses: { 200: answer('The address', s.fileAddress), 400: faulty, 404: faulty },
  },
  {
    id: 'listSubmissionHeld',
    method: 'GET',
    path: '/submissions/{submissionId}/held',
    action: 'submission.read',
    summary: 'Events that a submission could not send, and why: also those that were sent later',
    query: pageQuery,
    responses: { 200: answer('One page', s.heldPage), 400: faulty, 404: faulty },
  },
  {
    id: 'listHeld',
    method: 'GET',
    path: '/held-events',
    action: 'submission.read',
    summary: 'Events that wait until they can be sent, as the last night left them, and why',
    query: pageQuery,
    responses: { 200: answer('One page', s.heldPage), 400: faulty },
  },
  {
    id: 'listRestatements',
    method: 'GET',
    path: '/restatements',
    action: 'submission.read',
    summary: 'What was sent to CDC and changed on a day',
    query: s.restatementsQuery,
    responses: { 200: answer('One page', s.restatementPage), 400: faulty },
  },
  {
    id: 'listExports',
    method: 'GET',
    path: '/exports',
    action: 'export.read',
    summary: 'The exports of a day: each table with its files, counts and hashes',
    query: s.exportsQuery,
    responses: { 200: answer('All tables that are complete', s.exportsAnswer), 400: faulty },
  },
  {
    id: 'readExportFile',
    method: 'GET',
    path: '/exports/{day}/{table}/{file}',
    action: 'export.read',
    summary: 'Where a file of an export can be read, for a few minutes',
    responses: { 200: answer('The address', s.fileAddress), 404: faulty },
  },
] as const satisfies readonly Route[];
