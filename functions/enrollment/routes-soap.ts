import { historyEntry, pageOf, pageQuery, reason } from '../../shared/contracts/common.ts';
import { problem } from '../../shared/contracts/problem.ts';
import type { Route, RouteResponse } from '../../shared/contracts/route.ts';
import { z } from 'zod';
import { soapCredential } from '../../shared/published/soap-credentials.ts';

const faulty: RouteResponse = { description: 'What is wrong, and where', schema: problem };
const shown = soapCredential.omit({ hash: true });
const list = z.object({ interfaceId: z.string(), username: z.string(), credentials: z.array(shown) }).meta({ id: 'SoapCredentials' });
const issued = shown.extend({
  username: z.string(),
  /** Told once; only its hash is kept. */
  password: z.string().optional(),
}).meta({ id: 'SoapPassword' });

/** What an EHR signs in with where its credentials travel in the message. */
export const soapRoutes = [
  {
    id: 'issueSoapPassword',
    method: 'POST',
    path: '/interfaces/{interfaceId}/soap-credentials',
    action: 'interface.register',
    summary: 'Make a password for the SOAP transport; it ends after 400 days; the former one stays good for 14 days',
    creates: true,
    responses: {
      201: { description: 'User name and password, told this once', schema: issued },
      200: { description: 'Made before under this key; its password is not told again', schema: issued },
      400: faulty,
      404: faulty,
      409: faulty,
    },
  },
  {
    id: 'listSoapCredentials',
    method: 'GET',
    path: '/interfaces/{interfaceId}/soap-credentials',
    action: 'interface.read',
    summary: 'Passwords of an interface: since when, by whom, until when',
    responses: { 200: { description: 'Without the passwords, which nobody knows', schema: list }, 404: faulty },
  },
  {
    id: 'readSoapHistory',
    method: 'GET',
    path: '/interfaces/{interfaceId}/soap-credentials/history',
    action: 'interface.read',
    summary: 'Who made and ended passwords of an interface, when and why',
    query: pageQuery,
    responses: { 200: { description: 'One page', schema: pageOf(historyEntry) }, 400: faulty, 404: faulty },
  },
  {
    id: 'revokeSoapPassword',
    method: 'DELETE',
    path: '/interfaces/{interfaceId}/soap-credentials/{credentialId}',
    action: 'interface.register',
    summary: 'End a password at once',
    body: z.object({ reason }),
    responses: { 200: { description: 'What is left', schema: list }, 400: faulty, 404: faulty, 409: faulty },
  },
] as const satisfies readonly Route[];
