import { z } from 'zod';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import { localDay } from '../../shared/kernel/dates.ts';
import { makeReconcileDeps } from './deps.ts';
import { makeReconcile, type ReconcileResult } from './reconcile.ts';

const scheduled = z.object({ scheduledTime: z.iso.datetime(), repair: z.boolean().default(false) });
const { store, log, jurisdiction } = makeReconcileDeps();
const zone = jurisdictionFor(jurisdiction).timeZone;
const reconcile = makeReconcile(store, (ms) => new Promise((resolve) => setTimeout(resolve, ms)));

/** Nightly: every account against its entries. What does not agree raises the alarm; nothing is changed, but after a restore by `repair`. */
export const handler = async (event: unknown): Promise<ReconcileResult> => {
  const { scheduledTime, repair } = scheduled.parse(event);
  const day = localDay(scheduledTime, zone);
  const result = await reconcile(day, new Date(scheduledTime).toISOString(), { repair });
  if (result.findings > 0 || result.gap !== 0) log.error('BALANCE_BROKEN', { fields: { day, ...result } });
  log.info('JOB_DONE', { job: 'reconcile', day, ...result });
  return result;
};
