import type { InformationSource } from '../../../shared/codes/hl7-tables.ts';
import type { SourceClass } from '../../../shared/published/dose.ts';

const otherRegistry: InformationSource = '05';

/**
 * Where a record comes from. A federal consignee's own dose is the partner's; everything told of earlier doses is history. What follows
 * from it for stock and for CDC is the table of shared/published/source-class.ts.
 */
export const sourceClassOf = (source: string | undefined, siteIsFederal: boolean): SourceClass => {
  if (source === otherRegistry) return 'other-registry';
  if (source !== undefined && source !== '00') return 'historical';
  return siteIsFederal ? 'federal-partner' : 'own';
};
