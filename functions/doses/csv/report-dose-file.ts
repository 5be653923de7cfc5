import type { Jurisdiction } from '../../../shared/codes/jurisdiction.ts';
import { localDay } from '../../../shared/kernel/dates.ts';
import { createdId, keyedDigest } from '../../../shared/kernel/ids.ts';
import { inLanes } from '../../../shared/platform/lanes.ts';
import { doseIdOf } from '../../../shared/published/dose-keys.ts';
import { columnOf } from '../domain/csv/columns.ts';
import { readDoseFile, withoutRows, type FileRow, type RowRemark } from '../domain/csv/read-file.ts';
import type { JsonRemark } from '../domain/json-paths.ts';
import type { MatchingKey } from '../domain/match-keys.ts';
import type { Tally } from '../domain/quality/measure-message.ts';
import { addTallies } from '../domain/quality/quality-report.ts';
import type { QualityStore } from '../quality/store-quality.ts';
import type { DosesMemory } from '../record-dose.ts';
import { unreadTally, type ReportedRow, type TellRow } from '../report-doses.ts';
import { objectKeyOf, type MessageItem, type MessageStore } from '../store-messages.ts';
import type { StockStore } from '../store-stock.ts';

/** Patients told side by side; the rows of one patient go one after the other, in the order of the file. */
const lanes = 4;

export interface ReportDoseFileDeps {
  readonly messages: MessageStore;
  readonly quality: Pick<QualityStore, 'countOnce'>;
  readonly sites: Pick<StockStore, 'site'>;
  readonly tellRow: TellRow;
  readonly jurisdiction: Jurisdiction;
  readonly matchingKey: MatchingKey;
}

export interface AnsweredRow {
  readonly row: number;
  readonly status: ReportedRow['status'];
  readonly doseId?: string;
  readonly remarks: readonly RowRemark[];
}

export type ReportDoseFileOutcome =
  | { kind: 'reported'; messageId: string; rows: readonly AnsweredRow[]; remarks: readonly string[] }
  | { kind: 'not-a-file'; faults: readonly { path: string; message: string }[] }
  | { kind: 'not-found' };

const ofPatient = ({ told }: FileRow): string =>
  JSON.stringify(told?.patient.ids.map(({ id, authority = '' }) => [id.toUpperCase(), authority]) ?? '');

const inRow = ({ path, ...remark }: JsonRemark): RowRemark => ({ column: columnOf(path.replace(/^row\.?/, '')), ...remark });

/**
 * Takes a file of doses of one site: every row goes the way of a dose told in JSON. Good rows are stored, bad ones named. A row is met again by
 * its dose_id, or by patient, day and vaccine; so the same file changes nothing, and a file with a mended row mends that row.
 */
export const makeReportDoseFile = ({ messages, quality, sites, tellRow, jurisdiction: { timeZone }, matchingKey }: ReportDoseFileDeps) => {
  /** The file's place among the messages: the same file is the same message, whose first arrival decides the clock. */
  const claim = (siteId: string, text: string, rows: number, actor: string, now: string): Promise<MessageItem> => {
    const digest = keyedDigest(matchingKey, 'request', text);
    const messageId = createdId('msg', 'csv', siteId, actor, digest);
    const objectKey = objectKeyOf({ localDay: localDay(now, timeZone), senderId: siteId, messageId, form: 'csv' });
    return messages.finish({ messageId, form: 'csv', senderId: siteId, receivedAt: now, objectKey, digest, sent: rows });
  };

  return async (
    siteId: string,
    text: string,
    { actor, senderId, now }: { actor: string; senderId: string; now: string },
  ): Promise<ReportDoseFileOutcome> => {
    const site = await sites.site(siteId);
    if (site === undefined) return { kind: 'not-found' };
    const file = readDoseFile(text);
    if (file.kind === 'not-a-file') return file;
    const message = await claim(siteId, text, file.rows.length, actor, now);
    await messages.keep(message.objectKey, text, 'csv');
    const answered = new Map<number, AnsweredRow>();
    const unseen: number[] = [];
    const tallies = new Map<number, Tally>();
    const memory: DosesMemory = new Map();

    const tell = async ({ row, told, remarks }: FileRow): Promise<void> => {
      if (told === undefined) {
        tallies.set(row, unreadTally);
        answered.set(row, { row, status: 'rejected', remarks });
        return;
      }
      const { patient, dose } = told;
      const outcome = await tellRow(
        { ...dose, patient },
        { site, message, actor, rowId: `${message.messageId}-${row}`, standInId: undefined, root: 'row', memory },
      );
      if (outcome.isUnseen === true) unseen.push(row);
      if (outcome.tally !== undefined) tallies.set(row, outcome.tally);
      answered.set(row, {
        row,
        status: outcome.status,
        remarks: [...remarks, ...outcome.remarks.map(inRow)],
        ...(outcome.dose === undefined ? {} : { doseId: doseIdOf(outcome.dose) }),
      });
    };

    const groups = Map.groupBy(file.rows, ofPatient);
    await inLanes([...groups.values()], lanes, tell);
    // Rows that take from one account or look for one name stand in each other's way: whoever lost too often is told again, alone.
    for (const row of file.rows) if (answered.get(row.row)?.status === 'try-again') await tell(row);
    // What was sent of patients who opted out is not kept.
    if (unseen.length > 0) await messages.keep(message.objectKey, withoutRows(text, unseen), 'csv');
    if (tallies.size === file.rows.length) {
      const { messageId, receivedAt } = message;
      await quality.countOnce(
        { messageId, senderId, mode: 'live', receivedOn: localDay(receivedAt, timeZone), tally: addTallies([...tallies.values()]) },
        'csv',
      );
    }
    return { kind: 'reported', messageId: message.messageId, rows: file.rows.flatMap(({ row }) => answered.get(row) ?? []), remarks: file.remarks };
  };
};
export type ReportDoseFile = ReturnType<typeof makeReportDoseFile>;
