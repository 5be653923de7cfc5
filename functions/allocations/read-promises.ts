import { isByVial, type AwardItem } from '../../shared/published/award.ts';
import { promisedOf, promisedStates, type Promised } from './promised.ts';
import { openVials, takenVials, type Vials } from './promised-vials.ts';
import type { FigureStore } from './store-figures.ts';
import type { AllocationStore, Pointer } from './store.ts';

export interface Promises {
  /** Packs of the site itself. */
  readonly promised: readonly Promised[];
  /** Vials it took out of its hub's packs; of a hub, those that others took out of its own. */
  readonly taken: readonly Vials[];
  readonly open: readonly Vials[];
}

/** The other sites that a site shares packs with by the vial, by its awards. */
const othersOf = (awards: readonly AwardItem[]): string[] => [
  ...new Set(
    awards.flatMap((award) => [...(award.byVial === undefined ? [] : [award.byVial.hub]), ...(award.members ?? []).map(({ siteId }) => siteId)]),
  ),
];

/**
 * What awards of a site, all in the weeks from its first to its last, have promised it. Only where it shares by the vial are others'
 * awards read: its hub's, or those of the sites it is the hub of. `pointers` of those weeks.
 */
export const makeReadPromises =
  (store: Pick<AllocationStore, 'ordersOf'>, figures: Pick<FigureStore, 'awardsBetween'>) =>
  async (siteId: string, own: readonly AwardItem[], pointers: readonly (Pointer | undefined)[]): Promise<Promises> => {
    const weeks = own.map(({ week }) => week).sort();
    const others = await Promise.all(othersOf(own).map((other) => figures.awardsBetween(other, weeks[0] ?? '', weeks.at(-1) ?? '')));
    const awards = [...own, ...others.flat()];
    const orders = await store.ordersOf(awards.filter((award) => promisedStates.includes(award.state) && !isByVial(award)));
    const revoked = pointers.flatMap((pointer) => pointer?.revoked ?? []);
    const promised = promisedOf(awards, orders, { runId: '', revoked });
    const concerns = (vials: Vials): boolean => vials.siteId === siteId || vials.hub === siteId;
    return {
      promised: promised.filter((row) => row.siteId === siteId),
      taken: takenVials(awards, promised).filter(concerns),
      open: pointers.flatMap((pointer) => openVials(awards, pointer?.runId)).filter(concerns),
    };
  };
