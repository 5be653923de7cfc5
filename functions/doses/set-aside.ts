import type { MessageReference } from '../../shared/contracts/message-reference.ts';
import type { Fault } from '../../shared/hl7/index.ts';
import type { AnswerMessage } from './answer-message.ts';
import type { MatchingKey } from './domain/match-keys.ts';
import { unkeptAnswerId } from './domain/message-id.ts';
import type { MessageStore } from './store-messages.ts';
import type { UploadStore } from './store-uploads.ts';

/** HL7-16: trouble of ours with one message of a file; the original is kept. */
const setAside: Fault = {
  rule: 'HL7-16',
  code: '207',
  severity: 'E',
  text: 'Something failed on our side and this message is set aside - it is kept and need not be sent again; when our staff have it taken, its own answer takes this place',
};

export interface SetAsideDeps {
  readonly uploads: Pick<UploadStore, 'holdPlace'>;
  readonly messages: Pick<MessageStore, 'original'>;
  readonly answerMessage: AnswerMessage;
  readonly matchingKey: MatchingKey;
}

/** Answers AR, 207 in the place of a message of a file that is tried for the last time, so that the answers of its part need not wait for it. */
export const makeSetAside =
  ({ uploads, messages, answerMessage, matchingKey }: SetAsideDeps) =>
  async (reference: MessageReference): Promise<void> => {
    const { uploadId, position, objectKey, receivedAt } = reference;
    // Even when the original cannot be read the others of its part are to be answered.
    const text = (await messages.original(objectKey).catch(() => undefined)) ?? '';
    const messageId = unkeptAnswerId(`${uploadId} ${position}`, receivedAt, matchingKey);
    await uploads.holdPlace(reference, { answer: 'AR', ack: answerMessage(text, { messageId, answer: 'AR', faults: [setAside], receivedAt }) });
  };
export type SetAside = ReturnType<typeof makeSetAside>;
