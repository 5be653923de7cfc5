import { z } from 'zod';
import { makeDynamo } from '../../shared/platform/dynamo.ts';
import { parseEnv } from '../../shared/platform/env.ts';
import type { ApiDeps } from '../../shared/platform/http.ts';
import { makeLog, type Log } from '../../shared/platform/log.ts';
import { makeStore, type InventoryStore } from './store.ts';
import { makeReconciliationReader, makeReconciliationStore, type ReconciliationStore } from './store-reconciliation.ts';

export const makeApiDeps = (): { store: InventoryStore; reconciled: ReturnType<typeof makeReconciliationReader>; api: ApiDeps } => {
  const env = parseEnv(z.object({ INVENTORY_TABLE: z.string(), ENROLLMENT_TABLE: z.string(), ALLOCATIONS_TABLE: z.string() }));
  const dynamo = makeDynamo();
  return {
    store: makeStore(dynamo, { inventory: env.INVENTORY_TABLE, enrollment: env.ENROLLMENT_TABLE, allocations: env.ALLOCATIONS_TABLE }),
    reconciled: makeReconciliationReader(dynamo, env.INVENTORY_TABLE),
    api: { dynamo, enrollmentTable: env.ENROLLMENT_TABLE, log: makeLog('inventory-api') },
  };
};

export const makeReconcileDeps = (): { store: ReconciliationStore; log: Log; jurisdiction: string } => {
  const env = parseEnv(z.object({ INVENTORY_TABLE: z.string(), DOSES_TABLE: z.string(), ENROLLMENT_TABLE: z.string(), JURISDICTION: z.string() }));
  return {
    store: makeReconciliationStore(makeDynamo(), { inventory: env.INVENTORY_TABLE, doses: env.DOSES_TABLE, enrollment: env.ENROLLMENT_TABLE }),
    log: makeLog('inventory-on-reconcile'),
    jurisdiction: env.JURISDICTION,
  };
};
