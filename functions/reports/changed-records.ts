import { addDays } from '../../shared/kernel/dates.ts';
import { doseKey, recordIdOf } from '../../shared/published/dose-keys.ts';
import { stragglerLookbackDays } from './domain/reporting-days.ts';
import { submissionIdOf } from './domain/submission-machine.ts';
import type { SubmissionItem } from './schemas.ts';
import type { PeopleStore } from './store-people.ts';
import type { SubmissionStore } from './store-submissions.ts';

export type SubmissionDay = Pick<SubmissionItem, 'submissionId' | 'day' | 'kind' | 'sequence'>;

/** Earlier days whose file takes nothing any more, as far back as news of them can still come in, newest first. */
export async function* sealedDaysBefore(
  submissions: Pick<SubmissionStore, 'submission'>,
  { day, kind, sequence }: SubmissionDay,
): AsyncGenerator<string> {
  for (let back = 1; back <= stragglerLookbackDays; back += 1) {
    const earlier = addDays(day, -back);
    if ((await submissions.submission(submissionIdOf(earlier, kind, sequence)))?.sealed === true) yield earlier;
  }
}

export interface ChangedDeps {
  readonly people: Pick<PeopleStore, 'reportedOn' | 'changedOn'>;
  readonly submissions: Pick<SubmissionStore, 'events' | 'submission'>;
}

/**
 * Records of which something changed on the day of a submission, or earlier and came too late for the night of its own day: a new dose
 * (also one that CDC does not get from us), a dose or a patient's facts said differently. Each once.
 */
export async function* changedRecords({ people, submissions }: ChangedDeps, submission: SubmissionDay): AsyncGenerator<string> {
  const seen = new Set<string>();
  async function* keys(): AsyncGenerator<{ pk: string }> {
    for await (const { doseId } of submissions.events(submission.submissionId)) {
      const key = doseKey(doseId);
      if (key !== undefined) yield key;
    }
    yield* people.reportedOn(submission.day);
    yield* people.changedOn(submission.day);
    for await (const earlier of sealedDaysBefore(submissions, submission)) yield* people.changedOn(earlier);
  }
  for await (const key of keys()) {
    const recordId = recordIdOf(key);
    if (seen.has(recordId)) continue;
    seen.add(recordId);
    yield recordId;
  }
}
