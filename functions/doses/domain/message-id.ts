import { keyedDigest } from '../../../shared/kernel/ids.ts';
import type { Message } from '../../../shared/hl7/index.ts';
import type { MatchingKey } from './match-keys.ts';
import type { Sender } from './sender.ts';

/**
 * What makes a message the same message (HL7-20): its sender, MSH-10 and content; senders reuse MSH-10. What was answered while the
 * interface was tested is no answer to the same message sent in earnest.
 */
export const messageIdFor = (message: Message, text: string, sender: Sender | undefined, key: MatchingKey): string => {
  const trial = sender === undefined || sender.mode === 'live' ? [] : [sender.mode];
  return `msg_${keyedDigest(key, 'message', sender?.senderId ?? '-', message.header?.value(10) ?? '', text, ...trial)}`;
};

/**
 * The group in whose order a message of a file is read: the patient by the sender's first number (PID-3, of a query QPD-3); without one the
 * message stands alone. Keyed, so that a queue never shows whose it is.
 */
export const orderGroupOf = (message: Message, text: string, senderId: string, key: MatchingKey): string => {
  const number = (message.first('PID') ?? message.first('QPD'))?.value(3) ?? '';
  return number === '' ? keyedDigest(key, 'message alone', senderId, text) : keyedDigest(key, 'messages of a patient', senderId, number);
};
