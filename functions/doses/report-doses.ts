import type { z } from 'zod';
import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { vaccineCodes } from '../../shared/codes/vaccines.ts';
import { answerFor, writeHl7Time, type Fault } from '../../shared/hl7/index.ts';
import { localDay } from '../../shared/kernel/dates.ts';
import { canonicalJson, createdId, keyedDigest } from '../../shared/kernel/ids.ts';
import type { DoseItem } from '../../shared/published/dose.ts';
import type { SiteItem } from '../../shared/published/site.ts';
import { jsonRemarks, type JsonRemark } from './domain/json-paths.ts';
import type { MatchingKey } from './domain/match-keys.ts';
import { measureMessage, type Tally } from './domain/quality/measure-message.ts';
import { addTallies } from './domain/quality/quality-report.ts';
import type { StoredKind } from './domain/store-remarks.ts';
import { readVxu } from './domain/vxu/read.ts';
import { vxuFromJson } from './domain/vxu/from-json.ts';
import type { doseReport } from './schemas.ts';
import type { DosesMemory } from './record-dose.ts';
import type { QualityStore } from './quality/store-quality.ts';
import { objectKeyOf, type MessageItem, type MessageStore } from './store-messages.ts';
import type { StockStore } from './store-stock.ts';
import type { TellReport } from './tell-report.ts';

export interface ReportDosesDeps {
  readonly messages: MessageStore;
  readonly quality: Pick<QualityStore, 'countOnce'>;
  readonly sites: Pick<StockStore, 'site'>;
  readonly tellReport: TellReport;
  readonly jurisdiction: Jurisdiction;
  readonly matchingKey: MatchingKey;
}

export interface ReportedRow {
  readonly status: Exclude<StoredKind, 'unknown-dose'> | 'rejected' | 'try-again';
  readonly dose?: DoseItem;
  readonly remarks: readonly JsonRemark[];
  /** What the row counts for its sender; absent while it must be told again. */
  readonly tally?: Tally;
  /** The patient opted out: what was sent of it is not kept. */
  readonly isUnseen?: boolean;
  /** It could not be read, so nothing of it is kept. */
  readonly isUnread?: boolean;
}

export type ReportDosesOutcome =
  { kind: 'reported'; messageId: string; rows: readonly ReportedRow[] } | { kind: 'key-reused' } | { kind: 'not-found' };

type Body = z.output<typeof doseReport>;

type Row = Body['doses'][number];

/** A row that cannot be read: its place among those that were sent, and what is wrong with it. */
export interface UnreadRow {
  readonly row: number;
  readonly faults: readonly { readonly path: string; readonly message: string }[];
}
/** It counts as a report that was rejected. */
export const unreadTally: Tally = { m: 1, mAE: 1, ds: 1 };
const unread = ({ faults }: UnreadRow): ReportedRow =>
  ({ status: 'rejected', isUnread: true, remarks: faults.map((fault) => ({ ...fault, severity: 'E', rule: 'FORM' })), tally: unreadTally });

/** Every row in the place in which it was sent. */
const inOrder = ({ doses }: Body, badRows: readonly UnreadRow[]): (Row | UnreadRow)[] => {
  const rows: (Row | UnreadRow)[] = [...doses];
  for (const bad of [...badRows].sort((a, b) => a.row - b.row)) rows.splice(bad.row, 0, bad);
  return rows;
};

interface ReportAct {
  readonly actor: string;
  readonly senderId: string;
  readonly now: string;
  readonly idempotencyKey: string;
  /** Rows that were sent and are not in the body. */
  readonly badRows: readonly UnreadRow[];
}

/** A row on its way: where it came from, and under which ids it is told. */
export interface RowTelling {
  readonly site: SiteItem;
  readonly message: Pick<MessageItem, 'messageId' | 'receivedAt'>;
  readonly actor: string;
  /** Names the row in its message. */
  readonly rowId: string;
  /** The dose's id when the row gives none; undefined leaves it without. */
  readonly standInId: string | undefined;
  /** What the paths of remarks begin with. */
  readonly root: string;
  /** One for all rows of a request. */
  readonly memory: DosesMemory;
}

