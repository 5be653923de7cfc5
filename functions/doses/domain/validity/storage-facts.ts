import { localDay } from '../../../../shared/kernel/dates.ts';
import type { DoseItem, ValidityFact } from '../../../../shared/published/dose.ts';
import { cameAfter, type PublishedExcursion } from '../../../../shared/published/excursion.ts';
import { withFact } from './validity-of-dose.ts';

type StorageFact = Extract<ValidityFact, 'storage-suspect' | 'storage-unknown'>;
/** A dose that moved stock; `stockedAt` is when its lot came to the site. */
type Taken = Pick<DoseItem, 'givenOn' | 'effect' | 'validity'>;

/** Whether a dose was drawn from a unit: its effect on stock names the position. */
const isFrom = ({ effect }: Taken, unitId: string): boolean =>
  Object.keys(effect?.positions ?? {}).some((position) => position.slice(0, position.lastIndexOf(':')) === unitId);

/**
 * What an excursion says of one dose. Given after the day it began and before the day it was reported, the vial lay in the unit meanwhile; on
 * either of these days nobody can say. A lot that came later did not lie there.
 */
const factOf = (dose: Taken, excursion: PublishedExcursion, stockedAt: string | undefined, zone: string): StorageFact | undefined => {
  const { unitId, from, reportedAt, state } = excursion;
  const [began, reported] = [localDay(from, zone), localDay(reportedAt, zone)];
  if (state === 'released' || !isFrom(dose, unitId) || dose.givenOn < began || dose.givenOn > reported || cameAfter(excursion, stockedAt))
    return undefined;
  return dose.givenOn > began && dose.givenOn < reported ? 'storage-suspect' : 'storage-unknown';
};

/**
 * The facts of a dose by the excursions of its site as they stand. What none of them explains stays as it was, unless `released` was decided
 * for the one that is judged and nothing of the account lies in quarantine any more: then the vaccine was good.
 */
export const storageFacts = (
  dose: Taken,
  excursions: readonly PublishedExcursion[],
  { stockedAt, quarantined, judged }: { stockedAt: string | undefined; quarantined: number; judged: PublishedExcursion },
  zone: string,
): ValidityFact[] => {
  const facts = dose.validity ?? [];
  const found = excursions.map((excursion) => factOf(dose, excursion, stockedAt, zone));
  const fact = found.includes('storage-suspect') ? 'storage-suspect' : found.find((one) => one !== undefined);
  const isCleared = judged.state === 'released' && quarantined === 0 && isFrom(dose, judged.unitId);
  if (fact === undefined && !isCleared) return [...facts];
  return withFact(withFact(facts, 'storage-suspect', fact === 'storage-suspect'), 'storage-unknown', fact === 'storage-unknown');
};
