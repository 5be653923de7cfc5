import { soapEnvelope } from './contract.ts';

/** Characters that XML 1.0 cannot hold in any form. */
const unholdable = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };

/** Text as content: a CR as `&#xD;`, since a reader turns a bare one into LF (SOAP-22). */
export const escaped = (text: string): string =>
  text.replace(unholdable, '\uFFFD').replace(/[&<>\r]/g, (character) => escapes[character] ?? character);

/** An element of XML that is written already; without a namespace it lies in its parent's. */
export const element = (name: string, inner: string, namespace?: string): string =>
  `<${name}${namespace === undefined ? '' : ` xmlns="${namespace}"`}${inner === '' ? '/>' : `>${inner}</${name}>`}`;

export const textElement = (name: string, text: string, namespace?: string): string => element(name, escaped(text), namespace);

/** A SOAP 1.2 envelope as the default namespace, so that the unprefixed codes of a fault resolve. */
export const envelope = (body: string, header = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${element('Envelope', (header === '' ? '' : element('Header', header)) + element('Body', body), soapEnvelope)}`;