/** Tells one dose and its patient: judged as the VXU it stands for, and stored when that is accepted. */
export const makeTellRow =
  ({ tellReport, jurisdiction: { timeZone } }: Pick<ReportDosesDeps, 'tellReport' | 'jurisdiction'>) =>
  async (
    { patient, ...dose }: Row,
    { site, message: { messageId, receivedAt }, actor, rowId, standInId, root, memory }: RowTelling,
  ): Promise<ReportedRow> => {
    const { siteId, organizationId } = site;
    const id = dose.id ?? standInId;
    const text = vxuFromJson(patient, dose, {
      organizationId,
      siteId,
      controlId: rowId,
      time: writeHl7Time(receivedAt, timeZone),
      doseId: id === undefined ? undefined : { id, authority: siteId },
    });
    const report = readVxu(text, { codes: vaccineCodes, receivedAt, timeZone });
    const receivedOn = localDay(receivedAt, timeZone);
    const measured = (faults: readonly Fault[]): Tally => measureMessage(report, answerFor(faults), faults, receivedOn);
    if (!report.accepted || report.patient === undefined)
      return { status: 'rejected', remarks: jsonRemarks(report.faults, root), tally: measured(report.faults) };
    const telling = { organizationId, responsible: '', messageId, receivedAt, receivedOn, actor };
    const told = await tellReport(
      { patient: report.patient, orders: report.orders },
      telling,
      () => Promise.resolve({ facility: 'named', site, isSendersOwn: true }),
      memory,
    );
    if (told.kind === 'contended') return { status: 'try-again', remarks: [] };
    const [stored] = told.stored;
    const faults = [...report.faults, ...told.faults];
    const { isUnseen } = told;
    const row = { remarks: jsonRemarks(faults, root), isUnseen, tally: measured(faults) };
    if (stored === undefined || stored.kind === 'unknown-dose') return { status: 'rejected', ...row };
    return { status: stored.kind, ...row, ...(stored.dose === undefined ? {} : { dose: stored.dose }) };
  };
export type TellRow = ReturnType<typeof makeTellRow>;

/** Takes doses that a site tells in JSON: each is judged as the VXU it stands for, the good ones are stored, the bad ones named. */
export const makeReportDoses = ({ messages, quality, sites, tellReport, jurisdiction, matchingKey }: ReportDosesDeps) => {
  const { timeZone } = jurisdiction;
  const tellRow = makeTellRow({ tellReport, jurisdiction });

  /** The request's place among the messages: its first arrival decides the clock, another body under its key is refused. */
  const digestOf = (body: Body, badRows: readonly UnreadRow[]): string =>
    keyedDigest(matchingKey, 'request', canonicalJson(badRows.length === 0 ? body : { ...body, badRows: badRows.map(({ row }) => row) }));
  const claim = (siteId: string, body: Body, { actor, now, idempotencyKey, badRows }: ReportAct): Promise<MessageItem> => {
    const messageId = createdId('msg', siteId, actor, idempotencyKey);
    const objectKey = objectKeyOf({ localDay: localDay(now, timeZone), senderId: siteId, messageId, form: 'json' });
    return messages.finish({
      messageId,
      form: 'json',
      senderId: siteId,
      receivedAt: now,
      objectKey,
      digest: digestOf(body, badRows),
      sent: body.doses.length + badRows.length,
    });
  };

  /** Where no row can be read there is nothing to keep, and the key stays free for the mended ones: they only count, once, for their sender. */
  const countUnread = async (siteId: string, { actor, senderId, now, idempotencyKey, badRows }: ReportAct): Promise<ReportDosesOutcome> => {
    const rows = [...badRows].sort((a, b) => a.row - b.row).map(unread);
    const messageId = createdId('msg', 'unread', siteId, actor, idempotencyKey);
    await quality.countOnce(
      { messageId, senderId, mode: 'live', receivedOn: localDay(now, timeZone), tally: addTallies(rows.map(() => unreadTally)) },
      'json',
    );
    return { kind: 'reported', messageId, rows };
  };

  return async (siteId: string, body: Body, act: ReportAct): Promise<ReportDosesOutcome> => {
    const site = await sites.site(siteId);
    if (site === undefined) return { kind: 'not-found' };
    if (body.doses.length === 0) return countUnread(siteId, act);
    const { actor, senderId, badRows } = act;
    const message = await claim(siteId, body, act);
    if (message.digest !== digestOf(body, badRows)) return { kind: 'key-reused' };
    await messages.keep(message.objectKey, canonicalJson(body), 'json');
    const rows: ReportedRow[] = [];
    const memory: DosesMemory = new Map();
    for (const [index, row] of inOrder(body, badRows).entries()) {
      const rowId = `${message.messageId}-${index + 1}`;
      rows.push(
        'faults' in row ? unread(row) : await tellRow(row, { site, message, actor, rowId, standInId: rowId, root: `body.doses[${index}]`, memory }),
      );
    }
    const told = rows.filter(({ isUnread }) => isUnread !== true);
    if (told.some(({ isUnseen }) => isUnseen === true))
      await messages.keep(message.objectKey, canonicalJson({ doses: body.doses.filter((_, index) => told[index]?.isUnseen !== true) }), 'json');
    const tally = addTallies(rows.flatMap(({ tally: counted }) => (counted === undefined ? [] : [counted])));
    if (rows.every(({ status }) => status !== 'try-again'))
      await quality.countOnce(
        { messageId: message.messageId, senderId, mode: 'live', receivedOn: localDay(message.receivedAt, timeZone), tally },
        'json',
      );
    return { kind: 'reported', messageId: message.messageId, rows };
  };
};
