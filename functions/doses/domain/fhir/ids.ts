import { doseIdOf, doseKey, recordIdOf } from '../../../../shared/published/dose-keys.ts';

/** FHIR's ids know no underscore: the random part of ours is the id there. */
const part = '[0-9a-z]{26}';
export const patientIdOf = (recordId: string): string => recordId.slice('rec_'.length);
export const recordIdOfPatient = (id: string): string | undefined => (new RegExp(`^${part}$`).test(id) ? `rec_${id}` : undefined);

export const immunizationIdOf = (dose: { pk: string; sk: string }): string => doseIdOf(dose).slice('dos_'.length).replace('_', '-');
export const doseKeyOfImmunization = (id: string): { pk: string; sk: string } | undefined =>
  new RegExp(`^${part}-${part}$`).test(id) ? doseKey(`dos_${id.replace('-', '_')}`) : undefined;
export const patientOfDose = (dose: { pk: string }): string => patientIdOf(recordIdOf(dose));
