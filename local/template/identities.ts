import { createHash } from 'node:crypto';
import type { Stack } from './assembly.ts';

/** What Ref and Fn::GetAtt of a resource give, here as on AWS. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Where the parts of the run listen; some identities are addresses. */
export interface Addresses {
  readonly frontUrl: string;
  readonly issuerUrl: string;
}

export interface Naming {
  readonly stack: Stack;
  readonly logicalId: string;
  readonly addresses: Addresses;
  /** A property that resolves to a text, if the template declares it. */
  readonly text: (property: string) => string | undefined;
}

type Identify = (naming: Naming) => Identity;

/** Stable letters and digits for what AWS would draw at random. */
const drawn = ({ stack, logicalId }: Naming, length: number): string =>
  BigInt(`0x${createHash('sha256').update(`${stack.name}/${logicalId}`).digest('hex')}`)
    .toString(36)
    .slice(0, length);

const arn = (naming: Naming, service: string, resource: string): string =>
  `arn:aws:${service}:${naming.stack.region}:${naming.stack.account}:${resource}`;

const named = (naming: Naming, property: string, most = 255): string =>
  naming.text(property) ?? `${naming.stack.name}-${naming.logicalId}`.slice(0, most);

const table: Identify = (naming) => {
  const name = named(naming, 'TableName');
  const own = arn(naming, 'dynamodb', `table/${name}`);
  return { ref: name, attributes: { Arn: own, StreamArn: `${own}/stream/local`, TableId: drawn(naming, 20) } };
};

const bucket: Identify = (naming) => {
  const name =
    naming.text('BucketName') ??
    `${naming.stack.name}-${naming.logicalId}`
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]/g, '-')
      .slice(0, 50);
  return {
    ref: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${naming.stack.region}.amazonaws.com`,
    },
  };
};

const queue: Identify = (naming) => {
  const ordered = naming.text('FifoQueue') === 'true' && naming.text('QueueName') === undefined;
  const name = `${named(naming, 'QueueName', 70)}${ordered ? '.fifo' : ''}`;
  const url = `${naming.addresses.frontUrl}/${naming.stack.account}/${name}`;
  return { ref: url, attributes: { Arn: arn(naming, 'sqs', name), QueueName: name, QueueUrl: url } };
};

const lambda: Identify = (naming) => {
  const name = named(naming, 'FunctionName', 64);
  return { ref: name, attributes: { Arn: arn(naming, 'lambda', `function:${name}`) } };
};

/** A version or an alias is its function under a qualifier; the run cuts the qualifier off again. */
const qualified =
  (qualifier: (naming: Naming) => string): Identify =>
  (naming) => {
    const target = naming.text('FunctionName') ?? '';
    const name = target.startsWith('arn:') ? (target.split(':')[6] ?? '') : target;
    const own = arn(naming, 'lambda', `function:${name}:${qualifier(naming)}`);
    return { ref: own, attributes: { Arn: own, FunctionArn: own, AliasArn: own, Version: '1' } };
  };

const role: Identify = (naming) => {
  const name = named(naming, 'RoleName', 64);
  return {
    ref: name,
    attributes: { Arn: `arn:aws:iam::${naming.stack.account}:role/${name}`, RoleId: `AROA${drawn(naming, 16).toUpperCase()}` },
  };
};

const userPool: Identify = (naming) => {
  const id = `${naming.stack.region}_${drawn(naming, 9)}`;
  return {
    ref: id,
    attributes: {
      Arn: arn(naming, 'cognito-idp', `userpool/${id}`),
      UserPoolId: id,
      ProviderName: naming.addresses.issuerUrl,
      ProviderURL: naming.addresses.issuerUrl,
    },
  };
};

const secret: Identify = (naming) => {
  const own = arn(naming, 'secretsmanager', `secret:${named(naming, 'Name')}-${drawn(naming, 6)}`);
  return { ref: own, attributes: { Id: own, Arn: own } };
};

const logGroup: Identify = (naming) => {
  const name = named(naming, 'LogGroupName');
  return { ref: name, attributes: { Arn: arn(naming, 'logs', `log-group:${name}:*`) } };
};

const kmsKey: Identify = (naming) => {
  const id = drawn(naming, 32);
  return { ref: id, attributes: { Arn: arn(naming, 'kms', `key/${id}`), KeyId: id } };
};

const byProperty =
  (property: string): Identify =>
  (naming) => ({ ref: named(naming, property), attributes: {} });
const byDraw =
  (length: number, ...attributes: string[]): Identify =>
  (naming) => {
    const id = drawn(naming, length);
    return { ref: id, attributes: Object.fromEntries(attributes.map((attribute) => [attribute, id])) };
  };

const identifiers: Readonly<Record<string, Identify>> = {
  'AWS::ApiGateway::Authorizer': byDraw(6, 'AuthorizerId'),
  'AWS::ApiGateway::RequestValidator': byDraw(6, 'RequestValidatorId'),
  'AWS::ApiGateway::Resource': byDraw(6, 'ResourceId'),
  'AWS::ApiGateway::RestApi': (naming) => {
    const id = drawn(naming, 10);
    return { ref: id, attributes: { RestApiId: id, RootResourceId: `${id}-root` } };
  },
  'AWS::ApiGateway::Stage': byProperty('StageName'),
  'AWS::Cognito::UserPool': userPool,
  'AWS::Cognito::UserPoolClient': byDraw(26, 'ClientId'),
  'AWS::Cognito::UserPoolGroup': byProperty('GroupName'),
  'AWS::Cognito::UserPoolResourceServer': byProperty('Identifier'),
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::DynamoDB::Table': table,
  'AWS::IAM::Role': role,
  'AWS::KMS::Key': kmsKey,
  'AWS::Lambda::Alias': qualified(({ text }) => text('Name') ?? 'alias'),
  'AWS::Lambda::Function': lambda,
  'AWS::Lambda::Version': qualified(() => '1'),
  'AWS::Logs::LogGroup': logGroup,
  'AWS::S3::Bucket': bucket,
  'AWS::SQS::Queue': queue,
  'AWS::Scheduler::Schedule': byProperty('Name'),
  'AWS::Scheduler::ScheduleGroup': byProperty('Name'),
  'AWS::SecretsManager::Secret': secret,
};

/** Identity of a resource. A type without a row gets its logical id, which is enough for what is only checked. */
export const identify = (type: string, naming: Naming): Identity =>
  identifiers[type]?.(naming) ?? { ref: `${naming.stack.name}-${naming.logicalId}`, attributes: {} };

/** An attribute that no row gives: an ARN-shaped text for `Arn` and its kin, a telling text for the rest. */
export const unknownAttribute = (type: string, naming: Naming, attribute: string): string => {
  const service = type.split('::')[1]?.toLowerCase() ?? 'local';
  return attribute.endsWith('Arn') ? arn(naming, service, naming.logicalId) : `${naming.logicalId}.${attribute}`;
};
