import { addDays } from '../../shared/kernel/dates.ts';
import { exportedTables, type ExportMessage } from '../../shared/contracts/export-message.ts';
import { daysToBuild, lastSettledDay, maxMissedDays, stragglerLookbackDays } from './domain/reporting-days.ts';
import type { SubmissionItem } from './schemas.ts';
import type { PeopleStore } from './store-people.ts';
import type { SubmissionStore } from './store-submissions.ts';

export interface NightlyDeps {
  readonly build: (day: string, now: string) => Promise<SubmissionItem>;
  readonly people: Pick<PeopleStore, 'reportedOn'>;
  readonly submissions: Pick<SubmissionStore, 'page' | 'oldestDay'>;
  readonly send: (message: ExportMessage) => Promise<void>;
  readonly zone: string;
}

export interface NightlyResult {
  readonly built: readonly { day: string; submissionId: string; events: number; records: number; held: number; files: number }[];
  readonly exportsOf: string;
}

/** The night was called for a day that is not over yet, or not long enough for its last doses to be seen. */
export class DayNotOver extends Error {
  override name = 'DayNotOver';
}

/** The oldest day of the lookback that has doses and no built submission. */
const oldestWaiting = async (people: NightlyDeps['people'], last: string, built: ReadonlySet<string>): Promise<string | undefined> => {
  for (let back = stragglerLookbackDays; back >= 0; back -= 1) {
    const day = addDays(last, -back);
    if (!built.has(day)) for await (const _ of people.reportedOn(day)) return day;
  }
  return undefined;
};

/**
 * One night: builds every day that is over and has no built submission (or the one asked for), oldest first, and asks for the exports of
 * the newest. The clock is the time the schedule names. Run again, it goes on where it stopped.
 */
export const makeRunNightly =
  ({ build, people, submissions, send, zone }: NightlyDeps) =>
  async ({ now, day }: { now: string; day?: string | undefined }): Promise<NightlyResult> => {
    const last = lastSettledDay(now, zone);
    if (day !== undefined && day > last) throw new DayNotOver('The day is not over and settled at the scheduled time');
    const missed = async (): Promise<string[]> => {
      const { items } = await submissions.page({ from: addDays(last, -maxMissedDays), to: last }, { limit: maxMissedDays + 1 });
      const done = new Set(items.filter(({ state }) => state !== 'claimed').map((one) => one.day));
      const known = [await submissions.oldestDay(), await oldestWaiting(people, last, done)].filter((one) => one !== undefined);
      return daysToBuild(last, done, known.sort()[0]);
    };
    const built = [];
    for (const one of day === undefined ? await missed() : [day]) {
      const { submissionId, events = 0, records = 0, held = 0, files = [] } = await build(one, now);
      built.push({ day: one, submissionId, events, records, held, files: files.length });
    }
    const exportsOf = day ?? last;
    for (const table of exportedTables) await send({ table, day: exportsOf, requestedAt: now });
    return { built, exportsOf };
  };
