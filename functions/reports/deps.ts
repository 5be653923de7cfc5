import { z } from 'zod';
import { jurisdictionFor, type Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { exportedTables, type ExportedTable, type ExportMessage } from '../../shared/contracts/export-message.ts';
import { makeBucket, type Bucket } from '../../shared/platform/bucket.ts';
import { makeWritableBucket, type WritableBucket } from '../../shared/platform/bucket-writer.ts';
import { getItem, makeDynamo } from '../../shared/platform/dynamo.ts';
import { parseEnv } from '../../shared/platform/env.ts';
import type { ApiDeps } from '../../shared/platform/http.ts';
import { makeLog } from '../../shared/platform/log.ts';
import { makeQueue } from '../../shared/platform/queue.ts';
import { siteItem, siteKey, type SiteItem } from '../../shared/published/site.ts';
import type { ExportDeps } from './export-table.ts';
import { makeCoverageStore, type CoverageStore } from './store-coverage.ts';
import { makeExportRegister, scanPages, type ExportRegister } from './store-exports.ts';
import { makePeopleStore, type PeopleStore } from './store-people.ts';
import { makePracticeStore, type PracticeStore } from './store-practices.ts';
import { makeRecountStore, type RecountStore } from './store-recount.ts';
import { makeSubmissionStore, type SubmissionStore } from './store-submissions.ts';

const text = z.string().min(1);
const counting = z.object({ REPORTS_TABLE: text, DOSES_TABLE: text, JURISDICTION: text, COUNTER_SHARDS: z.coerce.number().int().min(1) });

interface CountingDeps {
  progress: RecountStore;
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
    progress: makeRecountStore(dynamo, env.REPORTS_TABLE),
    people: makePeopleStore(dynamo, env.DOSES_TABLE),
    coverage: makeCoverageStore(dynamo, env.REPORTS_TABLE, env.COUNTER_SHARDS),
    jurisdiction: jurisdictionFor(env.JURISDICTION),
    shard: () => shard,
    log: makeLog(service),
  };
};

/** The composition root of the worker that counts. */
export const makeStreamDeps = (): CountingDeps => countingDeps('reports-on-doses-stream');
/** The composition root of the worker that counts again. */
export const makeRecountDeps = (): CountingDeps => countingDeps('reports-on-recount');

interface NightlyDeps {
  people: PeopleStore;
  submissions: SubmissionStore;
  siteOf: (siteId: string) => Promise<SiteItem | undefined>;
  bucket: WritableBucket;
  send: (message: ExportMessage) => Promise<void>;
  jurisdiction: Jurisdiction;
  log: ReturnType<typeof makeLog>;
}

/** The composition root of the nightly job. */
export const makeNightlyDeps = (): NightlyDeps => {
  const env = parseEnv(z.object({
    REPORTS_TABLE: text, DOSES_TABLE: text, ENROLLMENT_TABLE: text, SUBMISSIONS_BUCKET: text, EXPORTS_QUEUE_URL: text, JURISDICTION: text,
  }));
  const dynamo = makeDynamo();
  const exportsQueue = makeQueue(env.EXPORTS_QUEUE_URL);
  return {
    people: makePeopleStore(dynamo, env.DOSES_TABLE),
    submissions: makeSubmissionStore(dynamo, env.REPORTS_TABLE),
    siteOf: (siteId) => getItem(dynamo, env.ENROLLMENT_TABLE, siteKey(siteId), siteItem, { consistent: false }),
    bucket: makeWritableBucket(env.SUBMISSIONS_BUCKET),
    send: (message) => exportsQueue.send(message),
    jurisdiction: jurisdictionFor(env.JURISDICTION),
    log: makeLog('reports-on-nightly'),
  };
};

/** The composition root of the worker that writes exports. */
export const makeExportDeps = (): ExportDeps & { log: ReturnType<typeof makeLog> } => {
  const variableOf = (table: ExportedTable) => `${table.toUpperCase()}_TABLE`;
  const env = parseEnv(z.object({ EXPORTS_BUCKET: text, REPORTS_TABLE: text }));
  const names = parseEnv(z.object(Object.fromEntries(exportedTables.map((table) => [variableOf(table), text]))));
  const dynamo = makeDynamo();
  return {
    pages: (table) => scanPages(dynamo, names[variableOf(table)] ?? ''),
    bucket: makeWritableBucket(env.EXPORTS_BUCKET),
    register: makeExportRegister(dynamo, env.REPORTS_TABLE),
    log: makeLog('reports-on-export'),
  };
};

interface ReportsApiDeps {
  coverage: CoverageStore;
  practices: PracticeStore;
  submissions: SubmissionStore;
  exports: ExportRegister;
  submissionsBucket: Bucket;
  exportsBucket: Bucket;
  jurisdiction: Jurisdiction;
  api: ApiDeps;
}

/** The composition root of the API. */
export const makeApiDeps = (): ReportsApiDeps => {
  const env = parseEnv(z.object({
    REPORTS_TABLE: text, ENROLLMENT_TABLE: text, SUBMISSIONS_BUCKET: text, EXPORTS_BUCKET: text, JURISDICTION: text,
    COUNTER_SHARDS: z.coerce.number().int().min(1),
  }));
  const dynamo = makeDynamo();
  return {
    coverage: makeCoverageStore(dynamo, env.REPORTS_TABLE, env.COUNTER_SHARDS),
    practices: makePracticeStore(dynamo, { reports: env.REPORTS_TABLE, enrollment: env.ENROLLMENT_TABLE }),
    submissions: makeSubmissionStore(dynamo, env.REPORTS_TABLE),
    exports: makeExportRegister(dynamo, env.REPORTS_TABLE),
    submissionsBucket: makeBucket(env.SUBMISSIONS_BUCKET),
    exportsBucket: makeBucket(env.EXPORTS_BUCKET),
    jurisdiction: jurisdictionFor(env.JURISDICTION),
    api: { dynamo, enrollmentTable: env.ENROLLMENT_TABLE, log: makeLog('reports-api') },
  };
};
