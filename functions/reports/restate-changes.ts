import { doseIdOf } from '../../shared/published/dose.ts';
import { isReportedToCdc, type ReportingChoices } from './domain/reportable.ts';
import type { PeopleStore } from './store-people.ts';
import type { SubmissionStore } from './store-submissions.ts';

export interface RestateDeps {
  readonly people: Pick<PeopleStore, 'doseAt' | 'supersededOn'>;
  readonly submissions: Pick<SubmissionStore, 'claim' | 'restate'>;
  readonly choices: ReportingChoices;
}

const versionOf = (sk: string): { head: string; version: number } => {
  const [, part = '', , version = '0'] = sk.split('#');
  return { head: `DOSE#${part}`, version: Number(version) };
};

/**
 * Enters into the ledger what was sent to CDC in an older version than a dose had at the end of a day on which it changed. What was never
 * sent, or was sent in that version already, needs no word. Safe to run again: an entry is one item per day and dose.
 */
export const makeRestateChanges =
  ({ people, submissions, choices }: RestateDeps) =>
  async (day: string, now: string): Promise<number> => {
    const newest = new Map<string, { pk: string; sk: string; version: number }>();
    for await (const { pk, sk } of people.supersededOn(day)) {
      const { head, version } = versionOf(sk);
      const known = newest.get(`${pk}|${head}`);
      newest.set(`${pk}|${head}`, { pk, sk: head, version: Math.max(version + 1, known?.version ?? 0) });
    }
    let entered = 0;
    for (const { pk, sk, version: nowVersion } of newest.values()) {
      const doseId = doseIdOf({ pk, sk });
      const claim = await submissions.claim(doseId);
      if (claim === undefined || claim.state === 'held' || claim.doseVersion >= nowVersion) continue;
      const dose = await people.doseAt({ pk, sk }, nowVersion);
      if (dose === undefined) throw new Error(`Version ${nowVersion} of the dose ${doseId} is not there`);
      const change = isReportedToCdc(dose, { choices }).kind === 'reportable' ? 'update' : 'delete';
      await submissions.restate({ day, doseId, change, sentVersion: claim.doseVersion, nowVersion, submissionId: claim.submissionId, recordedAt: now });
      entered += 1;
    }
    return entered;
  };
