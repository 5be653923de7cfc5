import { App, Tags, type AppProps } from 'aws-cdk-lib';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { CodeOf } from './bundle.ts';
import type { Deployment } from './config.ts';
import { ApiStack } from './stacks/api-stack.ts';
import { DataStack } from './stacks/data-stack.ts';
import { ObservabilityStack } from './stacks/observability-stack.ts';
import { WorkersStack } from './stacks/workers-stack.ts';

/** CDK's recommended behaviour of this version: set here, so that it holds with and without the CDK command. */
const recommendedFlags = (): Record<string, unknown> => {
  const path = createRequire(import.meta.url).resolve('aws-cdk-lib/recommended-feature-flags.json');
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
};

const ourFlags = {
  // Exports of the data stack in use cannot be withdrawn: the recommended weak references would let a table vanish under its Lambda.
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
  '@aws-cdk/core:validateAgainstDefaultRules': true,
};

export interface DoselineApp {
  readonly app: App;
  readonly data: DataStack;
  readonly api: ApiStack;
  readonly workers: WorkersStack;
  readonly observability: ObservabilityStack;
}

/**
 * The whole system of one deployment. Nothing is written before `app.synth()`.
 * @param codeOf where the bundle of a Lambda lies
 */
export const buildApp = (deployment: Deployment, codeOf: CodeOf, props: AppProps = {}): DoselineApp => {
  const { prefix, account, region } = deployment;
  const app = new App({
    analyticsReporting: false,
    ...props,
    context: { ...recommendedFlags(), ...ourFlags, ...props.context },
  });
  Tags.of(app).add('deployment', prefix);
  const env = { env: { account, region } };
  const data = new DataStack(app, `${prefix}-data`, deployment, { ...env, description: 'Doseline: tables, buckets, queues, secrets, users' });
  const context = { deployment, data: data.resources(), codeOf };
  const api = new ApiStack(app, `${prefix}-api`, {
    ...env, description: 'Doseline: the REST API and its Lambdas', context, userPool: data.identity.userPool,
  });
  const workers = new WorkersStack(app, `${prefix}-workers`, {
    ...env,
    description: 'Doseline: queue, stream and schedule workers',
    context,
    queues: data.queues,
    encryptionKey: data.dataKey,
    topic: data.operations,
  });
  const observability = new ObservabilityStack(app, `${prefix}-observability`, {
    ...env, description: 'Doseline: dashboard, alarms, budget', deployment, api: api.api, functions: [...api.functions, ...workers.functions],
    tables: data.tables, queues: data.queues, topic: data.operations,
  });
  return { app, data, api, workers, observability };
};
