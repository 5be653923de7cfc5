import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { makeAdvance } from './advance-contributions.ts';
import { makeRecountDeps } from './deps.ts';
import { makeRecount, type RecountResult } from './recount.ts';

/** Time that is kept for adding up the counters after the last page of persons. */
const reserveMs = 180_000;
const scheduled = z.object({ scheduledTime: z.iso.datetime(), repair: z.boolean().optional() });

const { people, coverage, progress, jurisdiction, shard, log } = makeRecountDeps();
const advance = makeAdvance({ view: (id) => people.view(id), coverage, jurisdiction, shard, log });

/** The recount needs another run. Thrown so that the run is repeated with the same event: it goes on where this one stopped. */
class Unfinished extends Error {
  override name = 'RecountUnfinished';
}

/** Weekly, or by hand: coverage against the dose records. A difference raises the alarm on BALANCE_BROKEN. */
export const handler = async (event: unknown, context?: Pick<Context, 'getRemainingTimeInMillis'>): Promise<RecountResult> => {
  const { scheduledTime, repair = false } = scheduled.parse(event);
  const hasTime = (): boolean => context === undefined || context.getRemainingTimeInMillis() > reserveMs;
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const recount = makeRecount({ people, coverage, progress, advance, jurisdiction, sleep, hasTime });
  const result = await recount(`${new Date(scheduledTime).toISOString()}${repair ? '-repair' : ''}`, { repair });
  const { persons, wrongPersons, wrongCounters, movingCounters, repaired } = result;
  const fields = { job: 'recount', persons, wrongPersons, wrongCounters, movingCounters, repaired };
  if (wrongPersons > 0 || wrongCounters > 0) log.error('BALANCE_BROKEN', { fields });
  log.info('JOB_DONE', fields);
  if (!result.isComplete) throw new Unfinished('Another run goes on from here');
  return result;
};
