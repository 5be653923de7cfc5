import type { JsonObject } from '../template/assembly.ts';
import type { Resource, Template } from '../template.ts';
import { readGatewayResponses } from './gateway-responses.ts';
import type { GatewayResponses } from './gateway-responses.ts';
import { optionalText, text } from '../template/values.ts';

export interface ApiMethod {
  readonly httpMethod: string;
  readonly resourcePath: string;
  readonly resourceId: string;
  readonly authorization:
    | { readonly kind: 'none' }
    | { readonly kind: 'cognito'; readonly poolArns: readonly string[]; readonly scopes: readonly string[] };
  readonly requiredParameters: readonly string[];
  readonly integration:
    | { readonly kind: 'lambda'; readonly functionArn: string; readonly timeoutMs: number }
    | { readonly kind: 'mock'; readonly status: number; readonly headers: Readonly<Record<string, string>> };
}

export interface Api {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly methods: readonly ApiMethod[];
  readonly binaryMediaTypes: readonly string[];
  readonly gatewayResponses: GatewayResponses;
  readonly stage: {
    readonly name: string;
    readonly variables: Readonly<Record<string, string>> | null;
    readonly accessLogFormat: string | undefined;
  };
}

/** The quota of REST APIs; a method may ask for less. */
const DEFAULT_TIMEOUT_MS = 29_000;

/** The REST APIs of the template, each with its stage. Throws on what the gateway here cannot do, naming the method. */
export const readApis = (template: Template): Api[] =>
  template.ofType('AWS::ApiGateway::RestApi').map((rest) => {
    if (rest.properties['Body'] !== undefined) throw new Error(`${rest.id}: an API made of an OpenAPI body is not emulated`);
    const belongs = ({ properties }: Resource): boolean => properties['RestApiId'] === rest.ref;
    const stage = template.ofType('AWS::ApiGateway::Stage').find(belongs);
    if (stage === undefined) throw new Error(`${rest.id} has no stage`);
    const accessLog = stage.properties['AccessLogSetting'] as JsonObject | undefined;
    const paths = resourcePaths(rest, template.ofType('AWS::ApiGateway::Resource').filter(belongs));
    return {
      id: rest.ref,
      arn: `arn:aws:execute-api:${template.region}:${template.account}:${rest.ref}`,
      name: text(rest.properties['Name'] ?? rest.logicalId),
      methods: template
        .ofType('AWS::ApiGateway::Method')
        .filter(belongs)
        .map((method) => methodOf(method, paths, template)),
      binaryMediaTypes: (rest.properties['BinaryMediaTypes'] ?? []) as string[],
      gatewayResponses: readGatewayResponses(template.ofType('AWS::ApiGateway::GatewayResponse').filter(belongs)),
      stage: {
        name: stage.ref,
        variables: (stage.properties['Variables'] as Record<string, string> | undefined) ?? null,
        accessLogFormat: optionalText(accessLog?.['Format']),
      },
    };
  });

/** Path of each resource id, the root included. */
const resourcePaths = (rest: Resource, resources: readonly Resource[]): Map<string, string> => {
  const paths = new Map([[rest.attribute('RootResourceId'), '/']]);
  const parents = new Map(resources.map((resource) => [resource.ref, resource]));
  const pathOf = (id: string): string => {
    const known = paths.get(id);
    if (known !== undefined) return known;
    const resource = parents.get(id);
    if (resource === undefined) throw new Error(`${rest.id}: a resource hangs on nothing`);
    const path = `${pathOf(text(resource.properties['ParentId'])).replace(/\/$/, '')}/${text(resource.properties['PathPart'])}`;
    paths.set(id, path);
    return path;
  };
  for (const { ref } of resources) pathOf(ref);
  return paths;
};

const methodOf = (method: Resource, paths: ReadonlyMap<string, string>, template: Template): ApiMethod => {
  const { id, properties } = method;
  const resourceId = text(properties['ResourceId']);
  const resourcePath = paths.get(resourceId);
  if (resourcePath === undefined) throw new Error(`${id} hangs on no resource`);
  return {
    resourceId,
    resourcePath,
    httpMethod: text(properties['HttpMethod']),
    authorization: authorizationOf(method, template),
    requiredParameters: requiredParameters(method, template),
    integration: integrationOf(method),
  };
};

const authorizationOf = ({ id, properties }: Resource, template: Template): ApiMethod['authorization'] => {
  const type = properties['AuthorizationType'] ?? 'NONE';
  if (properties['ApiKeyRequired'] === true) throw new Error(`${id}: API keys are not emulated`);
  if (type === 'NONE') return { kind: 'none' };
  const authorizer = template.ofType('AWS::ApiGateway::Authorizer').find(({ ref }) => ref === properties['AuthorizerId']);
  if (type !== 'COGNITO_USER_POOLS' || authorizer?.properties['Type'] !== 'COGNITO_USER_POOLS') {
    throw new Error(`${id}: authorization ${JSON.stringify(type)} is not emulated`);
  }
  return {
    kind: 'cognito',
    poolArns: (authorizer.properties['ProviderARNs'] ?? []) as string[],
    scopes: (properties['AuthorizationScopes'] ?? []) as string[],
  };
};

const requiredParameters = ({ id, properties }: Resource, template: Template): string[] => {
  const validator = template
    .ofType('AWS::ApiGateway::RequestValidator')
    .find(({ ref }) => ref === properties['RequestValidatorId']);
  if (validator?.properties['ValidateRequestBody'] === true && properties['RequestModels'] !== undefined) {
    throw new Error(`${id}: validation of a body by a model is not emulated`);
  }
  if (validator?.properties['ValidateRequestParameters'] !== true) return [];
  const declared = Object.entries((properties['RequestParameters'] ?? {}) as Record<string, boolean>);
  return declared.filter(([, required]) => required).map(([name]) => name.replace('method.request.', ''));
};

const FUNCTION_IN_URI = /functions\/(arn:[^/]+)\/invocations$/;

const integrationOf = ({ id, properties }: Resource): ApiMethod['integration'] => {
  const integration = (properties['Integration'] ?? {}) as JsonObject;
  const timeoutMs = Number(integration['TimeoutInMillis'] ?? DEFAULT_TIMEOUT_MS);
  if (integration['Type'] === 'AWS_PROXY') {
    const functionArn = FUNCTION_IN_URI.exec(text(integration['Uri']))?.[1];
    if (functionArn !== undefined)
      return { kind: 'lambda', functionArn: functionArn.split(':').slice(0, 7).join(':'), timeoutMs };
  }
  if (integration['Type'] === 'MOCK') return mockOf(integration);
  throw new Error(`${id}: integration ${JSON.stringify(integration['Type'])} is not emulated`);
};

const mockOf = (integration: JsonObject): ApiMethod['integration'] => {
  const [answer = {}] = (integration['IntegrationResponses'] ?? []) as JsonObject[];
  const parameters = Object.entries((answer['ResponseParameters'] ?? {}) as Record<string, string>);
  return {
    kind: 'mock',
    status: Number(answer['StatusCode'] ?? 200),
    headers: Object.fromEntries(
      parameters.map(([name, value]) => [name.replace('method.response.header.', ''), value.replaceAll(/^'|'$/g, '')]),
    ),
  };
};
