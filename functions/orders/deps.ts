import { z } from 'zod';
import { jurisdictionFor, type Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { makeDynamo } from '../../shared/platform/dynamo.ts';
import { parseEnv } from '../../shared/platform/env.ts';
import type { ApiDeps } from '../../shared/platform/http.ts';
import { makeLog, type Log } from '../../shared/platform/log.ts';
import { makeStore, type OrdersStore } from './store.ts';

const table = z.string().min(1);

/** The composition root of the API. */
export const makeDeps = (): { store: OrdersStore; api: ApiDeps; jurisdiction: Jurisdiction } => {
  const env = parseEnv(z.object({ ORDERS_TABLE: table, ALLOCATIONS_TABLE: table, ENROLLMENT_TABLE: table, JURISDICTION: z.string() }));
  const dynamo = makeDynamo();
  return {
    store: makeStore(dynamo, { orders: env.ORDERS_TABLE, allocations: env.ALLOCATIONS_TABLE, enrollment: env.ENROLLMENT_TABLE }),
    api: { dynamo, enrollmentTable: env.ENROLLMENT_TABLE, log: makeLog('orders-api') },
    jurisdiction: jurisdictionFor(env.JURISDICTION),
  };
};

/** The composition root of the worker, which may reach no table but its own. */
export const makeWorkerDeps = (): { store: OrdersStore; log: Log } => {
  const env = parseEnv(z.object({ ORDERS_TABLE: table }));
  return {
    store: makeStore(makeDynamo(), { orders: env.ORDERS_TABLE, allocations: '', enrollment: '' }),
    log: makeLog('orders-on-shipments-stream'),
  };
};
