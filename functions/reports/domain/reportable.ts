import { notReportedWhy, type NotReported } from '../../../shared/published/source-class.ts';
import type { DoseItem } from '../../../shared/published/dose.ts';

export type { NotReported };
export type Reportable = { readonly kind: 'reportable' } | { readonly kind: 'not-reportable'; readonly why: NotReported };

/** Whether a jurisdiction sends the events of people who opted out of the registry: its legal choice. */
export type OptOutChoice = 'send' | 'withhold';
export interface ReportingChoices {
  readonly optedOut: OptOutChoice;
}
export const usualChoices: ReportingChoices = { optedOut: 'withhold' };

/** Whether CDC is to get an event from us: by the table over source class and completion, then by the jurisdiction's choice. */
export const isReportedToCdc = (
  dose: Pick<DoseItem, 'cvx' | 'state' | 'completion' | 'sourceClass' | 'witnessOf' | 'validity'>,
  { isOptedOut = false, choices = usualChoices }: { isOptedOut?: boolean; choices?: ReportingChoices } = {},
): Reportable => {
  const why = notReportedWhy(dose) ?? (isOptedOut && choices.optedOut === 'withhold' ? 'opted-out' : undefined);
  return why === undefined ? { kind: 'reportable' } : { kind: 'not-reportable', why };
};
