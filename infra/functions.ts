import { messageTries } from '../shared/contracts/message-reference.ts';
import { mostRunDeliveries } from '../shared/contracts/run-message.ts';
import type { ApiContext, BucketName, Context, QueueName, SecretName } from './contexts.ts';
import type { ScheduleName } from './config.ts';
import type { Runbook } from './runbooks.ts';

/** What a Lambda may do to a table. There is no verb for deletion: items end by state or by `expiresAt`. */
export type TableVerb = 'get' | 'batchGet' | 'query' | 'queryIndexes' | 'check' | 'put' | 'update' | 'scan';

export interface TableGrant {
  readonly may: readonly TableVerb[];
  /** Partition keys it may touch (dynamodb:LeadingKeys patterns); all when absent. */
  readonly keys?: readonly string[];
  /** The same of indexes, by their own partition keys; all when absent. */
  readonly indexKeys?: readonly string[];
}
type TableGrants = Readonly<Partial<Record<Context, readonly TableGrant[]>>>;

export interface BucketGrant {
  readonly may: readonly ('get' | 'put' | 'list')[];
  /** Keys it may touch begin so; all when absent. */
  readonly prefix?: string;
}

export type Trigger =
  | { readonly kind: 'api'; readonly context: ApiContext }
  | { readonly kind: 'queue'; readonly queue: QueueName; readonly batchSize: number; readonly maxConcurrency: number; readonly maxReceives: number }
  | { readonly kind: 'stream'; readonly table: Context; readonly batchSize: number; readonly windowSeconds: number; readonly perShard: number }
  | { readonly kind: 'schedule'; readonly schedule: ScheduleName };

export const settings = { counterShards: 'COUNTER_SHARDS' } as const;
export type Setting = keyof typeof settings;

export interface LambdaSpec {
  /** Also the function's name after the deployment's prefix, and the bundle's. */
  readonly name: string;
  /** File whose `handler` is run. */
  readonly entry: string;
  readonly trigger: Trigger;
  readonly tables: TableGrants;
  readonly buckets?: Readonly<Partial<Record<BucketName, readonly BucketGrant[]>>>;
  /** Queues it sends to. */
  readonly sendsTo?: readonly QueueName[];
  readonly secrets?: readonly SecretName[];
  /** Numbers of the stage's configuration that it is told: `counterShards` comes as COUNTER_SHARDS. */
  readonly settings?: readonly Setting[];
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** What a person loses when it stops; the first sentence of its alarm. */
  readonly loss: string;
  readonly runbook: Runbook;
}

const read: TableGrant = { may: ['get', 'batchGet', 'query', 'queryIndexes'] };
const readWrite: TableGrant = { may: ['get', 'batchGet', 'query', 'queryIndexes', 'check', 'put', 'update'] };
const scan: TableGrant = { may: ['scan'] };

/** Membership, sites, their names and EHR interfaces: the items of shared/published that every context may look up. */
const published: TableGrant = { may: ['get', 'batchGet'], keys: ['MEMBER#*', 'SITE#*', 'ALIAS#*', 'INTERFACE#*'] };
/** The same and how far an organization came: who takes messages looks at it. */
const publishedToSenders: TableGrant = { may: ['get', 'batchGet'], keys: ['MEMBER#*', 'SITE#*', 'ALIAS#*', 'INTERFACE#*', 'ORGANIZATION#*'] };
const publishedAndChecked: TableGrant = { ...published, may: ['get', 'batchGet', 'check'] };

/** What EHRs sign in with by SOAP: hashes of passwords, for the one Lambda that checks them. */
const soapCredentials: TableGrant = { may: ['get'], keys: ['SOAP#*'] };

/** Accounts, their entries and nothing else of the inventory table. */
const ledger: TableGrant = { may: ['get', 'batchGet', 'query', 'check', 'put', 'update'], keys: ['SITE#*', 'ENTRIES#*'] };

/** What the figures about sites are worked out from: counts of their weeks, their stock, shipments to them and on federal accounts. */
const figureSources: TableGrants = {
  reports: [{ may: ['get', 'query'], keys: ['FIGURES#*', 'COVERAGE'] }],
  inventory: [{ may: ['query'], keys: ['SITE#*'] }],
  shipments: [{ may: ['query'], keys: ['SITE#*'] }, { may: ['queryIndexes'] }],
};

/** The gateway gives up at 29 s; a Lambda that runs longer would work for nobody. */
const apiLimits = { memoryMb: 1024, timeoutSeconds: 28 } as const;

const api = (
  context: ApiContext,
  loss: string,
  grants: Pick<LambdaSpec, 'tables' | 'buckets' | 'secrets' | 'sendsTo' | 'settings'> & { memoryMb?: number },
): LambdaSpec => ({
  name: `${context}-api`,
  entry: `functions/${context}/http.ts`,
  trigger: { kind: 'api', context },
  ...apiLimits,
  loss,
  runbook: 'api-errors',
  ...grants,
});

