import { federalHolderId, type SupplyKind } from '../../../shared/published/shipment-line.ts';
import { aliasOf, type SiteItem } from '../../../shared/published/site.ts';

/** Where a row's doses go: to an account, or to the worklist with the reason. */
export type Holder =
  | { kind: 'held'; holderId: string; siteId?: string; supply: SupplyKind }
  | { kind: 'unassigned'; why: UnassignedReason };

export const unassignedReasons = [
  'no-site-of-that-name',
  'no-site-with-that-pin',
  'name-in-another-zip',
  'site-not-supplied-by-the-jurisdiction',
] as const;
export type UnassignedReason = (typeof unassignedReasons)[number];

/** The site a row names, or why none. */
export type SiteFound = { kind: 'site'; site: SiteItem } | { kind: 'none'; why: UnassignedReason };

/** AWARDEE holds names, not codes. */
export const isOwnAwardee = (awardee: string, jurisdiction: { name: string; code: string }): boolean =>
  [jurisdiction.name, jurisdiction.code].map(aliasOf).includes(aliasOf(awardee));

/**
 * Whose account takes the doses. Federal doses never enter the account of a site that the jurisdiction supplies: even where such a site is
 * known by that name they stay in the account of their awardee, and the line only says where they went.
 */
export const holderOf = (awardee: string, isOwn: boolean, found: SiteFound): Holder => {
  if (isOwn) {
    if (found.kind === 'none') return { kind: 'unassigned', why: found.why };
    const { site } = found;
    const isSupplied = site.supplyAccount === 'jurisdiction' && !site.reportingOnly;
    return isSupplied
      ? { kind: 'held', holderId: site.siteId, siteId: site.siteId, supply: 'jurisdiction' }
      : { kind: 'unassigned', why: 'site-not-supplied-by-the-jurisdiction' };
  }
  const siteId = found.kind === 'site' ? found.site.siteId : undefined;
  const isFederalSite = found.kind === 'site' && found.site.supplyAccount === 'federal';
  const holderId = isFederalSite && siteId !== undefined ? siteId : federalHolderId(awardee);
  return { kind: 'held', holderId, ...(siteId === undefined ? {} : { siteId }), supply: 'federal' };
};
