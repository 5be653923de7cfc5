import type { Fault } from '../../shared/hl7/index.ts';
import type { RecordItem } from '../../shared/published/person.ts';
import type { GivenAt } from './domain/decrement.ts';
import type { Telling } from './domain/dose-facts.ts';
import { keptApart, remarksOf, type Stored } from './domain/store-remarks.ts';
import type { ReportedDose, ReportedPatient } from './domain/vxu-types.ts';
import type { FindPerson } from './find-person.ts';
import type { OneTold, RecordDoses } from './record-dose.ts';

export interface Report {
  readonly patient: ReportedPatient;
  readonly orders: readonly ReportedDose[];
}

export type TellOutcome =
  /** `record` is the sender's record of the patient as it was found or made. */
  | { kind: 'told'; record: RecordItem; stored: readonly Stored[]; faults: readonly Fault[]; /** The patient opted out: what was sent is not kept. */ isUnseen: boolean }
  /** Others were faster every time. What was stored so far stays, and meets itself when the report comes again. */
  | { kind: 'contended' };

/** Stores what an accepted report says: its patient, then each of its doses in the order told. */
export const makeTellReport =
  ({ findPerson, recordDoses }: { findPerson: FindPerson; recordDoses: RecordDoses }) =>
  async ({ patient, orders }: Report, telling: Telling, placeOf: (dose: ReportedDose) => Promise<GivenAt>): Promise<TellOutcome> => {
    const found = await findPerson(patient, telling);
    if (found.kind === 'contended') return found;
    const { record, person } = found;
    const usedIds = new Set<string>();
    const doses: OneTold[] = [];
    for (const dose of orders) {
      const id = dose.id === undefined ? undefined : JSON.stringify([dose.id.authority, dose.id.id]);
      doses.push({ dose, at: await placeOf(dose), repeatsId: id !== undefined && usedIds.has(id) });
      if (id !== undefined) usedIds.add(id);
    }
    const outcome = await recordDoses({ recordId: record.recordId, born: record.birthDate, person, telling, doses });
    if (outcome.kind === 'contended') return outcome;
    const stored: readonly Stored[] = outcome.outcomes;
    const told = doses.flatMap(({ dose, at }, index) => {
      const step = stored[index];
      return step === undefined ? [] : remarksOf(dose, at, step);
    });
    const faults: Fault[] = [...(found.keptApart ? [keptApart] : []), ...told];
    return { kind: 'told', record, stored, faults, isUnseen: found.isUnseen === true };
  };
export type TellReport = ReturnType<typeof makeTellReport>;
