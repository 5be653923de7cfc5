import { z } from 'zod';
import type { Route, RouteResponse } from '../../shared/contracts/route.ts';

const fhir = (description: string): RouteResponse => ({ description, mediaType: 'application/fhir+json' });
const faulty = fhir('An OperationOutcome that names every fault and where it is');
const outcome = { 400: faulty, 403: faulty, 409: faulty, 412: faulty, 413: faulty, 415: faulty, 422: faulty };
const created = fhir('Created; Location and ETag name it. An OperationOutcome of remarks, or the resource with Prefer: return=representation');
const known = fhir('It was here already: changed by what is said now, or as it was');
const found = { 200: fhir('A Bundle of type searchset'), 400: faulty, 403: faulty, 415: faulty };
const read = (what: string) => ({ 200: fhir(what), 403: faulty, 404: faulty });
const accepts = 'application/fhir+json';

/** Said of every answer. Parameters that are not named are refused by the use case: left out, they would widen the answer. */
const paging = { _count: z.string().max(10).optional(), _after: z.string().max(100).optional(), _format: z.string().max(100).optional() };
const doseQuery = z.looseObject({ patient: z.string().max(500).optional(), date: z.string().max(40).optional(), ...paging });
const patientQuery = z.looseObject({
  identifier: z.string().max(500).optional(), family: z.string().max(200).optional(), given: z.string().max(200).optional(),
  birthdate: z.string().max(40).optional(), gender: z.string().max(20).optional(), ...paging,
});

/** FHIR R4 (docs/fhir.md). Bodies come as text: what is wrong with one is answered as an OperationOutcome. */
export const fhirRoutes = [
  {
    id: 'readFhirMetadata',
    method: 'GET',
    path: '/fhir/metadata',
    action: 'public',
    summary: 'FHIR CapabilityStatement',
    responses: { 200: fhir('What is supported') },
  },
  {
    id: 'transactFhir',
    method: 'POST',
    path: '/fhir',
    action: 'dose.report',
    summary: 'FHIR transaction: Patients and Immunizations, all or none',
    accepts,
    responses: { 200: fhir('A Bundle of type transaction-response'), ...outcome },
  },
  {
    id: 'createFhirPatient',
    method: 'POST',
    path: '/fhir/Patient',
    action: 'dose.report',
    summary: 'Report a patient (US Core Patient)',
    accepts,
    responses: { 201: created, 200: known, ...outcome },
  },
  {
    id: 'searchFhirPatients',
    method: 'GET',
    path: '/fhir/Patient',
    action: 'dose.read',
    summary: 'Find a patient by identifier',
    query: patientQuery,
    responses: found,
  },
  {
    id: 'searchFhirPatientsByForm',
    method: 'POST',
    path: '/fhir/Patient/_search',
    action: 'dose.read',
    summary: 'Find a patient by identifier, or by name and birth date: in the body, so that no address holds a name',
    accepts: 'application/x-www-form-urlencoded',
    responses: found,
  },
  {
    id: 'readFhirPatient',
    method: 'GET',
    path: '/fhir/Patient/{patientId}',
    action: 'dose.read',
    summary: 'A patient as the own organization told it',
    responses: read('A US Core Patient'),
  },
  {
    id: 'createFhirImmunization',
    method: 'POST',
    path: '/fhir/Immunization',
    action: 'dose.report',
    summary: 'Report a dose (US Core Immunization)',
    accepts,
    responses: { 201: created, 200: known, ...outcome },
  },
  {
    id: 'searchFhirImmunizations',
    method: 'GET',
    path: '/fhir/Immunization',
    action: 'dose.read',
    summary: 'Doses of a patient, the latest first',
    query: doseQuery,
    responses: found,
  },
  {
    id: 'readFhirImmunization',
    method: 'GET',
    path: '/fhir/Immunization/{immunizationId}',
    action: 'dose.read',
    summary: 'A dose as the own organization told it',
    responses: read('A US Core Immunization'),
  },
] as const satisfies readonly Route[];
