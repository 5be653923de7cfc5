import { awardNameOf, isByVial, type AwardItem } from '../../shared/published/award.ts';
import { arrivingFor } from '../../shared/published/transfer.ts';
import type { transferForm } from './schemas.ts';
import type { InventoryStore } from './store.ts';
import type { z } from 'zod';

/** Whether a transfer fulfils the award it names; if so, with the lock under which nobody else sends for it at the same time. */
export type VialsDue = { kind: 'due'; lockVersion: number } | { kind: 'wrong-award'; message: string };

type Form = Pick<z.output<typeof transferForm>, 'toSiteId' | 'ndc' | 'doses'>;

/** Doses of an award by the vial that its site took; what is only on offer, or declined, is none. */
const takenOf = ({ state, doses, acceptedDoses = doses }: AwardItem): number => (state === 'accepted' || state === 'reduced' ? acceptedDoses : 0);

const nothingDue: Partial<Record<AwardItem['state'], string>> = {
  offered: 'is not accepted by the receiving site: nothing is due to it yet',
  declined: 'was declined by the receiving site: its doses stay with this one',
};

/** What is wrong with naming an award in a transfer of a product from a site; undefined when it is one that the doses can fulfil. */
const faultOf = (award: AwardItem | undefined, fromSiteId: string, ndc: string): string | undefined => {
  if (award === undefined) return 'is no award of the receiving site';
  if (!isByVial(award)) return 'is an award of packs, which are ordered: no transfer fulfils it';
  if (award.byVial.hub !== fromSiteId) return 'comes out of the packs of another site, its hub';
  if (award.ndc !== ndc) return `is of ${award.ndc}, not of the product that is sent`;
  return takenOf(award) === 0 ? (nothingDue[award.state] ?? `is ${award.state}: nothing is due`) : undefined;
};

/**
 * Holds a transfer against the award that it names: the receiver's, by the vial out of packs of the sender, of the same product, taken,
 * and no more than what is due of it. Doses that came missing or spoiled are due again. A refusal says which award would do.
 */
export const makeReadVialsDue =
  (store: Pick<InventoryStore, 'award' | 'awardsTo' | 'transfersOf' | 'vialLock'>) =>
  async (fromSiteId: string, awardId: string, { toSiteId, ndc, doses }: Form): Promise<VialsDue> => {
    const name = awardNameOf(awardId);
    const award = name === undefined ? undefined : await store.award(toSiteId, name);
    const fault = faultOf(award, fromSiteId, ndc);
    if (fault !== undefined || award === undefined) {
      const rights = (await store.awardsTo(toSiteId)).filter((other) => faultOf(other, fromSiteId, ndc) === undefined).map((other) => other.awardId);
      const advice =
        rights.length === 0
          ? 'the receiving site took none by the vial out of this site’s packs of this product: leave it out'
          : `right would be ${rights.join(' or ')}`;
      return { kind: 'wrong-award', message: `${fault ?? ''}; ${advice}` };
    }
    // The lock is read first: who sends in between changes it.
    const lockVersion = await store.vialLock(toSiteId, awardId);
    const sent = arrivingFor({ awardId, ndc, fromSiteId }, await store.transfersOf(toSiteId));
    const left = takenOf(award) - sent;
    if (doses <= left) return { kind: 'due', lockVersion };
    return {
      kind: 'wrong-award',
      message: `has ${Math.max(0, left)} of its ${takenOf(award)} doses left to send, and ${doses} are sent: send what is more by a transfer that names no award`,
    };
  };