const worker = (context: Context, event: string, spec: Omit<LambdaSpec, 'name' | 'entry' | 'runbook'>): LambdaSpec => ({
  name: `${context}-on-${event}`,
  entry: `functions/${context}/on-${event}.ts`,
  runbook: `${context}-on-${event}`,
  ...spec,
});

const fromStream = (table: Context, batchSize: number, windowSeconds: number, perShard: number): Trigger =>
  ({ kind: 'stream', table, batchSize, windowSeconds, perShard });

const apis: readonly LambdaSpec[] = [
  api('enrollment', 'Providers cannot enrol and sites cannot be approved.', { tables: { enrollment: [readWrite] } }),
  api('allocations', 'Supply cannot be recorded, runs not published, awards not answered.', {
    tables: {
      allocations: [readWrite],
      enrollment: [{ ...publishedAndChecked, may: ['get', 'batchGet', 'check', 'query', 'queryIndexes'] }],
      ...figureSources,
      // Whether an award has an order, and how much of it is still alive: a run after a cut keeps what was ordered.
      orders: [{ may: ['batchGet'], keys: ['SITE#*'] }],
    },
    sendsTo: ['runs'],
    // A replay or a what-if shares thousands of sites out again while somebody waits: processor time comes with memory.
    memoryMb: 3008,
  }),
  api('orders', 'Sites cannot order and DPH cannot approve orders.', {
    tables: { orders: [readWrite], allocations: [{ may: ['get', 'query', 'check'] }], enrollment: [publishedAndChecked] },
  }),
  api('shipments', 'Shipment lines cannot be imported and receipts cannot be counted.', {
    tables: { shipments: [readWrite], orders: [{ may: ['get', 'query', 'check'] }], inventory: [ledger], enrollment: [published] },
  }),
  api('inventory', 'Balances cannot be read; waste, transfers and returns cannot be booked.', {
    // Awards by the vial that transfers name.
    tables: { inventory: [readWrite], enrollment: [publishedAndChecked], allocations: [{ may: ['get', 'query'], keys: ['SITE#*'] }] },
  }),
  api('doses', 'EHRs and people cannot report doses; their messages are refused and must be sent again.', {
    tables: { doses: [readWrite], inventory: [ledger], enrollment: [publishedToSenders, soapCredentials] },
    buckets: { messages: [{ may: ['get', 'put'] }], uploads: [{ may: ['put'], prefix: 'uploads/' }, { may: ['get'], prefix: 'answers/' }] },
    secrets: ['matching-key'],
    sendsTo: ['lots'],
  }),
  api('reports', 'Coverage, submissions and exports cannot be read.', {
    // Which practices there are: of the index, active sites and nothing of an organization.
    tables: { reports: [read], enrollment: [published, { may: ['queryIndexes'], indexKeys: ['SITE#active'] }] },
    buckets: { submissions: [{ may: ['get'] }], exports: [{ may: ['get'] }] },
    settings: ['counterShards'],
  }),
  api('documentation', 'The API description cannot be read.', { tables: {} }),
];

