import { once } from '../../shared/kernel/once.ts';
import type { GivenAt } from './domain/decrement.ts';
import type { Sender } from './domain/sender.ts';
import type { Designator } from './domain/vxu/types.ts';
import type { StockStore } from './store-stock.ts';

/** Finds the enrolled site that RXA-11.4 means (HL7-59): by id, PIN or name. Without a facility, the sender's only site. */
export const makeFindPlace =
  (store: Pick<StockStore, 'site' | 'siteNamed'>) =>
  async (facility: Designator | undefined, sender: Sender): Promise<GivenAt> => {
    const texts = [facility?.universalId, facility?.name].filter((text) => text !== undefined);
    if (texts.length === 0) {
      const site = sender.onlySiteId === undefined ? undefined : await store.site(sender.onlySiteId);
      return site === undefined ? { facility: 'missing', isSendersOwn: false } : { facility: 'inferred', site, isSendersOwn: true };
    }
    for (const text of texts) {
      const site = await store.siteNamed(text);
      if (site !== undefined) return { facility: 'named', site, isSendersOwn: sender.owns(site) };
    }
    return { facility: 'unknown', isSendersOwn: false };
  };
/** The same for the many doses of one message, which name the same few places. */
export const placesOf = (findPlace: FindPlace, sender: Sender): ((dose: { readonly facility?: Designator | undefined }) => Promise<GivenAt>) =>
  once(
    ({ facility }) => findPlace(facility, sender),
    ({ facility }) => JSON.stringify([facility?.universalId, facility?.name]),
  );
export type FindPlace = ReturnType<typeof makeFindPlace>;
