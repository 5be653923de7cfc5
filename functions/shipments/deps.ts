import { z } from 'zod';
import { jurisdictionFor, type Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { makeDynamo } from '../../shared/platform/dynamo.ts';
import { parseEnv } from '../../shared/platform/env.ts';
import type { ApiDeps } from '../../shared/platform/http.ts';
import { makeLog } from '../../shared/platform/log.ts';
import { makeStore, type ShipmentsStore } from './store.ts';
import { makeExcursionStore, type ExcursionStore } from './store-excursions.ts';

const table = z.string().min(1);

/** The composition root. */
export const makeDeps = (): { store: ShipmentsStore; excursions: ExcursionStore; api: ApiDeps; jurisdiction: Jurisdiction } => {
  const env = parseEnv(z.object({ SHIPMENTS_TABLE: table, INVENTORY_TABLE: table, ENROLLMENT_TABLE: table, JURISDICTION: z.string() }));
  const dynamo = makeDynamo();
  return {
    store: makeStore(dynamo, { shipments: env.SHIPMENTS_TABLE, inventory: env.INVENTORY_TABLE, enrollment: env.ENROLLMENT_TABLE }),
    excursions: makeExcursionStore(dynamo, env.SHIPMENTS_TABLE),
    api: { dynamo, enrollmentTable: env.ENROLLMENT_TABLE, log: makeLog('shipments-api') },
    jurisdiction: jurisdictionFor(env.JURISDICTION),
  };
};
