import { pageQuery } from '../../shared/contracts/common.ts';
import { problem } from '../../shared/contracts/problem.ts';
import type { Route, RouteResponse } from '../../shared/contracts/route.ts';
import { fhirRoutes } from './routes-fhir.ts';
import { fileRoutes } from './routes-files.ts';
import { messageRoutes } from './routes-messages.ts';
import { notInCorrection, organizationRoutes } from './routes-organizations.ts';
import { personRoutes } from './routes-persons.ts';
import { qualityRoutes } from './routes-quality.ts';
import { reviewRoutes } from './routes-reviews.ts';
import * as s from './schemas.ts';

const faulty: RouteResponse = { description: 'What is wrong, and where', schema: problem };
const ok = (description: string, schema: RouteResponse['schema']): RouteResponse =>
  schema === undefined ? { description } : { description, schema };

const original: RouteResponse = { description: 'The message as it was sent', mediaType: 'text/plain' };
const reported = ok('What became of each dose', s.reportedDoses);
const upload = ok('The upload and how far it was read', s.uploadAnswer);
const changed = ok('The dose as it stands; its version is the ETag', s.changedDose);
const creation = { 400: faulty, 422: faulty };
const change = { 400: faulty, 404: faulty, 409: faulty, 412: faulty, 428: faulty };

export const routes = [
  ...messageRoutes,
  {
    id: 'reportDoses',
    method: 'POST',
    path: '/sites/{siteId}/doses',
    action: 'dose.report',
    summary: 'Report doses of a site, one or up to a hundred: the good ones are kept',
    body: s.doseReport,
    rows: 'doses',
    creates: true,
    responses: { 201: reported, 200: reported, 404: faulty, 409: faulty, ...creation },
  },
  {
    id: 'listDoses',
    method: 'GET',
    path: '/sites/{siteId}/doses',
    action: 'dose.read',
    summary: 'Doses of a site by the day on which they were first reported',
    query: s.dayQuery,
    responses: { 200: ok('One page', s.dosePage), 400: faulty, 404: faulty },
  },
  {
    id: 'readDose',
    method: 'GET',
    path: '/sites/{siteId}/doses/{doseId}',
    action: 'dose.read',
    summary: 'Read a dose of a site and its patient',
    responses: { 200: ok('The dose; its version is the ETag', s.doseWithPatient), 404: faulty },
  },
  {
    id: 'correctDose',
    method: 'PUT',
    path: '/sites/{siteId}/doses/{doseId}',
    action: 'dose.report',
    summary: 'Correct a dose; stock follows',
    body: s.doseCorrection,
    elsewhere: notInCorrection,
    changes: true,
    responses: { 200: changed, ...change },
  },
  {
    id: 'deleteDose',
    method: 'DELETE',
    path: '/sites/{siteId}/doses/{doseId}',
    action: 'dose.report',
    summary: 'Delete a dose that was not given; its stock goes back',
    body: s.doseDeletion,
    changes: true,
    responses: { 200: changed, ...change },
  },
  {
    id: 'confirmDoseDate',
    method: 'POST',
    path: '/sites/{siteId}/doses/{doseId}/date-confirmation',
    action: 'dose.report',
    summary: 'Say that a dose was given on the day told, though its lot came later by the books',
    body: s.dateConfirmation,
    changes: true,
    responses: { 200: changed, ...change },
  },
  {
    id: 'listWorklist',
    method: 'GET',
    path: '/sites/{siteId}/worklist',
    action: 'dose.worklist',
    summary: 'Doses of a site whose stock or day a person must settle, the one told first before all',
    query: pageQuery,
    responses: { 200: ok('One page', s.worklistPage), 400: faulty, 404: faulty },
  },
  {
    id: 'settleWorklist',
    method: 'POST',
    path: '/sites/{siteId}/worklist/settlement',
    action: 'dose.report',
    summary: 'Have the stock of every waiting dose of the site looked for again, the dose given first before all; the worklist shows what is left',
    responses: {
      202: ok('Asked for, or under way since the site asked before; it takes seconds, or minutes where hundreds wait', s.settlingAsked),
      400: faulty,
      404: faulty,
    },
  },
  {
    id: 'settleDose',
    method: 'POST',
    path: '/sites/{siteId}/worklist/{doseId}/settlement',
    action: 'dose.report',
    summary: 'Look for the stock of a waiting dose again, once its lot was received or released; nothing told of it changes',
    changes: true,
    responses: { 200: changed, ...change },
  },
  {
    id: 'requestUpload',
    method: 'POST',
    path: '/uploads',
    action: 'dose.report',
    summary: 'Get an address for a file of HL7 messages of any size',
    creates: true,
    responses: { 201: upload, 200: upload, 403: faulty, 409: faulty, ...creation },
  },
  {
    id: 'readUpload',
    method: 'GET',
    path: '/uploads/{uploadId}',
    action: 'dose.report',
    summary: 'How far a file was read, and its acknowledgements',
    responses: { 200: upload, 404: faulty },
  },
  {
    id: 'readMessage',
    method: 'GET',
    path: '/messages/{messageId}',
    action: 'message.read',
    summary: 'The original of a message',
    responses: { 200: original, 404: faulty },
  },
  ...organizationRoutes,
  ...personRoutes,
  ...reviewRoutes,
  ...fhirRoutes,
  ...fileRoutes,
  ...qualityRoutes,
] as const satisfies readonly Route[];
