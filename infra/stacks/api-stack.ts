import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AuthorizationType,
  CfnRestApi,
  CognitoUserPoolsAuthorizer,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RestApi,
  SecurityPolicy,
  type MethodDeploymentOptions,
  type MethodOptions,
} from 'aws-cdk-lib/aws-apigateway';
import type { IUserPool } from 'aws-cdk-lib/aws-cognito';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { scopesOf } from '../../shared/contracts/permissions.ts';
import { needsToken, type Route } from '../../shared/contracts/route.ts';
import type { Deployment } from '../config.ts';
import { DoselineFunction, type FunctionContext } from '../constructs/doseline-function.ts';
import { lambdas } from '../functions.ts';
import { allRoutes, routesByContext } from '../routes.ts';
import { Firewall } from './firewall.ts';
import { addGatewayResponses } from './gateway-responses.ts';
import { resourceServer } from './identity.ts';

/** What the access log says of a request: the route's template, never its path, query or body. */
const accessLog = {
  requestId: '$context.requestId',
  at: '$context.requestTimeEpoch',
  subject: '$context.authorizer.claims.sub',
  client: '$context.authorizer.claims.client_id',
  address: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  route: '$context.resourcePath',
  status: '$context.status',
  problem: '$context.error.responseType',
  firewall: '$context.waf.status',
  latencyMs: '$context.responseLatency',
  lambdaMs: '$context.integration.latency',
  bytes: '$context.responseLength',
};

export interface ApiStackProps extends StackProps {
  readonly context: FunctionContext;
  readonly userPool: IUserPool;
}

/** The REST API: every route of every context, one Lambda for each context. */
export class ApiStack extends Stack {
  readonly api: RestApi;
  readonly functions: readonly DoselineFunction[];
  readonly firewall: Firewall;

  constructor(scope: Construct, id: string, { context, userPool, ...props }: ApiStackProps) {
    super(scope, id, props);
    const { deployment } = context;
    this.api = this.restApi(context);
    addGatewayResponses(this.api);
    const authorizer = new CognitoUserPoolsAuthorizer(this, 'Authorizer', { cognitoUserPools: [userPool] });
    const functions: DoselineFunction[] = [];
    for (const spec of lambdas) {
      if (spec.trigger.kind !== 'api') continue;
      const fn = new DoselineFunction(this, spec.name, spec, context);
      functions.push(fn);
      // One permission for the whole API: one for each method would overflow the function's policy at about twenty methods.
      const integration = new LambdaIntegration(fn, { scopePermissionToMethod: false });
      for (const route of routesByContext[spec.trigger.context])
        this.api.root.resourceForPath(route.path).addMethod(route.method, integration, protection(route, authorizer));
    }
    this.functions = functions;
    const { stageArn } = this.api.deploymentStage;
    this.firewall = new Firewall(this, 'Firewall', { routes: allRoutes, stageArn, deployment, encryptionKey: context.data.dataKey });
    new CfnOutput(this, 'ApiUrl', { value: this.api.url });
  }

  private restApi({ deployment, data }: FunctionContext): RestApi {
    const logs = new LogGroup(this, 'AccessLogs', {
      logGroupName: `/doseline/${deployment.prefix}/access`,
      retention: deployment.logRetentionDays,
      encryptionKey: data.dataKey,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const api = new RestApi(this, 'Api', {
      restApiName: deployment.prefix,
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: true,
      cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN,
      deployOptions: {
        stageName: 'v1',
        // A traced stage writes the whole address of each request into its trace, query and all: a FHIR search by GET names a patient there.
        // The Lambdas trace themselves, and what invokes them hands over no address.
        tracingEnabled: false,
        metricsEnabled: true,
        // Execution logs print headers and, traced, bodies: names and birth dates. Off, both.
        loggingLevel: MethodLoggingLevel.OFF,
        dataTraceEnabled: false,
        accessLogDestination: new LogGroupLogDestination(logs),
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(accessLog)),
        throttlingRateLimit: deployment.throttle.ratePerSecond,
        throttlingBurstLimit: deployment.throttle.burst,
        methodOptions: withoutTokenOptions(allRoutes, deployment),
      },
    });
    // Left alone, a regional API still speaks TLS 1.0. EHRs of 2021 speak 1.2, so 1.3 alone would lock some out.
    const { defaultChild } = api.node;
    if (defaultChild instanceof CfnRestApi) {
      defaultChild.securityPolicy = SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09;
      defaultChild.endpointAccessMode = 'STRICT';
    }
    return api;
  }
}

/** A throttle of its own for each route whose credentials are in the message; the rest of its settings as everywhere. */
const withoutTokenOptions = (routes: readonly Route[], { withoutToken }: Deployment): Record<string, MethodDeploymentOptions> =>
  Object.fromEntries(routes.filter(({ action }) => action === 'in-message').map(({ path, method }) => [`${path}/${method}`, {
    metricsEnabled: true,
    loggingLevel: MethodLoggingLevel.OFF,
    dataTraceEnabled: false,
    throttlingRateLimit: withoutToken.ratePerSecond,
    throttlingBurstLimit: withoutToken.burst,
  }]));

const protection = ({ action }: Route, authorizer: CognitoUserPoolsAuthorizer): MethodOptions =>
  needsToken(action)
    ? {
        authorizationType: AuthorizationType.COGNITO,
        authorizer,
        authorizationScopes: scopesOf(action).map((scope) => `${resourceServer}/${scope}`),
      }
    : { authorizationType: AuthorizationType.NONE };
