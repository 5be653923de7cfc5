import type { SiteItem } from '../../../../shared/published/site.ts';
import type { ReportedDose } from '../vxu/types.ts';

/** Observations that an Immunization shows again. */
const shown = new Set(['30973-2', '59782-3']);

/**
 * A judged dose as it is kept and read again: what FHIR cannot show afterwards is not part of what tells a repeat from a correction. So
 * reading a resource and sending it again changes nothing.
 */
export const asKept = (
  { refusal, orderedBy: _, enteredBy: __, ndc: ___, ...dose }: ReportedDose,
  site: Pick<SiteItem, 'siteId'> | undefined,
): ReportedDose => {
  const { facility, useNdc } = dose;
  const name = site?.siteId ?? facility?.name ?? facility?.universalId;
  return {
    ...dose,
    ...(useNdc === undefined ? {} : { ndc: useNdc }),
    ...(name === undefined ? {} : { facility: { name } }),
    ...(refusal === undefined ? {} : { refusal: { code: refusal.code } }),
    ...(dose.eligibility === undefined ? {} : { eligibility: { code: dose.eligibility.code } }),
    observations: dose.observations.filter(({ code }) => shown.has(code)),
  };
};
