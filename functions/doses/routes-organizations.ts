import { pageQuery } from '../../shared/contracts/common.ts';
import { problem } from '../../shared/contracts/problem.ts';
import type { Route, RouteResponse } from '../../shared/contracts/route.ts';
import * as s from './schemas-organizations.ts';
import { changedDose, doseCorrection, doseDeletion, doseWithPatient } from './schemas.ts';

const faulty: RouteResponse = { description: 'What is wrong, and where', schema: problem };
const ok = (description: string, schema: NonNullable<RouteResponse['schema']>): RouteResponse => ({ description, schema });
const changed = {
  200: ok('The dose as it stands; its version is the ETag', changedDose),
  400: faulty,
  404: faulty,
  409: faulty,
  412: faulty,
  428: faulty,
};

/** Whoever corrects a dose by the form in which it was posted. */
export const notInCorrection = { patient: 'the patient is corrected by POST of a dose with the same id', id: 'a dose keeps its id' };

/** Doses that an organization told as given by it, and that no site of it has. */
export const organizationRoutes = [
  {
    id: 'listUnplacedDoses',
    method: 'GET',
    path: '/organizations/{organizationId}/worklist',
    action: 'dose.worklist',
    summary: 'Doses told as given here that name no site of the organization, the one told first before all: no stock moved',
    query: pageQuery,
    responses: { 200: ok('One page', s.unplacedPage), 400: faulty, 404: faulty },
  },
  {
    id: 'readUnplacedDose',
    method: 'GET',
    path: '/organizations/{organizationId}/doses/{doseId}',
    action: 'dose.assign',
    summary: 'Read a dose that no site of the organization has, and its patient',
    responses: { 200: ok('The dose; its version is the ETag', doseWithPatient), 404: faulty },
  },
  {
    id: 'correctUnplacedDose',
    method: 'PUT',
    path: '/organizations/{organizationId}/doses/{doseId}',
    action: 'dose.assign',
    summary: 'Correct a dose that no site of the organization has; where it was given stays as it was told',
    body: doseCorrection,
    elsewhere: notInCorrection,
    changes: true,
    responses: changed,
  },
  {
    id: 'deleteUnplacedDose',
    method: 'DELETE',
    path: '/organizations/{organizationId}/doses/{doseId}',
    action: 'dose.assign',
    summary: 'Delete a dose that was not given, or not to this patient, and that no site of the organization has',
    body: doseDeletion,
    changes: true,
    responses: changed,
  },
  {
    id: 'assignDose',
    method: 'PUT',
    path: '/organizations/{organizationId}/doses/{doseId}/site',
    action: 'dose.assign',
    summary: 'Say at which of its sites a dose was given, or at none; stock follows',
    body: s.assignment,
    changes: true,
    responses: changed,
  },
] as const satisfies readonly Route[];
