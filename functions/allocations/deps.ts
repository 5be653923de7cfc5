import { z } from 'zod';
import { jurisdictionFor, type Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { makeDynamo, type Dynamo } from '../../shared/platform/dynamo.ts';
import { parseEnv } from '../../shared/platform/env.ts';
import type { ApiDeps } from '../../shared/platform/http.ts';
import { makeLog, type Log } from '../../shared/platform/log.ts';
import { makeQueue } from '../../shared/platform/queue.ts';
import { makeDescribeSites, type DescribeSites } from './describe-sites.ts';
import { makeSendRunJob, type SendRunJob } from './send-run-job.ts';
import { makeDraftingStore, type DraftingStore } from './store-drafting.ts';
import { makeFigureStore, type FigureStore } from './store-figures.ts';
import { makeStore, type AllocationStore } from './store.ts';
import { makePolicyStore, type PolicyStore } from './store-policies.ts';
import { makeRunStore, type RunStore } from './store-runs.ts';

interface Rooms {
  readonly store: AllocationStore;
  readonly runs: RunStore;
  readonly drafting: DraftingStore;
  readonly figures: FigureStore;
  readonly describe: DescribeSites;
  readonly zone: string;
  readonly jurisdiction: Jurisdiction;
}

/** What drafting reads and writes, for the API and for the worker alike. */
const makeRooms = (dynamo: Dynamo): Rooms & { tables: { allocations: string; enrollment: string } } => {
  const env = parseEnv(z.object({ ALLOCATIONS_TABLE: z.string(), ENROLLMENT_TABLE: z.string(), ORDERS_TABLE: z.string(), JURISDICTION: z.string() }));
  const of = parseEnv(z.object({ REPORTS_TABLE: z.string(), INVENTORY_TABLE: z.string(), SHIPMENTS_TABLE: z.string() }));
  const tables = { allocations: env.ALLOCATIONS_TABLE, enrollment: env.ENROLLMENT_TABLE };
  const store = makeStore(dynamo, tables.allocations, tables.enrollment, env.ORDERS_TABLE);
  const figures = makeFigureStore(dynamo, {
    allocations: tables.allocations,
    reports: of.REPORTS_TABLE,
    inventory: of.INVENTORY_TABLE,
    shipments: of.SHIPMENTS_TABLE,
  });
  const jurisdiction = jurisdictionFor(env.JURISDICTION);
  return {
    store,
    figures,
    jurisdiction,
    zone: jurisdiction.timeZone,
    tables,
    describe: makeDescribeSites(store, figures, jurisdiction),
    runs: makeRunStore(dynamo, tables.allocations),
    drafting: makeDraftingStore(dynamo, tables.allocations),
  };
};

export const makeApiDeps = (): Rooms & { policies: PolicyStore; send: SendRunJob; api: ApiDeps } => {
  const { RUNS_QUEUE_URL } = parseEnv(z.object({ RUNS_QUEUE_URL: z.string() }));
  const dynamo = makeDynamo();
  const { tables, ...rooms } = makeRooms(dynamo);
  return {
    ...rooms,
    policies: makePolicyStore(dynamo, tables.allocations),
    send: makeSendRunJob(makeQueue(RUNS_QUEUE_URL)),
    api: { dynamo, enrollmentTable: tables.enrollment, log: makeLog('allocations-api') },
  };
};

export const makeRunDeps = (): Omit<Rooms, 'zone' | 'jurisdiction'> & { log: Log } => {
  const { store, runs, drafting, figures, describe } = makeRooms(makeDynamo());
  return { store, runs, drafting, figures, describe, log: makeLog('allocations-on-run') };
};

export const makeStreamDeps = (): { store: Pick<AllocationStore, 'markOrdered'>; log: Log } => {
  const env = parseEnv(z.object({ ALLOCATIONS_TABLE: z.string() }));
  return { store: makeStore(makeDynamo(), env.ALLOCATIONS_TABLE, '', ''), log: makeLog('allocations-on-orders-stream') };
};
