import { recordIdOf } from '../../shared/published/dose-keys.ts';
import { changing, makeReadDose, type Act, type ChangeDoseDeps, type ChangeDoseOutcome } from './correct-dose.ts';
import { decrementAsTold } from './domain/as-told.ts';
import { waitsForStock } from './domain/decrement.ts';
import { settlingAgain } from './change-dose.ts';
import type { WriteDoses } from './write-doses.ts';

export type SettleAgainOutcome = ChangeDoseOutcome | { kind: 'not-waiting' };

/**
 * Looks for the stock of a waiting dose again, now that its lot was received or released: nothing told of it changes. The dose comes back as it
 * stands; one that still waits for the same reason is not written. What its sender tells again is looked for again in the same way (change-dose.ts).
 */
export const makeSettleAgain = ({ doses, persons, writeDoses }: Pick<ChangeDoseDeps, 'doses' | 'persons'> & { readonly writeDoses: WriteDoses }) => {
  const readDose = makeReadDose(doses);
  return (siteId: string, doseId: string, { actor, now, ifMatch }: Act): Promise<SettleAgainOutcome> =>
    changing<SettleAgainOutcome>(() => readDose(siteId, doseId), ifMatch, async (head) => {
      if (!waitsForStock(decrementAsTold(head))) return { kind: 'not-waiting' };
      const person = await persons.personOfRecord(recordIdOf(head));
      if (person === undefined) throw new Error('A dose has no person');
      const written = await writeDoses(person, [settlingAgain(head, { at: now, by: actor, reason: 'asked for by the site' })], {
        at: now,
        actor,
        reason: 'stock looked for again',
      });
      const [dose] = written.kind === 'written' || written.kind === 'unchanged' ? written.doses : [];
      return dose && { kind: 'changed', dose, remarks: [] };
    });
};
