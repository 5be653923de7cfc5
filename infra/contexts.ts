/** The bounded contexts that keep data: each has one table and one API Lambda. */
export const contexts = ['enrollment', 'allocations', 'orders', 'shipments', 'inventory', 'doses', 'reports'] as const;
export type Context = (typeof contexts)[number];

/** `documentation` has routes but no table. */
export const apiContexts = [...contexts, 'documentation'] as const;
export type ApiContext = (typeof apiContexts)[number];

export type IndexName = 'gsi1' | 'gsi2';

export interface TableSpec {
  /** Secondary indexes (`gsi1` has the keys `gsi1pk` and `gsi1sk`), and what each holds beside the keys. */
  readonly indexes: Readonly<Partial<Record<IndexName, 'all' | readonly string[]>>>;
  /** True where a worker reads the table's changes (new and old images). */
  readonly stream: boolean;
}

/** Patient data stays out of the dose indexes: gsi1 holds what a reconciliation adds up, gsi2 keys alone. */
export const tables: Readonly<Record<Context, TableSpec>> = {
  enrollment: { indexes: { gsi1: 'all' }, stream: false },
  allocations: { indexes: { gsi1: 'all' }, stream: false },
  orders: { indexes: { gsi1: 'all' }, stream: true },
  shipments: { indexes: { gsi1: 'all' }, stream: true },
  inventory: { indexes: { gsi1: 'all' }, stream: true },
  doses: { indexes: { gsi1: ['effect'], gsi2: [] }, stream: true },
  reports: { indexes: { gsi1: 'all' }, stream: false },
};

export const buckets = ['messages', 'uploads', 'submissions', 'exports'] as const;
export type BucketName = (typeof buckets)[number];

export const queues = ['uploads', 'messages', 'exports', 'runs', 'lots'] as const;
export type QueueName = (typeof queues)[number];
/** Queues that keep the order of a group: messages of one patient of one sender are read one after the other. */
export const orderedQueues: readonly QueueName[] = ['messages'];

export const secrets = ['matching-key', 'cdc-credentials'] as const;
export type SecretName = (typeof secrets)[number];
