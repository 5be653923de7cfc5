import { readFileSync } from 'node:fs';
import { SaxesParser } from 'saxes';
import { sharedPath } from './shared.ts';

/** An element as the test's own reader sees it; nothing of the product is used to judge the product. */
export interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
  readonly text: string;
  readonly parent: Node | undefined;
}

/** Reads XML into nodes named `{namespace}local`. Throws when it is not well-formed. */
export const readNodes = (xml: string): Node => {
  const parser = new SaxesParser({ xmlns: true });
  type Open = { name: string; attributes: Record<string, string>; children: Node[]; text: string; parent: Node | undefined };
  const root: Open = { name: '/', attributes: {}, children: [], text: '', parent: undefined };
  let current = root;
  parser.on('error', (error) => { throw error; });
  parser.on('opentag', ({ uri, local, attributes }) => {
    const node: Open = { name: `{${uri}}${local}`, attributes: Object.fromEntries(Object.entries(attributes).map(([name, { value }]) => [name, value])), children: [], text: '', parent: current };
    current.children.push(node);
    current = node;
  });
  parser.on('closetag', () => { current = (current.parent ?? root) as Open; });
  const add = (piece: string): void => { current.text += piece; };
  parser.on('text', (text) => { if (current !== root) add(text); });
  parser.on('cdata', add);
  parser.write(xml).close();
  return root;
};

const everything = (node: Node): Node[] => [node, ...node.children.flatMap(everything)];
const stringOf = (node: Node): string => node.text + node.children.map(stringOf).join('');
export const find = (node: Node, name: string): Node | undefined => everything(node).find((each) => each.name.endsWith(`}${name}`));

interface Assertion { readonly context: string; readonly test: string; readonly says: string }

/** Every assertion of a phase of soap_rules.sch. In Schematron only the first rule that fits a node fires; here all do, which is stricter. */
const assertionsOf = (phase: string): { prefixes: ReadonlyMap<string, string>; assertions: Assertion[] } => {
  const schema = readNodes(readFileSync(sharedPath('wsdl/nist-hit-iz-tool/soap_rules.sch'), 'utf8'));
  const all = everything(schema);
  const named = (name: string): Node[] => all.filter((node) => node.name.endsWith(`}${name}`));
  const prefixes = new Map(named('ns').map(({ attributes }) => [attributes['prefix'] ?? '', attributes['uri'] ?? '']));
  const pattern = named('phase').find(({ attributes }) => attributes['id'] === phase)?.children[0]?.attributes['pattern'];
  const active = named('pattern').find(({ attributes }) => attributes['id'] === pattern);
  const assertions = (active?.children ?? []).flatMap((rule) => rule.children.map((assert) => ({ context: rule.attributes['context'] ?? '', test: assert.attributes['test'] ?? '', says: assert.text.trim().replace(/\s+/g, ' ') })));
  if (assertions.length === 0) throw new Error(`no phase ${phase}`);
  return { prefixes, assertions };
};

/** The XPath that the NIST rules use, and no other: what is not known throws. */
const holds = (test: string, node: Node, nameOf: (prefixed: string) => string): boolean => {
  const count = (names: string): number => {
    if (names === '*') return node.children.length;
    const wanted = names.split('|').map((name) => nameOf(name.trim()));
    return node.children.filter(({ name }) => wanted.includes(name)).length;
  };
  if (test.includes(' and ')) return test.split(' and ').every((part) => holds(part.trim(), node, nameOf));
  if (test.includes(' or ')) return test.split(' or ').some((part) => holds(part.trim(), node, nameOf));
  const text = stringOf(node);
  const number = text.trim() === '' ? Number.NaN : Number(text);
  const counted = /^count\(([^)]+)\) = (?:(\d+)|count\(([^)]+)\))$/.exec(test);
  if (counted) return count(counted[1] ?? '') === (counted[2] === undefined ? count(counted[3] ?? '') : Number(counted[2]));
  const literal = /^string\(\.\)='([^']*)'$/.exec(test);
  if (literal) return text === literal[1];
  switch (test) {
    case 'normalize-space(.)': return text.trim() !== '';
    case "string(number(.)) != 'NaN'":
    case 'number(.) = .': return !Number.isNaN(number);
    default: throw new Error(`no such XPath here: ${test}`);
  }
};

const fits = (node: Node, context: string, nameOf: (prefixed: string) => string): boolean => {
  if (context === '/') return node.parent === undefined;
  let at: Node | undefined = node;
  for (const step of context.split('/').reverse()) {
    if (at?.name !== nameOf(step)) return false;
    at = at.parent;
  }
  return true;
};

/** What of a phase of NIST's SOAP rules an envelope breaks; empty when it keeps them all. */
export const brokenAssertions = (xml: string, phase: string): string[] => {
  const { prefixes, assertions } = assertionsOf(phase);
  const nameOf = (prefixed: string): string => {
    const [prefix = '', local = ''] = prefixed.split(':');
    return `{${prefixes.get(prefix) ?? '?'}}${local}`;
  };
  const nodes = everything(readNodes(xml));
  return assertions.flatMap(({ context, test, says }) => nodes.filter((node) => fits(node, context, nameOf) && !holds(test, node, nameOf)).map(() => `${context} ${test}: ${says}`));
};
