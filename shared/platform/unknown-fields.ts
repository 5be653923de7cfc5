import type { z } from 'zod';
import type { Fault } from '../contracts/problem.ts';

/** Deeper than any body of ours: guards against a schema that names itself. */
const maxDepth = 30;
/** More are counted, not listed: a body of another kind would name them all. */
const maxListed = 20;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Letters that must be changed, put in or left out to make one name of the other. */
const slips = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j += 1) next.push(Math.min((row[j] ?? 0) + (other[j] === letter ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    row = next;
  }
  return row[other.length] ?? 0;
};
const maxSlips = 2;

/** A field by its name when that is one of ours with a slip, else by its place: a name could be anything, a patient's too. */
const faultAt = (path: string, name: string, at: number, known: readonly string[]): Fault => {
  const listed = known.length === 0 ? '' : `; known are ${known.join(', ')}`;
  const meant = known.find((one) => name.length < 60 && slips(name.toLowerCase(), one.toLowerCase()) <= Math.min(maxSlips, one.length - 1));
  return meant === undefined
    ? { path, message: `field number ${at + 1} is not known here${listed}` }
    : { path: `${path}.${name}`, message: `is not known here; is ${meant} meant? Known are ${known.join(', ')}` };
};

const ofObject = (shape: Readonly<Record<string, z.core.$ZodType>>, isClosed: boolean, value: unknown, path: string, depth: number): Fault[] => {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, part], at) => {
    const schema = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (schema !== undefined) return walk(schema, part, `${path}.${name}`, depth);
    return isClosed ? [faultAt(path, name, at, Object.keys(shape))] : [];
  });
};

/** The branch that the value fits best says what is unknown. */
const ofUnion = (options: readonly z.core.$ZodType[], value: unknown, path: string, depth: number): Fault[] =>
  options.map((option) => walk(option, value, path, depth)).sort((a, b) => a.length - b.length)[0] ?? [];

const walk = (schema: z.core.$ZodType, value: unknown, path: string, depth: number): Fault[] => {
  if (depth >= maxDepth) return [];
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const into = (inner: z.core.$ZodType): Fault[] => walk(inner, value, path, depth + 1);
  switch (def.type) {
    case 'object':
      return ofObject(def.shape, def.catchall === undefined, value, path, depth + 1);
    case 'array':
      return Array.isArray(value) ? value.flatMap((part, at) => walk(def.element, part, `${path}[${at}]`, depth + 1)) : [];
    case 'record':
      return isObject(value) ? Object.values(value).flatMap((part, at) => walk(def.valueType, part, `${path}[${at}]`, depth + 1)) : [];
    case 'union':
      return ofUnion(def.options, value, path, depth + 1);
    case 'intersection':
      return []; // each side would call the other side's fields unknown
    case 'optional': case 'nullable': case 'default': case 'prefault': case 'readonly': case 'nonoptional': case 'catch':
      return into(def.innerType);
    case 'pipe':
      return into(def.in);
    case 'lazy':
      return into(def.getter());
    default:
      return [];
  }
};

/**
 * Fields of a body that its schema does not name. They are refused, not passed over: a misspelt field that is silently ignored is a fact
 * that its sender believes to be stored. Where a schema says that more may come (a loose object), nothing is unknown.
 */
export const unknownFields = (schema: z.core.$ZodType, value: unknown, root: string): Fault[] => {
  const found = walk(schema, value, root, 0);
  return found.length <= maxListed ? found : [...found.slice(0, maxListed), { path: root, message: `has ${found.length - maxListed} more fields that are not known here` }];
};
