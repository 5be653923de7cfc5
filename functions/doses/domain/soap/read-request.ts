import { HL7_LIMITS, holdsSeveral, readMessage } from '../../../../shared/hl7/index.ts';
import { addressing, editionOf, editions, maxSoapBytes, soap11Envelope, soapEnvelope, understoodHeaders, type Edition } from './contract.ts';
import type { SoapFault, SoapFaultKind } from './faults.ts';
import { readXml, type XmlElement } from './read-xml.ts';

interface Received {
  readonly edition: Edition;
  /** wsa:MessageID, to be answered as RelatesTo. */
  readonly relatesTo: string | undefined;
}

export type SoapRequest =
  | (Received & { readonly kind: 'connectivity'; readonly echo: string })
  | (Received & { readonly kind: 'submit'; readonly username: string; readonly password: string; readonly facility: string; readonly hl7: string })
  | (Received & { readonly kind: 'fault'; readonly fault: SoapFault });

/** Roles of SOAP 1.2 that mean us; a header for another node is none of our business. */
const ourRoles: ReadonlySet<string> = new Set(['', `${soapEnvelope}/role/next`, `${soapEnvelope}/role/ultimateReceiver`]);
const longestMessageId = 500;

const isUnderstood = (header: XmlElement): boolean => {
  const must = header.attributes.get(`{${soapEnvelope}}mustUnderstand`)?.trim();
  const role = header.attributes.get(`{${soapEnvelope}}role`)?.trim() ?? '';
  return (must !== '1' && must !== 'true') || !ourRoles.has(role) || understoodHeaders.has(header.namespace);
};

/** Why a request is no XML that is read here (SOAP-16, SOAP-18). */
const notRead: Readonly<Record<Extract<ReturnType<typeof readXml>, string>, string>> = {
  dtd: 'A document type declaration (DOCTYPE) is not taken: send the envelope without it',
  'too-deep': 'The request nests deeper, or has more elements or attributes, than any request of the contract',
  malformed: 'The request is not well-formed XML',
};

/** Reads a request by the contract (SOAP-01 to SOAP-18): what is asked, or the fault that answers it. Pure; credentials are checked by the caller. */
export const readSoapRequest = (text: string): SoapRequest => {
  const fault = (kind: SoapFaultKind, detail: string, received: Partial<Received> = {}, size?: SoapFault['size']): SoapRequest =>
    ({ edition: '2011', relatesTo: undefined, ...received, kind: 'fault', fault: { kind, detail, ...(size === undefined ? {} : { size }) } });
  const bytes = Buffer.byteLength(text);
  if (bytes > maxSoapBytes)
    return fault(
      'message-too-large',
      `A request holds at most ${maxSoapBytes} bytes; larger files go to the address that POST /uploads gives`,
      {},
      { bytes, most: maxSoapBytes },
    );
  const root = readXml(text);
  if (typeof root === 'string') return fault('sender', notRead[root]);
  if (root.name === 'Envelope' && root.namespace === soap11Envelope) return fault('version-mismatch', 'The envelope is of SOAP 1.1');
  if (root.name !== 'Envelope' || root.namespace !== soapEnvelope) return fault('sender', 'The root of the request is no SOAP 1.2 envelope');
  const parts = root.children.map(({ namespace, name }) => (namespace === soapEnvelope ? name : '?')).join(' ');
  if (parts !== 'Body' && parts !== 'Header Body') return fault('sender', 'An envelope holds one Body, and before it at most one Header');
  const headers = root.children.length === 2 ? root.children[0]?.children ?? [] : [];
  const relatesTo = headers.find(({ namespace, name }) => namespace === addressing && name === 'MessageID')?.text.trim().slice(0, longestMessageId);
  const [operation, ...more] = root.children.at(-1)?.children ?? [];
  const edition = editionOf(operation?.namespace ?? '') ?? '2011';
  const received: Received = { edition, relatesTo: relatesTo === '' ? undefined : relatesTo };
  if (!headers.every(isUnderstood))
    return fault('must-understand', 'It carries a header of another specification than WS-Addressing and WS-Security', received);
  if (operation === undefined || more.length > 0) return fault('unknown', 'The Body holds one operation', received);
  return readOperation(operation, received, (kind, detail, size) => fault(kind, detail, received, size));
};

type Refuse = (kind: SoapFaultKind, detail: string, size?: SoapFault['size']) => SoapRequest;

const readOperation = (operation: XmlElement, received: Received, refuse: Refuse): SoapRequest => {
  const { edition } = received;
  const { namespace, connectivity, submit } = editions[edition];
  if (operation.namespace === namespace && operation.name === connectivity.request) {
    const values = valuesOf(operation, namespace, [connectivity.echo]);
    const echo = values?.get(connectivity.echo);
    // Required in the 2011 contract, optional in the other.
    if (values === undefined || (echo === undefined && edition === '2011'))
      return refuse('unknown', `${connectivity.request} holds one ${connectivity.echo} and nothing else`);
    return { ...received, kind: 'connectivity', echo: echo ?? '' };
  }
  if (operation.namespace !== namespace || operation.name !== submit.request) {
    return refuse('unsupported-operation', `The operations are ${connectivity.request} and ${submit.request}`);
  }
  const values = valuesOf(operation, namespace, [submit.username, submit.password, submit.facility, submit.message]);
  if (values === undefined)
    return refuse(
      'unknown',
      `${submit.request} holds ${submit.username}, ${submit.password}, ${submit.facility} and ${submit.message}, each once, as text`,
    );
  const value = (name: string): string => values.get(name) ?? '';
  return {
    ...received,
    kind: 'submit',
    username: value(submit.username).trim(),
    password: value(submit.password),
    facility: value(submit.facility).trim(),
    hl7: value(submit.message),
  };
};

/** Texts of the parts, in any order (SOAP-05); undefined when a part is unknown, doubled or not text alone (SOAP-12). */
const valuesOf = ({ children, text }: XmlElement, namespace: string, names: readonly string[]): ReadonlyMap<string, string> | undefined => {
  const values = new Map<string, string>();
  for (const child of children) {
    if (child.namespace !== namespace || !names.includes(child.name) || values.has(child.name) || child.children.length > 0) return undefined;
    values.set(child.name, child.text);
  }
  return text.trim() === '' ? values : undefined;
};

/** What keeps the text of a submission from being one message (SOAP-07, SOAP-08, SOAP-12); looked at after the credentials (SOAP-09). */
export const messageFault = (hl7: string): SoapFault | undefined => {
  if (hl7.trim() === '') return { kind: 'unknown', detail: 'There is no HL7 message' };
  const most = HL7_LIMITS.messageBytes;
  if (hl7.length > most)
    return { kind: 'message-too-large', detail: `A message holds at most ${most} bytes`, size: { bytes: Buffer.byteLength(hl7), most } };
  if (holdsSeveral(readMessage(hl7)))
    return {
      kind: 'message-too-large',
      detail: 'A request holds one message, this one begins a second',
      size: { bytes: Buffer.byteLength(hl7), most },
    };
  return undefined;
};
