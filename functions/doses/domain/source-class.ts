import { cvxOf } from '../../../shared/codes/cvx.ts';
import type { InformationSource } from '../../../shared/codes/hl7-tables.ts';
import type { SourceClass } from '../../../shared/published/dose.ts';
import type { Completion } from './vxu-types.ts';

const otherRegistry: InformationSource = '05';

/** Where a record comes from. A federal consignee's own dose is the partner's; everything told of earlier doses is history. */
export const sourceClassOf = (source: string | undefined, siteIsFederal: boolean): SourceClass => {
  if (source === otherRegistry) return 'other-registry';
  if (source !== undefined && source !== '00') return 'historical';
  return siteIsFederal ? 'federal-partner' : 'own';
};

/**
 * What CDC gets from us (CVRS instructions, inclusion and exclusion criteria): administered and historical doses and refusals, but nothing
 * that another jurisdiction's registry already sent. A federal partner reports under its own entity code.
 */
const reportableClasses: Readonly<Record<SourceClass, boolean>> = {
  own: true,
  historical: true,
  'federal-partner': false,
  'other-registry': false,
};
const reportableCompletions: Readonly<Record<Completion, boolean>> = { CP: true, PA: true, RE: true, NA: false };

/** True for a COVID-19 event that belongs in a CVRS file of ours. */
export const isReportable = (dose: { readonly cvx: string; readonly completion: Completion }, sourceClass: SourceClass): boolean =>
  cvxOf(dose.cvx)?.covid === true && reportableClasses[sourceClass] && reportableCompletions[dose.completion];
