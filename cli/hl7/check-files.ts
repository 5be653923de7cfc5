import { judgeMessage, fateOf, type Fate } from '../../functions/doses/domain/judge-message.ts';
import type { VxuContext } from '../../functions/doses/domain/vxu/types.ts';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import { vaccineCodes } from '../../shared/codes/vaccines.ts';
import { locationText, userText, type AnswerCode, type Fault } from '../../shared/hl7/index.ts';
import { messagesOf, type MessageFile } from './message-files.ts';

/** One line of `--json`: what the answer to a message would be and why. */
export interface ReportCard {
  file: string;
  ack: AnswerCode;
  errors: { location: string; code: string; severity: Fault['severity']; rule: string; text: string }[];
}

/** A report card and what a summary needs besides. */
export interface Checked {
  readonly card: ReportCard;
  readonly fate: Fate;
  /** What was sent, by MSH-9.1: doses, a question, or neither (answers, other types, no HL7 at all). */
  readonly kind: 'VXU' | 'QBP' | 'other';
  readonly ordersSent: number;
  readonly ordersTaken: number;
}

/** What a message is judged against: the jurisdiction's zone and the instant at which it would arrive. */
export const contextAt = (jurisdiction: string, receivedAt: string): VxuContext => ({
  codes: vaccineCodes, receivedAt, timeZone: jurisdictionFor(jurisdiction).timeZone, authenticatedSender: 'the authenticated sender',
});

/** The report cards of one file, one for each message in it. */
export const checkFile = ({ file, bytes }: MessageFile, context: VxuContext): Checked[] =>
  messagesOf(bytes).map(({ message }) => {
    const judgement = judgeMessage(message, context);
    const type = message.header?.value(9, 1, 1, 1) ?? '';
    return {
      kind: type === 'VXU' || type === 'QBP' ? type : 'other',
      card: {
        file,
        ack: judgement.answer,
        errors: judgement.faults.map((fault) => ({
          location: locationText(fault.location), code: fault.code, severity: fault.severity, rule: fault.rule, text: userText(fault),
        })),
      },
      fate: fateOf(judgement),
      ordersSent: judgement.ordersSent,
      ordersTaken: judgement.ordersTaken,
    };
  });
