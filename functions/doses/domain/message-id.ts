import { keyedDigest } from '../../../shared/kernel/ids.ts';
import { HL7_LIMITS, type Message, type Segment } from '../../../shared/hl7/index.ts';
import type { MatchingKey } from './match-keys.ts';
import { ownNumber } from './record-ids.ts';
import type { Sender } from './sender.ts';

/** As long as MSH-10 of HL7 2.5.1 may be: the answer's MSH-10 is the whole id, so that a support call finds the message by it. */
export const messageIdChars = 20;
const idOf = (digest: string): string => `msg_${digest.slice(0, messageIdChars)}`;

/** Names an answer that is not kept: the message comes again, and what is then answered has another MSH-10 (HL7-36). */
export const unkeptAnswerId = (messageId: string, receivedAt: string, key: MatchingKey): string =>
  idOf(keyedDigest(key, 'answer not kept', messageId, receivedAt));

/**
 * What makes a message the same message (HL7-20): its sender, MSH-10 and content; senders reuse MSH-10. What was answered while the
 * interface was tested is no answer to the same message sent in earnest.
 */
export const messageIdFor = (message: Message, text: string, sender: Sender | undefined, key: MatchingKey): string => {
  const trial = sender === undefined || sender.mode === 'live' ? [] : [sender.mode];
  return idOf(keyedDigest(key, 'message', sender?.senderId ?? '-', message.header?.value(10) ?? '', text, ...trial));
};

/** The number by which a record is kept, wherever among the identifiers it stands; one without a type is taken as the sender's (HL7-33). */
const recordNumberOf = (segment: Segment | undefined): string => {
  const most = Math.min(segment?.repetitions(3) ?? 0, HL7_LIMITS.repetitionsPerField);
  const ids = Array.from({ length: most }, (_, at) => ({ id: segment?.value(3, 1, at + 1) ?? '', type: segment?.value(3, 5, at + 1) || 'MR' }));
  return ownNumber(ids.filter(({ id }) => id !== ''))?.id ?? '';
};

/**
 * The group in whose order a message of a file is read: the patient by the number of its record (PID-3, of a query QPD-3); without one the
 * message stands alone. Keyed, so that a queue never shows whose it is.
 */
export const orderGroupOf = (message: Message, text: string, senderId: string, key: MatchingKey): string => {
  const number = recordNumberOf(message.first('PID') ?? message.first('QPD'));
  return number === '' ? keyedDigest(key, 'message alone', senderId, text) : keyedDigest(key, 'messages of a patient', senderId, number);
};
