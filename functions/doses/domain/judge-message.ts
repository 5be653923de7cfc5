import { answerFor, type AnswerCode, type Fault, type Message } from '../../../shared/hl7/index.ts';
import { testMessage } from './store-remarks.ts';
import { readVxu } from './vxu-read.ts';
import type { ImmunizationReport, VxuContext } from './vxu-types.ts';

/** What the answer to a message says as far as the message itself decides it. */
export type Judgement = {
  readonly answer: AnswerCode;
  readonly faults: readonly Fault[];
  readonly report: ImmunizationReport;
};

/**
 * The answer of an interface in production, without a store. What storing adds is not here: the site that RXA-11.4 names (HL7-59), stock that
 * waits for a person (HL7-56), ids that are known or unknown (HL7-68 to HL7-70), and whose record it is (HL7-100).
 */
export const judgeMessage = (message: Message, context: VxuContext): Judgement => {
  const report = readVxu(message, context);
  const isTrial = report.accepted && report.processingId !== 'P';
  const faults = isTrial ? [...report.faults, testMessage] : report.faults;
  return { answer: isTrial ? answerFor(faults) : report.answer, faults, report };
};

/** What becomes of a message, in the words of a report card (HL7-43: AE alone does not tell). */
export const fates = ['taken', 'taken, to be mended', 'taken, something lost', 'every dose lost', 'rejected', 'refused'] as const;
export type Fate = (typeof fates)[number];

export const fateOf = ({ answer, faults, report }: Judgement): Fate => {
  if (answer === 'AR') return 'refused';
  if (faults.some(({ rule }) => rule === 'HL7-30')) return 'every dose lost';
  if (!report.accepted) return 'rejected';
  if (answer === 'AA') return 'taken';
  return faults.some(({ severity }) => severity === 'E') ? 'taken, something lost' : 'taken, to be mended';
};
