import { awardNameOf, type AwardItem, type ByVialAward, type WeekPointer } from '../../shared/published/award.ts';
import type { OrderItem } from '../../shared/published/order-line.ts';
import { standingOf, type HubEnd } from './domain/award-standing.ts';
import { packsOfOrder } from './promised.ts';
import type { AllocationStore } from './store.ts';

/** Whether a hub still holds the packs that doses come out of by the vial; where not, why. */
export type HubHold = { readonly holds: true } | { readonly holds: false; readonly end: HubEnd };

interface Moment {
  readonly pointer: WeekPointer | undefined;
  readonly now: string;
  readonly answerBy: string;
}

/** Doses that an award of a hub holds, on offer ones too, and what ended where it holds less than it was. */
const heldOf = (
  award: AwardItem,
  order: OrderItem | undefined,
  { pointer, now, answerBy }: Moment,
): { readonly doses: number; readonly end?: HubEnd } => {
  const state = standingOf(award, pointer, now, answerBy);
  const taken = award.acceptedDoses ?? award.doses;
  if (order !== undefined) {
    const doses = packsOfOrder(order, award.packDoses) * award.packDoses;
    return doses < taken ? { doses, end: 'cancelled' } : { doses };
  }
  if (state === 'declined' || state === 'lapsed') return { doses: 0, end: state };
  return state === 'withdrawn' ? { doses: 0, end: 'cut' } : { doses: taken };
};

/** Reads the hub's awards that an award by the vial comes out of, and their orders. */
export const makeReadHubHold =
  (store: Pick<AllocationStore, 'award' | 'ordersOf'>) =>
  async ({ byVial: { hub, outOf, leastDoses } }: ByVialAward, moment: Moment): Promise<HubHold> => {
    const names = outOf.map(awardNameOf).filter((name) => name !== undefined);
    const read = await Promise.all(names.map((name) => store.award(hub, name)));
    const awards = read.filter((award) => award !== undefined);
    const orders = await store.ordersOf(awards);
    const held = awards.map((award) => heldOf(award, orders.get(`${award.siteId} ${award.awardId}`), moment));
    if (held.reduce((sum, { doses }) => sum + doses, 0) >= leastDoses) return { holds: true };
    return { holds: false, end: held.findLast(({ end }) => end !== undefined)?.end ?? 'lapsed' };
  };
