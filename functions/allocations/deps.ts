import { z } from 'zod';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import { makeDynamo } from '../../shared/platform/dynamo.ts';
import { parseEnv } from '../../shared/platform/env.ts';
import type { ApiDeps } from '../../shared/platform/http.ts';
import { makeLog, type Log } from '../../shared/platform/log.ts';
import { makeDescribeSites, type DescribeSites } from './describe-sites.ts';
import { makeFigureStore, type FigureStore } from './store-figures.ts';
import { makeStore, type AllocationStore } from './store.ts';
import { makePolicyStore, type PolicyStore } from './store-policies.ts';
import { makeRunStore, type RunStore } from './store-runs.ts';

export const makeApiDeps = (): { store: AllocationStore; runs: RunStore; policies: PolicyStore; figures: FigureStore; describe: DescribeSites; api: ApiDeps; zone: string } => {
  const env = parseEnv(z.object({ ALLOCATIONS_TABLE: z.string(), ENROLLMENT_TABLE: z.string(), ORDERS_TABLE: z.string(), JURISDICTION: z.string() }));
  const of = parseEnv(z.object({ REPORTS_TABLE: z.string(), INVENTORY_TABLE: z.string(), SHIPMENTS_TABLE: z.string() }));
  const dynamo = makeDynamo();
  const store = makeStore(dynamo, env.ALLOCATIONS_TABLE, env.ENROLLMENT_TABLE, env.ORDERS_TABLE);
  const figures = makeFigureStore(dynamo, { allocations: env.ALLOCATIONS_TABLE, reports: of.REPORTS_TABLE, inventory: of.INVENTORY_TABLE, shipments: of.SHIPMENTS_TABLE });
  const zone = jurisdictionFor(env.JURISDICTION).timeZone;
  return {
    store,
    figures,
    describe: makeDescribeSites(store, figures, zone),
    runs: makeRunStore(dynamo, env.ALLOCATIONS_TABLE),
    policies: makePolicyStore(dynamo, env.ALLOCATIONS_TABLE),
    zone,
    api: { dynamo, enrollmentTable: env.ENROLLMENT_TABLE, log: makeLog('allocations-api') },
  };
};

export const makeStreamDeps = (): { store: Pick<AllocationStore, 'markOrdered'>; log: Log } => {
  const env = parseEnv(z.object({ ALLOCATIONS_TABLE: z.string() }));
  return { store: makeStore(makeDynamo(), env.ALLOCATIONS_TABLE, '', ''), log: makeLog('allocations-on-orders-stream') };
};
