import { z } from 'zod';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import { makeDynamo } from '../../shared/platform/dynamo.ts';
import { parseEnv } from '../../shared/platform/env.ts';
import type { ApiDeps } from '../../shared/platform/http.ts';
import { makeLog, type Log } from '../../shared/platform/log.ts';
import { makeStore, type AllocationStore } from './store.ts';
import { makeRunStore, type RunStore } from './store-runs.ts';

export const makeApiDeps = (): { store: AllocationStore; runs: RunStore; api: ApiDeps; zone: string } => {
  const env = parseEnv(z.object({ ALLOCATIONS_TABLE: z.string(), ENROLLMENT_TABLE: z.string(), JURISDICTION: z.string() }));
  const dynamo = makeDynamo();
  return {
    store: makeStore(dynamo, env.ALLOCATIONS_TABLE, env.ENROLLMENT_TABLE),
    runs: makeRunStore(dynamo, env.ALLOCATIONS_TABLE),
    zone: jurisdictionFor(env.JURISDICTION).timeZone,
    api: { dynamo, enrollmentTable: env.ENROLLMENT_TABLE, log: makeLog('allocations-api') },
  };
};

export const makeStreamDeps = (): { store: Pick<AllocationStore, 'markOrdered'>; log: Log } => {
  const env = parseEnv(z.object({ ALLOCATIONS_TABLE: z.string() }));
  return { store: makeStore(makeDynamo(), env.ALLOCATIONS_TABLE, ''), log: makeLog('allocations-on-orders-stream') };
};
