import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { buildAcknowledgement, readMessage, type AnswerCode, type Fault, type Message } from '../../shared/hl7/index.ts';
import { messageIdChars } from './domain/message-id.ts';
import { whatWasDone } from './domain/what-was-done.ts';
import type { MessageItem } from './store-messages.ts';

/** MSH-10 of an answer: our id of the message without its prefix (of trouble on our side the beginning of the correlation id), so that a support call can name it. */
export const controlIdOf = (messageId: string): string => messageId.slice('msg_'.length, 'msg_'.length + messageIdChars);

export interface Answered {
  readonly messageId: string;
  readonly answer: AnswerCode;
  readonly faults: readonly Fault[];
  /** When the message was answered first: a repeat is answered with the same bytes. */
  readonly receivedAt: string;
  /** What became of each event, when they were stored: what, and which RXA. */
  readonly done?: MessageItem['done'];
  readonly sent?: number | undefined;
}

/** Writes the ACK of a message (Z23, for a query `ACK^Q11^ACK`). The same message and outcome always give the same bytes. */
export const makeAnswerMessage =
  (jurisdiction: Pick<Jurisdiction, 'code' | 'timeZone'>) =>
  (request: Message | string, { messageId, answer, faults, receivedAt, done, sent = 0 }: Answered): string => {
    const remark = done === undefined ? undefined : whatWasDone(done, sent);
    return buildAcknowledgement({
      request: typeof request === 'string' ? readMessage(request) : request,
      answer,
      faults,
      now: receivedAt,
      timeZone: jurisdiction.timeZone,
      controlId: controlIdOf(messageId),
      registry: { application: 'DOSELINE', facility: jurisdiction.code },
      ...(remark === undefined ? {} : { done: remark }),
    });
  };
export type AnswerMessage = ReturnType<typeof makeAnswerMessage>;
