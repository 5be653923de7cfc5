import { SaxesParser } from 'saxes';

export interface XmlElement {
  readonly namespace: string;
  readonly name: string;
  /** By `{namespace}name`, or the bare name for one without a namespace. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Text that lies directly in it, CDATA included. */
  readonly text: string;
}

/** SOAP-18. An envelope of the contract is six deep and has a dozen elements; headers of security frameworks have more. */
const maxDepth = 32;
const maxElements = 1_000;
const maxAttributes = 50;

class Refused extends Error {
  readonly why: 'dtd' | 'too-deep' | 'malformed';
  constructor(why: Refused['why']) {
    super(why);
    this.why = why;
  }
}

/**
 * Reads one XML document, strictly: well-formed, namespaces resolved, no DTD and so no entity beyond the five of XML (SOAP-16, SOAP-18).
 * What is no such document is said by kind: the parser's own reason would quote it.
 */
export const readXml = (text: string): XmlElement | Refused['why'] => {
  const parser = new SaxesParser({ xmlns: true });
  type Open = { namespace: string; name: string; attributes: Map<string, string>; children: XmlElement[]; text: string };
  const open: Open[] = [];
  let root: XmlElement | undefined;
  let elements = 0;
  const refuse = (why: Refused['why']): never => { throw new Refused(why); };
  parser.on('error', () => refuse('malformed'));
  parser.on('doctype', () => refuse('dtd'));
  parser.on('opentag', ({ uri, local, attributes: sent }) => {
    elements += 1;
    const attributes = Object.values(sent);
    if (open.length >= maxDepth || elements > maxElements || attributes.length > maxAttributes) refuse('too-deep');
    const named = attributes.map(({ uri: namespace, local: name, value }) => [namespace === '' ? name : `{${namespace}}${name}`, value] as const);
    const opened: Open = { namespace: uri, name: local, attributes: new Map(named), children: [], text: '' };
    open.at(-1)?.children.push(opened);
    open.push(opened);
  });
  parser.on('closetag', () => { root = open.pop(); });
  const add = (piece: string): void => {
    const parent = open.at(-1);
    if (parent !== undefined) parent.text += piece;
  };
  parser.on('text', add);
  parser.on('cdata', add);
  try {
    parser.write(text.trimStart()).close();
  } catch (error) {
    if (error instanceof Refused) return error.why;
    throw error;
  }
  return root ?? 'malformed';
};
