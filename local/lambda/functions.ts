import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../template/assembly.ts';
import type { Resource, Template } from '../template.ts';
import type { FunctionShape } from './instance.ts';
import { text } from '../template/values.ts';

export interface FunctionSurroundings {
  readonly template: Template;
  /** Where SDK calls go. */
  readonly frontUrl: string;
  /** The access key by which the front knows the function. */
  readonly credentials: (resource: Resource) => { accessKeyId: string; secretAccessKey: string };
}

const DEFAULT_TIMEOUT_S = 3;
const DEFAULT_MEMORY_MB = 128;
const EXTENSIONS = ['.mjs', '.js', '.cjs'];

/** Provider functions of custom resources run only during a deployment, so the local run has no use for them. */
const deploymentOnly = (template: Template): Set<unknown> =>
  new Set(
    template.resources.filter(({ type }) => type.startsWith('Custom::')).map(({ properties }) => properties['ServiceToken']),
  );

/** Every function of the template that runs, with its bundle's file and its environment. Throws when a bundle is missing. */
export const readFunctions = (around: FunctionSurroundings): FunctionShape[] => {
  const providers = deploymentOnly(around.template);
  return around.template
    .ofType('AWS::Lambda::Function')
    .filter(({ arn }) => !providers.has(arn))
    .map((resource) => shapeOf(resource, around));
};

const shapeOf = (resource: Resource, around: FunctionSurroundings): FunctionShape => {
  const { properties, logicalId, ref, arn } = resource;
  const runtime = text(properties['Runtime']);
  if (!runtime.startsWith('nodejs')) throw new Error(`${resource.id}: runtime ${runtime} is not emulated`);
  const { file, exported } = handlerOf(resource, around.template);
  const memoryMb = Number(properties['MemorySize'] ?? DEFAULT_MEMORY_MB);
  const declared = ((properties['Environment'] as JsonObject | undefined)?.['Variables'] ?? {}) as Record<string, string>;
  return {
    logicalId,
    file,
    exported,
    memoryMb,
    arn,
    name: ref,
    timeoutMs: Number(properties['Timeout'] ?? DEFAULT_TIMEOUT_S) * 1000,
    environment: { ...runtimeEnvironment(resource, around, memoryMb), ...declared },
    reserved:
      properties['ReservedConcurrentExecutions'] === undefined ? undefined : Number(properties['ReservedConcurrentExecutions']),
    roleArn: text(properties['Role']),
  };
};

const handlerOf = ({ id, properties }: Resource, template: Template): { file: string; exported: string } => {
  const key = text((properties['Code'] as JsonObject)['S3Key']);
  const folder = template.assetFolder(key);
  const handler = text(properties['Handler']);
  const dot = handler.lastIndexOf('.');
  const file = EXTENSIONS.map((extension) => join(folder ?? '', handler.slice(0, dot) + extension)).find((candidate) =>
    existsSync(candidate),
  );
  if (folder === undefined || file === undefined) {
    throw new Error(
      `${id}: no bundle for ${handler} in asset ${key.slice(0, 12)}. Was the app synthesised without bundling? Run \`npm run synth\`.`,
    );
  }
  return { file, exported: handler.slice(dot + 1) };
};

/** What the Lambda runtime itself sets, plus the address of the front for each service that the local run answers. */
const runtimeEnvironment = (
  resource: Resource,
  { frontUrl, credentials, template: { region } }: FunctionSurroundings,
  memoryMb: number,
) => {
  const { accessKeyId, secretAccessKey } = credentials(resource);
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL: frontUrl,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: resource.ref,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${resource.ref}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    LAMBDA_TASK_ROOT: '/var/task',
    _HANDLER: text(resource.properties['Handler']),
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
  };
};
