import type { Fault } from '../../shared/hl7/index.ts';
import type { RecordItem } from '../../shared/published/person.ts';
import type { OneTold } from './change-dose.ts';
import type { GivenAt } from './domain/decrement.ts';
import type { Telling } from './domain/dose-facts.ts';
import { nothingTaken, numberTaken, remarksOf, type Stored } from './domain/store-remarks.ts';
import type { ReportedDose, ReportedPatient } from './domain/vxu/types.ts';
import type { FindPerson } from './find-person.ts';
import type { DosesMemory, RecordDoses } from './record-dose.ts';

export interface Report {
  readonly patient: ReportedPatient;
  readonly orders: readonly ReportedDose[];
}

export type TellOutcome =
  /** `record` is the sender's record of the patient as it was found or made; undefined when nothing was taken and it has none. */
  | {
      kind: 'told';
      record: RecordItem | undefined;
      stored: readonly Stored[];
      faults: readonly Fault[];
      /** The patient opted out: what was sent is not kept. */ isUnseen: boolean;
    }
  /** Others were faster every time. What was stored so far stays, and meets itself when the report comes again. */
  | { kind: 'contended' };

/**
 * Stores what an accepted report says: its patient, then each of its doses in the order told. A report that only deletes, and nothing that is known,
 * is lost as a whole: its patient is neither made nor changed (HL7-30).
 * @param patientStands the patient was told in its own right, whatever becomes of its doses
 */
export const makeTellReport = ({
  findPerson,
  recordDoses,
  patientStands = false,
}: {
  findPerson: FindPerson;
  recordDoses: RecordDoses;
  patientStands?: boolean;
}) => {
  const faultsOf = (doses: readonly OneTold[], stored: readonly Stored[]): Fault[] =>
    doses.flatMap(({ dose, at }, index) => {
      const step = stored[index];
      return step === undefined ? [] : remarksOf(dose, at, step);
    });

  return async (
    { patient, orders }: Report,
    telling: Telling,
    placeOf: (dose: ReportedDose) => Promise<GivenAt>,
    memory?: DosesMemory,
  ): Promise<TellOutcome> => {
    const onlyDeletes = !patientStands && orders.length > 0 && orders.every(({ action }) => action === 'D');
    const found = await findPerson(patient, telling, onlyDeletes ? 'known' : 'any');
    if (found.kind === 'contended') return found;
    const doses: OneTold[] = [];
    for (const dose of orders) doses.push({ dose, at: await placeOf(dose) });
    if (found.kind === 'nobody') {
      const stored = doses.map((): Stored => ({ kind: 'unknown-dose' }));
      return { kind: 'told', record: undefined, stored, faults: [...faultsOf(doses, stored), nothingTaken], isUnseen: false };
    }
    const { record, person, isUnseen = false } = found;
    const outcome = await recordDoses({ recordId: record.recordId, born: record.birthDate, person, telling, doses, memory });
    if (outcome.kind === 'contended') return outcome;
    const stored: readonly Stored[] = outcome.outcomes;
    const isLost = onlyDeletes && stored.every(({ kind }) => kind === 'unknown-dose');
    // What is told of the patient beside its deletions is taken when one of them was.
    if (onlyDeletes && !isLost && (await findPerson(patient, telling)).kind === 'contended') return { kind: 'contended' };
    return {
      kind: 'told',
      record,
      stored,
      faults: [...(found.isNumberTaken === true ? [numberTaken] : []), ...faultsOf(doses, stored), ...(isLost ? [nothingTaken] : [])],
      isUnseen,
    };
  };
};
export type TellReport = ReturnType<typeof makeTellReport>;
