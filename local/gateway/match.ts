import type { ApiMethod } from './api-shape.ts';

export interface Match {
  readonly method: ApiMethod;
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Node {
  readonly literals: Map<string, Node>;
  parameter: { readonly name: string; readonly node: Node } | undefined;
  greedy: { readonly name: string; readonly node: Node } | undefined;
  readonly methods: Map<string, ApiMethod>;
}

const emptyNode = (): Node => ({ literals: new Map(), parameter: undefined, greedy: undefined, methods: new Map() });

/** Finds the method of a request: a literal part wins over a parameter, a parameter over `{proxy+}`, a named method over ANY. */
export const makeMatcher = (methods: readonly ApiMethod[]): ((httpMethod: string, path: string) => Match | undefined) => {
  const root = emptyNode();
  for (const method of methods) {
    const node = partsOf(method.resourcePath).reduce(childFor, root);
    node.methods.set(method.httpMethod, method);
  }
  return (httpMethod, path) => find(root, partsOf(path), httpMethod, {});
};

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '');

const childFor = (node: Node, part: string): Node => {
  const name = /^\{(.+?)(\+?)\}$/.exec(part);
  if (name === null) {
    const known = node.literals.get(part) ?? emptyNode();
    node.literals.set(part, known);
    return known;
  }
  const [, parameter = '', plus = ''] = name;
  if (plus === '+') return (node.greedy ??= { name: parameter, node: emptyNode() }).node;
  return (node.parameter ??= { name: parameter, node: emptyNode() }).node;
};

const find = (
  node: Node,
  parts: readonly string[],
  httpMethod: string,
  found: Readonly<Record<string, string>>,
): Match | undefined => {
  const [part, ...rest] = parts;
  if (part === undefined) {
    const method = node.methods.get(httpMethod) ?? node.methods.get('ANY');
    return method === undefined ? undefined : { method, pathParameters: found };
  }
  const literal = node.literals.get(part);
  const byLiteral = literal === undefined ? undefined : find(literal, rest, httpMethod, found);
  if (byLiteral !== undefined) return byLiteral;
  const { parameter, greedy } = node;
  const byParameter =
    parameter === undefined ? undefined : find(parameter.node, rest, httpMethod, { ...found, [parameter.name]: decoded(part) });
  if (byParameter !== undefined) return byParameter;
  return greedy === undefined
    ? undefined
    : find(greedy.node, [], httpMethod, { ...found, [greedy.name]: parts.map(decoded).join('/') });
};

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};
