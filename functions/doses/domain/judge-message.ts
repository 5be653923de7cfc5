import { answerFor, type AnswerCode, type Fault, type Message } from '../../../shared/hl7/index.ts';
import { readQuery } from './query/read-query.ts';
import { testMessage } from './store-remarks.ts';
import { readVxu } from './vxu/read.ts';
import type { VxuContext } from './vxu/types.ts';

/** What the answer to a message says as far as the message itself decides it. */
export type Judgement = {
  readonly answer: AnswerCode;
  readonly faults: readonly Fault[];
  /** Whether anything of a report is stored, or a query is looked for. */
  readonly isTaken: boolean;
  readonly ordersSent: number;
  readonly ordersTaken: number;
};

/**
 * The answer of an interface in production that may report and ask, without a store. What storing adds is not here: the site that RXA-11.4 names
 * (HL7-59), stock that waits for a person (HL7-56), ids that are known or unknown (HL7-68 to HL7-70), whose record it is (HL7-100), other reports of
 * the same dose. A query's response has room for the gravest of the faults only (HL7-38); all are listed here.
 */
export const judgeMessage = (message: Message, context: VxuContext): Judgement =>
  message.header?.value(9) === 'QBP' ? judgeQuery(message, context) : judgeReport(message, context);

const judgeReport = (message: Message, context: VxuContext): Judgement => {
  const { accepted, processingId, faults, answer, ordersSent, orders } = readVxu(message, context);
  const isTrial = accepted && processingId !== 'P';
  const told = isTrial ? [...faults, testMessage] : faults;
  return { answer: isTrial ? answerFor(told) : answer, faults: told, isTaken: accepted, ordersSent, ordersTaken: orders.length };
};

const judgeQuery = (message: Message, context: VxuContext): Judgement => {
  const { outcome, processingId, faults, answer } = readQuery(message, context);
  const isQuery = outcome === 'search' || outcome === 'faulty';
  return {
    answer,
    faults: isQuery && processingId !== 'P' ? [...faults, testMessage] : faults,
    isTaken: outcome === 'search',
    ordersSent: 0,
    ordersTaken: 0,
  };
};

/** What becomes of a message, in the words of a report card (HL7-43: AE alone does not tell). */
export const fates = ['taken', 'taken, to be mended', 'taken, something lost', 'every dose lost', 'rejected', 'refused'] as const;
export type Fate = (typeof fates)[number];

export const fateOf = ({ answer, faults, isTaken }: Judgement): Fate => {
  if (answer === 'AR') return 'refused';
  if (faults.some(({ rule }) => rule === 'HL7-30')) return 'every dose lost';
  if (!isTaken) return 'rejected';
  if (faults.some(({ severity }) => severity === 'E')) return 'taken, something lost';
  return faults.some(({ severity }) => severity === 'W') ? 'taken, to be mended' : 'taken';
};
