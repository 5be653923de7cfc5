import { readMessage, type Fault } from '../../shared/hl7/index.ts';
import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { localDay } from '../../shared/kernel/dates.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { AnswerMessage } from './answer-message.ts';
import type { MatchingKey } from './domain/match-keys.ts';
import { messageIdFor } from './domain/message-id.ts';
import type { Sender } from './domain/sender.ts';
import type { AnswerQuery } from './query/answer-query.ts';
import type { Hl7Answer, ReportHl7 } from './report-hl7.ts';
import { objectKeyOf, type MessageStore } from './store-messages.ts';

/** HL7-16: what failed is ours. The correlation id leads to the line in our log, which says where. */
export const ourFault = (correlationId: string): Fault =>
  ({ rule: 'HL7-16', code: '207', severity: 'E', text: `Something failed on our side - send the message again; if it stays, name ${correlationId}` });

/** The answer when nothing of ours works: it needs no store and no secret. AR and 207 tell a sender to try again, which is safe (HL7-20). */
export const makeAnswerFault =
  (answerMessage: AnswerMessage) =>
  (text: string, correlationId: string, receivedAt: string): Hl7Answer => {
    const messageId = `msg_${correlationId.replace(/[^0-9A-Za-z]/g, '')}`;
    return {
      ack: answerMessage(text, { messageId, answer: 'AR', faults: [ourFault(correlationId)], receivedAt }),
      answer: 'AR',
      messageId,
      isRetry: true,
    };
  };

export interface ReceiveMessageDeps {
  readonly reportHl7: ReportHl7;
  readonly answerQuery: AnswerQuery;
  readonly messages: Pick<MessageStore, 'keep'>;
  readonly answerMessage: AnswerMessage;
  readonly jurisdiction: Pick<Jurisdiction, 'timeZone'>;
  readonly matchingKey: MatchingKey;
  readonly log: Pick<Log, 'error'>;
}

/**
 * Takes one HL7 message, whatever carried it, and gives its one answer (HL7-35): a report its acknowledgement, a query its response. It never
 * throws: when something of ours fails, the sender is asked to send it again, the original is kept if it can be, and the log tells us.
 */
export const makeReceiveMessage = ({ reportHl7, answerQuery, messages, answerMessage, jurisdiction, matchingKey, log }: ReceiveMessageDeps) => {
  const answerFault = makeAnswerFault(answerMessage);

  const keep = async (text: string, sender: Sender, receivedAt: string): Promise<void> => {
    const messageId = messageIdFor(readMessage(text), text, sender, matchingKey);
    await messages.keep(
      objectKeyOf({ localDay: localDay(receivedAt, jurisdiction.timeZone), senderId: sender.senderId, messageId, form: 'hl7' }),
      text,
      'hl7',
    );
  };

  return async (text: string, sender: Sender | undefined, receivedAt: string, correlationId: string): Promise<Hl7Answer> => {
    const message = readMessage(text);
    const isQuery = message.header?.value(9) === 'QBP';
    try {
      return isQuery ? await answerQuery(message, text, sender, receivedAt) : await reportHl7(text, sender, receivedAt);
    } catch (cause) {
      log.error('REQUEST_FAULT', { fields: { correlationId }, cause });
      // A query is not kept: it is asked again. What cannot be kept now comes again from its sender.
      if (!isQuery && sender !== undefined && sender.mode !== 'closed') await keep(text, sender, receivedAt).catch(() => undefined);
      return answerFault(text, correlationId, receivedAt);
    }
  };
};
export type ReceiveMessage = ReturnType<typeof makeReceiveMessage>;
