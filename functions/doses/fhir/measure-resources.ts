import { answerFor, type Fault } from '../../../shared/hl7/index.ts';
import type { Issue } from '../domain/fhir/issues.ts';
import { measureMessage, type Counted, type Tally } from '../domain/quality/measure-message.ts';
import { addTallies } from '../domain/quality/quality-report.ts';
import type { Unit } from './judge-entries.ts';
import type { Entry } from './read-entries.ts';

const severities = { error: 'E', warning: 'W', information: 'I' } as const;

/** Issues that come from a rule of the guide, as the faults they were; what only FHIR knows of has no rule to count. */
const faultsOf = (issues: readonly Issue[]): Counted[] =>
  issues.flatMap(({ rule, severity }) => (rule === undefined ? [] : [{ rule: rule as Fault['rule'], severity: severities[severity] }]));

const isOf =
  (places: readonly string[]) =>
  ({ expression = '' }: Issue): boolean =>
    places.some((at) => expression === at || expression.startsWith(`${at}.`));
const answerOf = (issues: readonly Issue[]) => (issues.some(({ severity }) => severity !== 'information') ? 'AE' : answerFor([]));

/**
 * What FHIR resources count for their sender: a patient with its doses is a report like a VXU (HL7). A request that was refused has no units and
 * counts as one report of all the doses in it, rejected.
 */
export const measureResources = (units: readonly Unit[], entries: readonly Entry[], issues: readonly Issue[], receivedOn: string): Tally => {
  if (units.length === 0) {
    const ordersSent = entries.filter(({ type }) => type === 'Immunization').length;
    return measureMessage({ orders: [], ordersSent }, 'AE', faultsOf(issues), receivedOn);
  }
  return addTallies(units.map(({ patient, doses }) => {
    const own = issues.filter(isOf([...(patient.kind === 'told' ? [patient.at] : []), ...doses.map(({ at }) => at)]));
    const orders = doses.map(({ dose }) => dose);
    return measureMessage(
      { orders, ordersSent: orders.length, ...(patient.kind === 'told' ? { patient: patient.reported } : {}) },
      answerOf(own),
      faultsOf(own),
      receivedOn,
    );
  }));
};
