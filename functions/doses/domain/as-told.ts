import type { Decrement, DoseItem } from '../../../shared/published/dose.ts';
import { waitsForStock } from './decrement.ts';

/**
 * What the sender of a dose is told of it. That another organization told the same dose must not be seen in an answer (HL7-98): its further report
 * is answered as if it were the only one.
 */

/** Whether the other report came from the same organization. */
export const isOwnAffair = ({ judged }: Pick<DoseItem, 'judged'>): boolean => judged?.reasons.includes('organization-same') === true;

/** Whether the report that is counted for this one is another organization's. */
export const isOthersWitness = (dose: Pick<DoseItem, 'witnessOf' | 'judged'>): boolean => dose.witnessOf !== undefined && !isOwnAffair(dose);

/** How the dose meets the stock, as its sender is told: without another organization's report of it. */
export const decrementAsTold = ({ alone, decrement }: Pick<DoseItem, 'alone' | 'decrement'>): Decrement => alone ?? decrement;

/** Whether its sender is told that another report of the dose is counted, and finds that one only: one of its own organization. */
export const isCountedOnce = (dose: Pick<DoseItem, 'witnessOf' | 'alone' | 'decrement'>): boolean =>
  dose.witnessOf !== undefined && decrementAsTold(dose).why === 'same-dose';

/** Whether another look may settle its stock; also a further report of another organization's dose that was never looked for. */
export const isLookedForAgain = (dose: Pick<DoseItem, 'witnessOf' | 'judged' | 'alone' | 'decrement'>): boolean =>
  waitsForStock(decrementAsTold(dose)) || (isOthersWitness(dose) && dose.alone === undefined);
