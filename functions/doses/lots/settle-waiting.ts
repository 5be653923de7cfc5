import type { AfterArrival } from '../../../shared/contracts/lot-message.ts';
import { maxDecisionAttempts } from '../../../shared/kernel/limits.ts';
import { doseKey, recordIdOf } from '../../../shared/published/dose-keys.ts';
import { decrementAsTold } from '../domain/as-told.ts';
import { waitsForStock } from '../domain/decrement.ts';
import { isOptedOut } from '../domain/persons/hidden.ts';
import { settlingAgain } from '../change-dose.ts';
import type { DoseStore } from '../store-doses.ts';
import type { PersonStore } from '../store-persons.ts';
import type { WriteDoses } from '../write-doses.ts';
import type { JudgedAgain } from './judge-again.ts';
import type { LotStore, WaitingDose } from './store-lots.ts';
import type { SettlingStore } from './store-settling.ts';

export interface SettleWaitingDeps {
  readonly lots: Pick<LotStore, 'waiting'>;
  readonly settling: Pick<SettlingStore, 'close'>;
  readonly doses: Pick<DoseStore, 'dose'>;
  readonly persons: Pick<PersonStore, 'personOfRecord'>;
  readonly writeDoses: WriteDoses;
}

/** Where a dose has its turn when there is not enough for all: the one given first, of these the one told first. Also the place at which a run was cut off. */
const turnOf = ({ givenOn, toldAt, doseId }: WaitingDose): string => `${givenOn}#${toldAt}#${doseId}`;

/**
 * Looks for the stock of waiting doses again, now that some came to hand: as their site would, one by one (settle-again.ts). Each is written once, over the
 * versions that were read, and one that waits for the same reason is not; so it may be repeated, cut off and run twice, and its sender
 * may tell it again meanwhile. The doses of a person who opted out are left alone.
 */
export const makeSettleWaiting = ({ lots, settling, doses, persons, writeDoses }: SettleWaitingDeps) => {
  const settleDose = async (doseId: string, { siteId, askedBy }: AfterArrival, at: string): Promise<boolean> => {
    const key = doseKey(doseId);
    const by =
      askedBy === undefined ? { actor: `arrival:${siteId}`, reason: 'stock came to hand' } : { actor: askedBy, reason: 'asked for by the site' };
    for (let attempt = 1; key !== undefined && attempt <= maxDecisionAttempts; attempt += 1) {
      const person = await persons.personOfRecord(recordIdOf(key));
      const head = await doses.dose(key);
      if (person === undefined || head === undefined || isOptedOut(person) || head.siteId !== siteId || !waitsForStock(decrementAsTold(head)))
        return false;
      const { kind } = await writeDoses(person, [settlingAgain(head, { at, by: by.actor, reason: by.reason })], { at, ...by });
      if (kind !== 'lost') return kind === 'written';
    }
    throw new Error('A dose kept changing while its stock was looked for');
  };

  return async (message: AfterArrival, { now, hasTime }: { readonly now: string; readonly hasTime: () => boolean }): Promise<JudgedAgain> => {
    const { siteId, arrived: { lot }, askedAt, cursor = '' } = message;
    const waiting = (await lots.waiting(siteId, lot)).map((dose) => ({ ...dose, turn: turnOf(dose) })).filter(({ turn }) => turn > cursor);
    waiting.sort((a, b) => (a.turn < b.turn ? -1 : 1));
    let [looked, changed] = [0, 0];
    for (const { doseId, turn } of waiting) {
      if (await settleDose(doseId, message, now)) changed += 1;
      looked += 1;
      if (looked < waiting.length && !hasTime()) return { kind: 'to-be-continued', cursor: turn, looked, changed };
    }
    if (askedAt !== undefined) await settling.close(siteId, askedAt);
    return { kind: 'done', looked, changed };
  };
};
export type SettleWaiting = ReturnType<typeof makeSettleWaiting>;
