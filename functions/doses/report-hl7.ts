import { vaccineCodes } from '../../shared/codes/vaccines.ts';
import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { localDay } from '../../shared/kernel/dates.ts';
import { answerFor, readMessage, type AnswerCode, type Fault, type Message } from '../../shared/hl7/index.ts';
import type { AnswerMessage } from './answer-message.ts';
import type { MatchingKey } from './domain/match-keys.ts';
import { messageIdFor, unkeptAnswerId } from './domain/message-id.ts';
import { measureMessage } from './domain/quality/measure-message.ts';
import { closedInterface, testMessage, tooBusy } from './domain/store-remarks.ts';
import type { Sender } from './domain/sender.ts';
import { listedFaults } from './domain/vxu/notes.ts';
import { allDone } from './domain/what-was-done.ts';
import { readVxu } from './domain/vxu/read.ts';
import type { ImmunizationReport } from './domain/vxu/types.ts';
import { placesOf, type FindPlace } from './find-place.ts';
import type { FindResponsible } from './find-responsible.ts';
import { objectKeyOf, type MessageItem, type MessageStore } from './store-messages.ts';
import type { TellReport } from './tell-report.ts';

export interface ReportHl7Deps {
  readonly messages: MessageStore;
  readonly findPlace: FindPlace;
  readonly findResponsible: FindResponsible;
  readonly tellReport: TellReport;
  readonly answerMessage: AnswerMessage;
  readonly jurisdiction: Jurisdiction;
  readonly matchingKey: MatchingKey;
}

export interface Hl7Answer {
  readonly ack: string;
  readonly answer: AnswerCode;
  readonly messageId: string;
  /** Nothing was written down: the sender was asked to send it again. */
  readonly isRetry: boolean;
  /** The patient opted out: the original, where it lies elsewhere, must not stay. */
  readonly isUnseen?: boolean;
}

interface Outcome {
  readonly answer: AnswerCode;
  readonly faults: readonly Fault[];
  readonly stored?: number;
  readonly done?: NonNullable<MessageItem['done']>;
  readonly isUnseen?: boolean;
}

/** HL7-68: that an id stands for several doses is told once, whether the message itself or what is stored shows it. */
const isSaid = ({ rule, location }: Fault, faults: readonly Fault[]): boolean =>
  rule === 'HL7-68' && faults.some((one) => one.rule === rule && one.location?.occurrence === location?.occurrence);

/** What the message counts for its sender. Somebody who opted out counts like anybody: a gap in the counts would tell of them. */
const countedOf = (report: ImmunizationReport, { answer, faults }: Outcome, sender: Sender, receivedOn: string) => ({
  receivedOn, tally: measureMessage(report, answer, faults, receivedOn),
  mode: sender.mode === 'live' && report.processingId !== 'T' && report.processingId !== 'D' ? 'live' : 'trial',
} as const);

/**
 * Takes one HL7 message and gives its one answer (HL7-35). The same message of the same sender again gets the same answer and writes
 * nothing (HL7-20). The original is kept before the answer goes out; a message of a file lies at `keptAt` already.
 */
export const makeReportHl7 = ({ messages, findPlace, findResponsible, tellReport, answerMessage, jurisdiction, matchingKey }: ReportHl7Deps) => {
  const store = async (report: ImmunizationReport, sender: Sender, messageId: string, receivedAt: string): Promise<Outcome | undefined> => {
    const { answer, faults, patient, orders } = report;
    if (!report.accepted || patient === undefined) return { answer, faults };
    if (sender.mode !== 'live' || report.processingId !== 'P') return { answer, faults: [...faults, testMessage] };
    const { faults: ofSender, ...responsible } = await findResponsible(report.sender, sender);
    const telling = { ...responsible, messageId, receivedAt, receivedOn: localDay(receivedAt, jurisdiction.timeZone), actor: sender.subject };
    const told = await tellReport({ patient, orders }, telling, placesOf(findPlace, sender));
    if (told.kind === 'contended') return undefined;
    const all = listedFaults([...faults, ...ofSender, ...told.faults.filter((fault) => !isSaid(fault, faults))]);
    return {
      answer: answerFor(all), faults: all, stored: told.stored.filter(({ kind }) => kind !== 'unknown-dose').length, isUnseen: told.isUnseen,
      done: allDone(told.stored).map((what, index) => ({ what, position: orders[index]?.position ?? index + 1 })),
    };
  };

  const answered = (
    message: Message,
    {
      messageId,
      answer = 'AA',
      faults = [],
      receivedAt,
      done,
      sent,
      unseen,
    }: Pick<MessageItem, 'messageId' | 'answer' | 'faults' | 'receivedAt' | 'done' | 'sent' | 'unseen'>,
  ): Hl7Answer => ({
    ack: answerMessage(message, { messageId, answer, faults, receivedAt, sent, ...(done === undefined ? {} : { done }) }),
    answer,
    messageId,
    isRetry: false,
    ...(unseen === true ? { isUnseen: true } : {}),
  });

  return async (text: string, sender: Sender | undefined, receivedAt: string, keptAt?: string): Promise<Hl7Answer> => {
    const message = readMessage(text);
    const messageId = messageIdFor(message, text, sender, matchingKey);
    const notKept = { messageId: unkeptAnswerId(messageId, receivedAt, matchingKey), receivedAt };
    if (sender === undefined || sender.mode === 'closed') return answered(message, { ...notKept, answer: 'AE', faults: [closedInterface(sender)] });
    const standing = await messages.message(messageId);
    if (standing !== undefined) return answered(message, standing);
    const { senderId } = sender;
    const objectKey = keptAt ?? objectKeyOf({ localDay: localDay(receivedAt, jurisdiction.timeZone), senderId, messageId, form: 'hl7' });
    if (keptAt === undefined) await messages.keep(objectKey, text, 'hl7');
    const report = readVxu(message, { codes: vaccineCodes, receivedAt, timeZone: jurisdiction.timeZone, authenticatedSender: sender.subject });
    const outcome = await store(report, sender, messageId, receivedAt);
    if (outcome === undefined) return { ...answered(message, { ...notKept, answer: 'AR', faults: [tooBusy] }), isRetry: true };
    const unseen = outcome.isUnseen === true;
    if (unseen && keptAt === undefined) await messages.forget(objectKey, 'hl7');
    const finished = await messages.finish(
      {
        messageId,
        form: 'hl7',
        senderId,
        receivedAt,
        objectKey,
        answer: outcome.answer,
        faults: [...outcome.faults],
        ...(outcome.stored === undefined ? {} : { stored: outcome.stored }),
        ...(outcome.done === undefined ? {} : { done: outcome.done }),
        sent: report.ordersSent,
        ...(unseen ? { unseen } : {}),
      },
      countedOf(report, outcome, sender, localDay(receivedAt, jurisdiction.timeZone)),
    );
    return answered(message, finished);
  };
};
export type ReportHl7 = ReturnType<typeof makeReportHl7>;
