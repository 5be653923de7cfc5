import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { CodeOf } from '../bundle.ts';
import type { Deployment } from '../config.ts';
import type { LambdaSpec } from '../functions.ts';
import { environmentOf, policyOf, type DataResources } from '../grants.ts';

/** What every Lambda needs beside its own row of the table. */
export interface FunctionContext {
  readonly deployment: Deployment;
  readonly data: DataResources;
  readonly codeOf: CodeOf;
}

/** A Lambda as its row of the table says: Node 24 on arm64, its own role and log group, no right that the row does not name. */
export class DoselineFunction extends Function {
  readonly spec: LambdaSpec;

  constructor(scope: Construct, id: string, spec: LambdaSpec, { deployment, data, codeOf }: FunctionContext) {
    const functionName = `${deployment.prefix}-${spec.name}`;
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: deployment.logRetentionDays,
      encryptionKey: data.dataKey,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // Not AWSLambdaBasicExecutionRole: that one may write to every log group of the account.
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] }));
    for (const statement of policyOf(spec, data, deployment.region)) role.addToPolicy(statement);
    super(scope, id, {
      functionName,
      description: `Without it: ${spec.loss}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(codeOf(spec.name)),
      memorySize: spec.memoryMb,
      timeout: Duration.seconds(spec.timeoutSeconds),
      tracing: Tracing.ACTIVE,
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      role,
      environment: environmentOf(spec, data, deployment),
    });
    this.spec = spec;
  }
}
