import type { SiteItem } from '../../../shared/published/site.ts';

/** What a site still lacks before it may be active, in words for the reviewer; empty when nothing is missing. */
export const missingForActivation = (
  site: Pick<SiteItem, 'pin' | 'reportingOnly' | 'supplyAccount' | 'storageUnits'>,
  organizationState: string,
): string[] => {
  const receivesStateSupply = !site.reportingOnly && site.supplyAccount === 'jurisdiction';
  return [
    ...(organizationState === 'active' ? [] : [`its organization must be active first (it is ${organizationState})`]),
    ...(receivesStateSupply && site.pin === undefined ? ['a VTrckS PIN of six digits'] : []),
    ...(receivesStateSupply && site.storageUnits.length === 0 ? ['at least one storage unit'] : []),
    ...(site.reportingOnly && site.pin !== undefined ? ['no PIN, because a reporting-only site receives no vaccine'] : []),
  ];
};
