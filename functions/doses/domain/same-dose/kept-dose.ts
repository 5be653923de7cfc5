import { listedSiteOf } from '../dose-facts.ts';
import { isAdministered, type DoseReport } from './pair-facts.ts';

type Row = readonly [why: string, comesFirst: (dose: DoseReport) => boolean];

/** Which of several reports of one dose is kept; the first row in which they differ decides, then the earlier report. */
const rows: readonly Row[] = [
  ['told by who gave it, not as history', isAdministered],
  // Only a site's own report says from which of its accounts the dose came.
  ['sent by the site that gave it', (dose) => isAdministered(dose) && listedSiteOf(dose) !== undefined],
  // CDC has it from there, and must not get it from us as history.
  ['told by another registry', ({ sourceClass }) => sourceClass === 'other-registry'],
];

/** Orders reports so that the one to keep comes first, whatever order they came in. */
export const keptFirst = (a: DoseReport, b: DoseReport): number => {
  for (const [, comesFirst] of rows) if (comesFirst(a) !== comesFirst(b)) return comesFirst(a) ? -1 : 1;
  return a.receivedAt.localeCompare(b.receivedAt) || (`${a.pk}${a.sk}` < `${b.pk}${b.sk}` ? -1 : 1);
};
