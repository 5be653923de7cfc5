import type { DoseItem } from '../../shared/published/dose.ts';
import { doseIdOf, doseKey, dosePrefix } from '../../shared/published/dose-keys.ts';
import { sealedDaysBefore } from './changed-records.ts';
import { isReportedToCdc, type ReportingChoices } from './domain/reportable.ts';
import type { SubmissionItem } from './schemas.ts';
import type { PeopleStore } from './store-people.ts';
import { maxEventsAClaim, type ClaimedEvent, type SubmissionStore } from './store-submissions.ts';

/** Races of two builders of one submission end when one of them seals it. */
const maxClaimTries = 5;

export interface ClaimDeps {
  readonly people: Pick<PeopleStore, 'doses' | 'reportedOn' | 'changedOn'>;
  readonly submissions: Pick<SubmissionStore, 'claims' | 'claimTogether' | 'held' | 'release' | 'submission'>;
  readonly choices: ReportingChoices;
}

type ItemKey = { pk: string; sk: string };

const headOf = ({ pk, sk }: ItemKey): ItemKey => ({ pk, sk: sk.split('#').slice(0, 2).join('#') });

/**
 * Doses that may belong into the file of a day: those reported on it, those of earlier days that came too late for their own file, those
 * changed on it (a correction can make an event reportable), and those that could not be sent before. A day whose file can still be
 * built keeps its doses.
 */
async function* candidates({ people, submissions }: ClaimDeps, submission: SubmissionItem): AsyncGenerator<ItemKey> {
  yield* people.reportedOn(submission.day);
  for await (const earlier of sealedDaysBefore(submissions, submission)) yield* people.reportedOn(earlier);
  for await (const entry of people.changedOn(submission.day)) if (entry.sk.startsWith(dosePrefix)) yield headOf(entry);
  for await (const doseId of submissions.held()) {
    const key = doseKey(doseId);
    if (key !== undefined) yield key;
  }
}

/** Of these doses, the reportable ones that no submission has, at the version they have now. */
const unclaimed = async ({ people, submissions, choices }: ClaimDeps, submissionId: string, keys: readonly ItemKey[]): Promise<ClaimedEvent[]> => {
  const claims = await submissions.claims(keys.map(doseIdOf));
  const isFree = (doseId: string): boolean => {
    const claim = claims.get(doseId);
    return claim === undefined || (claim.state === 'held' && claim.submissionId !== submissionId);
  };
  const doses = await people.doses(keys.filter((key) => isFree(doseIdOf(key))));
  const isReportable = (dose: DoseItem): boolean => isReportedToCdc(dose, { choices }).kind === 'reportable';
  // A dose that was deleted, or found to be told twice, waits for nothing any more.
  for (const doseId of doses.filter((dose) => !isReportable(dose)).map(doseIdOf)) if (claims.has(doseId)) await submissions.release(doseId);
  return doses.filter(isReportable).map((dose) => ({ doseId: doseIdOf(dose), doseVersion: dose.version }));
};

/**
 * Claims every event of a submission's day that no other submission has. Safe to run again: what was claimed stays claimed. Ends early
 * when another run has sealed the submission.
 */
export const makeClaimEvents =
  (deps: ClaimDeps) =>
  async (submission: SubmissionItem, now: string): Promise<'claimed' | 'sealed'> => {
    const { submissionId } = submission;
    const claim = async (keys: readonly ItemKey[]): Promise<'claimed' | 'sealed'> => {
      for (let tries = 0; tries < maxClaimTries; tries += 1) {
        const events = await unclaimed(deps, submissionId, keys);
        if (events.length === 0) return 'claimed';
        const outcome = await deps.submissions.claimTogether(submissionId, events, now);
        if (outcome.kind === 'committed') return 'claimed';
        if (outcome.failed.has(0)) return 'sealed';
      }
      throw new Error('Events are claimed by others again and again');
    };
    let waiting = new Map<string, ItemKey>();
    for await (const { pk, sk } of candidates(deps, submission)) {
      waiting.set(`${pk}|${sk}`, { pk, sk });
      if (waiting.size < maxEventsAClaim) continue;
      if ((await claim([...waiting.values()])) === 'sealed') return 'sealed';
      waiting = new Map();
    }
    return claim([...waiting.values()]);
  };
