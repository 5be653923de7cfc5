import { pageQuery } from '../../shared/contracts/common.ts';
import { problem } from '../../shared/contracts/problem.ts';
import type { Route, RouteResponse } from '../../shared/contracts/route.ts';
import * as s from './schemas-runs.ts';

const faulty: RouteResponse = { description: 'What is wrong, and where', schema: problem };
const policy: RouteResponse = { description: 'The policy version, which never changes', schema: s.policyShown };
const siteOfRun: RouteResponse = { description: 'What was read of the site, and each of its awards with its explanation', schema: s.siteOfRun };
const whatIf: RouteResponse = {
  description: 'What another request, supply, cap, reserve, debt, stock or weight would have given',
  schema: s.whatIfAnswer,
};

/** Policies, questions about runs, and what the public sees. */
export const routes = [
  {
    id: 'storePolicy',
    method: 'POST',
    path: '/policies',
    action: 'run.draft',
    summary: 'Store a version of a policy document (JSON, or text in YAML or JSON); a version never changes',
    body: s.policyForm,
    creates: true,
    responses: { 201: policy, 200: policy, 400: faulty, 409: faulty, 422: faulty },
  },
  {
    id: 'validatePolicy',
    method: 'POST',
    path: '/policy-validations',
    action: 'run.draft',
    summary: 'Every fault of a policy document with its path; nothing is stored',
    body: s.policyForm,
    responses: { 200: { description: 'Valid, or its faults', schema: s.policyVerdict }, 400: faulty },
  },
  {
    id: 'listPolicies',
    method: 'GET',
    path: '/policies',
    action: 'run.read',
    summary: 'Policies by id and version, those that are shipped first',
    query: pageQuery,
    responses: { 200: { description: 'One page', schema: s.policyPage }, 400: faulty },
  },
  {
    id: 'readPolicy',
    method: 'GET',
    path: '/policies/{policyId}/versions/{version}',
    action: 'run.read',
    summary: 'One version of a policy',
    responses: { 200: policy, 404: faulty },
  },
  {
    id: 'compareRuns',
    method: 'GET',
    path: '/allocation-runs/{runId}/differences',
    action: 'run.read',
    summary: 'Two runs side by side: inputs, policy and awards that differ, in sum and by site',
    query: s.differencesQuery,
    responses: { 200: { description: 'What differs; one page of sites', schema: s.differences }, 400: faulty, 404: faulty },
  },
  {
    id: 'readRunSite',
    method: 'GET',
    path: '/allocation-runs/{runId}/sites/{siteId}',
    action: 'run.read',
    summary: 'What a run read about a site, and its awards',
    responses: { 200: siteOfRun, 404: faulty },
  },
  {
    id: 'askWhatIf',
    method: 'GET',
    path: '/allocation-runs/{runId}/what-if',
    action: 'run.read',
    summary: 'What would have changed an award of a run, each answer from a run of its own',
    query: s.whatIfQuery,
    responses: { 200: whatIf, 400: faulty, 404: faulty, 409: faulty },
  },
  {
    id: 'listWrittenOff',
    method: 'GET',
    path: '/allocation-runs/{runId}/written-off',
    action: 'run.read',
    summary: 'Rounding debts that ended unpaid in a run, and why',
    query: pageQuery,
    responses: { 200: { description: 'One page', schema: s.writtenOffPage }, 400: faulty, 404: faulty },
  },
  {
    id: 'readSiteAllocation',
    method: 'GET',
    path: '/sites/{siteId}/allocations/{week}',
    action: 'award.read',
    summary: 'What the published run of a week read about the site, and why it got what it got, nothing included',
    responses: { 200: siteOfRun, 404: faulty },
  },
  {
    id: 'askSiteWhatIf',
    method: 'GET',
    path: '/sites/{siteId}/allocations/{week}/what-if',
    action: 'award.read',
    summary: 'What would have changed an award of the site in the published run',
    query: s.siteWhatIfQuery,
    responses: { 200: whatIf, 400: faulty, 404: faulty, 409: faulty },
  },
  {
    id: 'readPublicTable',
    method: 'GET',
    path: '/public/allocations/{week}',
    action: 'public',
    summary: 'The published run of a week by county, town and group; small figures are left out',
    responses: { 200: { description: 'Supply, method and doses by area', schema: s.publicAllocation }, 404: faulty },
  },
] as const satisfies readonly Route[];
