import { once } from '../../shared/kernel/once.ts';
import { holderOf, isOwnAwardee, type Holder, type SiteFound } from './domain/holder.ts';
import type { ShipmentRow } from './file-profile.ts';
import type { ShipmentsStore } from './store.ts';

type Named = Pick<ShipmentRow, 'name' | 'zip' | 'awardee' | 'pin' | 'siteId'>;
type Finding = SiteFound | { kind: 'no-such-site' };
export type HolderFound = Holder | { kind: 'no-such-site' };

const pinDigits = 6;

/**
 * Finds the holder of a row: by the site's own id where staff wrote it, else by PIN, else by name. A name is not a key, so it must also lie
 * in the site's zip. What was found is kept for the length of an import, because many lines go to one site.
 */
export const makeFindHolder = (store: ShipmentsStore, jurisdiction: { name: string; code: string; pinPrefix: string }) => {
  const byId = async (siteId: string): Promise<Finding> => {
    const site = await store.site(siteId);
    return site === undefined ? { kind: 'no-such-site' } : { kind: 'site', site };
  };

  const byPin = async (pin: string): Promise<SiteFound> => {
    const siteId = await store.siteIdOf('pin', pin.slice(-pinDigits));
    const site = siteId === undefined ? undefined : await store.site(siteId);
    return site === undefined ? { kind: 'none', why: 'no-site-with-that-pin' } : { kind: 'site', site };
  };

  const byName = async ({ name, zip }: Named): Promise<SiteFound> => {
    const siteId = await store.siteIdOf('name', name);
    const site = siteId === undefined ? undefined : await store.site(siteId);
    if (site === undefined) return { kind: 'none', why: 'no-site-of-that-name' };
    return site.address.zip.startsWith(zip) ? { kind: 'site', site } : { kind: 'none', why: 'name-in-another-zip' };
  };

  const find = (row: Named): Promise<Finding> => {
    if (row.siteId !== undefined) return byId(row.siteId);
    const isOwnPin = row.pin !== undefined && (row.pin.length === pinDigits || row.pin.startsWith(jurisdiction.pinPrefix));
    return isOwnPin && row.pin !== undefined ? byPin(row.pin) : byName(row);
  };

  const findOnce = once(find, ({ siteId, pin, name, zip }) => JSON.stringify([siteId, pin, name, zip]));
  return async (row: Named): Promise<HolderFound> => {
    const found = await findOnce(row);
    return found.kind === 'no-such-site' ? found : holderOf(row.awardee, isOwnAwardee(row.awardee, jurisdiction), found);
  };
};
export type FindHolder = ReturnType<typeof makeFindHolder>;
