import { problem } from '../../shared/contracts/problem.ts';
import { pageQuery } from '../../shared/contracts/common.ts';
import type { Route, RouteResponse } from '../../shared/contracts/route.ts';
import { soapRoutes } from './routes-soap.ts';
import * as s from './schemas.ts';

const faulty: RouteResponse = { description: 'What is wrong, and where', schema: problem };
const ok = (description: string, schema: RouteResponse['schema']): RouteResponse => (schema === undefined ? { description } : { description, schema });

const organizationAnswer = ok('The organization; its version is the ETag', s.organization);
const siteAnswer = ok('The site; its version is the ETag', s.site);
const interfaceAnswer = ok('The interface; its version is the ETag', s.ehrInterface);
const creation = { 400: faulty, 422: faulty };
const change = { 404: faulty, 409: faulty, 412: faulty, 428: faulty };

export const routes = [
  { id: 'readMembership', method: 'GET', path: '/membership', action: 'membership.read', summary: 'The organizations you belong to (all their sites are yours), or the sites of your interface', responses: { 200: ok('Your membership; empty when you belong to none yet', s.ownMembership) } },
  { id: 'applyOrganization', method: 'POST', path: '/organizations', action: 'enrollment.apply', summary: 'Apply as an organization (Section A)', body: s.sectionA, creates: true, responses: { 201: organizationAnswer, 200: organizationAnswer, 409: faulty, ...creation } },
  { id: 'listOrganizations', method: 'GET', path: '/organizations', action: 'enrollment.queue', summary: 'Organizations in a state, the review queue', query: pageQuery.extend(s.queueQuery.shape), responses: { 200: ok('One page', s.organizationPage), 400: faulty } },
  { id: 'readOrganization', method: 'GET', path: '/organizations/{organizationId}', action: 'enrollment.read', summary: 'Read an organization', responses: { 200: organizationAnswer, 404: faulty } },
  { id: 'editOrganization', method: 'PUT', path: '/organizations/{organizationId}', action: 'enrollment.apply', summary: 'Edit Section A while it is a draft or was returned', body: s.sectionA, changes: true, responses: { 200: organizationAnswer, 400: faulty, ...change } },
  { id: 'submitOrganization', method: 'POST', path: '/organizations/{organizationId}/submission', action: 'enrollment.apply', summary: 'Submit Section A for review', changes: true, responses: { 200: organizationAnswer, ...change } },
  { id: 'reviewOrganization', method: 'POST', path: '/organizations/{organizationId}/review', action: 'enrollment.review', summary: 'Decide on an organization', body: s.review, changes: true, responses: { 200: organizationAnswer, 400: faulty, ...change } },
  { id: 'readOrganizationHistory', method: 'GET', path: '/organizations/{organizationId}/history', action: 'enrollment.read', summary: 'Who did what to an organization, when and why', query: pageQuery, responses: { 200: ok('One page', s.historyPage), 404: faulty } },
  { id: 'addMember', method: 'POST', path: '/organizations/{organizationId}/members', action: 'enrollment.apply', summary: 'Give a colleague access to the organization', body: s.membership, responses: { 200: ok('The membership', s.membershipAnswer), 400: faulty, 404: faulty, 409: faulty } },
  { id: 'listMembers', method: 'GET', path: '/organizations/{organizationId}/members', action: 'member.read', summary: 'Who may act for an organization, and who no longer may', query: pageQuery, responses: { 200: ok('One page', s.memberPage), 400: faulty, 404: faulty } },
  { id: 'endMembership', method: 'DELETE', path: '/organizations/{organizationId}/members/{subject}', action: 'member.end', summary: 'End a colleague’s access to the organization at once', body: s.membershipEnd, responses: { 200: ok('The membership as it is now', s.membershipAnswer), 400: faulty, 404: faulty, 409: faulty } },
  { id: 'applySite', method: 'POST', path: '/organizations/{organizationId}/sites', action: 'enrollment.apply', summary: 'Add a vaccination location (Section B)', body: s.sectionB, creates: true, responses: { 201: siteAnswer, 200: siteAnswer, 404: faulty, ...creation } },
  { id: 'listOrganizationSites', method: 'GET', path: '/organizations/{organizationId}/sites', action: 'enrollment.read', summary: 'Sites of an organization', query: pageQuery, responses: { 200: ok('One page', s.sitePage), 404: faulty } },
  { id: 'listSites', method: 'GET', path: '/sites', action: 'enrollment.queue', summary: 'Sites in a state, the review queue', query: pageQuery.extend(s.queueQuery.shape), responses: { 200: ok('One page', s.sitePage), 400: faulty } },
  { id: 'readSite', method: 'GET', path: '/sites/{siteId}', action: 'enrollment.read', summary: 'Read a site', responses: { 200: siteAnswer, 404: faulty } },
  { id: 'editSite', method: 'PUT', path: '/sites/{siteId}', action: 'enrollment.apply', summary: 'Edit Section B while it is a draft or was returned', body: s.sectionB, changes: true, responses: { 200: siteAnswer, 400: faulty, ...change } },
  { id: 'submitSite', method: 'POST', path: '/sites/{siteId}/submission', action: 'enrollment.apply', summary: 'Submit Section B for review', changes: true, responses: { 200: siteAnswer, ...change } },
  { id: 'reviewSite', method: 'POST', path: '/sites/{siteId}/review', action: 'enrollment.review', summary: 'Decide on a site', body: s.review, changes: true, responses: { 200: siteAnswer, 400: faulty, 422: faulty, ...change } },
  { id: 'readSiteHistory', method: 'GET', path: '/sites/{siteId}/history', action: 'enrollment.read', summary: 'Who did what to a site, when and why', query: pageQuery, responses: { 200: ok('One page', s.historyPage), 404: faulty } },
  { id: 'registerInterface', method: 'POST', path: '/organizations/{organizationId}/interfaces', action: 'interface.register', summary: 'Register an EHR interface for sites of the organization', body: s.interfaceRequest, creates: true, responses: { 201: interfaceAnswer, 200: interfaceAnswer, 409: faulty, ...creation } },
  { id: 'listOrganizationInterfaces', method: 'GET', path: '/organizations/{organizationId}/interfaces', action: 'interface.read', summary: 'EHR interfaces of an organization', query: pageQuery, responses: { 200: ok('One page', s.interfacePage), 400: faulty, 404: faulty } },
  { id: 'listInterfaces', method: 'GET', path: '/interfaces', action: 'interface.queue', summary: 'EHR interfaces in a state, those that wait for their next step', query: pageQuery.extend(s.interfaceQueueQuery.shape), responses: { 200: ok('One page', s.interfacePage), 400: faulty } },
  { id: 'readInterfaceHistory', method: 'GET', path: '/interfaces/{interfaceId}/history', action: 'interface.read', summary: 'Who did what to an EHR interface, when and why', query: pageQuery, responses: { 200: ok('One page', s.historyPage), 400: faulty, 404: faulty } },
  { id: 'readInterface', method: 'GET', path: '/interfaces/{interfaceId}', action: 'interface.read', summary: 'Read an EHR interface', responses: { 200: interfaceAnswer, 404: faulty } },
  { id: 'reviewInterface', method: 'POST', path: '/interfaces/{interfaceId}/review', action: 'interface.review', summary: 'Move an EHR interface along its onboarding', body: s.interfaceReview, changes: true, responses: { 200: interfaceAnswer, 400: faulty, ...change } },
  ...soapRoutes,
] as const satisfies readonly Route[];
