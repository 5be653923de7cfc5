import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateXML } from 'xmllint-wasm';
import { call, eventOf, type Answer } from './api.ts';
import { far, near, type House } from './house.ts';
import { brokenAssertions, find, readNodes } from './schematron.ts';
import { sharedPath } from './shared.ts';

/** NIST's SOAP cases, and how an answer is held against CDC's schema and NIST's rules. */
export const cases = sharedPath('wsdl/nist-hit-iz-tool/soap-testcases');
export const files = readdirSync(cases, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.xml')).sort();
export const caseOf = (folder: string, start: string, name = 'Request.xml'): string => {
  const found = readdirSync(join(cases, folder)).find((each) => each.startsWith(start));
  return readFileSync(join(cases, folder, found ?? '', name), 'utf8');
};

export interface SoapReply { readonly status: number; readonly xml: string; readonly contentType: string }
export const inXml = (hl7: string): string => hl7.replaceAll('&', '&amp;').replaceAll('\r', '&#xD;');
export const returned = ({ xml }: SoapReply): string => find(readNodes(xml), 'return')?.text ?? '';
export const innerFault = ({ xml }: SoapReply): { name: string; code: string; reason: string } | undefined => {
  const [inner] = readNodes(xml).children[0]?.children.at(-1)?.children[0]?.children.find(({ name }) => name.endsWith('}Detail'))?.children ?? [];
  const part = (name: string): string => inner?.children.find((child) => child.name.endsWith(`}${name}`))?.text ?? '';
  return inner === undefined ? undefined : { name: inner.name.split('}')[1] ?? '', code: part('Code'), reason: part('Reason') };
};

/** The body, or the contract's element in a fault, as a document for the schema of the contract. */
export const underContract = (xml: string): string => /<Detail>(.*)<\/Detail><\/Fault>/s.exec(xml)?.[1] ?? /<Body>(.*)<\/Body>/s.exec(xml)?.[1] ?? '';
export const schemaFaults = async (xml: string, schema: string): Promise<string[]> => {
  const { valid, errors } = await validateXML({ xml: [{ fileName: 'answer.xml', contents: xml }], schema: [schema] });
  return valid ? [] : errors.map(({ message }) => message);
};
export const nistSchema = (): string => readFileSync(sharedPath('wsdl/nist-hit-iz-tool/cdc.xsd'), 'utf8');

/** What is improper in an answer by NIST's schema and rules, all rules evaluated. */
export const improper = async (reply: SoapReply, phase: string): Promise<string[]> => [
  ...(reply.contentType === 'application/soap+xml; charset=utf-8' ? [] : [`content type ${reply.contentType}`]),
  ...brokenAssertions(reply.xml, 'envelope'), ...brokenAssertions(reply.xml, phase), ...(await schemaFaults(underContract(reply.xml), nistSchema())),
];

export const clinicOf = (siteId: string): string => `CLINIC ${siteId}`;

/** What an EHR would sign in with, in the placeholders of a request. */
export interface Parts { readonly user?: string; readonly secret?: string; readonly facility?: string }

const now = '2021-03-08T15:00:00.000Z';

/** A house with its SOAP door: passwords as the clinic's own staff make them, requests as the gateway hands them over. */
export const soapDesk = (house: House) => {
  const handlerOf = (context: string) => house.apis.find((api) => api.context === context)!.handler;
  return {
    now,
    handlerOf,
    issue: (key: string, at = now): Promise<Answer> =>
      call(handlerOf('enrollment'), { route: 'POST /interfaces/{interfaceId}/soap-credentials', params: { interfaceId: near.interfaceId }, key, subject: near.staff, role: 'provider-staff', now: at }),
    revoke: (credentialId: string, at = now): Promise<Answer> =>
      call(handlerOf('enrollment'), { route: 'DELETE /interfaces/{interfaceId}/soap-credentials/{credentialId}', params: { interfaceId: near.interfaceId, credentialId }, body: { reason: 'it leaked' }, subject: 'reviewer', role: 'dph-reviewer', now: at }),
    post: async (xml: string, at = now, sourceIp = '192.0.2.1'): Promise<SoapReply> => {
      const event = eventOf({ route: 'POST /soap', body: xml, now: at, headers: { 'Content-Type': 'application/soap+xml; charset=utf-8' } });
      const answer = await handlerOf('doses')({ ...event, requestContext: { ...event.requestContext, authorizer: null, identity: { sourceIp } as never } }, {} as never);
      return { status: answer.statusCode, xml: answer.body, contentType: String(answer.headers?.['content-type']) };
    },
  };
};
export type SoapDesk = ReturnType<typeof soapDesk>;

/** A NIST request with credentials of ours in its placeholders. */
export const signedWith = (xml: string, secret: string, { user = near.interfaceId, facility = clinicOf(near.siteId), ...more }: Parts = {}): string =>
  xml.replace(/(<username>)[^<]*/, `$1${user}`).replace(/(<password>)[^<]*/, `$1${more.secret ?? secret}`).replace(/(<facilityID>)[^<]*/, `$1${facility}`);

export const submissionOf = (hl7: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"><Body><submitSingleMessage xmlns="urn:cdc:iisb:2011"><username>?</username><password>?</password><facilityID>?</facilityID><hl7Message>${hl7}</hl7Message></submitSingleMessage></Body></Envelope>`;

/** Changes of a good submission: what they are, what the status becomes, and which fault (`answer`: none). */
export const oddRequests: readonly (readonly [string, (xml: string) => string, number, string])[] = [
  ['prefixes of any name (SOAP-04)', (xml) => xml.replaceAll('<Envelope xmlns=', '<s:Envelope xmlns:s=').replace('</Envelope>', '</s:Envelope>').replace('<Body>', '<s:Body>').replace('</Body>', '</s:Body>'), 200, 'answer'],
  ['parts in any order (SOAP-05)', (xml) => xml.replace(/(<username>.*<\/facilityID>)(<hl7Message>.*<\/hl7Message>)/s, '$2$1'), 200, 'answer'],
  ['no facility', (xml) => xml.replace(/<facilityID>.*<\/facilityID>/, ''), 200, 'answer'],
  ['the PIN as facility (SOAP-10)', (xml) => xml.replace(clinicOf(near.siteId), `CTA${near.pins}0`), 200, 'answer'],
  ['a facility of another clinic (SOAP-10)', (xml) => xml.replace(clinicOf(near.siteId), clinicOf(far.siteId)), 500, 'SecurityFault'],
  ['a facility of its own clinic that the interface does not name (SOAP-10)', (xml) => xml.replace(clinicOf(near.siteId), clinicOf(near.siblingId)), 500, 'SecurityFault'],
  ['a user nobody knows (SOAP-09)', (xml) => xml.replace(near.interfaceId, 'ehr_nobody'), 500, 'SecurityFault'],
  ['an interface without a password (SOAP-09)', (xml) => xml.replace(near.interfaceId, far.interfaceId), 500, 'SecurityFault'],
  ['no password (SOAP-09)', (xml) => xml.replace(/<password>.*<\/password>/, ''), 500, 'SecurityFault'],
  ['no message (SOAP-12)', (xml) => xml.replace(/<hl7Message>.*<\/hl7Message>/s, ''), 500, 'fault'],
  ['an empty message (SOAP-12)', (xml) => xml.replace(/<hl7Message>.*<\/hl7Message>/s, '<hl7Message> </hl7Message>'), 500, 'fault'],
  ['a doubled part (SOAP-12)', (xml) => xml.replace('<username>', '<username>x</username><username>'), 500, 'fault'],
  ['elements in a part (SOAP-12)', (xml) => xml.replace('<hl7Message>', '<hl7Message><b/>'), 500, 'fault'],
  ['two operations (SOAP-12)', (xml) => xml.replace('</Body>', '<connectivityTest xmlns="urn:cdc:iisb:2011"><echoBack>x</echoBack></connectivityTest></Body>'), 500, 'fault'],
  ['an element that is not closed (SOAP-16)', (xml) => xml.replace('</Body>', ''), 400, 'fault'],
  ['a second Body (SOAP-01)', (xml) => xml.replace('</Envelope>', '<Body/></Envelope>'), 400, 'fault'],
  ['a SOAP 1.1 envelope (SOAP-16)', (xml) => xml.replace('http://www.w3.org/2003/05/soap-envelope', 'http://schemas.xmlsoap.org/soap/envelope/'), 500, 'fault'],
  ['no XML at all (SOAP-16)', () => 'MSH|^~\\&|', 400, 'fault'],
  ['a DTD (SOAP-18)', (xml) => xml.replace('?>', '?><!DOCTYPE Envelope [<!ENTITY a "aaaa">]>'), 400, 'fault'],
  ['an entity of its own (SOAP-18)', (xml) => xml.replace('<hl7Message>', '<hl7Message>&a;'), 400, 'fault'],
  ['endless depth (SOAP-18)', (xml) => xml.replace('<Body>', `<Header>${'<a>'.repeat(40)}${'</a>'.repeat(40)}</Header><Body>`), 400, 'fault'],
  ['a header that must be understood (SOAP-17)', (xml) => xml.replace('<Body>', '<Header><t:T xmlns:t="urn:t" s:mustUnderstand="true" xmlns:s="http://www.w3.org/2003/05/soap-envelope"/></Header><Body>'), 500, 'fault'],
  ['the same for another node (SOAP-17)', (xml) => xml.replace('<Body>', '<Header><t:T xmlns:t="urn:t" s:mustUnderstand="true" s:role="urn:other" xmlns:s="http://www.w3.org/2003/05/soap-envelope"/></Header><Body>'), 200, 'answer'],
  ['WS-Security that must be understood (SOAP-17)', (xml) => xml.replace('<Body>', '<Header><t:Security xmlns:t="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" s:mustUnderstand="1" xmlns:s="http://www.w3.org/2003/05/soap-envelope"/></Header><Body>'), 200, 'answer'],
  ['more than the limit (SOAP-08)', (xml) => xml.replace('<hl7Message>', `<hl7Message>${' '.repeat(1_500_000)}`), 500, 'MessageTooLargeFault'],
  ['more than any request may hold (SOAP-08)', (xml) => xml.replace('<hl7Message>', `<hl7Message>${' '.repeat(5_100_000)}`), 500, 'MessageTooLargeFault'],
];
