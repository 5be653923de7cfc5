import type { Acknowledgement } from './checks.ts';

/** Every finding of the rule packs that we accept, and why. A row that accepts nothing any more fails the synth like an open finding. */
export const acknowledgements: readonly Acknowledgement[] = [
  // --- API ---------------------------------------------------------------------------------------------------------------------------
  {
    rule: 'APIG2',
    at: /-api\/Api\/Resource$/,
    reason:
      'The Lambda checks a request against its zod schema and names every fault with its path; the gateway would name the first, and less well.',
  },
  {
    rule: 'APIG4',
    at: /-api\/Api\/Default\/(docs|openapi\.json)\/GET\/Resource$/,
    reason: 'The description of the API is public, holds no data and is needed before one has a token.',
  },
  {
    rule: 'COG4',
    at: /-api\/Api\/Default\/(docs|openapi\.json)\/GET\/Resource$/,
    reason: 'The description of the API is public, holds no data and is needed before one has a token.',
  },
  {
    rule: 'APIG4',
    at: /-api\/Api\/Default\/public\/allocations\/\{week\}\/GET\/Resource$/,
    reason: 'The public table of a published allocation: what anybody may see is worked out before it is stored (ADR 0014).',
  },
  {
    rule: 'COG4',
    at: /-api\/Api\/Default\/public\/allocations\/\{week\}\/GET\/Resource$/,
    reason: 'The public table of a published allocation: what anybody may see is worked out before it is stored (ADR 0014).',
  },
  {
    rule: 'APIG4',
    at: /-api\/Api\/Default\/soap\/(GET|POST)\/Resource$/,
    reason:
      'The CDC WSDL carries name and password in the body: the Lambda checks them against the interface’s own, and the firewall limits calls without a token (ADR 0023).',
  },
  {
    rule: 'COG4',
    at: /-api\/Api\/Default\/soap\/(GET|POST)\/Resource$/,
    reason:
      'The CDC WSDL carries name and password in the body: the Lambda checks them against the interface’s own, and the firewall limits calls without a token (ADR 0023).',
  },
  {
    rule: 'APIG4',
    at: /-api\/Api\/Default\/fhir\/metadata\/GET\/Resource$/,
    reason: 'FHIR wants the capability statement open to anybody; it holds no data.',
  },
  {
    rule: 'COG4',
    at: /-api\/Api\/Default\/fhir\/metadata\/GET\/Resource$/,
    reason: 'FHIR wants the capability statement open to anybody; it holds no data.',
  },
  {
    rule: 'APIG6',
    at: /-api\/Api\/DeploymentStage\.v1\/Resource$/,
    reason: 'Execution logs print headers and, traced, bodies: patient data. The access log and the Lambdas’ own log lines hold what is needed.',
  },
  {
    rule: 'APIGWExecutionLoggingEnabled',
    at: /-api\/Api\/DeploymentStage\.v1\/Resource$/,
    reason: 'Execution logs print headers and, traced, bodies: patient data. The access log and the Lambdas’ own log lines hold what is needed.',
  },
  {
    rule: 'APIGWXrayEnabled',
    at: /-api\/Api\/DeploymentStage\.v1\/Resource$/,
    reason:
      'A traced stage records the whole address with its query: a FHIR search by GET holds a name and a birth date. The Lambdas are traced, and see no address in their traces.',
  },
  {
    rule: 'APIGWCacheEnabledAndEncrypted',
    at: /-api\/Api\/DeploymentStage\.v1\/Resource$/,
    reason: 'There is no cache: answers hold patient data and depend on who asks.',
  },
  {
    rule: 'APIGWSSLEnabled',
    at: /-api\/Api\/DeploymentStage\.v1\/Resource$/,
    reason: 'A client certificate proves the gateway to an HTTP backend; Lambda is invoked with IAM over TLS and has no use for one.',
  },
  // --- Permissions -------------------------------------------------------------------------------------------------------------------
  {
    rule: 'IAM4',
    at: /-api\/Api\/CloudWatchRole\/Resource$/,
    detail: /AmazonAPIGatewayPushToCloudWatchLogs$/,
    reason: 'API Gateway asks for this policy for the one role by which an account’s gateways write access logs.',
  },
  {
    rule: 'IAM5',
    at: /Role\/DefaultPolicy\/Resource$/,
    detail: /^Resource::\*$/,
    reason: 'X-Ray’s PutTraceSegments and PutTelemetryRecords know no narrower resource; a test holds that no other action is granted on *.',
  },
  {
    rule: 'IAM5',
    at: /(doses-apiRole|reports-apiRole|doses-on-upload|doses-on-message|reports-on-nightly|reports-on-export)[^ ]*DefaultPolicy\/Resource$/,
    detail: /Buckets(Messages|Uploads|Submissions|Exports).*\/\*$/,
    reason:
      'The function reads or writes objects of that bucket by keys that are made at run time; the action is named, the bucket is the one it owns.',
  },
  {
    rule: 'IAM5',
    at: /-stream\/FunctionRole\/DefaultPolicy\/Resource$/,
    detail: /\/stream\/\*$/,
    reason: 'ListStreams is asked of the table’s streams as a whole; the records are granted by the stream’s own ARN.',
  },
  {
    rule: 'IAMNoInlinePolicy',
    at: /DefaultPolicy\/Resource$/,
    reason: 'Each policy is written for one role from one row of infra/functions.ts and lives and ends with it; a shared one would widen.',
  },
  // --- Lambdas -----------------------------------------------------------------------------------------------------------------------
  {
    rule: 'LambdaConcurrency',
    at: /./,
    reason:
      'A reservation is taken from the account’s limit and caps the peak of a clinic day. Queues have a maximum concurrency, streams one per shard, the API a throttle.',
  },
  {
    rule: 'LambdaDLQ',
    at: /./,
    reason:
      'The rule knows the function’s own setting only. Streams and schedules send failures to a queue by their on-failure destination, queues by redrive; an API Lambda answers its caller.',
  },
  {
    rule: 'LambdaEventSourceMappingDestination',
    at: /(doses-on-upload|doses-on-message|doses-on-lot|allocations-on-run|reports-on-export)\/Function\/Source\/Resource$/,
    reason: 'A queue’s failed messages go to its dead-letter queue by redrive; SQS sources have no other on-failure destination.',
  },
  {
    rule: 'LambdaInsideVPC',
    at: /./,
    reason:
      'They reach DynamoDB, S3, SQS and Secrets Manager only, over TLS with IAM; a VPC would add endpoints and cost and no server that it could hide.',
  },
  // --- Data --------------------------------------------------------------------------------------------------------------------------
  {
    rule: 'S3BucketReplicationEnabled',
    at: /-data\/Buckets\//,
    reason:
      'Versions, object lock and retained buckets guard against mistakes; a copy in a second region is a choice of each jurisdiction (ADR 0003).',
  },
  {
    rule: 'S3DefaultEncryptionKMS',
    at: /-data\/Buckets\/AccessLogs\/Resource$/,
    reason: 'S3 delivers access logs only to buckets with S3’s own key. They name object keys, which are ids and days.',
  },
  {
    rule: 'SMG4',
    at: /-data\/Credentials\/matching-key\/Resource$/,
    reason: 'A new matching key makes every stored digest useless; it is changed by the re-keying run of docs/runbooks/credentials.md.',
  },
  {
    rule: 'SMG4',
    at: /-data\/Credentials\/(soap|cdc)-credentials\/Resource$/,
    reason: 'The other side (EHRs, CDC) must change with it; changed by hand, once a year, by docs/runbooks/credentials.md.',
  },
  {
    rule: 'SecretsManagerRotationEnabled',
    at: /-data\/Credentials\//,
    reason: 'No secret can change by itself: the matching key needs re-keying, the credentials need the other side (docs/runbooks/credentials.md).',
  },
  {
    rule: 'SQS3',
    at: /\/DeadLetters\/Resource$/,
    reason: 'It is a dead-letter queue: filled by an on-failure destination, which the rule does not know.',
  },
  {
    rule: 'SQSRedrivePolicy',
    at: /\/DeadLetters\/Resource$/,
    reason: 'It is a dead-letter queue; nothing lies behind it but a person and a runbook.',
  },
  {
    rule: 'SNSRedrivePolicy',
    at: /-data\/OperationsTopic\//,
    reason: 'Alarms go to people by mail; an undelivered one is still seen on the dashboard and in the alarm’s history.',
  },
];
