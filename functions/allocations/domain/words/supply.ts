import { missingSecondDoses } from '../set-aside.ts';
import { packsInWords, plural, productInWords } from './words.ts';
import type { RunInputs } from '../inputs.ts';
import type { Policy } from '../policy/policy.ts';
import type { MissingSecondDoses, SupplyMove } from '../set-aside.ts';

/** A move of packs between dose numbers as a sentence. */
export const moveInWords = ({ product, packDoses, fromDose, toDose, packs, doses, dueDoses, labelledDoses }: SupplyMove): string =>
  `${productInWords(product)}: ${packsInWords(packs, packDoses)} = ${plural(doses, 'dose')} of supply for dose ${fromDose} go to dose ${toDose}: ` +
  `${plural(dueDoses, 'second dose')} due, ${plural(labelledDoses, 'dose')} labelled for them.`;

const missingInWords = ({ product, missingDoses, firstDoses, before }: MissingSecondDoses, { secondDoses }: Policy): string => {
  const due = before === undefined ? '' : ` of those due before ${before}`;
  const advice = secondDoses === undefined ? ' The policy moves no packs between them (`secondDoses`).' : '';
  return `${productInWords(product)}: ${plural(missingDoses, 'second dose')}${due} missing from supply, beside ${plural(firstDoses, 'first dose')}.${advice}`;
};

/** What is said of second doses for which there is no supply while there are first doses of the product. */
export const shortageInWords = (inputs: RunInputs, policy: Policy): string[] =>
  missingSecondDoses(inputs, policy).map((missing) => missingInWords(missing, policy));
