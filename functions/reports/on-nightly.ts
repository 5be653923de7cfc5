import { z } from 'zod';
import { day } from '../../shared/contracts/common.ts';
import { makeBuildSubmission } from './build-submission.ts';
import { makeClaimEvents } from './claim-events.ts';
import { makeNightlyDeps } from './deps.ts';
import { choicesOf } from './domain/withheld.ts';
import { makeFreezeManifest } from './freeze-manifest.ts';
import { makeRestateChanges } from './restate-changes.ts';
import { makeRunNightly, type NightlyResult } from './run-nightly.ts';

const scheduled = z.object({ scheduledTime: z.iso.datetime(), day: day.optional() });
const { people, submissions, siteOf, bucket, send, jurisdiction, log } = makeNightlyDeps();
const zone = jurisdiction.timeZone;
const choices = choicesOf(jurisdiction);

const build = makeBuildSubmission({
  submissions,
  claim: makeClaimEvents({ people, submissions, choices }),
  frozen: makeFreezeManifest({ people, siteOf, submissions, bucket, choices }),
  restate: makeRestateChanges({ people, siteOf, submissions, choices, zone }),
  bucket,
  zone,
  entity: jurisdiction.code,
});
const run = makeRunNightly({ build, people, submissions, send, zone });

/** Nightly: the CDC file of every day that has none, and the exports. */
export const handler = async (event: unknown): Promise<NightlyResult> => {
  const asked = scheduled.parse(event);
  const result = await run({ now: new Date(asked.scheduledTime).toISOString(), day: asked.day });
  for (const one of result.built) log.info('JOB_DONE', { job: 'submission', ...one });
  log.info('JOB_DONE', { job: 'nightly', days: result.built.length, exportsOf: result.exportsOf });
  return result;
};
