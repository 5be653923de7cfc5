import { z } from 'zod';
import type { Route } from '../../shared/contracts/route.ts';

/** Text that fits what a field asks for; the field's name lets a caller decide. */
export type TextFor = (field: string) => string;

interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly allOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly additionalProperties?: Shape | boolean;
  readonly $ref?: string;
}

/** Words of the formats and patterns in our contracts; the first that fits is taken. */
const fitting = [
  '2021-03-08', '2021-03-08T15:00:00.000Z', 'office@elm.example', '59676-0580-05', '59676-0580-15', '06106', '09003', '860-555-0100', '123456', 'CT', 'U1', 'R1', 'near-client', '2021-06',
  '1', 'x',
];

/** What a format asks for, and what is written where the wanted text is no such thing. */
const formats: Readonly<Record<string, readonly [fits: RegExp, otherwise: string]>> = {
  date: [/^\d{4}-\d{2}-\d{2}$/, '2021-03-08'],
  'date-time': [/^\d{4}-\d{2}-\d{2}T.*Z$/, '2021-03-08T15:00:00.000Z'],
  email: [/^[^@ ]+@[^@ ]+$/, 'office@elm.example'],
};

const textOf = (field: string, { format, pattern, maxLength }: Shape, text: TextFor): string => {
  if (/week/i.test(field)) return '2021-03-08';
  const wanted = text(field);
  const [fits, otherwise] = formats[format ?? ''] ?? [];
  if (fits !== undefined && otherwise !== undefined) return fits.test(wanted) ? wanted : otherwise;
  if (pattern !== undefined) {
    const rule = new RegExp(pattern, 'u');
    return [wanted, ...fitting].find((each) => rule.test(each)) ?? wanted;
  }
  return maxLength === undefined ? wanted : wanted.slice(0, maxLength);
};

const sampleOf = (field: string, shape: Shape, text: TextFor, root: Shape & { $defs?: Record<string, Shape> }): unknown => {
  if (shape.$ref !== undefined) return sampleOf(field, root.$defs?.[shape.$ref.split('/').at(-1) ?? ''] ?? {}, text, root);
  if (shape.const !== undefined) return shape.const;
  if (shape.enum !== undefined) return shape.enum[0];
  const [one] = shape.anyOf ?? shape.oneOf ?? shape.allOf ?? [];
  if (one !== undefined) return sampleOf(field, one, text, root);
  switch (shape.type) {
    case 'string':
      return textOf(field, shape, text);
    case 'integer':
    case 'number':
      return Math.min(Math.max(shape.minimum ?? 1, 1), shape.maximum ?? 1);
    case 'boolean':
      return true;
    case 'array':
      return Array.from({ length: Math.max(1, shape.minItems ?? 1) }, () => sampleOf(field, shape.items ?? {}, text, root));
    case 'object': {
      const own = Object.entries(shape.properties ?? {}).map(([name, part]) => [name, sampleOf(name, part, text, root)] as const);
      return Object.fromEntries(own);
    }
    default:
      return undefined;
  }
};

/** What a schema's rules beyond its shape ask for, by the route's id: fields that are changed or left out (undefined) in the sample. */
const amendments: Readonly<Record<string, (body: Record<string, unknown>) => Record<string, unknown>>> = {
  placeOrder: ({ awardId: _award, ...body }) => ({ ...body, programme: 'cvp' }),
  draftRun: (body) => ({ ...body, policy: 'connecticut-2021' }),
  receiveTransfer: (body) => ({ ...body, received: 1, missing: 0, suspect: 0 }),
  setStanding: (body) => ({ ...body, weights: { population: 1 } }),
};

/** A JSON body that passes the route's schema, every text of it chosen by `text`; undefined for a route without one. */
export const bodyFor = (route: Route, text: TextFor): unknown => {
  if (route.body === undefined) return undefined;
  const shape = z.toJSONSchema(route.body, { io: 'input', unrepresentable: 'any' }) as Shape;
  const sample = sampleOf('', shape, text, shape) as Record<string, unknown>;
  return amendments[route.id]?.(sample) ?? sample;
};

/** The same for its query: texts, as the gateway hands them over. */
export const queryFor = (route: Route, text: TextFor): Record<string, string> => {
  if (route.query === undefined) return {};
  const shape = z.toJSONSchema(route.query, { io: 'input', unrepresentable: 'any' }) as Shape;
  const sample = sampleOf('', shape, text, shape) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(sample).filter(([name, value]) => value !== undefined && name !== 'cursor').map(([name, value]) => [name, String(value)]));
};
