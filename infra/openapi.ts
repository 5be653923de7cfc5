import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { permissions, scopesOf, type Role } from '../shared/contracts/permissions.ts';
import { problem } from '../shared/contracts/problem.ts';
import { needsToken, type Route, type RouteResponse } from '../shared/contracts/route.ts';
import { routesByContext } from './routes.ts';

/** Where the generated document lies; the documentation Lambda bundles it, and a test holds that it is up to date. */
export const openApiFile = new URL('../docs/api/openapi.json', import.meta.url);

type Json = Record<string, unknown>;

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' }) as Json;
  return json;
};

/** A schema with an id stands once under components and is referred to from everywhere else. */
const referred = (schema: z.ZodType, io: 'input' | 'output', components: Map<string, Json>): Json => {
  const id = schema.meta()?.['id'];
  if (id === undefined) return hoisted(schemaOf(schema, io), components);
  if (!components.has(id)) {
    const json = hoisted(schemaOf(schema, io), components);
    // zod may have written it as a reference to itself among its own definitions, which are under components by now.
    if (!components.has(id)) components.set(id, json);
  }
  return { $ref: `#/components/schemas/${id}` };
};

/** zod writes what is reused inside a schema into its `$defs`; OpenAPI wants it under components. */
const hoisted = (json: Json, components: Map<string, Json>): Json => {
  const { $defs = {}, id: _id, ...rest } = json as { $defs?: Record<string, Json>; id?: unknown };
  const moved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(moved);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => [
        key,
        key === '$ref' && typeof part === 'string' ? part.replace('#/$defs/', '#/components/schemas/') : moved(part),
      ]),
    );
  };
  for (const [name, definition] of Object.entries($defs)) {
    const { id: _definitionId, ...bare } = definition;
    if (!components.has(name)) components.set(name, moved(bare) as Json);
  }
  return moved(rest) as Json;
};

const parametersOf = (route: Route, components: Map<string, Json>): Json[] => {
  const header = (name: string, description: string): Json => ({ name, in: 'header', required: true, description, schema: { type: 'string' } });
  const query =
    route.query === undefined
      ? {}
      : (hoisted(schemaOf(route.query, 'input'), components) as { properties?: Record<string, Json>; required?: string[] });
  return [
    ...[...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...Object.entries(query.properties ?? {}).map(([name, { description, ...schema }]) => ({
      name,
      in: 'query',
      required: query.required?.includes(name) ?? false,
      ...(description === undefined ? {} : { description }),
      schema,
    })),
    ...(route.creates === true
      ? [header('Idempotency-Key', 'New for each thing you create; a repeat of the same request under the same key answers what was created.')]
      : []),
    ...(route.changes === true ? [header('If-Match', 'The ETag of the version you read.')] : []),
  ];
};

/** What is not described by a schema of ours: a text, or a JSON object of another standard. */
const anyOf = (mediaType: string): Json => ({ type: mediaType.endsWith('+json') ? 'object' : 'string' });

const contentOf = ({ schema, mediaType = 'application/json' }: RouteResponse, status: number, components: Map<string, Json>): Json => {
  if (schema === undefined && mediaType === 'application/json') return {};
  const type = schema === problem || (status >= 400 && mediaType === 'application/json') ? 'application/problem+json' : mediaType;
  return { content: { [type]: { schema: schema === undefined ? anyOf(mediaType) : referred(schema, 'output', components) } } };
};

const operationOf = (route: Route, context: string, components: Map<string, Json>): Json => {
  const { action } = route;
  const callers: readonly Role[] = needsToken(action) ? permissions[action] : [];
  const accepts = route.accepts ?? 'application/json';
  const always: Record<number, RouteResponse> =
    !needsToken(action) ? {} : { 401: { description: 'No valid access token' }, 403: { description: 'Your role may not do this', schema: problem } };
  return {
    operationId: route.id,
    tags: [context],
    summary: route.summary,
    description: needsToken(action)
      ? `Permission \`${action}\`: ${callers.join(', ')}.`
      : action === 'public'
        ? 'Public.'
        : 'No token: the credentials are in the message.',
    ...(!needsToken(action) ? { security: [] } : { security: [{ oauth: scopesOf(action).map((scope) => `doseline/${scope}`) }] }),
    parameters: parametersOf(route, components),
    ...(route.body === undefined && route.accepts === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { [accepts]: { schema: route.body === undefined ? anyOf(accepts) : referred(route.body, 'input', components) } },
          },
        }),
    responses: Object.fromEntries(
      Object.entries({ ...always, ...route.responses }).map(([status, response]) => [
        status,
        { description: response.description, ...contentOf(response, Number(status), components) },
      ]),
    ),
  };
};

/** The OpenAPI 3.1 document of every route, from the same zod schemas that check requests and answers. */
export const openApiDocument = (): Json => {
  const components = new Map<string, Json>();
  const paths: Record<string, Json> = {};
  for (const [context, routes] of Object.entries(routesByContext))
    for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operationOf(route, context, components);
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Doseline',
      version,
      summary: 'Enrollment, allocation, orders, shipments, inventory, doses and reports of one jurisdiction',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    tags: Object.keys(routesByContext).map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: {
        oauth: {
          type: 'oauth2',
          description: 'Access tokens of the jurisdiction’s user pool: people through the portal, machines with their own client.',
          flows: {
            clientCredentials: { tokenUrl: '/oauth2/token', scopes: { 'doseline/submit': 'send and query as an EHR system' } },
            authorizationCode: { authorizationUrl: '/oauth2/authorize', tokenUrl: '/oauth2/token', scopes: { 'doseline/portal': 'act as a person' } },
          },
        },
      },
    },
  };
};

/** The document as it lies in docs/api: stable, so that a change of a route shows as a change of a line. */
export const openApiText = (): string => `${JSON.stringify(openApiDocument(), null, 1)}\n`;
