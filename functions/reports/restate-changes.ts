import { localDay } from '../../shared/kernel/dates.ts';
import type { DoseItem } from '../../shared/published/dose.ts';
import { doseIdOf, recordIdOf } from '../../shared/published/dose-keys.ts';
import type { SiteItem } from '../../shared/published/site.ts';
import { changedRecords, type ChangedDeps } from './changed-records.ts';
import { toCvrsRow } from './domain/cvrs-row.ts';
import { eventOf } from './domain/event-of-dose.ts';
import type { PersonView } from './domain/person-history.ts';
import { isReportedToCdc, type ReportingChoices } from './domain/reportable.ts';
import { restatementOf } from './domain/restatement.ts';
import { sentUnder } from './domain/row-digest.ts';
import type { ClaimItem, SubmissionItem } from './schemas.ts';
import type { PeopleStore } from './store-people.ts';
import type { SubmissionStore } from './store-submissions.ts';

/** Persons looked at side by side. */
const width = 16;

export interface RestateDeps {
  readonly people: ChangedDeps['people'] & Pick<PeopleStore, 'record' | 'view'>;
  readonly siteOf: (siteId: string) => Promise<SiteItem | undefined>;
  readonly submissions: ChangedDeps['submissions'] & Pick<SubmissionStore, 'claims' | 'restate'>;
  readonly choices: ReportingChoices;
  readonly zone: string;
}

/** What an event would be sent as now; undefined when CDC is to have none. */
const standing = async ({ siteOf, choices }: RestateDeps, { person, records, doses }: PersonView, dose: DoseItem, today: string) => {
  if (isReportedToCdc(dose, { isOptedOut: person.optOut !== undefined, choices }).kind !== 'reportable') return undefined;
  const record = records.find(({ recordId }) => recordId === recordIdOf(dose));
  if (record === undefined) throw new Error(`The record of the dose ${doseIdOf(dose)} is not there`);
  const site = dose.siteId === undefined ? undefined : await siteOf(dose.siteId);
  return toCvrsRow(eventOf({ head: dose, dose, record, recipId: person.recipId, history: doses, site }), { type: 'D' }, today);
};

/**
 * Enters into the ledger, on the night of a day, every event in an earlier file that would be sent differently now: because its dose was
 * corrected or withdrawn, the patient's facts changed, or another dose of the person moved its place in the series. Looks at the persons
 * of whom something changed. What was told is kept with the claim, in the transaction of the entry: run again, it finds no difference.
 */
export const makeRestateChanges = (deps: RestateDeps) => {
  const { people, submissions, zone } = deps;

  /** Events of a person in other files; those of this one were written a moment ago. */
  const lookAt = async (personId: string, { submissionId, day }: SubmissionItem, now: string): Promise<number> => {
    const view = await people.view(personId);
    if (view === undefined) return 0;
    const claims = await submissions.claims(view.doses.map(doseIdOf));
    let entered = 0;
    for (const dose of view.doses) {
      const claim = claims.get(doseIdOf(dose));
      if (claim?.digest === undefined || claim.state === 'held' || claim.submissionId === submissionId) continue;
      const last = lastToldOf(claim, claim.digest);
      const restatement = restatementOf(claim.digest, last, {
        version: dose.version, outcome: await standing(deps, view, dose, localDay(now, zone)),
        sentAs: sentUnder(claim.digest, [view.person.recipId, ...(view.person.formerRecipIds ?? [])]),
      });
      if (restatement === undefined) continue;
      const { change, fields, told } = restatement;
      const { kind } = await submissions.restate(
        {
          day,
          doseId: claim.doseId,
          change,
          fields: [...fields],
          sentVersion: claim.doseVersion,
          nowVersion: dose.version,
          submissionId: claim.submissionId,
          recordedAt: now,
        },
        { told, last: claim.toldDigest },
      );
      if (kind === 'committed') entered += 1;
    }
    return entered;
  };

  return async (submission: SubmissionItem, now: string): Promise<number> => {
    const seen = new Set<string>();
    let entered = 0;
    const look = async (recordIds: readonly string[]): Promise<void> => {
      const records = await Promise.all(recordIds.map((recordId) => people.record(recordId)));
      const persons = new Set(records.flatMap((record) => (record === undefined || seen.has(record.personId) ? [] : [record.personId])));
      for (const personId of persons) seen.add(personId);
      const counts = await Promise.all([...persons].map((personId) => lookAt(personId, submission, now)));
      entered += counts.reduce((sum, count) => sum + count, 0);
    };
    let waiting: string[] = [];
    for await (const recordId of changedRecords(deps, submission)) {
      waiting.push(recordId);
      if (waiting.length < width) continue;
      await look(waiting);
      waiting = [];
    }
    await look(waiting);
    return entered;
  };
};

const lastToldOf = ({ doseVersion, toldVersion, toldDigest }: ClaimItem, sent: string) =>
  toldVersion === undefined || toldDigest === undefined ? { version: doseVersion, digest: sent } : { version: toldVersion, digest: toldDigest };
