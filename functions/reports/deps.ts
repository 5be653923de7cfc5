import { z } from 'zod';
import { jurisdictionFor, type Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { makeDynamo } from '../../shared/platform/dynamo.ts';
import { parseEnv } from '../../shared/platform/env.ts';
import { makeLog } from '../../shared/platform/log.ts';
import { makeCoverageStore, type CoverageStore } from './store-coverage.ts';
import { makePeopleStore, type PeopleStore } from './store-people.ts';

const text = z.string().min(1);
const counting = z.object({ REPORTS_TABLE: text, DOSES_TABLE: text, JURISDICTION: text, COUNTER_SHARDS: z.coerce.number().int().min(1) });

interface CountingDeps {
  people: PeopleStore;
  coverage: CoverageStore;
  jurisdiction: Jurisdiction;
  shard: () => number;
  log: ReturnType<typeof makeLog>;
}

const countingDeps = (service: string): CountingDeps => {
  const env = parseEnv(counting);
  const dynamo = makeDynamo();
  // One shard for the life of an instance: instances that count at the same moment seldom meet, and one instance packs best.
  const shard = Math.floor(Math.random() * env.COUNTER_SHARDS);
  return {
    people: makePeopleStore(dynamo, env.DOSES_TABLE),
    coverage: makeCoverageStore(dynamo, env.REPORTS_TABLE, env.COUNTER_SHARDS),
    jurisdiction: jurisdictionFor(env.JURISDICTION),
    shard: () => shard,
    log: makeLog(service),
  };
};

/** The composition root of the worker that counts. */
export const makeStreamDeps = (): CountingDeps => countingDeps('reports-on-doses-stream');
