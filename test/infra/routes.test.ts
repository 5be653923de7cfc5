import { describe, expect, it } from '@jest/globals';
import { scopesOf } from '../../shared/contracts/permissions.ts';
import { problem } from '../../shared/contracts/problem.ts';
import { needsToken, type Route } from '../../shared/contracts/route.ts';
import { openApiDocument } from '../../infra/openapi.ts';
import { allRoutes, routeFaults, routesByContext } from '../../infra/routes.ts';
import { takesNothing } from '../../shared/platform/takes-nothing.ts';
import { broken, listAt, pick, resourcesOf, synthesised, textOf, type Templates } from '../support/synthesis.ts';

interface Method {
  readonly key: string;
  readonly fn: string;
  readonly protection: string;
}

const pathOf = (templates: Templates, reference: unknown): string => {
  if (pick(reference, 'Fn::GetAtt')) return '';
  const resource = templates.api.Resources[String(pick(reference, 'Ref'))];
  return `${pathOf(templates, pick(resource, 'Properties', 'ParentId'))}/${String(pick(resource, 'Properties', 'PathPart'))}`;
};

/** Every method of the gateway: its path, the Lambda that answers, and what a caller must show. */
const methodsOf = (templates: Templates): Method[] =>
  resourcesOf(templates, 'AWS::ApiGateway::Method').map(({ resource }) => {
    const properties = resource.Properties;
    const uri = textOf(templates, 'api', pick(properties, 'Integration', 'Uri'));
    const scopes = listAt(properties, 'AuthorizationScopes').map(String).sort().join(' ');
    return {
      key: `${String(pick(properties, 'HttpMethod'))} ${pathOf(templates, pick(properties, 'ResourceId'))}`,
      fn: /functions\/api\/([a-z]+)api[0-9A-F]{8}\.Arn/.exec(uri)?.[1] ?? uri,
      protection: pick(properties, 'AuthorizationType') === 'NONE' ? 'public' : `${String(pick(properties, 'AuthorizationType'))} ${scopes}`,
    };
  });

const protectionOf = ({ action }: Route): string =>
  needsToken(action) ? `COGNITO_USER_POOLS ${scopesOf(action).map((scope) => `doseline/${scope}`).sort().join(' ')}` : 'public';

const expected: Method[] = Object.entries(routesByContext).flatMap(([context, routes]) =>
  routes.map((route) => ({ key: `${route.method} ${route.path}`, fn: context, protection: protectionOf(route) })),
);

const sorted = (methods: readonly Method[]): Method[] => [...methods].sort((a, b) => (a.key < b.key ? -1 : 1));