const workers: readonly LambdaSpec[] = [
  worker('doses', 'upload', {
    trigger: { kind: 'queue', queue: 'uploads', batchSize: 1, maxConcurrency: 5, maxReceives: 5 },
    tables: { doses: [{ may: ['get', 'query', 'put'], keys: ['UPLOAD#*'] }], enrollment: [publishedToSenders] },
    buckets: {
      uploads: [
        { may: ['get'], prefix: 'uploads/' },
        { may: ['put'], prefix: 'answers/' },
      ],
      messages: [{ may: ['put'] }],
    },
    sendsTo: ['uploads', 'messages'],
    secrets: ['matching-key'],
    memoryMb: 1024,
    timeoutSeconds: 300,
    loss: 'Files of doses that were uploaded are not read; their doses are missing from stock, coverage and the CDC file.',
  }),
  worker('doses', 'message', {
    trigger: { kind: 'queue', queue: 'messages', batchSize: 10, maxConcurrency: 20, maxReceives: messageTries },
    tables: { doses: [readWrite], inventory: [ledger], enrollment: [publishedToSenders] },
    buckets: { messages: [{ may: ['get', 'put'] }] },
    sendsTo: ['uploads'],
    secrets: ['matching-key'],
    memoryMb: 1024,
    timeoutSeconds: 120,
    loss: 'Messages of uploaded files wait; their doses are missing from stock, coverage and the CDC file.',
  }),
  worker('doses', 'lot', {
    trigger: { kind: 'queue', queue: 'lots', batchSize: 1, maxConcurrency: 2, maxReceives: 5 },
    tables: { doses: [readWrite], inventory: [ledger], enrollment: [published], shipments: [{ may: ['query'], keys: ['SITE#*'] }] },
    sendsTo: ['lots'],
    memoryMb: 1024,
    timeoutSeconds: 300,
    loss: 'Doses told before their lot came stay on the worklist and take no stock; doses given before a recall or an excursion was recorded do not say so.',
  }),
  worker('doses', 'shipments-stream', {
    trigger: fromStream('shipments', 100, 1, 1),
    tables: {},
    sendsTo: ['lots'],
    memoryMb: 512,
    timeoutSeconds: 60,
    loss: 'Doses given from a unit before its excursion was reported do not say so.',
  }),
  worker('doses', 'inventory-stream', {
    trigger: fromStream('inventory', 100, 1, 1),
    tables: {},
    sendsTo: ['lots'],
    memoryMb: 512,
    timeoutSeconds: 60,
    loss: 'Doses told before their lot came, or left quarantine, stay on the worklist and take no stock.',
  }),
  worker('reports', 'doses-stream', {
    trigger: fromStream('doses', 100, 5, 2),
    tables: { reports: [readWrite], doses: [{ may: ['get', 'batchGet', 'query'] }], enrollment: [published] },
    settings: ['counterShards'],
    memoryMb: 1024,
    timeoutSeconds: 120,
    loss: 'Coverage, and the figures that allocations use about sites, fall behind the doses reported.',
  }),
  worker('reports', 'nightly', {
    trigger: { kind: 'schedule', schedule: 'nightly' },
    tables: { reports: [readWrite], doses: [read], enrollment: [{ ...published, may: ['get', 'batchGet', 'query', 'queryIndexes'] }] },
    // Without the right to list, S3 answers 403 for a file that is not there yet, and a rerun could not tell.
    buckets: { submissions: [{ may: ['get', 'put', 'list'] }] },
    sendsTo: ['exports'],
    memoryMb: 3008,
    timeoutSeconds: 900,
    loss: 'Last night’s doses are not in a CDC file and the exports are not written.',
  }),
  worker('reports', 'export', {
    trigger: { kind: 'queue', queue: 'exports', batchSize: 1, maxConcurrency: 2, maxReceives: 5 },
    tables: {
      enrollment: [scan],
      allocations: [scan],
      orders: [scan],
      shipments: [scan],
      inventory: [scan],
      doses: [scan],
      reports: [scan, { may: ['get', 'put'], keys: ['EXPORTS#*'] }],
    },
    buckets: { exports: [{ may: ['put'] }] },
    memoryMb: 1024,
    timeoutSeconds: 900,
    loss: 'The CSV export of one table is missing for a day.',
  }),
  worker('reports', 'recount', {
    trigger: { kind: 'schedule', schedule: 'recount' },
    tables: { reports: [readWrite, scan], doses: [{ may: ['get', 'batchGet', 'query', 'scan'] }], enrollment: [published] },
    settings: ['counterShards'],
    memoryMb: 1024,
    timeoutSeconds: 900,
    loss: 'Nobody knows whether coverage still equals a recount of the dose records.',
  }),
  worker('inventory', 'reconcile', {
    trigger: { kind: 'schedule', schedule: 'reconcile' },
    tables: { inventory: [readWrite, scan], doses: [{ may: ['queryIndexes'] }], enrollment: [published] },
    memoryMb: 1024,
    timeoutSeconds: 900,
    loss: 'Nobody knows whether balances still equal the sum of their entries.',
  }),
  worker('allocations', 'run', {
    trigger: { kind: 'queue', queue: 'runs', batchSize: 1, maxConcurrency: 4, maxReceives: mostRunDeliveries },
    tables: {
      allocations: [{ may: ['get', 'query', 'queryIndexes', 'check', 'put', 'update'] }],
      enrollment: [{ may: ['batchGet'], keys: ['SITE#*'] }],
      ...figureSources,
      orders: [{ may: ['batchGet'], keys: ['SITE#*'] }],
    },
    memoryMb: 3008,
    timeoutSeconds: 300,
    loss: 'Runs that were asked for are not drafted, and proposed ones are not published.',
  }),
  worker('allocations', 'orders-stream', {
    trigger: fromStream('orders', 100, 1, 1),
    tables: { allocations: [readWrite] },
    memoryMb: 512,
    timeoutSeconds: 60,
    loss: 'Awards that were ordered still look open.',
  }),
  worker('orders', 'shipments-stream', {
    trigger: fromStream('shipments', 100, 1, 1),
    tables: { orders: [readWrite] },
    memoryMb: 512,
    timeoutSeconds: 60,
    loss: 'Orders do not show what was shipped and received.',
  }),
];

/** Every Lambda of Doseline. */
export const lambdas: readonly LambdaSpec[] = [...apis, ...workers];

export const lambdaOf = (name: string): LambdaSpec => {
  const found = lambdas.find((spec) => spec.name === name);
  if (!found) throw new Error(`No Lambda is called ${name}`);
  return found;
};

/** The Lambda that reads a queue: its time limit decides the queue's visibility. */
export const readerOf = (queue: QueueName): LambdaSpec & { trigger: Extract<Trigger, { kind: 'queue' }> } => {
  for (const spec of lambdas) if (spec.trigger.kind === 'queue' && spec.trigger.queue === queue) return { ...spec, trigger: spec.trigger };
  throw new Error(`Nobody reads the queue ${queue}`);
};
