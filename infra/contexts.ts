/** The bounded contexts that keep data: each has one table and one API Lambda. */
export const contexts = ['enrollment', 'allocations', 'orders', 'shipments', 'inventory', 'doses', 'reports'] as const;
export type Context = (typeof contexts)[number];

/** `documentation` has routes but no table. */
export const apiContexts = [...contexts, 'documentation'] as const;
export type ApiContext = (typeof apiContexts)[number];

export interface TableSpec {
  /** Secondary indexes: `gsi1` has the keys `gsi1pk` and `gsi1sk`. */
  readonly indexes: readonly IndexName[];
  /** True where a worker reads the table's changes (new and old images). */
  readonly stream: boolean;
  /** What the indexes hold beside the keys; everything unless it is named. */
  readonly projected?: readonly string[];
}
export type IndexName = 'gsi1' | 'gsi2';

/** Patient data stays out of the dose indexes: they hold the keys and what a list or a reconciliation needs. */
export const tables: Readonly<Record<Context, TableSpec>> = {
  enrollment: { indexes: ['gsi1'], stream: false },
  allocations: { indexes: ['gsi1'], stream: false },
  orders: { indexes: ['gsi1'], stream: true },
  shipments: { indexes: ['gsi1'], stream: true },
  inventory: { indexes: ['gsi1'], stream: false },
  doses: { indexes: ['gsi1', 'gsi2'], stream: true, projected: [] },
  reports: { indexes: ['gsi1'], stream: false },
};

export const buckets = ['messages', 'uploads', 'submissions', 'exports'] as const;
export type BucketName = (typeof buckets)[number];

export const queues = ['uploads', 'exports'] as const;
export type QueueName = (typeof queues)[number];

export const secrets = ['matching-key', 'soap-credentials', 'cdc-credentials'] as const;
export type SecretName = (typeof secrets)[number];