describe('Routes', () => {
  const { templates } = synthesised('prod');

  it('are in the gateway, each with its context’s Lambda and the scopes of the permission table, and nothing else is', () => {
    expect(allRoutes.length).toBeGreaterThan(0);
    expect(sorted(methodsOf(templates))).toEqual(sorted(expected));
  });

  it('would show a method that lost its authorizer', () => {
    const open = broken(templates, ({ api }) => {
      const method = Object.values(api.Resources).find((resource) => pick(resource, 'Properties', 'AuthorizationType') === 'COGNITO_USER_POOLS');
      Object.assign(method?.Properties ?? {}, { AuthorizationType: 'NONE' });
    });
    expect(sorted(methodsOf(open))).not.toEqual(sorted(expected));
  });

  it('are public only where nothing but the description of the API is answered', () => {
    expect(allRoutes.filter(({ action }) => action === 'public').map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
      [...routesByContext.documentation.map(({ method, path }) => `${method} ${path}`), 'GET /soap', 'GET /fhir/metadata', 'GET /public/allocations/{week}'].sort(),
    );
  });

  it('say that a write answers 400 where it takes no query or no body, for it refuses one', () => {
    const refusing = allRoutes.filter((route) => takesNothing(route, 'query') || takesNothing(route, 'body'));
    expect(refusing.length).toBeGreaterThan(20);
    // Reads are left alone, and what speaks another format.
    expect(refusing.filter(({ method, accepts = 'application/json' }) => method === 'GET' || accepts !== 'application/json')).toEqual([]);
    expect(refusing.filter(({ responses }) => responses[400] === undefined).map(({ id }) => id)).toEqual([]);
  });

  it('need no token only where credentials travel in the message: SOAP, which the gateway throttles by itself', () => {
    expect(allRoutes.filter(({ action }) => action === 'in-message').map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /soap']);
    const [stage] = resourcesOf(templates, 'AWS::ApiGateway::Stage');
    const settings = listAt(stage?.resource, 'Properties', 'MethodSettings');
    const soap = settings.find((each) => pick(each, 'ResourcePath') === '/~1soap');
    expect(soap).toMatchObject({ HttpMethod: 'POST', DataTraceEnabled: false, LoggingLevel: 'OFF', ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 });
  });

  it('are reached over TLS 1.2 or newer only, and leave no body, path or query in a log', () => {
    const [api] = resourcesOf(templates, 'AWS::ApiGateway::RestApi');
    expect(pick(api?.resource, 'Properties', 'SecurityPolicy')).toMatch(/^SecurityPolicy_TLS13_1_[23]_/);
    const [stage] = resourcesOf(templates, 'AWS::ApiGateway::Stage');
    const [settings] = listAt(stage?.resource, 'Properties', 'MethodSettings');
    expect(settings).toMatchObject({ DataTraceEnabled: false, LoggingLevel: 'OFF' });
    const format = String(pick(stage?.resource, 'Properties', 'AccessLogSetting', 'Format'));
    expect(format).toContain('$context.resourcePath');
    expect(format.match(/\$context\.(path|requestOverride|identity\.(user|userAgent)|authorizer\.claims\.(email|name)|error\.message)\b/g)).toBeNull();
  });

  /** Stages that write addresses of requests into traces. */
  const tracedStages = (from: Templates): string[] =>
    resourcesOf(from, 'AWS::ApiGateway::Stage').filter(({ resource }) => pick(resource, 'Properties', 'TracingEnabled') === true).map(({ id }) => id);

  it('leave no address in a trace: a search by GET has a name and a birth date in its query; the Lambdas alone are traced', () => {
    expect(resourcesOf(templates, 'AWS::ApiGateway::Stage')).toHaveLength(1);
    expect(tracedStages(templates)).toEqual([]);
    const traced = resourcesOf(templates, 'AWS::Lambda::Function').filter(({ resource }) => pick(resource, 'Properties', 'TracingConfig', 'Mode') === 'Active');
    expect(traced.length).toBeGreaterThan(10);
  });

  it('would show a stage that is traced', () => {
    const open = broken(templates, ({ api }) => {
      const stage = Object.values(api.Resources).find(({ Type }) => Type === 'AWS::ApiGateway::Stage');
      Object.assign(stage?.Properties ?? {}, { TracingEnabled: true });
    });
    expect(tracedStages(open)).toHaveLength(1);
  });

  it('leave no address, query or token in the firewall’s log', () => {
    const [logging] = resourcesOf(templates, 'AWS::WAFv2::LoggingConfiguration');
    const redacted = JSON.stringify(listAt(logging?.resource, 'Properties', 'RedactedFields'));
    for (const field of ['QueryString', 'UriPath', 'authorization']) expect(redacted).toContain(field);
    const rules = listAt(resourcesOf(templates, 'AWS::WAFv2::WebACL')[0]?.resource, 'Properties', 'Rules');
    expect(rules.map((rule) => pick(rule, 'VisibilityConfig', 'SampledRequestsEnabled'))).toEqual(rules.map(() => false));
  });

  it('tell who sends too much which way works, also where the gateway alone answers', () => {
    const answer = resourcesOf(templates, 'AWS::ApiGateway::GatewayResponse').find(({ resource }) => pick(resource, 'Properties', 'ResponseType') === 'REQUEST_TOO_LARGE');
    expect(JSON.parse(String(pick(answer?.resource, 'Properties', 'ResponseTemplates', 'application/json')))).toMatchObject({ status: 413, detail: expect.stringContaining('POST /uploads') });
  });

  it('answer problem+json also when no Lambda is reached', () => {
    const answers = resourcesOf(templates, 'AWS::ApiGateway::GatewayResponse').map(({ resource }) => resource.Properties);
    expect(answers.map((answer) => pick(answer, 'ResponseType'))).toEqual(expect.arrayContaining(['DEFAULT_4XX', 'DEFAULT_5XX', 'UNAUTHORIZED', 'THROTTLED']));
    for (const answer of answers) {
      const body = problem.parse(JSON.parse(String(pick(answer, 'ResponseTemplates', 'application/json'))));
      expect(String(body.status)).toBe(pick(answer, 'StatusCode'));
      expect(pick(answer, 'ResponseParameters', 'gatewayresponse.header.Content-Type')).toBe("'application/problem+json'");
    }
  });

  const route = (id: string, method: Route['method'], path: Route['path']): Route => ({ id, method, path, action: 'site' as never, summary: id, responses: {} });

  it.each([
    ['an id used twice', [route('a', 'GET', '/a'), route('a', 'GET', '/b')], 'id a'],
    ['a method and path used twice', [route('a', 'GET', '/a/{x}'), route('b', 'GET', '/a/{x}')], 'GET /a/{}'],
    ['two names for one path parameter', [route('a', 'GET', '/a/{x}'), route('b', 'GET', '/a/{y}/b')], 'is followed by {x}'],
  ])('are refused for %s', (_what, routes, fault) => {
    expect(routeFaults({ one: routes })).toEqual([expect.stringContaining(fault)]);
  });
});

describe('The OpenAPI document', () => {
  const document = openApiDocument();
  const schemas = pick(document, 'components', 'schemas') as Record<string, { $ref?: string }>;

  it('says of every day, limit and cursor that may be asked for what it means', () => {
    const asked = Object.values(pick(document, 'paths') as Record<string, Record<string, { parameters?: { in: string; name: string; description?: string }[] }>>)
      .flatMap((methods) => Object.values(methods)).flatMap(({ parameters = [] }) => parameters).filter((one) => one.in === 'query' && ['day', 'from', 'to', 'cursor', 'limit'].includes(one.name));
    expect(asked.length).toBeGreaterThan(80);
    expect(asked.filter(({ description }) => description === undefined)).toEqual([]);
  });

  it('says of every named schema what it holds, not that it is itself', () => {
    expect(Object.keys(schemas).length).toBeGreaterThan(50);
    expect(Object.entries(schemas).filter(([name, { $ref }]) => $ref === `#/components/schemas/${name}`).map(([name]) => name)).toEqual([]);
    expect(pick(schemas, 'Coverage', 'properties', 'exact', 'type')).toBe('boolean');
  });

  it('refers to nothing that is not there', () => {
    const named = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name = '']) => name);
    expect([...new Set(named)].filter((name) => !Object.hasOwn(schemas, name))).toEqual([]);
  });
});
