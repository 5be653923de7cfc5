import type { z } from 'zod';
import type { Fault } from '../contracts/problem.ts';
import { meantName } from '../kernel/slips.ts';

/** Deeper than any body of ours: guards against a schema that names itself. */
const maxDepth = 30;
/** More are counted, not listed: a body of another kind would name them all. */
const maxListed = 20;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** More places in one list are counted. */
const maxPlaces = 10;

/** What may be said of a field that the body must not have. */
export interface KnownElsewhere {
  /** Names of ours: they may be repeated, whoever's data stands beside them. */
  readonly names: ReadonlySet<string>;
  /** Where what some of them hold is told instead. */
  readonly elsewhere: Readonly<Record<string, string>>;
}
const nowhere: KnownElsewhere = { names: new Set(), elsewhere: {} };

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;

/**
 * The fields of one object that it does not know: each by its name when that is one of ours with a slip, or is told elsewhere; all others in one line,
 * by name where it is one of ours, else by place: a name could be anything, a patient's too.
 */
const faultsAt = (
  path: string,
  unknown: readonly { name: string; at: number }[],
  known: readonly string[],
  { names, elsewhere }: KnownElsewhere,
): Fault[] => {
  const single: Fault[] = [];
  const rest: { name: string; at: number }[] = [];
  for (const one of unknown) {
    const { name } = one;
    const meant = meantName(name, known);
    const told = Object.hasOwn(elsewhere, name) ? elsewhere[name] : undefined;
    if (told !== undefined) single.push({ path: `${path}.${name}`, message: `is not taken here: ${told}` });
    else if (meant !== undefined && !names.has(name))
      single.push({ path: `${path}.${name}`, message: `is not known here; is ${meant} meant? Known are ${known.join(', ')}` });
    else rest.push(one);
  }
  if (rest.length === 0) return single;
  const ours = rest.filter(({ name }) => names.has(name)).map(({ name }) => name);
  const places = rest.filter(({ name }) => !names.has(name)).map(({ at }) => String(at + 1));
  const shown = places.length > maxPlaces ? [...places.slice(0, maxPlaces), `${places.length - maxPlaces} more`] : places;
  const numbered = places.length === 0 ? [] : [`field number ${listed(shown)}`];
  const message = `${[...ours, ...numbered].join(', ')} ${rest.length === 1 ? 'is' : 'are'} not known here${known.length === 0 ? '' : `; known are ${known.join(', ')}`}`;
  return [...single, { path, message }];
};

type Walk = (schema: z.core.$ZodType, value: unknown, path: string, depth: number) => Fault[];

const ofObject = (
  shape: Readonly<Record<string, z.core.$ZodType>>,
  isClosed: boolean,
  value: unknown,
  path: string,
  depth: number,
  walk: Walk,
  elsewhere: KnownElsewhere,
): Fault[] => {
  if (!isObject(value)) return [];
  const fields = Object.entries(value).map(([name, part], at) => ({ name, part, at, schema: Object.hasOwn(shape, name) ? shape[name] : undefined }));
  const unknown = isClosed ? fields.filter(({ schema }) => schema === undefined) : [];
  return [
    ...faultsAt(path, unknown, Object.keys(shape), elsewhere),
    ...fields.flatMap(({ name, part, schema }) => (schema === undefined ? [] : walk(schema, part, `${path}.${name}`, depth))),
  ];
};

/** The branch that the value fits best says what is unknown. */
const ofUnion = (options: readonly z.core.$ZodType[], value: unknown, path: string, depth: number, walk: Walk): Fault[] =>
  options.map((option) => walk(option, value, path, depth)).sort((a, b) => a.length - b.length)[0] ?? [];

const walkWith = (elsewhere: KnownElsewhere): Walk => function walk(schema: z.core.$ZodType, value: unknown, path: string, depth: number): Fault[] {
  if (depth >= maxDepth) return [];
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const into = (inner: z.core.$ZodType): Fault[] => walk(inner, value, path, depth + 1);
  switch (def.type) {
    case 'object':
      return ofObject(def.shape, def.catchall === undefined, value, path, depth + 1, walk, elsewhere);
    case 'array':
      return Array.isArray(value) ? value.flatMap((part, at) => walk(def.element, part, `${path}[${at}]`, depth + 1)) : [];
    case 'record':
      return isObject(value) ? Object.values(value).flatMap((part, at) => walk(def.valueType, part, `${path}[${at}]`, depth + 1)) : [];
    case 'union':
      return ofUnion(def.options, value, path, depth + 1, walk);
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
export const unknownFields = (schema: z.core.$ZodType, value: unknown, root: string, elsewhere: KnownElsewhere = nowhere): Fault[] => {
  const found = walkWith(elsewhere)(schema, value, root, 0);
  return found.length <= maxListed
    ? found
    : [...found.slice(0, maxListed), { path: root, message: `has ${found.length - maxListed} more fields that are not known here` }];
};
