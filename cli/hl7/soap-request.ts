import { SaxesParser } from 'saxes';

const ENVELOPE = 'http://www.w3.org/2003/05/soap-envelope';
const CDC = 'urn:cdc:iisb:2011';
export const soapMediaType = `application/soap+xml; charset=utf-8; action="${CDC}:submitSingleMessage"`;

const escaped: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };
/** Characters that XML cannot carry at all become the replacement character; CR must be written as a reference (SOAP-21). */
const xmlText = (text: string): string =>
  text.replace(/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD').replace(/[&<>\r]/g, (character) => escaped[character] ?? character);

export interface SoapCredentials {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly facilityId?: string | undefined;
}

/** A submitSingleMessage request of the CDC WSDL of 2011 (SOAP-01, SOAP-09). */
export const submitSingleMessage = (hl7: string, { username, password, facilityId }: SoapCredentials): string => {
  const part = (name: string, value: string | undefined): string => (value === undefined ? '' : `<${name}>${xmlText(value)}</${name}>`);
  const parts = part('username', username) + part('password', password) + part('facilityID', facilityId) + part('hl7Message', hl7);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Envelope xmlns="${ENVELOPE}"><Header/><Body><submitSingleMessage xmlns="${CDC}">${parts}</submitSingleMessage></Body></Envelope>`;
};

export type SoapAnswer =
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'fault'; readonly name: string; readonly text: string }
  | { readonly kind: 'unreadable' };

/** What a SOAP answer carries: the HL7 text of `return`, or the name and words of a fault. */
export const readSoapAnswer = (xml: string): SoapAnswer => {
  const texts = new Map<string, string>();
  const open: string[] = [];
  let fault: string | undefined;
  const parser = new SaxesParser({ xmlns: true });
  let isBroken = false;
  parser.on('error', () => { isBroken = true; });
  parser.on('opentag', ({ local, uri }) => {
    if (uri === CDC && open.at(-1) === 'Detail') fault = local;
    open.push(local);
  });
  const take = (text: string): void => {
    const name = open.at(-1) ?? '';
    texts.set(name, (texts.get(name) ?? '') + text);
  };
  parser.on('text', take);
  parser.on('cdata', take);
  parser.on('closetag', () => { open.pop(); });
  parser.write(xml).close();
  const answer = texts.get('return');
  if (isBroken) return { kind: 'unreadable' };
  if (answer !== undefined && answer.trim() !== '') return { kind: 'message', text: answer };
  const words = ['Text', 'Detail'].map((name) => (texts.get(name) ?? '').trim()).filter((text) => text !== '');
  return fault === undefined && words.length === 0 ? { kind: 'unreadable' } : { kind: 'fault', name: fault ?? 'fault', text: words.join(': ') };
};
