import { recordIdOf } from '../../shared/published/dose-keys.ts';
import { isDateImpossible } from '../../shared/published/source-class.ts';
import { changing, makeReadDose, type Act, type ChangeDoseDeps, type ChangeDoseOutcome } from './correct-dose.ts';
import type { WriteDoses } from './write-doses.ts';

/**
 * Takes a site's word that a dose was given on the day told, though its lot came to the site later by the books (it was counted late). The
 * fact stays on the dose, the question leaves the worklist; nothing else moves. A day before there was such a vaccine cannot be confirmed.
 */
export const makeConfirmDate = ({ doses, persons, writeDoses }: Pick<ChangeDoseDeps, 'doses' | 'persons'> & { readonly writeDoses: WriteDoses }) => {
  const readDose = makeReadDose(doses);
  return (siteId: string, doseId: string, reason: string, { actor, now, ifMatch }: Act): Promise<ChangeDoseOutcome> =>
    changing(() => readDose(siteId, doseId), ifMatch, async (head) => {
      if (isDateImpossible(head) || head.validity?.includes('before-lot-received') !== true || head.dateConfirmed !== undefined)
        return { kind: 'no-question' };
      const person = await persons.personOfRecord(recordIdOf(head));
      if (person === undefined) throw new Error('A dose has no person');
      const next = { ...head, version: head.version + 1, dateConfirmed: { at: now, by: actor, reason }, changedAt: now, changedBy: actor, reason };
      const written = await writeDoses(person, [{ next, head, keepsStock: true }], { at: now, actor, reason });
      const [dose] = written.kind === 'written' ? written.doses : [];
      return dose && { kind: 'changed', dose, remarks: [] };
    });
};
