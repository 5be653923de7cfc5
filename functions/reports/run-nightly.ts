import { addDays } from '../../shared/kernel/dates.ts';
import { exportedTables, type ExportMessage } from '../../shared/contracts/export-message.ts';
import { daysToBuild, lastSettledDay, maxMissedDays, stragglerLookbackDays } from './domain/reporting-days.ts';
import type { SubmissionItem } from './schemas.ts';
import type { PeopleStore } from './store-people.ts';
import type { SubmissionStore } from './store-submissions.ts';

/** Days that are looked at side by side. */
const daysAtOnce = 16;

export interface NightlyDeps {
  readonly build: (day: string, now: string) => Promise<SubmissionItem>;
  readonly people: Pick<PeopleStore, 'hasReports'>;
  readonly submissions: Pick<SubmissionStore, 'page' | 'oldestDay'>;
  readonly send: (message: ExportMessage) => Promise<void>;
  readonly zone: string;
  /** How far the first night of all looks back for what was reported before it. */
  readonly firstLookbackDays?: number;
}

export interface NightlyResult {
  readonly built: readonly { day: string; submissionId: string; events: number; records: number; held: number; files: number }[];
  readonly exportsOf: string;
}

/** The night was called for a day that is not over yet, or not long enough for its last doses to be seen. */
export class DayNotOver extends Error {
  override name = 'DayNotOver';
}

/** The oldest of the last days that has doses and no built submission. */
const oldestWaiting = async (people: NightlyDeps['people'], last: string, days: number, built: ReadonlySet<string>): Promise<string | undefined> => {
  const open = Array.from({ length: days }, (_, at) => addDays(last, at + 1 - days)).filter((day) => !built.has(day));
  for (let at = 0; at < open.length; at += daysAtOnce) {
    const some = open.slice(at, at + daysAtOnce);
    const have = await Promise.all(some.map((day) => people.hasReports(day)));
    const first = some.find((_, index) => have[index]);
    if (first !== undefined) return first;
  }
  return undefined;
};

/**
 * One night: builds every day that is over and has no built submission (or the one asked for), oldest first, and asks for the exports of
 * the newest. The clock is the time the schedule names. Run again, it goes on where it stopped.
 */
export const makeRunNightly =
  ({ build, people, submissions, send, zone, firstLookbackDays = maxMissedDays }: NightlyDeps) =>
  async ({ now, day }: { now: string; day?: string | undefined }): Promise<NightlyResult> => {
    const last = lastSettledDay(now, zone);
    if (day !== undefined && day > last) throw new DayNotOver('The day is not over and settled at the scheduled time');
    const missed = async (): Promise<string[]> => {
      const { items } = await submissions.page({ from: addDays(last, -maxMissedDays), to: last }, { limit: maxMissedDays + 1 });
      const done = new Set(items.filter(({ state }) => state !== 'claimed').map((one) => one.day));
      const oldest = await submissions.oldestDay();
      // The first night of all takes whatever was reported before it; later ones look only where a message can have waited.
      const waiting = await oldestWaiting(people, last, oldest === undefined ? firstLookbackDays : stragglerLookbackDays, done);
      return daysToBuild(last, done, [oldest, waiting].filter((one) => one !== undefined).sort()[0]);
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
