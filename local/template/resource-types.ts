/** How the local run treats a resource type. A type that is not in the table is refused: there is no silent gap. */
export type Treatment = 'emulated' | 'checked-only';

export interface ResourceType {
  readonly how: Treatment;
  /** What the local run does with it, or who checks it instead. */
  readonly note: string;
}

const emulated = (note: string): ResourceType => ({ how: 'emulated', note });
const checked = (note: string): ResourceType => ({ how: 'checked-only', note });

export const resourceTypes: Readonly<Record<string, ResourceType>> = {
  'AWS::ApiGateway::Authorizer': emulated('Cognito user pool authorizers: signature, issuer, expiry, client, scopes'),
  'AWS::ApiGateway::Deployment': emulated('the tree is served as the template has it'),
  'AWS::ApiGateway::GatewayResponse': emulated('status, headers and template of each declared response type'),
  'AWS::ApiGateway::Method': emulated('Lambda proxy and mock integrations, authorizer, scopes, required parameters'),
  'AWS::ApiGateway::RequestValidator': emulated('required parameters; a body model is refused at the start'),
  'AWS::ApiGateway::Resource': emulated('paths with parameters and {proxy+}'),
  'AWS::ApiGateway::RestApi': emulated('an HTTP server on loopback'),
  'AWS::ApiGateway::Stage': emulated('name, variables, access log format; throttling is not applied'),
  'AWS::Cognito::UserPool': emulated('an issuer of signed tokens on loopback'),
  'AWS::Cognito::UserPoolClient': emulated('client credentials, allowed scopes, token validity'),
  'AWS::Cognito::UserPoolGroup': emulated('a token can only carry groups that exist'),
  'AWS::Cognito::UserPoolResourceServer': emulated('a token can only carry scopes that exist'),
  'AWS::DynamoDB::GlobalTable': emulated('DynamoDB Local: keys, indexes, streams; TTL by the run itself'),
  'AWS::DynamoDB::Table': emulated('DynamoDB Local: keys, indexes, streams; TTL by the run itself'),
  'AWS::IAM::ManagedPolicy': emulated('its statements are enforced on every SDK call'),
  'AWS::IAM::Policy': emulated('its statements are enforced on every SDK call'),
  'AWS::IAM::Role': emulated('its statements are enforced on every SDK call'),
  'AWS::KMS::Key': emulated('a role needs its use of the key; nothing is encrypted, key policies are not judged'),
  'AWS::Lambda::Alias': emulated('stands for its function'),
  'AWS::Lambda::EventInvokeConfig': emulated('attempts and on-failure destination of asynchronous calls'),
  'AWS::Lambda::EventSourceMapping': emulated('SQS and DynamoDB streams'),
  'AWS::Lambda::Function': emulated('the bundled asset in worker threads'),
  'AWS::Lambda::Permission': emulated('a caller without one is refused'),
  'AWS::Lambda::Version': emulated('stands for its function'),
  'AWS::S3::Bucket': emulated('fauxqs, with versions, Object Lock, If-None-Match and events added'),
  'AWS::S3::BucketPolicy': emulated('its Deny statements'),
  'AWS::SQS::Queue': emulated('fauxqs: visibility, delay, redrive'),
  'AWS::SQS::QueuePolicy': emulated('its Deny statements'),
  'AWS::Scheduler::Schedule': emulated('parsed, listed and fired by hand'),
  'AWS::Scheduler::ScheduleGroup': emulated('a name'),
  'AWS::SecretsManager::Secret': emulated('generated as declared, kept in the data directory'),
  'Custom::S3BucketNotifications': emulated('events to queues and functions'),

  'AWS::ApiGateway::Account': checked('account-wide log role'),
  'AWS::ApiGateway::BasePathMapping': checked('the API answers at the root of its port'),
  'AWS::ApiGateway::DomainName': checked('the API answers on loopback'),
  'AWS::ApiGateway::UsagePlan': checked('throttling and quotas are not applied'),
  'AWS::Backup::BackupPlan': checked('template tests'),
  'AWS::Backup::BackupSelection': checked('template tests'),
  'AWS::Backup::BackupVault': checked('template tests'),
  'AWS::Budgets::Budget': checked('template tests'),
  'AWS::CDK::Metadata': checked('nothing to run'),
  'AWS::CloudTrail::Trail': checked('template tests'),
  'AWS::CloudWatch::Alarm': checked('template tests; no metrics are kept'),
  'AWS::CloudWatch::CompositeAlarm': checked('template tests; no metrics are kept'),
  'AWS::CloudWatch::Dashboard': checked('template tests; no metrics are kept'),
  'AWS::Cognito::LogDeliveryConfiguration': checked('template tests'),
  'AWS::Cognito::UserPoolDomain': checked("tokens come from the run's own issuer"),
  'AWS::Cognito::UserPoolRiskConfigurationAttachment': checked('template tests'),
  'AWS::KMS::Alias': checked('nothing is encrypted on one machine'),
  'AWS::Logs::LogGroup': checked('lines are collected per function; retention is not applied'),
  'AWS::Logs::MetricFilter': checked('template tests; no metrics are kept'),
  'AWS::Logs::QueryDefinition': checked('template tests'),
  'AWS::Logs::ResourcePolicy': checked('template tests'),
  'AWS::S3::StorageLens': checked('template tests'),
  'AWS::SNS::Subscription': checked('alarms are not raised'),
  'AWS::SNS::Topic': checked('alarms are not raised'),
  'AWS::SNS::TopicPolicy': checked('alarms are not raised'),
  'AWS::SecretsManager::ResourcePolicy': checked('template tests'),
  'AWS::SSM::Parameter': checked('no function reads one'),
  'AWS::WAFv2::IPSet': checked('template tests'),
  'AWS::WAFv2::LoggingConfiguration': checked('template tests'),
  'AWS::WAFv2::WebACL': checked('template tests; no rule is applied'),
  'AWS::WAFv2::WebACLAssociation': checked('template tests'),
  'Custom::LogRetention': checked('lines are collected per function; retention is not applied'),
  'Custom::S3AutoDeleteObjects': checked('a run in memory leaves nothing behind'),
};

/** Throws, naming every type that is not in the table and the resources that have it. */
export const refuseUnknownTypes = (resources: readonly { id: string; type: string }[]): void => {
  const unknown = resources.filter(({ type }) => resourceTypes[type] === undefined);
  if (unknown.length === 0) return;
  const lines = unknown.map(({ id, type }) => `  ${type} (${id})`);
  throw new Error(
    `The local run does not know these resource types, so it does not start:\n${lines.join('\n')}\n` +
      'Emulate each, or list it as checked only with the reason, in local/template/resource-types.ts.',
  );
};
