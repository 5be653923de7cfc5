import { pageQuery } from '../../shared/contracts/common.ts';
import { problem } from '../../shared/contracts/problem.ts';
import type { Route, RouteResponse } from '../../shared/contracts/route.ts';
import { uploadAnswer } from './schemas.ts';
import * as s from './schemas-messages.ts';

const faulty: RouteResponse = { description: 'What is wrong, and where', schema: problem };
const hl7: RouteResponse = {
  description:
    'The answer in HL7: an acknowledgement (ACK, Z23), a response to a query (RSP, Z31, Z32, Z33, Z42), or for a batch a batch of them. So is trouble on our side (AR, 207)',
  mediaType: 'x-application/hl7-v2+er7',
};
const soap: RouteResponse = { description: 'An envelope with the answer', mediaType: 'application/soap+xml' };
const soapFault: RouteResponse = { description: 'An envelope with a fault of the contract', mediaType: 'application/soap+xml' };

/** Messages of EHRs by HTTP and SOAP, and who asked for whom. */
export const messageRoutes = [
  {
    id: 'reportHl7',
    method: 'POST',
    path: '/hl7',
    action: 'dose.report',
    summary:
      'Send HL7 v2.5.1: one message (VXU, QBP), or a batch of up to 5 MB with or without FHS and BHS. Up to 25 messages are answered at once; of more the answer is an upload in JSON (202), from which the answers are fetched',
    accepts: 'x-application/hl7-v2+er7',
    responses: {
      200: hl7,
      202: { description: 'A batch of more than 25 messages: JSON, no HL7 batch. Its answers come to this upload', schema: uploadAnswer },
      409: faulty,
      413: faulty,
    },
  },
  {
    id: 'submitSoap',
    method: 'POST',
    path: '/soap',
    action: 'in-message',
    summary: 'Send one HL7 message by CDC’s SOAP 1.2 contract (2011 or 2014)',
    accepts: 'application/soap+xml',
    responses: { 200: soap, 400: soapFault, 500: soapFault },
  },
  {
    id: 'readWsdl',
    method: 'GET',
    path: '/soap',
    action: 'public',
    summary: 'The WSDL of that contract (?wsdl, ?wsdl=2014), or its schema alone (?xsd=2011)',
    query: s.wsdlQuery,
    responses: { 200: { description: 'WSDL 1.1 or XML Schema', mediaType: 'text/xml' }, 400: faulty },
  },
  {
    id: 'listQueries',
    method: 'GET',
    path: '/senders/{senderId}/queries',
    action: 'audit.read',
    summary: 'Queries of an interface or a person, newest first: when, and of whom it was told',
    query: pageQuery,
    responses: { 200: { description: 'One page', schema: s.queryPage }, 400: faulty },
  },
  {
    id: 'listSignIns',
    method: 'GET',
    path: '/senders/{senderId}/sign-ins',
    action: 'interface.read',
    summary: 'SOAP passwords of an interface: when each was last used; and which addresses failed too often, newest first',
    query: pageQuery,
    responses: { 200: { description: 'One page of refusals, and the last day of each password', schema: s.signIns }, 400: faulty, 404: faulty },
  },
  {
    id: 'listDisclosures',
    method: 'GET',
    path: '/persons/{personId}/disclosures',
    action: 'audit.read',
    summary: 'Who was told of a person by a query, or asked and was not told, newest first',
    query: pageQuery,
    responses: { 200: { description: 'One page', schema: s.disclosurePage }, 400: faulty },
  },
] as const satisfies readonly Route[];
