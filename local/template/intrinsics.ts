import type { Json, JsonObject, Stack } from './assembly.ts';

/** What an intrinsic may ask of the rest of the model. */
export interface Surroundings {
  readonly stack: Stack;
  ref(logicalId: string): Json;
  attribute(logicalId: string, attribute: string): Json;
  imported(exportName: string): Json;
}

type Intrinsic = (argument: Json, resolve: (value: Json) => Json, around: Surroundings) => Json;

const text = (value: Json, what: string): string => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`${what} needs a text here, not ${value === null ? 'null' : typeof value}`);
};

const list = (value: Json, what: string): Json[] => {
  if (Array.isArray(value)) return value;
  throw new Error(`${what} needs a list here`);
};

const isTrue = (value: Json): boolean => value === true || value === 'true';

const condition = (name: string, resolve: (value: Json) => Json, { stack }: Surroundings): boolean => {
  const declared = stack.conditions[name];
  if (declared === undefined) throw new Error(`there is no condition ${name}`);
  return isTrue(resolve(declared));
};

const substitute: Intrinsic = (argument, resolve, around) => {
  const [pattern, given] = Array.isArray(argument) ? [argument[0] ?? '', argument[1] ?? {}] : [argument, {}];
  return text(pattern, 'Fn::Sub').replaceAll(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`;
    const own = (given as JsonObject)[name];
    if (own !== undefined) return text(resolve(own), whole);
    const [id = '', ...attribute] = name.split('.');
    return text(attribute.length === 0 ? around.ref(id) : around.attribute(id, attribute.join('.')), whole);
  });
};

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, _resolve, around) => around.ref(text(argument, 'Ref')),
  'Fn::GetAtt': (argument, resolve, around) => {
    const [id = '', ...attribute] = Array.isArray(argument)
      ? argument.map((part) => text(resolve(part), 'Fn::GetAtt'))
      : text(argument, 'Fn::GetAtt').split('.');
    return around.attribute(id, attribute.join('.'));
  },
  'Fn::Sub': substitute,
  'Fn::Join': (argument, resolve) => {
    const [separator = '', parts = []] = list(argument, 'Fn::Join');
    return list(resolve(parts), 'Fn::Join')
      .map((part) => text(part, 'Fn::Join'))
      .join(text(separator, 'Fn::Join'));
  },
  'Fn::Select': (argument, resolve) => {
    const [index = 0, values = []] = list(argument, 'Fn::Select');
    return list(resolve(values), 'Fn::Select')[Number(resolve(index))] ?? null;
  },
  'Fn::Split': (argument, resolve) => {
    const [separator = '', value = ''] = list(argument, 'Fn::Split');
    return text(resolve(value), 'Fn::Split').split(text(separator, 'Fn::Split'));
  },
  'Fn::ImportValue': (argument, resolve, around) => around.imported(text(resolve(argument), 'Fn::ImportValue')),
  'Fn::Equals': (argument, resolve) => {
    const [left, right] = list(resolve(argument), 'Fn::Equals');
    return JSON.stringify(left) === JSON.stringify(right);
  },
  'Fn::And': (argument, resolve) => list(argument, 'Fn::And').every((part) => isTrue(resolve(part))),
  'Fn::Or': (argument, resolve) => list(argument, 'Fn::Or').some((part) => isTrue(resolve(part))),
  'Fn::Not': (argument, resolve) => !isTrue(resolve(list(argument, 'Fn::Not')[0] ?? false)),
  Condition: (argument, resolve, around) => condition(text(argument, 'Condition'), resolve, around),
  'Fn::FindInMap': (argument, resolve, { stack }) => {
    const [map = '', first = '', second = ''] = list(argument, 'Fn::FindInMap').map((part) =>
      text(resolve(part), 'Fn::FindInMap'),
    );
    const rows = stack.mappings[map] as Record<string, JsonObject> | undefined;
    return rows?.[first]?.[second] ?? null;
  },
  'Fn::Base64': (argument, resolve) => Buffer.from(text(resolve(argument), 'Fn::Base64')).toString('base64'),
  'Fn::GetAZs': (_argument, _resolve, { stack }) => [`${stack.region}a`, `${stack.region}b`, `${stack.region}c`],
};

/** AWS::NoValue: the property that holds it does not exist. */
const noValue = Symbol('AWS::NoValue');

const isNoValue = (value: Json): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && value['Ref'] === 'AWS::NoValue';

/** A value of the template with every intrinsic worked out. Throws on an intrinsic that is not in the table, naming it. */
export const resolveValue = (value: Json, around: Surroundings): Json => {
  const resolved = walk(value, around);
  return resolved === noValue ? null : resolved;
};

const walk = (value: Json, around: Surroundings): Json | typeof noValue => {
  if (isNoValue(value)) return noValue;
  const resolve = (inner: Json): Json => resolveValue(inner, around);
  if (Array.isArray(value)) return value.map((part) => walk(part, around)).filter((part) => part !== noValue);
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value);
  const [only = ''] = keys;
  if (
    keys.length === 1 &&
    (only === 'Ref' || (only === 'Condition' && typeof value[only] === 'string') || only.startsWith('Fn::'))
  ) {
    if (only === 'Fn::If') return branch(value[only] ?? null, resolve, around);
    const intrinsic = intrinsics[only];
    if (intrinsic === undefined) throw new Error(`the intrinsic ${only} is not known to the local run`);
    return intrinsic(value[only] ?? null, resolve, around);
  }
  const entries = Object.entries(value).map(([key, inner]) => [key, walk(inner, around)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== noValue));
};

/** Fn::If may choose AWS::NoValue, which must reach the object that holds it. */
const branch = (argument: Json, resolve: (value: Json) => Json, around: Surroundings): Json | typeof noValue => {
  const [name = '', yes = null, no = null] = list(argument, 'Fn::If');
  return walk(condition(text(name, 'Fn::If'), resolve, around) ? yes : no, around);
};
