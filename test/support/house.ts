import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Route } from '../../shared/contracts/route.ts';
import { interfaceStandingKey } from '../../shared/published/interface.ts';
import { memberKey, type MemberItem } from '../../shared/published/member.ts';
import { apiContexts, buckets, orderedQueues, queues, secrets, type ApiContext } from '../../infra/contexts.ts';
import { lambdas, settings } from '../../infra/functions.ts';
import { routesByContext } from '../../infra/routes.ts';
import type { Handler } from './api.ts';
import { openDynamoProxy, type DynamoProxy } from './dynamo-proxy.ts';
import { openS3, type EmulatedS3 } from './emulated-s3.ts';
import { openSecrets } from './emulated-secrets.ts';
import { enrolledMember, enrolledSite } from './enrolled.ts';
import { sectionA, sectionB } from './forms.ts';
import { openSuite, type Suite } from './suite.ts';

/** Two organizations. `near` is the one whose people call; of its two sites the EHR's interface names only the first. */
export const near = { organizationId: 'org_near', siteId: 'sit_near1', siblingId: 'sit_near2', staff: 'near-nurse', machine: 'near-ehr', interfaceId: 'ehr_near', pins: '10001' } as const;
export const far = { organizationId: 'org_far', siteId: 'sit_far1', siblingId: 'sit_far2', staff: 'far-nurse', machine: 'far-ehr', interfaceId: 'ehr_far', pins: '10002' } as const;
type Tenant = typeof near | typeof far;

/** Every API Lambda of the system over an empty database, empty buckets and queues, with two tenants enrolled. */
export interface House {
  readonly suite: Suite;
  readonly s3: EmulatedS3;
  /** Stands between the Lambdas and DynamoDB: tells what they asked for, and fails when it is told to. */
  readonly dynamo: DynamoProxy;
  readonly queueUrls: Readonly<Record<string, string>>;
  /** The contexts that have routes, each with its handler. */
  readonly apis: readonly { readonly context: ApiContext; readonly routes: readonly Route[]; readonly handler: Handler }[];
  stop(): Promise<void>;
}

const variable = (name: string, kind: string): string => `${name.toUpperCase().replaceAll('-', '_')}_${kind}`;

const enrol = async (suite: Suite, { organizationId, siteId, siblingId, staff, machine, interfaceId, pins }: Tenant): Promise<void> => {
  const TableName = suite.tables['ENROLLMENT_TABLE'] ?? '';
  const put = (Item: object) => suite.dynamo.send(new PutCommand({ TableName, Item: { ...Item } }));
  const { coordinator, backupCoordinator, receivingHours, prescribers } = sectionB();
  const own = { coordinator, backupCoordinator, receivingHours, prescribers };
  for (const [index, id] of [siteId, siblingId].entries()) {
    const site = await enrolledSite(suite, id, { organizationId, programmes: ['covid-19', 'cvp'], pin: `${pins}${index}` });
    await put({ ...site, ...own, gsi1pk: 'SITE#active', gsi1sk: id });
    await put({ pk: `ORGANIZATION#${organizationId}`, sk: `SITE#${id}`, type: 'site-link', schema: 1, siteId: id });
  }
  await put({
    ...sectionA(), pk: `ORGANIZATION#${organizationId}`, sk: 'ORGANIZATION', type: 'organization', schema: 1, version: 5, organizationId, state: 'active',
    createdAt: '2021-01-04T15:00:00.000Z', createdBy: 'test', requestDigest: 'test', gsi1pk: 'ORGANIZATION#active', gsi1sk: organizationId,
  });
  await enrolledMember(suite, staff, organizationId);
  const machineMember: MemberItem = {
    ...memberKey(machine), type: 'member', schema: 1, version: 1, subject: machine, organizationIds: [organizationId], siteIds: [siteId], interfaceId,
    grantedAt: '2021-01-04T15:00:00.000Z', grantedBy: 'test',
  };
  await put(machineMember);
  await put({
    ...interfaceStandingKey(interfaceId), type: 'interface', schema: 1, version: 5, interfaceId, organizationId, state: 'production', name: 'EHR', clientId: machine,
    siteIds: [siteId], mode: 'bidirectional', createdAt: '2021-01-04T15:00:00.000Z', createdBy: 'test', requestDigest: 'test',
  });
};

/** Queues beside the buckets in the same emulator. */
const openQueues = async (endpoint: string): Promise<Record<string, string>> => {
  const { CreateQueueCommand, SQSClient } = await import('@aws-sdk/client-sqs');
  const client = new SQSClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  const urls: Record<string, string> = {};
  for (const queue of queues) urls[queue] = (await client.send(new CreateQueueCommand(orderedQueues.includes(queue) ? { QueueName: `${queue}.fifo`, Attributes: { FifoQueue: 'true' } } : { QueueName: queue }))).QueueUrl ?? '';
  client.destroy();
  return urls;
};

/**
 * Opens the house. Lambdas are imported here, after their environment exists.
 * @param logLevel what Powertools writes; tests that look at log lines say `DEBUG`
 */
export const openHouse = async (name: string, { logLevel = 'SILENT' }: { logLevel?: string } = {}): Promise<House> => {
  process.env['POWERTOOLS_LOG_LEVEL'] = logLevel;
  const suite = await openSuite(name);
  const dynamo = await openDynamoProxy(process.env['AWS_ENDPOINT_URL_DYNAMODB'] ?? '');
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = dynamo.endpoint;
  const s3 = await openS3(Object.fromEntries(buckets.map((bucket) => [variable(bucket, 'BUCKET'), bucket])));
  const queueUrls = await openQueues(s3.endpoint);
  const secretsServer = await openSecrets(Object.fromEntries(secrets.map((secret) => [secret, `the ${secret} of a test`])));
  Object.assign(process.env, { AWS_ENDPOINT_URL_SQS: s3.endpoint },
    Object.fromEntries(queues.map((queue) => [variable(queue, 'QUEUE_URL'), queueUrls[queue]])),
    Object.fromEntries(secrets.map((secret) => [variable(secret, 'SECRET'), secret])),
    Object.fromEntries(Object.values(settings).map((setting) => [setting, '4'])));
  await enrol(suite, near);
  await enrol(suite, far);
  const apis: House['apis'][number][] = [];
  for (const context of apiContexts) {
    const routes = routesByContext[context];
    if (routes.length > 0) apis.push({ context, routes, handler: (await lambda(`functions/${context}/http.ts`)) as Handler });
  }
  return { suite, s3, dynamo, queueUrls, apis, stop: async () => { await secretsServer.stop(); await s3.stop(); await dynamo.stop(); await suite.stop(); } };
};

const lambda = async (entry: string): Promise<unknown> => ((await import(`../../${entry}`)) as { handler: unknown }).handler;

/** Every worker Lambda by its name. */
export const loadWorkers = async (): Promise<Map<string, (event: unknown, context: unknown) => Promise<unknown>>> => {
  const workers = new Map<string, (event: unknown, context: unknown) => Promise<unknown>>();
  for (const { name, entry, trigger } of lambdas)
    if (trigger.kind !== 'api') workers.set(name, (await lambda(entry)) as (event: unknown, context: unknown) => Promise<unknown>);
  return workers;
};
