import { tooLarge } from '../../shared/contracts/problem.ts';
import { reject, type ApiDeps, type Handlers } from '../../shared/platform/http.ts';
import { editionOf } from './domain/soap/contract.ts';
import { writeFault } from './domain/soap/faults.ts';
import { wsdlOf, xsdOf } from './domain/soap/wsdl.ts';
import { actsForJurisdiction } from '../../shared/platform/principal.ts';
import type { makeApiDeps } from './deps.ts';
import type { messageRoutes } from './routes-messages.ts';

type Deps = Pick<ReturnType<typeof makeApiDeps>, 'receivers' | 'findSender' | 'serveSoap' | 'queries' | 'signIns' | 'interfaceStanding'>;

/** Handlers of the routes that take messages, and of what is kept of queries. */
export const messageHandlers = ({ receivers, findSender, serveSoap, queries, signIns, interfaceStanding }: Deps): Handlers<typeof messageRoutes> => ({
  reportHl7: async ({ body, principal, now, correlationId }) => {
    const { receiveHl7 } = await receivers();
    const received = await receiveHl7(body, await findSender(principal.member), now, correlationId);
    if (received.kind === 'try-again') return reject(409, 'try-again', 'Send the same batch again.');
    if (received.kind === 'answered') return { status: 200, body: received.text };
    return { status: 202, body: received.upload, headers: { location: `/uploads/${received.upload.uploadId}` } };
  },
  submitSoap: async ({ body, now, correlationId, source }) => {
    const { status, xml } = await serveSoap(body, { source, now, correlationId });
    return { status, body: xml };
  },
  readWsdl: ({ query: { wsdl, xsd }, origin }) =>
    Promise.resolve({
      status: 200,
      body: xsd === undefined ? wsdlOf(wsdl === '2014' ? wsdl : '2011', `${origin}/soap`) : xsdOf(xsd === '2014' ? xsd : '2011'),
    }),
  listQueries: async ({ params, query }) => ({ status: 200, body: await queries.ofSender(params.senderId, query) }),
  listSignIns: async ({ params: { senderId }, query, principal }) => {
    const standing = await interfaceStanding(senderId);
    const isVisible =
      standing !== undefined &&
      (actsForJurisdiction(principal, 'interface.read') || principal.member?.organizationIds.includes(standing.organizationId) === true);
    if (!isVisible) return reject(404, 'not-found');
    const [page, used] = await Promise.all([signIns.refusals(senderId, query), signIns.uses(senderId)]);
    return { status: 200, body: { ...page, used } };
  },
  listDisclosures: async ({ params, query }) => ({ status: 200, body: await queries.ofPerson(params.personId, query) }),
});

/**
 * Trouble that stops a request before its use case, said in the format of a message route (HL7-16, SOAP-13): a sender of messages reads no problem+json,
 * and takes a 5xx for a dead line. Who may not send at all is told so as everywhere.
 */
export const faultInMessage =
  ({ answerFault }: Pick<ReturnType<typeof makeApiDeps>, 'answerFault'>): NonNullable<ApiDeps['inItsFormat']> =>
  ({ status, correlationId }, route, { text, now }) => {
    if (route === 'POST /hl7' && status >= 500)
      return { mediaType: 'x-application/hl7-v2+er7', body: answerFault(text, correlationId, now).ack, status: 200 };
    if (route !== 'POST /soap') return undefined;
    const edition =
      [...text.slice(0, maxLookedAt).matchAll(/urn:cdc:iisb:20\d\d/g)]
        .map(([namespace]) => editionOf(namespace))
        .find((known) => known !== undefined) ?? '2011';
    const fault = writeFault(status === 413
      ? { kind: 'message-too-large', detail: `The request is larger than this registry takes. ${tooLarge}` }
      : { kind: 'unknown', detail: `Something failed on our side - send it again; if it stays, name ${correlationId}` }, edition);
    return { mediaType: 'application/soap+xml', body: fault.xml, status: fault.status };
  };
/** Where a request's namespaces stand. */
const maxLookedAt = 10_000;
