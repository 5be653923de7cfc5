import { cvxOf } from '../../../shared/codes/cvx.ts';
import type { DoseItem, SourceClass } from '../../../shared/published/dose.ts';

/** Why an event is not in a file to CDC. */
export type NotReported = 'not-covid' | 'deleted' | 'not-given' | 'federal-partner-reports' | 'other-registry-reported' | 'opted-out';
type Verdict = 'yes' | NotReported;
export type Reportable = { readonly kind: 'reportable' } | { readonly kind: 'not-reportable'; readonly why: NotReported };

/**
 * By where a record comes from (CVRS instructions, inclusion and exclusion criteria): doses given here and doses told as history are sent,
 * unless another jurisdiction's registry already sent them; a federal partner reports under its own entity code.
 */
const bySource: Readonly<Record<SourceClass, Verdict>> = {
  own: 'yes',
  historical: 'yes',
  'federal-partner': 'federal-partner-reports',
  'other-registry': 'other-registry-reported',
};
/** Refusals are sent when there are any; a dose that was not given for another reason is no event of CDC's. */
const byCompletion: Readonly<Record<DoseItem['completion'], Verdict>> = { CP: 'yes', PA: 'yes', RE: 'yes', NA: 'not-given' };

/** Whether a jurisdiction sends the events of people who opted out of the registry: its legal choice. */
export type OptOutChoice = 'send' | 'withhold';
export interface ReportingChoices {
  readonly optedOut: OptOutChoice;
}
export const usualChoices: ReportingChoices = { optedOut: 'withhold' };

/** Whether CDC is to get an event from us; the first reason against it, in the order of the table. */
export const isReportedToCdc = (
  dose: Pick<DoseItem, 'cvx' | 'state' | 'completion' | 'sourceClass'>,
  { isOptedOut = false, choices = usualChoices }: { isOptedOut?: boolean; choices?: ReportingChoices } = {},
): Reportable => {
  const verdicts: readonly Verdict[] = [
    cvxOf(dose.cvx)?.covid === true ? 'yes' : 'not-covid',
    dose.state === 'deleted' ? 'deleted' : 'yes',
    byCompletion[dose.completion],
    bySource[dose.sourceClass],
    isOptedOut && choices.optedOut === 'withhold' ? 'opted-out' : 'yes',
  ];
  const why = verdicts.find((verdict): verdict is NotReported => verdict !== 'yes');
  return why === undefined ? { kind: 'reportable' } : { kind: 'not-reportable', why };
};
